"""Values of the tables as text and back: ISO-8601 UTC, and texts that no spreadsheet takes for a formula."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from gentlepress.exchange.tables import TIME, WHOLE

# A spreadsheet runs a cell that begins with one of these; a text that does gets an apostrophe in front.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


def iso(seconds: int) -> str:
    """A time in seconds since 1970 as ISO-8601 UTC, 2026-11-24T18:30:00Z."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}Z"


def from_iso(text: str) -> int:
    """The inverse; any other zone and a fraction are taken, too.

    Raises:
        ValueError: it is no time, or one without a zone.
    """
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        raise ValueError("no zone")
    return round(when.timestamp())


def to_cell(value: Any, kind: str) -> str:
    """A value in a CSV file; None is an empty cell."""
    if value is None:
        return ""
    if kind == TIME:
        return iso(value)
    text = str(value)
    return f"'{text}" if kind != WHOLE and text.startswith(_FORMULA) else text


def from_cell(text: str, kind: str) -> Any:
    """The inverse.

    Raises:
        ValueError: it is no value of this kind.
    """
    if kind == WHOLE:
        return int(text) if text else None
    if kind == TIME:
        return from_iso(text) if text else None
    return text.removeprefix("'")


def to_json(value: Any, kind: str) -> Any:
    """A value in a JSON file."""
    return iso(value) if kind == TIME and value is not None else value


def from_json(value: Any, kind: str) -> Any:
    """The inverse.

    Raises:
        ValueError: it is no value of this kind.
    """
    if value is None:
        return None
    wanted = int if kind == WHOLE else str
    if not isinstance(value, wanted) or isinstance(value, bool):
        raise ValueError("another type")  # noqa: TRY004  (one kind of error for all that is no value)
    return from_iso(str(value)) if kind == TIME else value
