"""Coming back after a loss: which errors are waited out, how long, and what is told."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from gentlepress.air.comeback import PASSING, Comeback, Pace, State
from gentlepress.errors import (
    BluetoothOff,
    BluetoothUnavailable,
    GentlepressError,
    PortBusy,
    PortClosed,
    PortMissing,
    PortPermission,
    PortSilent,
    UsageError,
)
from hypothesis import given
from hypothesis import strategies as st


class Bench:
    """A tool that answers as a list says: an error at connecting, ("lost", after seconds), or "done"."""

    def __init__(self, *plan, pace: Pace | None = None, chance: float = 0.5) -> None:
        self.plan = list(plan)
        self.now = 100.0
        self.told: list[tuple[State, GentlepressError | None]] = []
        self.pauses: list[float] = []
        self.open = 0
        self.comeback = Comeback(
            self.connect,
            lambda state, error: self.told.append((state, error)),
            pace,
            lambda: self.now,
            self.sleep,
            lambda: chance,
        )

    def sleep(self, seconds: float) -> None:
        assert not self.open, "nothing is held while it waits"
        self.pauses.append(seconds)
        self.now += seconds

    @contextmanager
    def connect(self):
        step = self.plan[0]
        if isinstance(step, GentlepressError):
            self.plan.pop(0)
            raise step
        self.open += 1
        try:
            yield self
        finally:
            self.open -= 1

    def work(self, _connection) -> str:
        step = self.plan.pop(0)
        if step == "done":
            return "done"
        self.now += step
        raise PortClosed("lost")

    def run(self) -> str:
        return self.comeback.run(self.work)

    @property
    def states(self) -> list[State]:
        return [state for state, _error in self.told]


def test_work_that_succeeds_is_done_once() -> None:
    bench = Bench("done")
    assert bench.run() == "done"
    assert bench.states == [State.CONNECTING, State.CONNECTED, State.IDLE]
    assert not bench.pauses


@pytest.mark.parametrize("kind", PASSING)
def test_what_passes_is_waited_out(kind: type[GentlepressError]) -> None:
    bench = Bench(kind("now"), "done")
    assert bench.run() == "done"
    assert State.WAITING in bench.states
    assert bench.told[1][1] == bench.comeback.last, "the advice is told while it waits"


@pytest.mark.parametrize("kind", [PortPermission, BluetoothUnavailable, UsageError])
def test_what_waiting_does_not_mend_is_told_at_once(kind: type[GentlepressError]) -> None:
    bench = Bench(kind("never"))
    with pytest.raises(kind):
        bench.run()
    assert not bench.pauses


def test_the_pauses_grow_up_to_their_most() -> None:
    bench = Bench(*[PortMissing("x")] * 8, "done", pace=Pace(0.5, 4, 2, 0.25, 100))
    bench.run()
    assert bench.pauses == [0.5, 1, 2, 4, 4, 4, 4, 4]


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_a_pause_keeps_its_bounds(failures: int, chance: float) -> None:
    pace = Pace()
    pause = pace.pause_s(failures, chance)
    assert pace.first_s * (1 - pace.jitter) <= pause <= pace.most_s * (1 + pace.jitter)


def test_two_desktops_do_not_wait_alike() -> None:
    assert Pace().pause_s(3, 0.1) != Pace().pause_s(3, 0.9)


def test_patience_ends_with_the_last_error_and_its_advice() -> None:
    last = PortMissing("x", "press the button twice")
    bench = Bench(*[PortMissing("w")] * 10, *[last] * 90)
    with pytest.raises(PortMissing) as told:
        bench.run()
    assert told.value is last
    assert bench.states[-1] is State.GIVEN_UP
    assert 50 < bench.now - 100 <= 60


def test_a_connection_that_was_there_begins_the_count_anew() -> None:
    bench = Bench(
        PortSilent("x"), PortBusy("x"), 50.0, PortMissing("x"), 50.0, BluetoothOff("x"), 55.0, "done"
    )
    assert bench.run() == "done"
    assert bench.comeback.losses == 3
    assert max(bench.pauses) == 1.0, "after a loss it is quick again"
