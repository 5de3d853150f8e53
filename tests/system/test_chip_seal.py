"""The private channel on the emulated RP2040: what it costs in contact, and how long its longest pieces take."""

from __future__ import annotations

import pytest

from tests.docs.book import constant
from tests.system.chip_harness import told_by

TWO_ERASES_US = 90_000
PIECE_US = 1000


@pytest.fixture(scope="module")
def found(chip_image):
    return told_by("seal", chip_image)


@pytest.mark.image
@pytest.mark.slow
@pytest.mark.timeout(300)
class TestSealOnTheChip:
    def test_a_seal_costs_no_more_than_it_is_charged(self, found):
        assert all(
            0 < cost <= constant("smp/private_channel.py", "SEALED_COST") for cost in found["beside"]
        ), found

    def test_a_stranger_in_contact_costs_no_more_than_a_refusal(self, found):
        assert found["stranger"] <= constant("smp/server.py", "REFUSAL_COST"), found

    def test_a_refusal_at_rest_costs_no_more_than_it_is_charged(self, found):
        assert 0 < found["refused"] <= constant("smp/private_channel.py", "REFUSED_COST"), found

    def test_no_piece_holds_up_the_watch(self, found):
        assert 0 < found["cipher_us"] <= PIECE_US, found
        assert 0 < found["digest_us"] <= PIECE_US, found

    def test_a_proof_against_all_keys_blocks_no_longer_than_two_erases(self, found):
        heap, took_us = found["proof"]
        assert heap <= constant("smp/private_channel.py", "PROOF_COST"), found
        assert 0 < took_us <= TWO_ERASES_US, found
