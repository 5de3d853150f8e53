"""The one owner of motor and light: plays patterns, ticked by the watch. No allocation, no waiting.

An alert outranks a cue, a fault outranks an alert. A pulse cannot start before its end is set; a motor that is
not told to go on is off at the next tick.
"""

from micropython import const

from . import ids, patterns

_LIGHT_CYCLE_US = const(36000000)
"""A whole number of heartbeats and of blink cycles."""


def _is_alert(cue: int) -> bool:
    return cue == ids.CUE_WARN or cue == ids.CUE_OVER


class Player:
    """Plays patterns on a motor (`drive(0..255)`, `level`) and scenes on a light (`show(r, g, b)`)."""

    def __init__(self, motor, light):
        self.motor = motor
        self.light = light
        self.cue = ids.CUE_NONE
        self.haptic_pct = 100
        self.light_pct = 100
        self.eye = False
        self.asked = ids.CUE_NONE
        self.over_us = 0
        self._patterns = patterns.of_motor(getattr(motor, "kind", ""))
        self._motor_tick = getattr(motor, "tick", None)
        self._pattern = self._patterns[ids.CUE_STEP]
        self._pulse = self._round = self._left_us = self._loudness = self._light_us = 0
        self._lead_us = 0
        self._driving = False
        self._shown = None
        self.scene(patterns.OFF, 0, False)

    def ask(self, cue: int) -> None:
        """Ask for a cue (ids.CUE_*): it plays as soon as nothing of higher rank plays; a higher one asked stays."""
        if cue > self.asked:
            self.asked = cue

    def scene(self, colour, blinks: int, heartbeat: bool) -> None:
        """What the light shows when nothing is to be said: a colour, blinks per cycle (side), and a heartbeat dip."""
        self._colour = colour
        self._blinks = blinks
        self._heartbeat = heartbeat

    def busy(self) -> bool:
        """Whether a pattern plays or waits."""
        return self.cue != ids.CUE_NONE or self.asked != ids.CUE_NONE

    def silence(self) -> None:
        """Motor off now, all patterns forgotten."""
        self.asked = ids.CUE_NONE
        self._stop()

    def dark(self) -> None:
        """Light off now, whatever is shown: nobody watches."""
        self.scene(patterns.OFF, 0, False)
        self.show(0)

    def tick(self, dt_us: int, alert: int, loudness: int) -> None:
        """`play`, then `show`."""
        self.play(dt_us, alert, loudness)
        self.show(dt_us)

    def play(self, dt_us: int, alert: int, loudness: int) -> None:
        """Go on by dt_us with the alert that holds now (ids.CUE_NONE, CUE_WARN or CUE_OVER) and its loudness 0..100."""
        self._loudness = loudness
        if self._motor_tick is not None:
            self._motor_tick(dt_us)
        lead_us = patterns.EYE_LEAD_MS * 1000
        if _is_alert(self.cue) and alert != self.cue:
            if alert:  # the light has led already, or has begun to
                lead_us = self._left_us - dt_us if self._pulse < 0 else 0
            self._stop()
        if alert > self.cue:
            self._lead_us = lead_us
            self._start(alert)
        elif self.asked > self.cue:
            cue = self.asked
            self.asked = ids.CUE_NONE
            self._start(cue)
        elif self.cue:
            self._advance(dt_us)

    def _start(self, cue: int) -> None:
        self.cue = cue
        self.over_us = 0
        self._pattern = self._patterns[cue]
        self._pulse = 0
        self._round = 0
        if self.eye and _is_alert(cue) and self._lead_us > 0:
            self._driving = False
            self._pulse = -1
            self._left_us = self._lead_us
            self.motor.drive(0)
        else:
            self._begin_pulse()

    def _stop(self) -> None:
        self.cue = ids.CUE_NONE
        self._driving = False
        self._left_us = 0
        self.motor.drive(0)

    def _begin_pulse(self) -> None:
        pulse = self._pattern[1][self._pulse]
        self._left_us = pulse[0] * 1000
        self._driving = True
        self.motor.drive(0 if self._resting() else self._strength(pulse[2]))

    def _strength(self, level: int) -> int:
        """Level in hundredths as a drive of 0..255."""
        if self.cue == ids.CUE_WARN:
            low, high = patterns.WARN_LEVEL
            level = low + (high - low) * self._loudness // 100
        if self.cue != ids.CUE_OVER and self.cue != ids.CUE_FAULT:
            level = level * self.haptic_pct // 100
        if self.eye and self.cue != ids.CUE_FAULT:
            level = level * patterns.EYE_LEVEL // 100
        return max(level, patterns.LEVEL_FLOOR) * 255 // 100

    def _resting(self) -> bool:
        over_ms = self.over_us // 1000
        return over_ms >= patterns.REST_AFTER_MS and over_ms % patterns.REST_EACH_MS < patterns.REST_MS

    def _advance(self, dt_us: int) -> None:
        if self.cue == ids.CUE_OVER:
            self.over_us = (self.over_us + dt_us) % 900000000
        self._left_us -= dt_us
        if self._left_us > 0:
            return
        if self._driving:
            self._driving = False
            self.motor.drive(0)
            self._left_us += self._pattern[1][self._pulse][1] * 1000
            return
        self._next_pulse()

    def _next_pulse(self) -> None:
        self._pulse += 1
        if self._pulse >= len(self._pattern[1]):
            self._pulse = 0
            self._round += 1
            if self._round == self._pattern[0]:
                self._stop()
                return
        self._begin_pulse()

    def show(self, dt_us: int) -> None:
        """Let the light's clock go on by dt_us, and bring the light to what is played or shown now."""
        self._light_us = (self._light_us + dt_us) % _LIGHT_CYCLE_US
        if self.cue == ids.CUE_WARN:
            colour = patterns.AMBER
        elif self.cue == ids.CUE_OVER or self.cue == ids.CUE_FAULT:
            colour = patterns.RED
        else:
            colour = patterns.OFF if self._dark() else self._colour
        if colour is not self._shown:
            self._shown = colour
            pct = self.light_pct
            self.light.show(colour[0] * pct // 100, colour[1] * pct // 100, colour[2] * pct // 100)

    def _dark(self) -> bool:
        t_ms = self._light_us // 1000
        if self._blinks:
            phase = t_ms % patterns.BLINK_CYCLE_MS // patterns.BLINK_MS
            if phase < 2 * self._blinks and phase & 1 == 0:
                return True
        return self._heartbeat and t_ms % patterns.HEARTBEAT_MS < patterns.HEARTBEAT_DIM_MS
