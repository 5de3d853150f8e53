"""The watch in a closed loop with a simulated hand: cell, converter, motor driver and motor between them, no bus.

What is felt goes the way of the tool: skin, cell, sinc4 filter, noise, filter, judge, player, driver, motor, hand.
"""

from chip_bench import Wire
from core import ids, limits
from core.force_filter import ForceFilter
from core.player import Player
from core.watch import Watch
from sim.plant import Plant

COUNTS_PER_N = 42950
PERIOD_US = 3125
ZONE_LIGHT = (0, 200, 60)
_TICKS = 0x3FFFFFFF


class Converter:
    """The simulated converter running at 320 samples/s, gain 128; its results as a sensor of the watch."""

    def __init__(self, twin):
        self.twin = twin
        wire = Wire(twin)
        for register, value, wait_ms in ((0, 1, 1), (0, 2, 1), (0, 0x86, 0), (1, 0x2F, 0), (2, 0x70, 800)):
            wire.write(register, value)
            wire.wait_ms(wait_ms)
        wire.write(0, 0x96)
        wire.write(2, 0x74)
        wire.wait_ms(600)
        self.start_us = wire.now_us

    def ready(self):
        return False

    def read_raw(self):
        return self.twin._result


class Motor:
    """The driver's PWM input, set up as our driver does."""

    def __init__(self, twin):
        self.level = 0
        self.twin = twin
        wire = Wire(twin)
        wire.wait_ms(1)
        for register, value in ((0x1A, 0xAA), (0x1C, 0x75), (0x1D, 0x80), (0x01, 0x03)):
            wire.write(register, value)
        self.drive(0)

    def drive(self, level):
        self.level = level
        self.twin.set_pwm(level * 257, 25000)


class Light:
    def __init__(self, plant):
        self.plant = plant

    def show(self, r, g, b):
        self.plant.light = (r, g, b)


class PressRig:
    """One tool, one hand.

    Args:
        zone: limits of (ids.CROWS_FEET ...). scale: rows of the parameter table by permille. seed: of the noise.
        look_ahead: False takes the look-ahead away and leaves everything else.

    Attributes:
        plant, watch, player, force: what they are. now_us: time. warned_us: when the last alert began.
        alerts, peak_mn, over_us: alerts begun, highest true force, time above the zone's limit, since `press` began.
    """

    def __init__(self, zone, scale=None, seed=1, look_ahead=True, filter_class=ForceFilter):
        self.plant = Plant({"scale": scale, "seed": seed})
        self.limits = limits.zone_limits(zone)
        sensor = Converter(self.plant.nau)
        self.now_us = sensor.start_us
        self.motor = Motor(self.plant.drv)
        self.player = Player(self.motor, Light(self.plant))
        self.player.eye = zone == ids.CROWS_FEET
        self.force = filter_class(COUNTS_PER_N, 0)
        self.watch = Watch(sensor, self.player, self.force, self.ticks_us)
        self.watch.first_limits(self.limits)
        self.watch.start()
        if not look_ahead:
            after_each(self.force, self._blind)
        self.warned_us = None
        self.peak_mn = 0
        self.over_us = 0
        self._n = 0
        self._alert = 0
        self.alerts = 0

    def _blind(self):
        self.force.ahead_mn = 0

    def alert_at_touch(self):
        """What no tool can do better: an alarm from the first true touch on, without sensor, filter or judge."""
        limit_mn = self.limits.limit_mn

        def touched():
            self.force.force_mn = limit_mn + 1 if self.plant.force_mn > 0 else 0
            self.force.ahead_mn = 0

        after_each(self.force, touched)

    def ticks_us(self):
        return self.now_us & _TICKS

    def step(self):
        """One conversion: the world goes on, the watch takes its sample."""
        self.now_us += PERIOD_US
        self.plant.nau.advance(self.now_us)
        self.watch.on_ready(None)
        self._n += 1
        if self._n % 3 == 0:
            self.watch.on_timer(None)
        true_mn = self.plant.force_mn
        self.peak_mn = max(self.peak_mn, true_mn)
        if true_mn > self.limits.limit_mn:
            self.over_us += PERIOD_US
        alert = self.watch.judge.alert
        if alert and not self._alert:
            self.warned_us = self.now_us
            self.alerts += 1
        self._alert = alert

    def run(self, ms):
        """Let so much time pass."""
        for _ in range(ms * 1000 // PERIOD_US):
            self.step()

    def press(self, hand, most_ms=6000):
        """One press of a ZealousHand, and the rest after it; whether it came to an end."""
        self.plant.hand = hand
        hand.begin(self.now_us + 1000 + hand.reaction_us % 2000)
        self.peak_mn = self.over_us = self.alerts = 0
        self.warned_us = None
        for _ in range(most_ms * 1000 // PERIOD_US):
            self.step()
            if hand.over:
                break
        self.run(250)
        return hand.over


def after_each(force, then):
    """Let a filter's kernel be followed by `then()` at each sample, before the judge."""
    kernel = force.kernel

    def taken(cells, raw, t_us, dt_us):
        found = kernel(cells, raw, t_us, dt_us)
        then()
        return found

    force.kernel = taken


class Script:
    """A hand that does as it is told: `force(ms)` in mN from a time on, and a share more while the grip shakes."""

    tilt_permille = 0

    def __init__(self, force, start_us=0, nudge=0.0):
        self.force = force
        self.nudge = nudge
        self.start_us = start_us

    def force_mn(self, t_us, vibration, _light):
        return max(0, int(self.force((t_us - self.start_us) / 1000) * (1 + self.nudge * vibration)))
