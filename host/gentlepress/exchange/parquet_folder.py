"""A folder of Parquet files: tools, sessions with their own files, steps, events, traces. Needs the extra `parquet`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from gentlepress.errors import UsageError
from gentlepress.exchange import private, tables
from gentlepress.exchange.problems import bad
from gentlepress.exchange.tables import TEXT, TIME, WHOLE, Column, Whole
from gentlepress.store import ToolRow

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError as missing:
    raise UsageError(
        f"Parquet needs the package pyarrow, which is not installed ({missing}).",
        "Install it: pip install 'gentlepress[parquet]'. CSV and JSON Lines need nothing more.",
    ) from missing

_FILE = "file"
_TRACES = [Column("device_id", TEXT), Column("session_id", WHOLE), *tables.TRACE]
# The running time since power-up fills 64 bits without a sign in a session's file.
_UNSIGNED = {"start_uptime_ms"}
_ROWS = 50_000
_TYPES = {WHOLE: pa.int64(), TEXT: pa.string(), TIME: pa.timestamp("ms", tz="UTC")}


def write_parquet(target: Path, tools: list[ToolRow], sessions: Iterable[Whole]) -> None:
    """Write the folder.

    Args:
        target: of it, which is made.
        tools: that the sessions are from.
        sessions: what to write.
    """
    private.folder(target)
    with ExitStack() as stack:

        def open_table(name: str, columns: list[Column], *more: Any) -> _Table:
            return stack.enter_context(_Table(target / f"{name}.parquet", _schema(columns, *more)))

        of_tools = open_table("tools", tables.TOOLS)
        of_sessions = open_table("sessions", tables.SESSIONS, pa.field(_FILE, pa.binary()))
        steps, events = open_table("steps", tables.STEPS), open_table("events", tables.EVENTS)
        traces = open_table("traces", _TRACES)
        of_tools.add(map(tables.tool_values, tools))
        for whole in sessions:
            key = [whole.row.device_id, whole.row.session_id]
            of_sessions.add([[*tables.session_values(whole), whole.data]])
            steps.add(tables.step_values(whole))
            events.add(tables.event_values(whole))
            traces.add([*key, *values] for values in tables.trace_values(whole))


def _schema(columns: list[Column], *more: Any) -> Any:
    fields = [
        pa.field(column.name, pa.uint64() if column.name in _UNSIGNED else _TYPES[column.kind])
        for column in columns
    ]
    return pa.schema([*fields, *more])


class _Table:
    """A file that is written in pieces of many rows."""

    def __init__(self, path: Path, schema: Any) -> None:
        self._schema = schema
        self._file = private.binary(path)
        self._writer = pq.ParquetWriter(self._file, schema, compression="zstd")
        self._rows: list[list[Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._flush()
        self._writer.close()
        self._file.close()

    def add(self, rows: Iterable[list[Any]]) -> None:
        """Take rows, and write when there are many."""
        self._rows += rows
        if len(self._rows) >= _ROWS:
            self._flush()

    def _flush(self) -> None:
        columns = list(zip(*self._rows, strict=True)) or [()] * len(self._schema)
        arrays = [_array(values, field.type) for values, field in zip(columns, self._schema, strict=True)]
        self._writer.write_table(pa.table(arrays, schema=self._schema))
        self._rows = []


def _array(values: Iterable[Any], kind: Any) -> Any:
    """A column; times become milliseconds, the coarsest that Parquet has."""
    if kind == _TYPES[TIME]:
        values = [None if value is None else value * 1000 for value in values]
    return pa.array(values, type=kind)


def read_parquet(
    source: Path,
) -> tuple[Iterator[tuple[str, dict[str, Any]]], Iterator[tuple[str, dict[str, Any], bytes]]]:
    """Tools and sessions of a folder, as `csv_folder.read_csv`.

    Args:
        source: the folder.

    Raises:
        ExportInvalid: a table is missing, or has no such column.
    """
    return _rows(source / "tools.parquet", tables.TOOLS), _sessions(source)


def _sessions(source: Path) -> Iterator[tuple[str, dict[str, Any], bytes]]:
    for place, values in _rows(source / "sessions.parquet", tables.TAKEN, _FILE):
        data = values.pop(_FILE)
        if not isinstance(data, bytes):
            raise bad(place, "its file is missing")
        yield place, values, data


def _rows(path: Path, columns: list[Column], *more: str) -> Iterator[tuple[str, dict[str, Any]]]:
    names = [*(column.name for column in columns), *more]
    times = [column.name for column in columns if column.kind == TIME]
    try:
        with pq.ParquetFile(os.fspath(path)) as file:
            missing = [name for name in names if name not in file.schema_arrow.names]
            if missing:
                raise bad(str(path), f"it has no column {missing[0]}")
            number = 0
            for batch in file.iter_batches(batch_size=500, columns=names):
                for values in batch.to_pylist():
                    number += 1
                    yield f"{path}, row {number}", values | {name: _seconds(values[name]) for name in times}
    except (OSError, pa.ArrowException) as failed:
        raise bad(str(path), f"it can't be read ({failed})") from failed


def _seconds(value: Any) -> int | None:
    return None if value is None else round(value.timestamp())
