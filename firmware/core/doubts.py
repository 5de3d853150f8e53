"""What only the main loop can see of a sensor that answers: samples come too seldom, or a contact never ends."""

from . import ids

LOOK_MS = 1000
LEAST_SHARE = 2
"""Half of the sensor's rate must come: a data-ready pin that is dead leaves only the timer's polls."""

CONTACT_MOST_US = 60000000
"""Twice the longest of any step: nobody feels the cue to lift, the zero is lost, or the tool lies on its tip."""


def too_slow(samples: int, ms: int, rate_sps: int) -> bool:
    """Whether so many samples in so many milliseconds are fewer than half of a rate."""
    return samples * 1000 * LEAST_SHARE < rate_sps * ms


class Doubts:
    """Looks at a watch while the tip is in contact, where nothing blocks it.

    Args:
        watch: core.watch.Watch.
        board: has `rate_sps`.
    """

    def __init__(self, watch, board):
        self._watch = watch
        self._board = board
        self._ms = 0
        self._count = 0

    def tick(self, dt_ms: int) -> None:
        """Go on by dt_ms; a watch that is held up, or too few samples, are latched as a fault."""
        watch = self._watch
        watch.check_alive()
        self._ms += dt_ms
        came = watch.sample_count - self._count
        if watch.in_contact() and came >= 0:
            if self._ms < LOOK_MS:
                return
            if too_slow(came, self._ms, self._board.rate_sps):
                watch.latch(ids.FAULT_RATE)
        self._ms = 0
        self._count = watch.sample_count

    def is_endless(self) -> bool:
        """Whether a contact lasts too long to be one."""
        return self._watch.contact_us >= CONTACT_MOST_US and self._watch.in_contact()
