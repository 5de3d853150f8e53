"""Coming back to a tool after its link was lost: states, pauses that grow, and what to tell meanwhile."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from gentlepress.errors import BluetoothOff, GentlepressError, PortBusy, PortClosed, PortMissing, PortSilent

Result = TypeVar("Result")
FIRST_S = 0.5
MOST_S = 8.0
GROWTH = 2.0
JITTER = 0.25
PATIENCE_S = 60.0

# What may be otherwise in a moment; all else is told at once.
PASSING = (PortClosed, PortSilent, PortMissing, PortBusy, BluetoothOff)


class State(Enum):
    """Where a comeback stands."""

    IDLE = "idle"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    WAITING = "waiting"
    GIVEN_UP = "given up"


@dataclass(frozen=True)
class Pace:
    """How long to wait between two tries: longer each time, up to a most, with some chance in it.

    Attributes:
        first_s, most_s: the shortest and the longest pause. growth: of each pause against the one before.
        jitter: share of a pause by which it may differ, so that two desktops do not meet each time.
        patience_s: since the last time that it was connected, after which it is given up.
    """

    first_s: float = FIRST_S
    most_s: float = MOST_S
    growth: float = GROWTH
    jitter: float = JITTER
    patience_s: float = PATIENCE_S

    def pause_s(self, failures: int, chance: float) -> float:
        """The pause after so many failures in a row (from 1), with a chance from 0 to 1."""
        plain = min(self.most_s, self.first_s * self.growth ** min(failures - 1, 30))
        return plain * (1 + self.jitter * (2 * chance - 1))


class Comeback:
    """Does work over a connection, and connects again when that is lost, until the work is done.

    The work must be such that it may be begun again: a sync is, for what it has stored it does not copy twice.

    Args:
        connect: makes a connection, a context manager.
        tell: gets (state, the error that led to it or None) at each change; for people.
        pace: of the tries.
        clock, sleep, chance: of this computer.

    Attributes:
        state: now. failures: in a row. losses: connections lost so far. last: the last error.
    """

    def __init__(
        self,
        connect: Callable[[], Any],
        tell: Callable[[State, GentlepressError | None], None] = lambda _state, _error: None,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.state = State.IDLE
        self.failures = 0
        self.losses = 0
        self.last: GentlepressError | None = None
        self._connect = connect
        self._tell = tell
        self._pace = pace or Pace()
        self._clock, self._sleep, self._chance = clock, sleep, chance
        self._good_at = 0.0

    def run(self, work: Callable[[Any], Result]) -> Result:
        """What the work returns.

        Raises:
            GentlepressError: one that waiting does not mend, or the last one when patience is at its end.
        """
        self._good_at = self._clock()
        while True:
            self._become(State.CONNECTING, self.last)
            try:
                with self._connect() as connection:
                    self._become(State.CONNECTED, None)
                    return self._done(work(connection))
            except PASSING as error:
                self._failed(error)

    def _done(self, result: Result) -> Result:
        self._become(State.IDLE, None)
        return result

    def _failed(self, error: GentlepressError) -> None:
        """Wait, or give up."""
        now = self._clock()
        if self.state is State.CONNECTED:
            self.losses += 1
            self.failures = 0
            self._good_at = now
        self.failures += 1
        self.last = error
        pause_s = self._pace.pause_s(self.failures, self._chance())
        if now + pause_s - self._good_at > self._pace.patience_s:
            self._become(State.GIVEN_UP, error)
            raise error
        self._become(State.WAITING, error)
        self._sleep(pause_s)

    def _become(self, state: State, error: GentlepressError | None) -> None:
        self.state = state
        self._tell(state, error)
