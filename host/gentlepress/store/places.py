"""Where the database lies, and how a SQLite file is opened for reading; loads nothing large."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

BUSY_S = 5.0
NAME = "sessions.db"
# The newest migration in migrations/versions; a database of this version is read without loading Alembic.
VERSION = "0003"


def data_folder() -> Path:
    """The program's folder for its user's data."""
    return Path(platformdirs.user_data_dir("gentlepress", appauthor=False))


def user_data_db() -> Path:
    """The default database: a SQLite file in the user's data folder."""
    return data_folder() / NAME


def reading_uri(path: Path) -> str:
    """A SQLite URI for reading a file.

    Reading needs no right to write; without it, SQLite must be told that nobody else writes either.

    Args:
        path: of the file.
    """
    uri = path.absolute().as_uri() + "?mode=ro"
    if not os.access(path.parent, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        uri += "&immutable=1"
    return uri
