"""JSON Lines: a line that says what the file is, a line a tool, a line a session with its steps, events and trace."""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from gentlepress.exchange import private, tables
from gentlepress.exchange.cells import from_json, to_json
from gentlepress.exchange.problems import bad
from gentlepress.exchange.tables import Column, Whole
from gentlepress.store import ToolRow

FORMAT = 1
_HEAD = {"record": "gentlepress export", "format": FORMAT}
_TOOL = ('{"record":"tool"', '{"record": "tool"')
_SESSION = ('{"record":"session"', '{"record": "session"')
_STEPS = ',"steps":['
_ALL_TAKEN = {"file_base64", *(column.name for column in tables.TAKEN)}
# Columns that only say how the tables of other formats belong together.
_OWN = ("device_id", "session_id", "position")


def write_json_lines(target: Path, tools: list[ToolRow], sessions: Iterable[Whole]) -> None:
    """Write the file.

    Args:
        target: of it.
        tools: that the sessions are from.
        sessions: what to write.
    """
    with private.text(target) as opened:
        _line(opened, _HEAD)
        for tool in tools:
            _line(opened, {"record": "tool"} | _object(tables.TOOLS, tables.tool_values(tool)))
        for whole in sessions:
            _line(opened, {"record": "session"} | _session(whole))


def _session(whole: Whole) -> dict[str, Any]:
    trace = list(zip(*tables.trace_values(whole), strict=True)) or [()] * len(tables.TRACE)
    return _object(tables.SESSIONS, tables.session_values(whole), ("steps", "events")) | {
        "file_base64": base64.b64encode(whole.data).decode("ascii"),
        "steps": [_object(tables.STEPS, values, _OWN) for values in tables.step_values(whole)],
        "events": [_object(tables.EVENTS, values, _OWN) for values in tables.event_values(whole)],
        "trace": {column.name: values for column, values in zip(tables.TRACE, trace, strict=True)},
    }


def _object(columns: list[Column], values: Iterable[Any], without: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        column.name: to_json(value, column.kind)
        for column, value in zip(columns, values, strict=True)
        if column.name not in without
    }


def _line(opened: IO[str], data: dict[str, Any]) -> None:
    opened.write(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n")


def read_json_lines(
    source: Path,
) -> tuple[Iterator[tuple[str, dict[str, Any]]], Iterator[tuple[str, dict[str, Any], bytes]]]:
    """Tools and sessions of a file, as `csv_folder.read_csv`.

    Args:
        source: the file.

    Raises:
        ExportInvalid: a line is no object of this format.
    """
    return _tools(source), _sessions(source)


def _tools(source: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for place, data in _objects(source, _TOOL, ends_at=_SESSION):
        yield place, _values(place, data, tables.TOOLS)


def _sessions(source: Path) -> Iterator[tuple[str, dict[str, Any], bytes]]:
    for place, data in _objects(source, _SESSION):
        values = _values(place, data, tables.TAKEN)
        try:
            yield place, values, binascii.a2b_base64(data["file_base64"], strict_mode=True)
        except (KeyError, TypeError, ValueError) as failed:
            raise bad(place, f"file_base64 is missing or no base64 ({failed})") from failed


def _objects(
    source: Path, beginnings: tuple[str, ...], ends_at: tuple[str, ...] = ()
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Objects of one kind, told by how their lines begin: the others need not be read twice."""
    try:
        with source.open(encoding="utf-8-sig") as opened:
            _check_head(f"{source}, line 1", opened.readline())
            for number, line in enumerate(opened, 2):
                place = f"{source}, line {number}"
                if line.startswith(beginnings):
                    yield place, _parsed(place, line)
                elif ends_at and line.startswith(ends_at):
                    return
                elif line.strip() and not line.startswith('{"record"'):
                    raise bad(place, 'it does not begin with {"record"')
    except OSError as failed:
        raise bad(str(source), f"it can't be read ({failed.strerror})") from failed
    except UnicodeDecodeError as failed:
        raise bad(str(source), f"it is no text in UTF-8 ({failed})") from failed


def _check_head(place: str, line: str) -> None:
    head = _parsed(place, line)
    if head.get("record") != _HEAD["record"]:
        raise bad(place, "it does not say that this is an export of gentlepress")
    made = head.get("format")
    if not isinstance(made, int) or made > FORMAT:
        raise bad(place, f"format = {made!r}: this program reads up to {FORMAT}; update it")


def _parsed(place: str, line: str) -> dict[str, Any]:
    """The object of a line; of a session as we write it only what is taken, which comes before its steps."""
    head, cut, _rest = line.partition(_STEPS)
    if cut and line.rstrip().endswith("}"):
        with contextlib.suppress(ValueError):
            data = _object_of(place, json.loads(head + "}"))
            if data.keys() >= _ALL_TAKEN:
                return data
    try:
        return _object_of(place, json.loads(line))
    except (ValueError, RecursionError) as failed:
        raise bad(place, f"it is no JSON ({failed})") from failed


def _object_of(place: str, data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise bad(place, "it is no object")
    return data


def _values(place: str, data: dict[str, Any], columns: list[Column]) -> dict[str, Any]:
    values = {}
    for column in columns:
        if column.name not in data:
            raise bad(place, f"it has no {column.name}")
        try:
            values[column.name] = from_json(data[column.name], column.kind)
        except ValueError as failed:
            raise bad(
                place, f"{column.name} = {str(data[column.name])[:40]!r} is no {column.kind}"
            ) from failed
    return values
