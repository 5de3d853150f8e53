"""Bare SMP messages, as packet links carry them: split over packets, put together by the length in the header."""

from __future__ import annotations

import struct

from gentlepress.smp.framing import MESSAGE_MAX
from gentlepress.smp.message import HEADER_BYTES

_HEADER = struct.Struct(">BBH")
_RESERVED = 0xE4  # bits of the first byte that no version of SMP uses


class BareReader:
    """Finds messages in the packets that come in.

    Nothing marks where a message begins: after a loss the rest of what was begun is given up (`drop`), and what has
    no header of a message is thrown away with all that came with it.

    Attributes:
        damaged: messages given up so far.
        skipped: bytes so far that belonged to no message.
        last_text: always empty; text has no place here.
    """

    last_text = b""

    def __init__(self) -> None:
        self.damaged = 0
        self.skipped = 0
        self._held = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Take a packet, or several.

        Returns:
            The messages completed by them.
        """
        self._held += data
        messages = []
        while len(self._held) >= HEADER_BYTES:
            first, _flags, body = _HEADER.unpack_from(self._held)
            length = HEADER_BYTES + body
            if first & _RESERVED or length > MESSAGE_MAX:
                self.drop()
            elif len(self._held) < length:
                break
            else:
                messages.append(bytes(self._held[:length]))
                del self._held[:length]
        return messages

    def drop(self) -> None:
        """Give up a message that is not whole."""
        if self._held:
            self.damaged += 1
            self.skipped += len(self._held)
            self._held.clear()
