"""Room in a full memory: which traces go, what is left of a session without one, and when that goes, too."""

import binascii

from core import archive, ids, records, thinning, wire
from core.errors import StorageError, StorageFull
from core.journal import Journal
from log_samples import EVENTS, HEADER, SUMMARY, step_payload, trace_payload
from memory_files import ENOSPC, MemoryFiles, PowerCut

HEAP = "2m"

FOLDER = "/r" + wire.PATH_SESSIONS
FILE_0 = "/r" + archive.FOLDER + "/00000000.old"


def opened(fs):
    journal = Journal("/r", fs)
    journal.recover()
    return journal


def record(journal, pieces=30):
    session_id = journal.begin(dict(HEADER))
    for _ in range(pieces):
        journal.append(records.TRACE, trace_payload())
        journal.append(records.EVENTS, records.pack_events(EVENTS))
    journal.append(records.STEP, step_payload())
    summary = dict(SUMMARY)
    summary["duration_ms"] = 1000 + session_id
    journal.close(summary)
    return session_id


def read(journal, session_id):
    path = wire.session_path(session_id)
    data = bytearray(max(0, journal.size(path)))
    assert journal.read_into(path, 0, data, len(data)) == len(data)
    return bytes(data)


def acknowledge(journal, session_id, host="desk"):
    crc = binascii.crc32(read(journal, session_id)) & 0xFFFFFFFF
    assert journal.acknowledge(session_id, crc, host) == wire.ERR_OK
    return crc


def refused(kind, call):
    try:
        call()
    except kind as error:
        return str(error)
    raise AssertionError("not refused")


def fill(fs, short=600):
    fs.capacity = fs.used() + 24 * 1024 - short


def with_copies(count):
    """(fs, journal, {id: whole file}) of sessions that one desktop has."""
    fs = MemoryFiles()
    journal = opened(fs)
    whole = {}
    for _ in range(count):
        session_id = record(journal)
        whole[session_id] = read(journal, session_id)
        acknowledge(journal, session_id)
    return fs, journal, whole


def test_the_oldest_trace_goes_and_its_summary_stays():
    fs, journal, whole = with_copies(3)
    fill(fs)
    assert journal.make_room() == [1]
    assert FILE_0 in fs.files
    for held in (journal, opened(fs)):
        assert held.count() == 3 and (held.first(), held.last()) == (1, 3) and not held.unreadable
        left = read(held, 1)
        found, used = records.parse(left)
        before = records.parse(whole[1])[0]
        assert used == len(left) == 160
        assert [record[0] for record in found] == [records.HEADER, records.THINNED, records.SUMMARY]
        assert found[0][2] == before[0][2] and found[2][2] == before[-1][2]
        crc = binascii.crc32(whole[1]) & 0xFFFFFFFF
        assert records.unpack(records.THINNED, found[1][2]) == {"size": len(whole[1]), "crc": crc}
        entry = held.list(0, 9)[0][0]
        now = binascii.crc32(left) & 0xFFFFFFFF
        assert entry == {"id": 1, "size": 160, "crc": now, "end": ids.END_DONE, "whole": crc}
        assert read(held, 2) == whole[2] and read(held, 3) == whole[3]
        assert "whole" not in held.list(1, 1)[0][0]
    assert FOLDER + "/00000001.gps" not in fs.files


def test_a_piece_of_it_can_be_read():
    fs, journal, _whole = with_copies(1)
    fill(fs)
    journal.make_room()
    left, piece = read(journal, 1), bytearray(50)
    assert journal.read_into(wire.session_path(1), 100, piece, 50) == 50 and piece == left[100:150]
    assert journal.read_into(wire.session_path(1), 140, piece, 50) == 20 and piece[:20] == left[140:]
    assert journal.read_into(wire.session_path(1), 160, piece, 50) == 0


def test_room_is_made_in_pieces_of_one_file_each():
    fs, journal, _whole = with_copies(2)
    fill(fs, 3000)
    pieces, calls = 0, []
    while True:
        fs.calls = 0
        if not journal.ease():
            break
        calls.append(fs.calls)
        pieces += 1
    assert pieces == 4, "for each of two sessions the summary, then the file"
    assert calls[1] == calls[3] == 1 and max(calls) <= 7, (
        "folder, open, a write a place, close, rename; remove"
    )


def test_a_session_that_nobody_has_keeps_its_trace_and_its_summary():
    fs, journal, whole = with_copies(2)
    new = record(journal)
    fs.capacity = fs.used() + 12000
    assert "sync" in refused(StorageFull, journal.make_room)
    assert read(journal, new) and opened(fs).first() == new
    fs, journal, whole = with_copies(2)
    fs.capacity = 1 << 20
    journal.acknowledge(1, binascii.crc32(whole[1]) & 0xFFFFFFFF, "other")
    fill(fs)
    assert journal.make_room() == [1], "the second is missing at the other desktop"
    fill(fs, 100)
    assert journal.make_room() == [1], "then what is left of the first"
    fill(fs)
    refused(StorageFull, journal.make_room)
    assert read(journal, 2) == whole[2]


def test_summaries_go_last_and_by_the_file():
    fs, journal, _whole = with_copies(27)
    while True:
        fill(fs)
        gone = journal.make_room()
        if len(gone) > 1:
            break
    assert gone == list(range(1, 25)), "those of the first file, all traces before"
    assert journal.first() == 25 and journal.count() == 3
    fill(fs, 100)
    assert journal.make_room() == [25, 26, 27]
    assert opened(fs).count() == 0


def test_a_file_with_one_summary_that_some_desktop_lacks_stays():
    fs, journal, _whole = with_copies(3)
    for _ in range(3):
        fill(fs)
        journal.make_room()
    assert journal.count() == 3 and FOLDER + "/00000003.gps" not in fs.files
    fs.capacity = 1 << 20
    acknowledge(journal, 1, "other")
    fill(fs)
    refused(StorageFull, journal.make_room)
    for session_id in (2, 3):
        fs.capacity = 1 << 20
        acknowledge(journal, session_id, "other")
    fill(fs)
    assert journal.make_room() == [1, 2, 3]


def test_either_file_may_be_acknowledged():
    fs, journal, whole = with_copies(1)
    fill(fs)
    journal.make_room()
    fs.capacity = 1 << 20
    before, now = (binascii.crc32(data) & 0xFFFFFFFF for data in (whole[1], read(journal, 1)))
    assert journal.acknowledge(1, before, "b") == wire.ERR_OK
    assert journal.acknowledge(1, now, "c") == wire.ERR_OK
    assert journal.acknowledge(1, now ^ 1, "d") == wire.ERR_DIGEST


def test_numbers_go_on_above_what_was_thinned():
    fs, journal, _whole = with_copies(2)
    fill(fs, 4000)
    assert journal.make_room() == [1, 2]
    fs.capacity = 1 << 20
    for name in ("/r/ids.a", "/r/ids.b"):
        fs.files.pop(name, None)
    assert record(opened(fs)) == 3


def test_without_room_for_a_summary_the_session_goes_whole():
    fs, journal, _whole = with_copies(2)
    fs.capacity = fs.used()
    assert journal.ease() and journal.first() == 2, "a file of summaries had no room"
    assert not [name for name in fs.files if name.endswith((".tmp", ".old"))]


def test_a_header_of_newer_firmware_that_is_too_long_goes_whole():
    fs, journal, _whole = with_copies(1)
    path = FOLDER + "/00000001.gps"
    found = records.parse(bytes(fs.files[path]))[0]
    parts = [(found[0][0], found[0][2] + b"new")] + [(record[0], record[2]) for record in found[1:]]
    fs.files[path] = bytearray(
        b"".join([records.frame(parts[n][0], n, parts[n][1]) for n in range(len(parts))])
    )
    journal = opened(fs)
    fill(fs)
    assert journal.make_room() == [1] and journal.count() == 0 and FILE_0 not in fs.files


def test_a_power_cut_at_any_call_leaves_the_trace_or_the_summary():
    for at_close in (False, True):
        cut_at, seen = 0, set()
        while True:
            cut_at += 1
            fs, journal, whole = with_copies(2)
            fs.at_close = at_close
            fill(fs, 3000)
            fs.calls, fs.cut_at = 0, cut_at
            done = False
            try:
                journal.make_room()
                done = True
            except PowerCut:
                pass
            fs.heal()
            journal = opened(fs)
            assert [entry["id"] for entry in journal.list(0, 9)[0]] == [1, 2] and not journal.unreadable
            assert not [name for name in fs.files if name.endswith(".tmp")]
            for session_id in (1, 2):
                data = read(journal, session_id)
                seen.add((session_id, len(data)))
                assert data == whole[session_id] or data == thinned_of(whole[session_id])
            if done:
                break
        assert len(seen) == 4 and cut_at > 8


def thinned_of(whole):
    fs = MemoryFiles()
    fs.files["/x"] = bytearray(whole)
    return thinning.thinned(fs, "/x", len(whole), binascii.crc32(whole) & 0xFFFFFFFF)


def test_a_memory_that_fails_is_told_and_nothing_is_lost():
    for fail_at in range(1, 8):
        fs, journal, _whole = with_copies(1)
        fill(fs)
        fs.calls, fs.fail_at = 0, fail_at
        try:
            journal.make_room()
        except StorageError:
            pass
        fs.heal()
        fs.capacity = 1 << 20
        assert read(journal, 1) and read(opened(fs), 1)


def test_a_full_memory_while_a_place_is_written_is_no_failure():
    fs, journal, _whole = with_copies(2)
    fill(fs)
    fs.calls, fs.fail_at, fs.errno = 0, 2, ENOSPC
    assert journal.make_room() == [1] or journal.first() == 1


def test_a_full_memory_that_counts_less_than_no_block_is_full():
    fs, journal, _whole = with_copies(1)
    fs.statvfs = lambda path: (4096, 4096, 352, 0, 0xFFFFFFFF)
    assert journal.space() == (0, 352 * 4096) and not journal.room()
    fs.statvfs = lambda path: (4096, 4096, 352, 0, 352)
    assert journal.space() == (352 * 4096, 352 * 4096) and journal.room()


def test_a_damaged_place_is_left_alone():
    fs, journal, _whole = with_copies(3)
    fill(fs, 4500)
    journal.make_room()
    assert FOLDER + "/00000002.gps" not in fs.files
    fs.files[FILE_0][160 * 2 + 90] ^= 1
    journal = opened(fs)
    assert journal.unreadable == [2] and [entry["id"] for entry in journal.list(0, 9)[0]] == [1, 3]
    while True:
        fill(fs)
        try:
            journal.make_room()
        except StorageFull:
            break
    assert FILE_0 in fs.files and any(fs.files[FILE_0][320:480]), (
        "other than what it can read it removes nothing"
    )


def test_a_place_of_a_newer_format_is_not_read():
    fs, journal, _whole = with_copies(1)
    fill(fs)
    journal.make_room()
    found = records.parse(bytes(fs.files[FILE_0][160:320]))[0]
    header = bytes([records.FORMAT_VERSION + 1]) + found[0][2][1:]
    fs.files[FILE_0][160:245] = records.frame(records.HEADER, 0, header)
    journal = opened(fs)
    assert journal.unreadable == [1] and journal.count() == 0


def test_the_place_of_another_session_is_not_taken_for_this_one():
    fs, journal, _whole = with_copies(1)
    fill(fs)
    journal.make_room()
    fs.files[FILE_0][320:480] = fs.files[FILE_0][160:320]
    journal = opened(fs)
    assert journal.unreadable == [2] and archive.read(fs, "/r", 2) is None
