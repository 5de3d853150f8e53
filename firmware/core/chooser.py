"""Whose session it is: shown by light, stepped on by clicks, and taken once nobody has clicked for a while."""

from . import button, ids, patterns
from .counters import SHARED

TAKEN_MS = 4000
_CLICKS = {button.SHORT: 1, button.DOUBLE: 2, button.TRIPLE: 3}


class Chooser:
    """Chooses a user slot of a tool (core.tool.Tool) that has some set up.

    Attributes:
        slot: the one shown, from 1; SHARED while there is no choice under way.
    """

    def __init__(self, tool):
        self._tool = tool
        self._users = 1
        self._left_ms = 0
        self.slot = SHARED

    def begin(self) -> bool:
        """Begin the choice; False where there is none: no slots, or nobody may begin a session."""
        tool = self._tool
        self._users = tool.settings.value("users")
        tool.starter.slot = SHARED
        if self._users < 2 or tool.starter.why_nobody():
            return False
        tool.mode = ids.CHOOSING
        self._show(1)
        return True

    def _show(self, slot: int) -> None:
        self.slot = slot
        self._left_ms = TAKEN_MS
        self._tool.player.scene(patterns.CHOICE, slot, False)

    def gesture(self, gesture: int) -> bool:
        """Step on by clicks; any other gesture ends the choice and means what it always means: False then."""
        if gesture not in _CLICKS:
            self.slot = SHARED
            return False
        self._show((self.slot - 1 + _CLICKS[gesture]) % self._users + 1)
        return True

    def tick(self, dt_ms: int) -> bool:
        """Go on; whether the slot shown is taken now. A button that is down may still become a click or a hold."""
        if not self._tool.button.down:
            self._left_ms -= dt_ms
        if self._left_ms > 0:
            return False
        self._tool.starter.slot = self.slot
        self.slot = SHARED
        return True
