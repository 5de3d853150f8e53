"""A tool with many sessions behind a pty, in a process of its own so that it takes none of the desktop's time.

python -m tests.bench.many_device COUNT      prints the port, and serves it until its input ends
"""

from __future__ import annotations

import binascii
import sys

from gentlepress.firmware.core import wire

from tests.host.fake_device import FakeDevice, FakeTool
from tests.host.many_sessions import usual_sessions

# As the wire of the real tool: its longest message, requests at once, and sessions in a reply.
BUF = 2048
WINDOW = 8
PAGE = 32


class Many(FakeTool):
    """Finds each session at once, however many there are."""

    def prepare(self) -> None:
        """Make the list of sessions and the places of their files."""
        self.paths = {wire.session_path(number): data for number, data in self.sessions.items()}
        self.entries = [
            {"id": number, "size": len(data), "crc": binascii.crc32(data), "end": 1}
            for number, data in self.sessions.items()
        ]

    def file(self, path: str) -> bytes | None:
        return self.paths.get(path)

    def _g65_1(self, op, body):
        first = body["after"]
        page = self.entries[first : first + min(body["most"], PAGE)]
        return {"sessions": page, "more": first + len(page) < len(self.entries)}


def main(count: int) -> None:
    sessions = dict(enumerate(usual_sessions(count), 1))
    tool = Many(sessions=sessions, piece=BUF - wire.PIECE_OVERHEAD, buf=BUF, window=WINDOW)
    tool.prepare()
    with FakeDevice(tool) as device:
        print(device.path, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]))
