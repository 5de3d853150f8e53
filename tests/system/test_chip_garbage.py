"""The wire on the emulated RP2040: loaded in pieces that block no longer than two sector erases, and frugal in contact.

The prices that the server takes from the budget of a contact must cover what a request really leaves on the heap.
"""

from __future__ import annotations

import pytest
from gentlepress.chip.image import compile_module, firmware_root

from tests.host.session_maker import session_bytes
from tests.system.chip_harness import told_by

TWO_ERASES_US = 90_000
FREE_AT_LEAST = 10_000  # the harness itself takes 4 KB of what a tool has
LIVE = ("state", "samples", "all samples")


@pytest.fixture(scope="module")
def found(chip_image):
    program = compile_module(firmware_root() / "main.py", "program.py")
    return told_by(
        "garbage", chip_image, **{"program.mpy": program, "sessions/00000001.gps": session_bytes(1)}
    )


@pytest.mark.image
@pytest.mark.slow
@pytest.mark.timeout(900)
class TestWireOnTheChip:
    def test_it_loads_in_pieces_that_a_touch_may_come_between(self, found):
        assert found["block_worst_us"] <= TWO_ERASES_US, found
        assert found["not_listed"] == [], "each module must be named, or it loads with another"
        assert found["free"] >= FREE_AT_LEAST, found

    @pytest.mark.parametrize("name", LIVE)
    def test_the_live_view_costs_no_more_than_it_is_charged(self, found, name):
        spent, length, _us = found["costs"][name]
        assert 0 < spent <= found["prices"]["live"], found["costs"]
        assert length > 100

    def test_other_requests_cost_no_more_than_they_are_charged(self, found):
        assert all(cost[0] <= found["prices"]["other"] for cost in found["costs"].values()), found["costs"]

    def test_a_refusal_costs_no_more_than_it_is_charged(self, found):
        assert all(0 < cost[0] <= found["prices"]["refusal"] for cost in found["refusals"].values()), found
        assert all(cost[1] for cost in found["refusals"].values()), "each was answered"

    def test_without_contact_requests_leave_no_more_than_is_counted_for_them(self, found):
        assert len(found["free_costs"]) == 10
        for name, (spent, counted, length) in found["free_costs"].items():
            assert 0 < spent <= counted, (name, found["free_costs"])
            assert length, name
