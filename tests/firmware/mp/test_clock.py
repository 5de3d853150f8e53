"""Running time over wrapping ticks, and the time of day."""

from core import ids, wire
from core.clock import UNIX_MAX_S, UNIX_MIN_S, WallClock
from dose_rig import NOON_S, PERIOD


class Ticks:
    def __init__(self, at, period=PERIOD):
        self.at = at
        self.period = period

    def __call__(self):
        return self.at % self.period


def test_running_time_grows_over_wraps():
    for period in (PERIOD, 1 << 62):
        ticks = Ticks(PERIOD - 7, period)
        clock = WallClock(ticks)
        assert clock.uptime_ms() == 0
        for _ in range(30):
            ticks.at += 10 * 86400000
            clock.poll()
        assert clock.uptime_ms() == 300 * 86400000
        assert clock.uptime_s() == 300 * 86400


def test_running_time_goes_on_after_deep_sleep():
    assert WallClock(Ticks(5), 1000).uptime_ms() == 1000


def test_unknown_until_set():
    ticks = Ticks(0)
    clock = WallClock(ticks)
    assert (clock.read(), clock.dose_s(), clock.latest_s()) == (0, 0, 0)
    assert (clock.quality, clock.settings) == (ids.TIME_UNKNOWN, 0)
    ticks.at += 1500
    assert clock.set(NOON_S) == wire.ERR_OK
    ticks.at += 2500
    assert clock.quality == ids.TIME_SET
    assert NOON_S + 2 <= clock.read() <= NOON_S + 3


def test_a_kept_clock():
    clock = WallClock(Ticks(0))
    assert clock.keep(NOON_S) == wire.ERR_OK
    assert (clock.read(), clock.quality) == (NOON_S, ids.TIME_KEPT)


def test_times_out_of_range_change_nothing():
    clock = WallClock(Ticks(0))
    for wrong in (0, -1, UNIX_MIN_S - 1, UNIX_MAX_S, 1 << 40, 1.5e9, "now", None):
        assert clock.set(wrong) == wire.ERR_INVALID
    assert clock.read() == 0
    assert clock.set(UNIX_MIN_S) == wire.ERR_OK


def test_rest_time_never_jumps_ahead():
    ticks = Ticks(0)
    clock = WallClock(ticks)
    clock.set(NOON_S)
    clock.set(NOON_S + 1000)
    assert (clock.read(), clock.dose_s(), clock.latest_s()) == (NOON_S + 1000, NOON_S, NOON_S + 1000)
    clock.set(NOON_S - 1000)
    assert (clock.dose_s(), clock.latest_s()) == (NOON_S - 1000, NOON_S + 1000)
    clock.set(NOON_S + 5000)
    clock.set(NOON_S + 4000)
    ticks.at += 7000
    assert (clock.dose_s(), clock.latest_s()) == (NOON_S - 993, NOON_S + 5007), "the earliest and latest told"
    assert clock.settings == 5 and clock.read() == NOON_S + 4007


def test_the_years_it_knows():
    assert (UNIX_MIN_S, UNIX_MAX_S) == (1704067200, 4102444800), "2024-01-01 and 2100-01-01, UTC"
    clock = WallClock(Ticks(0))
    assert clock.set(UNIX_MAX_S) == wire.ERR_INVALID
    assert clock.set(UNIX_MAX_S - 1) == wire.ERR_OK and clock.read() == UNIX_MAX_S - 1


def test_every_millisecond_counts():
    ticks = Ticks(0)
    clock = WallClock(ticks)
    for odd in (1, 3, 5):
        ticks.at += odd
        clock.poll()
    assert clock.uptime_ms() == 9
