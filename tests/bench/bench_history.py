"""Ten thousand sessions: into the database from every format, and how fast the commands answer then."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from gentlepress.exchange import write_export
from gentlepress.store import ToolRow, open_store
from gentlepress.store.adding import Offered

from tests.bench import Figure, at_most
from tests.host.many_sessions import DAY_S, FIRST_S, usual_sessions
from tests.host.session_maker import DEVICE

SESSIONS = 10_000
IMPORT_S = 10.0
ANSWER_S = 0.3
ALL_S = 1.0
TRIES = 5
TOOL = ToolRow(DEVICE.hex(), "Rose", "bench", "0.1.0", FIRST_S, FIRST_S + SESSIONS * DAY_S, SESSIONS)


def run() -> list[Figure]:
    """Fill a database, export it, take it over again in each way, and ask the filled one."""
    with tempfile.TemporaryDirectory(prefix="gentlepress-bench-") as name:
        folder = Path(name)
        full = folder / "full.db"
        fill(full)
        figures = [*_answers(full), _taken("merge of", folder, lambda db: ["merge", str(full), "--db", db])]
        for kind in ("csv", "jsonl"):
            target = folder / f"out.{kind}"
            with open_store(str(full), writable=False) as store:
                write_export(store, store.sessions(), target, kind)
            figures.append(
                _taken(
                    f"import ({kind}) of", folder, lambda db, path=str(target): ["import", path, "--db", db]
                )
            )
    return figures


def fill(path: Path, count: int = SESSIONS) -> None:
    """A database with sessions of the usual size."""
    with open_store(str(path)) as store:
        store.add_all(
            [TOOL],
            (
                Offered(TOOL.device_id, data, FIRST_S + number * DAY_S, FIRST_S + number * DAY_S, 1)
                for number, data in enumerate(usual_sessions(count))
            ),
        )


def _taken(what: str, folder: Path, words: Callable[[str], list[str]]) -> Figure:
    database = folder / "taken.db"
    taken_s = _command(words(str(database)))
    with open_store(str(database), writable=False) as store:
        assert store.count() == SESSIONS
    for file in folder.glob("taken.db*"):
        file.unlink()
    return at_most(f"{what} {SESSIONS} sessions", taken_s, "s", IMPORT_S)


def _answers(database: Path) -> list[Figure]:
    """Whole commands, from the shell's call to the end of the process; the middle of a few tries."""
    asked = {
        f"sessions, of {SESSIONS}": (["sessions"], ANSWER_S),
        f"sessions --json, all {SESSIONS}": (["sessions", "--json"], ALL_S),
        f"show, of {SESSIONS}": (["show"], ANSWER_S),
        f"show 5000, of {SESSIONS}": (["show", "5000"], ANSWER_S),
    }
    return [
        at_most(
            name,
            statistics.median(_command([*words, "--db", str(database)]) for _ in range(TRIES)),
            "s",
            limit,
        )
        for name, (words, limit) in asked.items()
    ]


def _command(words: list[str]) -> float:
    """Seconds that a command takes."""
    start = time.monotonic()
    subprocess.run([sys.executable, "-m", "gentlepress", *words], check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - start
