"""The chip's serial port for other programs: a pseudo-terminal that keeps every byte for its reader."""

from __future__ import annotations

import errno
import os
import select
from typing import TYPE_CHECKING

from gentlepress.sim.port import PtyPort

if TYPE_CHECKING:
    from pathlib import Path

_CHUNK = 4096


class PtyLink:
    """One pseudo-terminal, read and written without waiting.

    Attributes:
        path: what another program opens.
    """

    def __init__(self, link: Path | None = None) -> None:
        """Open it.

        Args:
            link: where a symbolic link to it shall appear.

        Raises:
            UsageError: the link's place is taken or can't be written.
            RuntimeUnavailable: this system has no pseudo-terminals left.
        """
        self._port = PtyPort(link)
        self.path = self._port.path
        os.set_blocking(self._port.device_fd, False)

    def read(self) -> bytes:
        """What the other program wrote; empty when there is nothing."""
        try:
            return os.read(self._port.device_fd, _CHUNK)
        except BlockingIOError:
            return b""
        except OSError as error:
            if error.errno == errno.EIO:
                return b""
            raise

    def write(self, data: bytes) -> int:
        """Hand over as many bytes as the terminal takes now; how many those were."""
        try:
            return os.write(self._port.device_fd, data)
        except BlockingIOError:
            return 0

    def wait(self, timeout_s: float) -> None:
        """Sleep until the other program writes, at most so long."""
        select.select([self._port.device_fd], [], [], timeout_s)

    def close(self) -> None:
        """Close it and take the link away. Safe to call twice."""
        self._port.close()
