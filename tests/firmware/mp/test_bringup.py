"""The bring-up script (hardware/bringup/bringup.py) on simulated tools, wired well and badly."""

import sys

from sim import task_queue

sys.modules["_asyncio"] = task_queue
import asyncio

import bringup
from sim.world import PIN_MOTOR, PIN_SDA, WORLD
from sim_rig import fresh

RUNTIMES = ("micropython",)
PATH = ("firmware/sim/shadow", "hardware/bringup")
HEAP = "16m"
TIMEOUT_S = 120


class Finger:
    """Presses the tip once it is told to."""

    def __init__(self):
        self.now_mn = 0

    def force_mn(self, _t_us, _vibration, _light):
        return self.now_mn


class Maker(bringup.Report):
    """Does what the script asks for: a press of the button, then of the tip."""

    def __init__(self, plant, press_mn=1000, click=True):
        super().__init__(self.hear)
        self.lines = []
        self.plant = plant
        self.press_mn = press_mn
        self.click = click
        plant.hand = self.finger = Finger()

    def hear(self, line):
        self.lines.append(line)

    def tell(self, name, holds, found):
        if name == "motor":
            self.finger.now_mn = self.press_mn
        self.plant.button_down = self.click and name == "battery"
        return super().tell(name, holds, found)

    def found(self, name):
        [line] = [line for line in self.lines if line[5:17].strip() == name]
        return line


class Wired:
    """Stands for the board's module: the simulated tool, built once, with a fault."""

    def __init__(self, options, spoil):
        from boards import simulator

        self.tool, self.plant = fresh(dict(options, usb_power=options.get("usb_power", True)))
        self.PINS = simulator.PINS
        for pin in (PIN_SDA, simulator.PINS["scl"]):
            WORLD._levels[pin] = 1  # the pull-ups of the modules
        spoil(self.plant)

    def build(self):
        return self.tool.board


def bring_up(options=None, spoil=lambda plant: None, **maker):
    wired = Wired(options or {}, spoil)
    report = Maker(wired.plant, **maker)
    asyncio.run(bringup.main(wired, report))
    assert report.lines[-1] == "bringup: {} of {} failed".format(len(report.failed), len(bringup.STEPS))
    assert WORLD.plant.demand_permille() == 0, "the motor is left on"
    return report


def test_a_good_tool_passes_every_step():
    report = bring_up()
    assert report.failed == [], report.lines
    assert report.told == [step[0] for step in bringup.STEPS[:-2]] + ["button", "tip"] or set(
        report.told
    ) == {step[0] for step in bringup.STEPS}
    assert "0x2a" in report.found("bus") and "0x5a" in report.found("bus")


def test_other_parts_leave_out_what_they_do_not_have():
    report = bring_up({"sensor": "hx711", "motor": "erm"})
    assert report.failed == [], report.lines
    assert not set(report.told) & {"bus", "bus_lines", "bridge"}
    report = bring_up({"sensor": "fsr"})
    assert report.failed == [], report.lines
    assert not set(report.told) & {"data_ready", "bridge"}


def fails(name, spoil=lambda plant: None, options=None, **maker):
    """The step that must fail, and the advice it gives."""
    report = bring_up(options, spoil, **maker)
    assert name in report.failed, report.lines
    after = report.lines[report.lines.index(report.found(name)) + 1]
    assert "Do: " in after
    return report


def attribute(chip, name, value):
    return lambda plant: setattr(getattr(plant, chip), name, value)


def test_no_pull_down_at_the_driver():
    fails("motor_line", lambda plant: WORLD._levels.__setitem__(PIN_MOTOR, 1))


def test_a_bus_line_held_low():
    report = fails("bus_lines", lambda plant: WORLD._levels.__setitem__(PIN_SDA, 0))
    assert "SDA low, SCL high" in report.found("bus_lines") and "bus" not in report.told


def test_a_chip_that_does_not_answer():
    report = fails("bus", attribute("nau", "nack_forever", True))
    assert "0x2a" not in report.found("bus") and "sensor" in report.failed and "rest" not in report.told


def test_hx711_at_ten_a_second():
    report = fails("data_ready", options={"sensor": "hx711", "hx711_rate": 10})
    assert "/s of 80" in report.found("data_ready") and "sensor" not in report.failed


def test_an_open_bridge():
    report = fails("bridge", attribute("nau", "wire_open", True))
    assert "deaf" in report.found("bridge")


def test_a_load_at_rest():
    def loaded(plant):
        plant.values["tip.mass_mg"] = 0
        plant._weight_nv = 6000 * plant.values["cell.nv_per_mn"]
        plant.tilt_permille = 1000

    assert "rest" in fails("rest", loaded).failed


def test_a_motor_that_is_not_there():
    report = fails("motor", attribute("drv", "motor_present", False))
    assert "pulses" not in report.told


def test_usb_power_that_is_not_sensed():
    fails("usb_power", options={"usb_power": False})


def test_a_switch_that_is_off():
    fails("battery", lambda plant: setattr(plant, "battery_mv", 100))


def test_a_button_that_is_not_pressed():
    fails("button", click=False)


def test_a_tip_that_reads_less_when_pressed_and_one_that_feels_nothing():
    assert "-" in fails("tip", press_mn=-1000).found("tip")
    assert "nothing felt" in fails("tip", press_mn=0).found("tip")
