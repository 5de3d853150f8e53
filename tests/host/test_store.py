"""The database, of each kind: what goes in comes out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from gentlepress.errors import (
    ExitCode,
    SessionConflict,
    SessionCorrupt,
    SessionUnknown,
    UsageError,
)
from gentlepress.firmware.core import ids, records
from gentlepress.record_reader import read_session
from gentlepress.replies import Hello
from gentlepress.store import open_store
from gentlepress.store.models import Base
from gentlepress.store.rows import start_time

from tests.host.session_maker import header, session_bytes

HELLO = Hello(
    1, 1, "0011223344556677", "Rose", "0.1.0", "fake", (), 3, 100_000, "unknown", 1, 9, 1, 512, 4, 127, 5000.0
)
OTHER = replace(HELLO, device_id="ffff", name="Lily")
SEVEN = session_bytes(7)


def undated(session_id: int, boot: int = 3) -> bytes:
    values = header(session_id, "r", 0) | {"time_quality": ids.TIME_UNKNOWN, "boot": boot}
    return records.frame(records.HEADER, 0, records.pack(records.HEADER, values))


def test_what_goes_in_comes_out(store) -> None:
    assert store.add_session(HELLO, SEVEN, 1234)
    got = store.session(7)
    assert got.data == SEVEN
    assert got.session == read_session(SEVEN)
    assert got.row.routine_name == "First week"
    assert got.row.start_quality == ids.TIME_SET
    assert got.row.start_utc is not None
    assert got.row.start_utc.timestamp() == 1_795_000_000
    assert got.session.summary is not None
    assert got.row.over_count == got.session.summary.over_count
    assert got.row.peak_mn == got.session.summary.peak_mn
    assert not got.row.acknowledged
    assert store.latest() == got


def test_details_are_in_the_tables(store) -> None:
    store.add_session(HELLO, SEVEN)
    session = read_session(SEVEN)
    peaks = [peak for (peak,) in store._rows("SELECT peak_mn FROM steps ORDER BY position")]
    kinds = [kind for (kind,) in store._rows("SELECT kind FROM events ORDER BY position")]
    assert peaks == [step.peak_mn for step in session.steps]
    assert kinds == [event.kind for event in session.events]


def test_adding_again_changes_nothing(store) -> None:
    assert store.add_session(HELLO, SEVEN, 1)
    assert not store.add_session(HELLO, SEVEN, 2)
    assert store.count(HELLO.device_id) == 1


def test_other_bytes_under_the_same_number_are_refused(store) -> None:
    store.add_session(HELLO, SEVEN)
    with pytest.raises(SessionConflict, match="session 7") as told:
        store.add_session(HELLO, session_bytes(7, excess=False))
    assert told.value.exit_code == ExitCode.STORE
    assert store.session(7).data == SEVEN


def test_bad_files_store_nothing(store) -> None:
    with pytest.raises(SessionCorrupt):
        store.add_session(HELLO, b"nonsense")
    assert store.tools() == []


def test_two_tools_may_have_the_same_number(store) -> None:
    store.add_session(HELLO, SEVEN)
    store.add_session(OTHER, session_bytes(7, excess=False))
    with pytest.raises(UsageError, match="several tools"):
        store.session(7)
    assert store.session(7, "ffff").row.tool_name == "Lily"
    assert [row.tool_name for row in store.sessions()] == ["Lily", "Rose"]
    assert len(store.sessions(device_id="ffff", limit=5)) == 1
    with pytest.raises(SessionUnknown):
        store.session(8)
    with pytest.raises(SessionUnknown):
        store.latest("eeee")


def test_start_times() -> None:
    assert start_time(read_session(SEVEN), HELLO) == (1_795_000_000, ids.TIME_SET)
    same_boot = read_session(undated(1))
    assert start_time(same_boot, HELLO) == (5000 - 88, ids.TIME_FROM_UPTIME)
    assert start_time(read_session(undated(1, boot=2)), HELLO) == (None, ids.TIME_UNKNOWN)


def test_a_session_that_was_never_closed(store) -> None:
    store.add_session(HELLO, undated(1, boot=2))
    row = store.sessions()[0]
    assert (row.start_utc, row.end_reason, row.peak_mn) == (None, None, None)


def test_deleted_sessions_stay_known(store) -> None:
    store.add_session(HELLO, SEVEN)
    store.delete(7)
    assert store.sessions() == []
    assert not store.add_session(HELLO, SEVEN)
    assert list(store.known(HELLO.device_id)) == [7]


def test_cursor_acknowledgements_host(store, where: str) -> None:
    assert store.cursor(HELLO.device_id) == 0
    store.add_session(HELLO, SEVEN)
    store.move_cursor(HELLO.device_id, 7)
    assert store.unacknowledged(HELLO.device_id) == [(7, read_session(SEVEN).crc)]
    store.mark_acknowledged(HELLO.device_id, [7])
    host = store.host_id()
    store.close()
    with open_store(where) as again:
        assert again.cursor(HELLO.device_id) == 7
        assert again.unacknowledged(HELLO.device_id) == []
        assert again.host_id() == host
        assert len(host) == 16


def test_migrations_make_the_models(store) -> None:
    with store._engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_many_may_open_a_new_database_at_once(where: str) -> None:
    def work(number: int) -> str:
        with open_store(where) as store:
            store.add_session(HELLO, session_bytes(number, ((1, 0, 1),)))
            return store.host_id()

    with ThreadPoolExecutor(4) as pool:
        hosts = set(pool.map(work, range(1, 9)))
    with open_store(where) as store:
        assert len(store.sessions()) == 8
    assert len(hosts) == 1
