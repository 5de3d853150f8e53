"""Packets on their way from a library's thread to who waits for them."""

from __future__ import annotations

import threading
import time

from gentlepress.air import mishaps
from gentlepress.errors import PortSilent


class Incoming:
    """A buffer that can be waited for, and that ends with its link."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._ended = False
        self._changed = threading.Condition()

    def put(self, packet: bytes) -> None:
        """A packet has come; from any thread."""
        with self._changed:
            self._data += packet
            self._changed.notify_all()

    def end(self) -> None:
        """The link is gone; from any thread."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def check(self) -> None:
        """Raise PortClosed when the link is gone."""
        if self._ended:
            raise mishaps.lost()

    def take(self, deadline: float) -> bytes:
        """What has come, waiting for at least one byte.

        Raises:
            PortClosed: the link is gone, and all that came was taken.
            PortSilent: nothing came by the deadline.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._data or self._ended, timeout=max(deadline - time.monotonic(), 0)
            )
            if self._data:
                data = bytes(self._data)
                self._data.clear()
                return data
        self.check()
        raise PortSilent("The tool sent nothing before the deadline.", mishaps.OPEN_WINDOW)
