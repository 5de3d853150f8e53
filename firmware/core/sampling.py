"""The real-time half of the watch: one sample in, motor and light out, nothing allocated, nothing waited for.

The sensor's data-ready interrupt schedules `on_ready`; a timer schedules `on_timer`, which finds a missed edge and a
silent sensor. What a sample only adds up comes after the motor is driven. Numbers that change at every sample lie in
cells: to store an attribute of an object that has properties costs as much time as all judging. No function on
a sample's way has a frame of over eleven words: MicroPython would look for room in all of the heap (docs/firmware.md).
"""

# Machine code takes arrays as pointers.
# pyright: reportArgumentType=false

import micropython
from micropython import const

from . import ids, patterns, rates
from .cells import cell, flag, new_cells
from .force_filter import FAULTS
from .judge import ALERT_OVER, Judge
from .latency import EdgeClock, Latency
from .pipeline import (
    ALARMED,
    ALERT,
    BEATS,
    BLOCKED,
    BUS_ERRORS,
    CELLS,
    CONTACT_US,
    COUNTING,
    DOUBT_US,
    DOUBTED,
    DT_US,
    FORCE,
    GAP_US,
    IN_BAND,
    IN_CONTACT,
    LAST_US,
    LIGHT,
    LIGHT_US,
    MASK,
    NEWS,
    NO_DATA_US,
    PASSED_US,
    PRESS_OPEN,
    PRESS_US,
    RUNNING,
    SAMPLES,
    SHOWN_US,
    STALE_US,
    START_MS,
    T_MS,
    TICK_US,
    WENT_ROUND,
    add_up,
    arrive,
    go_on,
    judge_arrived,
    pass_time,
)
from .rings import EventRing, IntervalRing, SampleRing
from .tally import Tally

POLL_AFTER_US = const(6000)
FAULT_PERSISTS_US = const(40000)


class Sampling:
    """Ties sensor, filter, judge, player and rings together; core.watch.Watch adds what tasks may change.

    Args:
        sensor: has `read_raw() -> counts` and `ready() -> bool`, which may raise OSError.
        player: core.player.Player. force: core.force_filter.ForceFilter. ticks_us: the wrapping microsecond counter.

    Attributes:
        running, blocked: whether it watches at all, and whether a block is announced.
        counting: whether a step counts. press_open: whether time in band counts for a press.
        edges: core.latency.EdgeClock, where a hard interrupt may leave the time of an edge.
        latency_contact, latency_free: core.latency.Latency in contact and without.
        contact_us, gap_us, gap_before_us: time of this contact, since the last one, and before this one.
        light_us, press_us: time of an unbroken light touch, and in band since the press began.
        t_ms, session_start_ms: running time, and where it stood when the session began.
        beats: turns of the timer. sample_count, bus_errors, fault_count, limit_events: counts. bus_errors_ever,
            edges_missed: transfers that failed, and samples found by polling, since power-up.
        fault: ids.FAULT_* while the sensor is not believed. overload: whether one was felt.
    """

    contact_us = cell(CONTACT_US)
    gap_us = cell(GAP_US)
    light_us = cell(LIGHT_US)
    press_us = cell(PRESS_US)
    t_ms = cell(T_MS)
    session_start_ms = cell(START_MS)
    running = flag(RUNNING)
    blocked = flag(BLOCKED)
    counting = flag(COUNTING)
    press_open = flag(PRESS_OPEN)
    beats = cell(BEATS)
    sample_count = cell(SAMPLES)
    bus_errors = cell(BUS_ERRORS)

    def __init__(self, sensor, player, force, ticks_us):
        self.cells = new_cells(CELLS)
        self.cells[LIGHT] = ids.LIGHT
        self.cells[IN_BAND] = ids.IN_BAND
        self.sensor = sensor
        self.player = player
        self.force = force
        self.judge = Judge()
        self.tally = Tally()
        self.edges = EdgeClock()
        self.latency_contact = Latency()
        self.latency_free = Latency()
        self.samples = SampleRing()
        self.events = EventRing()
        self.intervals = IntervalRing()
        self._ticks_us = ticks_us
        self._parts = (
            self.cells,
            force.cells,
            self.judge.cells,
            self.tally.cells,
            self.intervals.cells,
            self.samples.cells,
            self.samples.force_mn,
            self.samples.t_ms,
        )
        self.blocked = True
        self.cells[LAST_US] = self.cells[TICK_US] = ticks_us()
        self.fault = ids.FAULT_NONE
        self.fault_count = 0
        self.bus_errors_ever = self.edges_missed = 0
        self.gap_before_us = 0
        self.overload = False
        self.limit_events = 0
        self.expect(rates.USUAL_SPS)

    def expect(self, rate_sps: int) -> None:
        """When silence is no data, and a fault (core/rates.py)."""
        row = rates.of(rate_sps)
        self.cells[NO_DATA_US] = row[rates.NO_DATA_US]
        self.cells[STALE_US] = row[rates.STALE_US]

    @micropython.native
    def on_ready(self, _pin) -> None:
        """Data-ready interrupt (scheduled): read, check and judge the sample, drive the motor, then count."""
        cells = self.cells
        if not cells[RUNNING] or cells[BLOCKED]:
            return
        now_us = self._ticks_us()
        try:
            raw = self.sensor.read_raw()
        except OSError:
            self._bus_error()
            return
        gap_us = arrive(cells, now_us)
        if gap_us:
            self._missed(gap_us)
        found = judge_arrived(self._parts, self.force.kernel, raw, now_us)
        if found > ALARMED:
            self._unjudged(found)
            return
        player = self.player
        motor = player.motor.level
        if found or player.cue or player.asked:
            self._play()
        self._count(now_us, motor)

    def on_timer(self, _timer) -> None:
        """Backstop (scheduled every 10 ms): poll after a missed edge, judge silence, keep patterns and light going.

        A beat is one tick of it with all the watch's work, down to the motor, done since the last: a watch that breaks
        off on its way has none.
        """
        cells = self.cells
        if cells[RUNNING]:
            if cells[BLOCKED]:
                now_us = self._pass_block()
            else:
                if self._has_missed():
                    self.on_ready(None)  # from here: the stack is short (docs/firmware.md)
                now_us = self._ticks_us()
                self._judge_silence(now_us)
                self.player.show((now_us - cells[SHOWN_US]) & MASK)
            cells[SHOWN_US] = now_us
        if cells[WENT_ROUND] or not cells[RUNNING]:
            cells[WENT_ROUND] = 0
            cells[BEATS] = (cells[BEATS] + 1) & MASK

    def _pass_block(self) -> int:
        """In a block only time goes on: motor and alerts are off, and little of the stack may be left."""
        now_us = self._ticks_us()
        go_on(self.cells, now_us)
        pass_time(self.cells)
        return now_us

    def _has_missed(self) -> bool:
        """Whether a sample waits whose edge was missed."""
        try:
            if (self._ticks_us() - self.cells[LAST_US]) & MASK <= POLL_AFTER_US or not self.sensor.ready():
                return False
        except OSError:
            self._bus_error()
            return False
        self.edges_missed = (self.edges_missed + 1) & MASK
        self.edges.forget()
        return True

    def _judge_silence(self, now_us: int) -> None:
        cells = self.cells
        silent_us = (now_us - cells[LAST_US]) & MASK
        if silent_us > cells[NO_DATA_US]:
            if silent_us >= cells[STALE_US]:
                self.latch(ids.FAULT_BUS if cells[BUS_ERRORS] else ids.FAULT_STALE)
            self._tick(now_us)

    def _bus_error(self) -> None:
        cells = self.cells
        cells[BUS_ERRORS] = (cells[BUS_ERRORS] + 1) & MASK
        self.bus_errors_ever = (self.bus_errors_ever + 1) & MASK

    def _unjudged(self, found: int) -> None:
        """A sample that is not believed, or one of the first of a window."""
        cells = self.cells
        dt_us = cells[DT_US]
        self._blind(dt_us)
        if found > DOUBTED:
            if cells[DOUBT_US] < FAULT_PERSISTS_US:
                cells[DOUBT_US] = max(0, cells[DOUBT_US]) + dt_us
            fault = FAULTS[found - DOUBTED]
            at_once = fault == ids.FAULT_STUCK or fault == ids.FAULT_SPIKES
            if at_once or cells[DOUBT_US] >= FAULT_PERSISTS_US:
                self.latch(fault)
        self._play()
        pass_time(cells)

    def _missed(self, gap_us: int) -> None:
        """No sample was judged for so long, and no block was announced: nobody knows what the tip did meanwhile."""
        self.force.restart()
        self._blind(gap_us)
        if gap_us >= self.cells[STALE_US]:
            self.latch(ids.FAULT_STALE)

    def _blind(self, dt_us: int) -> None:
        if self.cells[COUNTING]:
            self.tally.blind(dt_us)

    def latch(self, fault: int) -> None:
        """Disbelieve the sensor for this reason (ids.FAULT_*) until `clear_fault`; the first reason stands.

        Dark, as nothing is watched now.
        """
        if self.fault:
            return
        self.fault = fault
        self.fault_count += 1
        self.events.put(self.session_ms(), ids.EVENT_FAULT, fault)
        self.judge.restart()
        self.player.scene(patterns.OFF, 0, False)
        self.player.ask(ids.CUE_FAULT)

    def session_ms(self) -> int:
        """Time since the session's start; the running time wraps after twelve days."""
        cells = self.cells
        return (cells[T_MS] - cells[START_MS]) & MASK

    def _tick(self, now_us: int) -> None:
        """Go on to this moment without a sample: patterns, then running time."""
        go_on(self.cells, now_us)
        self._play()
        pass_time(self.cells)

    def _play(self) -> None:
        """Play what the present alert asks for, and show it."""
        cells = self.cells
        alert = self.judge.cells[ALERT]
        if not alert or self.fault:
            self.player.play(cells[PASSED_US], ids.CUE_NONE, 0)
        elif alert == ALERT_OVER:
            self.player.play(cells[PASSED_US], ids.CUE_OVER, 0)
        else:
            alert = self.judge.loudness(self.force.cells[FORCE])
            self.player.play(cells[PASSED_US], ids.CUE_WARN, alert)

    @micropython.native
    def _count(self, now_us: int, motor: int) -> None:
        """All that comes after the drive: the time it took, news, sums."""
        judge = self.judge.cells
        latency = self.latency_contact if judge[IN_CONTACT] else self.latency_free
        now_us = self._ticks_us() - self.edges.of(now_us)
        latency.add(now_us & MASK)
        if judge[NEWS]:
            self._report(judge[NEWS], self.force.cells[FORCE])
            self.player.show(0)
        motor = 1 if motor else 0
        left = add_up(self._parts, motor)
        if left:
            self._settle(left, motor)

    def _settle(self, left: int, motor: int) -> None:
        """What is not done at each sample: in contact an interval ends, without the zero moves."""
        if self.judge.cells[IN_CONTACT]:
            self.intervals.end()
            self.intervals.add(self.force.cells[FORCE], self.session_ms(), motor)
        else:
            self.force.move_zero(left)

    def _report(self, news: int, force_mn: int) -> None:
        raise NotImplementedError
