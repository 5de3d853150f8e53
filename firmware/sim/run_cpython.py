"""Runs the firmware on CPython, for people who cannot have MicroPython: `python run_cpython.py OPTIONS.json`.

Stand-ins take the place of what CPython lacks; time is the simulated clock, as on the unix port. It shows the tool; it
proves nothing about MicroPython.
"""

import asyncio
import importlib.util
import io
import os
import selectors
import sys
import time
from pathlib import Path

SIM = Path(__file__).resolve().parent
FIRMWARE = SIM.parent


class SimSelector(selectors.DefaultSelector):
    """Waits on simulated time."""

    def select(self, timeout=None):
        """Files that are ready, after at most `timeout` simulated seconds."""
        from sim.clock import CLOCK

        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        CLOCK.idle(1 + int(1e6 * (3600 if timeout is None else max(timeout, 0))), None)
        return super().select(0)


class SimLoop(asyncio.SelectorEventLoop):
    """An event loop on simulated time."""

    def __init__(self):
        super().__init__(SimSelector())

    def time(self) -> float:
        """Simulated seconds."""
        from sim.clock import CLOCK

        return CLOCK.now_us / 1e6


class PortFile(io.FileIO):
    """A file with MicroPython's `readinto`; a hang-up means that the simulator, which holds both ends, is gone."""

    def readinto(self, buf, size=None):
        """Fill `buf`, or its first `size` bytes; how many came."""
        try:
            return super().readinto(memoryview(buf)[:size])
        except OSError:
            raise SystemExit(0) from None


class Port:
    """A standard stream without buffering."""

    def __init__(self, number: int, mode: str):
        self.buffer = PortFile(number, mode, closefd=False)

    def write(self, text: str) -> int:
        """Text, as on the unix port."""
        return self.buffer.write(text.encode())

    def fileno(self) -> int:
        """The descriptor."""
        return self.buffer.fileno()

    def flush(self) -> None:
        """Nothing is held back."""


def install() -> None:
    """Put the stand-ins in place."""
    from gentlepress.runtime import standins

    # This script's folder holds a `select` and a `time` that are not for CPython.
    sys.path[:] = [folder for folder in sys.path if Path(folder or ".").resolve() != SIM]
    sys.path[:0] = [str(FIRMWARE), str(standins.FOLDER)]
    import on_cpython
    from sim import clock

    on_cpython.install()
    time.ticks_us = clock.CLOCK.ticks_us
    time.ticks_ms = clock.CLOCK.ticks_ms
    time.ticks_add = clock.ticks_add
    time.ticks_diff = clock.ticks_diff
    asyncio.run = _run
    _load("machine", SIM / "shadow" / "machine.py")
    _load("bluetooth", SIM / "shadow" / "bluetooth.py")


def _run(main):
    with asyncio.Runner(loop_factory=SimLoop) as runner:
        return runner.run(main)


def _load(name: str, path: Path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def leave_with_the_host() -> None:
    """End here if this is a restart and who started the simulated tool is gone: nobody would read what it tells."""
    parent = str(os.getppid())
    if os.environ.setdefault("GENTLEPRESS_SIM_PARENT", parent) != parent:
        sys.exit(0)


if __name__ == "__main__":
    leave_with_the_host()
    install()
    sys.stdin, sys.stdout = Port(0, "r"), Port(1, "w")
    _load("firmware_main", FIRMWARE / "main.py").main()
