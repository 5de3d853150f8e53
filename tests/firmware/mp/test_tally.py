"""The sums of a step, to the microsecond."""

from core import ids
from core.tally import Tally

FULL_US = 900000000


def test_a_new_one_is_empty():
    tally = Tally()
    values = tally.values()
    assert not any(values.values()), values
    assert list(tally.band_us) == [0] * 8 and tally.contact_us() == 0


def test_each_sum_goes_to_its_field():
    tally = Tally()
    tally.begin(1234)
    for state in range(1, 7):
        tally.add(state, 1000, state * 2000000, False)
    tally.add(ids.NO_CONTACT, 5000, 7000000, True)
    tally.blind(8000000)
    values = tally.values()
    assert values["start_ms"] == 1234 and values["contact_ms"] == 42000
    assert values["light_ms"] == ids.LIGHT * 2000 and values["in_band_ms"] == ids.IN_BAND * 2000
    assert values["high_ms"] == ids.HIGH * 2000 and values["warn_ms"] == ids.WARN * 2000
    assert values["over_ms"] == (ids.OVER + ids.OVERLOAD) * 2000
    assert values["blind_ms"] == 8000 and values["motor_on_ms"] == 7000
    assert values["peak_mn"] == 1000 and values["impulse_mn_s"] == 42000
    assert tally.band_us[ids.NO_CONTACT] == 7000000


def test_counts_are_reported():
    tally = Tally()
    tally.warn_count, tally.over_count, tally.jab_count = 3, 2, 1
    values = tally.values()
    assert (values["warn_count"], values["over_count"], values["jab_count"]) == (3, 2, 1)


def test_begin_clears_everything():
    tally = Tally()
    for state in range(8):
        tally.add(state, 1001, 1000005, True)
    tally.blind(1)
    tally.react(70)
    tally.warn_count = tally.over_count = tally.jab_count = 1
    tally.begin(0)
    assert tally.values() == Tally().values()
    assert list(tally.band_us) == [0] * 8
    tally.add(ids.IN_BAND, 199, 1000000, False)
    tally.add(ids.IN_BAND, 1, 0, False)
    assert tally.impulse_mn_s == 199, "nothing of the step before is carried over"


def test_impulse_keeps_what_is_left_over():
    tally = Tally()
    for _ in range(320):
        tally.add(ids.IN_BAND, 1000, 3125, False)
    assert tally.impulse_mn_s == 1000
    tally = Tally()
    tally.add(ids.IN_BAND, 1, 999995, False)
    assert tally.impulse_mn_s == 0
    tally.add(ids.IN_BAND, 1, 5, False)
    assert tally.impulse_mn_s == 1
    tally.add(ids.IN_BAND, 2, 999995, False)
    assert tally.impulse_mn_s == 2
    tally.add(ids.IN_BAND, 1, 10, False)
    assert tally.impulse_mn_s == 3


def test_mean_and_peak():
    tally = Tally()
    tally.add(ids.IN_BAND, 1200, 1000000, False)
    tally.add(ids.IN_BAND, 800, 1000000, False)
    values = tally.values()
    assert values["mean_mn"] == 1000 and values["peak_mn"] == 1200
    tally.add(ids.OVER, 70000, 5, False)
    tally.impulse_mn_s = 10**6
    values = tally.values()
    assert values["peak_mn"] == 0xFFFF and values["mean_mn"] == 0xFFFF


def test_motor_time_counts_only_while_it_runs():
    tally = Tally()
    tally.add(ids.IN_BAND, 1000, 5000, True)
    tally.add(ids.IN_BAND, 1000, 6000, False)
    assert tally.values()["motor_on_ms"] == 5


def test_sums_stop_at_their_ceiling():
    for start_us, end_us in ((FULL_US - 1, FULL_US + 1999), (FULL_US, FULL_US)):
        tally = Tally()
        tally.band_us[ids.IN_BAND] = tally.motor_us = tally.blind_us = start_us
        tally.add(ids.IN_BAND, 1000, 2000, True)
        tally.blind(2000)
        assert (tally.band_us[ids.IN_BAND], tally.motor_us) == (end_us, end_us)
        assert tally.blind_us == FULL_US, "a gap of any length stops at the ceiling"


def test_reactions():
    tally = Tally()
    for reaction_ms in (300, 500, 400):
        tally.react(reaction_ms)
    values = tally.values()
    assert values["reaction_count"] == 3
    assert values["reaction_mean_ms"] == 400 and values["reaction_max_ms"] == 500
    tally.react(70000)
    assert tally.values()["reaction_max_ms"] == 0xFFFF
    tally.react(10**6)
    assert tally.values()["reaction_mean_ms"] == 0xFFFF


def test_contact_is_all_states_from_light_to_overload():
    tally = Tally()
    for state in range(8):
        tally.band_us[state] = 10**state
    assert tally.contact_us() == 1111110
