"""When the radio may be on: for 60 s after a double press, and as long as a desktop that came in that time stays.

Boards with a radio only. The link (links/ble.py) asks `wanted` and tells what it does.
"""

import asyncio

from . import ids
from .air import WINDOW_MS

OFF_WAIT_MS = 3000
LOOK_MS = 20


class AirWindow:
    """The window of a tool (core.tool.Tool).

    Attributes:
        left_ms: until it closes. opened: how often it was. on: whether the radio is on. connected: whether a desktop
            is there.
        failed: why the radio could not be started, or an empty text.
    """

    def __init__(self, tool):
        self._tool = tool
        self._closing = False
        self.left_ms = 0
        self.opened = 0
        self.on = False
        self.connected = False
        self.failed = ""

    def open(self) -> bool:
        """A double press: 60 s from now. False while asleep or locked."""
        if self._tool.mode not in (ids.IDLE, ids.PRACTICE):
            return False
        self.left_ms = WINDOW_MS
        self.opened += 1
        self.failed = ""
        return True

    def shows(self) -> bool:
        """Whether the light tells of it."""
        return self.left_ms > 0 or self.connected

    def tick(self, dt_ms: int) -> bool:
        """Go on; whether what the light tells has changed."""
        before = self.shows()
        self.left_ms = max(0, self.left_ms - dt_ms)
        if self._tool.mode in (ids.ASLEEP, ids.LOCKED):
            self.left_ms = 0
        return before != self.shows()

    def wanted(self) -> bool:
        """Whether the radio is to be on now."""
        if self._closing or not self.shows() or self._tool.mode in (ids.ASLEEP, ids.LOCKED):
            return False
        return self._tool.session is None or self.keeps()

    def keeps(self) -> bool:
        """Whether the owner wants the radio to stay on while a session is pressed, for the live view."""
        return bool(self._tool.settings.value("live_air"))

    def fail(self, why: str) -> None:
        """The radio does not do as it is told: close."""
        self.failed = why
        self.left_ms = 0
        self.connected = False

    async def leave(self) -> None:
        """Before a session: close, and wait until the radio is off, unless it may stay on."""
        if self.keeps() or not (self.on or self.shows()):
            return
        self._closing = True
        self.left_ms = 0
        for _ in range(OFF_WAIT_MS // LOOK_MS):
            if not self.on:
                break
            await asyncio.sleep_ms(LOOK_MS)
        self._closing = False
