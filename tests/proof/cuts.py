"""Power cuts, ten thousand of them: lives of the tool's memory on a real LittleFS, cut at each moment they have.

    python -m tests.proof.cuts [--cuts N] [--resume] [--jobs N]
    python -m tests.proof.cuts --life SEED ...

What a life is and what must hold after a cut: tests/firmware/mp/support/power_life.py. The results lie in
build/proof/cuts.json; with --resume what was lived before is not lived again, unless firmware or lives changed. A run
writes its counts to tests/proof/last.json.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from gentlepress.runtime.micropython import find_micropython

from tests.proof import last
from tests.proof.kept import Kept
from tests.proof.trial import ROOT

SUPPORT = ROOT / "tests/firmware/mp/support"
SCRIPT = SUPPORT / "power_life.py"
PARTS = ("power_life.py", "power_look.py", "torn_flash.py", "counted_files.py", "log_samples.py")
CUTS = 10_000
SECONDS_EACH = 300
HEAP = "16m"
RESULTS = ROOT / "build" / "proof" / "cuts.json"
LIVED = re.compile(r"^@lived \d+ (\d+)$", re.MULTILINE)
FAILED = re.compile(r"^@failed \d+ (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Lived:
    """How often a life was cut, and after which cuts something did not hold."""

    cuts: int
    failures: tuple[str, ...] = ()


def live(seed: int) -> Lived:
    """Live one life to its end, and to each of its cuts."""
    folders = [ROOT / "firmware", SUPPORT]
    launch = find_micropython().command(SCRIPT, [str(seed)], folders, HEAP)
    try:
        done = subprocess.run(
            launch.argv, env=launch.env, capture_output=True, text=True, timeout=SECONDS_EACH, check=False
        )
    except subprocess.TimeoutExpired:
        return Lived(0, (f"life {seed} took too long",))
    cuts = LIVED.search(done.stdout)
    if cuts is None:
        return Lived(0, (f"life {seed} ended with {done.returncode}: {done.stderr[-500:]}",))
    return Lived(int(cuts[1]), tuple(FAILED.findall(done.stdout)))


def kept(*, resume: bool) -> Kept:
    """Lives that held: {seed: cuts}."""
    sources = [*sorted((ROOT / "firmware").rglob("*.py")), *(SUPPORT / name for name in PARTS)]
    return Kept(RESULTS, sources, resume=resume)


def run(wanted: int, results: Kept, jobs: int) -> tuple[dict[int, Lived], int]:
    """Lives from seed 0 on, until there were so many cuts: ({seed: how it was lived}, cuts)."""
    lived: dict[int, Lived] = {}
    seed = cuts = 0
    with ThreadPoolExecutor(jobs) as pool:
        while cuts < wanted:
            seeds = range(seed, seed + jobs)
            for number, done in zip(seeds, pool.map(lambda one: _once(one, results), seeds), strict=True):
                lived[number] = done
                cuts += done.cuts
                if not done.failures:
                    results.add({number: done.cuts})
            seed += jobs
            _show(lived, seeds, cuts, wanted)
            if any(not lived[number].cuts for number in seeds):
                break
    return lived, cuts


def _once(seed: int, results: Kept) -> Lived:
    return Lived(results.found[seed]) if seed in results.found else live(seed)


def _show(lived: dict[int, Lived], seeds: Sequence[int], cuts: int, wanted: int) -> None:
    print(f"{cuts} of {wanted} cuts", flush=True)
    for seed in seeds:
        for text in lived[seed].failures[:5]:
            print(f"FAILED {text}\n  again: python -m tests.proof.cuts --life {seed}", flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Run; 1 when something did not hold after a cut."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof.cuts", description=__doc__)
    parser.add_argument("--life", type=int, nargs="+", metavar="SEED", help="only these; nothing is kept")
    parser.add_argument("--cuts", type=int, default=CUTS, help="at least so many")
    parser.add_argument("--resume", action="store_true", help="go on from the last run")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at a time")
    options = parser.parse_args(arguments)
    if options.life:
        lived = {seed: live(seed) for seed in options.life}
        _show(lived, options.life, sum(done.cuts for done in lived.values()), options.cuts)
        return 1 if any(done.failures for done in lived.values()) else 0
    os.nice(10)
    lived, cuts = run(options.cuts, kept(resume=options.resume), max(1, options.jobs))
    failed = sum(len(done.failures) for done in lived.values())
    print(f"{cuts} cuts in {len(lived)} lives: {failed} broke a promise")
    if options.cuts >= CUTS:
        last.record("cuts", {"lives": len(lived), "cuts": cuts, "failed": failed})
    return 1 if failed or cuts < options.cuts else 0


if __name__ == "__main__":
    sys.exit(main())
