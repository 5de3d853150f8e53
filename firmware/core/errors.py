"""Errors of the tool's memory, each with the code it has on the wire."""

from . import wire

_NO_SPACE = 28  # errno ENOSPC


class StorageError(Exception):
    """The memory could not be read or written; `code` is its wire.ERR_*, the text names file and why."""

    code = wire.ERR_STORAGE


class StorageFull(StorageError):
    """There is no room; nothing that was there is lost. The next step is to sync the tool."""

    code = wire.ERR_FULL


class NewerFormat(StorageError):
    """Newer firmware wrote this; it is neither read nor overwritten. The next step is to update the tool."""

    code = wire.ERR_NEWER_FORMAT


def from_os(error: OSError, path: str, doing: str) -> StorageError:
    """The StorageError to raise for an OSError.

    Args:
        error: what the file system raised.
        path: the file.
        doing: what was tried, as a verb: "write", "read", "remove".
    """
    if error.args and error.args[0] == _NO_SPACE:
        return StorageFull("%s: no room to %s it; sync the tool, then try again" % (path, doing))
    reason = error.args[0] if error.args else "unknown"
    return StorageError(
        "%s: cannot %s it (error %s); restart the tool, then try again" % (path, doing, reason)
    )
