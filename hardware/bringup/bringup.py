"""Bring-up of a tool that was just wired: tries each part and says what it found and what to do. Runs on the tool.

From the project's folder, the tool on USB, switched on, tip up and free:

    mpremote mount firmware run hardware/bringup/bringup.py

Nothing is installed for it: the firmware's own board files and drivers come over the cable. One line a step: its
verdict (ok, FAIL, or look where only you can tell), its name, what was found; after a FAIL, what to do.
hardware/bringup.md has the same steps with test points.
"""

import asyncio
import gc
import sys
import time

import machine

STEPS = (
    ("python", "1.25 or later; on an ESP32-S3 without PSRAM", "put on the image that docs/firmware.md names"),
    ("motor_line", "low, with the pin's own pull-up on", "solder R1 (10 k) at U3 from IN to GND, or at Q1's gate"),
    ("bus_lines", "SDA and SCL high, with the pins' pull-downs on", "check +3V3 at U2 and U3; look for a short"),
    ("bus", "0x2a (U2) and 0x5a (U3), if fitted", "check the missing chip's four wires; are SDA and SCL crossed?"),
    ("sensor", "starts, and its registers hold", "measure +3V3 at U2; try another board for U2"),
    ("data_ready", "within 5 % of its rate", "check the wire from U2's DRDY (HX711: DT); HX711: RATE high"),
    ("bridge", "the cell is heard", "check the cell's four wires; measure 1.45 to 1.55 V at A+ and A-"),
    ("rest", "within 5 N of zero, and calm", "take all load off; if it stays, the cell is bent or wired wrongly"),
    ("motor", "its driver finds it", "check M1's two wires; an ERM is not an LRA: see parts.json"),
    ("pulses", "three pulses are felt in the handle", "if none is: see that M1 is glued flat to the tray"),
    ("light", "red, green, blue, each for a second", "swapped: swap their wires; dark: see R6 to R8"),
    ("usb_power", "present", "XIAO: check R4 and R5; Pico W: the image must be that of the W"),
    ("battery", "3400 to 4250 mV, SW1 on", "0: R2 or its wire is open; else measure R2 and R3"),
    ("button", "pressed within ten seconds", "check SW2 and its two wires"),
    ("tip", "reads more when pressed", "less: swap A+ and A-; nothing: the stem does not reach the cell"),
)  # fmt: skip
"""(name, what is expected, what to do otherwise), in their order."""

WAIT_MS, LOOK_MS = 10_000, 20
RATE_MS, RATE_PERCENT = 500, 5
REST_SAMPLES = 64
REST_NEAR_MN = 5000
REST_CALM_MN = 100
PRESS_MN = 500
BATTERY_MV = (3400, 4250)
PULSE_MS = 150
PSRAM_BYTES = 1_000_000
ADDRESSES = {"nau7802": 0x2A, "drv2605l": 0x5A}


class Report:
    """What was found, printed as it comes. `failed`: names of the steps that failed."""

    def __init__(self, write=print):
        self._write = write
        self._steps = {step[0]: step for step in STEPS}
        self.failed = []
        self.told = []

    def say(self, words: str) -> None:
        """A line for whoever holds the tool."""
        self._write("     " + words)

    def tell(self, name: str, holds, found: str) -> bool:
        """One step's line; `holds` None: only a person can tell. Whether it held."""
        expected, todo = self._steps[name][1:]
        verdict = "look" if holds is None else "ok" if holds else "FAIL"
        self._write("{:<5}{:<12}{}".format(verdict, name, found))
        self.told.append(name)
        if holds is None:
            self._write("     {:<12}expected: {}; {}".format("", expected, todo))
        elif not holds:
            self._write("     {:<12}expected: {}. Do: {}.".format("", expected, todo))
            self.failed.append(name)
        return holds is not False

    def close(self) -> None:
        """The last line."""
        untried = [step[0] for step in STEPS if step[0] not in self.told]
        if untried:
            self._write("not tried: " + ", ".join(untried))
        self._write("bringup: {} of {} failed".format(len(self.failed), len(STEPS)))


def pick():
    """The board's module."""
    if sys.platform == "esp32":
        from boards import xiao_esp32s3 as board
    elif sys.platform != "rp2":
        from boards import simulator as board
    elif " W" in sys.implementation._machine:  # noqa: SLF001
        from boards import pico_w as board
    else:
        from boards import pico as board
    return board


def level(pin: int, pull: int) -> int:
    """A pin's level as an input with a pull; it stays an input without one."""
    line = machine.Pin(pin, machine.Pin.IN, pull)
    time.sleep_ms(1)
    found = line.value()
    machine.Pin(pin, machine.Pin.IN, None)  # an ESP32 keeps a pull unless none is named
    return found


class Bringup:
    """The steps. `fitted`: words of the parts (core/parts.py)."""

    def __init__(self, module, report: Report):
        self.module = module
        self.report = report
        self.board = None
        self.fitted = ()

    def python(self) -> None:
        """Interpreter and memory."""
        version = sys.implementation.version
        gc.collect()
        free = gc.mem_free()
        psram = sys.platform == "esp32" and free > PSRAM_BYTES
        holds = version[:2] >= (1, 25) and not psram
        self.report.tell("python", holds, "{}.{}, {} bytes free".format(version[0], version[1], free))

    def motor_line(self) -> None:
        """Whether the pull-down at the driver is stronger than the pin's pull-up, before anything drives the pin."""
        high = level(self.module.PINS["motor"], machine.Pin.PULL_UP)
        self.report.tell("motor_line", not high, "high: it floats" if high else "low")

    def build(self) -> None:
        """All of the board's devices, from its pins and parts.json."""
        self.board = self.module.build()
        self.fitted = self.board.fitted

    def on_bus(self) -> list:
        """Addresses that must answer."""
        return [ADDRESSES[word] for word in self.fitted if word in ADDRESSES]

    def bus_lines(self) -> bool:
        """Whether pull-ups hold the bus, and nobody holds it low."""
        lines = [level(self.module.PINS[name], machine.Pin.PULL_DOWN) for name in ("sda", "scl")]
        found = ", ".join(["{} {}".format(n, "high" if v else "low") for n, v in zip(("SDA", "SCL"), lines)])
        return self.report.tell("bus_lines", all(lines), found)

    def bus(self) -> bool:
        """Who answers."""
        answers = self.board.open_bus().scan()
        missing = [address for address in self.on_bus() if address not in answers]
        found = ", ".join([hex(address) for address in answers]) or "nobody answers"
        return self.report.tell("bus", not missing, found)

    async def sensor(self) -> bool:
        """Start the force sensor as the tool does."""
        from core import ids

        fault = await self.board.start_sensor()
        slow = fault == ids.FAULT_SENSOR_SLOW  # its rate is the next step's business
        return self.report.tell(
            "sensor", not fault or slow, ids.FAULT_NAMES[fault] if fault else self.fitted[0]
        )

    def data_ready(self) -> None:
        """Count results by the data-ready pin alone."""
        hx711 = self.fitted[0] == "hx711"
        pin = machine.Pin(self.module.PINS["drdy"], machine.Pin.IN)
        count, start_ms = 0, time.ticks_ms()
        while time.ticks_diff(time.ticks_ms(), start_ms) < RATE_MS:
            if pin.value() != hx711:
                self.board.sensor.read_raw()
                count += 1
            time.sleep_us(100)
        rate = count * 1000 // RATE_MS
        wanted = 80 if hx711 else self.board.rate_sps
        off = abs(rate - wanted) * 100
        self.report.tell("data_ready", off <= RATE_PERCENT * wanted, "{}/s of {}".format(rate, wanted))

    async def bridge(self) -> None:
        """Whether the converter hears a live bridge; only the NAU7802 can tell."""
        from core import ids

        if self.fitted[0] != "nau7802":
            return
        fault = await self.board.hear_sensor()
        self.report.tell("bridge", not fault, ids.FAULT_NAMES[fault] if fault else "heard")

    async def reading(self, samples: int):
        """(mean, spread) of some readings, mN by the nominal slope, or None when they do not come."""
        board, values = self.board, []
        for _ in range(WAIT_MS // LOOK_MS * 20):
            if board.sensor.ready():
                values.append(board.sensor.read_raw())
                if len(values) == samples:
                    break
            await asyncio.sleep_ms(1)
        else:
            return None
        mean = sum(values) // samples - board.zero_counts
        return mean * 1000 // board.counts_per_n, (max(values) - min(values)) * 1000 // board.counts_per_n

    async def rest(self):
        """The free tip's reading, mN; None when it is not calm."""
        found = await self.reading(REST_SAMPLES)
        if found is None:
            self.report.tell("rest", False, "no readings come")
            return None
        holds = abs(found[0]) < REST_NEAR_MN and found[1] < REST_CALM_MN
        self.report.tell("rest", holds, "{} mN, spread {} mN".format(found[0], found[1]))
        return found[0] if holds else None

    async def motor(self) -> None:
        """Start the motor's driver, then let it be felt."""
        from core import ids

        fault = await self.board.start_motor()
        if not fault and not await self.board.motor.diagnose():
            fault = ids.FAULT_MOTOR_DIAGNOSTIC
        if not self.report.tell("motor", not fault, ids.FAULT_NAMES[fault] if fault else self.fitted[1]):
            return
        for _ in range(3):
            self.board.motor.drive(255)
            await asyncio.sleep_ms(PULSE_MS)
            self.board.motor.off()
            await asyncio.sleep_ms(2 * PULSE_MS)
        self.report.tell("pulses", None, "three pulses were played")

    async def light(self) -> None:
        """Show each colour."""
        for colour in ((255, 0, 0), (0, 255, 0), (0, 0, 255)):
            self.board.light.show(*colour)
            await asyncio.sleep_ms(1000)
        self.board.light.show(0, 0, 0)
        self.report.tell("light", None, "red, green, blue were shown")

    def supply(self) -> None:
        """USB power and the cell."""
        usb = self.board.usb_power.active()
        self.report.tell("usb_power", usb, "present" if usb else "absent")
        cell_mv = self.board.battery.read_mv()
        self.report.tell("battery", BATTERY_MV[0] <= cell_mv <= BATTERY_MV[1], "{} mV".format(cell_mv))

    async def button(self) -> None:
        """Wait for a press."""
        self.report.say("press the button")
        for _ in range(WAIT_MS // LOOK_MS):
            if self.board.button.active():
                self.report.tell("button", True, "pressed")
                return
            await asyncio.sleep_ms(LOOK_MS)
        self.report.tell("button", False, "no press")

    async def tip(self, rest_mn: int) -> None:
        """Wait for a press on the tip, and see which way the reading goes."""
        self.report.say("press the tip gently with a finger")
        for _ in range(WAIT_MS // LOOK_MS):
            found = await self.reading(1)
            change_mn = 0 if found is None else found[0] - rest_mn
            if abs(change_mn) >= PRESS_MN:
                self.report.tell("tip", change_mn > 0, "{} mN".format(change_mn))
                return
            await asyncio.sleep_ms(LOOK_MS)
        self.report.tell("tip", False, "nothing felt")

    async def run(self) -> None:
        """All steps that make sense with the parts fitted and with what was found before."""
        self.python()
        self.motor_line()
        self.build()
        try:
            await self.chips()
            await self.light()
            self.supply()
            await self.button()
        finally:
            self.board.motor.off()
            self.board.light.show(0, 0, 0)

    async def chips(self) -> None:
        """Sensor and motor."""
        answered = not self.on_bus() or (self.bus_lines() and self.bus())
        rest_mn = None
        if await self.sensor():
            if self.fitted[0] != "fsr":
                self.data_ready()
            await self.bridge()
            rest_mn = await self.rest()
        if answered or "erm" in self.fitted:
            await self.motor()
        if rest_mn is not None:
            await self.tip(rest_mn)


async def main(module=None, report=None) -> Report:
    """Bring up."""
    report = report or Report()
    await Bringup(module or pick(), report).run()
    report.close()
    return report


if __name__ == "__main__":
    asyncio.run(main())
