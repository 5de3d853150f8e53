"""Runs the stages of `make test` (all, or those named), then says what failed and what was skipped.

python -m tests.gate [STAGE ...]
"""

from __future__ import annotations

import json
import subprocess
import sys
import time

from tests.gate.paths import BUILD, ROOT

PYTHON = [sys.executable, "-m"]
STAGES = {
    "lint": [*PYTHON, "ruff", "check", "--output-format", "concise", "."],
    "format": [*PYTHON, "ruff", "format", "--check", "."],
    "host-types": [*PYTHON, "tests.gate.types", "host"],
    "esp32-types": [*PYTHON, "tests.gate.types", "esp32"],
    "rp2-types": [*PYTHON, "tests.gate.types", "rp2"],
    "sizes": [*PYTHON, "tests.gate.sizes"],
    "tests": [*PYTHON, "pytest", "-n", "2", "--dist", "loadgroup"],
}


def run(stage: str) -> tuple[bool, float]:
    """Run one stage: whether it held, and the seconds it took."""
    print(f"== {stage}: {' '.join(STAGES[stage][2:])}", flush=True)
    start = time.monotonic()
    done = subprocess.run(STAGES[stage], cwd=ROOT, check=False)
    return done.returncode == 0, time.monotonic() - start


def closing_lines() -> list[str]:
    """Skips with their reasons, then the counts, as the tests left them."""
    skips = (BUILD / "skips.txt").read_text(encoding="utf-8").splitlines()
    counts = json.loads((BUILD / "tests.json").read_text(encoding="utf-8"))
    failed = counts["failed"] + counts["error"]
    lines = [f"Skipped ({len(skips)}):" if skips else "Nothing was skipped."]
    lines += [f"  {line}" for line in skips]
    return [*lines, f"{counts['passed']} passed, {failed} failed, {counts['skipped']} skipped"]


def main(stages: list[str]) -> int:
    """Run the stages; 0 if all held."""
    unknown = [stage for stage in stages if stage not in STAGES]
    if unknown:
        print(f"No such stage: {', '.join(unknown)}. There are: {', '.join(STAGES)}.", file=sys.stderr)
        return 2
    for name in ("skips.txt", "tests.json"):
        (BUILD / name).unlink(missing_ok=True)
    results = {stage: run(stage) for stage in stages or STAGES}
    print("== result")
    for stage, (held, seconds) in results.items():
        print(f"  {stage:<12}{'ok' if held else 'FAILED':<8}{seconds:6.1f} s")
    if "tests" in results:
        written = (BUILD / "tests.json").is_file()
        print("\n".join(closing_lines() if written else ["The tests did not run to their end."]))
    return 0 if all(held for held, _ in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
