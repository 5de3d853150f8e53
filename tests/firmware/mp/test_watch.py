"""The watch alone: samples, silence, doubt, faults, blocks."""

from core import force_filter, ids, judge, pipeline, sampling, watch
from core.judge import ALERT_OVER, ALERT_WARN
from watch_bench import DT_US, Bench


def test_figures():
    assert (sampling.POLL_AFTER_US, sampling.FAULT_PERSISTS_US, pipeline.FORGIVEN_SHARE) == (6000, 40000, 4)
    assert watch.LIFT_US == 2000000


def test_cells_that_the_pipeline_reads_are_those_of_filter_and_judge():
    for owner, names in (
        (force_filter, ("FORCE", "SLOPE", "AHEAD", "READY")),
        (judge, ("STATE", "IN_CONTACT", "ALERT", "NEWS")),
    ):
        for name in names:
            assert getattr(pipeline, name) == getattr(owner, name), name


def test_a_new_watch():
    bench = Bench(123, False)
    w = bench.watch
    assert not w.running and w.blocked and not w.counting and not w.press_open and not w.overload
    for name in (
        "t_ms", "session_start_ms", "beats", "sample_count", "bus_errors", "fault", "fault_count", "contact_us",
        "gap_us", "gap_before_us", "light_us", "press_us", "limit_events",
    ):  # fmt: skip
        assert getattr(w, name) == 0, name
    bench.sample(700)
    assert bench.force.taken == [], "not started: it takes nothing"
    bench.timer()
    assert w.beats == 1 and bench.player.told is None


def test_start_begins_at_this_moment():
    bench = Bench(5000000, False)
    bench.now_us += 5000000
    bench.watch.start()
    assert bench.watch.running and not bench.watch.blocked and bench.force.restarts == 1
    bench.sample()
    assert bench.force.taken == [(77, 10003125, DT_US)]
    assert bench.player.told == (DT_US, 0, 0) and bench.watch.t_ms == 3


def test_running_time_keeps_its_remainder():
    bench = Bench()
    bench.sample(count=320)
    assert bench.watch.t_ms == 1000 and bench.player.us == 1000000
    assert bench.watch.sample_count == 320


def test_ticks_that_wrap_are_differences_still():
    bench = Bench((1 << 30) - 2000)
    bench.sample()
    assert bench.force.taken[0][2] == DT_US and bench.player.told[0] == DT_US
    bench = Bench((1 << 30) - 2000)
    bench.timer(6001)
    assert bench.sensor.asked == 1 and bench.watch.fault == 0


def test_the_timer_polls_after_6_ms_of_silence():
    for silent_us, asked in ((6000, 0), (6001, 1)):
        bench = Bench()
        bench.timer(silent_us)
        assert bench.sensor.asked == asked, silent_us
        assert bench.watch.sample_count == 0
    bench = Bench()
    bench.sensor.is_ready = True
    bench.timer(20000)
    assert bench.watch.sample_count == 1 and bench.player.told[0] == 20000


def test_silence_is_played_through_after_30_ms_and_is_stale_at_90():
    bench = Bench()
    bench.timer(30000)
    assert bench.player.told is None
    bench.timer(1)
    assert bench.player.told == (30001, 0, 0)
    bench.timer(59998)
    assert bench.watch.fault == 0
    bench.timer(1)
    assert bench.watch.fault == ids.FAULT_STALE


def test_a_poll_that_finds_data_ends_the_silence():
    bench = Bench()
    bench.sensor.is_ready = True
    bench.timer(89000)
    assert bench.watch.fault == 0 and bench.watch.sample_count == 1


def test_a_blackout_is_a_fault_whoever_ends_it():
    for by in ("sample", "timer"):
        for gap_us, fault in ((89999, ids.FAULT_NONE), (90000, ids.FAULT_STALE)):
            bench = Bench()
            bench.sensor.is_ready = True
            bench.timer(0)
            getattr(bench, by)(dt_us=gap_us)
            assert bench.watch.fault == fault, (by, gap_us)
            assert bench.player.asked == ([ids.CUE_FAULT] if fault else [])


def test_the_main_loop_tells_a_watch_that_nobody_calls():
    bench = Bench()
    bench.timer()
    bench.now_us += 70000
    bench.watch.check_alive()
    assert bench.watch.fault == 0 and bench.player.silences == 0
    bench.sample()
    bench.now_us += 89999
    bench.watch.check_alive()
    assert bench.watch.fault == 0, "silence counts from the last sample"
    bench.now_us += 1
    bench.watch.check_alive()
    assert bench.watch.fault == ids.FAULT_STALE and bench.player.silences == 1
    bench.now_us += 500000
    bench.watch.check_alive()
    assert bench.player.silences == 1 and bench.watch.fault_count == 1, "once"


def test_a_timer_that_runs_judges_silence_itself():
    bench = Bench()
    bench.sensor.failing = True
    for _ in range(8):
        bench.timer()
    bench.now_us += 24999
    bench.watch.check_alive()
    assert bench.watch.fault == 0, "it has looked a moment ago"
    bench.now_us += 1
    bench.watch.check_alive()
    assert bench.watch.fault == ids.FAULT_STALE


def test_who_does_not_watch_is_not_held_up():
    for at_rest in ("stop", "block"):
        bench = Bench()
        getattr(bench.watch, at_rest)()
        bench.player.silences = 0
        bench.now_us += 500000
        bench.watch.check_alive()
        assert bench.watch.fault == 0 and bench.player.silences == 0, at_rest


def test_held_up_over_a_wrap_of_the_ticks():
    bench = Bench((1 << 30) - 50000)
    bench.now_us += 89999
    bench.watch.check_alive()
    assert bench.watch.fault == 0
    bench.now_us += 1
    bench.watch.check_alive()
    assert bench.watch.fault == ids.FAULT_STALE


def test_bus_errors_are_counted_and_forgotten_by_a_good_read():
    bench = Bench()
    bench.sensor.failing = True
    bench.sample(count=2)
    bench.timer(80000)
    assert bench.watch.bus_errors == 3 and bench.watch.fault == 0 and bench.watch.sample_count == 0
    bench.timer(10000)
    assert bench.watch.fault == ids.FAULT_BUS
    bench = Bench()
    bench.sensor.failing = True
    bench.sample()
    bench.sensor.failing = False
    bench.sample()
    assert bench.watch.bus_errors == 0
    bench.timer(100000)
    assert bench.watch.fault == ids.FAULT_STALE, "errors of before do not name this fault"


def test_counters_stay_small_integers():
    bench = Bench()
    bench.watch.beats = bench.watch.bus_errors = 0x3FFFFFFF
    bench.sensor.failing = True
    bench.timer(7000)
    assert bench.watch.bus_errors == 0
    bench.timer(30000)
    assert bench.watch.beats == 0
    bench.watch.bus_errors = 0x3FFFFFFF
    bench.sample()
    assert bench.watch.bus_errors == 0


def test_a_gap_of_more_than_30_ms_is_blind_and_begins_anew():
    for gap_us, restarts, passed_us, blind_us in ((30000, 1, 30000, 0), (30001, 2, 0, 30001)):
        bench = Bench()
        bench.watch.begin_step()
        bench.sample(700, gap_us)
        assert bench.force.restarts == restarts, gap_us
        assert bench.force.taken[0][2] == passed_us
        assert bench.watch.tally.blind_us == blind_us
    bench = Bench()
    bench.sample(700, 50000)
    assert bench.watch.tally.blind_us == 0, "outside a step nothing counts"


def test_an_unready_force_is_not_judged_and_blind():
    bench = Bench()
    bench.watch.begin_step()
    bench.force.ready = False
    bench.sample(700)
    assert not bench.watch.judge.contact and bench.watch.tally.blind_us == DT_US
    bench.watch.end_step()
    bench.sample(700)
    assert bench.watch.tally.blind_us == DT_US


def test_a_fault_that_persists_40_ms_is_latched():
    bench = Bench()
    bench.watch.begin_step()
    bench.force.fault = ids.FAULT_RANGE
    bench.sample(dt_us=20000)
    bench.sample(dt_us=19999)
    assert bench.watch.fault == 0 and bench.watch.tally.blind_us == 39999
    bench.sample(dt_us=1)
    assert bench.watch.fault == ids.FAULT_RANGE


def test_doubt_fades_at_a_quarter_of_the_good_time():
    for good_us, latched in ((39996, True), (40000, False)):
        bench = Bench()
        bench.force.fault = ids.FAULT_RANGE
        bench.sample(dt_us=20000)
        bench.force.fault = 0
        bench.sample(dt_us=20000)
        bench.sample(dt_us=good_us - 20000)
        bench.force.fault = ids.FAULT_RANGE
        bench.sample(dt_us=29999)
        assert (bench.watch.fault != 0) == latched, good_us


def test_doubt_never_becomes_credit():
    bench = Bench()
    bench.force.fault = ids.FAULT_SATURATED
    bench.sample(dt_us=1)
    bench.force.fault = 0
    bench.sample(dt_us=30000)
    bench.sample(dt_us=30000)
    bench.force.fault = ids.FAULT_SATURATED
    bench.sample(dt_us=20000)
    bench.sample(dt_us=20000)
    assert bench.watch.fault == ids.FAULT_SATURATED


def test_stuck_and_spikes_are_latched_at_once():
    for fault in (ids.FAULT_STUCK, ids.FAULT_SPIKES):
        bench = Bench()
        bench.force.fault = fault
        bench.sample()
        assert bench.watch.fault == fault and bench.watch.tally.blind_us == 0


def test_latching_tells_once_and_the_first_reason_stands():
    bench = Bench()
    bench.sample(dt_us=20000)
    bench.watch.session_start_ms = 5
    bench.sample(700)
    bench.sample(2600)
    assert bench.watch.judge.alert == ALERT_OVER
    bench.events()
    bench.watch.latch(ids.FAULT_STALE)
    bench.watch.latch(ids.FAULT_BUS)
    assert bench.watch.fault == ids.FAULT_STALE and bench.watch.fault_count == 1
    assert bench.player.asked == [ids.CUE_FAULT]
    assert bench.events() == [(21, ids.EVENT_FAULT, ids.FAULT_STALE)]
    assert bench.watch.judge.alert == 0


def test_a_fault_stops_alerts_from_being_played():
    bench = Bench()
    bench.sample(700)
    bench.watch.latch(ids.FAULT_STALE)
    bench.sample(2600)
    assert bench.player.told == (DT_US, ids.CUE_NONE, 0)


def test_clearing_a_fault_believes_the_sensor_again():
    bench = Bench()
    bench.force.fault = ids.FAULT_RANGE
    bench.sample(dt_us=30000)
    bench.watch.latch(ids.FAULT_STALE)
    bench.watch.bus_errors = 3
    bench.watch.overload = True
    bench.watch.judge.alert = ALERT_WARN
    bench.now_us += 500000
    restarts = bench.force.restarts
    bench.watch.clear_fault()
    w = bench.watch
    assert (w.fault, w.bus_errors, w.overload, w.judge.alert) == (0, 0, False, 0)
    assert bench.force.restarts == restarts + 1
    bench.sample(dt_us=20000)
    assert w.fault == 0 and bench.force.taken[-1][2] == 20000, "doubt and silence of before are forgotten"


def test_a_block_is_silent_and_no_fault():
    bench = Bench()
    w = bench.watch
    w.block()
    assert w.blocked and bench.player.silences == 1
    bench.sample(700)
    assert bench.force.taken == []
    beats = w.beats
    bench.timer(150000)
    assert w.fault == 0 and bench.player.told is None and bench.sensor.asked == 0
    assert w.beats == beats + 1 and w.t_ms == (150000 + DT_US) // 1000, "it lives, and time goes on"
    restarts = bench.force.restarts
    w.unblock()
    assert not w.blocked and bench.force.restarts == restarts + 1
    bench.sample(700)
    assert bench.force.taken[0][2] == DT_US, "the block is no gap"


def test_a_stopped_watch_takes_nothing():
    bench = Bench()
    bench.watch.stop()
    bench.sample(700)
    bench.timer(150000)
    assert bench.force.taken == [] and bench.watch.fault == 0 and bench.sensor.asked == 0


def test_long_ticks_keep_time():
    bench = Bench()
    bench.watch.block()
    bench.timer(5000999)
    assert bench.watch.t_ms == 5000
    bench.timer(1)
    assert bench.watch.t_ms == 5001


def test_no_pulse_starts_in_a_block():
    bench = Bench()
    w = bench.watch
    bench.sample(2200, count=3)
    bench.sample(0)
    assert bench.player.told[1] == ids.CUE_WARN, "it calms down only after 150 ms"
    seen = []
    bench.player.silence = lambda: seen.append(w.blocked)
    w.block()
    assert seen == [True], "held before it is silenced"
    bench.player.told = None
    bench.timer()
    assert bench.player.told is None, "nothing is played, so nothing can start"
