"""The file system as the tool uses it, with a count of the calls that change something."""

import os

from core import files


class CountedFiles(files.Files):
    """The file system; before its `cut_call`-th changing call the flash loses power."""

    def __init__(self, flash, cut_call=0):
        self._flash = flash
        self._cut_call = cut_call
        self.calls = 0

    def count(self):
        self.calls += 1
        if self.calls == self._cut_call:
            self._flash.dead = True

    def open(self, path, mode):
        if mode == "rb":
            return open(path, mode)
        self.count()
        return CountedFile(self, open(path, mode))

    def remove(self, path):
        self.count()
        os.remove(path)

    def rename(self, path, to):
        self.count()
        os.rename(path, to)

    def mkdir(self, path):
        self.count()
        os.mkdir(path)


class CountedFile:
    def __init__(self, fs, file):
        self._fs = fs
        self._file = file

    def write(self, data):
        self._fs.count()
        return self._file.write(data)

    def close(self):
        self._fs.count()
        self._file.close()
