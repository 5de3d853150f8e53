"""Which desktops count before a session may be dropped: absent ones, one that is enough, forgotten ones."""

from core import wire
from core.errors import StorageFull
from core.slots import encode
from dose_rig import NOON_S
from test_journal import crc_of, fill, filled, opened, refused

HEAP = "1m"
DAY_S = 86400


def copied_by_two():
    """Three sessions; desktop a has all of them, b none but the first, seen at NOON_S."""
    fs, journal = filled(3)
    for session_id in (1, 2, 3):
        assert journal.acknowledge(session_id, crc_of(fs, session_id), "a", NOON_S) == wire.ERR_OK
    assert journal.acknowledge(1, crc_of(fs, 1), "b", NOON_S) == wire.ERR_OK
    fill(fs)
    assert journal.make_room(NOON_S) == [1]
    fill(fs)
    return fs, journal


def test_a_desktop_not_seen_for_90_days_counts_no_longer_once_that_was_told():
    fs, journal = copied_by_two()
    later_s = NOON_S + 90 * DAY_S
    assert journal.see_host("a", later_s) and not journal.see_host("c", later_s)
    assert journal.tell_absent(later_s - 1) == []
    refused(StorageFull, lambda: journal.make_room(later_s))
    assert journal.tell_absent(later_s) == ["b"]
    fill(fs)
    refused(StorageFull, lambda: journal.make_room(later_s - 1))
    refused(StorageFull, journal.make_room)
    journal = opened(fs)
    assert journal.make_room(later_s) == [2], "told before the power went"
    fill(fs)
    assert journal.see_host("b", later_s)
    fill(fs)
    refused(StorageFull, lambda: journal.make_room(later_s))


def test_a_desktop_that_comes_back_counts_again_by_its_next_copy():
    fs, journal = copied_by_two()
    later_s = NOON_S + 100 * DAY_S
    assert sorted(journal.tell_absent(later_s)) == ["a", "b"]
    assert journal.acknowledge(3, crc_of(fs, 3), "b", later_s) == wire.ERR_OK
    fill(fs)
    assert journal.make_room(later_s) == [3], "a, with all of them, counts no longer; b has the third"
    assert dict(journal.hosts()) == {"a": NOON_S, "b": later_s}


def test_a_desktop_seen_at_an_unknown_time_counts_90_days_from_the_first_known_one():
    fs, journal = filled(2)
    assert journal.acknowledge(1, crc_of(fs, 1), "b") == wire.ERR_OK
    assert journal.acknowledge(1, crc_of(fs, 1), "a") == wire.ERR_OK
    assert journal.tell_absent(NOON_S) == [] and dict(journal.hosts()) == {"b": 0, "a": 0}
    assert journal.see_host("a", NOON_S)
    assert dict(journal.hosts()) == {"b": NOON_S, "a": NOON_S}
    assert journal.tell_absent(NOON_S + 89 * DAY_S) == []
    assert sorted(journal.tell_absent(NOON_S + 90 * DAY_S)) == ["a", "b"]


def test_seeing_a_desktop_is_written_once_a_day_and_never_goes_back():
    fs, journal = copied_by_two()
    for seconds, written in (
        (0, False),
        (DAY_S - 1, False),
        (DAY_S, True),
        (DAY_S - 5000, False),
        (-DAY_S, False),
    ):
        fs.calls = 0
        assert journal.see_host("a", NOON_S + seconds)
        assert (fs.calls > 0) is written, seconds
    assert dict(journal.hosts())["a"] == NOON_S + DAY_S


def test_a_list_of_desktops_without_the_absence_is_read():
    fs, journal = filled(1)
    fs.files["/r/acks.a"] = bytearray(encode(1, 9, b'{"hosts": {"a": [1, [], %d]}}' % NOON_S))
    journal = opened(fs)
    assert journal.hosts() == [("a", NOON_S)] and journal.tell_absent(NOON_S + 90 * DAY_S) == ["a"]


def test_a_desktop_that_comes_back_while_the_clock_is_not_set_has_its_days_anew():
    fs, journal = copied_by_two()
    later_s = NOON_S + 90 * DAY_S
    journal.see_host("a", later_s)
    assert journal.tell_absent(later_s) == ["b"]
    assert journal.see_host("b", 0)
    fill(fs)
    refused(StorageFull, lambda: journal.make_room(later_s))
    assert journal.tell_absent(later_s) == [], "it was here, nobody knows when"
    assert journal.see_host("b", later_s) and journal.tell_absent(later_s + 90 * DAY_S) == ["a", "b"]
