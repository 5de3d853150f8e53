"""What `calibrate` shows of calibrations: the result of one, and the history with its drift."""

from __future__ import annotations

import dataclasses
from typing import Any

from rich.console import RenderableType
from rich.table import Table

from gentlepress.calibration import Kept, Record

MUCH_PCT = 5.0
_HOLDS = {
    "none": "The tool is calibrated.",
    "uncalibrated": "The tool has no calibration: no session, no practice. Next: gentlepress calibrate",
    "calibration_lost": "The tool's calibration cannot be read: no session. Next: gentlepress calibrate",
    "calibration_foreign": "Its calibration is of another tool or cell: no session. Next: gentlepress calibrate",
}


def kept_data(kept: Kept) -> dict[str, Any]:
    """What is kept, for `--json`."""
    return {
        "fault": kept.fault,
        "nominal_counts_per_n": kept.nominal,
        "records": [_data(record, kept.records[0]) for record in kept.records],
    }


def _data(record: Record, first: Record) -> dict[str, Any]:
    return dataclasses.asdict(record) | {
        "made_at": record.made_at and record.made_at.isoformat(),
        "from_nominal_pct": round(record.from_nominal_pct, 2),
        "slope_drift_pct": round(record.slope_drift_pct(first), 2),
        "zero_drift_n": round(record.zero_drift_n(first), 4),
    }


def kept_lines(kept: Kept) -> list[RenderableType]:
    """What is kept, for people: the newest last."""
    holds = _HOLDS.get(kept.fault, f"The tool says {kept.fault}.")
    if not kept.records:
        return [holds, f"Nominal slope: {kept.nominal} counts/N."]
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for name in ("No", "When", "Slope", "Nominal", "Drift", "Zero", "Line", "Check"):
        table.add_column(name, justify="left" if name == "When" else "right", no_wrap=True)
    for record in kept.records:
        table.add_row(*_cells(record, kept.records[0]))
    return [holds, table, *_KEY]


_KEY = (
    "Slope: counts/N, then against the nominal one.  Drift, Zero: against the first.",
    "Line: farthest mass from it.  Check: what the verification read too much.",
)


def _cells(record: Record, first: Record) -> list[str]:
    by_masses = not record.by_factory
    return [
        str(record.number),
        when(record),
        f"{record.counts_per_n}",
        percent(record.from_nominal_pct),
        percent(record.slope_drift_pct(first)),
        f"{record.zero_drift_n(first) + 0.0:+.3f} N",
        f"{record.residual_pct:.1f} %" if by_masses else "",
        percent(record.verify_error_pct) if by_masses else "",
    ]


def percent(share: float) -> str:
    """A signed share with one decimal; nothing is never negative."""
    return f"{round(share, 1) + 0.0:+.1f} %"


def when(record: Record) -> str:
    """When a calibration was made, or what is known of it."""
    if record.by_factory:
        return "came with the tool"
    if record.made_at is None:
        return f"clock not set, start {record.boot}"
    return f"{record.made_at.astimezone():%Y-%m-%d %H:%M}"


def result_lines(made: Record, last: Record | None, first: Record) -> list[str]:
    """What a new calibration found."""
    lines = [
        f"Calibrated: {made.counts_per_n} counts/N, {percent(made.from_nominal_pct)} from the nominal slope.",
        f"Both masses lie within {made.residual_pct:.1f} % of a line.",
        f"The verification read {percent(made.verify_error_pct)}.",
    ]
    return lines if last is None else [*lines, *_change(made, last, first)]


def _change(made: Record, last: Record, first: Record) -> list[str]:
    change = made.slope_drift_pct(last)
    since = f", {percent(made.slope_drift_pct(first))} from the first" if first.number != last.number else ""
    lines = [f"Against the last one: {percent(change)}{since}."]
    if abs(change) > MUCH_PCT:
        lines.append(
            "That is much: check that the tool stood upright and what the masses weigh, then do it again."
        )
    return lines
