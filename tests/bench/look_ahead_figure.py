"""Measures the study of look-ahead, keeps its numbers, and draws docs/img/look-ahead.png.

python -m tests.bench.look_ahead_figure [--draw]     --draw: from the numbers kept, without measuring
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from tests.bench.look_ahead_study import COURSE_MN_S, LAST, RATES_MN_S, ROOT, all_numbers

PICTURE = ROOT / "docs" / "img" / "look-ahead.png"
DIGEST = "Numbers"
COLOURS = {"with": "#0a7", "without": "#c33", "at touch": "#999"}
LABELS = {
    "with": "with look-ahead",
    "without": "without",
    "at touch": "alarm at the touch: the best possible",
}


def digest(numbers: dict[str, Any]) -> str:
    """What of the numbers the picture shows."""
    shown = [numbers["together"], numbers["zones"]["crows_feet"], numbers["courses"]]
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()


def draw(numbers: dict[str, Any], path: Path) -> None:
    """Two charts of overshoot by rate, and one press with and without."""
    figure, (course, together, eye) = plt.subplots(1, 3, figsize=(13, 4.2))
    _course(course, numbers["courses"])
    _overshoot(together, numbers["together"], "All zones")
    _overshoot(eye, numbers["zones"]["crows_feet"], "Crow's feet")
    together.legend(frameon=False, fontsize=8, loc="upper left")
    figure.tight_layout()
    figure.savefig(path, dpi=110, metadata={"Software": None, DIGEST: digest(numbers)})
    plt.close(figure)


def _overshoot(axes: Axes, rows: dict[str, Any], title: str) -> None:
    rates = [rate / 1000 for rate in RATES_MN_S]
    for mode, colour in COLOURS.items():
        forces = [rows[str(rate)]["overshoot_mn"][mode] / 1000 for rate in RATES_MN_S]
        axes.plot(
            rates, forces, color=colour, label=LABELS[mode], linestyle="--" if mode == "at touch" else "-"
        )
    axes.axvline(10, color="#ddd", zorder=0)
    axes.set(
        title=f"{title}: median overshoot", xlabel="rise, N/s", ylabel="above the limit, N", xlim=(0, 20)
    )
    axes.set_ylim(bottom=0)


def _course(axes: Axes, courses: dict[str, Any]) -> None:
    for mode, rows in courses.items():
        times, forces = [row[0] for row in rows], [row[1] / 1000 for row in rows]
        axes.plot(times, forces, color=COLOURS[mode], label=LABELS[mode])
        first = next(row for row in rows if row[3])
        axes.plot(first[0], first[1] / 1000, "o", color=COLOURS[mode])
    axes.axhline(2.5, color="#333", linewidth=0.8)
    axes.text(1180, 2.55, "limit", fontsize=8)
    axes.set(
        title=f"A press of {COURSE_MN_S // 1000} N/s on the cheek; dot: alert",
        xlabel="ms",
        ylabel="N",
        xlim=(0, 1300),
    )
    axes.set_ylim(bottom=0)


def main(arguments: list[str]) -> None:
    """Measure, keep, draw."""
    if "--draw" not in arguments:
        LAST.write_text(json.dumps(all_numbers(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    draw(json.loads(LAST.read_text(encoding="utf-8")), PICTURE)
    print(PICTURE.relative_to(ROOT))


if __name__ == "__main__":
    main(sys.argv[1:])
