"""Stories of faults, thousands of them, in virtual time on the real MicroPython: each fault alone, each pair, anew.

    python -m tests.proof.storms [--rounds N] [--resume] [--jobs N]
    python -m tests.proof.storms --story N ...

What a story is and what must hold: tests/firmware/mp/support/fault_storm.py. The results lie in
build/proof/storms.json; with --resume what was told before is not told again, unless firmware or stories changed. A
run writes its counts to tests/proof/last.json.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from types import ModuleType

from gentlepress.runtime.micropython import find_micropython

from tests.proof import last
from tests.proof.kept import Kept
from tests.proof.trial import ROOT

SCRIPTS = Path("tests/firmware/mp")
STORY = SCRIPTS / "support" / "fault_storm.py"
TABLE = ROOT / SCRIPTS / "support" / "fault_table.py"
FOLDERS = ("firmware/sim/shadow", "firmware", str(SCRIPTS), str(SCRIPTS / "support"))
HEAP = "16m"
ROUNDS = 3
PIECE = 20
SECONDS_EACH = 60
RESULTS = ROOT / "build" / "proof" / "storms.json"
FAILED = re.compile(r"^@failed (\d+) (.*?)^@end$", re.MULTILINE | re.DOTALL)
HELD = re.compile(r"^@held (\d+)$", re.MULTILINE)


def fault_table() -> ModuleType:
    """The table of faults, which is plain data."""
    spec = importlib.util.spec_from_file_location("fault_table", TABLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def a_round() -> int:
    """Stories in which each fault is told alone, and each pair."""
    return len(fault_table().stories())


def tell(numbers: Sequence[int], tree: Path = ROOT) -> dict[int, str]:
    """Tell stories by their numbers: {number: "" when it held, else what failed}."""
    launch = find_micropython().command(
        tree / STORY, [str(number) for number in numbers], [tree / name for name in FOLDERS], HEAP
    )
    try:
        done = subprocess.run(
            launch.argv,
            env=launch.env,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=SECONDS_EACH * len(numbers),
            check=False,
        )
        said, how = done.stdout, f"ended with {done.returncode}: {done.stderr[-500:]}"
    except subprocess.TimeoutExpired:
        said, how = "", "took too long"
    found = dict.fromkeys(numbers, how)
    found.update({int(number): "" for number in HELD.findall(said)})
    found.update({int(number): text for number, text in FAILED.findall(said)})
    return found


def kept(*, resume: bool) -> Kept:
    """What was told so far: {number: how it failed, an empty text if it held}."""
    folders = ("firmware", str(SCRIPTS / "support"))
    sources = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return Kept(RESULTS, [*sources, ROOT / SCRIPTS / "sim_rig.py"], resume=resume)


def waiting(results: Kept, numbers: Iterable[int]) -> list[int]:
    """Those that have not held yet."""
    return [number for number in numbers if results.found.get(number) != ""]


def copy_tree() -> Path:
    """The sources as they are now, so that the tree may change meanwhile."""
    target = RESULTS.parent / "storms-tree"
    shutil.rmtree(target, ignore_errors=True)
    for folder in ("firmware", str(SCRIPTS)):
        shutil.copytree(ROOT / folder, target / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return target


def show(number: int, how: str) -> None:
    """Say how a story failed, and how to hear it again."""
    print(f"FAILED story {number}: {how}\n  again: python -m tests.proof.storms --story {number}", flush=True)


def run(numbers: Sequence[int], results: Kept, jobs: int) -> list[int]:
    """Tell what waits, a few processes at a time; the numbers that failed."""
    tree = copy_tree()
    left = waiting(results, numbers)
    pieces = [left[at : at + PIECE] for at in range(0, len(left), PIECE)]
    start = time.monotonic()
    with ThreadPoolExecutor(jobs) as pool:
        for count, done in enumerate(as_completed(pool.submit(tell, piece, tree) for piece in pieces), 1):
            found = done.result()
            results.add(found)
            for number, how in found.items():
                if how:
                    show(number, how)
            if count % 10 == 0 or count == len(pieces):
                print(f"{count * PIECE} of {len(left)} in {time.monotonic() - start:.0f} s", flush=True)
    return waiting(results, numbers)


def main(arguments: list[str] | None = None) -> int:
    """Run; 1 when a story failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof.storms", description=__doc__)
    parser.add_argument("--story", type=int, nargs="+", metavar="N", help="only these; nothing is kept")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each pair is told")
    parser.add_argument("--resume", action="store_true", help="go on from the last run")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at a time")
    options = parser.parse_args(arguments)
    if options.story:
        told = tell(options.story)
        for number, how in told.items():
            show(number, how) if how else print(f"story {number} held")
        return 1 if any(told.values()) else 0
    os.nice(10)
    numbers = range(options.rounds * a_round())
    failed = run(numbers, kept(resume=options.resume), max(1, options.jobs))
    print(
        f"{len(numbers)} stories of {len(fault_table().FAULTS)} faults, alone and in pairs: {len(failed)} failed"
    )
    faults = len(fault_table().FAULTS)
    last.record("storms", {"faults": faults, "stories": len(numbers), "failed": len(failed)})
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
