"""Runs the tool and the command `gentlepress` as a user does, and reads back what the tool logged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from gentlepress import sim
from gentlepress.cli import App, cli
from gentlepress.client import connect
from gentlepress.firmware.core import ids, wire
from gentlepress.press_file import Press
from gentlepress.record_reader import Session, read_session
from gentlepress.routine_file import CheckedRoutine, check_data
from gentlepress.sim import SimOptions

PROGRAM = str(Path(sys.executable).with_name("gentlepress"))
SESSION_S = 60.0
QUIET_NV = 20
"""Noise of the converter where a test asks for exactness: a third of a millinewton. None at all is a stuck sensor."""


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The last line of its output."""
        return json.loads(self.out.splitlines()[-1])


def gentlepress(*words: str | Path) -> Done:
    """Run a command in this process, as its entry point does."""
    done = CliRunner().invoke(cli, [str(word) for word in words], obj=App(), env={"COLUMNS": "100"})
    return Done(done.exit_code, done.stdout, done.stderr)


def user(*words: str | Path, timeout_s: float = 60, **extra: Any) -> Done:
    """Run a command in a process of its own."""
    line = [PROGRAM, *[str(word) for word in words]]
    done = subprocess.run(line, capture_output=True, text=True, timeout=timeout_s, check=False, **extra)
    return Done(done.returncode, done.stdout, done.stderr)


class RunningSimulator:
    """`gentlepress simulate --json` in a process of its own, and what it said so far."""

    def __init__(self, *words: str | Path, temporary: Path | None = None) -> None:
        line = [PROGRAM, "simulate", "--json", *[str(word) for word in words]]
        env = dict(os.environ) | ({"TMPDIR": str(temporary)} if temporary else {})
        self.process = subprocess.Popen(
            line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env
        )
        self.events: list[dict[str, Any]] = []
        self._new = threading.Condition()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        self.port = str(self.until(lambda event: "port" in event)["port"])
        self.runtime = str(self.events[0]["runtime"])

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._new:
                self.events.append(json.loads(line))
                self._new.notify_all()
        with self._new:
            self._new.notify_all()

    def until(self, wanted: Callable[[dict[str, Any]], bool], timeout_s: float = SESSION_S) -> dict[str, Any]:
        """The first event that is wanted, waiting for it."""
        deadline = time.monotonic() + timeout_s
        seen = 0
        while True:
            with self._new:
                while seen == len(self.events):
                    left_s = deadline - time.monotonic()
                    assert left_s > 0, f"no such event among {len(self.events)}"
                    assert self._thread.is_alive(), f"it ended: {self.process.stderr.read()}"
                    self._new.wait(min(left_s, 0.2))
                event = self.events[seen]
            seen += 1
            if wanted(event):
                return event

    def done(self) -> dict[str, Any]:
        """The end of the pressed session."""
        return self.until(lambda event: event.get("kind") == "done")

    def firmware(self) -> int:
        """Process id of the firmware."""
        return children(self.process.pid)[0]

    def end(self, signal_number: int) -> Done:
        """Send a signal and wait for the end."""
        self.process.send_signal(signal_number)
        return self.wait()

    def wait(self) -> Done:
        """Wait for the end."""
        code = self.process.wait(20)
        self._thread.join()
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        err = self.process.stderr.read()
        self.process.stdout.close()
        self.process.stderr.close()
        return Done(code, "", err)


@contextmanager
def simulator(*words: str | Path, temporary: Path | None = None) -> Iterator[RunningSimulator]:
    """A simulator process that is ended with the test; `temporary` is its folder for temporary files."""
    running = RunningSimulator(*words, temporary=temporary)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.end(2)


def children(pid: int) -> list[int]:
    """Process ids of the children of a process."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(word) for word in listed.split()]


def is_alive(pid: int) -> bool:
    """Whether a process runs (one that waits to be reaped does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


class ExactOptions(SimOptions):
    """The simulated tool with next to no noise in its converter, and a motor that takes nothing from its supply."""

    def document(self, *files: Any) -> dict[str, Any]:
        return super().document(*files) | {"noise_nv": QUIET_NV, "scale": {"motor.dip_mv": 0}}


def one_step(zone: str = "cheeks", hold_ms: int = 2000, presses: int = 1, **asked: int) -> CheckedRoutine:
    """A routine of one step, so that one set of limits holds in all of its session."""
    step = {"zone": zone, "side": "left", "hold_ms": hold_ms, "presses": presses, **asked}
    return routine_of(step)


def routine_of(*steps: dict[str, Any]) -> CheckedRoutine:
    """A routine of some steps."""
    return check_data({"format": 1, "name": "Test", "session_ms": 300000, "steps": list(steps)}, "test")


def press_of(points: Sequence[tuple[float, float]]) -> Press:
    """A force trace from (t_s, force_n)."""
    return Press("test", tuple((round(t * 1e6), round(f * 1000)) for t, f in points))


def write_trace(path: Path, points: Sequence[tuple[float, float]]) -> Path:
    """Write a force trace as CSV, with rows in between where points lie further apart than a file may have them."""
    rows = [points[0]]
    for (t0, f0), (t1, f1) in zip(points, points[1:], strict=False):
        pieces = int((t1 - t0) / 0.5) + 1
        rows += [(t0 + (t1 - t0) * n / pieces, f0 + (f1 - f0) * n / pieces) for n in range(1, pieces + 1)]
    path.write_text(
        "t_s,force_n\n" + "".join(f"{t:.6f},{force:.4f}\n" for t, force in rows), encoding="ascii"
    )
    return path


@dataclass(frozen=True)
class Pressed:
    """A session that was pressed, copied and read, and the simulator's events."""

    session: Session
    events: list[dict[str, Any]]

    @property
    def step(self) -> Any:
        """Its only step."""
        (step,) = self.session.steps
        return step

    def count(self, kind: int) -> int:
        """How many events of a kind (ids.EVENT_*) its log has."""
        return sum(event.kind == kind for event in self.session.events)


@contextmanager
def pressed_tool(options: SimOptions) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A tool whose session is over, or refused: (its port, the simulator's events)."""
    events: list[dict[str, Any]] = []
    with sim.launch(options, events.append, lambda _text: None) as tool:
        assert tool.wait_done(SESSION_S)
        yield f"serial:{tool.path}", events


def ending(events: list[dict[str, Any]]) -> str:
    """Why the pressing ended: "session", or why there was none."""
    return str(next(event for event in reversed(events) if event["kind"] == "done")["reason"])


def press(options: SimOptions) -> Pressed:
    """Let a session be pressed and copy it from the tool, checked against the tool's digest."""
    with pressed_tool(options) as (port, events), connect(port) as client:
        assert ending(events) == "session"
        entry = client.sessions()[-1]
        data = client.download(wire.session_path(entry.id), size=entry.size, crc=entry.crc)
    return Pressed(read_session(data), events)


ALERTS = (ids.EVENT_WARN, ids.EVENT_OVER, ids.EVENT_OVER_REPEAT, ids.EVENT_JAB)
