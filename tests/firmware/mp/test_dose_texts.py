"""Which wait is told, and how."""

from core import dose, ids
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
