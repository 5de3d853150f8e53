"""A folder of CSV files: tools, sessions, steps, events, a force trace per session, and the sessions' own files."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from gentlepress.exchange import private, tables
from gentlepress.exchange.cells import from_cell, to_cell
from gentlepress.exchange.problems import bad
from gentlepress.exchange.tables import Column, Whole
from gentlepress.store import ToolRow


def write_csv(target: Path, tools: list[ToolRow], sessions: Iterable[Whole]) -> None:
    """Write the folder.

    Args:
        target: of it, which is made.
        tools: that the sessions are from.
        sessions: what to write.
    """
    private.folder(target)
    traces, files = private.folder(target / "traces"), private.folder(target / "files")
    with ExitStack() as stack:
        open_table = _Opener(stack, target)
        _fill(open_table("tools", tables.TOOLS), tables.TOOLS, map(tables.tool_values, tools))
        of_sessions = open_table("sessions", tables.SESSIONS)
        steps, events = open_table("steps", tables.STEPS), open_table("events", tables.EVENTS)
        for whole in sessions:
            _fill(of_sessions, tables.SESSIONS, [tables.session_values(whole)])
            _fill(steps, tables.STEPS, tables.step_values(whole))
            _fill(events, tables.EVENTS, tables.event_values(whole))
            name = file_name(whole.row.device_id, whole.row.session_id)
            with private.text(traces / f"{name}.csv") as opened:
                writer = csv.writer(opened)
                writer.writerow([column.name for column in tables.TRACE])
                writer.writerows(tables.trace_values(whole))
            with private.binary(files / f"{name}.gps") as raw:
                raw.write(whole.data)


def file_name(device_id: str, session_id: int) -> str:
    """Name of a session's files, without their ending."""
    return f"{device_id}-{session_id:08d}"


class _Opener:
    def __init__(self, stack: ExitStack, target: Path) -> None:
        self._stack = stack
        self._target = target

    def __call__(self, name: str, columns: list[Column]) -> Any:
        writer = csv.writer(self._stack.enter_context(private.text(self._target / f"{name}.csv")))
        writer.writerow([column.name for column in columns])
        return writer


def _fill(writer: Any, columns: list[Column], rows: Iterable[list[Any]]) -> None:
    for row in rows:
        writer.writerow([to_cell(value, column.kind) for value, column in zip(row, columns, strict=True)])


def read_csv(
    source: Path,
) -> tuple[Iterator[tuple[str, dict[str, Any]]], Iterator[tuple[str, dict[str, Any], bytes]]]:
    """Tools and sessions of a folder: where each stands, its values by column, and a session's bytes.

    Args:
        source: the folder.

    Raises:
        ExportInvalid: a table or a file is missing, or a value is none.
    """
    return _table(source / "tools.csv", tables.TOOLS), _sessions(source)


def _sessions(source: Path) -> Iterator[tuple[str, dict[str, Any], bytes]]:
    for place, values in _table(source / "sessions.csv", tables.TAKEN):
        path = (
            source
            / "files"
            / f"{file_name(Path(str(values['device_id'])).name, values['session_id'] or 0)}.gps"
        )
        try:
            yield place, values, path.read_bytes()
        except OSError as failed:
            raise bad(place, f"its file {path} can't be read ({failed.strerror})") from failed


def _table(path: Path, columns: list[Column]) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as opened:
            lines = csv.reader(opened)
            head = next(lines, [])
            places = _places(path, head, columns)
            for line in lines:
                yield f"{path}, line {lines.line_num}", _values(path, lines.line_num, line, places)
    except OSError as failed:
        raise bad(str(path), f"it can't be read ({failed.strerror})") from failed
    except (UnicodeDecodeError, csv.Error) as failed:
        raise bad(str(path), f"it is no CSV file in UTF-8 ({failed})") from failed


def _places(path: Path, head: list[str], columns: list[Column]) -> list[tuple[int, Column]]:
    missing = [column.name for column in columns if column.name not in head]
    if missing:
        raise bad(f"{path}, line 1", f"it has no column {missing[0]}")
    return [(head.index(column.name), column) for column in columns]


def _values(path: Path, number: int, line: list[str], places: list[tuple[int, Column]]) -> dict[str, Any]:
    values = {}
    for at, column in places:
        text = line[at] if at < len(line) else ""
        try:
            values[column.name] = from_cell(text, column.kind)
        except ValueError as failed:
            raise bad(
                f"{path}, line {number}", f"{column.name} = {text[:40]!r} is no {column.kind}"
            ) from failed
    return values
