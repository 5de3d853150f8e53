"""A whole tool without chips: the real core and wire on devices made of numbers, its flash in RAM."""

import json
import sys

import on_cpython
from core import factory_reset, files, ids, wire
from core import tool as tool_module
from core.calibration_record import FIELDS, join, pack
from core.calibration_store import CalibrationStore, identity
from core.service import Service
from core_rig import COUNTS_PER_N, Light, Motor, Sensor
from memory_files import MemoryFiles, PowerCut
from smp import cbor, frames, server

on_cpython.install()
PERIOD = 1 << 30


class Time:
    """MicroPython's clock, moved by hand."""

    def __init__(self):
        self.now_us = 0

    def ticks_us(self):
        return self.now_us % PERIOD

    def ticks_ms(self):
        return self.now_us // 1000 % PERIOD

    @staticmethod
    def ticks_diff(later, earlier):
        return (later - earlier + PERIOD // 2) % PERIOD - PERIOD // 2


class Sleepless:
    """asyncio whose sleeps are over at once and whose tasks are run to their end."""

    CancelledError = Exception

    @staticmethod
    async def sleep_ms(_ms):
        pass

    @staticmethod
    def create_task(coroutine):
        finished(coroutine)

    @staticmethod
    def get_event_loop():
        raise RuntimeError("no loop")


def finished(coroutine):
    """The value of a coroutine that waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("it waits")


class Heap:
    """gc with room for ever."""

    @staticmethod
    def collect():
        pass

    @staticmethod
    def mem_free():
        return 1 << 20


class Folder:
    """os, as far as the tool asks it what lies in its folder."""

    def __init__(self, fs):
        self._fs = fs

    def listdir(self, path):
        return [name.split("/")[2] for name in self._fs.files if name.startswith(path + "/")]


class Input:
    """A pin, or what is read from one."""

    def __init__(self):
        self.on = False

    def active(self):
        return self.on


class Battery:
    def read_mv(self):
        return 4000

    def percent(self, _mv):
        return 90


class Chip:
    """What tasks ask of sensor and motor driver."""

    def registers_ok(self):
        return True

    def check(self):
        return 0

    def standby(self):
        pass


class RigSensor(Sensor, Chip):
    pass


class RigMotor(Motor, Chip):
    def off(self):
        self.level = 0


class Board:
    """Devices that always answer."""

    name = "numbers"
    root = "/r"
    capabilities = ()
    device_id = b"numbers!"
    sensor_kind = ids.SENSOR_NAU7802
    rate_sps = 320
    practice_only = ""
    blind = False
    gain = 128
    ldo_mv = 3000
    counts_per_n = COUNTS_PER_N
    zero_counts = 0
    sensor_calibration = None

    def __init__(self):
        self.sensor, self.motor, self.light = RigSensor(), RigMotor(), Light()
        self.button, self.usb_power, self.battery = Input(), Input(), Battery()

    def reset_cause(self):
        return ids.RESET_POWER_ON

    async def start_sensor(self):
        return ids.FAULT_NONE

    async def start_motor(self):
        return ids.FAULT_NONE

    async def wake(self):
        return ids.FAULT_NONE

    def attach(self, on_ready, on_timer, _stamp=None):
        self.on_ready, self.on_timer = on_ready, on_timer

    def ask_safe_mode(self):
        pass


async def sound(feel=False):
    """A self-test that finds nothing."""
    return ids.FAULT_NONE


def calibration(counts_per_n=COUNTS_PER_N * 103 // 100):
    """What a calibration keeps, with any slope."""
    values = {name: 0 for name, _code in FIELDS}
    values.update({"counts_per_n": counts_per_n, "offset": bytes(7)})
    return values


def calibration_file(counts_per_n, device_id):
    """Payload of a kept calibration of any tool, with any slope."""
    values = calibration(counts_per_n) | identity(Board()) | {"device_id": device_id, "number": 1}
    return join([pack(values)])


class PushRig:
    """A tool that takes requests over its wire; `power_up` starts it anew on the same flash.

    The core's modules go by its clock and its flash until `close`.
    """

    def __init__(self, at_close=True):
        self.fs = MemoryFiles(at_close)
        self.time = Time()
        self.sequence = 0
        self._before = []
        self._put(files, "Files", lambda: self.fs)
        CalibrationStore("/r", identity(Board()), self.fs).add(calibration())
        self._put(tool_module, "os", Folder(self.fs))
        for name, module in list(sys.modules.items()):
            if name.startswith(("core.", "smp.")):
                self._put_all(module, {"time": self.time, "asyncio": Sleepless, "gc": Heap})
        self.power_up()

    def _put_all(self, module, values):
        for name, value in values.items():
            if hasattr(module, name):
                self._put(module, name, value)

    def _put(self, module, name, value):
        self._before.append((module, name, getattr(module, name)))
        setattr(module, name, value)

    def close(self):
        """Give the modules back what they had."""
        while self._before:
            module, name, value = self._before.pop()
            setattr(module, name, value)

    def power_up(self):
        self.fs.heal()
        self.time.now_us += 1000000
        self.board = Board()
        self.tool = tool_module.Tool(self.board)
        self.tool.starter.tests.run = sound
        self.service = Service(self.tool)
        finished(self.tool.start())
        self.service.in_gap = self.at_once
        self.server = server.Server(self.service)

    async def at_once(self, call):
        return self.tool.gaps.blocked(call)

    def ask(self, op, group, command, body):
        """Send a request; the reply's body, or None when power goes before it."""
        return self.send(op, group, command, cbor.encode(body))

    def send(self, op, group, command, payload):
        """Send a request with any bytes as its body."""
        self.sequence = self.sequence + 1 & 0xFF
        length = len(payload)
        head = bytes(
            (1 << 3 | op, 0, length >> 8, length & 0xFF, group >> 8, group & 0xFF, self.sequence, command)
        )
        size = finished(self.server.handle(head + payload))
        if self.fs.dead:
            self.power_up()
            return None
        self.server.reply_sent()
        reply = bytes(self.server.reply_buf[frames.PREFIX : frames.PREFIX + size])
        return cbor.decode(reply, server.HEADER, len(reply), True) if size else {}

    def set(self, name, value):
        body = {"name": name, "val": value}
        return self.ask(wire.OP_WRITE, wire.GROUP_SETTINGS, wire.SETTINGS_READ_WRITE, body)

    def upload(self, text, piece=300, count=None):
        """Send a routine in pieces; only the first `count` of them when told so."""
        for number, offset in enumerate(range(0, len(text), piece)):
            if count is not None and number >= count:
                return None
            body = {"name": wire.PATH_ROUTINE, "off": offset, "data": text[offset : offset + piece]}
            if not offset:
                body["len"] = len(text)
            reply = self.ask(wire.OP_WRITE, wire.GROUP_FILES, wire.FILES_TRANSFER, body)
            if reply is None or "off" not in reply:
                return reply
        return {}

    def factory_reset(self, calls):
        """What the button confirms; power goes at a call of the flash, 0 for none."""
        self.fs.calls, self.fs.cut_at = 0, calls
        try:
            for step in factory_reset.steps(self.tool):
                step()
        except PowerCut:
            pass
        self.power_up()

    def press(self, force_mn, ms):
        """Let time pass at a force."""
        self.board.sensor.force_mn = force_mn
        for i in range(ms * 320 // 1000):
            self.time.now_us += 3125
            self.board.on_ready(None)
            if i % 3 == 0:
                self.board.on_timer(None)

    def begin(self):
        """Begin a session, as a click does."""
        self._do(lambda: finished(self.tool._begin()))

    def end(self):
        """End the session and close its log, the tip lifted."""
        self.tool.session.end(ids.END_BUTTON)
        self.press(0, 100)
        self._do(lambda: finished(self.tool._close()))

    def keep_lock(self):
        """What the main loop does after a symptom, the tip lifted."""
        self._do(self.tool._keep_lock)

    def _do(self, call):
        try:
            call()
        except PowerCut:
            pass
        if self.fs.dead:
            self.power_up()


def routine_text(**changes):
    """A routine as the desktop sends it."""
    step = {"zone": "cheeks", "side": "left", "point": "SI18"}
    step.update(changes)
    return json.dumps({"format": 1, "name": "pushed", "steps": [step]}).encode()
