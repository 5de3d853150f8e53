"""The firmware on the emulated RP2040: a session from the hand to the desktop's database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from gentlepress.chip import Chip, RawRepl
from gentlepress.chip.image import (
    build_filesystem,
    compile_firmware,
    firmware_root,
    read_filesystem,
)
from gentlepress.chip.pty_link import PtyLink
from gentlepress.chip.simulated_tool import make_chip
from gentlepress.client import connect
from gentlepress.firmware.core import ids, wire
from gentlepress.firmware.sim.drv2605l_twin import Drv2605lTwin
from gentlepress.firmware.sim.nau7802_twin import Nau7802Twin
from gentlepress.firmware.sim.plant import Plant
from gentlepress.store.store import open_store
from gentlepress.sync import sync

pytestmark = pytest.mark.image


ON_CHIP = Path(__file__).parent / "on_chip"
SENSOR_UP_US = 2_500_000
STACK = slice(0x40000, 0x42000)  # of the RAM; MicroPython checks its end only where Python calls Python
STACK_SPARE = 1024


def stack_spare(chip: Chip) -> int:
    """Bytes of the stack that were never used; RAM is zero at power-up."""
    stack = bytes(chip._mcu.sram[STACK])
    return len(stack) - len(stack.lstrip(b"\0"))


def numbers(output: str) -> dict[str, list[int]]:
    """Lines of a name and whole numbers."""
    rows = (line.split() for line in output.splitlines())
    return {name: [int(value) for value in values] for name, *values in rows}


@pytest.mark.slow
@pytest.mark.timeout(900)
class TestWatch:
    def test_nothing_is_allocated_on_the_real_bus(self, chip_image):
        # A press from nothing to over the limit and back, twice a second; now and then the sensor does not answer.
        twin = Nau7802Twin(lambda t_us: abs(t_us // 1000 % 500 - 250) * 1_500)

        disturbed = 0

        def disturb() -> None:
            nonlocal disturbed
            if chip.now_us > SENSOR_UP_US and chip.now_us // 1000 % 101 == 0:
                twin.nack_next(1)
                disturbed += 1

        chip = Chip(chip_image, build_filesystem(compile_board()), sensor=twin, motor=Drv2605lTwin())
        repl = RawRepl(chip)
        chip.before_slice = disturb
        seen = numbers(repl.run((ON_CHIP / "watch_on_bus.py").read_text(encoding="utf-8"), 60))
        assert seen["samples"][0] >= 1000
        assert seen["allocated"] == [0]
        assert seen["took_ms"][0] < 4000
        assert disturbed >= 15


def compile_board() -> dict[str, bytes]:
    """The firmware, without its start."""
    files = compile_firmware(firmware_root(), "pico")
    return {path: contents for path, contents in files.items() if path != "main.py"}


ROUTINE = {
    "format": 1,
    "name": "One press",
    "session_ms": 60_000,
    "steps": [{"zone": "cheeks", "side": "left", "hold_ms": 2000, "presses": 1}],
}
# Rises at 1 N/s to the first point, falls at 1 N/s after the last; the band of the cheeks is 600 to 1800 mN.
PRESS = [[0, 900], [200_000, 1000], [3_200_000, 1000]]
IN_BAND_MS = 300 + 3200 + 400
BOOT_S = 10.0
SESSION_S = 20.0


class Tool:
    """The firmware on the chip, a hand on the tool, and a desktop at its port."""

    def __init__(self, image: Path, folder: Path) -> None:
        self.plant = Plant({"press": PRESS})
        self.link = PtyLink(folder / "port")
        self.chip = make_chip(image, self.plant, link=self.link)

    def ask(self, question):
        """What the desktop's client finds out, while the chip runs in its thread."""
        self.chip.start(pace=1.0)
        try:
            with connect(f"serial:{self.link.path}", attempt_s=30.0) as client:
                return question(client)
        finally:
            self.chip.stop()


@pytest.fixture
def tool(chip_image, tmp_path):
    one = Tool(chip_image, tmp_path)
    yield one
    one.link.close()


@pytest.mark.slow
class TestFirmware:
    @pytest.mark.timeout(900)
    def test_a_session_pressed_on_the_chip_arrives_on_the_desktop(self, tool, tmp_path):
        chip, plant = tool.chip, tool.plant
        awake = chip.run_until(lambda: any(chip.light), BOOT_S)
        assert awake, chip.usb.take().decode(errors="replace")

        def push(client):
            client.set_clock()
            client.upload(wire.PATH_ROUTINE, json.dumps(ROUTINE).encode())
            return client.hello

        hello = tool.ask(push)
        assert (hello.board, hello.device_id) == ("pico", "e6605c2a9b3d1702")

        plant.start_us = chip.now_us + 300_000
        assert chip.run_until(lambda: plant.force_mn > 900, SESSION_S)
        assert chip.run_until(lambda: plant.force_mn == 0, SESSION_S)
        chip.run_for(5_000_000)
        with open_store(str(tmp_path / "sessions.db")) as store:
            first, second = tool.ask(lambda client: (sync(client, store), sync(client, store)))
            stored = store.latest()
        assert (first.new, second.new, second.already_here) == (1, 0, 1)

        session = stored.session
        (step,) = session.steps
        assert (step.zone, step.presses) == (ids.CHEEKS, 1)
        assert step.in_band_ms == pytest.approx(IN_BAND_MS, abs=25)
        assert step.peak_mn == pytest.approx(1000, abs=30)
        assert step.over_ms == step.warn_ms == 0
        # The rate is the converter's own, within its 3 %.
        assert session.summary.sample_count * 1000 / session.summary.duration_ms == pytest.approx(
            320, rel=0.04
        )
        assert session.summary.lost_events == session.summary.lost_intervals == 0
        assert stored.data in read_filesystem(chip.filesystem).values()
        assert chip.resets == 0
        assert stack_spare(chip) >= STACK_SPARE, "below it lies the heap's end, which it would overwrite"
