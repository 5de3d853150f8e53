"""What a database said, as an error of this program with the next step."""

from __future__ import annotations

import shlex

from gentlepress.errors import (
    StoreCorrupt,
    StoreError,
    StoreLocked,
    StoreMissing,
    StoreReadOnly,
)

_BUSY = ("locked", "busy", "lock timeout")
_UNREADABLE = ("not a database", "malformed", "corrupt")
_AWAY = (
    "unable to open",
    "could not connect",
    "connection refused",
    "connection failed",
    "connection timeout",
    "could not translate",
    "does not exist",
    "authentication failed",
)
_FULL = ("is full", "no space left", "disk quota")
_READ_ONLY = ("readonly", "read-only", "permission denied")


def read_only(name: str) -> StoreReadOnly:
    """The error of a database that may not be written.

    Args:
        name: of the file or server.
    """
    return StoreReadOnly(
        f"{name} can't be written.",
        f"Make it yours and writable (chmod u+w {shlex.quote(name)}), or give another --db.",
    )


def store_error(name: str, text: str) -> StoreError:
    """The error that a driver's words mean.

    Args:
        name: of the file or server.
        text: what the driver said.
    """
    text = " ".join(text.split())
    said = text.lower()

    def means(*words: str) -> bool:
        return any(word in said for word in words)

    if means(*_BUSY):
        return StoreLocked(
            f"{name} is in use by another program ({text}).", "End the other gentlepress and try again."
        )
    if means(*_READ_ONLY):
        return read_only(name)
    if means(*_UNREADABLE):
        return StoreCorrupt(
            f"{name} is damaged or no database ({text}); it was not touched.",
            "Restore it from a backup, or move it away and run gentlepress sync: the tool still has its sessions.",
        )
    if means(*_FULL):
        return StoreError(f"{name} can't grow ({text}).", "Free some space on the disk; nothing was changed.")
    if means(*_AWAY):
        return StoreMissing(
            f"{name} can't be opened ({text}).", "Check that it exists and that you may read it."
        )
    return StoreError(f"{name} failed ({text}).", "Try again; if it repeats, report it.")
