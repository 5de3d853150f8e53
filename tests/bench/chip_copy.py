"""Files copied from the emulated chip in its own time: mpremote from a bare prompt, and our client from the firmware.

The link between them takes its time in the chip's time, each way; the chip's time runs no faster than the clock on the
wall, so that a client's thinking costs it what it costs it on a desk.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gentlepress.chip import Chip
from gentlepress.chip.image import build_filesystem
from gentlepress.chip.pty_link import PtyLink
from gentlepress.chip.simulated_tool import make_chip
from gentlepress.client import connect
from gentlepress.firmware.core import wire
from gentlepress.firmware.sim.plant import Plant

from tests.bench.modelled_link import Model, Way

PATIENCE_S = 60.0


@dataclass
class Timed:
    """The chip's time of the first byte to it, and of the last one from it, seconds."""

    first_s: float = -1.0
    last_s: float = 0.0

    @property
    def took_s(self) -> float:
        return self.last_s - self.first_s


class SlowLink(PtyLink):
    """A port whose bytes are on their way for a while, in the chip's time."""

    def __init__(self, path: Path, model: Model) -> None:
        super().__init__(path)
        self._ways = Way(model), Way(model)
        self.now_s: Callable[[], float] = lambda: 0.0
        self.timed = Timed()
        self._due = b""

    def read(self) -> bytes:
        """What reaches the chip by now; a good moment to look after the other way, too."""
        now_s = self.now_s()
        data = super().read()
        if data:
            self.timed.first_s = now_s if self.timed.first_s < 0 else self.timed.first_s
            self._ways[0].put(now_s, data)
        self.hand_over()
        return self._ways[0].take(now_s)

    def write(self, data: bytes) -> int:
        """What leaves the chip; all of it."""
        self._ways[1].put(self.now_s(), data)
        return len(data)

    def hand_over(self) -> None:
        """What reaches the other program by now."""
        arrived = self._ways[1].take(self.now_s())
        if arrived:
            self.timed.last_s = self.now_s()
        self._due += arrived
        self._due = self._due[super().write(self._due) if self._due else 0 :]


def _measured(chip: Chip, link: SlowLink, copy: Callable[[Timed], None]) -> float:
    """Seconds of the chip's time that a copy takes."""
    link.now_s = lambda: chip.now_us / 1e6
    before = chip.before_slice

    def each_slice() -> None:
        if before is not None:
            before()
        link.hand_over()

    chip.before_slice = each_slice
    chip.start(pace=1.0)
    try:
        copy(link.timed)
        return link.timed.took_s
    finally:
        chip.stop()
        link.close()


def ours_s(image: Path, sessions: list[bytes], model: Model) -> float:
    """Seconds of our downloads, one stream; hello and list are outside them."""
    with tempfile.TemporaryDirectory() as folder:
        link = SlowLink(Path(folder) / "port", model)
        plant: Any = Plant({})
        chip = make_chip(image, plant, link=link, files=_files(sessions))

        def copy(timed: Timed) -> None:
            with connect(f"serial:{link.path}", attempt_s=PATIENCE_S) as tool:
                entries = tool.sessions(0)
                timed.first_s = -1.0
                for entry, data in zip(entries, sessions, strict=True):
                    assert tool.download(wire.session_path(entry.id), size=entry.size, crc=entry.crc) == data

        return _measured(chip, link, copy)


def mpremote_s(image: Path, sessions: list[bytes], model: Model) -> float:
    """Seconds of `mpremote fs cp` of the same files in one call, from its first byte on."""
    with tempfile.TemporaryDirectory() as folder:
        link = SlowLink(Path(folder) / "port", model)
        chip = Chip(image, build_filesystem(_files(sessions)), link=link)
        target = Path(folder) / "copies"
        target.mkdir()
        names = [f":{name}" for name in _files(sessions)]

        def copy(_timed: Timed) -> None:
            argv = [sys.executable, "-m", "mpremote", "connect", str(link.path), "resume", "fs", "cp", *names]
            subprocess.run(
                [*argv, str(target) + os.sep],
                check=True,
                capture_output=True,
                timeout=600,
            )
            assert [path.read_bytes() for path in sorted(target.iterdir())] == sessions

        return _measured(chip, link, copy)


def _files(sessions: list[bytes]) -> dict[str, bytes]:
    return {wire.session_path(number).lstrip("/"): data for number, data in enumerate(sessions, 1)}
