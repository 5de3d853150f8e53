"""The motor shakes the force reading: an alert hides no excess, ends when it should, and counts as no press.

Over a sweep of half and one and a half of every parameter of motor, supply, tip, skin and cell (sim/parameters).
"""

from core import ids, limits, patterns
from press_rig import PERIOD_US, PressRig, Script

TIMEOUT_S = 240

ROWS = (
    "motor.push_mn",
    "motor.shaken_g",
    "motor.rise_us",
    "motor.lra_mhz",
    "motor.dip_mv",
    "nau7802.dip_nv_per_mv",
    "nau7802.noise_320",
    "hand.nudge_permille",
    "tip.mass_mg",
    "cell.n_per_mm",
    "cell.quality",
    "skin.n_per_m",
)
NUDGE = "hand.nudge_permille"
DIP = "nau7802.dip_nv_per_mv"
STRONGEST = {
    "motor.push_mn": 1500,
    "motor.shaken_g": 500,
    "motor.dip_mv": 1500,
    "skin.n_per_m": 1500,
    "tip.mass_mg": 1500,
}
QUIET = {"motor.push_mn": 0, "motor.dip_mv": 0, "hand.nudge_permille": 0}

# What the dip of the supply, half as strong again, and what is left of the shake can make of a force.
ERROR_MN = 25
ZONES = (ids.CHEEKS, ids.CROWS_FEET, ids.FOREHEAD)


def scales():
    """Nothing, each row alone, signs turned, and the strongest shake with either sign."""
    yield {}
    for row in ROWS:
        yield {row: 500}
        yield {row: 1500}
    for sign in (1, -1):
        yield {DIP: -1500 * sign}
        yield {NUDGE: -1500 * sign}
        strongest = {DIP: 1500 * sign}
        strongest.update(STRONGEST)
        yield strongest


def sweep():
    """(zone, scale): each zone as the table stands, then the zones in turns."""
    for zone in ZONES:
        yield zone, {}
    for n, scale in enumerate(scales()):
        yield ZONES[n % 3], scale


def rig_for(zone, scale):
    rig = PressRig(zone, scale)
    rig.run(250)
    rig.watch.begin_step()
    return rig


def script(rig, force, at_least=False):
    """Press so that the tip does what `force(ms)` says, at most or at least, whatever the shaking grip adds."""
    nudge = rig.plant.values[NUDGE] / 1000
    share = 1 + (min(0, nudge) if at_least else max(0, nudge))
    rig.plant.hand = Script(lambda ms: force(ms) / share, rig.now_us, nudge)


def full_drive(rig):
    """The motor runs at full strength whatever is asked of it: harder than any pattern."""
    rig.plant.drv.drive_permille = lambda: 1000


def steps_until(rig, condition, most):
    for n in range(most):
        if condition():
            return n
        rig.step()
    return most


def over_samples(zone, scale, slope_n_s, more_mn, motor):
    """Samples from the touch until an excess is told, over a limit that is raised by so many mN."""
    rig = rig_for(zone, scale)
    judge = rig.watch.judge
    judge.set_limits(judge.lo_mn, judge.hi_mn, judge.warn_mn, judge.limit_mn + more_mn)
    if motor:
        full_drive(rig)
    script(rig, lambda ms: slope_n_s * ms, True)
    samples = steps_until(rig, lambda: rig.watch.tally.over_count > 0, 3000)
    assert rig.watch.fault == 0
    return samples


def test_an_alert_hides_no_excess():
    """With the motor at full strength an excess is told at most one sample later than without any motor."""
    quiet = {}
    for zone, scale in sweep():
        for slope in (1, 10):
            if (zone, slope) not in quiet:
                quiet[zone, slope] = over_samples(zone, QUIET, slope, ERROR_MN, False)
            assert over_samples(zone, scale, slope, 0, True) <= quiet[zone, slope] + 1, (zone, slope, scale)


def test_an_excess_stays_told_and_counts_on_under_its_own_alarm():
    for zone, scale in sweep():
        rig = rig_for(zone, scale)
        limit = rig.limits.limit_mn
        script(rig, lambda ms: min(limit + 60, 8 * ms), True)
        rig.run(limit // 8 + 100)
        for _ in range(4000000 // PERIOD_US):
            rig.step()
            assert rig.player.cue == ids.CUE_OVER, (zone, scale)
        tally = rig.watch.tally
        assert tally.over_count == 3 and tally.reaction_count == 0, (zone, scale, tally.over_count)


def drop(zone, scale, from_mn, to_mn, most):
    """Steps from a fall of the true force until the alert that held before is over, and the highest alert after."""
    rig = rig_for(zone, scale)
    script(rig, lambda ms: min(from_mn, 8 * ms), True)
    rig.run(from_mn // 8 + 200)
    assert rig.watch.judge.alert, (zone, scale)
    full_drive(rig)
    rig.run(100)
    script(rig, lambda ms: max(to_mn, from_mn - 20 * ms))
    fall = (from_mn - to_mn) * 1000 // 20 // PERIOD_US + 1
    ended = steps_until(rig, lambda: not rig.watch.judge.alert, fall + most) - fall
    alert = 0
    for _ in range(320):
        rig.step()
        alert = max(alert, rig.watch.judge.alert)
    return ended * PERIOD_US, alert


def test_an_alarm_does_not_keep_itself_alive():
    """Over 50 ms after the true force has come down to its end, and it stays so, with the motor at full strength."""
    for zone, scale in sweep():
        held = limits.zone_limits(zone)
        ended_us, after = drop(zone, scale, held.limit_mn + 300, held.hi_mn - 200 - ERROR_MN, 100)
        assert ended_us <= 50000 and not after, (zone, scale, ended_us, after)


def test_a_warning_does_not_keep_itself_alive():
    """Over 210 ms after the true force has come down: 150 ms of calm, and what the filter needs."""
    for zone, scale in sweep():
        held = limits.zone_limits(zone)
        ended_us, after = drop(zone, scale, (held.warn_mn + held.limit_mn) // 2, held.warn_mn - ERROR_MN, 200)
        assert ended_us <= 210000 and not after, (zone, scale, ended_us, after)


def test_shake_on_a_free_tip_is_no_press_and_no_new_zero():
    """Every cue and two seconds of full drive: no contact, no warning, no fault; the zero keeps to 20 mN."""
    for scale in scales():
        rig = rig_for(ids.CHEEKS, scale)
        zero = rig.force.zero
        for cue in patterns.PATTERNS:
            rig.player.ask(cue)
            rig.run(500)
        full_drive(rig)
        rig.run(2000)
        band_us = rig.watch.tally.band_us
        assert sum(band_us) == band_us[ids.NO_CONTACT], scale
        assert (rig.alerts, rig.watch.tally.jab_count, rig.force.spikes, rig.watch.fault) == (0, 0, 0, 0), (
            scale
        )
        assert abs(rig.force.zero - zero) <= 43 * 20, (scale, rig.force.zero - zero)


def test_shake_in_band_stays_in_band():
    """A steady force inside the band with a cue, then full drive: in band all the time, nothing else is seen."""
    for n, (zone, scale) in enumerate(sweep()):
        rig = rig_for(zone, scale)
        low, high = rig.limits.lo_mn, rig.limits.hi_mn
        force_mn = (low + 90, (low + high) // 2, high - 60)[n // 3 % 3]
        script(rig, lambda ms: min(force_mn, ms))
        rig.run(force_mn + 100)
        rig.player.ask(ids.CUE_LIFT)
        for step in range(640):
            if step == 320:
                full_drive(rig)
            rig.step()
            assert rig.watch.judge.state == ids.IN_BAND, (zone, scale, force_mn, rig.force.force_mn)
        assert (rig.alerts, rig.watch.tally.jab_count, rig.force.spikes, rig.watch.fault) == (0, 0, 0, 0), (
            scale
        )


def test_a_reading_that_stands_still_is_found_while_the_motor_runs():
    rig = rig_for(ids.CHEEKS, {})
    script(rig, lambda ms: min(2600, 3 * ms))
    rig.run(1500)
    assert rig.player.cue == ids.CUE_OVER and rig.watch.fault == 0
    rig.plant.nau.stuck_value = 100000
    rig.run(290)
    assert rig.watch.fault == 0
    rig.run(20)
    assert rig.watch.fault == ids.FAULT_STUCK
