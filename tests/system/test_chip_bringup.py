"""mpremote runs the bring-up script on an emulated Pico, over its USB, as a maker does."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest
from gentlepress.chip import Chip
from gentlepress.chip.image import build_filesystem, compile_firmware, firmware_root
from gentlepress.chip.pty_link import PtyLink
from gentlepress.firmware.sim.plant import Plant

from hardware.circuit.variants import pins
from hardware.outputs import ROOT

SCRIPT = ROOT / "hardware" / "bringup" / "bringup.py"
MOTOR = int(pins("pico")["motor"].removeprefix("GP"))
PRESS_MN = 1000


class Finger:
    """Presses the tip once it is told to."""

    now_mn = 0

    def force_mn(self, _t_us: int, _vibration: float, _light: object) -> int:
        return self.now_mn


def bench(image, link: PtyLink) -> tuple[Chip, Plant]:
    """A wired tool without its program, the cable plugged in."""
    files = {
        name: data for name, data in compile_firmware(firmware_root(), "pico").items() if name != "main.py"
    }
    plant = Plant({"usb_power": True})
    plant.hand = Finger()
    chip = Chip(image, build_filesystem(files), sensor=plant.sensor, motor=plant.motor, link=link)
    chip.set_usb_power(present=True)
    chip.set_battery_mv(3900)
    chip._set_input(MOTOR, level=False)  # R1, stronger than the pin's own pull-up
    chip.before_slice = lambda: chip.set_button(pressed=plant.button_down)
    return chip, plant


def mpremote(port: str, plant: Plant) -> list[str]:
    """What mpremote prints; button and tip are pressed when the script asks for it."""
    argv = [sys.executable, "-m", "mpremote", "connect", port, "run", str(SCRIPT)]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    watchdog = threading.Timer(250, process.kill)
    watchdog.start()
    lines = []
    try:
        for line in process.stdout:
            lines.append(line.rstrip())
            plant.button_down = "press the button" in line
            plant.hand.now_mn = PRESS_MN if "press the tip" in line else 0
    finally:
        watchdog.cancel()
        process.kill()
        process.stdout.close()
        process.wait()
    return lines


@pytest.mark.image
@pytest.mark.slow
@pytest.mark.timeout(400)
def test_mpremote_brings_up_a_chip(chip_image, tmp_path):
    link = PtyLink(tmp_path / "port")
    chip, plant = bench(chip_image, link)
    chip.start(pace=None)
    try:
        lines = mpremote(link.path, plant)
    finally:
        chip.stop()
        link.close()
    assert lines[-1] == "bringup: 0 of 15 failed", lines
    assert plant.demand_permille() == 0, "the motor is left on"
