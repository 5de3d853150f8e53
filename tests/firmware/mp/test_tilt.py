"""The tip's weight moves the zero as the tool is turned: contact, zero and force cope, within the budget of 5 g."""

from core import ids
from press_rig import PressRig, Script

WEIGHT_MN = 49.03
DOWN, LEVEL, UP = -1000, 0, 1000
HELD = (DOWN, LEVEL, UP)


def held(tilt, mass_permille=1000):
    """A rig that has been held so for long: its zero has followed."""
    rig = PressRig(ids.CHEEKS, {"tip.mass_mg": mass_permille})
    rig.plant.tilt_permille = tilt
    rig.force.zero = int(WEIGHT_MN * mass_permille / 1000 * tilt / 1000 * 42.95)
    rig.run(1000)
    rig.watch.begin_step()
    return rig


def press_and_turn(rig, tilt, press_mn=1200):
    """Press, turn in contact, and show the mean error of the force after it."""
    rig.plant.hand = Script(lambda ms: min(press_mn, 2 * ms), rig.now_us)
    rig.run(800)
    rig.plant.tilt_permille = tilt
    rig.run(100)
    total = 0
    for _ in range(320):
        rig.step()
        total += rig.force.force_mn - press_mn
    return total / 320


def lifts(rig, most_ms):
    """Whether a lift is felt in time."""
    rig.plant.hand = Script(lambda ms: 0, rig.now_us)
    rig.run(most_ms)
    return not rig.watch.judge.contact


def test_a_free_tip_is_no_contact_however_it_is_turned():
    for mass in (500, 1000, 1500):
        for before in HELD:
            for after in HELD:
                rig = held(before, mass)
                rig.plant.tilt_permille = after
                rig.run(400)
                band_us = rig.watch.tally.band_us
                assert sum(band_us) == band_us[ids.NO_CONTACT] and not rig.alerts, (mass, before, after)


def test_force_is_off_by_the_turned_weight_and_no_more():
    for before in HELD:
        for after in HELD:
            rig = held(before)
            expected = WEIGHT_MN * (after - before) / 1000
            assert abs(press_and_turn(rig, after) - expected) <= 8, (before, after)


def test_a_lift_is_felt_however_the_tool_was_turned_in_contact():
    for before in HELD:
        for after in HELD:
            rig = held(before)
            press_and_turn(rig, after)
            assert lifts(rig, 80), (before, after)


def test_zero_follows_a_turn_without_contact():
    for after in HELD:
        rig = held(DOWN)
        rig.plant.tilt_permille = after
        rig.run(8000)
        assert abs(rig.force.force_mn) < 15, after
        assert abs(press_and_turn(rig, after)) < 15


def test_a_tip_of_half_as_much_again_still_lifts_when_turned_level():
    for before, after in ((LEVEL, UP), (DOWN, LEVEL)):
        rig = held(before, 1500)
        press_and_turn(rig, after)
        assert lifts(rig, 80), (before, after)
