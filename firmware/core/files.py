"""The file system as the tool uses it: one object, so that tests can cut the power at any call."""

import os

from . import errors

PIECE = 1024  # longest single read or write: one C call stays short (docs/storage.md)
_NO_ENTRY = 2  # errno ENOENT
_EXISTS = 17  # errno EEXIST


class Files:
    """The real file system. Paths are absolute; failures are OSError."""

    def open(self, path: str, mode: str):
        """Open a file; `mode` as for the built-in open, always binary."""
        return open(path, mode)

    def remove(self, path: str) -> None:
        """Remove a file."""
        os.remove(path)

    def rename(self, path: str, to: str) -> None:
        """Rename a file over another one, in one step."""
        os.rename(path, to)

    def listdir(self, path: str) -> list:
        """Names in a folder."""
        return os.listdir(path)

    def stat(self, path: str):
        """The stat tuple of a file; item 6 is its size."""
        return os.stat(path)

    def statvfs(self, path: str):
        """The statvfs tuple of a file system; item 1 is the block size, item 4 the number of free blocks."""
        return os.statvfs(path)

    def mkdir(self, path: str) -> None:
        """Make a folder."""
        os.mkdir(path)


def size_of(fs, path: str) -> int:
    """Size of a file in bytes, or -1 when there is none. Raises StorageError for any other failure."""
    try:
        return fs.stat(path)[6]
    except OSError as error:
        if error.args and error.args[0] == _NO_ENTRY:
            return -1
        raise errors.from_os(error, path, "look at")


def make_folder(fs, path: str) -> None:
    """Make a folder unless it is there. Raises StorageError."""
    try:
        fs.mkdir(path)
    except OSError as error:
        if not error.args or error.args[0] != _EXISTS:
            raise errors.from_os(error, path, "make")


def write_all(fs, path: str, mode: str, data) -> None:
    """Write a buffer in pieces of at most PIECE bytes, then close.

    Raises StorageError; the file may then be torn.
    """
    view = memoryview(data)
    try:
        file = fs.open(path, mode)
        try:
            for at in range(0, len(view), PIECE):
                piece = view[at : at + PIECE]
                if file.write(piece) != len(piece):
                    raise errors.StorageError(
                        "%s: the write was cut short; sync the tool, then try again" % path
                    )
        finally:
            file.close()
    except OSError as error:
        raise errors.from_os(error, path, "write")


def read_part(fs, path: str, offset: int, buf, count: int) -> int:
    """Read up to `count` bytes from `offset` into `buf`, in pieces; the number read. Raises StorageError."""
    view = memoryview(buf)
    done = 0
    try:
        file = fs.open(path, "rb")
        try:
            file.seek(offset)
            while done < count:
                got = file.readinto(view[done : min(count, done + PIECE)])
                if not got:
                    break
                done += got
        finally:
            file.close()
    except OSError as error:
        raise errors.from_os(error, path, "read")
    return done


def remove_quietly(fs, path: str) -> bool:
    """Remove a file that holds nothing of worth; False when that fails (it is tried again later)."""
    try:
        fs.remove(path)
    except OSError:
        return False
    return True
