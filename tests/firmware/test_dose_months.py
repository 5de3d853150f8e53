"""Rest and number of sessions over months, for all lives that hypothesis can think of, beside an independent oracle."""

from __future__ import annotations

from dose_months import ZONES, Months
from dose_oracle import CEILING, DAY_S, HOUR_S, WEEK_S
from hypothesis import given, settings
from hypothesis import strategies as st

ZONE_LISTS = st.lists(st.sampled_from(ZONES), min_size=1, max_size=6, unique=True)
STAY = st.tuples(st.just("stay"), st.integers(1, 10 * DAY_S))
OFF = st.tuples(st.just("off"), st.sampled_from([1, 600, HOUR_S, 3 * DAY_S, 20 * DAY_S]))
DEEP = st.tuples(st.just("deep_sleep"), st.integers(1, 5 * DAY_S))
TRUTH = st.just(("tell_clock", 0))
LIE = st.tuples(st.just("tell_clock"), st.integers(-500 * DAY_S, 500 * DAY_S))
ZONE_TIME = st.tuples(st.just("tell_clock"), st.integers(-12, 14).map(lambda hours: hours * HOUR_S))
PRESS = st.tuples(st.just("press"), st.integers(0, 4), ZONE_LISTS, st.sampled_from([0, 0, 0, 1, 200]))
SETTINGS = st.tuples(st.just("settings"), st.integers(0, 1), st.integers(12, 168), st.integers(1, 7))


def lived(acts: list) -> Months:
    months = Months()
    for act in acts:
        months.act(*act)
    return months


@settings(max_examples=150, deadline=None)
@given(st.lists(STAY | OFF | DEEP | TRUTH | LIE | ZONE_TIME | PRESS | PRESS | SETTINGS, max_size=60))
def test_no_history_allows_more_than_the_rules_do(acts: list) -> None:
    lived(acts)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["off", "lie", "press", "wait"]), min_size=20, max_size=120))
def test_a_cheat_never_gets_an_eighth_session_in_seven_true_days(kinds: list) -> None:
    acts = {
        "off": ("off", 5),
        "lie": ("tell_clock", 0),
        "press": ("press", 0, list(ZONES), 0),
        "wait": ("stay", HOUR_S),
    }
    months = Months()
    for number, kind in enumerate(kinds):
        months.act(*(("tell_clock", number * 30 * DAY_S) if kind == "lie" else acts[kind]))
    ends = [one.true_s for one in months.oracle.pressed]
    for at, end in enumerate(ends[CEILING:]):
        assert end - ends[at] >= WEEK_S


@settings(max_examples=80, deadline=None)
@given(st.lists(STAY | DEEP | PRESS | TRUTH | SETTINGS, max_size=60))
def test_an_honest_life_without_power_cuts_gets_all_it_may(acts: list) -> None:
    months = Months()
    months.act("tell_clock", 0)
    for act in [(*one[:3], 0) if one[0] == "press" else one for one in acts]:
        slot, zones = (act[1], act[2]) if act[0] == "press" else (0, ())
        owed = act[0] == "press" and months.oracle.must_allow(slot, zones)
        before = months.allowed
        months.act(*act)
        assert months.allowed == before + owed or not owed
