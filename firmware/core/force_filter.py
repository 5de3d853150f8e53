"""From raw counts to a believed force, its slope, and the force a reaction time ahead. Integers only, no allocation.

Every product stays below 2**30, the chip's small-integer range: raw differences have 25 bits and are shifted
by 4 before they are multiplied by 1000 (docs/firmware.md, integer bounds).
"""

from array import array

from . import ids, limits, rates

RAW_MAX = 0x7FFFFF
RAW_MIN = -0x800000
FORCE_MAX_MN = 60000
FORCE_MIN_MN = -5000
STUCK_US = 300000
SPIKE_MN = 2000
SPIKES_FOR_FAULT = 8
SLOPE_CAP_MN_S = 200000
ZERO_TRACK_MAX_MN = 150
ZERO_TRACK_BAND_MN = 100


class ForceFilter:
    """Calibrates, checks and smooths samples.

    `take` returns a fault (ids.FAULT_*), 0 for none; then `force_mn` is the mean of one window (25 ms; its samples
    by core/rates.py), `slope_mn_s` its change over one window less what noise alone can look like, and `ahead_mn`
    where the force will be after limits.LOOK_AHEAD_MS at that slope. Force and slope of the look-ahead are weighted
    alike over two windows, so that a press that never has force + slope * 0.3 s over a limit never looks as if it had.
    """

    def __init__(self, counts_per_n: int, zero_counts: int, rate_sps: int = 320):
        self.force_mn = 0
        self.instant_mn = 0
        self.slope_mn_s = 0
        self.ahead_mn = 0
        self.spikes = 0
        self.still_pp_mn = 0
        self.tracked_mn = 0
        self.ready = False
        self._first = array("i", [0] * rates.MOST_WINDOW)
        self._second = array("i", [0] * rates.MOST_WINDOW)
        self._times = array("i", [0] * rates.MOST_WINDOW)
        self.use_rate(rate_sps)
        self.calibrate(counts_per_n, zero_counts)

    def calibrate(self, counts_per_n: int, zero_counts: int) -> None:
        """Take a calibration and start anew; only while nothing is watched."""
        self.slope16 = max(1, counts_per_n >> 4)
        self.factory_zero = zero_counts
        self.zero = zero_counts
        self.restart()

    def use_rate(self, rate_sps: int) -> None:
        """Take the windows of a sensor's rate (core/rates.py), and start anew."""
        row = rates.of(rate_sps)
        self._window = row[rates.WINDOW]
        self._still_samples = row[rates.STILL]
        self._track_samples = row[rates.TRACK]
        self._forgive_samples = row[rates.FORGIVE]
        self.restart()

    def restart(self) -> None:
        """Forget the past, for example after a block, a fault or a new zero; two windows must fill again."""
        self._at = 0
        self._sum1 = 0
        self._sum2 = 0
        for i in range(rates.MOST_WINDOW):
            self._first[i] = self._second[i] = 0
        self._filled = 0
        self._held_mn = 0
        self._holding = False
        self._last_raw = RAW_MIN - 1
        self._same_us = 0
        self._quiet = 0
        self._still_low = FORCE_MAX_MN
        self._still_high = FORCE_MIN_MN
        self._still_count = 0
        self._track_count = 0
        self._track_sum = 0
        self.still_pp_mn = FORCE_MAX_MN
        self.ready = False

    def take(self, raw: int, t_us: int, dt_us: int) -> int:
        """Judge one sample.

        Args:
            raw: ADC counts, 24-bit signed.
            t_us: ticks of its arrival.
            dt_us: microseconds since the sample before, at most 30,000.
        """
        if raw == self._last_raw:
            if self._same_us < STUCK_US:
                self._same_us += dt_us
            if self._same_us >= STUCK_US:
                return ids.FAULT_STUCK
        else:
            self._last_raw = raw
            self._same_us = 0
        if raw >= RAW_MAX or raw <= RAW_MIN:
            return ids.FAULT_SATURATED
        force_mn = ((raw - self.zero) >> 4) * 1000 // self.slope16
        if not FORCE_MIN_MN <= force_mn <= FORCE_MAX_MN:
            return ids.FAULT_RANGE
        if self._filled and not self._plausible(force_mn):
            return ids.FAULT_SPIKES if self.spikes >= SPIKES_FOR_FAULT else 0
        self.instant_mn = force_mn
        self._quiet += 1
        if self._quiet > self._forgive_samples:
            self._quiet = 0
            self.spikes = 0
        self._smooth(force_mn, t_us)
        return 0

    def _plausible(self, force_mn: int) -> bool:
        """A jump no hand makes in one sample waits until the next sample confirms it, or is dropped and counted."""
        jump = force_mn - self.instant_mn
        near = -SPIKE_MN <= jump <= SPIKE_MN
        if not self._holding:
            if near:
                return True
            self._hold(force_mn, True)
            return False
        away = force_mn - self._held_mn
        if -SPIKE_MN <= away <= SPIKE_MN:
            self._holding = False
            return True
        self.spikes += 1
        self._hold(force_mn, not near)
        return near

    def _hold(self, force_mn: int, holding: bool) -> None:
        self._holding = holding
        self._held_mn = force_mn
        self._quiet = 0

    def _smooth(self, force_mn: int, t_us: int) -> None:
        at = self._at
        window = self._window
        self._sum1 += force_mn - self._first[at]
        self._first[at] = force_mn
        mean = self._sum1 // window
        before = self._second[at]
        self._sum2 += mean - before
        self._second[at] = mean
        then_us = self._times[at]
        self._times[at] = t_us
        self._at = at + 1 if at + 1 < window else 0
        self.force_mn = mean
        if self._filled < 2 * window:
            self._fill()
            return
        self._look_ahead(mean - before, (t_us - then_us) & 0x3FFFFFFF)

    def _fill(self) -> None:
        """Until both windows are full the slope is unknown: no slope, and the force stands for itself."""
        self._filled += 1
        filled = self._filled
        if filled < self._window:
            self.force_mn = self._sum1 // filled
        self.slope_mn_s = 0
        self.ahead_mn = self.force_mn
        self.ready = filled >= self._window

    def _look_ahead(self, rise_mn: int, span_us: int) -> None:
        slope = rise_mn * 10000 // max(1, span_us // 100)
        if slope > SLOPE_CAP_MN_S:
            slope = SLOPE_CAP_MN_S
        elif slope < -SLOPE_CAP_MN_S:
            slope = -SLOPE_CAP_MN_S
        elif slope > limits.NOISE_MN_S:
            slope -= limits.NOISE_MN_S
        elif slope < -limits.NOISE_MN_S:
            slope += limits.NOISE_MN_S
        else:
            slope = 0
        self.slope_mn_s = slope
        self.ahead_mn = self._sum2 // self._window + slope * limits.LOOK_AHEAD_MS // 1000

    def watch_still(self) -> None:
        """Follow how still the unpressed tool is (call per sample without contact): `still_pp_mn` over 0.5 s."""
        force = self.force_mn
        if force < self._still_low:
            self._still_low = force
        if force > self._still_high:
            self._still_high = force
        self._still_count += 1
        if self._still_count >= self._still_samples:
            self.still_pp_mn = self._still_high - self._still_low
            self._still_low = FORCE_MAX_MN
            self._still_high = FORCE_MIN_MN
            self._still_count = 0

    def track_zero(self) -> None:
        """Follow slow zero drift (call per sample without contact): at most 1 count in 16 of the error each 0.2 s.

        Bounded to ZERO_TRACK_MAX_MN from the factory zero in total (docs/limits.md, zero).
        """
        force = self.force_mn
        if force > ZERO_TRACK_BAND_MN or force < -ZERO_TRACK_BAND_MN:
            self._track_count = 0
            self._track_sum = 0
            return
        self._track_count += 1
        self._track_sum += force
        if self._track_count >= self._track_samples:
            self._move_zero(self._track_sum // self._track_samples * self.slope16 // 1000)
            self._track_count = 0
            self._track_sum = 0

    def _move_zero(self, error16: int) -> None:
        zero = self.zero + error16
        if self.zero_distance_mn(zero) <= ZERO_TRACK_MAX_MN:
            self.zero = zero

    def zero_distance_mn(self, zero: int) -> int:
        """How far a zero lies from the factory zero, in mN, always positive."""
        away = ((zero - self.factory_zero) >> 4) * 1000 // self.slope16
        return away if away >= 0 else -away

    def tare(self) -> int:
        """Take the present mean as zero. Returns 0, or why not: 1 not still, 2 too far from the factory zero."""
        if self.still_pp_mn >= 50:
            return 1
        zero = self.zero + (self.force_mn * self.slope16 // 1000 << 4)
        if self.zero_distance_mn(zero) > ZERO_TRACK_MAX_MN:
            return 2
        self.zero = zero
        self.restart()
        return 0
