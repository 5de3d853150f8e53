"""What only a database server has."""

from __future__ import annotations

import pytest
from gentlepress.errors import StoreError, StoreMissing
from gentlepress.store import adding, open_store
from gentlepress.store.adding import Offered
from gentlepress.store.erase import erase_all
from gentlepress.store.rows import ToolRow
from sqlalchemy import create_engine, text

from tests.host.many_sessions import usual_sessions
from tests.host.session_maker import session_bytes
from tests.host.test_history import SHORT, made
from tests.host.test_store import HELLO


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
