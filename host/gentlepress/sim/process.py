"""Starts the firmware of the simulated tool and looks after its process."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import gentlepress.firmware
from gentlepress.errors import MicroPythonUnavailable, RuntimeUnavailable, UsageError
from gentlepress.runtime.micropython import Launch, find_micropython
from gentlepress.sim.events import EventReader
from gentlepress.sim.options import SimOptions
from gentlepress.sim.port import PtyPort

STOP_SECONDS = 3.0
START_SECONDS = 30.0
HEAP_BASE_KB = 8192
HEAP_BYTES_A_SAMPLE = 256
STDERR_TAIL = 2000

Notice = Callable[[str], None]


class SimulatorFailed(RuntimeUnavailable):
    """The simulated tool's process ended by itself."""


class SimulatedTool:
    """A running simulated tool; a context manager that stops it.

    Args:
        options: what to run.
        on_event: gets every event of the simulator as a dict, from a thread of its own; or None.
        notice: gets a line of text for a person.

    Attributes:
        path: of its serial port.
        runtime: what runs its firmware, for a person to read.
    """

    def __init__(
        self, options: SimOptions, on_event: Callable[[dict[str, Any]], None] | None, notice: Notice
    ) -> None:
        self._undo = contextlib.ExitStack()
        self._started = threading.Event()
        self._done = threading.Event()
        with contextlib.ExitStack() as undo:
            folder = Path(undo.enter_context(tempfile.TemporaryDirectory(prefix="gentlepress-")))
            if options.flash:
                undo.callback(os.close, _lock_flash(options.flash))
            port = PtyPort(options.link)
            undo.callback(port.close)
            events = EventReader(folder / "events", self._heard(on_event))
            undo.callback(events.close)
            document = folder / "options.json"
            launch_line, self.runtime = _launch_line(options, document, notice)
            _write_options(options, document, launch_line.argv)
            self._stderr = undo.enter_context((folder / "stderr").open("w+b"))
            self._process = _spawn(launch_line, port.device_fd, self._stderr, folder)
            undo.callback(self._stop)
            port.hand_over()
            self.path = port.path
            self._undo = undo.pop_all()

    def _heard(self, on_event: Callable[[dict[str, Any]], None] | None) -> Callable[[dict[str, Any]], None]:
        def hear(event: dict[str, Any]) -> None:
            self._started.set()
            if on_event:
                on_event(event)
            if event.get("kind") == "done":
                self._done.set()

        return hear

    def wait_started(self, timeout_s: float = START_SECONDS) -> None:
        """Wait until the firmware runs.

        Args:
            timeout_s: at most so long.

        Raises:
            SimulatorFailed: the process ended instead, or said nothing.
        """
        if not self._wait(self._started, timeout_s):
            raise SimulatorFailed(
                f"The simulated tool said nothing for {timeout_s:g} s.", "Try again, or another --runtime."
            )

    def wait_done(self, timeout_s: float) -> bool:
        """Wait for the end of the pressed session.

        Args:
            timeout_s: at most so long.

        Returns:
            True once the session has ended.

        Raises:
            SimulatorFailed: the process ended before.
        """
        return self._wait(self._done, timeout_s)

    def _wait(self, happened: threading.Event, timeout_s: float) -> bool:
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if happened.wait(0.05):
                return True
            self.check()
        return False

    @property
    def running(self) -> bool:
        """True while the process lives."""
        return self._process.poll() is None

    def check(self) -> None:
        """Raise SimulatorFailed if the process has ended with an error."""
        code = self._process.poll()
        if code:
            raise SimulatorFailed(
                f"The simulated tool stopped (exit {code}). Its last words:\n{self.last_words()}",
                "Report this with the command you used; another --runtime may work.",
            )

    def last_words(self) -> str:
        """The end of what the process wrote to stderr, printable."""
        size = self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, size - STDERR_TAIL))
        text = self._stderr.read().decode("utf-8", "replace").strip() or "(none)"
        return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)

    def close(self) -> None:
        """Stop the process and remove what was made for it. Safe to call twice."""
        self._undo.close()

    def _stop(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def launch(
    options: SimOptions,
    on_event: Callable[[dict[str, Any]], None] | None = None,
    notice: Notice | None = None,
) -> SimulatedTool:
    """Start a simulated tool.

    Args:
        options: what to run.
        on_event: gets every event of the simulator as a dict, from a thread of its own; or None.
        notice: gets a line of text for a person; None writes it to stderr.

    Raises:
        UsageError: the link or the flash folder can't be used.
        RuntimeUnavailable: no runtime, or the process did not start.
    """
    return SimulatedTool(options, on_event, notice or _to_stderr)


def firmware_folder() -> Path:
    """Where the firmware's files are in this installation."""
    return Path(str(gentlepress.firmware.__file__)).parent


def _to_stderr(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def _write_options(options: SimOptions, document: Path, argv: list[str]) -> None:
    """Write the options file; the arguments are for a restart, the memory for one without `options.flash`."""
    folder = document.parent
    routine = None
    if options.routine:
        routine = folder / "routine.json"
        routine.write_bytes(options.routine.to_json())
    values = options.document(folder / "events", routine)
    if values["flash"] is None:
        (folder / "flash").mkdir()
        values["flash"] = str(folder / "flash")
    document.write_text(json.dumps({**values, "argv": argv}), encoding="utf-8")


def _launch_line(options: SimOptions, document: Path, notice: Notice) -> tuple[Launch, str]:
    if options.runtime == "cpython":
        return _cpython(document)
    try:
        found = find_micropython(tell=notice)
    except MicroPythonUnavailable as missing:
        if options.runtime == "micropython":
            raise
        notice(f"Running the firmware on CPython instead of MicroPython: {missing.message}")
        return _cpython(document)
    firmware = firmware_folder()
    samples = len(options.press.samples) if options.press else 0
    heap = f"{HEAP_BASE_KB + samples * HEAP_BYTES_A_SAMPLE // 1024}k"
    path = [firmware / "sim" / "shadow", firmware]
    line = found.command(firmware / "main.py", [str(document)], path, heap)
    return line, "MicroPython " + ".".join(str(part) for part in found.version)


def _cpython(document: Path) -> tuple[Launch, str]:
    entry = firmware_folder() / "sim" / "run_cpython.py"
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Launch([sys.executable, str(entry), str(document)], dict(os.environ)), f"CPython {version}"


def _spawn(line: Launch, fd: int, stderr: Any, folder: Path) -> subprocess.Popen[bytes]:
    try:
        # A session of its own: Ctrl-C in the terminal reaches this program, which then stops the tool.
        return subprocess.Popen(
            line.argv,
            env=line.env,
            stdin=fd,
            stdout=fd,
            stderr=stderr,
            start_new_session=True,
            cwd=folder,
        )
    except OSError as failed:
        raise SimulatorFailed(
            f"{line.argv[0]} does not start: {failed.strerror}.", "Try another --runtime."
        ) from failed


def _lock_flash(folder: Path) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as failed:
        raise UsageError(
            f"flash = {folder}: {failed.strerror}.", "Choose a folder you can write to, or leave --flash out."
        ) from failed
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as failed:
        os.close(fd)
        raise UsageError(
            f"flash = {folder}: another simulated tool uses it.", "Stop that one, or choose another folder."
        ) from failed
    if not os.access(folder, os.W_OK | os.X_OK):
        os.close(fd)
        raise UsageError(f"flash = {folder}: it can't be written.", "Choose a folder you can write to.")
    return fd
