"""The disk under SQLite, as this process sees it: each write and each sync is seen, and may fail.

SQLite reaches files through a table of functions, the VFS (sqlite.org/vfs.html). Here those that open, write, cut and
sync files are replaced by ones in Python that do the same and tell of it. It is for a process of its own: nothing puts
them back.
"""

from __future__ import annotations

import ctypes
import random
import sqlite3
from collections.abc import Callable
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p
from pathlib import Path

OK = 0
FULL = 13
SECTOR = 512

# The name stays a pointer: SQLite keeps it, so it must be its own and no copy of Python's.
_OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
_WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
_SYNC = CFUNCTYPE(c_int, c_void_p, c_int)


class _Vfs(Structure):
    _fields_ = [
        ("version", c_int), ("file_size", c_int), ("path_max", c_int), ("next", c_void_p), ("name", c_char_p),
        ("data", c_void_p), ("open", _OPEN),
    ]  # fmt: skip


class _File(Structure):
    _fields_ = [("methods", c_void_p)]


class _Methods(Structure):
    _fields_ = [
        ("version", c_int), ("close", c_void_p), ("read", c_void_p), ("write", _WRITE), ("truncate", _TRUNCATE),
        ("sync", _SYNC), ("rest", c_void_p * 14),
    ]  # fmt: skip


class NoAccess(Exception):
    """Python's SQLite is not a shared library here."""


def _library() -> ctypes.CDLL:
    sqlite3.connect(":memory:").close()
    lines = Path("/proc/self/maps").read_text().splitlines() if Path("/proc/self/maps").exists() else []
    paths = {line.split()[-1] for line in lines if "libsqlite3" in line}
    if not paths:
        raise NoAccess("Python's SQLite is no shared library here, so its disk can't be watched.")
    return ctypes.CDLL(paths.pop())


class Disk:
    """What SQLite does to files.

    Args:
        happens: called with "write" or "sync" before each; what it returns, if not 0, is SQLite's error instead.
    """

    def __init__(self, happens: Callable[[str], int]) -> None:
        self._happens = happens
        self._names: dict[int, str] = {}
        self._tables: dict[int, _Methods] = {}
        self._kept: list[object] = []
        self.synced: dict[str, bytes] = {}
        self.later: dict[str, list[tuple[int, bytes]]] = {}
        library = _library()
        library.sqlite3_vfs_find.restype = POINTER(_Vfs)
        self._vfs = library.sqlite3_vfs_find(None).contents
        self._open_before = ctypes.cast(self._vfs.open, c_void_p).value
        self._vfs.open = self._keep(_OPEN(self._open))

    def _keep(self, function):
        self._kept.append(function)
        return function

    def _open(self, vfs, name, file, flags, out) -> int:
        done = _OPEN(self._open_before)(vfs, name, file, flags, out)
        opened = _File.from_address(file)
        if done == OK and name and opened.methods:
            self._names[file] = ctypes.string_at(name).decode()
            opened.methods = ctypes.addressof(self._methods(opened.methods))
        return done

    def _methods(self, address: int) -> _Methods:
        if address not in self._tables:
            before = _Methods.from_address(address)
            mine = _Methods()
            ctypes.memmove(ctypes.addressof(mine), address, ctypes.sizeof(_Methods))
            mine.write = self._keep(_WRITE(self._write(before.write)))
            mine.truncate = self._keep(_TRUNCATE(self._truncate(before.truncate)))
            mine.sync = self._keep(_SYNC(self._sync(before.sync)))
            self._tables[address] = mine
        return self._tables[address]

    def _write(self, before):
        def write(file, data, amount, offset) -> int:
            if error := self._happens("write"):
                return error
            self.later.setdefault(self._names[file], []).append((offset, ctypes.string_at(data, amount)))
            return before(file, data, amount, offset)

        return write

    def _truncate(self, before):
        def truncate(file, size) -> int:
            if error := self._happens("write"):
                return error
            return before(file, size)

        return truncate

    def _sync(self, before):
        def sync(file, flags) -> int:
            if error := self._happens("sync"):
                return error
            name = self._names[file]
            self.synced[name] = Path(name).read_bytes()
            self.later[name] = []
            return before(file, flags)

        return sync

    def after_power_cut(self, folder: Path, luck: random.Random | None) -> None:
        """Write what a power cut leaves: all that was synced, and of what was written since each sector by luck.

        Args:
            folder: where the files go.
            luck: None leaves nothing that was not synced.
        """
        for name in {*self.synced, *self.later}:
            image = bytearray(self.synced.get(name, b""))
            for offset, data in self.later.get(name, []) if luck else []:
                for at in range(0, len(data), SECTOR):
                    piece = data[at : at + SECTOR]
                    if luck and luck.random() < 0.5:
                        image += bytes(max(0, offset + at + len(piece) - len(image)))
                        image[offset + at : offset + at + len(piece)] = piece
            if name in self.synced or image:
                (folder / Path(name).name).write_bytes(image)
