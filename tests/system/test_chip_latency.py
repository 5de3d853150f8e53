"""The watch's latency on the emulated chip, a short run under load; `make bench` measures twenty thousand samples."""

from __future__ import annotations

import pytest

from tests.bench.chip_latency import measure

CONTACT_SAMPLES = 1500


@pytest.mark.image
@pytest.mark.proof
@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_the_motor_is_driven_in_time_while_a_desktop_copies_and_watches(chip_image):
    found = measure(chip_image, CONTACT_SAMPLES)
    assert sum(found.contact.values()) >= CONTACT_SAMPLES
    # The chip counts its own time: no figure here depends on this machine.
    assert found.percentile(0.5) <= 500
    assert found.percentile(0.99) <= 1500
    assert found.pulses_us
    assert max(found.pulses_us) <= 5000
    assert found.load.live > 0
    assert found.load.copied_bytes > 0
