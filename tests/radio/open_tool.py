"""The firmware with its channel over the air left open, to try the link by itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import gentlepress.sim.process

OPEN = '''

class Open:
    """A server that everybody is let in to."""

    def __init__(self, server):
        self._server = server
        self.LATER = server.LATER
        self.buf_size = server.buf_size
        self.reply_buf = server.reply_buf
        self.answer = server.answer
        self.finish = server.finish
        self.reply_sent = server.reply_sent

    def opened(self):
        pass

    def closed(self):
        pass

    def is_proven(self):
        return True


def channel_of(server, *_more):
    return Open(server)


'''


@contextmanager
def left_open(folder: Path) -> Iterator[None]:
    """Simulated tools started as long as this lasts run a copy of the firmware that asks for no key."""
    copy = folder / "open-firmware"
    shutil.copytree(
        gentlepress.sim.process.firmware_folder(), copy, ignore=shutil.ignore_patterns("__pycache__")
    )
    main = copy / "main.py"
    text = main.read_text(encoding="utf-8")
    at = text.index("def main()")
    main.write_text(text[:at] + OPEN.lstrip() + text[at:], encoding="utf-8")
    with mock.patch.object(gentlepress.sim.process, "firmware_folder", return_value=copy):
        yield
