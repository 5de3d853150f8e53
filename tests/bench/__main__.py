"""Runs every measurement of this folder, prints a table and writes build/bench.json.

python -m tests.bench [NAME ...]        NAME of bench_NAME.py
"""

from __future__ import annotations

import importlib
import json
import sys
import time
import traceback
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.figure import Figure

FOLDER = Path(__file__).resolve().parent
RESULT = FOLDER.parent.parent / "build" / "bench.json"


def names() -> list[str]:
    """The measurements of this folder."""
    return sorted(path.stem.removeprefix("bench_") for path in FOLDER.glob("bench_*.py"))


def measure(name: str) -> list[Figure]:
    """Run one file; a failure is a figure that is not met, so that it can't be overlooked."""
    print(f"measuring {name} ...", file=sys.stderr, flush=True)
    start = time.monotonic()
    try:
        figures = importlib.import_module(f"tests.bench.bench_{name}").run()
    except Exception:  # noqa: BLE001  (one broken measurement must not hide the others)
        traceback.print_exc()
        return [Figure(f"{name} could be measured", 0, "", "1", False)]
    print(f"  {len(figures)} figures in {time.monotonic() - start:.1f} s", file=sys.stderr, flush=True)
    return figures


def show(figures: list[Figure]) -> None:
    """Print the table."""
    table = Table("figure", "value", "unit", "goal", "met", "peer")
    for figure in figures:
        peer = (
            f"{figure.peer}: {figure.peer_value:.6g}" if figure.peer and figure.peer_value is not None else ""
        )
        met = "yes" if figure.met else "NO"
        table.add_row(figure.name, f"{figure.value:.6g}", figure.unit, figure.goal, met, peer)
    Console().print(table)


def write(figures: list[Figure]) -> None:
    """Put all figures in place at once."""
    RESULT.parent.mkdir(exist_ok=True)
    scratch = RESULT.with_suffix(".part")
    scratch.write_text(
        json.dumps([figure.as_json() for figure in figures], indent=1) + "\n", encoding="utf-8"
    )
    scratch.replace(RESULT)


def main(wanted: list[str]) -> int:
    """Measure; 0 if every goal is met."""
    unknown = sorted(set(wanted) - set(names()))
    if unknown:
        print(f"No such measurement: {', '.join(unknown)}. There are: {', '.join(names())}.", file=sys.stderr)
        return 2
    figures = [figure for name in wanted or names() for figure in measure(name)]
    write(figures)
    show(figures)
    missed = sum(not figure.met for figure in figures)
    print(f"{len(figures)} figures, {missed} missed; {RESULT}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
