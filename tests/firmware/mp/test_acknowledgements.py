"""Which desktop has which session, entry by entry."""

import json

from core import acknowledgements
from core.acknowledgements import UNKNOWN_HOST, Acknowledgements, is_name
from core.slots import decode, encode
from memory_files import MemoryFiles

NOON_S = 1790000000
DAY_S = 86400


def new(fs=None):
    acks = Acknowledgements("/r", fs or MemoryFiles())
    acks.load()
    return acks


def entry(acks, host="a"):
    """(mark, later ones, last seen, told) of a desktop."""
    return tuple(acks._hosts[host])


def test_figures():
    assert (acknowledgements.NAME_MAX, acknowledgements.HOSTS_MAX, acknowledgements.VERSION) == (32, 8, 1)
    assert (acknowledgements.SEEN_STEP_S, acknowledgements.ABSENT_S) == (DAY_S, 90 * DAY_S)


def test_names_are_short_and_printable():
    for name, good in (
        ("a", True), ("!", True), ("~", True), ("a" * 32, True), ("", False), ("a" * 33, False), (" ", False),
        ("a b", False), ("\x7f", False), ("é", False), (5, False), (None, False),
    ):  # fmt: skip
        assert is_name(name) is good, name


def test_the_mark_moves_over_all_that_is_had_without_a_hole():
    acks = new()
    for session_id, mark, later in ((2, 0, [2]), (4, 0, [2, 4]), (1, 2, [4]), (3, 4, [])):
        acks.add("a", session_id, [1, 2, 3, 4], NOON_S)
        assert entry(acks)[:2] == (mark, later), session_id


def test_sessions_that_are_gone_are_no_hole_and_are_forgotten():
    acks = new()
    acks.add("a", 3, [1, 2, 3, 5], NOON_S)
    assert entry(acks)[:2] == (0, [3])
    acks.add("a", 5, [5], NOON_S)
    assert entry(acks)[:2] == (5, [])
    acks.add("a", 9, [7, 9], NOON_S)
    acks.add("a", 8, [7, 8], NOON_S)
    assert entry(acks)[:2] == (5, [8]), "9 is not on the tool any more"


def test_a_first_acknowledgement_of_one_session_marks_it():
    acks = new()
    acks.add("a", 1, [1], 0)
    assert entry(acks) == (1, [], 0, 0)
    assert acks.all_have(1) and not acks.all_have(2)


def test_what_is_known_is_written_once_a_day_only():
    fs = MemoryFiles()
    acks = new(fs)
    acks.add("a", 1, [1], NOON_S)
    for now_s, seen in ((NOON_S + DAY_S - 1, NOON_S), (NOON_S + DAY_S, NOON_S + DAY_S)):
        acks.add("a", 1, [1], now_s)
        assert entry(acks) == (1, [], seen, 0)
        acks.see("a", now_s)
        assert entry(acks) == (1, [], seen, 0)


def test_a_damaged_memory_stands_for_a_desktop_that_has_nothing():
    fs = MemoryFiles()
    fs.files["/r/acks.a"] = bytearray(b"x")
    fs.files["/r/acks.b"] = bytearray(b"y")
    acks = new(fs)
    assert acks.hosts() == [(UNKNOWN_HOST, 0)] and entry(acks, UNKNOWN_HOST) == (0, [], 0, 0)
    acks.add("a", 1, [1], NOON_S)
    assert not acks.all_have(1)


def test_entries_of_before_the_telling_of_absence_were_told_nothing():
    fs = MemoryFiles()
    fs.files["/r/acks.a"] = bytearray(encode(1, 1, json.dumps({"hosts": {"a": [3, [], 9]}}).encode()))
    assert entry(new(fs)) == (3, [], 9, 0)


def test_an_absence_is_told_once_and_taken_back_when_seen():
    fs = MemoryFiles()
    acks = new(fs)
    acks.add("a", 1, [1], NOON_S)
    acks.add("b", 1, [1], NOON_S + 90 * DAY_S)
    late = NOON_S + 90 * DAY_S
    assert acks.absent(late - 1) == [] and acks.absent(late) == ["a"] and acks.gone(late) == []
    assert acks.tell_absent(late) == ["a"]
    calls = fs.calls
    assert acks.tell_absent(late) == ["a"] and fs.calls == calls, "it is written once"
    assert acks.gone(late) == ["a"] and entry(acks, "b")[3] == 0
    acks.add("a", 1, [1], late)
    assert entry(acks) == (1, [], late, 0) and acks.gone(late) == []


def test_unknown_times_are_counted_from_the_first_known_one():
    acks = new()
    acks.add("a", 1, [1], 0)
    acks.forget("nobody")
    assert entry(acks)[2] == 0
    acks.add("b", 1, [1], NOON_S)
    assert entry(acks)[2] == NOON_S


def test_forgetting_and_clearing_are_kept():
    fs = MemoryFiles()
    acks = new(fs)
    acks.add("a", 1, [1], NOON_S)
    acks.add("b", 1, [1], NOON_S)
    acks.forget("a")
    assert new(fs).hosts() == [("b", NOON_S)]
    acks.clear()
    assert acks.hosts() == [] and new(fs).hosts() == []
    assert decode(bytes(fs.files["/r/acks.a"]))[0] == 1


def test_one_copy_suffices_only_on_the_owners_word():
    acks = new()
    acks.add("a", 1, [1], NOON_S)
    acks.add("b", 2, [1, 2], NOON_S)
    assert not acks.all_have(1) and acks.all_have(1, ("b",)) and acks.all_have(1, (), True)
    assert not acks.all_have(3, (), True)
