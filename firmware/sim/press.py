"""A recorded press: a force trace played again and again, lifted in between, until the tool is done leading."""

from . import senses

RAMP_MN_S = 1000
LIFT_US = 2000000
START_US = 600000


class Press:
    """`force_mn(t_us, vibration, light)` as `Hand`, but from points (t_us, force_mn), interpolated linearly.

    The first point is approached and the last one left at RAMP_MN_S; between two plays the tip is lifted for
    LIFT_US. It begins when the light first shows a zone and ends with the play in which the light stopped to: it
    takes no notice of anything else.
    """

    def __init__(self, points: list):
        first_us, first_mn = points[0]
        last_us, last_mn = points[-1]
        up_us = max(0, first_mn) * 1000000 // RAMP_MN_S
        down_us = max(0, last_mn) * 1000000 // RAMP_MN_S
        self.points = [(0, 0)] + [(t - first_us + up_us, mn) for t, mn in points]
        end_us = last_us - first_us + up_us + down_us
        self.points += [(end_us, 0), (end_us + LIFT_US, 0)]
        self.length_us = end_us + LIFT_US
        self.start_us = None
        self._at = 0
        self._round = 0
        self._zone_us = None

    def force_mn(self, t_us: int, _vibration: float, light) -> int:
        """Force on the tip, mN."""
        if senses.see(*light) == senses.ZONE:
            self._zone_us = t_us
            if self.start_us is None:
                self.start_us = t_us + START_US
        elif senses.see(*light) == senses.WAIT:
            self._zone_us = None
        if self.start_us is None or t_us < self.start_us:
            return 0
        return self._played(t_us - self.start_us)

    def _played(self, since_us: int) -> int:
        rounds, at_us = divmod(since_us, self.length_us)
        if rounds != self._round:
            if self._zone_us is None:
                self.start_us = None
                self._round = self._at = 0
                return 0
            self._round = rounds
            self._at = 0
        points = self.points
        while points[self._at + 1][0] < at_us:
            self._at += 1
        (t0, f0), (t1, f1) = points[self._at], points[self._at + 1]
        if t1 <= t0:
            return f1
        return f0 + (f1 - f0) * (at_us - t0) // (t1 - t0)
