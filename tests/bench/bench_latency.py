"""From data-ready to the motor on the emulated RP2040, with a desktop that copies and watches, in its own time."""

from __future__ import annotations

import os

from tests.bench import Figure, at_least, at_most
from tests.bench.bench_chip import SAMPLE_PERIOD_US, find_image
from tests.bench.chip_latency import Measured, measure

CONTACT_SAMPLES = 20_000
SECTOR_ERASES_US = 90_000
"""Two sector erases of 45 ms: what one flush of the log may cost (docs/firmware.md, blocking work)."""


def run() -> list[Figure]:
    """Nothing without an image. GENTLEPRESS_LATENCY_SAMPLES shortens the run."""
    image = find_image()
    if image is None:
        print("no chip image: set GENTLEPRESS_IMAGE to an RPI_PICO .uf2 to measure the watch's latency")
        return []
    samples = int(os.environ.get("GENTLEPRESS_LATENCY_SAMPLES", CONTACT_SAMPLES))
    found = measure(image, samples)
    return [*_latencies(found), *_beside(found, samples)]


def _latencies(found: Measured) -> list[Figure]:
    peer = ("sample period, us", SAMPLE_PERIOD_US)
    return [
        at_most("latency in contact, p50", found.percentile(0.5), "us", 500, *peer),
        at_most("latency in contact, p99", found.percentile(0.99), "us", 1500, *peer),
        at_most("latency in contact, worst", found.worst_us, "us", 5000, *peer),
    ]


def _beside(found: Measured, samples: int) -> list[Figure]:
    pulses = sorted(found.pulses_us)
    contact = sum(found.contact.values())
    return [
        at_least("latency: samples in contact", contact, "samples", samples),
        at_most(
            "latency: edge to a pulse at the pin, worst", pulses[-1], "us", 5000, "pulses seen", len(pulses)
        ),
        at_most("longest announced block without contact", found.blackout_us, "us", SECTOR_ERASES_US),
        at_least("latency: answers to the live view meanwhile", found.load.live, "answers", 1),
        at_least("latency: bytes copied meanwhile", found.load.copied_bytes, "bytes", 1),
    ]
