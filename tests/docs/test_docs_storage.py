"""What the book says of the memory's capacity and wear, against what was measured and what is measured now."""

from __future__ import annotations

import json

import pytest

from tests.bench import storage_study
from tests.bench.bench_storage import GOAL_BLOCK_ERASES, GOAL_TRACE_BYTES, GOAL_WHOLE
from tests.docs.book import section, table

NUMBERS = json.loads(storage_study.LAST.read_text(encoding="utf-8"))
PLAIN = "Pico, firmware in the image"


def words(heading: str) -> str:
    """A section as one line."""
    return " ".join(section("storage", heading).split())


def test_sessions():
    rows = [
        [hand, *map(str, (one["bytes"], one["trace_bytes"])), _a_minute(one), str(one["erases"])]
        for hand, one in NUMBERS["sessions"].items()
    ]
    assert table("storage", "Capacity") == rows
    assert max(int(row[3]) for row in rows) <= GOAL_TRACE_BYTES
    assert all(one["lost"] == 0 for one in NUMBERS["sessions"].values())
    assert all(one["duration_ms"] >= 600_000 for one in NUMBERS["sessions"].values())
    assert f"{max(one['bytes'] for one in NUMBERS['sessions'].values())} bytes" in words("Capacity")


def _a_minute(one: dict[str, int]) -> str:
    return str(round(one["trace_bytes"] * 240 / one["intervals"]))


def test_capacity():
    rows = [[name, str(whole or "does not fit")] for name, whole in NUMBERS["capacity"].items()]
    assert table("storage", "Capacity", 1) == rows
    assert list(NUMBERS["capacity"]) == sorted(storage_study.MEMORIES)
    assert all(NUMBERS["capacity"][name] >= goal for name, goal in GOAL_WHOLE.items())
    assert GOAL_WHOLE[PLAIN] >= 100
    assert f"beside {storage_study.SUMMARIES} [summaries]" in words("Capacity")


def test_wear():
    year = NUMBERS["year"]
    assert f"{year['erases']} erases, {year['sessions']} of them for sessions" in words("Wear")
    assert f"erased {year['block_most']} times" in words("Wear")
    assert year["block_most"] <= GOAL_BLOCK_ERASES


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.micropython
def test_it_still_is_so():
    """The longest session, and a Pico's memory filled with it beside the summaries."""
    longest = max(NUMBERS["sessions"], key=lambda hand: NUMBERS["sessions"][hand]["bytes"])
    with storage_study.sessions([longest]) as (found, path):
        assert abs(found[longest]["bytes"] - NUMBERS["sessions"][longest]["bytes"]) <= 100
        held = storage_study.filled(path, *storage_study.MEMORIES[PLAIN])
    assert held == {"whole": NUMBERS["capacity"][PLAIN], "summaries": storage_study.SUMMARIES}
