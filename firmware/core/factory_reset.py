"""Factory reset: asked for by a desktop, confirmed by the button held for 8 s. A guest of the memory (core.guest).

Takes settings, names, routine, desktops and their keys. Counters, locks, session numbers, calibration and sessions
stay. A flag file makes sure that what was begun is done whole, whatever the power does.
"""

import asyncio

from . import files, guest, ids, wire
from .errors import StorageError

WAIT_MS = 60000
FLAG = "factory"  # core.tool looks for it at each start
WAITING = "waiting"
RUNNING = "running"
DONE = "done"
EXPIRED = "expired"
FAILED = "failed"


class FactoryReset:
    """A request for a factory reset, of a tool (core.tool.Tool).

    Attributes:
        state: WAITING for the button, RUNNING, DONE (a restart follows), EXPIRED, FAILED.
    """

    def __init__(self, tool):
        self._tool = tool
        self._until_ms = tool.clock.uptime_ms() + WAIT_MS
        self.state = WAITING

    def left_ms(self) -> int:
        """How long the button is still waited for."""
        return max(0, self._until_ms - self._tool.clock.uptime_ms()) if self.state == WAITING else 0

    def takes_hold(self) -> bool:
        """Called each turn: whether a held button means this, not recovery."""
        tool = self._tool
        if self.state == WAITING:
            if tool.session is not None or (not self.left_ms() and not tool.button.down):
                self.state = EXPIRED
            elif tool.button.recovery and not tool.watch.in_contact() and tool.take_over(self._run):
                self.state = RUNNING
        return self.state in (WAITING, RUNNING, DONE)

    async def _run(self) -> None:
        tool = self._tool
        try:
            for step in steps(tool):
                await tool.gaps.run(step)
            self.state = DONE
            tool.player.ask(ids.CUE_DONE)
            await asyncio.sleep_ms(1500)
            tool.reset_asked = True
        except StorageError as error:
            self.state = FAILED
            tool.memory_fault = str(error)
            tool.player.ask(ids.CUE_FAULT)


def steps(tool) -> tuple:
    """What is done, one piece after the other; each may be done twice."""
    return (
        lambda: files.write_all(files.Files(), _flag(tool), "wb", b"1"),
        lambda: _check(tool.settings.clear()),
        lambda: _check(tool.routines.clear()),
        tool.journal.forget_all_hosts,
        lambda: _forget_keys(tool),
        lambda: _forget_keys(tool),  # in the other slot, too
        lambda: files.remove_quietly(files.Files(), _flag(tool)),
    )


def _forget_keys(tool) -> None:
    if not getattr(tool.board, "has_radio", False):
        return
    guest.load("desktop_keys").DesktopKeys(tool.board.root).clear()
    guest.forget("desktop_keys")


def _check(code: int) -> None:
    if code != wire.ERR_OK:
        raise StorageError("the factory reset could not be kept (code %d)" % code)


def _flag(tool) -> str:
    return tool.board.root + "/" + FLAG
