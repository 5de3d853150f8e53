"""From raw counts to a believed force, its slope, and the force a reaction time ahead. Integers only, no allocation.

Every product stays below 2**30, the chip's small-integer range: raw differences have 25 bits and are shifted
by 4 before they are multiplied by 1000 (docs/firmware.md, integer bounds).
"""

# Machine code takes arrays as pointers.
# pyright: reportArgumentType=false

import micropython
from micropython import const

from . import ids, limits, rates
from .cells import cell, flag, new_cells

RAW_MAX = const(0x7FFFFF)
RAW_MIN = const(-0x800000)
FORCE_MAX_MN = const(60000)
FORCE_MIN_MN = const(-5000)
STUCK_US = const(300000)
SPIKE_MN = const(2000)
SPIKES_FOR_FAULT = const(8)
SLOPE_CAP_MN_S = const(200000)
ZERO_TRACK_MAX_MN = const(150)
ZERO_TRACK_BAND_MN = const(100)

# What the kernel finds of a sample.
_BELIEVED = const(0)
_STUCK = const(1)
_SATURATED = const(2)
_RANGE = const(3)
_WILD = const(4)
_HELD_BACK = const(5)
_JUMP = const(6)
FAULTS = (ids.FAULT_NONE, ids.FAULT_STUCK, ids.FAULT_SATURATED, ids.FAULT_RANGE, ids.FAULT_SPIKES)
"""Faults (ids.FAULT_*) by what the kernel finds."""

# Cells (core/cells.py); those of the windows follow one another.
_SIGN = const(0)
_SLOPE16 = const(1)
_ZERO = const(2)
FORCE = const(3)
_INSTANT = const(4)
SLOPE = const(5)
AHEAD = const(6)
_SPIKES = const(7)
_STILL_PP = const(8)
READY = const(9)
_NEW = const(10)
_AT = const(11)
_SUM1 = const(12)
_SUM2 = const(13)
_FILLED = const(14)
_HELD = const(15)
_HOLDING = const(16)
_LAST_RAW = const(17)
_SAME_US = const(18)
_QUIET = const(19)
_STILL_LOW = const(20)
_STILL_HIGH = const(21)
STILL_COUNT = const(22)
TRACK_COUNT = const(23)
_TRACK_SUM = const(24)
_NOISE = const(25)
_LOOK_AHEAD = const(26)
_WINDOW = const(27)
_STILL_SAMPLES = const(28)
_TRACK_SAMPLES = const(29)
_FORGIVE_SAMPLES = const(30)
_LONG = const(31)
_LONG_NOISE = const(32)
_TREMOR = const(33)
_LONG_AT = const(34)
_LONG_SUM = const(35)
_LONG_FILLED = const(36)
_FIRST = const(37)
_SECOND = const(45)
_THIRD = const(53)
_TIMES = const(77)
_LONG_TIMES = const(85)
_CELLS = const(109)


@micropython.viper
def _look(s: ptr32, raw: int, dt_us: int) -> int:
    """Check one sample; its force is then in _NEW."""
    k = int(s[_SIGN])
    if raw == int(s[_LAST_RAW]) << k >> k:
        same_us = int(s[_SAME_US])
        if same_us < STUCK_US:
            same_us += dt_us
            s[_SAME_US] = same_us
        if same_us >= STUCK_US:
            return _STUCK
    else:
        s[_LAST_RAW] = raw
        s[_SAME_US] = 0
    if raw >= RAW_MAX or raw <= RAW_MIN:
        return _SATURATED
    force = (raw - (int(s[_ZERO]) << k >> k) >> 4) * 1000 // int(s[_SLOPE16])
    if force > FORCE_MAX_MN or force < FORCE_MIN_MN:
        return _RANGE
    s[_NEW] = force
    if int(s[_FILLED]) == 0:
        return _BELIEVED
    jump = force - (int(s[_INSTANT]) << k >> k)
    if int(s[_HOLDING]) or jump > SPIKE_MN or jump < -SPIKE_MN:
        return _JUMP
    return _BELIEVED


@micropython.viper
def _confirm(s: ptr32) -> int:
    """A jump no hand makes in one sample waits until the next sample confirms it, or is dropped and counted."""
    k = int(s[_SIGN])
    force = int(s[_NEW]) << k >> k
    away = force - (int(s[_HELD]) << k >> k)
    held_before = int(s[_HOLDING])
    if held_before and -SPIKE_MN <= away <= SPIKE_MN:
        s[_HOLDING] = 0
        return _BELIEVED
    jump = force - (int(s[_INSTANT]) << k >> k)
    near = -SPIKE_MN <= jump <= SPIKE_MN
    spikes = int(s[_SPIKES]) + held_before
    s[_SPIKES] = spikes
    s[_HOLDING] = 0 if near else 1
    s[_HELD] = force
    s[_QUIET] = 0
    if near:
        return _BELIEVED
    return _WILD if spikes >= SPIKES_FOR_FAULT else _HELD_BACK


@micropython.viper
def _smooth(s: ptr32, t_us: int) -> int:
    """Take the force in _NEW into both windows; 1 once they are full and slope and look-ahead are due."""
    k = int(s[_SIGN])
    force = int(s[_NEW]) << k >> k
    s[_INSTANT] = force
    quiet = int(s[_QUIET]) + 1
    if quiet > int(s[_FORGIVE_SAMPLES]):
        quiet = 0
        s[_SPIKES] = 0
    s[_QUIET] = quiet
    window = int(s[_WINDOW])
    at = int(s[_AT])
    total = (int(s[_SUM1]) << k >> k) + force - (int(s[_FIRST + at]) << k >> k)
    s[_SUM1] = total
    s[_FIRST + at] = force
    mean = total // window
    before = int(s[_SECOND + at]) << k >> k
    s[_SUM2] = (int(s[_SUM2]) << k >> k) + mean - before
    s[_SECOND + at] = mean
    span_us = t_us - int(s[_TIMES + at]) & 0x3FFFFFFF
    s[_TIMES + at] = t_us
    at += 1
    if at >= window:
        at = 0
    s[_AT] = at
    s[FORCE] = mean
    filled = int(s[_FILLED])
    if filled >= 2 * window:
        s[SLOPE] = mean - before
        return span_us
    filled += 1
    s[_FILLED] = filled
    if filled < window:
        mean = total // filled
        s[FORCE] = mean
    else:
        s[READY] = 1
    s[SLOPE] = 0
    s[AHEAD] = mean
    return -1


@micropython.viper
def _look_ahead(s: ptr32, span_us: int):
    """From the rise in SLOPE over a window of so many microseconds to mN/s, and to the force ahead."""
    k = int(s[_SIGN])
    tenths_ms = span_us // 100
    if tenths_ms < 1:
        tenths_ms = 1
    slope = (int(s[SLOPE]) << k >> k) * 10000 // tenths_ms
    noise = int(s[_NOISE])
    if slope > SLOPE_CAP_MN_S:
        slope = SLOPE_CAP_MN_S
    elif slope < -SLOPE_CAP_MN_S:
        slope = -SLOPE_CAP_MN_S
    elif slope > noise:
        slope -= noise
    elif slope < 0 - noise:
        slope += noise
    else:
        slope = 0
    s[SLOPE] = slope
    force = int(s[FORCE]) << k >> k
    if slope > 0 and force > 0:
        slope -= force * int(s[_TREMOR]) // 1000
        if slope < 0:
            slope = 0
    s[AHEAD] = (int(s[_SUM2]) << k >> k) // int(s[_WINDOW]) + slope * int(s[_LOOK_AHEAD]) // 1000


@micropython.viper
def _look_further(s: ptr32, t_us: int):
    """Take the mean into the long window; once that is full, the higher of the force ahead and the one by its slope."""
    k = int(s[_SIGN])
    mean = int(s[FORCE]) << k >> k
    at = int(s[_LONG_AT])
    rise = mean - (int(s[_THIRD + at]) << k >> k)
    s[_THIRD + at] = mean
    total = (int(s[_LONG_SUM]) << k >> k) + rise
    s[_LONG_SUM] = total
    tenths_ms = (t_us - int(s[_LONG_TIMES + at]) & 0x3FFFFFFF) // 100
    s[_LONG_TIMES + at] = t_us
    long = int(s[_LONG])
    s[_LONG_AT] = at + 1 if at + 1 < long else 0
    filled = int(s[_LONG_FILLED])
    if filled < int(s[_WINDOW]) + long:
        s[_LONG_FILLED] = filled + 1
        return
    if tenths_ms < 1:
        tenths_ms = 1
    slope = rise * 10000 // tenths_ms
    if slope > SLOPE_CAP_MN_S:
        slope = SLOPE_CAP_MN_S
    slope -= int(s[_LONG_NOISE])
    if slope > 0:
        ahead = total // long + slope * int(s[_LOOK_AHEAD]) // 1000
        if ahead > int(s[AHEAD]) << k >> k:
            s[AHEAD] = ahead


@micropython.viper
def kernel(cells, raw: int, t_us: int, dt_us: int) -> int:
    """Check a sample and take it into the filter's cells: an index of FAULTS."""
    found = int(_look(cells, raw, dt_us))
    if found == _JUMP:
        found = int(_confirm(cells))
        if found == _HELD_BACK:
            return _BELIEVED
    if found != _BELIEVED:
        return found
    span_us = int(_smooth(cells, t_us))
    if span_us >= 0:
        _look_ahead(cells, span_us)
    _look_further(cells, t_us)
    return _BELIEVED


@micropython.viper
def still(s: ptr32):
    """Lowest and highest force of a half second, and their distance at its end."""
    k = int(s[_SIGN])
    force = int(s[FORCE]) << k >> k
    low = int(s[_STILL_LOW]) << k >> k
    high = int(s[_STILL_HIGH]) << k >> k
    if force < low:
        low = force
    if force > high:
        high = force
    count = int(s[STILL_COUNT]) + 1
    if count >= int(s[_STILL_SAMPLES]):
        s[_STILL_PP] = high - low
        low = FORCE_MAX_MN
        high = FORCE_MIN_MN
        count = 0
    s[_STILL_LOW] = low
    s[_STILL_HIGH] = high
    s[STILL_COUNT] = count


@micropython.viper
def track(s: ptr32) -> int:
    """Add a small force to the mean of the zero; how far to move it, in counts, once that is full."""
    k = int(s[_SIGN])
    force = int(s[FORCE]) << k >> k
    count = 0
    total = 0
    move = 0
    if -ZERO_TRACK_BAND_MN <= force <= ZERO_TRACK_BAND_MN:
        count = int(s[TRACK_COUNT]) + 1
        total = (int(s[_TRACK_SUM]) << k >> k) + force
        samples = int(s[_TRACK_SAMPLES])
        if count >= samples:
            move = total // samples * int(s[_SLOPE16]) // 1000
            count = 0
            total = 0
    s[TRACK_COUNT] = count
    s[_TRACK_SUM] = total
    return move


class ForceFilter:
    """Calibrates, checks and smooths samples.

    `take` returns a fault (ids.FAULT_*), 0 for none; then `force_mn` is the mean of one window (25 ms, in samples by
    core/rates.py), `slope_mn_s` its change over one window less what noise alone can look like, and `ahead_mn` where
    the force will be after limits.LOOK_AHEAD_MS: the higher of two guesses, by that slope less what a tremor can look
    like, and by the slope over a long window. In each, force and slope are weighted alike, so that a press that never
    has force + slope * 0.3 s over a limit can never look as if it had (docs/limits.md, look-ahead).

    Attributes:
        force_mn, slope_mn_s, ahead_mn: see above. instant_mn: the last believed sample.
        ready: whether a window is full, so that the force may be judged. spikes: jumps that nothing confirmed.
        still_pp_mn: lowest to highest of the last half second at rest.
        kernel: what takes a sample: (cells, raw, t_us, dt_us) -> index of FAULTS.
        slope16: counts per newton, in sixteenths. zero, factory_zero: counts without load.
    """

    slope16 = cell(_SLOPE16)
    zero = cell(_ZERO)
    force_mn = cell(FORCE)
    instant_mn = cell(_INSTANT)
    slope_mn_s = cell(SLOPE)
    ahead_mn = cell(AHEAD)
    spikes = cell(_SPIKES)
    still_pp_mn = cell(_STILL_PP)
    ready = flag(READY)

    def __init__(self, counts_per_n: int, zero_counts: int, rate_sps: int = rates.USUAL_SPS):
        self.cells = new_cells(_CELLS)
        self.kernel = kernel
        cells = self.cells
        cells[_NOISE] = limits.NOISE_MN_S
        cells[_LONG_NOISE] = limits.LONG_NOISE_MN_S
        cells[_TREMOR] = limits.TREMOR_PERMILLE_S
        cells[_LOOK_AHEAD] = limits.LOOK_AHEAD_MS
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
        cells = self.cells
        cells[_WINDOW] = row[rates.WINDOW]
        cells[_LONG] = rates.LONG_WINDOWS * row[rates.WINDOW]
        cells[_STILL_SAMPLES] = row[rates.STILL]
        cells[_TRACK_SAMPLES] = row[rates.TRACK]
        cells[_FORGIVE_SAMPLES] = row[rates.FORGIVE]
        self.restart()

    def restart(self) -> None:
        """Forget the past, for example after a block, a fault or a new zero; two windows must fill again."""
        cells = self.cells
        for at in range(_AT, _NOISE):
            cells[at] = 0
        for at in range(_LONG_AT, _TIMES):
            cells[at] = 0
        cells[_LAST_RAW] = RAW_MIN - 1
        cells[_STILL_LOW] = FORCE_MAX_MN
        cells[_STILL_HIGH] = FORCE_MIN_MN
        cells[_STILL_PP] = FORCE_MAX_MN
        cells[READY] = 0

    def take(self, raw: int, t_us: int, dt_us: int) -> int:
        """Judge one sample.

        Args:
            raw: ADC counts, 24-bit signed.
            t_us: ticks of its arrival.
            dt_us: microseconds since the sample before, at most 30,000.
        """
        return FAULTS[self.kernel(self.cells, raw, t_us, dt_us)]

    def watch_still(self) -> None:
        """Follow how still the unpressed tool is (call per sample without contact): `still_pp_mn` over 0.5 s."""
        still(self.cells)

    def track_zero(self) -> None:
        """Follow slow zero drift (call per sample without contact): at most 1 count in 16 of the error each 0.2 s.

        Bounded to ZERO_TRACK_MAX_MN from the factory zero in total (docs/limits.md, zero).
        """
        error16 = track(self.cells)
        if error16:
            self.move_zero(error16)

    def move_zero(self, error16: int) -> None:
        """Move the zero by so many counts, unless it would come too far from the factory zero."""
        zero = self.cells[_ZERO] + error16
        if self.zero_distance_mn(zero) <= ZERO_TRACK_MAX_MN:
            self.cells[_ZERO] = zero

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
