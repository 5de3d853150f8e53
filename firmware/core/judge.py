"""What a believed force means: state, alerts and their counts. Integers only, no allocation.

The rules and their figures: docs/limits.md (alerts). The judge owns no clock: time comes in as microseconds per sample.
"""

from . import ids, limits

NO_ALERT = 0
ALERT_WARN = 1
ALERT_OVER = 2

OVERLOAD_SAMPLES = 2
JAB_HOLD_US = 240000
_REPEAT_US = limits.EXCESS_REPEAT_MS * 1000
_LEAVE_US = limits.WARN_LEAVE_MS * 1000


class Judge:
    """Turns (force, slope, force ahead) into a state and an alert, sample by sample.

    After `take`: `state` (ids.NO_CONTACT ... ids.OVERLOAD) of this sample alone, `contact` with hysteresis, `alert`
    (NO_ALERT, ALERT_WARN, ALERT_OVER) with hysteresis, and `news`, a bit set of what began or ended with this sample.
    """

    NEWS_WARN = 1
    NEWS_OVER = 2
    NEWS_OVER_AGAIN = 4
    NEWS_JAB = 8
    NEWS_RELEASED = 16
    NEWS_CONTACT = 32
    NEWS_LIFT = 64
    NEWS_OVERLOAD = 128

    def __init__(self):
        self.contact = False
        self.state = ids.NO_CONTACT
        self.alert = NO_ALERT
        self.news = 0
        self.reaction_ms = 0
        self.set_limits(0, 0, 0, 0)
        self.restart()

    def set_limits(self, lo_mn: int, hi_mn: int, warn_mn: int, limit_mn: int) -> None:
        """Forces in mN that hold from the next sample on; all zero judges every contact as over."""
        self.lo_mn = lo_mn
        self.hi_mn = hi_mn
        self.warn_mn = warn_mn
        self.limit_mn = limit_mn

    def restart(self) -> None:
        """Forget alerts in progress (after a fault or a block)."""
        self.alert = NO_ALERT
        self._warn_samples = 0
        self._overload_samples = 0
        self._calm_us = 0
        self._excess_us = 0
        self._alert_us = 0
        self._jab_us = 0

    def take(self, force_mn: int, slope_mn_s: int, ahead_mn: int, dt_us: int) -> None:
        """Judge one sample: forces in mN, slope in mN/s, microseconds since the sample before."""
        self.news = 0
        if self.contact:
            if force_mn < limits.CONTACT_END_MN:
                self.contact = False
                self.news = self.NEWS_LIFT
        elif force_mn >= limits.CONTACT_BEGIN_MN:
            self.contact = True
            self.news = self.NEWS_CONTACT
        self.state = self._band(force_mn)
        if self.contact or self.alert:
            self._alerts(force_mn, slope_mn_s, ahead_mn, dt_us)

    def _band(self, force_mn: int) -> int:
        if force_mn > limits.OVERLOAD_MN:
            self._overload_samples += 1
            if self._overload_samples >= OVERLOAD_SAMPLES:
                self.news |= self.NEWS_OVERLOAD
                return ids.OVERLOAD
            return ids.OVER
        self._overload_samples = 0
        if force_mn > self.limit_mn:
            return ids.OVER if self.contact else ids.NO_CONTACT
        if not self.contact:
            return ids.NO_CONTACT
        if force_mn < self.lo_mn:
            return ids.LIGHT
        if force_mn <= self.hi_mn:
            return ids.IN_BAND
        return ids.HIGH if force_mn <= self.warn_mn else ids.WARN

    def _alerts(self, force_mn: int, slope_mn_s: int, ahead_mn: int, dt_us: int) -> None:
        over = force_mn > self.limit_mn
        jab = slope_mn_s > limits.JAB_MN_S
        if jab and self._jab_us <= 0:
            self.news |= self.NEWS_JAB
        if jab:
            self._jab_us = JAB_HOLD_US
        elif self._jab_us > 0:
            self._jab_us -= dt_us
        ahead = ahead_mn > self.limit_mn
        warn = force_mn > self.warn_mn + limits.NOISE_MN or ahead or over or self._jab_us > 0
        self._warn_samples = self._warn_samples + 1 if warn else 0
        if self.alert:
            self._alert_us = min(self._alert_us + dt_us, 600000000)
        if over:
            self._excess(dt_us)
        if self.alert == ALERT_OVER:
            if force_mn < self.hi_mn - limits.RELEASE_BELOW_TOP_MN:
                self._release(0)
        elif self.alert == ALERT_WARN:
            self._calm(warn, dt_us)
        elif self._warn_samples >= limits.WARN_SAMPLES:
            self.alert = ALERT_WARN
            self._alert_us = 0
            self._calm_us = 0
            self.news |= self.NEWS_WARN

    def _excess(self, dt_us: int) -> None:
        if self.alert != ALERT_OVER:
            if self.alert == NO_ALERT:
                self._alert_us = 0
            self.alert = ALERT_OVER
            self._excess_us = 0
            self.news |= self.NEWS_OVER
            return
        self._excess_us += dt_us
        if self._excess_us >= _REPEAT_US:
            self._excess_us -= _REPEAT_US
            self.news |= self.NEWS_OVER_AGAIN

    def _calm(self, warn: bool, dt_us: int) -> None:
        if warn:
            self._calm_us = 0
            return
        self._calm_us += dt_us
        if self._calm_us >= _LEAVE_US:
            self._release(_LEAVE_US)

    def _release(self, calm_us: int) -> None:
        self.alert = NO_ALERT
        self.reaction_ms = max(0, self._alert_us - calm_us) // 1000
        self.news |= self.NEWS_RELEASED

    def loudness(self, force_mn: int) -> int:
        """How far a warned force has come from warn to limit, 0..100."""
        span = self.limit_mn - self.warn_mn
        if span <= 0:
            return 100
        return max(0, min(100, (force_mn - self.warn_mn) * 100 // span))
