"""Keeps the running time over losses of power, dates sessions once the clock is told, and logs that it was."""

from . import ids
from .errors import StorageError

LOOK_MS = 60000
_EVENT_MOST = (1 << 31) - 1


class Timekeeper:
    """The time of a tool (core.tool.Tool)."""

    def __init__(self, tool):
        self._tool = tool
        self._dated = self._logged = 0
        self._look_ms = 0

    def tick(self, dt_ms: int) -> None:
        """Between sessions, awake or asleep: keep what the counters need (touches flash, announced)."""
        tool = self._tool
        told = tool.clock.settings != self._dated
        self._look_ms += dt_ms
        if (not told and self._look_ms < LOOK_MS) or tool.watch.in_contact() or tool.player.busy():
            return
        self._look_ms = 0
        self._dated = tool.clock.settings
        if told or tool.counters.is_life_due(tool.clock):
            self._keep()

    def _keep(self) -> None:
        tool = self._tool
        try:
            tool.gaps.blocked(lambda: tool.counters.keep_time(tool.clock))
        except StorageError as error:
            tool.memory_fault = str(error)

    def session_begins(self) -> None:
        """What was told before a session stands in its HEADER."""
        self._logged = self._tool.clock.settings

    def tick_session(self) -> None:
        """In a session: log when the clock was set."""
        tool = self._tool
        if tool.clock.settings == self._logged:
            return
        self._logged = tool.clock.settings
        now_s = min(tool.clock.read(), _EVENT_MOST)
        tool.watch.events.put(tool.watch.session_ms(), ids.EVENT_CLOCK_SET, now_s)
