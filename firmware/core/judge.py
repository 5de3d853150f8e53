"""What a believed force means: state, alerts and their counts. Integers only, no allocation.

The rules and their figures: docs/limits.md (alerts). The judge owns no clock: time comes in as microseconds per sample.
"""

# Machine code takes arrays as pointers.
# pyright: reportArgumentType=false

import micropython
from micropython import const

from . import ids, limits
from .cells import cell, flag, new_cells

NO_ALERT = const(0)
ALERT_WARN = const(1)
ALERT_OVER = const(2)

OVERLOAD_SAMPLES = const(2)
JAB_HOLD_US = const(240000)
_ALERT_MOST_US = const(600000000)

# Bits of `news`.
_WARN = const(1)
_OVER = const(2)
_OVER_AGAIN = const(4)
_JAB = const(8)
_RELEASED = const(16)
_CONTACT = const(32)
_LIFT = const(64)
_OVERLOAD = const(128)

# Cells (core/cells.py): what was found, the limits in force, counts in progress; figures of core/limits.py and states
# of core/ids.py, which machine code would otherwise look up by name.
_SIGN = const(0)
STATE = const(1)
IN_CONTACT = const(2)
ALERT = const(3)
NEWS = const(4)
_REACTION_MS = const(5)
_LO = const(6)
_HI = const(7)
_WARN_MN = const(8)
_LIMIT = const(9)
_WARN_SAMPLES = const(10)
_OVERLOAD_COUNT = const(11)
_CALM_US = const(12)
_EXCESS_US = const(13)
_ALERT_US = const(14)
_JAB_US = const(15)
_BEGIN_MN = const(16)
_END_MN = const(17)
_OVERLOAD_MN = const(18)
_JAB_MN_S = const(19)
_NOISE_MN = const(20)
_WARN_NEEDS = const(21)
_REPEAT_US = const(22)
_LEAVE_US = const(23)
_RELEASE_MN = const(24)
_STATES = const(25)
_CELLS = const(32)


def _figures():
    """Figures from _BEGIN_MN on, and the numbers of the states from none to overload."""
    return (
        limits.CONTACT_BEGIN_MN,
        limits.CONTACT_END_MN,
        limits.OVERLOAD_MN,
        limits.JAB_MN_S,
        limits.NOISE_MN,
        limits.WARN_SAMPLES,
        limits.EXCESS_REPEAT_MS * 1000,
        limits.WARN_LEAVE_MS * 1000,
        limits.RELEASE_BELOW_TOP_MN,
        ids.NO_CONTACT,
        ids.LIGHT,
        ids.IN_BAND,
        ids.HIGH,
        ids.WARN,
        ids.OVER,
        ids.OVERLOAD,
    )


@micropython.viper
def _band(s: ptr32, force: int) -> int:
    """Contact and state of a sample; 1 when alerts must be looked at."""
    news = 0
    contact = int(s[IN_CONTACT])
    if contact:
        if force < int(s[_END_MN]):
            contact = 0
            news = _LIFT
    elif force >= int(s[_BEGIN_MN]):
        contact = 1
        news = _CONTACT
    s[IN_CONTACT] = contact
    at = 0
    overloads = 0
    if force > int(s[_OVERLOAD_MN]):
        overloads = int(s[_OVERLOAD_COUNT])
        at = 5
        if overloads + 1 >= OVERLOAD_SAMPLES:
            at = 6
            news |= _OVERLOAD
        else:
            overloads += 1
    elif contact:
        if force > int(s[_LIMIT]):
            at = 5
        elif force < int(s[_LO]):
            at = 1
        elif force <= int(s[_HI]):
            at = 2
        elif force <= int(s[_WARN_MN]):
            at = 3
        else:
            at = 4
    s[_OVERLOAD_COUNT] = overloads
    s[STATE] = int(s[_STATES + at])
    s[NEWS] = news
    return contact | int(s[ALERT])


@micropython.viper
def _alerts(s: ptr32, force: int, slope: int, ahead: int, dt_us: int) -> int:
    """Jab, warning, excess, and their ends; the news of the sample so far."""
    news = int(s[NEWS])
    alert = int(s[ALERT])
    over = 1 if force > int(s[_LIMIT]) else 0
    k = int(s[_SIGN])
    jab_us = int(s[_JAB_US]) << k >> k
    if slope > int(s[_JAB_MN_S]):
        if jab_us <= 0:
            news |= _JAB
        jab_us = JAB_HOLD_US
    elif jab_us > 0:
        jab_us -= dt_us
    s[_JAB_US] = jab_us
    warn = over
    if ahead > int(s[_LIMIT]) or jab_us > 0 or force > int(s[_WARN_MN]) + int(s[_NOISE_MN]):
        warn = 1
    warned = int(s[_WARN_SAMPLES]) + 1 if warn else 0
    s[_WARN_SAMPLES] = warned
    if alert:
        alert_us = int(s[_ALERT_US]) + dt_us
        s[_ALERT_US] = alert_us if alert_us < _ALERT_MOST_US else _ALERT_MOST_US
    if over:
        if alert != ALERT_OVER:
            if alert == NO_ALERT:
                s[_ALERT_US] = 0
            alert = ALERT_OVER
            s[_EXCESS_US] = 0
            news |= _OVER
        else:
            excess_us = int(s[_EXCESS_US]) + dt_us
            if excess_us >= int(s[_REPEAT_US]):
                excess_us -= int(s[_REPEAT_US])
                news |= _OVER_AGAIN
            s[_EXCESS_US] = excess_us
    elif alert == NO_ALERT and warned >= int(s[_WARN_NEEDS]):
        alert = ALERT_WARN
        s[_ALERT_US] = 0
        s[_CALM_US] = 0
        news |= _WARN
    s[ALERT] = alert
    s[NEWS] = news
    return warn


@micropython.viper
def _releases(s: ptr32, force: int, warn: int, dt_us: int):
    """Whether an alert of before this sample is over: an excess below the target's top, a warning after calm."""
    calm_us = 0
    if int(s[ALERT]) == ALERT_OVER:
        if force >= int(s[_HI]) - int(s[_RELEASE_MN]):
            return
    else:
        if not warn:
            calm_us = int(s[_CALM_US]) + dt_us
        s[_CALM_US] = calm_us
        if calm_us < int(s[_LEAVE_US]):
            return
        calm_us = int(s[_LEAVE_US])
    s[ALERT] = NO_ALERT
    alert_us = int(s[_ALERT_US]) - calm_us
    s[_REACTION_MS] = alert_us // 1000 if alert_us > 0 else 0
    s[NEWS] = int(s[NEWS]) | _RELEASED


@micropython.viper
def judge_sample(cells, force: int, slope: int, ahead: int, dt_us: int):
    """Judge one sample into a judge's cells: forces in mN, slope in mN/s, microseconds since the sample before."""
    if int(_band(cells, force)):
        alert = ptr32(cells)[ALERT]
        warn = int(_alerts(cells, force, slope, ahead, dt_us))
        if alert:
            _releases(cells, force, warn, dt_us)


class Judge:
    """Turns (force, slope, force ahead) into a state and an alert, sample by sample.

    After `take`: `state` (ids.NO_CONTACT ... ids.OVERLOAD) of this sample alone, `contact` with hysteresis, `alert`
    (NO_ALERT, ALERT_WARN, ALERT_OVER) with hysteresis, and `news`, a bit set of what began or ended with this sample.

    Attributes:
        reaction_ms: length of the last alert that ended. lo_mn, hi_mn, warn_mn, limit_mn: limits in force.
    """

    NEWS_WARN = _WARN
    NEWS_OVER = _OVER
    NEWS_OVER_AGAIN = _OVER_AGAIN
    NEWS_JAB = _JAB
    NEWS_RELEASED = _RELEASED
    NEWS_CONTACT = _CONTACT
    NEWS_LIFT = _LIFT
    NEWS_OVERLOAD = _OVERLOAD

    state = cell(STATE)
    contact = flag(IN_CONTACT)
    alert = cell(ALERT)
    news = cell(NEWS)
    reaction_ms = cell(_REACTION_MS)
    lo_mn = cell(_LO)
    hi_mn = cell(_HI)
    warn_mn = cell(_WARN_MN)
    limit_mn = cell(_LIMIT)

    def __init__(self):
        self.cells = new_cells(_CELLS)
        at = _BEGIN_MN
        for figure in _figures():
            self.cells[at] = figure
            at += 1

    def set_limits(self, lo_mn: int, hi_mn: int, warn_mn: int, limit_mn: int) -> None:
        """Forces in mN that hold from the next sample on; all zero judges every contact as over."""
        cells = self.cells
        cells[_LO] = lo_mn
        cells[_HI] = hi_mn
        cells[_WARN_MN] = warn_mn
        cells[_LIMIT] = limit_mn

    def restart(self) -> None:
        """Forget alerts in progress (after a fault or a block)."""
        cells = self.cells
        cells[ALERT] = NO_ALERT
        for at in range(_WARN_SAMPLES, _BEGIN_MN):
            cells[at] = 0

    def take(self, force_mn: int, slope_mn_s: int, ahead_mn: int, dt_us: int) -> None:
        """Judge one sample: forces in mN, slope in mN/s, microseconds since the sample before."""
        judge_sample(self.cells, force_mn, slope_mn_s, ahead_mn, dt_us)

    def loudness(self, force_mn: int) -> int:
        """How far a warned force has come from warn to limit, 0..100."""
        span = self.limit_mn - self.warn_mn
        if span <= 0:
            return 100
        return max(0, min(100, (force_mn - self.warn_mn) * 100 // span))
