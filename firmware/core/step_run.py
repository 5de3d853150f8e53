"""One step while it is pressed: presses, holds, and what ends it."""

from . import ids, limits, patterns

NECK_PROMPT_MS = 30000
CUE_AGAIN_US = 3000000
TOO_LIGHT_US = 2000000
ZONE_OVER = (ids.END_ZONE_LIMITS, ids.END_LONG_CONTACT)
"""Reasons that end the whole zone; they outrank those that end the step."""


class StepRun:
    """Runs one step of a routine on the watch; `tick` returns an end reason (ids.END_*) once the step is over.

    The step stays open until the tip is lifted, so that all contact is counted to it.

    Args:
        watch: core.watch.Watch; player: core.player.Player.
        number: position in the routine, from 0; step: core.routine.Step; effective: core.limits.Limits of it.
        zone_left_ms: what is left of the zone's time on this side.
        zone_events: the zone's limit events before this step.
    """

    def __init__(self, watch, player, number: int, step, effective, zone_left_ms: int, zone_events=0):
        self.watch = watch
        self.player = player
        self.number = number
        self.step = step
        self.limits = effective
        self.zone_left_ms = zone_left_ms
        self.goal_ms = min(step.hold_ms, effective.hold_ms)
        self.presses = 0
        self.ending = ids.END_OPEN
        self.prompt_ms = 0
        self.prompting = step.zone in limits.OPT_IN_ZONES
        self._limit_events = watch.limit_events - zone_events
        self._next_cue_us = 0
        self._was_contact = True

    def begin(self, new_zone: bool) -> None:
        """Show and feel the step: colour of its zone, one or two blinks for its side, one long pulse."""
        self.show()
        self.player.eye = self.step.zone == ids.CROWS_FEET
        if not self.prompting:
            self.player.ask(ids.CUE_NEXT_ZONE if new_zone else ids.CUE_STEP)
            self.watch.use_limits(self.limits)
        self.watch.begin_step()

    def show(self) -> None:
        """Light of this step."""
        blinks = 3 if self.prompting else {ids.LEFT: 1, ids.RIGHT: 2}.get(self.step.side, 0)
        self.player.scene(patterns.ZONE_COLOURS[self.step.zone], blinks, True)

    def confirm(self) -> None:
        """The owner confirmed the prompt (neck) with the button."""
        self.prompting = False
        self.watch.use_limits(self.limits)
        self.show()
        self.player.ask(ids.CUE_NEXT_ZONE)

    def used_ms(self) -> int:
        """Contact time of this step so far."""
        return self.watch.tally.contact_us() // 1000

    def zone_events(self) -> int:
        """Limit events in the zone so far, in this step and those before."""
        return self.watch.limit_events - self._limit_events

    def tick(self, dt_ms: int) -> int:
        """Go on; the reason when the step is over and the tip is lifted, else END_OPEN."""
        contact = self.watch.judge.contact
        if self.prompting:
            return self._tick_prompt(dt_ms)
        if contact and not self._was_contact:
            self._touched()
        self._was_contact = contact
        if self.ending not in ZONE_OVER:
            self._judge_end(contact)
        if not contact:
            return self.ending
        if not self.ending:
            self._coach()
        elif self.watch.contact_us >= self._next_cue_us:
            self._lift_cue()
        return ids.END_OPEN

    def _judge_end(self, contact: bool) -> None:
        why = self._why_over(contact)
        if why in ZONE_OVER or not self.ending:
            self.ending = why

    def _tick_prompt(self, dt_ms: int) -> int:
        self.prompt_ms += dt_ms
        return ids.END_SKIPPED if self.ending or self.prompt_ms >= NECK_PROMPT_MS else ids.END_OPEN

    def _touched(self) -> None:
        watch = self.watch
        self._next_cue_us = 0
        if watch.press_open or watch.gap_before_us < limits.LIFT_MIN_MS * 1000:
            return
        watch.press_us = 0
        watch.press_open = True

    def _why_over(self, contact: bool) -> int:
        watch = self.watch
        if self.zone_events() >= limits.ZONE_LIMIT_EVENTS:
            return ids.END_ZONE_LIMITS
        if contact and watch.contact_us >= limits.LONG_CONTACT_MS * 1000:
            return ids.END_LONG_CONTACT
        if self.used_ms() >= self.zone_left_ms:
            return ids.END_ZONE_TIME
        if self.presses >= self.step.presses:
            return ids.END_DONE
        return ids.END_OPEN

    def _coach(self) -> None:
        watch = self.watch
        if watch.press_open and watch.press_us >= self.goal_ms * 1000:
            watch.press_open = False
            self.presses += 1
            watch.events.put(watch.session_ms(), ids.EVENT_PRESS_DONE, self.presses)
            self._lift_cue()
        elif watch.contact_us >= max(self._next_cue_us, self.limits.hold_ms * 1000):
            self._lift_cue()
        elif watch.light_us >= TOO_LIGHT_US:
            watch.light_us = 0
            self.player.ask(ids.CUE_LIGHT_TOUCH)

    def _lift_cue(self) -> None:
        watch = self.watch
        self._next_cue_us = watch.contact_us + CUE_AGAIN_US
        watch.events.put(watch.session_ms(), ids.EVENT_LIFT_CUE, 0)
        self.player.ask(ids.CUE_LIFT)
