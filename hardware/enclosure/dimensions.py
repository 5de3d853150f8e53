"""Reads dimensions.csv: the one table of measures, with units and sources."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

TABLE = Path(__file__).with_name("dimensions.csv")


@dataclass(frozen=True)
class Dimension:
    """A row of the table. A source that says `unverified` was not read in its maker's drawing."""

    name: str
    value: float
    unit: str
    what: str
    source: str


def rows() -> list[Dimension]:
    """All rows; raises ValueError for a name that stands twice."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        found = [Dimension(**{**row, "value": float(row["value"])}) for row in csv.DictReader(file)]
    names = [row.name for row in found]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"{TABLE.name}: twice: {', '.join(sorted(twice))}")
    return found


def load(**changes: float) -> SimpleNamespace:
    """The table as attributes, some of them changed; raises KeyError for a change of what it does not have."""
    values = {row.name: row.value for row in rows()}
    for name, value in changes.items():
        if name not in values:
            raise KeyError(f"{TABLE.name} has no {name}")
        values[name] = value
    return SimpleNamespace(**values)
