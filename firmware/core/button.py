"""Gestures of the one button (docs/signals.md, button)."""

NOTHING = 0
SHORT = 1
DOUBLE = 2
TRIPLE = 3
MEDIUM = 4
LONG = 5
RECOVERY = 6

DEBOUNCE_MS = 20
SHORT_MAX_MS = 800
MEDIUM_MS = 1000
LONG_MS = 3000
RECOVERY_MS = 8000
NEXT_CLICK_MS = 350


class Button:
    """Turns a debounced level into gestures. `tick` is called every 20 ms or so; times are growing milliseconds."""

    def __init__(self):
        self.down = False
        self.recovery = False
        self._level = False
        self._level_ms = 0
        self._since_ms = 0
        self._clicks = 0

    def tick(self, active: bool, now_ms: int) -> int:
        """One look at the pin. Returns a gesture once, on release (or when no further click comes), else NOTHING.

        `recovery` is True as long as the button has been held for RECOVERY_MS, before any release.
        """
        if active != self._level:
            self._level = active
            self._level_ms = now_ms
        gesture = NOTHING
        if self._level != self.down and now_ms - self._level_ms >= DEBOUNCE_MS:
            gesture = self._changed(now_ms)
        held_ms = now_ms - self._since_ms
        self.recovery = self.down and held_ms >= RECOVERY_MS
        if self._clicks and not self.down and held_ms >= NEXT_CLICK_MS:
            gesture = (SHORT, DOUBLE, TRIPLE)[min(self._clicks, 3) - 1]
            self._clicks = 0
        return gesture

    def _changed(self, now_ms: int) -> int:
        held_ms = now_ms - self._since_ms
        self.down = self._level
        self._since_ms = now_ms
        if self.down:
            return NOTHING
        if held_ms < SHORT_MAX_MS:
            self._clicks += 1
            return NOTHING
        self._clicks = 0
        if held_ms < MEDIUM_MS:
            return NOTHING
        if held_ms < LONG_MS:
            return MEDIUM
        return LONG if held_ms < RECOVERY_MS else RECOVERY
