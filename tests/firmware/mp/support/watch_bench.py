"""A watch with a force, a sensor and a player that do as the test tells them."""

from core.force_filter import FAULTS, STILL_COUNT, TRACK_COUNT, ForceFilter
from core.watch import Watch
from core_rig import Motor

DT_US = 3125


class Force(ForceFilter):
    """A filter that finds what it is told; forces are given."""

    def __init__(self):
        self.restarts = 0
        super().__init__(42950, 0)
        self.restarts = 0
        self.kernel = self._take
        self.ready = True
        self.fault = 0
        self.taken = []

    def _take(self, _cells, raw, t_us, dt_us):
        self.taken.append((raw, t_us, dt_us))
        return FAULTS.index(self.fault)

    def restart(self):
        ready = self.ready
        super().restart()
        self.restarts += 1
        self.ready = ready

    @property
    def stills(self):
        return self.cells[STILL_COUNT]

    @property
    def tracks(self):
        return self.cells[TRACK_COUNT]


class Player:
    """Remembers what it is told."""

    def __init__(self):
        self.motor = Motor()
        self.asked = []
        self.silences = 0
        self.shown = None
        self.told = None
        self.us = 0
        self.cue = 1  # it plays, so that it is told of every sample

    def play(self, dt_us, alert, loudness):
        self.told = (dt_us, alert, loudness)
        self.us += dt_us

    def show(self, dt_us):
        pass

    def ask(self, cue):
        self.asked.append(cue)

    def scene(self, colour, blinks, heartbeat):
        self.shown = colour

    def silence(self):
        self.silences += 1


class Sensor:
    def __init__(self):
        self.is_ready = self.failing = False
        self.asked = 0

    def read_raw(self):
        if self.failing:
            raise OSError(5)
        return 77

    def ready(self):
        self.asked += 1
        if self.failing:
            raise OSError(5)
        return self.is_ready


class Bench:
    def __init__(self, start_us=0, started=True):
        self.now_us = start_us
        self.force = Force()
        self.player = Player()
        self.sensor = Sensor()
        self.watch = Watch(self.sensor, self.player, self.force, lambda: self.now_us % (1 << 30))
        self.watch.judge.set_limits(600, 1800, 2100, 2500)
        if started:
            self.watch.start()

    def sample(self, force_mn=None, dt_us=DT_US, count=1):
        for _ in range(count):
            if force_mn is not None:
                self.force.force_mn = self.force.ahead_mn = force_mn
            self.now_us += dt_us
            self.watch.on_ready(None)

    def timer(self, dt_us=10000):
        self.now_us += dt_us
        self.watch.on_timer(None)

    def events(self):
        found = []
        event = self.watch.events.take()
        while event is not None:
            found.append(event)
            event = self.watch.events.take()
        return found
