"""A tool that is nothing but what a calibration needs of it, on a sensor made of numbers, with a hand that loads it."""

import sys

from chip_bench import Clock, FakeAsyncio, run
from core import calibration, calibration_run, ids
from core.errors import StorageError

NOMINAL = 42950
RATE = 320
COUNTS_PER_G = 421.2  # 42950 x 0.00980665
GRAMS = (0, 100, 200, 0, 150)
OFFSET = b"\x01\x02\x03\x04\x05\x06\x07"
BEFORE = b"before."


class Sensor:
    """A converter: 320 readings a second of a load with some tremor.

    Knobs: silent, failing (each call raises), fail_once, whole (whether its registers are), wholes_left (so often asked
    they still are; -1 for ever).
    """

    def __init__(self, clock):
        self._clock = clock
        self._taken = 0
        self.load = 0
        self.silent = self.failing = self.fail_once = False
        self.whole = True
        self.wholes_left = -1
        self.asked = 0
        self.not_ready = 0

    def ready(self):
        if self.silent:
            return False
        if self.failing or self.fail_once:
            self.fail_once = False
            raise OSError(5)
        ready = self._clock.now_us // 3125 > self._taken
        self.not_ready += not ready
        return ready

    def read_raw(self):
        assert self._clock.now_us // 3125 > self._taken, "nothing to read"
        self._taken = self._clock.now_us // 3125
        n = self._taken
        return int(self.load) + (3 if n // 40 % 2 else -3) + n % 3

    def registers_ok(self):
        self.asked += 1
        if self.failing:
            raise OSError(5)
        if self.wholes_left > 0:
            self.wholes_left -= 1
        return self.whole and self.wholes_left != 0


class Chip(Sensor):
    """One with offset registers of its own."""

    unreadable = False
    read_out = 0

    def calibration(self):
        self.read_out += 1
        if self.unreadable:
            raise OSError(5)
        return OFFSET


class Tool:
    """Board, clock, counters, player, watch and itself."""

    name = root = "/root"
    device_id = b"12345678"
    sensor_kind = ids.SENSOR_NAU7802
    rate_sps, gain, ldo_mv, counts_per_n = RATE, 128, 3000, NOMINAL
    quality = 2

    def __init__(self, clock, sensor):
        self.board = self.clock = self.counters = self.player = self.watch = self
        self._us = clock
        self.sensor = sensor
        self.sensor_calibration = BEFORE
        self.told = []
        self.mode = ids.IDLE
        self.fault = ids.FAULT_NONE
        self.start_fault = ids.FAULT_NONE
        self.full = False

    async def start_sensor(self):
        self.told.append(("start", self.sensor_calibration))
        return self.start_fault

    def uptime_ms(self):
        return 1000 + self._us.now_us // 1000

    def read(self):
        return 1800000000

    def boots(self):
        return 17

    def silence(self):
        self.told.append("silence")

    def stop(self):
        self.told.append("stop")

    def dark(self):
        self.told.append("dark")

    def put(self, name, value):
        self.told.append((name, value))

    def keep(self):
        self.told.append("keep")
        if self.full == "counters":
            raise StorageError("full")


class Calibrator:
    run = None


class Hand(FakeAsyncio):
    """Asks for each step in its turn, with its mass on the tip; `meddle(bench)` at each look."""

    def __init__(self, bench):
        super().__init__(bench.clock)
        self.bench = bench

    async def sleep_ms(self, ms):
        bench = self.bench
        bench.looks += 1
        bench.spans.add(ms)
        assert bench.looks < 200000, "no end"
        await super().sleep_ms(ms)
        process = bench.calibrator.run
        if bench.asks and process.phase == calibration.WAITING:
            grams = GRAMS[process.step]
            bench.sensor.load = grams * COUNTS_PER_G
            process.ask(process.step, grams * 1000, bench.tool.uptime_ms())
        bench.meddle(bench)


class Bench:
    """One calibration. `store` has (root, identity, values) of what was kept; `looks`, `spans`: waits, and how long."""

    def __init__(self, sensor=Chip, meddle=None, asks=True):
        self.clock = Clock()
        self.sensor = sensor(self.clock)
        self.tool = Tool(self.clock, self.sensor)
        self.calibrator = Calibrator()
        self.looks = 0
        self.spans = set()
        self.store = []
        self.store_full = False
        self.asks = asks
        self.meddle = meddle or (lambda bench: None)

    def run(self):
        bench = self

        class Store:
            def __init__(self, root, identity):
                self.where = (root, identity)

            def add(self, values):
                if bench.store_full:
                    raise StorageError("full")
                bench.store.append(self.where + (values,))

        module = sys.modules["core.calibration_run"]
        before = module.asyncio, module.CalibrationStore
        module.asyncio, module.CalibrationStore = Hand(self), Store
        try:
            run(calibration_run.run(self.tool, self.calibrator))
        finally:
            module.asyncio, module.CalibrationStore = before
        return self.calibrator.run

    @property
    def t_ms(self):
        return self.clock.now_us // 1000
