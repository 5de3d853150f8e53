"""Our copy from the emulated Pico beside `mpremote fs cp` of the same sessions, in the chip's time."""

from __future__ import annotations

from tests.bench import Figure, at_least
from tests.bench.bench_chip import find_image
from tests.bench.chip_copy import mpremote_s, ours_s
from tests.bench.modelled_link import Model
from tests.host.many_sessions import usual_sessions

SESSIONS = 4
LATENCIES = ((Model("no latency"), 1.0), (Model("10 ms one way", delay_s=0.01), 3.0))


def run() -> list[Figure]:
    """Nothing without an image: the chip is not there to be measured."""
    image = find_image()
    if image is None:
        print("no chip image: set GENTLEPRESS_IMAGE to an RPI_PICO .uf2 to measure copies from the chip")
        return []
    sessions = list(usual_sessions(SESSIONS))
    kilobytes = sum(map(len, sessions)) / 1000
    figures = []
    for model, goal in LATENCIES:
        ours, theirs = (
            kilobytes / ours_s(image, sessions, model),
            kilobytes / mpremote_s(image, sessions, model),
        )
        figures += [
            at_least(f"chip, {model.name}: our copy", ours, "kB/s", goal * theirs, "mpremote fs cp", theirs),
            at_least(f"chip, {model.name}: our copy against mpremote", ours / theirs, "ratio", goal),
        ]
    return figures
