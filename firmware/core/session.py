"""A session: its steps, its ceilings, and what ends it. Driven by `tick`; never waits.

It touches no flash: the tool writes its log in gaps without contact.
"""

from . import button, ids, limits, patterns
from .step_run import ZONE_OVER, StepRun

IDLE_MS = 120000
DONE_REASONS = (ids.END_DONE, ids.END_SESSION_TIME)
STOP_REASONS = (ids.END_BUTTON, ids.END_IDLE)
FAULT_REASONS = (ids.END_SENSOR, ids.END_MOTOR)


class Session:
    """Runs a routine.

    Args:
        watch, player: the watch and the player.
        log: core.session_log.SessionLog, begun.
        routine: core.routine.Routine. limits_of: function (core.routine.Step) -> core.limits.Limits.
        session_ms: ceiling of the session. rested: function (zone) -> bool, whether the zone has had its rest.
    """

    def __init__(self, watch, player, log, routine, limits_of, session_ms: int, rested):
        self.watch = watch
        self.player = player
        self.log = log
        self.routine = routine
        self.session_ms = min(session_ms, routine.session_ms)
        self.mode = ids.READY
        self.active_ms = 0
        self.end_reason = ids.END_OPEN
        self.run = None
        self.refused = []
        self._limits_of = limits_of
        self._rested = rested
        self._next = 0
        self._zone_ms = {}
        self._zone_events = {}
        self._ended_zones = []
        self._last_zone = ids.ZONE_NONE
        self._idle_ms = 0
        self._events_at_start = watch.limit_events
        self._next_step()

    def zone_used_ms(self) -> int:
        """Contact time so far of the step's zone on its side."""
        if self.run is None:
            return 0
        return self._zone_ms.get((self.run.step.zone, self.run.step.side), 0) + self.run.used_ms()

    def pressed(self) -> list:
        """(zone, side) pairs that were in contact so far."""
        return [key for key in self._zone_ms if self._zone_ms[key] > 0]

    def over(self) -> bool:
        """Whether the session has ended; what is left is to close its log."""
        return self.end_reason != ids.END_OPEN

    def may_close(self) -> bool:
        """Whether the log may be closed now: all patterns played, and no contact that can be believed."""
        return not self.player.busy() and not self.watch.in_contact()

    def tick(self, dt_ms: int) -> None:
        """Go on by dt_ms (call every 20 ms or so)."""
        if self.over():
            return
        if self.watch.fault:
            self.end(ids.END_SENSOR)
        elif self.watch.overload:
            self.end(ids.END_OVERLOAD)
        elif self.watch.limit_events - self._events_at_start >= limits.SESSION_LIMIT_EVENTS:
            self.end(ids.END_SESSION_LIMITS)
        elif self.mode == ids.PAUSED:
            self._idle(dt_ms)
        else:
            self._run(dt_ms)

    def _run(self, dt_ms: int) -> None:
        self.active_ms += dt_ms
        contact = self.watch.judge.contact
        if contact:
            self.mode = ids.PRESSING
        elif self.mode == ids.PRESSING:
            self.mode = ids.LIFTED
        self._idle(dt_ms)
        if not self.over() and self.active_ms >= self.session_ms:
            self.end(ids.END_SESSION_TIME)
        if self.over():
            return
        reason = self.run.tick(dt_ms)
        if reason:
            self._close_step(reason)
            self._next_step()

    def _idle(self, dt_ms: int) -> None:
        """Two minutes of nothing end it; in a pause contact is nothing, too."""
        pressed = self.watch.judge.contact and self.mode != ids.PAUSED
        self._idle_ms = 0 if pressed else self._idle_ms + dt_ms
        if self._idle_ms >= IDLE_MS:
            self.end(ids.END_IDLE)

    def _close_step(self, reason: int) -> None:
        run = self.run
        self.watch.end_step()
        key = (run.step.zone, run.step.side)
        self._zone_ms[key] = self._zone_ms.get(key, 0) + run.used_ms()
        self._zone_events[run.step.zone] = run.zone_events()
        if reason in ZONE_OVER:
            self._ended_zones.append(run.step.zone)
        self.log.add_step(run, reason)
        self._last_zone = run.step.zone
        self.run = None

    def _next_step(self) -> None:
        steps = self.routine.steps
        while self._next < len(steps):
            number = self._next
            self._next += 1
            if self._begin(number, steps[number]):
                return
        self.end(ids.END_DONE)

    def _begin(self, number: int, step) -> bool:
        effective = self._limits_of(step)
        left_ms = effective.zone_ms - self._zone_ms.get((step.zone, step.side), 0)
        events = self._zone_events.get(step.zone, 0)
        run = StepRun(self.watch, self.player, number, step, effective, left_ms, events)
        why = self._why_not(step, effective, left_ms)
        self.log.step = number
        if why:
            self.watch.begin_step()
            self.watch.end_step()
            self.log.add_step(run, why)
            self.refused.append((number, why))
            return False
        self.watch.events.put(self.watch.session_ms(), ids.EVENT_STEP_START, step.zone)
        self.run = run
        run.begin(step.zone != self._last_zone)
        if run.prompting:
            self.watch.use_limits(self._limits_of(None))
        return True

    def _why_not(self, step, effective, left_ms: int) -> int:
        if step.zone in self._ended_zones:
            return ids.END_ZONE_LIMITS
        if effective.too_narrow() or not self._rested(step.zone):
            return ids.END_REFUSED
        return ids.END_ZONE_TIME if left_ms <= 0 else ids.END_OPEN

    def gesture(self, gesture: int) -> None:
        """What the button says in a session (docs/signals.md)."""
        if self.over():
            return
        if gesture in (button.MEDIUM, button.LONG, button.RECOVERY):
            self.end(ids.END_BUTTON)
        elif gesture == button.TRIPLE and self.run.prompting:
            self.run.confirm()
        elif gesture == button.DOUBLE or (gesture == button.SHORT and self.run.prompting):
            self.run.ending = ids.END_SKIPPED
        elif gesture == button.SHORT:
            self._pause()

    def _pause(self) -> None:
        watch = self.watch
        t_ms = watch.session_ms()
        if self.mode == ids.PAUSED:
            self.mode = ids.LIFTED
            self.run.show()
            watch.use_limits(self.run.limits)
            watch.counting = True
            watch.events.put(t_ms, ids.EVENT_RESUME, 0)
            return
        self.mode = ids.PAUSED
        self.player.scene(patterns.PAUSE, 0, True)
        watch.counting = False
        watch.intervals.end()
        watch.use_limits(self._limits_of(None))
        watch.events.put(t_ms, ids.EVENT_PAUSE, 0)

    def end(self, reason: int) -> None:
        """End the session for a reason (ids.END_*); the first reason stands, and before all a sensor not believed."""
        if self.over():
            return
        if self.watch.fault:
            reason = ids.END_SENSOR
        self.end_reason = reason
        if self.run is not None:
            self._close_step(ids.END_OPEN if reason == ids.END_DONE else reason)
        self.watch.use_limits(self._limits_of(None))
        if reason in DONE_REASONS:
            self.mode = ids.DONE
        else:
            self.mode = ids.STOPPED if reason in STOP_REASONS else ids.ABORTED
        self.player.eye = False
        self.player.scene(patterns.OFF if reason in FAULT_REASONS else patterns.WHITE_DIM, 0, True)
        if self.mode == ids.ABORTED:
            if not self.watch.fault:  # which has asked for it already
                self.player.ask(ids.CUE_FAULT)
        else:
            self.player.ask(ids.CUE_DONE)
