"""Writing an export: whole or not at all, and for nobody else to read."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from gentlepress.errors import UsageError
from gentlepress.exchange.csv_folder import write_csv
from gentlepress.exchange.json_lines import write_json_lines
from gentlepress.exchange.tables import Whole
from gentlepress.record_reader import read_session
from gentlepress.store import Reading, SessionRow, ToolRow

Writer = Callable[[Path, list[ToolRow], Iterable[Whole]], None]


def _write_parquet(target: Path, tools: list[ToolRow], sessions: Iterable[Whole]) -> None:
    from gentlepress.exchange.parquet_folder import write_parquet  # noqa: PLC0415  (an extra, and large)

    write_parquet(target, tools, sessions)


# Each format, and whether it is a folder.
FORMATS: dict[str, tuple[Writer, bool]] = {
    "csv": (write_csv, True),
    "jsonl": (write_json_lines, False),
    "parquet": (_write_parquet, True),
}


def format_of(path: Path, named: str | None) -> str:
    """The format that is meant: the one that was named, else by the ending, else CSV.

    Args:
        path: where the export goes.
        named: by the user, or None.
    """
    ending = path.suffix.lower().lstrip(".")
    return named or (ending if ending in FORMATS else "csv")


def write_export(
    store: Reading,
    rows: list[SessionRow],
    path: Path,
    kind: str,
    progress: Callable[[int], None] = lambda _done: None,
) -> None:
    """Write sessions, and the tools they are from.

    Args:
        store: that holds them.
        rows: which.
        path: a new file or folder.
        kind: of FORMATS.
        progress: called with how many are written.

    Raises:
        UsageError: the place is taken or can't be written, or a package is missing; nothing is left behind.
    """
    writer, _is_folder = FORMATS[kind]
    if path.exists():
        raise UsageError(f"{path} is there already.", "Name a new one, or move the old one away.")
    devices = {row.device_id for row in rows}
    tools = [tool for tool in store.tools() if tool.device_id in devices]
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove(part)
        try:
            writer(part, tools, _sessions(store, rows, progress))
            part.rename(path)
        finally:
            _remove(part)
    except OSError as failed:
        raise UsageError(
            f"{path} can't be written: {failed.strerror}.", "Choose another place, or free some space."
        ) from failed


def _sessions(store: Reading, rows: list[SessionRow], progress: Callable[[int], None]) -> Iterator[Whole]:
    for done, (row, data) in enumerate(store.files(rows), 1):
        yield Whole(row, read_session(data), data)
        progress(done)


def _remove(part: Path) -> None:
    if part.is_dir():
        shutil.rmtree(part)
    else:
        part.unlink(missing_ok=True)
