"""The watch: the real-time loop. One sample in, motor and light out, nothing allocated, nothing waited for.

The sensor's data-ready interrupt schedules `on_ready`; a timer schedules `on_timer`, which finds a missed edge and
a silent sensor. Tasks read the fields; they change something only through the methods below `for tasks`.
"""

from array import array

from . import ids, patterns, rates
from .judge import ALERT_OVER, ALERT_WARN, Judge
from .rings import EventRing, IntervalRing, SampleRing
from .tally import Tally

POLL_AFTER_US = 6000
NO_DATA_US = 30000
STALE_US = 90000
FAULT_PERSISTS_US = 40000
FORGIVEN_SHARE = 4
LIFT_US = 2000000
_MASK = 0x3FFFFFFF
_LONG_US = 900000000


class Watch:
    """Ties sensor, filter, judge, player and rings together.

    Args:
        sensor: has `read_raw() -> counts` and `ready() -> bool`, which may raise OSError.
        player: core.player.Player. force: core.force_filter.ForceFilter. ticks_us: the wrapping microsecond counter.
    """

    def __init__(self, sensor, player, force, ticks_us):
        self.sensor = sensor
        self.player = player
        self.force = force
        self.judge = Judge()
        self.tally = Tally()
        self.samples = SampleRing()
        self.events = EventRing()
        self.intervals = IntervalRing()
        self._ticks_us = ticks_us
        self._last_us = ticks_us()
        self._tick_us = self._last_us
        self._rest_us = 0
        self._no_data_us = NO_DATA_US
        self._stale_us = STALE_US
        self.running = False
        self.blocked = True
        self.counting = False
        self.t_ms = 0
        self.session_start_ms = 0
        self.beats = 0
        self._went_round = False
        self.sample_count = 0
        self.bus_errors = 0
        self.fault = ids.FAULT_NONE
        self.fault_count = 0
        self._doubt_us = 0
        self.contact_us = 0
        self.gap_us = 0
        self.gap_before_us = 0
        self.light_us = 0
        self.press_us = 0
        self.press_open = False
        self.overload = False
        self.limit_events = 0
        self._pending = array("i", [0] * 4)
        self._has_pending = False

    def on_ready(self, _pin) -> None:
        """Data-ready interrupt (scheduled): take the sample."""
        if self.running and not self.blocked:
            self._take(self._ticks_us())

    def on_timer(self, _timer) -> None:
        """Backstop (scheduled every 10 ms): poll after a missed edge, judge silence, keep patterns going.

        A beat is one tick of it with all the watch's work, down to the motor, done since the last: a watch that breaks
        off on its way has none.
        """
        if self.running:
            self._look_after(self._ticks_us())
        if self._went_round or not self.running:
            self._went_round = False
            self.beats = (self.beats + 1) & _MASK

    def _look_after(self, now_us: int) -> None:
        silent_us = (now_us - self._last_us) & _MASK
        if self.blocked:
            self._tick(now_us)
            return
        if silent_us > POLL_AFTER_US:
            self._poll(now_us)
            silent_us = (now_us - self._last_us) & _MASK
        if silent_us > self._no_data_us:
            self._silent(now_us, silent_us)

    def _poll(self, now_us: int) -> None:
        try:
            ready = self.sensor.ready()
        except OSError:
            self.bus_errors = (self.bus_errors + 1) & _MASK
            return
        if ready:
            self._take(now_us)

    def _silent(self, now_us: int, silent_us: int) -> None:
        if silent_us >= self._stale_us:
            self.latch(ids.FAULT_BUS if self.bus_errors else ids.FAULT_STALE)
        self._tick(now_us)

    def _take(self, now_us: int) -> None:
        try:
            raw = self.sensor.read_raw()
        except OSError:
            self.bus_errors = (self.bus_errors + 1) & _MASK
            return
        dt_us = (now_us - self._last_us) & _MASK
        self._last_us = now_us
        self.bus_errors = 0
        self.sample_count += 1
        if dt_us > self._no_data_us:
            self._after_gap(dt_us)
            dt_us = 0
        fault = self.force.take(raw, now_us, dt_us)
        if fault:
            self._doubted(fault, dt_us)
        else:
            if self._doubt_us > 0:
                self._doubt_us -= dt_us // FORGIVEN_SHARE
            if self.force.ready:
                self._judge(dt_us)
            elif self.counting:
                self.tally.blind(dt_us)
        self._tick(now_us)

    def _after_gap(self, dt_us: int) -> None:
        self.force.restart()
        if self.counting:
            self.tally.blind(dt_us)

    def _doubted(self, fault: int, dt_us: int) -> None:
        if self._doubt_us < FAULT_PERSISTS_US:
            self._doubt_us = max(0, self._doubt_us) + dt_us
        if self.counting:
            self.tally.blind(dt_us)
        if fault == ids.FAULT_STUCK or fault == ids.FAULT_SPIKES or self._doubt_us >= FAULT_PERSISTS_US:
            self.latch(fault)

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

    def _judge(self, dt_us: int) -> None:
        force = self.force
        judge = self.judge
        force_mn = force.force_mn
        judge.take(force_mn, force.slope_mn_s, force.ahead_mn, dt_us)
        if judge.news:
            self._report(judge.news, force_mn)
        self._time(judge, dt_us)
        if self.counting:
            motor_on = self.player.motor.level > 0
            self.tally.add(judge.state, force_mn, dt_us, motor_on)
            if judge.contact:
                self.intervals.add(force_mn, self.session_ms(), motor_on)
        self.samples.put(force_mn, self.t_ms)
        if not judge.contact:
            force.watch_still()
            force.track_zero()

    def _time(self, judge, dt_us: int) -> None:
        if judge.contact:
            self.gap_us = 0
            if self.contact_us < _LONG_US:
                self.contact_us += dt_us
        elif self.gap_us < _LONG_US:
            self.gap_us += dt_us
        if judge.state == ids.LIGHT:
            if self.light_us < _LONG_US:
                self.light_us += dt_us
            return
        self.light_us = 0
        if judge.state == ids.IN_BAND and self.press_open and self.counting and self.press_us < _LONG_US:
            self.press_us += dt_us

    def _report(self, news: int, force_mn: int) -> None:
        t_ms = self.session_ms()
        tally = self.tally
        if news & Judge.NEWS_CONTACT:
            self._touched(t_ms)
        if news & Judge.NEWS_LIFT:
            self._lifted(t_ms)
        if news & Judge.NEWS_WARN:
            tally.warn_count += 1
            self.events.put(t_ms, ids.EVENT_WARN, force_mn)
        if news & (Judge.NEWS_OVER | Judge.NEWS_OVER_AGAIN):
            tally.over_count += 1
            self.limit_events += 1
            self.events.put(
                t_ms, ids.EVENT_OVER if news & Judge.NEWS_OVER else ids.EVENT_OVER_REPEAT, force_mn
            )
        if news & Judge.NEWS_JAB:
            tally.jab_count += 1
            self.events.put(t_ms, ids.EVENT_JAB, self.force.slope_mn_s)
        if news & Judge.NEWS_RELEASED:
            tally.react(self.judge.reaction_ms)
            self.events.put(t_ms, ids.EVENT_RELEASED, self.judge.reaction_ms)
        if news & Judge.NEWS_OVERLOAD:
            self.overload = True

    def _touched(self, t_ms: int) -> None:
        self.events.put(t_ms, ids.EVENT_CONTACT, 0)
        self.contact_us = 0
        self.gap_before_us = self.gap_us
        if self._has_pending and self.gap_us >= LIFT_US:
            self._has_pending = False
            pending = self._pending
            self.judge.set_limits(pending[0], pending[1], pending[2], pending[3])

    def _lifted(self, t_ms: int) -> None:
        self.events.put(t_ms, ids.EVENT_LIFT, 0)
        self.intervals.end()

    def _tick(self, now_us: int) -> None:
        dt_us = (now_us - self._tick_us) & _MASK
        self._tick_us = now_us
        rest_us = self._rest_us + dt_us
        self.t_ms = (self.t_ms + rest_us // 1000) & _MASK
        self._rest_us = rest_us % 1000
        alert = ids.CUE_NONE
        loudness = 0
        if not self.fault and not self.blocked:
            if self.judge.alert == ALERT_OVER:
                alert = ids.CUE_OVER
            elif self.judge.alert == ALERT_WARN:
                alert = ids.CUE_WARN
                loudness = self.judge.loudness(self.force.force_mn)
        self.player.tick(dt_us, alert, loudness)
        self._went_round = True

    # for tasks

    def session_ms(self) -> int:
        """Time since the session's start; the running time wraps after twelve days."""
        return (self.t_ms - self.session_start_ms) & _MASK

    def in_contact(self) -> bool:
        """Whether the tip is in contact, as far as the sensor is believed and watched."""
        return self.judge.contact and self.running and not self.fault

    def use_rate(self, rate_sps: int) -> None:
        """Go by what the sensor's rate asks for (core/rates.py); known once the sensor has started."""
        row = rates.of(rate_sps)
        self._no_data_us = row[rates.NO_DATA_US]
        self._stale_us = row[rates.STALE_US]
        self.force.use_rate(rate_sps)

    def start(self) -> None:
        """Begin to watch: the sensor converts and its interrupt and the timer are attached."""
        self._last_us = self._tick_us = self._ticks_us()
        self.force.restart()
        self.running = True
        self.blocked = False

    def stop(self) -> None:
        """Watch no more (the sensor is about to sleep); `start` begins anew."""
        self.running = False

    def begin_session(self) -> None:
        """Count times, samples and losses from now on; what was pressed before is no part of the session."""
        self.session_start_ms = self.t_ms
        self.fault_count = 0
        self.sample_count = 0
        self.events.clear()
        self.intervals.clear()

    def block(self) -> None:
        """Announce a long call outside contact (flash, collection): motor off, silence is no fault until `unblock`."""
        self.blocked = True  # first: no tick of the watch between may start a pulse
        self.player.silence()

    def unblock(self) -> None:
        """End of the announced block."""
        now_us = self._ticks_us()
        if self.counting:
            self.tally.blind((now_us - self._last_us) & _MASK)
        self._last_us = now_us
        self.force.restart()
        self.blocked = False

    def clear_fault(self) -> None:
        """Believe the sensor again (after a new self-test)."""
        self.bus_errors = 0
        self._doubt_us = 0
        self.force.restart()
        self.judge.restart()
        self._last_us = self._ticks_us()
        self.fault = ids.FAULT_NONE
        self.overload = False

    def use_limits(self, limits) -> None:
        """Hold the lower of the present and the new limits until a lift of 2 s and a new contact, then the new ones."""
        pending = self._pending
        self._has_pending = False
        pending[0] = limits.lo_mn
        pending[1] = limits.hi_mn
        pending[2] = limits.warn_mn
        pending[3] = limits.limit_mn
        judge = self.judge
        judge.set_limits(
            min(judge.lo_mn, limits.lo_mn),
            min(judge.hi_mn, limits.hi_mn),
            min(judge.warn_mn, limits.warn_mn),
            min(judge.limit_mn, limits.limit_mn),
        )
        self._has_pending = True

    def first_limits(self, limits) -> None:
        """Limits at start, with no step before."""
        self.judge.set_limits(limits.lo_mn, limits.hi_mn, limits.warn_mn, limits.limit_mn)

    def begin_step(self) -> None:
        """Clear the sums for a new step and count from now on."""
        self.counting = False
        self.tally.begin(self.session_ms())
        self.press_us = 0
        self.press_open = False
        self.counting = True

    def end_step(self) -> None:
        """Stop counting; the sums stay to be read."""
        self.counting = False
        self.press_open = False
        self.intervals.end()
