"""Months of seeded lives beside an oracle that knows the true time: what is never allowed, what has to be."""

from dose_months import LIVES, live
from dose_oracle import DAY_S

HEAP = "2m"
TIMEOUT_S = 120
ACTS = 120
SEEDS = range(1, 4)


def lives(name):
    found = [live(name, seed, ACTS) for seed in SEEDS]
    for months in found:
        assert months.allowed and months.refused, (months.allowed, months.refused)
    return found


def test_a_careful_life():
    for months in lives("careful"):
        assert months.oracle.true_s > 25 * DAY_S and months.allowed > 5


def test_a_tool_that_is_switched_off():
    lives("switches it off")


def test_a_tool_that_no_desktop_ever_sees():
    lives("no desktop")


def test_a_cheat_with_clock_and_power():
    lives("cheat")


def test_a_cheat_with_the_clock_alone():
    lives("cheat without power cuts")


def test_anybody():
    lives("anybody")


def test_every_life_is_tried():
    assert len(LIVES) == 6
