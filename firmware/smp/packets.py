"""SMP on a packet link: bare messages, split over packets, put together by the length in the header.

Nothing marks where a message begins. What has no header of one, or stays half for long, is thrown away with all that
is held: the client asks again.
"""

# Machine code takes buffers as pointers.
# pyright: reportArgumentType=false

from . import base64

HEADER = 8
_RESERVED = 0xE4  # bits of the first byte that no version of SMP uses
_REPLY = 1


class Assembler:
    """Puts messages together in a buffer of fixed size.

    Args:
        size: longest message, in bytes.

    Attributes:
        message: the one that is whole, as a view; it is worth until the next `push`.
        bad: messages that were given up.
    """

    def __init__(self, size: int):
        self._buf = bytearray(size)
        self._view = memoryview(self._buf)
        self._have = 0
        self.message = self._view[0:0]
        self.bad = 0

    def push(self, data, at: int) -> int:
        """Take bytes from data[at:], to the end of a message at most.

        Returns:
            Where to go on; `whole` tells whether `message` is one.
        """
        if self.whole():
            self._have = 0
        while at < len(data) and not self.whole():
            need = self._need()
            take = min(need - self._have, len(data) - at)
            base64.copy(data, at, at + take, self._buf, self._have)
            self._have += take
            at += take
            if self._have == HEADER and not self._is_header():
                self.bad += 1
                self._have = 0
                return len(data)
        if self.whole():
            self.message = self._view[0 : self._have]
        return at

    def whole(self) -> bool:
        """Whether `message` is a whole one."""
        return self._have >= HEADER and self._have == self._need()

    def _need(self) -> int:
        return HEADER if self._have < HEADER else HEADER + (self._buf[2] << 8 | self._buf[3])

    def _is_header(self) -> bool:
        first = self._buf[0]
        return not first & (_RESERVED | _REPLY) and self._need() <= len(self._buf)

    def drop(self) -> None:
        """Give up what is held of a message."""
        if self._have and not self.whole():
            self.bad += 1
        self._have = 0
