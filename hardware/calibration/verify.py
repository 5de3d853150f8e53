"""Judges the record of a tool at the jig: accepted, or rejected for reasons that have names.

python -m hardware.calibration.verify RECORD.csv
"""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from gentlepress.firmware.core import calibration_reasons as why

G = 9.80665
"""m/s2, as the tool reckons (docs/calibration.md)."""

RUNS = 3
MASSES_G = (0, 100, 200, 500, 1000)
"""On the tip; from BYPASS_G on with the bypass ring, because the spring yields."""

BYPASS_G = 600
TILTS_DEG = (10, 20)
LINE_PERCENT, LINE_N = 2.0, 0.05
VERIFY_PERCENT, VERIFY_N = 3.0, 0.05
ZERO_N = 0.03
HYSTERESIS_PERCENT, HYSTERESIS_N = 2.0, 0.05
DRIFT_N = 0.05
TILT_PERCENT = {10: 5.0, 20: 12.0}
"""How much more than the cosine a leaning tool may lose to friction."""

HYSTERESIS = "hysteresis"
ADVICE = {entry[0]: entry[2] for entry in why.TABLE.values()} | {
    HYSTERESIS: "clean stem and bush, see that nothing rubs, then begin again",
}
"""Reasons of the tool's own calibration have its words; one more is known only here."""


class Row(NamedTuple):
    """A reading: `step` is up, down, tilt or drift; `mass_g` on the tip with all that carries it."""

    step: str
    run: int
    mass_g: float
    tilt_deg: float
    reading_n: float

    @property
    def force_n(self) -> float:
        """What the tip should feel along its axis."""
        return self.mass_g / 1000 * G * math.cos(math.radians(self.tilt_deg))


class Reason(NamedTuple):
    """Why a record is rejected, and with which figures."""

    name: str
    found: str


def read(path: Path) -> list[Row]:
    """The rows of a record."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Row(
                row["step"],
                int(row["run"]),
                float(row["mass_g"]),
                float(row["tilt_deg"]),
                float(row["reading_n"]),
            )
            for row in csv.DictReader(file)
        ]


def line(rows: list[Row]) -> tuple[float, float]:
    """(zero in N, slope against 1) of the straight line through the readings."""
    mean_x = sum(row.force_n for row in rows) / len(rows)
    mean_y = sum(row.reading_n for row in rows) / len(rows)
    spread = sum((row.force_n - mean_x) ** 2 for row in rows)
    slope = sum((row.force_n - mean_x) * (row.reading_n - mean_y) for row in rows) / spread
    return mean_y - slope * mean_x, slope


def allowed(force_n: float, percent: float, least_n: float) -> float:
    """A share of a force, but not less than what no scale tells apart."""
    return max(abs(force_n) * percent / 100, least_n)


def reasons(rows: list[Row]) -> list[Reason]:
    """Everything that rejects a record; none accepts it."""
    missing = list(incomplete(rows))
    if missing:
        return missing
    loaded = [row for row in rows if row.step in {"up", "down"}]
    if line(loaded)[1] < 0:
        return [Reason(named(why.WRONG_SIGN), "readings fall as masses come on")]
    return [
        *off_line(loaded),
        *off_masses(loaded),
        *zeros(loaded),
        *hysteresis(loaded),
        *drift(rows),
        *tilts(rows),
    ]


def named(number: int) -> str:
    """Name of a reason of the tool's own calibration."""
    return why.name_of(number)


def incomplete(rows: list[Row]) -> Iterator[Reason]:
    """Readings that the procedure asks for and that are not there."""
    have = {(row.step, row.run, row.mass_g) for row in rows}
    for run in range(1, RUNS + 1):
        masses = {mass for step, number, mass in have if number == run and step in {"up", "down"}}
        for step in ("up", "down"):
            got = sum((step, run, mass) in have for mass in masses)
            if got < len(MASSES_G):
                yield Reason(
                    named(why.TOO_FEW_SAMPLES), f"run {run}, {step}: {got} of {len(MASSES_G)} masses"
                )
    leaning = {row.tilt_deg for row in rows if row.step == "tilt"}
    if not leaning >= set(TILTS_DEG):
        yield Reason(named(why.TOO_FEW_SAMPLES), f"leaning at {sorted(leaning)} of {list(TILTS_DEG)} degrees")
    if sum(row.step == "drift" for row in rows) < 2:
        yield Reason(named(why.TOO_FEW_SAMPLES), "the zero at the start and after ten minutes")


def off_line(loaded: list[Row]) -> Iterator[Reason]:
    """Readings that do not lie on one line."""
    zero_n, slope = line(loaded)
    for row in loaded:
        off = row.reading_n - zero_n - slope * row.force_n
        if abs(off) > allowed(row.force_n, LINE_PERCENT, LINE_N):
            yield Reason(
                named(why.TILTED), f"{row.mass_g:g} g, run {row.run}, {row.step}: {off:+.3f} N off the line"
            )


def off_masses(loaded: list[Row]) -> Iterator[Reason]:
    """Masses that read as something else."""
    for mass in sorted({row.mass_g for row in loaded} - {0}):
        some = [row for row in loaded if row.mass_g == mass]
        off = sum(row.reading_n for row in some) / len(some) - some[0].force_n
        if abs(off) > allowed(some[0].force_n, VERIFY_PERCENT, VERIFY_N):
            yield Reason(named(why.VERIFICATION_OFF), f"{mass:g} g reads {off:+.3f} N off")


def zeros(loaded: list[Row]) -> Iterator[Reason]:
    """A zero that a run does not come back to."""
    for run in range(1, RUNS + 1):
        found = {row.step: row.reading_n for row in loaded if row.run == run and not row.mass_g}
        if abs(found["down"] - found["up"]) > ZERO_N:
            yield Reason(named(why.ZERO_MOVED), f"run {run}: {found['down'] - found['up']:+.3f} N")


def hysteresis(loaded: list[Row]) -> Iterator[Reason]:
    """Masses that read otherwise on the way down."""
    up = {(row.run, row.mass_g): row.reading_n for row in loaded if row.step == "up"}
    for row in loaded:
        if row.step == "down" and row.mass_g:
            off = row.reading_n - up[row.run, row.mass_g]
            if abs(off) > allowed(row.force_n, HYSTERESIS_PERCENT, HYSTERESIS_N):
                yield Reason(HYSTERESIS, f"{row.mass_g:g} g, run {row.run}: {off:+.3f} N")


def drift(rows: list[Row]) -> Iterator[Reason]:
    """A zero that creeps in ten minutes."""
    found = [row.reading_n for row in rows if row.step == "drift"]
    if max(found) - min(found) > DRIFT_N:
        yield Reason(named(why.DRIFTING), f"{max(found) - min(found):.3f} N in ten minutes")


def tilts(rows: list[Row]) -> Iterator[Reason]:
    """A leaning tool that loses more than its axis explains."""
    for row in rows:
        if row.step == "tilt" and row.tilt_deg in TILT_PERCENT:
            off = row.reading_n - row.force_n
            if abs(off) > allowed(row.force_n, TILT_PERCENT[row.tilt_deg], VERIFY_N):
                yield Reason(named(why.TILTED), f"leaning {row.tilt_deg:g} degrees: {off:+.3f} N")


def main(arguments: list[str] | None = None) -> int:
    """Print the verdict; 0 if accepted, 1 if rejected, 2 if there is no record to judge."""
    given = sys.argv[1:] if arguments is None else arguments
    if len(given) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        rows = read(Path(given[0]))
    except (OSError, KeyError, ValueError) as error:
        print(f"{given[0]} is no record ({error!r}): see hardware/calibration/example.csv", file=sys.stderr)
        return 2
    found = reasons(rows)
    for reason in found:
        print(f"rejected: {reason.name}: {reason.found}: {ADVICE[reason.name]}")
    if not found:
        zero_n, slope = line([row for row in rows if row.step in {"up", "down"}])
        print(f"accepted: slope {slope:.4f} of the tool's own, zero {zero_n:+.3f} N")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
