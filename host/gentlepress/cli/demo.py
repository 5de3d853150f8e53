"""`demo`: the whole way, from a pressing hand to a chart."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import click
from rich.rule import Rule

from gentlepress import press_file, routine_file
from gentlepress.cli.app import App, pass_app
from gentlepress.cli.live_view import LiveView, Reading
from gentlepress.cli.pressed import press_options
from gentlepress.cli.sessions import session_view
from gentlepress.cli.simulate import Newest
from gentlepress.cli.sync import copy, words
from gentlepress.errors import DeviceRefused, PortSilent, UsageError
from gentlepress.report import write_chart
from gentlepress.report.table import Start
from gentlepress.sim.options import SimOptions
from gentlepress.smp.text import clean

SESSION_SECONDS = 240.0
POLL_S = 0.05
OUT = Path("build/demo")


@click.command()
@press_options
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=OUT,
    show_default=True,
    metavar="DIR",
    help="For the charts.",
)
@pass_app
def demo(  # noqa: PLR0917  (one argument an option)
    app: App, press: Path | None, hand: str | None, seed: int, routine: str | None, runtime: str, out: Path
) -> None:
    """Show everything on a simulated tool, in under a minute.

    A hand presses a session, the desktop copies it, and draws it. Without --press or --hand a force trace
    that comes with the program presses.
    """
    trace = press_file.read(press) if press else None
    if trace is None and hand is None:
        trace = press_file.shipped()
    chosen = routine_file.load_any(routine) if routine else None
    began = time.monotonic()
    database = _database(out)
    with tempfile.TemporaryDirectory(prefix="gentlepress-demo-") as flash:
        options = SimOptions(
            press=trace,
            hand=hand,
            seed=seed,
            clock="virtual",
            runtime=runtime,
            routine=chosen,
            flash=Path(flash),
        )
        stored = _press_and_sync(app, options, database)
    files = [out / f"session-{stored.session.header.session_id}{kind}" for kind in (".html", ".png")]
    start = Start(stored.row.start_utc, stored.row.start_quality)
    _heading(app, "4/4  The session")
    app.show(None, *session_view(stored.session, start), "")
    for file in files:
        write_chart(stored.session, file, start)
    app.show(None, f"Chart: {files[0]}", f"       {files[1]}", f"Done in {time.monotonic() - began:.0f} s.")


def _press_and_sync(app: App, options: SimOptions, database: Path) -> Any:
    _heading(app, "1/4  The tool: its firmware on simulated chips")
    heard = Newest()
    with app.launch(options, heard.put, app.note) as tool:
        address = f"serial:{tool.path}"
        app.show(None, f"Firmware on {tool.runtime}; force sensor, motor, light and flash simulated.")
        app.show(None, f"Its serial port: {address}", "")
        _heading(app, f"2/4  A session, pressed by {_presser(options)} (virtual time)")
        _watch(app, tool, heard)
        _heading(app, "3/4  The desktop copies it")
        return _sync(app, address, database)


def _presser(options: SimOptions) -> str:
    if options.press:
        return f"the force trace {Path(options.press.source).name}"
    return f"a {options.hand} hand (model, seed {options.seed})"


def _watch(app: App, tool: Any, heard: Newest) -> None:
    """Show the session until its end."""
    deadline = time.monotonic() + SESSION_SECONDS
    with LiveView(app.console()) as view:
        while time.monotonic() < deadline:
            time.sleep(POLL_S)
            tool.check()
            for event in heard.take():
                if event.get("kind") == "done":
                    _over(app, event)
                    return
                view.show(Reading(event))
    raise PortSilent(
        f"The simulated session did not end within {SESSION_SECONDS:.0f} s.",
        "Try another --runtime or --routine.",
    )


def _over(app: App, event: dict[str, Any]) -> None:
    """Say that the session is over; a session that never began is an error."""
    reason = clean(event.get("reason", ""), 80).replace("_", " ")
    if reason != "session":
        raise DeviceRefused(
            f"The tool began no session: {reason}.", "Choose another --routine, or try again."
        )
    app.show(None, "The session is over.", "")


def _sync(app: App, address: str, database: Path) -> Any:
    with app.connect(address) as client, app.open_store(str(database)) as store:
        hello = client.hello
        app.show(
            None,
            f"Hello from {hello.name or 'the tool'} ({hello.device_id}), firmware {hello.fw}, {hello.board}.",
        )
        app.show(None, "First sync:  " + words(copy(app, client, store)))
        app.show(None, "Second sync: " + words(copy(app, client, store)))
        app.show(None, f"Database: {database}", "")
        return store.latest()


def _database(out: Path) -> Path:
    """A new database: the demo's tool is new each time, too. No other program's file has its name."""
    database = out / "demo.db"
    try:
        out.mkdir(parents=True, exist_ok=True)
        for suffix in ("", "-wal", "-shm", "-journal"):
            (out / (database.name + suffix)).unlink(missing_ok=True)
        database.touch(0o600)
    except OSError as failed:
        raise UsageError(
            f"out = {out}: {failed.strerror}.", "Give a folder you can write to: gentlepress demo --out DIR"
        ) from failed
    return database


def _heading(app: App, text: str) -> None:
    app.show(None, Rule(text, align="left", style="dim"))
