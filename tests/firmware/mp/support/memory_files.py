"""A file system in RAM that fails, or loses power, at a chosen call."""

EIO = 5
ENOSPC = 28


class PowerCut(Exception):
    """Power went; nothing more reaches the memory."""


class MemoryFiles:
    """Files in a dict.

    Args:
        at_close: a written file changes only when it is closed, as on LittleFS; else with each write.
        capacity: bytes of all files together.

    Attributes:
        files: {path: bytearray}, as it would be found after a power cut.
        calls: mutating calls so far. Set `cut_at` or `fail_at` to the number of the call that is to be hit;
            with `fail_on` it and all later ones fail.
    """

    def __init__(self, at_close=False, capacity=1 << 20):
        self.files = {}
        self.at_close = at_close
        self.capacity = capacity
        self.heal()

    def heal(self):
        self.calls = 0
        self.cut_at = self.fail_at = 0
        self.fail_on = False
        self.errno = EIO
        self.dead = False

    def step(self):
        """Count a mutating call; False when power goes in the middle of it."""
        if self.dead:
            raise PowerCut
        self.calls += 1
        if self.calls == self.fail_at or (self.fail_on and self.fail_at and self.calls > self.fail_at):
            raise OSError(self.errno)
        self.dead = self.calls == self.cut_at
        return not self.dead

    def used(self):
        return sum([len(data) for data in self.files.values()])

    def _read(self, path):
        if self.dead:
            raise PowerCut
        if path not in self.files:
            raise OSError(2)
        return self.files[path]

    def open(self, path, mode):
        if mode == "rb":
            return Reader(self._read(path))
        begin = bytearray() if mode == "wb" else bytearray(self.files.get(path, b""))
        whole = self.step()
        if not self.at_close:
            self.files[path] = begin
        if not whole:
            raise PowerCut
        return Writer(self, path, begin)

    def remove(self, path):
        self._read(path)
        if self.step():
            del self.files[path]
        else:
            raise PowerCut

    def rename(self, path, to):
        self._read(path)
        if not self.step():
            raise PowerCut
        self.files[to] = self.files.pop(path)

    def listdir(self, path):
        if self.dead:
            raise PowerCut
        return [name[len(path) + 1 :] for name in self.files if name.startswith(path + "/")]

    def stat(self, path):
        return (0, 0, 0, 0, 0, 0, len(self._read(path)))

    def statvfs(self, path):
        return (512, 512, self.capacity // 512, 0, max(0, self.capacity - self.used()) // 512)

    def mkdir(self, path):
        self.step()


class Writer:
    def __init__(self, fs, path, data):
        self.fs = fs
        self.path = path
        self.data = data

    def write(self, piece):
        whole = self.fs.step()
        if self.fs.used() + len(piece) > self.fs.capacity:
            self.data.extend(bytes(piece)[: max(0, self.fs.capacity - self.fs.used())])
            raise OSError(ENOSPC)
        self.data.extend(bytes(piece) if whole else bytes(piece)[: len(piece) // 2])
        if not whole:
            raise PowerCut
        return len(piece)

    def close(self):
        whole = self.fs.step()
        if whole or not self.fs.at_close:
            self.fs.files[self.path] = self.data
        if not whole:
            raise PowerCut


class Reader:
    def __init__(self, data):
        self.data = bytes(data)
        self.at = 0

    def seek(self, offset):
        self.at = offset

    def read(self, count):
        got = self.data[self.at : self.at + count]
        self.at += len(got)
        return got

    def readinto(self, buf):
        got = self.read(len(buf))
        buf[: len(got)] = got
        return len(got)

    def close(self):
        pass
