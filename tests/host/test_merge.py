"""Two computers' databases in one; on databases of each kind."""

from __future__ import annotations

import dataclasses

import pytest
from gentlepress.errors import DataError
from gentlepress.firmware.core import ids
from gentlepress.store.merge import merge
from sqlalchemy import text

from tests.host.session_maker import session_bytes
from tests.host.test_history import SHORT, made, numbers
from tests.host.test_store import HELLO, OTHER, undated
from tests.host.test_sync import thinned


class TestMerge:
    def test_two_computers(self, store, other) -> None:
        for number in (1, 2):
            store.add_session(HELLO, made(number), 100)
            store.mark_acknowledged(HELLO.device_id, [number])
        store.move_cursor(HELLO.device_id, 2)
        for number in (2, 3, 4, 5):
            other.add_session(HELLO, made(number), 200)
            other.mark_acknowledged(HELLO.device_id, [number])
        other.move_cursor(HELLO.device_id, 5)
        other.add_session(OTHER, made(1), 300)
        other.delete(4, HELLO.device_id)
        other.erase(5)
        other.give("Ada", OTHER.device_id)
        other.give("Ben", None)
        other.add_report("symptom", ["dizziness"], 77)
        host = store.host_id()
        done = merge(store, other)
        assert (done.sessions.new, done.sessions.there, done.sessions.conflicts, done.reports) == (
            3,
            1,
            [],
            1,
        )
        assert sorted((row.tool_name, row.session_id) for row in store.sessions()) == [
            ("Lily", 1), ("Rose", 1), ("Rose", 2), ("Rose", 3),
        ]  # fmt: skip
        assert numbers(store, deleted=True) == [4]
        assert sorted(store.known(HELLO.device_id)) == [1, 2, 3, 4, 5]
        assert store.cursor(HELLO.device_id) == 5
        assert store.host_id() == host
        assert [owner.name for owner in store.owners()] == ["Ada", "Ben"]
        assert store.waiting_reports(0) == [(1, ["dizziness"])]
        # What the other desktop told the tool is not what this one told it.
        assert [number for number, _crc in store.unacknowledged(HELLO.device_id)] == [3, 4]
        again = merge(store, other)
        assert (again.sessions.new, again.reports) == (0, 0)

    def test_what_differs_is_kept_and_told(self, store, other) -> None:
        store.add_session(HELLO, made(1))
        other.add_session(HELLO, session_bytes(1, SHORT, excess=False))
        other.add_session(HELLO, made(2))
        other.move_cursor(HELLO.device_id, 2)
        done = merge(store, other).sessions
        assert (done.new, done.conflicts) == (1, [(HELLO.device_id, 1)])
        assert store.session(1).data == made(1)
        assert store.cursor(HELLO.device_id) == 0

    def test_a_date_that_was_missing_is_filled_in(self, store, other) -> None:
        store.add_session(HELLO, undated(1, boot=2))
        other.add_session(dataclasses.replace(HELLO, boot=2), undated(1, boot=2))
        dated = other.session(1).row
        merge(store, other)
        assert (store.session(1).row.start_utc, store.session(1).row.start_quality) == (
            dated.start_utc,
            ids.TIME_FROM_UPTIME,
        )
        store.add_session(HELLO, made(2))
        assert merge(other, store).sessions.new == 1
        assert other.session(1).row.start_utc == dated.start_utc

    def test_what_was_deleted_here_stays_deleted(self, store, other) -> None:
        for number in (1, 2):
            store.add_session(HELLO, made(number))
            other.add_session(HELLO, made(number))
        store.delete(1)
        store.erase(2)
        done = merge(store, other).sessions
        assert (done.new, done.there, done.erased) == (0, 1, 1)
        assert (numbers(store), numbers(store, deleted=True)) == ([], [1])

    def test_a_whole_session_takes_the_place_of_its_sums(self, store, other) -> None:
        """One desktop was late: the tool had let the trace go, and kept only the sums."""
        store.add_session(HELLO, thinned(made(1)), 100)
        store.mark_acknowledged(HELLO.device_id, [1])
        other.add_session(HELLO, made(1), 50)
        done = merge(store, other).sessions
        assert (done.new, done.conflicts) == (1, [])
        assert store.session(1).data == made(1)
        assert store.unacknowledged(HELLO.device_id) == []
        assert len(store._rows("SELECT * FROM steps")) == store.count() == 1
        other.erase(1)
        other.undelete(1)
        other.add_session(HELLO, thinned(made(1)), 50)
        back = merge(store, other).sessions
        assert (back.new, back.there, back.conflicts) == (0, 1, [])
        assert store.session(1).data == made(1)

    def test_a_merge_that_fails_changes_nothing(self, store, other) -> None:
        other.add_session(HELLO, made(1))
        other.add_session(HELLO, made(2))
        with other.transaction() as opened:
            opened.execute(
                text("UPDATE session_files SET data = :junk WHERE session_key = 2"), {"junk": b"junk"}
            )
        with pytest.raises(DataError):
            merge(store, other)
        assert store.tools() == [] and store.sessions() == []
