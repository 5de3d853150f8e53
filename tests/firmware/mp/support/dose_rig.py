"""A tool's counters on a clock that tests move."""

from core.clock import WallClock
from core.counters import Counters
from core.settings import Settings
from memory_files import MemoryFiles

HOUR_S = 3600
DAY_S = 86400
NOON_S = 1790000000
PERIOD = 1 << 30


class Rig:
    """Counters, clock and settings over power-ups."""

    def __init__(self, fs=None):
        self.fs = fs or MemoryFiles()
        self.ticks = 0
        self.power_up()

    def power_up(self):
        self.ticks = 12345
        self.clock = WallClock(lambda: self.ticks % PERIOD)
        self.settings = Settings("/r", self.fs)
        self.counters = Counters("/r", self.fs)
        self.counters.boot()

    def pass_s(self, seconds):
        """Let time pass with the power on; the running time is kept as the tool keeps it."""
        while seconds > 0:
            step = min(seconds, 5 * DAY_S)
            self.ticks += step * 1000
            self.clock.poll()
            if self.counters.is_life_due(self.clock):
                self.counters.keep_time(self.clock)
            seconds -= step

    def press(self, zones, slot=0, lasting_s=300):
        self.counters.session_begins(zones, self.clock, slot)
        self.pass_s(lasting_s)
        self.counters.session_ended(zones, self.clock, {"over_count": 1}, slot)
