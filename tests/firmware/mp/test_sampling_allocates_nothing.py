"""Taking a sample allocates nothing: driver, bus and chip together, 100 000 times over."""

import gc

import drivers.nau7802 as module
import micropython
from chip_bench import Clock, FakeAsyncio, FakePwm, run
from drivers import hx711
from drivers.drv2605l import Drv2605l
from drivers.nau7802 import Nau7802
from drivers.rgb_light import RgbLight
from hx711_bench import Hx711Bench
from sim.bus import SimI2C
from sim.drv2605l_twin import Drv2605lTwin
from sim.nau7802_twin import Nau7802Twin

RUNTIMES = ("micropython",)
CALLS = 100_000


def _allocated(work):
    """Heap bytes more after `work()`, which runs with the heap locked: an allocation inside would raise."""
    gc.collect()
    before = gc.mem_alloc()
    micropython.heap_lock()
    try:
        work()
    finally:
        micropython.heap_unlock()
    return gc.mem_alloc() - before


class Sampling:
    """A sensor under a press, on the simulated chip with its noise."""

    def __init__(self, charge=False):
        self.clock = Clock()
        module.asyncio = FakeAsyncio(self.clock)
        self.twin = Nau7802Twin(self.bridge_nv, 7)
        self.sensor = Nau7802(SimI2C(self.clock, [self.twin, Drv2605lTwin()], charge))
        run(self.sensor.start())
        self.clock.now_us += 2_000_000
        self.taken = 0
        self.highest = 0

    def bridge_nv(self, t_us):
        return t_us % 12_000_000

    def work(self):
        sensor = self.sensor
        clock = self.clock
        for _ in range(CALLS):
            clock.now_us += 3200
            if sensor.ready():
                raw = sensor.read_raw()
                self.taken += 1
                self.highest = max(self.highest, raw)


class PinSampling:
    """The same on an HX711, at a tenth of the calls: each is 78 calls of a pin."""

    def __init__(self):
        self.bench = Hx711Bench()
        self.bench.twin._bridge_nv = lambda t_us: t_us % 12_000_000
        self.bench.twin.noise_nv = None
        self.sensor = self.bench.started(hx711)
        self.sensor.attach(print)
        self.bench.triggers = self
        self.taken = 0
        self.highest = 0

    def append(self, _trigger):
        """In the place of the list of triggers, which would grow."""

    def work(self):
        sensor = self.sensor
        clock = self.bench.clock
        for _ in range(CALLS // 10):
            clock.now_us += 12_300
            if sensor.ready():
                raw = sensor.read_raw()
                self.taken += 1
                self.highest = max(self.highest, raw)


def test_hx711_ready_and_read_raw():
    sampling = PinSampling()
    assert _allocated(sampling.work) == 0
    assert sampling.taken > CALLS // 10 * 9 // 10
    assert sampling.highest > 0x600000 and sampling.sensor.discarded == 0


def test_ready_and_read_raw():
    for charge in (False, True):
        sampling = Sampling(charge)
        assert _allocated(sampling.work) == 0
        assert sampling.taken > CALLS * 9 // 10
        assert sampling.highest > 0x700000


def test_registers_ok():
    sampling = Sampling()
    sensor = sampling.sensor

    def work():
        for _ in range(CALLS // 20):
            sensor.registers_ok()

    assert _allocated(work) == 0
    assert sensor.registers_ok()


def test_motor_and_light():
    class Pwm:
        duty = 0

        def duty_u16(self, duty):
            self.duty = duty

        def freq(self, hz):
            pass

    motor = Drv2605l(None, Pwm())
    light = RgbLight(Pwm(), Pwm(), Pwm())

    def work():
        for i in range(10_000):
            motor.drive(i & 0xFF)
            light.show(i & 0xFF, 0, 255)
        motor.off()

    assert _allocated(work) == 0


def test_motor_on_the_simulated_chip():
    motor = Drv2605l(None, FakePwm())
    twin = Drv2605lTwin()

    def work():
        for i in range(10_000):
            twin.set_pwm(i & 0xFFFF, 25_000)
            twin.advance(i)
            twin.drive_permille()

    assert _allocated(work) == 0
    assert motor.level == 0
