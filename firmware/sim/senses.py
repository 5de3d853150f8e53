"""What a person feels and sees of the tool: pulses by their length, light by its colour."""

NOTHING = 0
SOFT = 1
EASE = 2
LIFT = 3
NEXT = 4

DARK = 0
WAIT = 1
ZONE = 2
ALARM = 3


class Touch:
    """Tells pulses apart by their length: short ones = ease, a middle one = lift, a long one = next."""

    def __init__(self, felt_share: float, lift_ms: int = 110, next_ms: int = 230):
        self._felt = felt_share
        self._lift_ms = lift_ms
        self._next_ms = next_ms
        self._on_us = None
        self._strong = 0.0
        self._short_us = -10000000

    def feel(self, t_us: int, share: float) -> int:
        """Take the vibration's strength (0..1) at a time; a meaning when a pulse has just ended."""
        if share >= self._felt:
            if self._on_us is None:
                self._on_us = t_us
                self._strong = 0.0
            self._strong = max(self._strong, share)
            return NOTHING
        if self._on_us is None:
            return NOTHING
        length_ms = (t_us - self._on_us) // 1000
        self._on_us = None
        return self._meaning(t_us, length_ms)

    def _meaning(self, t_us: int, length_ms: int) -> int:
        if length_ms >= self._next_ms:
            return NEXT
        if length_ms >= self._lift_ms:
            return LIFT
        apart_us = t_us - self._short_us
        self._short_us = t_us
        return EASE if apart_us < 400000 else SOFT


def see(r: int, g: int, b: int) -> int:
    """What a light (0..255 each) says: dark, wait (white or dim), a zone's colour, or alarm (red, amber)."""
    if max(r, g, b) < 8:
        return DARK
    if r > 150 and b < 30:
        return ALARM
    if max(r, g, b) - min(r, g, b) < 25 or max(r, g, b) < 100:
        return WAIT
    return ZONE
