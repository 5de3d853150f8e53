"""The database of sessions on the desktop."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from gentlepress.errors import StoreOld
from gentlepress.store.places import BUSY_S, user_data_db
from gentlepress.store.reading import Reading
from gentlepress.store.rows import OwnerRow, SessionRow, StoredSession, ToolRow

if TYPE_CHECKING:
    from gentlepress.store.store import Store

__all__ = [
    "OwnerRow", "Reading", "SessionRow", "Store", "StoredSession", "ToolRow", "open_store", "user_data_db",
]  # fmt: skip


@overload
def open_store(
    url: str | None = None, *, writable: Literal[True] = True, busy_s: float = BUSY_S
) -> Store: ...
@overload
def open_store(url: str | None = None, *, writable: bool, busy_s: float = BUSY_S) -> Reading: ...
def open_store(url: str | None = None, *, writable: bool = True, busy_s: float = BUSY_S) -> Reading:
    """Open the database of sessions, made or brought up to date if need be.

    Args:
        url: a SQLAlchemy URL or a file path; by default a file in the user's data folder.
        writable: False for reading only; nothing is created then.
        busy_s: seconds to wait for another program that writes.

    Raises:
        StoreLocked, StoreReadOnly, StoreTooNew, StoreMissing, StoreCorrupt, UsageError.
    """
    if not writable and (url is None or (url.strip() and "://" not in url)):
        from gentlepress.store.light import open_light  # noqa: PLC0415  (only what is needed is loaded)

        light = open_light(user_data_db() if url is None else Path(url).expanduser(), busy_s)
        if light is not None:
            return light
    from gentlepress.store.store import open_store as open_fully  # noqa: PLC0415  (as above)

    try:
        return open_fully(url, writable=writable, busy_s=busy_s)
    except StoreOld:  # bringing it up to date needs the right to write
        return open_fully(url, writable=True, busy_s=busy_s)


def __getattr__(name: str) -> Any:
    """`Store` is loaded when it is asked for."""
    if name == "Store":
        from gentlepress.store.store import Store  # noqa: PLC0415  (as above)

        return Store
    raise AttributeError(name)
