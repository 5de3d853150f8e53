"""A history that people own: bin, owners, merge, dates; on databases of each kind."""

from __future__ import annotations

import dataclasses
import shutil
import sqlite3
from pathlib import Path

import pytest
from alembic import command
from gentlepress.errors import DataError, SessionUnknown, StoreError, StoreLocked, StoreMissing, UsageError
from gentlepress.firmware.core import ids, records
from gentlepress.record_reader import read_session
from gentlepress.store import adding, database, open_store, places
from gentlepress.store.adding import Offered
from gentlepress.store.erase import erase_all
from gentlepress.store.light import LightStore
from gentlepress.store.merge import merge
from gentlepress.store.rows import ToolRow, start_time
from sqlalchemy import create_engine, text

from tests.host.many_sessions import usual_sessions
from tests.host.session_maker import header, session_bytes, summary
from tests.host.test_store import HELLO, OTHER, undated
from tests.host.test_sync import thinned

SHORT = ((1, 0, 1),)


def made(number: int, start: int = 1_795_000_000) -> bytes:
    return session_bytes(number, SHORT, start_unix_s=start)


@pytest.fixture
def store(where: str):
    with open_store(where) as opened:
        yield opened


@pytest.fixture
def other(tmp_path: Path):
    with open_store(str(tmp_path / "other.db")) as opened:
        yield opened


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


class TestMerge:
    def test_two_computers(self, store, other) -> None:
        for number in (1, 2):
            store.add_session(HELLO, made(number), 100)
            store.mark_acknowledged(HELLO.device_id, number)
        store.move_cursor(HELLO.device_id, 2)
        for number in (2, 3, 4, 5):
            other.add_session(HELLO, made(number), 200)
            other.mark_acknowledged(HELLO.device_id, number)
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
        store.mark_acknowledged(HELLO.device_id, 1)
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


class TestPostgresql:
    """What only a server has."""

    @pytest.fixture
    def where(self, postgresql_server):
        with postgresql_server.database() as url:
            yield url

    def test_a_commit_waits_for_the_disk_whatever_the_server_thinks(self, store, where: str) -> None:
        name = where.rsplit("/", 1)[1]
        engine = create_engine(
            where.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT"
        )
        with engine.connect() as connection:
            connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
        engine.dispose()
        with open_store(where) as opened:
            assert opened._rows("SHOW synchronous_commit") == [("on",)]

    def test_urls(self, where: str) -> None:
        for url in (where, where.replace("postgresql:", "postgres:"), where.replace(":", "+psycopg:", 1)):
            with open_store(url) as opened:
                assert opened.sessions() == []

    @pytest.mark.parametrize(
        ("change", "kind", "said"),
        [
            (lambda url: url + "x", StoreMissing, "does not exist"),
            (lambda url: url.replace("gentlepress@", "nobody:secret@"), StoreMissing, "nobody"),
            (lambda url: "postgresql://127.0.0.1:1/none", StoreMissing, "can't be opened"),
        ],
    )
    def test_servers_that_can_not_be_used(self, where: str, change, kind: type, said: str) -> None:
        with pytest.raises(kind, match=said) as told:
            open_store(change(where))
        assert told.value.next_step
        assert "secret" not in told.value.message

    def test_what_is_erased_is_in_no_file_of_the_tables(self, store, where: str, postgresql_server) -> None:
        def found() -> bool:
            postgresql_server.sql("CHECKPOINT")
            tables = (postgresql_server.data / "base").rglob("*")
            return any(b"Very private name" in path.read_bytes() for path in tables if path.is_file())

        store.add_session(HELLO, session_bytes(1, SHORT, routine="Very private name"))
        assert found()
        [said] = erase_all(where)
        assert said.startswith("all tables of postgresql")
        assert not found()
        assert store.tools() == store.sessions() == []

    def test_a_server_that_goes_away_in_the_middle(self, store, where: str, postgresql_server) -> None:
        """Between two statements, and while rows are copied; nothing stays half done, and the next try is whole."""
        name = where.rsplit("/", 1)[1]
        end = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"

        def offered():
            for number, data in enumerate(usual_sessions(600), 1):
                if number == 300:
                    postgresql_server.sql(end)
                yield Offered("aa", data, 5, number, 1)

        tool = ToolRow("aa", "Rose", "b", "f", 1, 2, 0)
        with pytest.raises(StoreError) as told:
            store.add_all([tool], offered())
        assert told.value.next_step
        assert store.tools() == store.sessions() == []
        with pytest.raises(StoreError), store.transaction() as opened:
            connection = opened.connection()
            postgresql_server.sql(end)
            adding._copy(connection, "COPY meta (name, value) FROM STDIN", [("a", "b")])
        assert store.add_session(HELLO, made(1))

    def test_an_empty_database_is_not_read(self, where: str) -> None:
        with pytest.raises(StoreMissing, match="gentlepress sync|holds no sessions"):
            open_store(where, writable=False)


def test_a_database_of_the_version_before_keeps_all(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    old_database(path, session_bytes(7))
    shutil.copy(path, tmp_path / "again.db")
    with open_store(str(path)) as store:
        stored = store.session(7)
        assert stored.data == session_bytes(7)
        assert stored.row.deleted is None
        assert store._rows("SELECT position, peak_mn FROM steps") == [(0, 4321)]
        assert store._rows("SELECT position, kind FROM events") == [(0, 3)]
    with open_store(str(tmp_path / "again.db"), writable=False) as store:
        assert numbers(store) == [7]
    with open_store(str(path), writable=False) as store:
        assert isinstance(store, LightStore)


def old_database(path: Path, data: bytes) -> None:
    """A database as the version before made it, with one session."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config = database.migrations()
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
    engine.dispose()
    session = read_session(data)
    with sqlite3.connect(path) as raw:
        insert(raw, "tools", id=1, device_id="aa", name="Rose", board="b", firmware="f", cursor=7)
        summary_values = dict.fromkeys(("end_reason", "fault", "duration_ms", "steps_done", "steps_total"), 1)
        insert(
            raw, "sessions", id=1, tool_id=1, session_id=7, size=len(data), crc=session.crc, firmware="f",
            routine_name="r", start_utc_s=5, start_quality=1, **summary_values,
        )  # fmt: skip
        insert(raw, "session_files", session_key=1, data=data)
        insert(raw, "steps", session_key=1, position=0, peak_mn=4321)
        insert(raw, "events", session_key=1, position=0, kind=3)
    raw.close()


def insert(raw: sqlite3.Connection, table: str, **values) -> None:
    """A row; numbers that are not named are 0."""
    for _at, name, _kind, needed, _default, _key in raw.execute(f"PRAGMA table_info({table})").fetchall():
        if needed and name not in values:
            values[name] = 0
    marks = ", ".join("?" * len(values))
    raw.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", list(values.values()))


def test_the_version_is_that_of_the_newest_migration() -> None:
    from alembic.script import ScriptDirectory

    assert ScriptDirectory.from_config(database.migrations()).get_current_head() == places.VERSION


def test_migrations_can_be_undone(store, where: str) -> None:
    store.add_session(HELLO, made(1))
    with store.transaction() as opened:
        config = database.migrations()
        config.attributes["connection"] = opened.connection()
        command.downgrade(config, "0002")
        command.upgrade(config, "head")
    assert store.session(1).data == made(1)
    assert len(store._rows("SELECT * FROM steps")) == 1
