"""Edges of the clock: its years, and every tick."""

from core import wire
from core.clock import UNIX_MAX_S, UNIX_MIN_S, WallClock


def test_years():
    assert (UNIX_MIN_S, UNIX_MAX_S) == (1704067200, 4102444800)
    clock = WallClock(lambda: 0)
    for unix_s, code in (
        (UNIX_MIN_S - 1, wire.ERR_INVALID), (UNIX_MIN_S, 0), (UNIX_MAX_S - 1, 0), (UNIX_MAX_S, wire.ERR_INVALID),
    ):  # fmt: skip
        assert clock.set(unix_s) == code, unix_s


def test_not_one_tick_is_lost():
    ticks = [0]
    clock = WallClock(lambda: ticks[0])
    for at in (1, 2, 4, 7):
        ticks[0] = at
        assert clock.uptime_ms() == at
