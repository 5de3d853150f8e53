"""What the parts of the store have in common."""

from __future__ import annotations

from contextlib import AbstractContextManager

from sqlalchemy.orm import Session as Database


class Transacting:
    """Something with a database; see `store.Store`."""

    def transaction(self) -> AbstractContextManager[Database]:
        """One transaction; within another one it is a part of that."""
        raise NotImplementedError
