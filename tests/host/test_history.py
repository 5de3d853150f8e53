"""A history that people own: bin, owners, dates, turns; on databases of each kind."""

from __future__ import annotations

import dataclasses

import pytest
from gentlepress.errors import DataError, SessionUnknown, StoreError, StoreLocked, UsageError
from gentlepress.firmware.core import ids, records
from gentlepress.record_reader import read_session
from gentlepress.store import open_store
from gentlepress.store.adding import Offered
from gentlepress.store.rows import ToolRow, start_time

from tests.host.many_sessions import usual_sessions
from tests.host.session_maker import header, session_bytes, summary
from tests.host.test_store import HELLO, OTHER, undated

SHORT = ((1, 0, 1),)


def made(number: int, start: int = 1_795_000_000) -> bytes:
    return session_bytes(number, SHORT, start_unix_s=start)


def numbers(store, **more) -> list[int]:
    return [row.session_id for row in store.sessions(newest_first=False, **more)]


class TestBin:
    def test_a_deleted_session_is_hidden_and_comes_back(self, store) -> None:
        for number in (1, 2):
            store.add_session(HELLO, made(number))
        store.delete(1)
        assert (numbers(store), numbers(store, deleted=True)) == ([2], [1])
        assert store.count(HELLO.device_id) == 1
        assert store.counts() == {HELLO.device_id: 1}
        with pytest.raises(SessionUnknown, match="was deleted") as told:
            store.session(1)
        assert "undelete 1" in told.value.next_step
        assert not store.add_session(HELLO, made(1))
        assert store.undelete(1)
        assert numbers(store) == [1, 2]
        assert store.session(1).data == made(1)

    def test_erased_for_good(self, store) -> None:
        store.add_session(HELLO, made(1))
        store.move_cursor(HELLO.device_id, 1)
        store.delete(1)
        store.erase(1)
        assert (numbers(store), numbers(store, deleted=True)) == ([], [])
        assert (
            store._rows("SELECT count(*) FROM steps")[0][0]
            == store._rows("SELECT count(*) FROM events")[0][0]
            == 0
        )
        assert store._rows("SELECT count(*) FROM session_files")[0][0] == 0
        with pytest.raises(SessionUnknown, match="erased for good"):
            store.delete(1)
        assert not store.add_session(HELLO, made(1))
        assert not store.undelete(1)
        assert store.cursor(HELLO.device_id) == 0
        assert store.add_session(HELLO, made(1))

    def test_what_can_not_be_deleted_or_brought_back(self, store) -> None:
        store.add_session(HELLO, made(1))
        store.add_session(OTHER, made(1))
        with pytest.raises(UsageError, match="several tools.*Rose.*Lily"):
            store.delete(1)
        with pytest.raises(SessionUnknown, match="was not deleted"):
            store.undelete(1, OTHER.device_id)
        with pytest.raises(SessionUnknown, match="no session 9"):
            store.erase(9)
        store.delete(1, OTHER.device_id)
        with pytest.raises(SessionUnknown, match="already"):
            store.delete(1, OTHER.device_id)
        assert store.undelete(1)

    def test_several_at_once_are_all_or_none(self, store) -> None:
        store.add_session(HELLO, made(1))
        with pytest.raises(SessionUnknown), store.transaction():
            store.delete(1)
            store.delete(2)
        assert numbers(store) == [1]


class TestOwners:
    def test_several_tools_of_one_and_several_owners_of_one_tool(self, store) -> None:
        store.add_session(HELLO, session_bytes(1, SHORT, user_slot=1))
        store.add_session(HELLO, session_bytes(2, SHORT, user_slot=2))
        store.add_session(OTHER, made(1))
        assert store.give("Ada", HELLO.device_id, 1) == "Ada"
        store.give("ada ", OTHER.device_id)
        store.give("Ben", HELLO.device_id, 2)
        store.give("Cy", HELLO.device_id)
        assert [owner.name for owner in store.owners()] == ["Ada", "Ben", "Cy"]
        assert store.owners()[0].tools == (("ffff", "Lily", 0), (HELLO.device_id, "Rose", 1))
        whose = {(row.device_id, row.session_id): row.owners for row in store.sessions()}
        assert whose == {
            (HELLO.device_id, 1): ("Ada", "Cy"),
            (HELLO.device_id, 2): ("Ben", "Cy"),
            ("ffff", 1): ("Ada",),
        }
        assert store.count(owner="Ada") == 2
        assert numbers(store, owner="Ben") == [2]
        assert store.latest(owner="Ben").row.session_id == 2
        store.take("Cy", HELLO.device_id)
        assert numbers(store, owner="Cy") == []
        store.remove_owner("ADA")
        assert [owner.name for owner in store.owners()] == ["Ben", "Cy"]
        assert store.count() == 3

    @pytest.mark.parametrize("name", ["", "  ", "x" * 65, "a\nb", "a; b", "a (slot 1)"])
    def test_names_that_are_none(self, store, name: str) -> None:
        with pytest.raises(UsageError, match="1 to 64 printable"):
            store.give(name, None)

    def test_unknown_people_and_tools(self, store) -> None:
        store.add_session(HELLO, made(1))
        store.give("Ben", None)
        for refused in (lambda: store.remove_owner("Ada"), lambda: store.owner_name("Ada")):
            with pytest.raises(UsageError, match="nobody is called so") as told:
                refused()
            assert "Ben" in told.value.next_step
        with pytest.raises(UsageError, match="not Ben's"):
            store.take("Ben", HELLO.device_id)

    def test_tools_by_what_people_type(self, store) -> None:
        store.add_session(HELLO, made(1))
        store.add_session(OTHER, made(1))
        assert (
            store.tool_id("0011")
            == store.tool_id("rose")
            == store.tool_id(HELLO.device_id)
            == HELLO.device_id
        )
        with pytest.raises(UsageError, match="no such tool") as told:
            store.tool_id("Daisy")
        assert "ffff (Lily)" in told.value.next_step
        store.add_session(dataclasses.replace(HELLO, device_id="0022"), made(1))
        with pytest.raises(UsageError, match="several tools fit"):
            store.tool_id("00")

    def test_a_tool_with_too_long_a_number(self, store) -> None:
        with pytest.raises(DataError, match="at most 16"):
            store.add_session(dataclasses.replace(HELLO, device_id="f" * 17), made(1))
        assert store.tools() == []


def part(**values) -> bytes:
    """A session of a clock that was never set, with an event and a summary of one's own."""
    head = header(1, "r", values.pop("start_unix_s", 0)) | {"time_quality": ids.TIME_UNKNOWN, "boot": 2}
    out = [(records.HEADER, records.pack(records.HEADER, head))]
    if "events" in values:
        out.append((records.EVENTS, records.pack_events(values["events"])))
    end = {"end_unix_s": 0, "time_quality": ids.TIME_UNKNOWN, "duration_ms": 60_000}
    end |= {name: value for name, value in values.items() if name != "events"}
    out.append((records.SUMMARY, records.pack(records.SUMMARY, summary([], 1) | end)))
    return b"".join(records.frame(kind, at, payload) for at, (kind, payload) in enumerate(out))


class TestDates:
    def test_a_clock_that_was_set_in_the_session_dates_it(self) -> None:
        at = [(30_000, ids.EVENT_CLOCK_SET, 0, 1_795_000_030)]
        assert start_time(read_session(part(events=at)), HELLO) == (1_795_000_000, ids.TIME_FROM_UPTIME)
        ended = part(end_unix_s=1_795_000_060, time_quality=ids.TIME_SET)
        assert start_time(read_session(ended), HELLO) == (1_795_000_000, ids.TIME_FROM_UPTIME)

    def test_nothing_else_makes_a_date(self) -> None:
        """A clock that was never set may show anything, and 1970 is no date."""
        never_set = (
            {},
            {"start_unix_s": 1_000_000},
            {"end_unix_s": 1_000_060},
            {"events": [(5, ids.EVENT_CLOCK_SET, 0, 0)]},
        )
        for values in never_set:
            assert start_time(read_session(part(**values)), HELLO) == (None, ids.TIME_UNKNOWN)

    def test_sessions_are_in_the_order_in_which_they_were_pressed(self, store) -> None:
        store.add_session(HELLO, made(2, 2_000), 9_000)
        store.add_session(HELLO, made(1, 1_000), 9_001)
        store.add_session(HELLO, undated(3, boot=1), 5_000)
        assert numbers(store) == [1, 2, 3]
        assert store.latest().row.session_id == 3
        before, after = store.neighbours(store.session(3).row)
        assert (before.session_id, after) == (2, None)

    def test_a_session_without_a_date_lies_between_its_neighbours(self, store) -> None:
        for data in (
            undated(1, boot=1),
            made(2, 2_000),
            undated(3, boot=1),
            undated(4, boot=1),
            made(5, 5_000),
            undated(6, boot=1),
        ):
            store.add_session(HELLO, data, 9_000)
        store.add_session(OTHER, made(1, 4_000), 9_000)
        store.add_session(OTHER, made(2, 7_000), 9_000)
        placed = [(row.device_id == OTHER.device_id, row.session_id) for row in store.sessions()]
        assert placed == [
            (False, 6), (True, 2), (False, 5), (False, 4), (False, 3), (True, 1), (False, 2), (False, 1),
        ]  # fmt: skip
        assert [row.session_id for row in store.sessions(limit=1)] == [6]
        assert store.latest().row.session_id == 6
        assert all(row.start_utc is None for row in store.sessions() if row.session_id in {3, 4, 6})

    def test_a_computer_whose_clock_is_behind_changes_no_places(self, store) -> None:
        store.add_session(HELLO, made(1, 5_000), 10)
        store.add_session(HELLO, undated(2, boot=1), 10)
        store.add_session(HELLO, made(3, 8_000), 10)
        store.add_session(HELLO, undated(4, boot=1), 10)
        assert numbers(store) == [1, 2, 3, 4]
        assert store.latest().row.session_id == 4

    def test_without_any_date_the_numbers_tell(self, store) -> None:
        for number in (2, 1, 3):
            store.add_session(HELLO, undated(number, boot=1), 10)
        assert numbers(store) == [1, 2, 3]


def test_thousands_at_once(store) -> None:
    offered = [Offered("aa", data, 5, number, 1) for number, data in enumerate(usual_sessions(600))]
    tool = ToolRow("aa", "Rose", "b", "f", 1, 2, 0)
    assert store.add_all([tool], offered).new == 600
    assert numbers(store) == list(range(1, 601))
    for number in (1, 250, 251, 600):
        stored = store.session(number)
        assert stored.data == offered[number - 1].data
        steps = store._rows(
            "SELECT position, peak_mn FROM steps WHERE session_key = :key", key=stored.row.key
        )
        assert sorted(map(tuple, steps)) == [
            (at, step.peak_mn) for at, step in enumerate(stored.session.steps)
        ]
    assert store.add_all([tool], offered).there == 600
    assert store.add_session(dataclasses.replace(HELLO, device_id="aa"), made(601))


def test_two_writers_take_turns(store, where: str) -> None:
    with store.transaction():
        store.host_id()
        with pytest.raises(StoreLocked, match="in use"), open_store(where, busy_s=0.2) as second:
            second.add_session(HELLO, made(1))
    with open_store(where, busy_s=0.2) as second:
        assert second.add_session(HELLO, made(1))


def test_readers_see_what_is_committed_and_write_nothing(store, where: str) -> None:
    store.add_session(HELLO, made(1))
    with store.transaction():
        store.add_session(HELLO, made(2))
        with open_store(where, writable=False) as reader:
            assert numbers(reader) == [1]
            assert reader.session(1).data == made(1)
            assert not hasattr(reader, "delete") or "postgresql" in where
    with pytest.raises(StoreError), open_store(where, writable=False) as reader:
        reader._rows("DELETE FROM sessions")
    assert numbers(store) == [1, 2]
