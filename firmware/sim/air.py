"""The way between a simulated tool and its virtual radio: two FIFOs, and a finger on the button.

Frames both ways: [length u16][kind u8][body], big endian; the length counts kind and body.
"""

from .clock import CLOCK

try:
    import uselect as select
except ImportError:
    import select

LOOK_US = 1000
CLICK_MS, CLICKS_APART_MS = 120, 160
CLICKS, HOLD = b"BH"


class Air:
    """A source on the simulated clock that hands on what comes in.

    Args:
        folder: of the FIFOs `to_tool` and `from_tool`.
        plant: sim.plant.Plant, whose button is clicked by a frame of kind "B" with the number of clicks, and held by
            one of kind "H" with tenths of a second.

    Attributes:
        hear: gets (kind, body) of every other frame; None while nobody listens.
    """

    def __init__(self, folder: str, plant):
        self._plant = plant
        self._in = open(folder + "/to_tool", "rb", 0)
        self._out = open(folder + "/from_tool", "wb", 0)
        self._poll = select.poll()
        self._poll.register(self._in, select.POLLIN)
        self._due_us = CLOCK.now_us
        self._edges = []
        self.hear = None
        CLOCK.add(self)

    def send(self, kind: int, body: bytes) -> None:
        """A frame to the radio."""
        self._out.write(u16(len(body) + 1) + bytes([kind]) + body)

    def next_event_us(self) -> int:
        """When to look."""
        return self._due_us

    def fire(self, now_us: int) -> None:
        """Move the button, take what has come in."""
        self._due_us = now_us + LOOK_US
        while self._edges and self._edges[0] <= now_us:
            self._plant.button_down = len(self._edges) % 2 == 0
            self._edges.pop(0)
        while self._poll.poll(0):
            head = self._in.read(3)
            self._take(head[2], self._in.read((head[0] << 8 | head[1]) - 1), now_us)

    def _take(self, kind: int, body: bytes, now_us: int) -> None:
        if kind == CLICKS:
            for click in range(body[0]):
                down_us = now_us + click * (CLICK_MS + CLICKS_APART_MS) * 1000
                self._edges += [down_us, down_us + CLICK_MS * 1000]
        elif kind == HOLD:
            self._edges += [now_us, now_us + body[0] * 100000]
        elif self.hear is not None:
            self.hear(kind, body)


def u16(number: int) -> bytes:
    """Two bytes, the larger first."""
    return bytes([number >> 8, number & 0xFF])
