"""What the watch does with a sample besides judging it: order, light, counts of itself, words of 64 bits."""

from core import ids, patterns
from core.cells import SIGN, new_cells
from core.pipeline import DOUBT_US, WENT_ROUND, go_on, pass_time
from core_rig import Rig
from watch_bench import DT_US, Bench


class Light:
    """A player's light: what it is told, and the time that goes by in it."""

    def __init__(self, bench):
        self.scenes = []
        self.spans = []
        bench.player.scene = lambda colour, blinks, heartbeat: self.scenes.append((colour, blinks, heartbeat))
        bench.player.show = self.spans.append


def test_a_fault_makes_it_dark_without_a_heartbeat():
    bench = Bench()
    light = Light(bench)
    bench.watch.latch(ids.FAULT_STUCK)
    assert light.scenes == [(patterns.OFF, 0, False)]


def test_the_lights_clock_goes_by_the_timer():
    bench = Bench()
    light = Light(bench)
    for dt_us in (10000, 12000, 10000):
        bench.timer(dt_us)
    assert light.spans == [10000, 12000, 10000]
    bench.sample(dt_us=4000)
    bench.timer(6000)
    assert light.spans[3:] == [10000]
    bench.now_us = (1 << 30) - 5000
    bench.timer(0)
    bench.timer(10000)
    assert light.spans[-1] == 10000, "ticks wrap"


def test_what_a_sample_brings_is_shown_at_once():
    bench = Bench()
    light = Light(bench)
    bench.sample(100)
    assert light.spans == []
    bench.sample(900)
    assert light.spans == [0], "a touch is news"
    bench.sample(900)
    assert light.spans == [0]


def test_missed_edges_and_bus_errors_are_counted_for_ever():
    bench = Bench()
    watch = bench.watch
    assert (watch.bus_errors_ever, watch.edges_missed) == (0, 0)
    bench.sensor.is_ready = True
    forgotten = []
    watch.edges.forget = lambda: forgotten.append(True)
    for _ in range(3):
        bench.timer()
    assert (watch.edges_missed, watch.bus_errors_ever, len(forgotten)) == (3, 0, 3)
    bench.sensor.failing = True
    bench.sample()
    bench.timer()
    bench.sensor.failing = False
    bench.sample()
    assert (watch.bus_errors, watch.bus_errors_ever, watch.edges_missed) == (0, 2, 3)
    watch.bus_errors_ever = watch.edges_missed = (1 << 30) - 1
    bench.sensor.is_ready = True
    bench.timer()
    bench.sensor.failing = True
    bench.sample()
    assert (watch.bus_errors_ever, watch.edges_missed) == (0, 0), "they wrap"


def test_the_time_to_the_drive_is_counted_in_contact_and_without():
    bench = Bench()
    watch = bench.watch
    watch.edges.of = lambda now_us: now_us - 70
    bench.sample(100, count=3)
    bench.sample(900, count=2)
    assert (watch.latency_free.count, watch.latency_contact.count) == (3, 2)
    assert (watch.latency_free.worst_us, watch.latency_contact.worst_us) == (70, 70)


def test_time_goes_on_by_itself_and_after_a_sample_that_is_not_believed():
    bench = Bench()
    bench.force.fault = ids.FAULT_SATURATED
    for _ in range(8):
        bench.sample()
    assert bench.watch.t_ms == 25
    assert bench.player.us == 25000, "patterns go on, too"


def test_a_gap_and_the_window_after_it_are_blind_and_nothing_else():
    rig = Rig()
    rig.run(100, 1000)
    rig.watch.begin_step()
    rig.run(100, 1000)
    rig.now_us += 50000
    rig.run(100, 1000)
    tally = rig.watch.tally
    assert tally.blind_us == 50000 + 7 * DT_US
    assert sum(tally.band_us) + tally.blind_us == 2 * (100000 // DT_US) * DT_US + 50000


def test_the_zero_follows_drift_over_the_whole_watch():
    rig = Rig()
    rig.run(100, 0)
    before = rig.force.zero
    rig.run(20000, 40)
    moved = (rig.force.zero - before) * 1000 // 42950
    assert 30 <= moved <= 40, moved
    assert abs(rig.force.force_mn) <= 10


def test_long_contact_is_cut_into_quarter_seconds():
    rig = Rig()
    rig.run(100, 0)
    rig.watch.begin_session()
    rig.watch.begin_step()
    rig.run(1800, lambda t_ms: min(1000, t_ms))
    rows = []
    row = rig.watch.intervals.take()
    while row is not None:
        rows.append(row)
        row = rig.watch.intervals.take()
    assert len(rows) >= 5
    starts = [row[0] for row in rows]
    assert all(250 <= later - first <= 254 for first, later in zip(starts, starts[1:]))
    assert all(998 <= row[2] <= 1002 for row in rows[4:]), rows
    assert not any(row[3] for row in rows), "the motor stood still"


def test_an_interval_that_ends_keeps_whether_the_motor_ran():
    rig = Rig()
    rig.run(2200, 0)
    rig.watch.begin_session()
    rig.watch.begin_step()
    rig.run(1500, 3000)
    rows = []
    row = rig.watch.intervals.take()
    while row is not None:
        rows.append(row)
        row = rig.watch.intervals.take()
    assert rows and all(row[3] for row in rows)


def test_words_of_64_bits_judge_alike():
    """Machine code of a 64-bit interpreter reads a cell without its sign and shifts it back."""
    found = []
    for shift in (0, 32):
        rig = Rig()
        for cells in (rig.watch.cells, rig.force.cells, rig.watch.judge.cells):
            cells[SIGN] = max(shift, cells[SIGN])
        rig.watch.begin_step()
        for force_mn in (-400, 0, 900, -300, 2600, 0):
            rig.run(300, force_mn)
        rig.watch.cells[DOUBT_US] = -5
        rig.run(20, 0)
        tally = rig.watch.tally
        found.append((rig.force.force_mn, tally.peak_mn, list(tally.band_us), tally.over_count, rig.motor_us))
        assert rig.watch.cells[SIGN] == max(shift, new_cells(1)[0])
        assert rig.watch.tally.cells[SIGN] == new_cells(1)[0]
    assert found[0] == found[1] and found[0][3] > 0


def test_a_beat_needs_a_round():
    bench = Bench()
    watch = bench.watch
    bench.sample()
    bench.timer()
    assert watch.beats == 1 and watch.cells[WENT_ROUND] == 0
    bench.sample()
    assert watch.cells[WENT_ROUND] == 1
    watch.cells[WENT_ROUND] = 0
    bench.timer(1000)
    assert watch.beats == 1, "nothing went round since"


def test_a_block_is_measured_and_the_longest_kept():
    bench = Bench()
    watch = bench.watch
    assert watch.worst_block_us == 0
    for block_us, worst_us in ((5000, 5000), (9000, 9000), (7000, 9000)):
        bench.sample()
        watch.block()
        bench.now_us += block_us
        watch.unblock()
        assert watch.worst_block_us == worst_us
    bench.now_us = (1 << 30) - 1001
    bench.sample(dt_us=0)
    watch.worst_block_us = 0
    watch.block()
    bench.now_us += 3001
    watch.unblock()
    assert watch.worst_block_us == 3001, "over the wrap of the ticks"


def test_a_calm_sample_costs_the_player_nothing():
    bench = Bench()
    bench.player.cue = 0
    bench.sample(1000, count=3)
    assert bench.player.told is None
    bench.sample(2600)
    assert bench.player.told[1] == ids.CUE_OVER


def test_a_press_is_opened_by_nobody_but_the_step():
    bench = Bench()
    watch = bench.watch
    watch.press_open = False
    for _ in range(4):
        bench.sample(1000)
        bench.timer(3000)
    assert not watch.press_open and watch.beats == 4
    watch.press_open = True
    bench.sample(1000)
    bench.timer(3000)
    assert watch.press_open and watch.beats == 5


def test_a_cleared_fault_leaves_no_doubt():
    bench = Bench()
    bench.force.fault = ids.FAULT_SATURATED
    bench.sample(count=5)
    assert bench.watch.cells[DOUBT_US] == 5 * DT_US
    bench.watch.clear_fault()
    assert bench.watch.cells[DOUBT_US] == 0


def test_a_rate_is_the_filters_too():
    bench = Bench()
    asked = []
    bench.force.use_rate = asked.append
    bench.watch.use_rate(80)
    assert asked == [80]


def test_blind_time_of_a_block_counts_in_a_step_only():
    bench = Bench()
    for counting in (False, True):
        bench.watch.tally.begin(0)
        bench.watch.counting = counting
        bench.sample()
        bench.watch.block()
        bench.now_us += 5000
        bench.watch.unblock()
        assert bench.watch.tally.blind_us == (5000 if counting else 0)


def test_a_watch_alone_reports_nothing():
    from core.sampling import Sampling

    bench = Bench()
    try:
        Sampling._report(bench.watch, 1, 0)
    except NotImplementedError:
        return
    raise AssertionError("it reported")


def test_time_that_has_passed_is_counted_once():
    bench = Bench()
    bench.now_us += 5000
    go_on(bench.watch.cells, bench.now_us)
    for _ in range(1100):
        pass_time(bench.watch.cells)
    assert bench.watch.t_ms == 5


def test_doubt_fades_and_stops_at_nothing():
    for shift in (0, 32):
        bench = Bench()
        cells = bench.watch.cells
        cells[SIGN] = max(shift, cells[SIGN])
        for doubt_us, left_us in ((10000, 10000 - DT_US // 4), (1, 1 - DT_US // 4), (0, 0), (-5, -5)):
            cells[DOUBT_US] = doubt_us
            bench.sample()
            assert cells[DOUBT_US] == left_us, doubt_us
