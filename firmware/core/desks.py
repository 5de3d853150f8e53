"""Settings and files as the wire sees them."""

from . import wire


class SettingsDesk:
    """Settings over the wire."""

    def __init__(self, tool):
        self._tool = tool

    def names(self):
        """Names of all settings."""
        return self._tool.settings.names()

    def read(self, name: str):
        """Value as ASCII text in bytes, or None."""
        return self._tool.settings.read(name)

    def write(self, name: str, value: bytes) -> int:
        """Change one; wire.ERR_*."""
        return self._changed(lambda: self._tool.settings.write(name, value))

    def delete(self, name: str) -> int:
        """Back to its default; wire.ERR_*."""
        return self._changed(lambda: self._tool.settings.delete(name))

    def _changed(self, change) -> int:
        error = self._tool.gaps.blocked(change)
        if error == wire.ERR_OK:
            self._tool.settings_changed()
        return error


class FilesDesk:
    """Files over the wire: sessions to read, the routine to read and write."""

    def __init__(self, tool):
        self._tool = tool

    def size(self, path: str) -> int:
        """Bytes of a file, -1 when there is none."""
        if path == wire.PATH_ROUTINE:
            return len(self._tool.routines.text())
        return self._tool.journal.size(path)

    def read_into(self, path: str, offset: int, buf, count: int) -> int:
        """Read up to `count` bytes into `buf`; how many there were."""
        if path == wire.PATH_ROUTINE:
            piece = self._tool.routines.text()[offset : offset + count]
            buf[: len(piece)] = piece
            return len(piece)
        return self._tool.journal.read_into(path, offset, buf, count)

    def write(self, path: str, offset: int, data, total: int) -> int:
        """Take a piece of a routine; the last piece has it checked and switched to. wire.ERR_*."""
        if path != wire.PATH_ROUTINE:
            return wire.ERR_REFUSED
        tool = self._tool
        tool.gaps.block()  # not `blocked`: the check of a routine needs the stack that this saves
        try:
            return tool.routines.write(offset, data, total)
        finally:
            tool.gaps.unblock()
