"""What the watch costs on MicroPython's unix port: bytes a sample, and time a sample in bare loop turns."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from gentlepress.runtime.micropython import find_micropython

from tests.bench import Figure, at_most

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent

# A loop turn is 5.9 us on an RP2040 at 125 MHz (bench_chip): 260 turns are 1.5 ms, half of the time between samples.
GOAL_TURNS = 260


def run() -> list[Figure]:
    """Memory, and time beside a loop measured in the same process."""
    script = HERE / "on_micropython" / "watch_cost.py"
    path = [ROOT / "firmware", ROOT / "tests" / "firmware" / "mp"]
    launch = find_micropython().command(script, [], path, "8m")
    done = subprocess.run(
        launch.argv, env=launch.env, capture_output=True, text=True, check=True, timeout=120
    )
    found = json.loads(done.stdout)
    turns = found["sample_us"] * 1000 / found["turn_ns"]
    return [
        at_most("watch: bytes allocated over 100,000 samples", found["bytes"], "bytes", 0),
        at_most("watch: time a sample", turns, "loop turns", GOAL_TURNS, "one loop turn", 1.0),
    ]
