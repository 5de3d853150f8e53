"""Which wait is told, and how."""

from core import dose, ids, moments
from core.counters import WEEK_S
from dose_rig import NOON_S, Rig


def told_first(first, then):
    """Why no session of both zones may begin when one was pressed two hours before the other."""
    rig = Rig()
    rig.clock.set(NOON_S)
    rig.press([first])
    rig.pass_s(7200)
    rig.press([then])
    return dose.session_allowed(rig.counters, rig.clock, rig.settings, (then, first))


def test_the_zone_that_is_free_first_is_told_whatever_its_name():
    for first, then in ((ids.CHEEKS, ids.JAWLINE), (ids.JAWLINE, ids.CHEEKS)):
        allowed, text = told_first(first, then)
        assert not allowed and text.startswith("the zone %s rests 48 h" % ids.ZONE_NAMES[first]), text
        assert "free in 45 h 55 min" in text, text


def test_a_wait_of_almost_a_week_is_under_seven_days():
    assert dose._span(10079 * 60) == "6 days 23 h"


class Ran:
    """Counters of a tool whose sessions ended so many running seconds ago."""

    def __init__(self, ages):
        self.ends = [[0, 1, 2000000 - age_s] for age_s in ages]

    def session_ends(self, _slot):
        return self.ends

    def life_s(self, _clock):
        return 2000000


def test_seven_sessions_need_a_week_of_running_time():
    others = [n * 3600 for n in range(1, 7)]
    for oldest_s, wait in (
        (WEEK_S - 1, "1 min"),
        (WEEK_S - 7200, "2 h 0 min"),
        (WEEK_S, ""),
        (WEEK_S + 1, ""),
    ):
        text = dose._week_of_running(Ran([oldest_s] + others), None, 0)
        assert (wait in text) if wait else text == "", (oldest_s, text)
    assert dose._week_of_running(Ran(others), None, 0) == "", "six are not seven"


def test_sessions_of_this_week_are_counted():
    rig = Rig()
    rig.clock.set(NOON_S)
    assert dose.this_week(rig.counters, rig.clock) == 0
    rig.press([ids.CHEEKS])
    rig.press([ids.JAWLINE])
    assert dose.this_week(rig.counters, rig.clock) == 2


def test_a_moment_that_stays_is_told_so():
    moment = [NOON_S, 3, 500]
    assert moments.date(moment, 4, NOON_S + 900, 800) is False and moment == [NOON_S, 3, 500]
    assert moments.date(moment, 3, NOON_S + 300, 800) is False, "it is dated so already"
    assert moments.date([NOON_S, 3, 900], 3, NOON_S, 800) is False, "never later than now"
    assert moments.date([0, 3, 500], 4, NOON_S, 800) is True
