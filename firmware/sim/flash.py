"""The simulated tool's flash: a LittleFS, as on a board, on a block device kept in a file or in memory.

Where the interpreter has no `vfs` module (CPython) a plain folder stands in.
"""

import os

BLOCK = 4096
BLOCKS = 352
"""1.44 MB: the file system that MicroPython leaves on a Raspberry Pi Pico. An image that is there keeps its size."""

PROGRAM = 256
"""Bytes of the smallest write, as that port mounts it: files of up to 512 bytes then lie in their folder's blocks."""

MOUNT = "/tool"
IMAGE = "flash.img"
_ERASED = b"\xff" * BLOCK


class BlockDevice:
    """Flash blocks in memory, written through to an image file when one is named."""

    def __init__(self, path=None):
        self.blocks = BLOCKS if path is None else _blocks_of(path)
        self._data = bytearray(b"\xff" * (BLOCK * self.blocks))
        self._file = None
        self.erases = 0
        self.programs = 0
        if path is not None:
            self._open(path)

    def _open(self, path: str) -> None:
        try:
            with open(path, "rb") as file:
                file.readinto(self._data)
        except OSError:
            # Whole or not at all: a cut-off image would pass for a smaller flash.
            with open(path + ".new", "wb") as file:
                file.write(self._data)
            os.rename(path + ".new", path)
        self._file = open(path, "r+b")

    def readblocks(self, block: int, buf, offset: int = 0) -> None:
        """Read from a block."""
        start = block * BLOCK + offset
        buf[:] = memoryview(self._data)[start : start + len(buf)]

    def writeblocks(self, block: int, buf, offset=None) -> None:
        """Program a block; without an offset erase it first."""
        if offset is None:
            self._erase(block)
            offset = 0
        start = block * BLOCK + offset
        self._data[start : start + len(buf)] = buf
        self.programs += 1
        self._keep(start, buf)

    def _erase(self, block: int) -> None:
        self.erases += 1
        self._data[block * BLOCK : (block + 1) * BLOCK] = _ERASED
        self._keep(block * BLOCK, _ERASED)

    def _keep(self, start: int, data) -> None:
        if self._file is not None:
            self._file.seek(start)
            self._file.write(data)
            self._file.flush()

    def ioctl(self, op: int, arg: int) -> int:
        """Geometry and erase, as MicroPython's block protocol asks."""
        if op == 4:
            return self.blocks
        if op == 5:
            return BLOCK
        if op == 6:
            self._erase(arg)
        return 0


def _blocks_of(path: str) -> int:
    try:
        return os.stat(path)[6] // BLOCK or BLOCKS
    except OSError:
        return BLOCKS


def mount(folder=None) -> str:
    """Mount the flash kept in a folder (None: in memory) and return the tool's root folder."""
    try:
        import vfs
    except ImportError:
        return _plain(folder)
    device = BlockDevice(folder + "/" + IMAGE if folder else None)
    try:
        system = vfs.VfsLfs2(device, progsize=PROGRAM)
    except OSError:
        vfs.VfsLfs2.mkfs(device, progsize=PROGRAM)
        system = vfs.VfsLfs2(device, progsize=PROGRAM)
    vfs.mount(system, MOUNT)
    return MOUNT


def _plain(folder) -> str:
    import tempfile

    if folder is None:
        return tempfile.mkdtemp()
    path = folder + "/files"
    try:
        os.mkdir(path)
    except OSError:
        os.stat(path)
    return path
