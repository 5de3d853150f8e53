"""A watch, player and session on a sensor made of numbers; time moves sample by sample."""

from core import ids, limits, routine
from core.force_filter import ForceFilter
from core.player import Player
from core.session import Session
from core.watch import Watch

COUNTS_PER_N = 42950
DT_US = 3125
TICKS_MASK = 0x3FFFFFFF  # the chip's largest small integer: nothing above it without an object


class Motor:
    def __init__(self):
        self.level = 0

    def drive(self, level):
        self.level = level


class Light:
    """Keeps three numbers: a tuple would be made anew by every change."""

    def __init__(self):
        self.r = self.g = self.b = 0

    def show(self, r, g, b):
        self.r = r
        self.g = g
        self.b = b

    @property
    def colour(self):
        return (self.r, self.g, self.b)


class Sensor:
    """Raw counts of a force with a little dither, so that no two are the same; faults by knob."""

    def __init__(self):
        self.force_mn = 0
        self.raw = None
        self.failing = False
        self.silent = False
        self._n = 0

    def read_raw(self):
        if self.failing:
            raise OSError(5)
        if self.raw is not None:
            return self.raw
        self._n += 1
        return self.force_mn * COUNTS_PER_N // 1000 + self._n % 5 * 16

    def ready(self):
        if self.failing:
            raise OSError(5)
        return not self.silent


class Log:
    """Remembers what a session logs."""

    step = 0

    def __init__(self, watch):
        self.watch = watch
        self.steps = []

    def add_step(self, run, end_reason):
        row = self.watch.tally.values()
        row["end_reason"] = end_reason
        row["presses"] = run.presses
        row["zone"] = run.step.zone
        self.steps.append(row)


class Rig:
    def __init__(self, start_us=0, held=None):
        self.now_us = start_us
        self.sensor = Sensor()
        self.motor = Motor()
        self.light = Light()
        self.player = Player(self.motor, self.light)
        self.force = ForceFilter(COUNTS_PER_N, 0)
        self.watch = Watch(self.sensor, self.player, self.force, self.ticks_us)
        self.watch.first_limits(held or limits.outside_limits(ids.PROFILE_NORMAL, ids.SENSOR_NAU7802))
        self.watch.start()
        self.session = None
        self.log = Log(self.watch)
        self.motor_us = 0

    def ticks_us(self):
        return self.now_us & TICKS_MASK

    def begin(self, steps, session_ms=300000, rested=None):
        checked, problems = routine.check({"format": 1, "name": "rig", "session_ms": 300000, "steps": steps})
        assert not problems, [p.rule for p in problems]
        self.watch.session_start_ms = self.watch.t_ms
        self.session = Session(
            self.watch, self.player, self.log, checked, limits_of, session_ms, rested or (lambda zone: True)
        )

    def run(self, ms, force_mn=None, until=None):
        """Let time pass at a force (a number, or a function of ms from now); stop early when `until()`."""
        for i in range(ms * 1000 // DT_US):
            if force_mn is not None:
                self.sensor.force_mn = force_mn(i * DT_US // 1000) if callable(force_mn) else force_mn
            self.step(i)
            if until is not None and until():
                return

    def step(self, i):
        self.now_us = (self.now_us + DT_US) & TICKS_MASK
        if not self.sensor.silent:
            self.watch.on_ready(None)
        if i % 3 == 0:
            self.watch.on_timer(None)
        if self.session is not None and i % 6 == 0:
            self.session.tick(DT_US * 6 // 1000)
        if self.motor.level:
            self.motor_us += DT_US

    def events(self, kind):
        """Values of the events of a kind so far; takes all events."""
        found = []
        event = self.watch.events.take()
        while event is not None:
            if event[1] == kind:
                found.append(event[2])
            event = self.watch.events.take()
        return found


def limits_of(step):
    if step is None:
        return limits.outside_limits(ids.PROFILE_NORMAL, ids.SENSOR_NAU7802)
    return limits.step_limits(
        step.zone,
        step.point,
        ids.PROFILE_NORMAL,
        ids.SENSOR_NAU7802,
        limits.PACE_FIRST,
        limits.BY_FIRST_WEEK,
        step.asked,
    )


def cheek(**more):
    step = {"zone": "cheeks", "side": "left", "point": "SI18", "hold_ms": 5000, "presses": 2}
    step.update(more)
    return step


def press(rig, count):
    """Ramps into every state, an alert and a release in each; rings are emptied without making objects."""
    watch = rig.watch
    sensor = rig.sensor
    for i in range(count):
        phase = i % 2000
        sensor.force_mn = phase * 3 if phase < 1500 else 0
        rig.now_us += DT_US
        watch.on_ready(None)
        if i % 3 == 0:
            watch.on_timer(None)
        watch.events.tail = watch.events.head
        watch.intervals.tail = watch.intervals.head
