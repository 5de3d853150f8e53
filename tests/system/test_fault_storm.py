"""A sample of the stories of faults; `python -m tests.proof.storms` tells all of them.

Each is a hand, a start of the clock, one or two faults at some moment, then what must hold, also after a restart:
`tests/firmware/mp/support/fault_storm.py`.
"""

from __future__ import annotations

import pytest

from tests.proof import storms

STORIES = 120
STEP = 17  # shares no factor with the stories of a round, so that other faults come each time
PIECE = 12

pytestmark = [pytest.mark.micropython, pytest.mark.timeout(PIECE * storms.SECONDS_EACH)]


@pytest.mark.parametrize("first", range(0, STORIES, PIECE))
def test_stories(first: int) -> None:
    told = storms.tell([STEP * n for n in range(first, first + PIECE)])
    failed = {number: how for number, how in told.items() if how}
    assert not failed, f"again: python -m tests.proof.storms --story {min(failed)}\n{failed}"


def test_the_sample_is_of_different_faults() -> None:
    places = {STEP * n % storms.a_round() for n in range(STORIES)}
    assert len(places) == STORIES
    assert any(place < len(storms.fault_table().FAULTS) for place in places)
