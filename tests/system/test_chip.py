"""The emulated RP2040: scripts, arithmetic, the bus with its twins, pins."""

from __future__ import annotations

import pytest
from gentlepress.chip import Chip, RawRepl, ScriptFailed, ScriptTimeout, run_script_on_chip
from gentlepress.chip.image import (
    build_filesystem,
    compile_module,
    firmware_root,
)
from gentlepress.firmware.sim.drv2605l_twin import Drv2605lTwin
from gentlepress.firmware.sim.nau7802_twin import Nau7802Twin

pytestmark = pytest.mark.image

DRIVERS = ("bus", "drv2605l", "edges", "errors", "nau7802")


def drivers() -> dict[str, bytes]:
    """The drivers, compiled, as they lie on the chip."""
    folder = firmware_root() / "drivers"
    modules = {
        f"drivers/{name}.mpy": compile_module(folder / f"{name}.py", f"drivers/{name}.py") for name in DRIVERS
    }
    return {"drivers/__init__.py": b"", **modules}


def sensor(nanovolts: int = 1_000_000) -> Nau7802Twin:
    """A converter with a steady, noiseless input."""
    twin = Nau7802Twin(lambda _t_us: nanovolts)
    twin.noise_nv = 0
    return twin


BUS = """
from machine import I2C, Pin
i2c = I2C(0, scl=Pin(5), sda=Pin(4), freq=400_000, timeout=2000)
"""


class TestScripts:
    def test_output_is_what_the_script_printed(self, chip_image):
        script = "for i in range(200):\n    print(i, 'x' * 40)\n"
        expected = "".join(f"{i} {'x' * 40}\n" for i in range(200))
        assert run_script_on_chip(script, image=chip_image) == expected

    def test_a_file_and_its_modules(self, chip_image, tmp_path):
        script = tmp_path / "script.py"
        script.write_text("import helper\nprint(helper.twice(21))\n", encoding="utf-8")
        files = {
            "helper.py": b"def twice(x):\n    return 2 * x\n",
            "main.py": b"raise SystemExit('not to be run')\n",
        }
        assert run_script_on_chip(script, image=chip_image, files=files) == "42\n"

    def test_an_exception_comes_back_with_its_traceback(self, chip_image):
        with pytest.raises(ScriptFailed) as failed:
            run_script_on_chip("print('before')\n1 // 0\n", image=chip_image)
        assert failed.value.output == "before\n"
        assert "ZeroDivisionError" in failed.value.trace

    def test_an_endless_script_is_given_up(self, chip_image):
        with pytest.raises(ScriptTimeout, match=r"within 0\.1 s"):
            run_script_on_chip("while True: pass\n", image=chip_image, timeout_s=0.1)

    def test_small_integers_have_31_bits(self, chip_image):
        script = """
import gc
def allocated(start):
    x = start
    before = gc.mem_alloc()
    x = x + 1
    return gc.mem_alloc() - before
print(allocated(2**30 - 3), allocated(2**30 - 1) > 0)
"""
        assert run_script_on_chip(script, image=chip_image) == "0 True\n"


class TestArithmetic:
    def test_the_quick_divider_divides_as_the_chip_does(self, chip_image):
        script = """
import machine
SIO = 0xD0000000
def divide(at, dividend, divisor):
    machine.mem32[SIO + at] = dividend
    machine.mem32[SIO + at + 4] = divisor
    remainder = machine.mem32[SIO + 0x74]
    return machine.mem32[SIO + 0x70] & 0xFFFFFFFF, remainder & 0xFFFFFFFF
state = machine.disable_irq()
rows = [divide(at, a & 0xFFFFFFFF, b & 0xFFFFFFFF) for at, a, b in CASES]
machine.enable_irq(state)
print(rows)
print(-7 // 2, -7 % 2, 7 // -2, (1 << 29) // 3, 1000000007 % 997)
"""
        unsigned, signed = 0x60, 0x68
        cases = [
            (unsigned, 0xFFFFFFFF, 10, 0x19999999, 5),
            (unsigned, 7, 0, 0xFFFFFFFF, 7),
            (signed, -7, 2, -3, -1),
            (signed, 7, -2, -3, 1),
            (signed, -(1 << 31), -1, -(1 << 31), 0),
            (signed, 5, 0, -1, 5),
            (signed, -5, 0, 1, -5),
        ]
        literal = repr([case[:3] for case in cases])
        rows, python = run_script_on_chip(script.replace("CASES", literal), image=chip_image).splitlines()
        assert eval(rows) == [(q & 0xFFFFFFFF, r & 0xFFFFFFFF) for _, _, _, q, r in cases]
        assert python == f"{-7 // 2} {-7 % 2} {7 // -2} {(1 << 29) // 3} {1000000007 % 997}"


class TestBus:
    def test_the_driver_reads_what_the_twin_converts(self, chip_image):
        script = (
            BUS
            + """
import asyncio
from drivers.nau7802 import Nau7802
sensor = Nau7802(i2c)
async def main():
    await sensor.start()
    while not sensor.ready():
        await asyncio.sleep_ms(1)
    print(sensor.read_raw(), sensor.registers_ok(), sensor.ready())
asyncio.run(main())
"""
        )
        twin = sensor(nanovolts=3_000_000)
        raw, ok, ready_again = run_script_on_chip(
            script, image=chip_image, files=drivers(), sensor=twin
        ).split()
        # 3.0 V reference, gain 128: a count is 3.0 V / 2 / 128 / 2**23.
        counts = 3_000_000 / (3.0e9 / 2 / 128 / 2**23)
        assert int(raw) == pytest.approx(counts, abs=4000)
        assert (ok, ready_again) == ("True", "False")

    def test_data_ready_interrupts_at_the_rate_of_the_twin(self, chip_image):
        script = (
            BUS
            + """
import asyncio, time
from drivers.nau7802 import Nau7802
times = []
result = bytearray(3)
def on_ready(_pin):
    sensor.read_raw()
    times.append(time.ticks_us())
drdy = Pin(6, Pin.IN)
sensor = Nau7802(i2c, drdy)
async def main():
    await sensor.start(rate_sps=320)
    drdy.irq(handler=on_ready, trigger=Pin.IRQ_RISING)
    await asyncio.sleep_ms(500)
asyncio.run(main())
gaps = [time.ticks_diff(times[i + 1], times[i]) for i in range(10, 110)]
print(sum(gaps) // len(gaps), min(gaps), max(gaps))
"""
        )
        twin = sensor()
        twin.rate_error_permille = 0
        answer = run_script_on_chip(script, image=chip_image, files=drivers(), sensor=twin)
        mean, least, most = map(int, answer.split())
        assert mean == pytest.approx(3125, abs=5)
        assert least > 2500
        assert most < 3800

    def test_a_register_read_takes_its_bits_time(self, chip_image):
        script = (
            BUS
            + """
import time
buf = bytearray(3)
i2c.readfrom_mem_into(0x2A, 0x00, buf)
start = time.ticks_us()
for _ in range(100):
    i2c.readfrom_mem_into(0x2A, 0x00, buf)
print(time.ticks_diff(time.ticks_us(), start) // 100)
"""
        )
        # Six bytes of nine bits and three conditions: 57 bits at 400 kHz are 142 us, the rest is MicroPython.
        assert 142 <= int(run_script_on_chip(script, image=chip_image, sensor=sensor())) < 200

    def test_no_acknowledgement_is_eio_at_once(self, chip_image):
        script = (
            BUS
            + """
import time
for action in (lambda: i2c.readfrom_mem(0x33, 0, 1), lambda: i2c.writeto_mem(0x33, 0, b"ab")):
    start = time.ticks_us()
    try:
        action()
    except OSError as error:
        print(error.errno, time.ticks_diff(time.ticks_us(), start) < 500)
print(i2c.readfrom_mem(0x2A, 0x1F, 1))
"""
        )
        assert run_script_on_chip(script, image=chip_image, sensor=sensor()) == "5 True\n5 True\nb'\\x0f'\n"

    def test_a_stuck_line_times_out_and_is_freed_by_clocks(self, chip_image):
        script = (
            BUS
            + """
import time
from drivers.bus import recover
start = time.ticks_us()
try:
    i2c.readfrom_mem(0x2A, 0x1F, 1)
except OSError as error:
    print(error.errno, time.ticks_diff(time.ticks_us(), start) < 5000)
lines = [Pin(n, Pin.OPEN_DRAIN, value=1) for n in (5, 4)]
for _ in range(3):
    print(lines[1].value(), recover(*lines))
"""
            + BUS
            + "print(i2c.readfrom_mem(0x2A, 0x1F, 1))\n"
        )
        twin = sensor()
        twin.stuck_sda = True
        twin.stuck_clocks = 25  # MicroPython itself gives some after a transfer that failed
        answer = run_script_on_chip(script, image=chip_image, files=drivers(), sensor=twin).splitlines()
        assert answer[0] == "110 True"
        assert answer[1] == "0 False"
        assert answer[-2:] == ["1 True", "b'\\x0f'"]

    def test_the_bus_moved_pin_by_pin(self, chip_image):
        script = (
            BUS
            + """
print(i2c.scan())
from machine import SoftI2C
soft = SoftI2C(scl=Pin(5), sda=Pin(4), freq=100_000)
soft.writeto_mem(0x2A, 0x00, bytes([0x02]))
soft.writeto_mem(0x2A, 0x03, bytes([0x12, 0x34, 0x56, 0xA5]))
print(soft.readfrom_mem(0x2A, 0x03, 4), soft.readfrom_mem(0x2A, 0x1F, 1))
try:
    soft.readfrom(0x2B, 1)
except OSError as error:
    print(error.errno)
"""
        )
        answer = run_script_on_chip(script, image=chip_image, sensor=sensor(), motor=Drv2605lTwin())
        assert answer == "[42, 90]\nb'\\x124V\\xa5' b'\\x0f'\n19\n"


class TestPins:
    def test_motor_pwm_reaches_its_twin(self, chip_image):
        script = (
            BUS
            + """
import asyncio
from machine import PWM
from drivers.drv2605l import Drv2605l
motor = Drv2605l(i2c, PWM(Pin(22, Pin.OUT, value=0)))
async def main():
    await motor.start()
    print(motor.check(), await motor.diagnose())
    motor.drive(128)
asyncio.run(main())
"""
        )
        twin = Drv2605lTwin()
        answer = run_script_on_chip(script, image=chip_image, files=drivers(), motor=twin)
        assert answer == "0 True\n"
        assert twin.duty_u16 == pytest.approx(128 * 257, abs=20)
        assert twin.pwm_hz == pytest.approx(25_000, abs=25)
        assert twin.drive_permille() > 300

    def test_button_supply_battery_light_and_serial_number(self, chip_image):
        chip = Chip(chip_image, build_filesystem({}), unique_id=b"GP-00042")
        chip.set_button(pressed=True)
        chip.set_usb_power(present=True)
        chip.set_battery_mv(3700)
        repl = RawRepl(chip)
        answer = repl.run(
            """
from machine import ADC, PWM, Pin, unique_id
print(Pin(15, Pin.IN, Pin.PULL_UP).value(), Pin(24, Pin.IN).value(), unique_id())
print(ADC(Pin(26)).read_u16() * 6600 // 65535)
red = PWM(Pin(10), freq=1000, duty_u16=0)
green = Pin(11, Pin.OUT, value=1)
""",
            5,
        )
        first, battery_mv = answer.splitlines()
        assert first == "0 1 b'GP-00042'"
        assert int(battery_mv) == pytest.approx(3700, abs=5)
        # A common anode: a low pin is bright, a pin that nobody drives is dark.
        assert chip.light == (255, 0, 0)

    def test_the_motor_pin_is_off_after_a_watchdog_reset(self, chip_image):
        twin = Drv2605lTwin()
        chip = Chip(chip_image, build_filesystem({}), motor=twin)
        repl = RawRepl(chip)
        repl.run("import machine\np = machine.PWM(machine.Pin(22), freq=25000, duty_u16=60000)", 5)
        assert twin.duty_u16 > 50_000
        repl.run("machine.WDT(timeout=200)", 5)
        assert chip.run_until(lambda: chip.resets == 1, timeout_s=0.3)
        assert twin.duty_u16 == 0
        answer = RawRepl(chip).run("import machine\nprint(machine.reset_cause() == machine.WDT_RESET)", 5)
        assert answer == "True\n"
        chip.run_for(1_000_000)
        assert chip.resets == 1
