"""What the parts of `make proof` found last, with dates and counts: tests/proof/last.json."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

LAST = Path(__file__).resolve().parent / "last.json"


def load() -> dict[str, dict]:
    """{part: its last result}."""
    return json.loads(LAST.read_text(encoding="utf-8")) if LAST.is_file() else {}


def record(part: str, figures: dict[str, object]) -> None:
    """Keep a part's result with the date; the other parts' stay."""
    date = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
    kept = load() | {part: {"date": date, **figures}}
    LAST.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
