"""Whether a session or a zone may be pressed now, how gently, and how long to wait.

Decides only; keeps nothing. The rules, and where they come from: docs/limits.md (pace and rest).
"""

from . import ids, limits
from .counters import SHARED, WEEK_S
from .moments import elapsed_s, ran_s

UNKNOWN_MAX = 7


def pace(counters, clock, settings, slot: int = SHARED):
    """The pace in force: (limits.PACE_*, limits.BY_* that chose it).

    Args:
        counters: core.counters.Counters.
        clock: core.clock.WallClock.
        settings: core.settings.Settings.
        slot: the user slot.
    """
    if settings.value("strict"):
        return limits.PACE_STRICT, limits.BY_STRICT
    if not clock.dose_s() or counters.fault or counters.total(slot) < limits.FIRST_SESSIONS:
        return limits.PACE_FIRST, limits.BY_FIRST_WEEK
    return limits.PACE_LATER, limits.BY_PACE


def rest_s(counters, clock, settings, slot: int = SHARED) -> int:
    """Rest of a zone in seconds: the longest that pace, settings and floor ask for."""
    hours = pace(counters, clock, settings, slot)[0][3]
    return max(hours, settings.value("rest_h"), limits.REST_FLOOR_H) * 3600


def weekly(counters, clock, settings, slot: int = SHARED) -> int:
    """Sessions allowed in 7 days: the fewest that pace, settings and ceiling allow."""
    return min(
        pace(counters, clock, settings, slot)[0][4], settings.value("weekly_max"), limits.WEEKLY_CEILING
    )


def zone_rested(counters, clock, settings, zone: int, slot: int = SHARED):
    """Whether a zone has had its rest: (ok, wait_ms, why not and what next).

    A press of an earlier power-up, with the time unknown, cannot be dated: then `session_allowed` holds
    instead, with its one session a power-up.
    """
    needed_s = rest_s(counters, clock, settings, slot)
    wait_s = 0
    for moment in counters.zone_ends(zone, slot):
        passed_s = elapsed_s(moment, counters, clock)
        if passed_s is not None:
            wait_s = max(wait_s, needed_s - max(0, passed_s))
    if wait_s <= 0:
        return True, 0, ""
    text = "the zone %s rests %d h after a session; it is free in %s: wait, or press other zones"
    return False, wait_s * 1000, text % (ids.ZONE_NAMES[zone], needed_s // 3600, _span(wait_s))


def session_allowed(counters, clock, settings, zones=(), slot: int = SHARED):
    """Whether a session may begin now: (ok, why not and what to do next).

    Args:
        counters: core.counters.Counters.
        clock: core.clock.WallClock.
        settings: core.settings.Settings.
        zones: zones of the routine; it is refused when every one of them still rests. Without any, rest is
            not asked.
        slot: the user slot.
    """
    if counters.fault:
        return False, "the over-use counters cannot be read (%s): practice only" % counters.fault
    text = _unknown_time(counters, clock) or _week(counters, clock, settings, slot)
    text = text or _week_of_running(counters, clock, slot)
    if text:
        return False, text
    waits = [zone_rested(counters, clock, settings, zone, slot) for zone in zones]
    if waits and not [1 for ok, _wait_ms, _text in waits if ok]:
        shortest = min(waits, key=lambda wait: wait[1])
        return False, shortest[2]
    return True, ""


def _unknown_time(counters, clock) -> str:
    if clock.dose_s():
        return ""
    if counters.unknown_sessions() >= UNKNOWN_MAX:
        return "seven sessions since the clock was lost: practice only; sync, which sets the clock"
    if counters.is_unknown_used() and counters.has_lost_time(clock):
        return "one session a power-up while the clock is not set; sync, which sets the clock"
    return ""


def this_week(counters, clock, slot: int = SHARED) -> int:
    """Sessions of the last 7 days, as far as they can be dated."""
    return len(_recent(counters, clock, slot))


def _recent(counters, clock, slot: int) -> list:
    """Rising ages in seconds of the sessions of the last 7 days."""
    passed = [elapsed_s(moment, counters, clock) for moment in counters.session_ends(slot)]
    return sorted([max(0, span_s) for span_s in passed if span_s is not None and span_s < WEEK_S])


def _week(counters, clock, settings, slot: int) -> str:
    most = weekly(counters, clock, settings, slot)
    recent = _recent(counters, clock, slot)
    if len(recent) < most:
        return ""
    wait_s = WEEK_S - recent[most - 1]
    return "%d of %d sessions in 7 days are done; the next is free in %s: rest days are part of it" % (
        len(recent),
        most,
        _span(wait_s),
    )


def _week_of_running(counters, clock, slot: int) -> str:
    """Whatever a clock was told after a loss of power, so many sessions need a week that the tool itself has seen."""
    ran = sorted([ran_s(moment, counters, clock) for moment in counters.session_ends(slot)])
    if len(ran) < limits.WEEKLY_CEILING or ran[limits.WEEKLY_CEILING - 1] >= WEEK_S:
        return ""
    wait_s = WEEK_S - ran[limits.WEEKLY_CEILING - 1]
    text = "%d sessions in 7 days of running time, after losses of power: leave the tool on, asleep, for %s"
    return text % (limits.WEEKLY_CEILING, _span(wait_s))


def _span(seconds: int) -> str:
    minutes = (seconds + 59) // 60
    if minutes >= 2880:
        return "%d days %d h" % (minutes // 1440, minutes % 1440 // 60)
    return "%d h %d min" % (minutes // 60, minutes % 60) if minutes >= 60 else "%d min" % minutes
