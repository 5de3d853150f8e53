"""Databases of both kinds for the tests of the store: a SQLite file, and one on a PostgreSQL server."""

from __future__ import annotations

from pathlib import Path

import pytest
from gentlepress.store import open_store

from tests.host import postgresql
from tests.host.postgresql_packages import Unavailable


@pytest.fixture(scope="session")
def postgresql_server():
    """A server; without one the tests are skipped, with the reason."""
    try:
        server = postgresql.running()
        opened = server.__enter__()
    except Unavailable as why:
        pytest.skip(f"no PostgreSQL server: {why}")
    yield opened
    server.__exit__(None, None, None)


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path):
    """Address of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        yield str(tmp_path / "s.db")
        return
    with request.getfixturevalue("postgresql_server").database() as url:
        yield url


@pytest.fixture
def store(where: str):
    """An open, empty database of each kind in turn."""
    with open_store(where) as opened:
        yield opened


@pytest.fixture
def other(tmp_path: Path):
    """The database of another computer."""
    with open_store(str(tmp_path / "other.db")) as opened:
        yield opened
