"""A simulated tool with a radio, a desktop with another, and the air between them."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gentlepress import sim
from gentlepress.key_store import KeyStore
from gentlepress.sim import SimOptions, SimulatedTool

from tests.radio.ether import Air, Ether, RadioLoop
from tests.radio.paired import pair
from tests.radio.tool_radio import ToolRadio
from tests.radio.virtual_bleak import Desktop, in_place

DOUBLE = 2


@dataclass
class World:
    """All of it.

    Attributes:
        tool: the process of its firmware. keys: of a desktop that is paired with it.
    """

    radio: RadioLoop
    ether: Ether
    antenna: ToolRadio
    desktop: Desktop
    tool: SimulatedTool
    keys: KeyStore

    def open_window(self, timeout_s: float = 40) -> None:
        """A double press; returns once the tool can be found."""
        deadline = time.monotonic() + timeout_s
        while not self.antenna.advertising:
            assert time.monotonic() < deadline, "the window did not open"
            self.antenna.click(DOUBLE)  # lost while the tool starts
            self.wait(lambda: self.antenna.advertising, 2)

    def break_link(self) -> None:
        """The link is lost, as out of range."""
        self.radio.call(self._broken())

    async def _broken(self) -> None:
        for controller in list(self.ether.controllers):
            self.ether.break_link(controller)

    @staticmethod
    def wait(condition: Callable[[], Any], timeout_s: float = 20) -> bool:
        """Wait for a condition; whether it came to pass."""
        deadline = time.monotonic() + timeout_s
        while not condition():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True


@contextmanager
def world(options: SimOptions | None = None, air: Air | None = None) -> Iterator[World]:
    """Start it all; end it all."""
    with ExitStack() as undo:
        folder = Path(undo.enter_context(tempfile.TemporaryDirectory(prefix="radio-")))
        radio = RadioLoop()
        undo.callback(radio.close)
        ether = Ether(air or Air())
        antenna = ToolRadio(ether, folder)
        radio.call(antenna.start())
        undo.callback(lambda: radio.call(antenna.stop()))
        desktop = Desktop(radio, ether)
        undo.enter_context(in_place(desktop))
        wanted = replace(options or SimOptions(runtime="micropython"), radio=folder)
        tool = undo.enter_context(sim.launch(wanted, notice=lambda _text: None))
        tool.wait_started()
        yield World(radio, ether, antenna, desktop, tool, pair(tool.path, folder))
