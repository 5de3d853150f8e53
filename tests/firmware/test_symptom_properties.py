"""The lock after a warning sign, against an oracle that only counts running time: no life ends it early."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from gentlepress.firmware.core import ids
from gentlepress.firmware.core.clock import UNIX_MAX_S, UNIX_MIN_S, WallClock
from gentlepress.firmware.core.counters import KEEP_LOCK_S, Counters
from gentlepress.firmware.core.symptom import LOCK_S, SymptomLock
from hypothesis import given, settings
from hypothesis import strategies as st

SUPPORT = Path(__file__).parent / "mp" / "support" / "memory_files.py"
_spec = importlib.util.spec_from_file_location("memory_files", SUPPORT)
memory_files = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(memory_files)

STEP_S = 60


class Life:
    """A tool's counters and lock, and the running seconds since its last report."""

    def __init__(self) -> None:
        self.files = memory_files.MemoryFiles()
        self.passed_s: int | None = None
        self.lost_s = 0
        self.power()

    def power(self, _argument: int = 0) -> None:
        self.ms = 0
        self.clock = WallClock(lambda: self.ms % (1 << 30))
        self.counters = Counters("/r", self.files)
        self.counters.boot()
        self.lock = SymptomLock(self.counters, self.clock)
        self.lost_s += KEEP_LOCK_S + STEP_S  # so much of its own time it may count again

    def run(self, seconds: int) -> None:
        while seconds > 0:
            step_s = min(seconds, STEP_S)
            seconds -= step_s
            self.ms += step_s * 1000
            self.clock.poll()
            if self.counters.is_life_due(self.clock):
                self.counters.keep_time(self.clock)
            if self.passed_s is not None:
                self.passed_s += step_s

    def told(self, unix_s: int) -> None:
        self.clock.set(unix_s)

    def report(self, symptom: int) -> None:
        self.lock.lock(1 + symptom % len(ids.SYMPTOM_NAMES))
        self.lock.keep()
        self.passed_s = self.lost_s = 0

    def session(self, _argument: int = 0) -> None:
        self.counters.session_begins([ids.CHEEKS], self.clock)
        self.counters.session_ended([ids.CHEEKS], self.clock, {})

    def clean(self, _argument: int = 0) -> None:
        self.counters.cleaned(1)

    def hold(self) -> None:
        left_s = self.lock.left_s()
        if self.passed_s is None:
            assert left_s == 0
            return
        assert left_s >= LOCK_S - self.passed_s, "ended early"
        assert left_s <= max(0, LOCK_S - self.passed_s) + self.lost_s, "longer than power cuts can make it"
        assert bool(self.lock.why()) == bool(left_s) == bool(self.lock.symptom())


DEEDS = st.one_of(
    st.tuples(st.just("run"), st.integers(0, 40 * 3600)),
    st.tuples(st.just("told"), st.integers(UNIX_MIN_S, UNIX_MAX_S - 1)),
    st.tuples(st.sampled_from(["power", "session", "clean"]), st.just(0)),
    st.tuples(st.just("report"), st.integers(0, 6)),
)


@settings(max_examples=150)
@given(st.lists(DEEDS, max_size=25))
def test_only_running_time_ends_the_lock(deeds):
    life = Life()
    for deed, argument in deeds:
        getattr(life, deed)(argument)
        life.hold()


@given(st.integers(1, 60))
def test_an_evening_each_day_adds_up(minutes):
    """Power for some minutes at a time: less than ten at once are never kept, and then it does not go on."""
    life = Life()
    life.report(0)
    for _ in range(30):
        life.run(minutes * 60)
        life.power()
        life.hold()
