"""The tool's memory: a trace's size, what a memory holds, and how it wears in a year."""

from __future__ import annotations

from tests.bench import Figure, at_least, at_most
from tests.bench.storage_study import SUMMARIES, all_numbers, trace_bytes_a_minute

GOAL_TRACE_BYTES = 1024
GOAL_WHOLE = {
    "Pico, firmware in the image": 100,
    "Pico": 60,
    "Pico, two firmwares of one file each": 65,
    "Pico W, firmware in the image": 50,
    "Pico W": 15,
    "Pico W, two firmwares of one file each": 20,
}

# NOR flash of these boards stands 100,000 erases a sector (W25Q16JV, features): a year may take a hundredth of it.
GOAL_BLOCK_ERASES = 1000
GOAL_SESSION_ERASES = 100


def run() -> list[Figure]:
    """The study of docs/storage.md; it takes some minutes."""
    numbers = all_numbers()
    found, year = numbers["sessions"], numbers["year"]
    return [
        at_most(
            "trace of a minute in contact, worst hand", trace_bytes_a_minute(found), "bytes", GOAL_TRACE_BYTES
        ),
        at_most(
            "trace intervals lost in a long session",
            max(one["lost"] for one in found.values()),
            "intervals",
            0,
        ),
        *(
            at_least(
                f"{name}: long sessions beside {SUMMARIES} summaries",
                numbers["capacity"][name],
                "sessions",
                goal,
            )
            for name, goal in GOAL_WHOLE.items()
        ),
        at_most(
            "erases of a long session",
            max(one["erases"] for one in found.values()),
            "erases",
            GOAL_SESSION_ERASES,
        ),
        at_most("erases of the most worn block in a year", year["block_most"], "erases", GOAL_BLOCK_ERASES),
    ]
