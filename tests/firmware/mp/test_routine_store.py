"""The routine on the tool: built in, uploaded in pieces, refused, kept."""

import json

from core import builtin, ids, limits, routine, wire
from core.routine_store import RoutineStore
from core.slots import encode
from memory_files import MemoryFiles

TEXT = json.dumps(
    {"format": 1, "name": "Brow", "steps": [{"zone": "forehead", "side": "left", "point": "GB14"}]}
).encode()


def push(store, text, piece=37):
    code = wire.ERR_OK
    for at in range(0, len(text), piece):
        code = store.write(at, text[at : at + piece], len(text))
    return code


def test_the_built_in_routine_passes_the_check_and_is_gentle():
    found, problems = routine.check(builtin.ROUTINE)
    assert not problems
    zones = [step.zone for step in found.steps]
    assert set(zones) == set(limits.ZONES) - set(limits.OPT_IN_ZONES)
    assert found.session_ms == limits.PACE_FIRST[2]
    longest_ms = sum([step.presses * (1500 + step.hold_ms + limits.LIFT_MIN_MS) for step in found.steps])
    assert longest_ms < found.session_ms
    for zone, side in {(step.zone, step.side) for step in found.steps}:
        steps = [step for step in found.steps if (step.zone, step.side) == (zone, side)]
        assert sum([step.hold_ms * step.presses for step in steps]) < limits.PACE_FIRST[1]
        assert max([step.hold_ms for step in steps]) <= 6000


def test_a_new_tool_has_the_built_in_routine():
    store = RoutineStore("/r", MemoryFiles())
    assert store.load().name == "Gentle start"
    assert json.loads(store.text()) == builtin.ROUTINE
    assert len(store.text()) <= wire.ROUTINE_MAX_BYTES


def test_an_upload_in_pieces_becomes_active_with_the_last_one():
    for piece in (1, 37, 4096):
        fs = MemoryFiles()
        store = RoutineStore("/r", fs)
        crc = store.crc()
        assert store.write(0, TEXT[:5], len(TEXT)) == wire.ERR_OK
        assert store.received() == 5 and store.load().name == "Gentle start"
        assert push(store, TEXT, piece) == wire.ERR_OK
        for one in (store, RoutineStore("/r", fs)):
            assert one.load().name == "Brow"
            assert one.load().steps[0].zone == ids.FOREHEAD
            assert one.text() == TEXT
            assert one.crc() != crc


def test_pieces_sent_again_are_harmless():
    store = RoutineStore("/r", MemoryFiles())
    assert store.write(0, TEXT[:40], len(TEXT)) == wire.ERR_OK
    assert store.write(20, TEXT[20:40], len(TEXT)) == wire.ERR_OK
    assert store.write(40, TEXT[40:], len(TEXT)) == wire.ERR_OK
    assert store.write(40, TEXT[40:], len(TEXT)) == wire.ERR_OK
    assert store.write(40, b"?" * (len(TEXT) - 40), len(TEXT)) == wire.ERR_INVALID
    assert store.load().name == "Brow"


def test_pieces_out_of_place():
    store = RoutineStore("/r", MemoryFiles())
    total = len(TEXT)
    assert store.write(5, TEXT[5:9], total) == wire.ERR_INVALID
    assert store.write(0, TEXT[:10], total) == wire.ERR_OK
    assert store.write(11, TEXT[11:20], total) == wire.ERR_INVALID
    assert store.write(10, TEXT[10:20], total + 1) == wire.ERR_INVALID
    assert store.write(10, TEXT + TEXT, total) == wire.ERR_INVALID
    assert store.write(-1, TEXT[:5], total) == wire.ERR_INVALID
    assert store.write(10, TEXT[10:], total) == wire.ERR_OK
    assert store.load().name == "Brow"


def test_sizes_that_are_refused():
    store = RoutineStore("/r", MemoryFiles())
    for total in (0, -1, wire.ROUTINE_MAX_BYTES + 1, 10 << 20):
        assert store.write(0, b"{}", total) == wire.ERR_REFUSED
        assert "4096" in store.problems[0].rule


def test_bad_routines_leave_the_active_one():
    fs = MemoryFiles()
    store = RoutineStore("/r", fs)
    push(store, TEXT)
    bad_step = TEXT.replace(b"GB14", b"ST9")
    strong = TEXT.replace(b'"GB14"', b'"GB14", "limit_mn": 9000')
    for text in (
        b"{",
        b"[1]",
        b"null",
        b"\xff\xfe",
        b"[" * 4000,
        b"\x00" * 4096,
        TEXT[:-1],
        TEXT[:-1] + b"]",
        TEXT[:-3],
        bad_step,
        strong,
    ):
        assert push(store, text, 500) == wire.ERR_REFUSED, text[:20]
        problem = store.problems[0]
        assert problem.field and problem.rule and problem.next_step
        assert store.load().name == "Brow"
    assert "9000" in store.problems[0].value
    assert RoutineStore("/r", fs).text() == TEXT
    assert push(store, TEXT) == wire.ERR_OK and store.problems == []


def test_brackets_and_quotes_in_texts_are_texts():
    store = RoutineStore("/r", MemoryFiles())
    text = TEXT.replace(b"Brow", b'a]}[{ \\" \\\\')
    assert push(store, text) == wire.ERR_OK
    assert store.load().name == 'a]}[{ " \\'


def test_a_kept_routine_that_no_longer_passes_is_not_used():
    fs = MemoryFiles()
    fs.files["/r/routine.a"] = bytearray(encode(1, 1, TEXT.replace(b"GB14", b"ST9")))
    store = RoutineStore("/r", fs)
    assert b"ST9" not in store.text()
    assert store.load().name == "Gentle start"


def test_a_routine_of_newer_firmware_stays():
    fs = MemoryFiles()
    fs.files["/r/routine.a"] = data = bytearray(encode(9, 1, b"?"))
    store = RoutineStore("/r", fs)
    assert store.fault.code == wire.ERR_NEWER_FORMAT
    assert store.load().name == "Gentle start"
    assert push(store, TEXT) == wire.ERR_NEWER_FORMAT
    assert fs.files["/r/routine.a"] == data


def test_a_full_memory_keeps_the_active_one():
    fs = MemoryFiles(True)
    store = RoutineStore("/r", fs)
    push(store, TEXT)
    fs.capacity = fs.used() + 10
    assert push(store, TEXT.replace(b"Brow", b"Else")) == wire.ERR_FULL
    assert store.load().name == "Brow"
    assert RoutineStore("/r", fs).load().name == "Brow"
