"""Months of a tool's life, driven beside an oracle that knows the true time."""

from core import dose, limits
from core.clock import WallClock
from core.counters import Counters
from dose_oracle import DAY_S, FIRST, HOUR_S, LATER, STRICT, Oracle
from dose_rig import NOON_S, PERIOD, Rig

STEP_S = 6 * HOUR_S
SESSION_S = 300
PACES = {FIRST: limits.PACE_FIRST, LATER: limits.PACE_LATER, STRICT: limits.PACE_STRICT}


class Months:
    """A rig and its oracle; each method is one thing that can happen to a tool.

    Attributes:
        allowed, refused: sessions tried.
    """

    def __init__(self):
        self.rig = Rig()
        self.oracle = Oracle()
        self.allowed = self.refused = 0
        self._unkept_s = 0

    def act(self, name, *values):
        """Let one thing happen, then compare."""
        getattr(self, name)(*values)
        self.compare()

    def stay(self, seconds):
        """Time with the power on, awake or asleep."""
        while seconds > 0:
            step = min(seconds, STEP_S)
            self._run(step)
            seconds -= step

    def _run(self, seconds):
        self.rig.ticks += seconds * 1000
        self.rig.clock.poll()
        self.oracle.true_s += seconds
        self.oracle.ran_s += seconds
        self._unkept_s += seconds
        if self.rig.counters.is_life_due(self.rig.clock):
            self._keep()

    def _keep(self):
        if self.rig.counters.keep_time(self.rig.clock):
            self._unkept_s = 0

    def off(self, seconds):
        """The power goes, for so long."""
        self.oracle.power_lost(seconds, self._unkept_s)
        self._unkept_s = 0
        self.rig.power_up()

    def deep_sleep(self, seconds):
        """A sleep from which the tool starts anew; its running clock, and what was told, are kept."""
        rig = self.rig
        self.oracle.true_s += seconds
        self.oracle.ran_s += seconds
        self._unkept_s += seconds
        old = rig.clock
        rig.clock = WallClock(lambda: rig.ticks % PERIOD, old.uptime_ms() + seconds * 1000)
        for name in ("_base_s", "_least_base_s", "_most_base_s", "quality"):
            setattr(rig.clock, name, getattr(old, name))
        rig.counters = Counters("/r", rig.fs)
        rig.counters.boot(True)

    def tell_clock(self, offset_s):
        """A desktop sets the clock, wrong by so much; the tool then dates what it can."""
        if self.rig.clock.set(NOON_S + self.oracle.true_s + offset_s) == 0:
            self.oracle.clock_told(offset_s)
            self._keep()

    def settings(self, strict, rest_h, weekly_max):
        """The owner changes what may be narrowed."""
        for name, value in (("strict", strict), ("rest_h", rest_h), ("weekly_max", weekly_max)):
            assert self.rig.settings.write(name, b"%d" % value) == 0
            setattr(self.oracle, name, value)

    def press(self, slot, zones, cut_after_s=0):
        """Try a session with a routine of these zones; the power may go in the midst of it."""
        self._check_try(slot, zones)
        rig, oracle = self.rig, self.oracle
        if not self._ok(slot, zones):
            self.refused += 1
            return
        self.allowed += 1
        pressed = [zone for zone in zones if self._rested(zone, slot)]
        rig.counters.session_begins(zones, rig.clock, slot)
        oracle.began()
        self._unkept_s = 0
        if cut_after_s:
            self._run(min(cut_after_s, SESSION_S))
            oracle.ended(slot, zones, True)
            self.off(60)
            return
        self._run(SESSION_S)
        rig.counters.session_ended(pressed, rig.clock, {}, slot)
        oracle.ended(slot, pressed)
        self._unkept_s = 0

    def _ok(self, slot, zones=()):
        rig = self.rig
        return dose.session_allowed(rig.counters, rig.clock, rig.settings, zones, slot)[0]

    def _rested(self, zone, slot):
        rig = self.rig
        return dose.zone_rested(rig.counters, rig.clock, rig.settings, zone, slot)[0]

    def _check_try(self, slot, zones):
        oracle = self.oracle
        ok = self._ok(slot, zones)
        why = oracle.why_never(slot, zones)
        assert not (ok and why), "allowed in spite of " + why
        assert ok or not oracle.must_allow(slot, zones), "refused for nothing"
        for zone in zones:
            why = oracle.zone_never(slot, zone)
            assert not (why and self._rested(zone, slot)), (zone, why)

    def compare(self):
        """The pace is the oracle's, and so are rest and number a week."""
        rig, oracle = self.rig, self.oracle
        for slot in (0, 1):
            pace = oracle.pace(slot)
            given = (rig.counters, rig.clock, rig.settings, slot)
            assert dose.pace(*given)[0] == PACES[pace], (pace, dose.pace(*given))
            assert dose.rest_s(*given) == oracle.rest_s(slot)
            assert dose.weekly(*given) == oracle.a_week(slot)


ZONES = (1, 2, 3, 4, 5, 6)


class Dice:
    """Small random numbers, the same on every interpreter."""

    def __init__(self, seed):
        self._state = seed * 2654435761 % 2147483647 or 1

    def __call__(self, below):
        self._state = self._state * 48271 % 2147483647
        return self._state // 7 % below


def _stay(dice):
    return ("stay", (dice(90) + 1) * 60 if dice(3) else (dice(60) + 1) * HOUR_S)


def _off(dice):
    return ("off", (30, 600, 9 * HOUR_S, 3 * DAY_S)[dice(4)])


def _honest(_dice):
    return ("tell_clock", 0)


def _lie(dice):
    return (
        "tell_clock",
        (-400, -30, -2, -1, 1, 2, 3, 8, 30, 400)[dice(10)] * DAY_S + (dice(29) - 14) * HOUR_S,
    )


def _press(dice):
    zones = [zone for zone in ZONES if dice(2)] or [ZONES[dice(6)]]
    return ("press", (0, 0, 1, 2)[dice(4)], zones, 0 if dice(8) else dice(300) + 1)


def _press_all(dice):
    return ("press", dice(2), list(ZONES), 0)


def _settings(dice):
    return ("settings", (0, 0, 0, 1)[dice(4)], (12, 12, 24, 100)[dice(4)], (7, 7, 4, 2)[dice(4)])


def _deep(dice):
    return ("deep_sleep", (dice(40) + 1) * HOUR_S)


# Who has the tool, and what that person does, the likelier the more often it stands there.
LIVES = {
    "careful": (_stay, _stay, _stay, _deep, _honest, _press, _press, _settings),
    "switches it off": (_off, _honest, _press, _stay, _off, _honest, _press),
    "no desktop": (_stay, _stay, _off, _press, _press),
    "cheat": (_off, _lie, _press, _press_all, _off, _lie, _honest, _stay),
    "cheat without power cuts": (_lie, _press, _press_all, _stay, _honest, _deep),
    "anybody": (_stay, _off, _deep, _honest, _lie, _press, _press_all, _settings),
}


def act_of(life, dice):
    """One thing that happens in a life."""
    choices = LIVES[life]
    return choices[dice(len(choices))](dice)


def live(life, seed, acts):
    """A seeded life of so many acts; the Months after it."""
    dice = Dice(seed)
    months = Months()
    if life == "careful":
        months.act("tell_clock", 0)
    for _ in range(acts):
        months.act(*act_of(life, dice))
    return months
