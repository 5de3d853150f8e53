"""Data that cannot be believed ends in a fault with its reason, within 100 ms, with the right pattern."""

from core import ids, patterns
from core.doubts import Doubts
from core_rig import Rig


def pressed():
    rig = Rig()
    rig.run(1500, 700)
    assert rig.watch.fault == 0 and rig.watch.judge.contact
    return rig


def time_to_fault(rig, ms=1000):
    start_us = rig.now_us
    rig.run(ms, None, lambda: rig.watch.fault)
    return (rig.now_us - start_us) // 1000


def test_saturated_either_way():
    for raw in (0x7FFFFF, -0x800000):
        rig = pressed()
        rig.sensor.raw = raw
        assert time_to_fault(rig) <= 100
        assert rig.watch.fault == ids.FAULT_SATURATED


def test_out_of_range():
    rig = pressed()
    rig.sensor.force_mn = 70000
    assert time_to_fault(rig) <= 100
    assert rig.watch.fault == ids.FAULT_RANGE


def test_stuck_value_after_300_ms():
    rig = pressed()
    rig.sensor.raw = 30000
    took = time_to_fault(rig)
    assert 290 <= took <= 320, took
    assert rig.watch.fault == ids.FAULT_STUCK


def test_silence_is_stale_within_100_ms():
    rig = pressed()
    rig.sensor.silent = True
    took = time_to_fault(rig)
    assert 85 <= took <= 100, took
    assert rig.watch.fault == ids.FAULT_STALE


def test_bus_errors_for_ever():
    rig = pressed()
    rig.sensor.failing = True
    assert time_to_fault(rig) <= 100
    assert rig.watch.fault == ids.FAULT_BUS


def test_one_bus_error_is_forgiven():
    rig = pressed()
    rig.sensor.failing = True
    rig.run(7)
    rig.sensor.failing = False
    rig.run(500, 700)
    assert rig.watch.fault == 0


def test_missed_edge_is_found_by_the_timer():
    rig = pressed()
    before = rig.watch.sample_count
    for _ in range(20):
        rig.now_us += 10000
        rig.watch.on_timer(None)
    assert rig.watch.sample_count == before + 20 and rig.watch.fault == 0


def test_one_spike_is_dropped_and_judged_by_nobody():
    rig = pressed()
    peak = rig.watch.force.force_mn
    rig.sensor.force_mn = 9000
    rig.step(1)
    rig.sensor.force_mn = 700
    rig.run(200, 700, lambda: rig.watch.force.force_mn > peak + 60)
    assert rig.watch.force.force_mn <= peak + 60 and rig.watch.fault == 0
    assert rig.player.cue == ids.CUE_NONE


def test_many_spikes_are_a_fault():
    rig = pressed()
    for i in range(200):
        rig.sensor.force_mn = 9000 if i % 4 == 0 else 700
        rig.step(i)
    assert rig.watch.fault == ids.FAULT_SPIKES


def test_a_real_blow_is_believed_at_once():
    rig = pressed()
    rig.run(40, 9000)
    assert rig.watch.overload


def test_fault_is_shown_and_its_pattern_played_once():
    rig = pressed()
    rig.sensor.silent = True
    rig.run(200)
    assert rig.player.cue == ids.CUE_FAULT and rig.light.colour == patterns.RED
    rig.run(4000)
    assert rig.player.cue == ids.CUE_NONE and rig.motor.level == 0


def test_announced_block_is_no_fault_and_its_time_is_blind():
    rig = pressed()
    rig.run(500, 0)
    rig.watch.begin_step()
    rig.watch.block()
    assert rig.motor.level == 0
    rig.now_us += 90000
    rig.watch.on_timer(None)
    rig.watch.unblock()
    rig.run(300, 0)
    assert rig.watch.fault == 0


def test_an_unannounced_blackout_is_a_fault_in_contact_and_without():
    for force_mn in (700, 0):
        rig = Rig()
        rig.run(1500, force_mn)
        rig.now_us += 100000
        rig.step(1)
        assert rig.watch.fault == ids.FAULT_STALE, force_mn
        assert rig.player.cue == ids.CUE_FAULT and rig.motor.level > 0


def test_a_watch_held_up_is_told_by_the_main_loop_with_the_motor_off():
    rig = pressed()
    rig.run(500, 2600)
    rig.run(500, None, lambda: rig.motor.level)
    assert rig.motor.level
    doubts = Doubts(rig.watch, None)
    for _ in range(5):
        rig.now_us += 20000
        doubts.tick(20)
    assert rig.watch.fault == ids.FAULT_STALE
    assert rig.motor.level == 0, "nobody would end the pulse"


def test_unannounced_gap_is_counted_as_blind():
    rig = pressed()
    rig.watch.begin_step()
    rig.now_us += 80000
    rig.run(500, 700)
    assert rig.watch.tally.values()["blind_ms"] >= 80


def test_a_gap_in_contact_hides_no_force():
    rig = pressed()
    rig.now_us += 80000
    rig.run(200, 700)
    assert abs(rig.watch.force.force_mn - 700) < 5, rig.watch.force.force_mn
    rig.run(500, 2600)
    assert rig.player.cue == ids.CUE_OVER
