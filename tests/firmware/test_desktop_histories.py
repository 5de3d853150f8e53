"""Which sessions may be dropped, over histories of desktops that come and go, beside an oracle that remembers all."""

from __future__ import annotations

from core.acknowledgements import Acknowledgements
from hypothesis import example, given, settings
from hypothesis import strategies as st
from memory_files import MemoryFiles

DAY_S = 86400
START_S = 1790000000
NINETY_DAYS_S = 90 * DAY_S
DESKS = ("a", "b", "c")
SESSIONS = range(1, 7)
DESK = st.sampled_from(DESKS)
ACTS = st.lists(
    st.tuples(st.just("copy"), DESK, st.sampled_from(SESSIONS))
    | st.tuples(st.just("see"), DESK)
    | st.tuples(st.just("forget"), DESK)
    | st.tuples(st.just("tell"))
    | st.tuples(st.just("restart"))
    | st.tuples(st.just("clock"), st.booleans())
    | st.tuples(st.just("days"), st.sampled_from([1, 45, 91])),
    max_size=40,
)


class Oracle:
    """Every copy and every meeting, in true time."""

    def __init__(self) -> None:
        self.copies: dict[str, set[int]] = {}
        self.met_s: dict[str, int] = {}
        self.told: set[str] = set()

    def away(self, now_s: int) -> set[str]:
        return {desk for desk in self.copies if now_s - self.met_s[desk] >= NINETY_DAYS_S}

    def must_keep(self, session: int, now_s: int, clock_known: bool) -> bool:
        """Somebody who still counts lacks it, or nobody has it."""
        gone = self.away(now_s) & self.told if clock_known else set()
        counting = [had for desk, had in self.copies.items() if desk not in gone]
        return not counting or any(session not in had for had in counting)


class Life:
    def __init__(self) -> None:
        self.fs = MemoryFiles()
        self.oracle = Oracle()
        self.true_s = START_S
        self.clock_known = True
        self.restart()

    def now(self) -> int:
        return self.true_s if self.clock_known else 0

    def restart(self) -> None:
        self.acks = Acknowledgements("/r", self.fs)
        self.acks.load()

    def copy(self, desk: str, session: int) -> None:
        self.acks.add(desk, session, list(SESSIONS), self.now())
        self.oracle.copies.setdefault(desk, set()).add(session)
        self._met(desk)

    def see(self, desk: str) -> None:
        if desk in self.acks:
            self.acks.see(desk, self.now())
            self._met(desk)

    def _met(self, desk: str) -> None:
        self.oracle.met_s[desk] = self.true_s
        self.oracle.told.discard(desk)

    def forget(self, desk: str) -> None:
        if desk in self.acks:
            self.acks.forget(desk)
            self.oracle.copies.pop(desk)
            self.oracle.told.discard(desk)

    def tell(self) -> None:
        found = set(self.acks.tell_absent(self.now()))
        assert found <= self.oracle.away(self.true_s), "told of one that was seen"
        self.oracle.told |= found

    def clock(self, known: bool) -> None:
        self.clock_known = known

    def days(self, days: int) -> None:
        self.true_s += days * DAY_S

    def compare(self) -> None:
        gone = self.acks.gone(self.now())
        for session in SESSIONS:
            may_go = self.acks.all_have(session, gone)
            assert not (may_go and self.oracle.must_keep(session, self.true_s, self.clock_known)), session
            enough = self.acks.all_have(session, gone, True)
            assert not enough or any(session in had for had in self.oracle.copies.values())


@settings(max_examples=400, deadline=None)
@example([("clock", False), ("days", 91), ("see", "a"), ("clock", True), ("tell",)])
@given(ACTS)
def test_nothing_goes_that_a_desktop_which_counts_has_not(acts: list) -> None:
    life = Life()
    for session in SESSIONS:
        life.copy("a", session)
    life.copy("b", 1)
    for name, *values in acts:
        getattr(life, name)(*values)
        life.compare()
