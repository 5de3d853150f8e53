"""What hangs on the emulated RP2040 is restarted by the real chip's watchdog: motor off, session closed with why."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from gentlepress.chip import Chip, RawRepl
from gentlepress.chip.image import compile_module, firmware_root, read_filesystem
from gentlepress.chip.simulated_tool import make_chip
from gentlepress.firmware.core import ids
from gentlepress.firmware.sim.plant import Plant
from gentlepress.record_reader import Session, read_session

pytestmark = [pytest.mark.image, pytest.mark.slow, pytest.mark.timeout(900)]

HANG_WATCH, HANG_MAIN = 20, 21
# A pin that is high makes the firmware hang: in the watch, which is a scheduled callback, or in the main loop.
FAULTY = f"""
from machine import Pin
from core import tool, watch

def hanging(method, gpio):
    pin = Pin(gpio, Pin.IN, Pin.PULL_DOWN)
    def hang(self, argument):
        while pin.value():
            pass
        return method(self, argument)
    return hang

watch.Watch.on_timer = hanging(watch.Watch.on_timer, {HANG_WATCH})
tool.Tool.tick = hanging(tool.Tool.tick, {HANG_MAIN})
"""
BUILT = "    tool = Tool(board)\n"
PRESS = [[0, 1000], [20_000_000, 1000]]
BOOT_S = 15.0
SESSION_S = 25.0
WATCHDOG_S = 2.0
SAFE_MODE = "safe mode"


class Bench:
    """A tool on the chip that can be made to hang."""

    def __init__(self, image: Path) -> None:
        self.plant = Plant({"press": PRESS})
        source = (firmware_root() / "main.py").read_text(encoding="utf-8")
        assert BUILT in source
        faulty = source.replace(
            BUILT, BUILT + "    import faulty\n"
        )  # only now: memory must not be in pieces
        files = {"main.py": faulty.encode(), "faulty.mpy": self._compiled()}
        self.chip: Chip = make_chip(image, self.plant, files=files)
        self.said = b""

    @staticmethod
    def _compiled() -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "faulty.py"
            source.write_text(FAULTY, encoding="utf-8")
            return compile_module(source, "faulty.py")

    def boot(self) -> None:
        """Until the light shows that it watches; the motor stays off."""
        assert self.chip.run_until(self._is_awake, BOOT_S), self.heard()

    def _is_awake(self) -> bool:
        assert self.plant.drv.duty_u16 == 0, "the motor runs while the tool starts"
        return any(self.chip.light)

    def press(self) -> None:
        """Begin a session, until it has been pressed for a while."""
        self.plant.start_us = self.chip.now_us + 300_000
        assert self.chip.run_until(lambda: self.plant.force_mn > 900, SESSION_S), self.heard()
        self.chip.run_for(500_000)

    def hang(self, gpio: int) -> float:
        """Make it hang: seconds until the chip was reset."""
        self.chip._set_input(gpio, level=True)
        start_us, resets = self.chip.now_us, self.chip.resets
        assert self.chip.run_until(lambda: self.chip.resets > resets, WATCHDOG_S + 0.1), "no reset"
        self.chip._set_input(gpio, level=False)
        return (self.chip.now_us - start_us) / 1e6

    def heard(self) -> str:
        """What it said on its port."""
        self.said += self.chip.usb.take()
        return self.said.decode(errors="replace")

    def session(self) -> Session:
        """The only session in its flash."""
        kept = read_filesystem(self.chip.filesystem)
        (data,) = [contents for path, contents in kept.items() if path.startswith("sessions/")]
        return read_session(data)


@pytest.fixture
def bench(chip_image):
    return Bench(chip_image)


def test_a_watch_that_hangs_in_a_press_is_a_reset_within_2_s(bench):
    bench.boot()
    bench.press()
    assert 1.0 < bench.hang(HANG_WATCH) <= WATCHDOG_S
    assert bench.plant.drv.duty_u16 == 0
    bench.boot()
    assert bench.chip.resets == 1
    assert bench.session().summary.end_reason == ids.END_WATCHDOG


@pytest.mark.proof
def test_a_held_button_leads_out_of_a_main_loop_that_hangs_in_a_press(bench):
    bench.boot()
    bench.press()
    bench.plant.button_down = True
    assert 1.0 < bench.hang(HANG_MAIN) <= WATCHDOG_S
    assert bench.plant.drv.duty_u16 == 0
    assert bench.chip.run_until(lambda: SAFE_MODE in bench.heard(), BOOT_S), bench.heard()
    assert not any(bench.chip.light)
    bench.plant.button_down = False
    repl = RawRepl(bench.chip)
    assert repl.run("print('core.tool' in __import__('sys').modules)", 5) == "False\n"
    bench.chip.run_for(3_000_000)
    assert bench.chip.resets == 1, "no watchdog runs in safe mode"
    bench.chip.usb.write(b"import machine; machine.reset()\x04")
    assert bench.chip.run_until(lambda: bench.chip.resets == 2, 2.0)
    bench.boot()
    assert bench.session().summary.end_reason == ids.END_WATCHDOG


@pytest.mark.proof
def test_ctrl_c_in_a_press_closes_and_leads_to_safe_mode(bench):
    bench.boot()
    bench.press()
    bench.chip.usb.write(b"\r\x03\x03")
    assert bench.chip.run_until(lambda: bench.plant.drv.duty_u16 == 0 and bench.chip.resets == 1, 2.0)
    assert bench.chip.run_until(lambda: SAFE_MODE in bench.heard(), BOOT_S), bench.heard()
    assert bench.session().summary.end_reason == ids.END_INTERRUPTED
    bench.chip.run_for(3_000_000)
    assert bench.chip.resets == 1, "no watchdog runs in safe mode"
