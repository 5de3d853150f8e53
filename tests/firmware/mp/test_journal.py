"""Sessions on the tool: begun, cut off, recovered, listed, acknowledged, dropped."""

import binascii

from core import ids, records, wire
from core.errors import NewerFormat, StorageError, StorageFull
from core.journal import BUFFER_BYTES, ID_JUMP, Journal
from core.session_file import Totals
from log_samples import EVENTS, HEADER, STEP, SUMMARY, step_payload, trace_payload
from memory_files import ENOSPC, MemoryFiles, PowerCut

HEAP = "1m"


def opened(fs):
    journal = Journal("/r", fs)
    journal.recover()
    return journal


def record(journal, steps=2):
    """A whole session; its id."""
    session_id = journal.begin(dict(HEADER))
    for step in range(steps):
        journal.append(records.EVENTS, records.pack_events(EVENTS))
        journal.append(records.TRACE, trace_payload())
        journal.append(records.STEP, step_payload(step=step))
        journal.flush()
    journal.close(SUMMARY)
    return session_id


def path_of(session_id):
    return "/r" + wire.session_path(session_id)


def parsed(fs, session_id):
    data = fs.files[path_of(session_id)]
    found, used = records.parse(bytes(data))
    return found, used == len(data)


def crc_of(fs, session_id):
    return binascii.crc32(bytes(fs.files[path_of(session_id)])) & 0xFFFFFFFF


def refused(kind, action):
    try:
        action()
    except kind as error:
        return str(error)
    raise AssertionError("not refused")


def test_a_session_is_a_file_of_whole_records():
    fs = MemoryFiles()
    assert record(opened(fs)) == 1
    found, whole = parsed(fs, 1)
    assert whole
    kinds = [kind for kind, _sequence, _payload in found]
    assert kinds == [records.HEADER] + [records.EVENTS, records.TRACE, records.STEP] * 2 + [records.SUMMARY]
    header = records.unpack(records.HEADER, found[0][2])
    assert header["session_id"] == 1 and header["format_version"] == 2
    assert records.unpack(records.STEP, found[6][2]) == STEP
    assert records.unpack(records.SUMMARY, found[-1][2]) == SUMMARY


def test_listing_after_a_cursor_and_after_a_restart():
    fs = MemoryFiles()
    journal = opened(fs)
    for _ in range(5):
        record(journal)
    for again in (journal, opened(fs)):
        entries, more = again.list(2, 2)
        assert [entry["id"] for entry in entries] == [3, 4] and more
        entries, more = again.list(4, 9)
        assert [entry["id"] for entry in entries] == [5] and not more
        assert again.list(5, 9) == ([], False)
        assert entries[0]["crc"] == crc_of(fs, 5)
        assert entries[0]["size"] == len(fs.files[path_of(5)])
        assert entries[0]["end"] == ids.END_DONE
        assert again.first() == 1 and again.last() == 5


def test_more_sessions_than_facts_are_kept():
    fs = MemoryFiles()
    journal = opened(fs)
    for _ in range(70):
        record(journal, 0)
    entries, more = opened(fs).list(0, 100)
    assert len(entries) == 70 and not more
    assert [entry["crc"] for entry in entries] == [crc_of(fs, number + 1) for number in range(70)]


def test_a_running_session_is_not_listed_nor_read():
    journal = opened(MemoryFiles())
    journal.begin(dict(HEADER))
    assert journal.list(0, 9) == ([], False)
    assert journal.size(wire.session_path(1)) == -1
    assert "still open" in refused(StorageError, lambda: journal.begin(dict(HEADER)))


def test_reading_pieces():
    fs = MemoryFiles()
    journal = opened(fs)
    record(journal, 40)
    path = wire.session_path(1)
    size = journal.size(path)
    whole = bytearray(size + 10)
    assert journal.read_into(path, 0, whole, size + 10) == size > 3000
    assert bytes(whole[:size]) == bytes(fs.files["/r" + path])
    piece = bytearray(100)
    assert journal.read_into(path, size - 30, piece, 100) == 30
    assert journal.read_into(path, size + 30, piece, 100) == 0


def test_only_paths_of_sessions_are_read():
    fs = MemoryFiles()
    journal = opened(fs)
    record(journal)
    for path in (
        "/ids.a",
        "/sessions/../ids.a",
        "/sessions/1.gps",
        "/sessions/00000002.gps",
        "",
        "/sessions/",
        "/x",
    ):
        assert journal.size(path) == -1
        assert journal.read_into(path, 0, bytearray(4), 4) == -1


def test_a_full_buffer_counts_what_it_drops_and_keeps_steps():
    fs = MemoryFiles()
    journal = opened(fs)
    journal.begin(dict(HEADER))
    taken = 0
    while journal.append(records.TRACE, trace_payload()):
        taken += 1
    assert journal.lost_intervals == 5
    assert not journal.append(records.EVENTS, records.pack_events(EVENTS))
    assert journal.lost_events == len(EVENTS)
    assert journal.append(records.STEP, step_payload())
    assert BUFFER_BYTES - 1200 < journal.pending() < BUFFER_BYTES
    journal.close(SUMMARY)
    found, whole = parsed(fs, 1)
    assert whole and len(found) == taken + 3
    summary = records.unpack(records.SUMMARY, found[-1][2])
    assert summary["lost_events"] == 4 and summary["lost_intervals"] == 5


def test_close_finds_room_in_a_buffer_full_of_steps():
    fs = MemoryFiles()
    journal = opened(fs)
    journal.begin(dict(HEADER))
    taken = 0
    while journal.append(records.STEP, step_payload()):
        taken += 1
    journal.close(SUMMARY)
    found, whole = parsed(fs, 1)
    assert whole and len(found) == taken + 2
    assert records.unpack(records.SUMMARY, found[-1][2])["lost_events"] == 1


def test_append_never_raises():
    journal = opened(MemoryFiles())
    assert not journal.append(records.STEP, step_payload())
    journal.begin(dict(HEADER))
    assert not journal.append(records.STEP, bytes(records.PAYLOAD_MAX + 1))
    assert not journal.append(records.TRACE, bytes(300))


def cut_session(at_close, cut_at):
    """Record two sessions with the power cut at a call of the second: (fs, whether it was cut)."""
    fs = MemoryFiles(at_close)
    record(opened(fs))
    fs.heal()
    fs.cut_at = cut_at
    try:
        record(opened(fs))
    except PowerCut:
        fs.heal()
        return fs, True
    return fs, False


def check_after_cut(fs, first):
    """Recover, with the power cut at any call of that, too; then all is whole."""
    before = {path: bytes(data) for path, data in fs.files.items()}
    cut_at = 0
    cut = True
    while cut:
        cut_at += 1
        fs.files = {path: bytearray(data) for path, data in before.items()}
        fs.heal()
        fs.cut_at = cut_at
        try:
            opened(fs)
            cut = False
        except PowerCut:
            pass
        fs.heal()
        journal = opened(fs)
        assert bytes(fs.files[path_of(1)]) == first
        entries, _more = journal.list(0, 9)
        assert not journal.unreadable
        for entry in entries:
            found, whole = parsed(fs, entry["id"])
            assert whole and found[-1][0] == records.SUMMARY and found[0][0] == records.HEADER
            assert entry["end"] == records.unpack(records.SUMMARY, found[-1][2])["end_reason"]
        assert not [path for path in fs.files if path.endswith(".tmp")]
    new_id = record(journal)
    assert new_id > max([entry["id"] for entry in entries])
    return entries


def test_a_power_cut_at_any_call_loses_no_closed_session():
    for at_close in (False, True):
        cut_at = 0
        cut = True
        ends = []
        while cut:
            cut_at += 1
            fs, cut = cut_session(at_close, cut_at)
            first = bytes(fs.files[path_of(1)])
            ends.append([entry["end"] for entry in check_after_cut(fs, first)])
        assert [ids.END_DONE, ids.END_POWER_LOSS] in ends
        assert ends[0] == [ids.END_DONE]
        assert ends[-1] == [ids.END_DONE, ids.END_DONE]


def test_a_session_cut_at_any_byte_is_recovered_from_its_whole_records():
    fs = MemoryFiles()
    record(opened(fs))
    data = bytes(fs.files[path_of(1)])
    found, _used = records.parse(data)
    for length in range(0, len(data), 3):
        fs.files[path_of(1)] = bytearray(data[:length])
        whole_records, _used = records.parse(data[:length])
        journal = opened(fs)
        if not whole_records:
            assert journal.list(0, 9)[0] == [] and not journal.unreadable
            continue
        recovered, whole = parsed(fs, 1)
        assert whole and recovered[:-1] == found[: len(whole_records)]
        assert journal.list(0, 9)[0][0]["end"] == ids.END_POWER_LOSS


def test_the_summary_of_a_cut_session_adds_up_its_records():
    fs = MemoryFiles()
    journal = opened(fs)
    journal.begin(dict(HEADER))
    journal.append(records.STEP, step_payload(step=0, end_reason=ids.END_DONE))
    journal.append(records.STEP, step_payload(step=1, end_reason=ids.END_SKIPPED, peak_mn=900))
    journal.append(records.EVENTS, records.pack_events([(60000, ids.EVENT_FAULT, 2, ids.FAULT_STUCK)]))
    journal.append(records.EVENTS, records.pack_events([(61000, ids.EVENT_LOST, 2, 9)]))
    journal.append(records.EVENTS, records.pack_events([(62000 + i, ids.EVENT_JAB, 2, 0) for i in range(3)]))
    journal.flush()
    assert opened(fs).list(0, 1)[0][0]["end"] == ids.END_POWER_LOSS
    summary = records.unpack(records.SUMMARY, parsed(fs, 1)[0][-1][2])
    expected = {"steps_done": 1, "steps_total": 2, "contact_ms": 26000, "in_band_ms": 22000, "over_ms": 200}
    expected.update({"blind_ms": 10, "warn_count": 4, "over_count": 2, "jab_count": 3, "fault_count": 1})
    expected.update({"peak_mn": 2610, "impulse_mn_s": 34060, "lost_events": 9, "fault": ids.FAULT_STUCK})
    expected.update({"duration_ms": 62002, "end_unix_s": 1790000062, "time_quality": ids.TIME_SET})
    for name, value in expected.items():
        assert summary[name] == value, (name, summary[name])


def test_sums_beyond_their_place_stay_at_its_top():
    totals = Totals()
    totals.visit(records.HEADER, records.pack(records.HEADER, HEADER))
    for _ in range(3):
        totals.visit(records.STEP, step_payload(over_count=60000, contact_ms=0xFFFFFFFF))
    summary = totals.summary(ids.END_POWER_LOSS)
    assert summary["over_count"] == 0xFFFF and summary["contact_ms"] == 0xFFFFFFFF
    records.pack(records.SUMMARY, summary)


def test_a_newer_format_is_left_alone():
    for closed in (True, False):
        fs = MemoryFiles()
        journal = opened(fs)
        record(journal)
        data = fs.files[path_of(1)]
        data[4] = records.FORMAT_VERSION + 1
        if not closed:
            data = fs.files[path_of(1)] = data[:-20]
        before = bytes(data)
        journal = opened(fs)
        assert journal.unreadable == [1]
        assert journal.list(0, 9) == ([], False)
        assert record(journal) == 2
        assert bytes(fs.files[path_of(1)]) == before
        assert journal.size(wire.session_path(1)) == len(before)


def test_a_file_that_does_not_begin_with_a_header_is_left_alone():
    fs = MemoryFiles()
    opened(fs)
    fs.files[path_of(9)] = bytearray(b"\x00" * 500)
    journal = opened(fs)
    assert journal.unreadable == [9]
    assert record(journal) == 10
    assert fs.files[path_of(9)] == bytearray(500)


def test_ids_rise_for_life():
    fs = MemoryFiles()
    assert record(opened(fs)) == 1
    assert record(opened(fs)) == 2
    fs.files = {path: data for path, data in fs.files.items() if "sessions" not in path}
    assert record(opened(fs)) == 3
    for path in ("/r/ids.a", "/r/ids.b"):
        fs.files[path][20] ^= 1
    assert record(opened(fs)) == 3 + ID_JUMP
    del fs.files["/r/ids.a"]
    del fs.files["/r/ids.b"]
    assert record(opened(fs)) == 4 + ID_JUMP


def test_a_newer_list_of_ids_refuses_sessions():
    fs = MemoryFiles()
    journal = opened(fs)
    from core.slots import encode

    fs.files["/r/ids.a"] = bytearray(encode(9, 1, b"who knows"))
    refused(NewerFormat, lambda: journal.begin(dict(HEADER)))
    assert journal.session == 0


def test_a_failing_call_loses_nothing_that_was_flushed():
    for errno in (5, ENOSPC):
        for fail_at in range(1, 12):
            fs = MemoryFiles()
            journal = opened(fs)
            journal.begin(dict(HEADER))
            journal.append(records.STEP, step_payload(step=0))
            journal.flush()
            fs.calls, fs.fail_at, fs.errno = 0, fail_at, errno
            journal.append(records.STEP, step_payload(step=1))
            failures = 0
            for _ in range(3):
                try:
                    journal.flush()
                except StorageFull if errno == ENOSPC else StorageError:
                    failures += 1
            assert failures == (fail_at <= 3)
            fs.heal()
            journal.close(SUMMARY)
            found, whole = parsed(fs, 1)
            assert whole and [kind for kind, _sequence, _payload in found] == [1, 2, 2, 5]
            assert journal.list(0, 1)[0][0]["crc"] == crc_of(fs, 1)


def test_a_session_that_cannot_be_closed_is_closed_at_the_next_start():
    fs = MemoryFiles()
    journal = opened(fs)
    journal.begin(dict(HEADER))
    journal.append(records.STEP, step_payload())
    journal.flush()
    fs.calls, fs.fail_at, fs.fail_on = 0, 1, True
    refused(StorageError, lambda: journal.close(SUMMARY))
    assert journal.session == 0 and journal.unreadable == [1]
    fs.heal()
    assert record(journal) == 2
    journal = opened(fs)
    assert [entry["end"] for entry in journal.list(0, 9)[0]] == [ids.END_POWER_LOSS, ids.END_DONE]


def test_an_open_session_without_room_to_close_it_waits():
    fs = MemoryFiles()
    journal = opened(fs)
    journal.begin(dict(HEADER))
    journal.append(records.STEP, step_payload())
    journal.flush()
    before = bytes(fs.files[path_of(1)])
    fs.capacity = fs.used()
    assert opened(fs).unreadable == [1]
    assert bytes(fs.files[path_of(1)]) == before
    fs.capacity *= 10
    assert opened(fs).list(0, 9)[0][0]["end"] == ids.END_POWER_LOSS


def test_acknowledgement_checks_what_it_is_told():
    fs = MemoryFiles()
    journal = opened(fs)
    record(journal)
    crc = crc_of(fs, 1)
    assert journal.acknowledge(2, crc, "desk") == wire.ERR_NO_SESSION
    assert journal.acknowledge(1, crc ^ 1, "desk") == wire.ERR_DIGEST
    for host in ("", "x" * 33, "a b", "\n", None, 7):
        assert journal.acknowledge(1, crc, host) == wire.ERR_INVALID
    assert journal.hosts() == []
    assert journal.acknowledge(1, crc, "desk", 1790000000) == wire.ERR_OK
    calls = fs.calls
    assert journal.acknowledge(1, crc, "desk", 1790000009) == wire.ERR_OK
    assert fs.calls == calls
    assert opened(fs).hosts() == [("desk", 1790000000)]


def test_too_many_desktops_are_refused():
    fs = MemoryFiles()
    journal = opened(fs)
    record(journal)
    codes = [journal.acknowledge(1, crc_of(fs, 1), "desk%d" % number) for number in range(9)]
    assert codes == [wire.ERR_OK] * 8 + [wire.ERR_HOSTS_FULL]


def test_a_failed_acknowledgement_does_not_count():
    fs = MemoryFiles()
    journal = opened(fs)
    record(journal)
    fs.calls, fs.fail_at = 0, 1
    assert journal.acknowledge(1, crc_of(fs, 1), "desk") == wire.ERR_STORAGE
    fs.capacity = fs.used() + 5000
    assert "sync" in refused(StorageFull, journal.make_room)
    assert journal.acknowledge(1, crc_of(fs, 1), "desk") == wire.ERR_OK
    fs.capacity = fs.used() + 24 * 1024
    fs.heal()


def filled(count):
    """A journal with `count` sessions and room for one session less one byte."""
    fs = MemoryFiles()
    journal = opened(fs)
    for _ in range(count):
        record(journal, 6)
    return fs, journal


def fill(fs):
    fs.capacity = fs.used() + 24 * 1024 - 600


def test_room_is_one_whole_session():
    fs, journal = filled(1)
    fs.capacity = fs.used() + 24 * 1024 + 512
    assert journal.room()
    fs.capacity -= 1024
    assert not journal.room()


def test_only_what_every_desktop_has_is_dropped_oldest_first():
    fs, journal = filled(4)
    fill(fs)
    refused(StorageFull, journal.make_room)
    for session_id in (1, 3, 2):
        assert journal.acknowledge(session_id, crc_of(fs, session_id), "a") == wire.ERR_OK
    assert journal.acknowledge(2, crc_of(fs, 2), "b") == wire.ERR_OK
    fill(fs)
    journal = opened(fs)
    assert journal.make_room() == [2]
    fill(fs)
    refused(StorageFull, journal.make_room)
    assert journal.make_room(0, True) == [1], "the owner's word that one desktop is enough"
    fill(fs)
    assert journal.forget_host("b") and not journal.forget_host("b")
    fill(fs)
    assert journal.make_room() == [3]
    fill(fs)
    assert journal.make_room() == [1, 3], "what was left of them"
    fill(fs)
    refused(StorageFull, journal.make_room)
    assert [entry["id"] for entry in journal.list(0, 9)[0]] == [4]
    assert record(journal, 0) == 5


def test_a_gap_in_acknowledgements_is_never_passed_over():
    fs, journal = filled(3)
    fs.files[path_of(2)][4] = 9
    journal = opened(fs)
    assert journal.unreadable == [2]
    for session_id in (1, 3):
        journal.acknowledge(session_id, crc_of(fs, session_id), "a")
    fs.files[path_of(2)][4] = records.FORMAT_VERSION
    journal = opened(fs)
    fill(fs)
    assert journal.make_room() == [1]
    fill(fs)
    assert journal.make_room() == [3]
    fill(fs)
    assert journal.make_room() == [1, 3], "what was left of them"
    fill(fs)
    refused(StorageFull, journal.make_room)
    assert journal.first() == journal.last() == 2


def test_forgotten_desktops_hold_everything_back():
    fs, journal = filled(2)
    for session_id in (1, 2):
        journal.acknowledge(session_id, crc_of(fs, session_id), "a")
    for path in ("/r/acks.a", "/r/acks.b"):
        fs.files[path][20] ^= 1
    journal = opened(fs)
    journal.acknowledge(1, crc_of(fs, 1), "a")
    fill(fs)
    refused(StorageFull, journal.make_room)
    journal.forget_host("?")
    fill(fs)
    assert journal.make_room() == [1]


def test_a_power_cut_while_dropping_leaves_whole_sessions():
    for cut_at in range(1, 4):
        fs, journal = filled(3)
        for session_id in (1, 2, 3):
            journal.acknowledge(session_id, crc_of(fs, session_id), "a")
        fs.capacity = fs.used() + 23 * 1024
        fs.calls, fs.cut_at = 0, cut_at
        try:
            journal.make_room()
        except PowerCut:
            pass
        fs.heal()
        journal = opened(fs)
        for entry in journal.list(0, 9)[0]:
            assert parsed(fs, entry["id"])[1]
        assert journal.last() == 3 and journal.count() == 3
