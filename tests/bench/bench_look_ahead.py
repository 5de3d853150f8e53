"""Look-ahead: overshoot with and without it beside what is possible at all, false alerts, and a sweep of parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench import Figure, at_least, at_most
from tests.bench.look_ahead_study import RATES_MN_S, UP_TO_MN_S, Median, all_numbers

GOAL_RATIO = 0.5
TOUCH = "an alarm at the first touch"
SWEPT: tuple[tuple[str, str, float, Callable[[dict[str, float]], float]], ...] = (
    ("overshoot against that without", "ratio", GOAL_RATIO, lambda row: row["with_mn"] / row["without_mn"]),
    ("false alerts in 5 min held in band", "alerts", 0, lambda row: row["false_alerts"]),
    ("an alarm ends after the force", "ms", 50, lambda row: row["alarm_ends_ms"]),
    ("a warning ends after the force", "ms", 210, lambda row: row["warning_ends_ms"]),
    ("touch felt", "ms", 30, lambda row: row["touch_ms"]),
    ("lift felt", "ms", 30, lambda row: row["lift_ms"]),
)


def run() -> list[Figure]:
    """The study of docs/limits.md; it takes some minutes."""
    numbers = all_numbers()
    _print_sweep(numbers["sweep"])
    return [
        at_least("look-ahead: presses studied", numbers["presses"], "presses", 1000),
        *(_overshoot("all zones", numbers["together"], rate) for rate in RATES_MN_S if rate >= 2000),
        *(_overshoot("crow's feet", numbers["zones"]["crows_feet"], rate) for rate in (5000, 10_000, 20_000)),
        at_most("alerts in 10 min held in band, worst zone", max(numbers["holds"].values()), "alerts", 1),
        *(
            at_most(f"{name}: alerts without ground", row["unfounded"], "alerts", 0)
            for name, row in numbers["traces"].items()
        ),
        *(_worst(numbers["sweep"], *wanted) for wanted in SWEPT),
    ]


def _overshoot(where: str, rows: dict[str, Any], rate_mn_s: int) -> Figure:
    """Median overshoot against that without; a goal where no alarm at all could reach it is only told."""
    middle = Median(**rows[str(rate_mn_s)])
    ratio, bound = middle.ratio(), middle.ratio("at touch")
    name = f"overshoot at {rate_mn_s // 1000} N/s, {where}, against that without look-ahead"
    if rate_mn_s > UP_TO_MN_S or bound > GOAL_RATIO - 0.1:
        return Figure(name, ratio, "ratio", f"{bound:g} possible", True, TOUCH, bound)
    return at_most(name, ratio, "ratio", GOAL_RATIO, TOUCH, bound)


def _worst(
    rows: dict[str, dict[str, float]],
    what: str,
    unit: str,
    goal: float,
    of: Callable[[dict[str, float]], float],
) -> Figure:
    worst = max(rows, key=lambda name: of(rows[name]))
    stands = of(rows["as it stands"])
    return at_most(
        f"worst of parameters: {what} ({worst})", of(rows[worst]), unit, goal, "as they stand", stands
    )


def _print_sweep(rows: dict[str, dict[str, float]]) -> None:
    """Every row scaled, the worst overshoot first."""
    table = Table("parameter", *(f"{what}, {unit}" for what, unit, _goal, _of in SWEPT))
    for name in sorted(rows, key=lambda name: -SWEPT[0][3](rows[name])):
        table.add_row(name, *(f"{of(rows[name]):.3g}" for _what, _unit, _goal, of in SWEPT))
    Console().print(table)
