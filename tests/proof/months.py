"""Many seeded lives of a tool beside the oracle: months of rest, weeks, clocks and power cuts.

    python -m tests.proof.months [--lives N] [--acts N] [--from SEED]

Each kind of life of tests/firmware/mp/support/dose_months.py is lived N times; a failure names life and seed. The
counts of a whole run go to last.json.
"""

from __future__ import annotations

import argparse
import sys

from tests.proof import last
from tests.proof.trial import FIRMWARE, SCRIPTS

LIVES = 1000
ACTS = 200
DAY_S = 86400

sys.path[:0] = [str(FIRMWARE), str(SCRIPTS), str(SCRIPTS / "support")]

import dose_months  # noqa: E402


def run(lives: int, acts: int, first: int) -> tuple[dict[str, int], list[str]]:
    """(counts, failures) of so many lives of each kind."""
    counts = {"lives": 0, "days": 0, "allowed": 0, "refused": 0}
    failures = []
    for life in dose_months.LIVES:
        for seed in range(first, first + lives):
            try:
                months = dose_months.live(life, seed, acts)
            except AssertionError as error:
                failures.append(f"{life}, seed {seed}: {error}")
                continue
            counts["lives"] += 1
            counts["days"] += months.oracle.true_s // DAY_S
            counts["allowed"] += months.allowed
            counts["refused"] += months.refused
    return counts, failures


def main(arguments: list[str] | None = None) -> int:
    """Run; 1 when a life broke a rule."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof.months", description=__doc__)
    parser.add_argument("--lives", type=int, default=LIVES)
    parser.add_argument("--acts", type=int, default=ACTS)
    parser.add_argument("--from", dest="first", type=int, default=1)
    options = parser.parse_args(arguments)
    counts, failures = run(options.lives, options.acts, options.first)
    print("\n".join(failures[:20]))
    print(", ".join(f"{count} {name}" for name, count in counts.items()), f"{len(failures)} broke a rule")
    if options.lives >= LIVES and not failures:
        last.record("months", counts)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
