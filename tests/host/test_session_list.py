"""The tool's list of sessions in pages: whole, in order, and with few waits."""

from __future__ import annotations

import pytest
from gentlepress.errors import ProtocolError
from gentlepress.session_list import LIST_MOST, list_sessions
from hypothesis import given
from hypothesis import strategies as st


class Listing:
    """A conversation with a tool that has sessions of these numbers; `waits` counts how often one waited for it."""

    def __init__(self, numbers: list[int], page: int = LIST_MOST) -> None:
        self.numbers = numbers
        self.page = page
        self.waits = 0

    def request_many(self, requests):
        self.waits += 1
        for asked in requests:
            left = [number for number in self.numbers if number > asked.body["after"]]
            page = left[: min(self.page, asked.body["most"])]
            entries = [{"id": number, "size": 1, "crc": 2} for number in page]
            yield {"sessions": entries, "more": len(left) > len(page)}


def listed(tool: Listing, after: int = 0, last: int | None = None) -> list[int]:
    known = max(tool.numbers, default=0) if last is None else last
    return [entry.id for entry in list_sessions(tool, after, known)]


@given(
    st.lists(st.integers(1, 300), unique=True).map(sorted),
    st.integers(0, 300),
    st.integers(0, 400),
    st.integers(1, 20),
)
def test_nothing_is_left_out_or_doubled(numbers: list[int], after: int, last: int, page: int) -> None:
    assert listed(Listing(numbers, page), after, last) == [number for number in numbers if number > after]


def test_numbers_that_follow_one_another_are_asked_for_at_once() -> None:
    tool = Listing(list(range(1, 501)))
    assert listed(tool) == tool.numbers
    assert tool.waits == 1


def test_a_jump_of_the_numbers_costs_a_page_at_a_time() -> None:
    tool = Listing([*range(1, 40), *range(1040, 1045)])
    assert listed(tool) == tool.numbers
    assert tool.waits <= 3


def test_numbers_must_rise() -> None:
    with pytest.raises(ProtocolError, match="must rise"):
        listed(Listing([2, 1]))
