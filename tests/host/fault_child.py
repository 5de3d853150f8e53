"""Syncs in processes of their own, so that they can be killed: a line of JSON in for each, a line out on its end.

All is imported once; each sync is a fork. A point is the time before and after each statement, before each commit,
before each write and sync of SQLite's files, and before each call of the link.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

from gentlepress.client import ToolClient
from gentlepress.errors import GentlepressError
from gentlepress.links import open_link
from gentlepress.smp.session import Request
from gentlepress.store import open_store
from gentlepress.store.store import Store
from gentlepress.sync import sync
from sqlalchemy import event

from tests.host.sqlite_disk import FULL, OK, Disk, NoAccess

IMAGES = 4


class Points:
    """Counts, and does what was asked for at one of them."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.count = self.writes = self.acknowledged = 0
        self._kill_at = job.get("kill_at", 0)
        self._full_from = job.get("full_from", 0)

    def point(self, *_args: object, **_more: object) -> None:
        self.count += 1
        if self.count == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def on_disk(self, what: str) -> int:
        self.point()
        self.writes += what == "write"
        return FULL if what == "write" and self._full_from and self.writes >= self._full_from else OK


class Watched:
    """A link whose calls are points."""

    def __init__(self, link: Any, points: Points) -> None:
        self._link = link
        self._points = points

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._link, name)
        if name not in {"send", "receive"}:
            return found

        def call(*args: Any, **more: Any) -> Any:
            self._points.point()
            return found(*args, **more)

        return call


def run(job: dict[str, Any]) -> dict[str, Any]:
    """One sync: how many points it had, or how it failed."""
    points = Points(job)
    disk = None
    if "://" not in job["db"]:
        disk = Disk(points.on_disk)
    try:
        with open_store(job["db"], busy_s=job.get("busy_s", 5.0)) as store:
            _watch(store, points)
            if job.get("power_cuts") and disk is not None:
                _cut_power_at_each_acknowledgement(disk, store, points)
            with open_link(job["port"]) as link:
                tool = ToolClient(Watched(link, points), attempt_s=0.5, attempts=8)
                done = sync(tool, store, set_clock=False)
    except GentlepressError as error:
        return {"error": type(error).__name__, "message": error.message, "points": points.count}
    return {
        "new": done.new,
        "points": points.count,
        "writes": points.writes,
        "acknowledged": points.acknowledged,
    }


def _watch(store: Store, points: Points) -> None:
    for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(store._engine, name, points.point)


def _cut_power_at_each_acknowledgement(disk: Disk, store: Store, points: Points) -> None:
    """Before the tool is told, what a power cut would leave must hold the session."""
    acknowledgement = ToolClient.acknowledgement

    def checked(self, session_id: int, crc: int, host: str) -> Request:
        points.acknowledged += 1
        for seed in range(IMAGES):
            with tempfile.TemporaryDirectory() as name:
                disk_now, later = dict(disk.synced), {key: list(value) for key, value in disk.later.items()}
                disk.after_power_cut(Path(name), random.Random(seed) if seed else None)
                with open_store(str(Path(name) / Path(store._url.database).name)) as left:
                    assert left.session(session_id).row.crc == crc
                    assert left.host_id() == host
                disk.synced, disk.later = disk_now, later
        return acknowledgement(self, session_id, crc, host)

    ToolClient.acknowledgement = checked


def main() -> None:
    for line in sys.stdin:
        job = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                answer = run(job)
            except NoAccess as why:
                answer = {"skip": str(why)}
            except BaseException:  # noqa: BLE001  (told to the test)
                answer = {"error": "unforeseen", "message": traceback.format_exc()}
            os.write(writing, json.dumps(answer).encode())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            said = pipe.read()
        _pid, status = os.waitpid(child, 0)
        killed = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        print(json.dumps({"killed": killed} | (json.loads(said) if said else {})), flush=True)


if __name__ == "__main__":
    main()
