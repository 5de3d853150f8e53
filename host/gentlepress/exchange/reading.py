"""Reading an export, in whatever format, into what the database takes."""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from gentlepress.exchange.csv_folder import read_csv
from gentlepress.exchange.json_lines import read_json_lines
from gentlepress.exchange.problems import bad
from gentlepress.exchange.tables import OWNERS_BETWEEN, number_of
from gentlepress.firmware.core import ids
from gentlepress.store import ToolRow
from gentlepress.store.adding import Offered

_OWNER = re.compile(r"(?P<name>.*?)(?: \(slot (?P<slot>\d)\))?")


def read_export(
    source: Path, progress: Callable[[int], None] = lambda _done: None
) -> tuple[list[ToolRow], Iterator[Offered]]:
    """Tools and sessions of an export.

    Args:
        source: a folder of CSV or Parquet files, or a file of JSON Lines.
        progress: called with how many sessions were read.

    Raises:
        ExportInvalid: it is none, or something in it is wrong; sessions tell it when they are read.
    """
    of_tools, of_sessions = _reader(source)(source)
    tools = [_tool(place, values) for place, values in of_tools]
    return tools, _offered(of_sessions, {tool.device_id for tool in tools}, progress)


def _reader(source: Path) -> Callable[[Path], Any]:
    if not source.exists():
        raise bad(str(source), "there is no such file or folder")
    if source.is_file():
        return read_json_lines
    if (source / "sessions.parquet").exists():
        from gentlepress.exchange.parquet_folder import read_parquet  # noqa: PLC0415  (an extra, and large)

        return read_parquet
    if (source / "sessions.csv").exists():
        return read_csv
    raise bad(str(source), "it holds neither sessions.csv nor sessions.parquet, so it is no export")


def _tool(place: str, values: dict[str, Any]) -> ToolRow:
    _need(place, values, "device_id", "first_seen_utc", "last_seen_utc")
    owners = [_owner(text) for text in (values["owners"] or "").split(OWNERS_BETWEEN) if text]
    return ToolRow(
        values["device_id"],
        values["name"] or "",
        values["board"] or "",
        values["firmware"] or "",
        values["first_seen_utc"],
        values["last_seen_utc"],
        0,
        tuple(owners),
    )


def _owner(text: str) -> tuple[str, int]:
    found = _OWNER.fullmatch(text)
    return (found["name"], int(found["slot"] or 0)) if found else (text, 0)


def _offered(
    found: Iterator[tuple[str, dict[str, Any], bytes]], tools: set[str], progress: Callable[[int], None]
) -> Iterator[Offered]:
    for done, (place, values, data) in enumerate(found, 1):
        _need(place, values, "device_id", "session_id", "copied_utc", "start_quality", "size_bytes", "crc32")
        if values["device_id"] not in tools:
            raise bad(place, f"device_id = {values['device_id']!r} is not among the tools")
        if (len(data), binascii.crc32(data)) != (values["size_bytes"], values["crc32"]):
            raise bad(
                place, f"session {values['session_id']} is damaged: its file has another size or CRC-32"
            )
        yield Offered(values["device_id"], data, values["copied_utc"], *_start(place, values))
        progress(done)


def _start(place: str, values: dict[str, Any]) -> tuple[int | None, int]:
    """Start and its quality; an unset clock has no date, and a date needs to say where it is from."""
    start, word = values["start_utc"], values["start_quality"]
    try:
        quality = number_of("start_quality", word)
    except ValueError as failed:
        raise bad(place, f"start_quality = {word[:40]!r} is not known") from failed
    if (start is None) != (quality == ids.TIME_UNKNOWN):
        raise bad(
            place, f"start_utc and start_quality = {word!r} do not fit: only an unknown start has no date"
        )
    return start, quality


def _need(place: str, values: dict[str, Any], *names: str) -> None:
    for name in names:
        if values[name] is None or values[name] == "":
            raise bad(place, f"{name} is missing")
