"""A sample's way through filter, judge and sums, in machine code over cells (core/cells.py)."""

# Machine code takes arrays as pointers.
# pyright: reportArgumentType=false

import micropython
from micropython import const

from .force_filter import still, track
from .judge import judge_sample
from .rings import add_to_interval, is_interval_full, put_sample
from .tally import add

FORGIVEN_SHARE = const(4)
MASK = const(0x3FFFFFFF)
_LONG_US = const(900000000)

# What becomes of a sample: judged and calm, or with an alert that holds; one of the first of a window; not believed.
_CALM = const(0)
ALARMED = const(1)
_NOT_READY = const(2)
DOUBTED = const(3)

# Arrays that a sample passes through: one tuple, because to collect them anew each time costs more than judging.
_OWN = const(0)
_FILTER = const(1)
_JUDGE = const(2)
_TALLY = const(3)
_INTERVAL = const(4)
_RING = const(5)
_FORCES = const(6)
_TIMES = const(7)

# Cells of the filter and of the judge that are read here, numbered as there: an imported name is looked up each time.
FORCE = const(3)
SLOPE = const(5)
AHEAD = const(6)
READY = const(9)
STATE = const(1)
IN_CONTACT = const(2)
ALERT = const(3)
NEWS = const(4)

# Cells (core/cells.py).
_SIGN = const(0)
CONTACT_US = const(1)
GAP_US = const(2)
LIGHT_US = const(3)
PRESS_US = const(4)
T_MS = const(5)
_REST_US = const(6)
LAST_US = const(7)
TICK_US = const(8)
RUNNING = const(9)
BLOCKED = const(10)
COUNTING = const(11)
PRESS_OPEN = const(12)
BEATS = const(13)
SAMPLES = const(14)
BUS_ERRORS = const(15)
DOUBT_US = const(16)
START_MS = const(17)
NO_DATA_US = const(18)
STALE_US = const(19)
DT_US = const(20)
LIGHT = const(21)
IN_BAND = const(22)
PASSED_US = const(23)
SHOWN_US = const(24)
WENT_ROUND = const(25)
CELLS = const(26)


@micropython.viper
def arrive(s: ptr32, now_us: int) -> int:
    """Note a sample's arrival; the time since the one before if that is too long to be believed, else 0."""
    dt_us = now_us - int(s[LAST_US]) & MASK
    s[LAST_US] = now_us
    s[BUS_ERRORS] = 0
    s[SAMPLES] = int(s[SAMPLES]) + 1 & MASK
    if dt_us > int(s[NO_DATA_US]):
        s[DT_US] = 0
        return dt_us
    s[DT_US] = dt_us
    return 0


@micropython.viper
def go_on(s: ptr32, now_us: int):
    """Note how long ago patterns and running time were last brought to the present."""
    s[PASSED_US] = now_us - int(s[TICK_US]) & MASK
    s[TICK_US] = now_us


@micropython.viper
def judge_arrived(parts, kernel, raw: int, now_us: int) -> int:
    """Take a sample that has arrived through filter and judge: what becomes of it; DOUBTED + n for the filter's n."""
    s = ptr32(parts[_OWN])
    f = ptr32(parts[_FILTER])
    j = ptr32(parts[_JUDGE])
    go_on(parts[_OWN], now_us)
    dt_us = int(s[DT_US])
    found = int(kernel(parts[_FILTER], raw, now_us, dt_us))
    if found:
        return DOUBTED + found
    k = int(s[_SIGN])
    doubt_us = int(s[DOUBT_US]) << k >> k
    if doubt_us > 0:
        s[DOUBT_US] = doubt_us - dt_us // FORGIVEN_SHARE
    if not int(f[READY]):
        return _NOT_READY
    judge_sample(
        parts[_JUDGE], int(f[FORCE]) << k >> k, int(f[SLOPE]) << k >> k, int(f[AHEAD]) << k >> k, dt_us
    )
    return ALARMED if int(j[ALERT]) else _CALM


@micropython.viper
def _times(s: ptr32, contact: int, state: int, dt_us: int):
    """Add a sample's time to contact or gap, and to light touch or the press; each stops before it grows too large."""
    at = CONTACT_US if contact else GAP_US
    if contact:
        s[GAP_US] = 0
    if int(s[at]) < _LONG_US:
        s[at] = int(s[at]) + dt_us
    at = LIGHT_US
    if state != int(s[LIGHT]):
        s[LIGHT_US] = 0
        if state != int(s[IN_BAND]) or not (int(s[PRESS_OPEN]) and int(s[COUNTING])):
            return
        at = PRESS_US
    if int(s[at]) < _LONG_US:
        s[at] = int(s[at]) + dt_us


@micropython.viper
def pass_time(s: ptr32):
    """The watch has gone round: running time in milliseconds, its remainder kept."""
    s[WENT_ROUND] = 1
    rest_us = int(s[_REST_US]) + int(s[PASSED_US])
    s[PASSED_US] = 0
    s[T_MS] = int(s[T_MS]) + rest_us // 1000 & MASK
    s[_REST_US] = rest_us % 1000


@micropython.viper
def add_up(parts, motor: int) -> int:
    """All that a judged sample adds up to; then its time has passed.

    In contact: 1 when the interval must be ended first, and is not added to. Without: how far the zero should move.
    """
    s = ptr32(parts[_OWN])
    j = ptr32(parts[_JUDGE])
    k = int(s[_SIGN])
    force = int(ptr32(parts[_FILTER])[FORCE]) << k >> k
    state = int(j[STATE])
    contact = int(j[IN_CONTACT])
    dt_us = int(s[DT_US])
    t_ms = int(s[T_MS])
    _times(parts[_OWN], contact, state, dt_us)
    put_sample(parts[_RING], parts[_FORCES], parts[_TIMES], force, t_ms)
    if int(s[COUNTING]):
        add(parts[_TALLY], state, force, dt_us, contact, motor)
    pass_time(parts[_OWN])
    if not contact:
        still(parts[_FILTER])
        return int(track(parts[_FILTER]))
    if int(s[COUNTING]):
        t_ms = t_ms - int(s[START_MS]) & MASK
        if int(is_interval_full(parts[_INTERVAL], t_ms)):
            return 1
        add_to_interval(parts[_INTERVAL], force, t_ms, motor)
    return 0
