"""Runs the parts of `make proof` in order; what passed on this very state of the project is not run again.

    python -m tests.proof [--again] [PART ...]

Which parts passed on which state lies in build/proof/done.json; long parts keep how far they came themselves. Each
part's last result, with date and counts, is in tests/proof/last.json and in docs/safety-case.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import time

from tests.gate.paths import BUILD, ROOT
from tests.proof import last, safety_case

PYTHON = [sys.executable, "-m"]
PARTS = {
    "tests": [*PYTHON, "tests.gate"],
    "bench": [*PYTHON, "tests.bench"],
    "controls": [*PYTHON, "tests.proof.controls"],
    "months": [*PYTHON, "tests.proof.months"],
    "hangs": [*PYTHON, "pytest", "-m", "proof", "-n", "2"],
    "storms": [*PYTHON, "tests.proof.storms", "--resume"],
    "cuts": [*PYTHON, "tests.proof.cuts", "--resume"],
    "mutants": [*PYTHON, "tests.proof.mutants", "--resume"],
}
DONE = BUILD / "proof" / "done.json"
FOLDERS = ("docs", "firmware", "hardware", "host", "tests")
WRITTEN = ("tests/proof/last.json", "tests/proof/survivors.txt", "docs/safety-case.md")


def state() -> str:
    """Digest of the project, without what the parts write."""
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    found = hashlib.sha256()
    for path in sorted([*files, ROOT / "pyproject.toml"]):
        name = path.relative_to(ROOT).as_posix()
        if "__pycache__" not in name and name not in WRITTEN:
            found.update(f"{name}\0".encode() + path.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def _done() -> dict[str, str]:
    return json.loads(DONE.read_text(encoding="utf-8")) if DONE.is_file() else {}


def _note(part: str, when: str) -> None:
    DONE.parent.mkdir(parents=True, exist_ok=True)
    DONE.write_text(json.dumps(_done() | {part: when}, indent=1) + "\n", encoding="utf-8")


def run(part: str) -> bool:
    """Run one part; whether it held."""
    print(f"== {part}", flush=True)
    start = time.monotonic()
    held = subprocess.run(PARTS[part], cwd=ROOT, check=False).returncode == 0
    print(f"== {part}: {'ok' if held else 'FAILED'} after {time.monotonic() - start:.0f} s", flush=True)
    if part == "tests" and held:
        last.record("tests", json.loads((BUILD / "tests.json").read_text(encoding="utf-8")))
    return held


def main(arguments: list[str] | None = None) -> int:
    """Run what is still to be shown; 0 when all of it holds."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help="only these: " + ", ".join(PARTS))
    parser.add_argument("--again", action="store_true", help="also what passed before")
    options = parser.parse_args(arguments)
    unknown = [part for part in options.parts if part not in PARTS]
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}; there are: {', '.join(PARTS)}")
    failed = []
    for part in options.parts or PARTS:
        if not options.again and _done().get(part) == state():
            print(f"== {part}: passed before on this state")
            continue
        if run(part):
            _note(part, state())
        else:
            failed.append(part)
    safety_case.write()
    print(f"FAILED: {', '.join(failed)}" if failed else "All parts hold.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
