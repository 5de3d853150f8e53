"""What every command shares: options, the tool and the database, and how results are printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import click
from rich.console import Console, RenderableType

from gentlepress.store import open_store

AIR_PATIENCE_S = 30.0
"""So long a command waits for a tool over the air to come, or to come back."""

# What only some commands need is loaded when it is: a list of sessions shall not wait for the simulator.


def connect(*words: Any, **more: Any) -> Any:
    """As `client.connect`."""
    from gentlepress.client import connect as connect_tool  # noqa: PLC0415  (see above)

    return connect_tool(*words, **more)


def launch(*words: Any, **more: Any) -> Any:
    """As `sim.launch`."""
    from gentlepress.sim import launch as launch_tool  # noqa: PLC0415  (see above)

    return launch_tool(*words, **more)


def open_keys() -> Any:
    """As `key_store.open_keys`."""
    from gentlepress.key_store import open_keys as open_stored  # noqa: PLC0415  (see above)

    return open_stored()


class _Console(Console):
    """Leaves a reader that has gone to the root command."""

    def on_broken_pipe(self) -> None:
        """Raise it on."""
        raise BrokenPipeError


@dataclass
class App:
    """Hands the commands what they work with; a test puts its own in.

    Attributes:
        connect: opens the tool at an address.
        open_store: opens the session database.
        launch: starts a simulated tool.
        keys: opens the keys of paired tools.
        as_json: True to print JSON for programs.
    """

    connect: Callable[..., Any] = connect
    open_store: Callable[..., Any] = open_store
    launch: Callable[..., Any] = launch
    keys: Callable[[], Any] = open_keys
    as_json: bool = False

    def console(self) -> Console:
        """Where results go; plain text of 80 columns where there is no terminal."""
        return _Console(file=sys.stdout, highlight=False, emoji=False, markup=False)

    def show(self, data: Any, *renderables: RenderableType) -> None:
        """Print a result.

        Args:
            data: it, for `--json`.
            renderables: it, for people.
        """
        if self.as_json:
            self.line(data)
            return
        console = self.console()
        for renderable in renderables:
            # Texts are left to the terminal to wrap, so that they can be copied and read by programs.
            console.print(renderable, soft_wrap=isinstance(renderable, str))

    def line(self, data: Any) -> None:
        """Print one line of JSON, at once.

        Args:
            data: what json.dumps takes.
        """
        click.echo(json.dumps(data, ensure_ascii=False))
        sys.stdout.flush()

    def note(self, text: str) -> None:
        """Tell a person something beside the result; goes to stderr.

        Args:
            text: one or more lines.
        """
        click.echo(text, err=True)

    @contextmanager
    def progress(self) -> Iterator[Callable[[str, int, int], None]]:
        """A progress bar on stderr; silent with `--json` or without a terminal.

        Yields:
            A function that takes what is going on, how many bytes are done, and of how many.
        """
        from rich.progress import (  # noqa: PLC0415  (see above)
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        console = Console(stderr=True)
        bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=28),
            DownloadColumn(),
            TimeRemainingColumn(compact=True),
            console=console,
            disable=self.as_json or not console.is_terminal,
        )
        tasks: dict[str, Any] = {}

        def update(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)

        with bar:
            yield update

    @contextmanager
    def waiting(self, what: str) -> Iterator[Callable[[str], None]]:
        """Say on stderr that something is waited for; silent with `--json` or without a terminal.

        Args:
            what: is waited for.

        Yields:
            A function that takes what to say from now on.
        """
        console = Console(stderr=True)
        if self.as_json or not console.is_terminal:
            yield lambda _text: None
            return
        with console.status(what) as status:
            yield status.update

    def work_with(self, port: str, work: Callable[[Any], Any]) -> Any:
        """What work with the tool at an address returns; over the air it is begun again after a loss of the link.

        Args:
            port: the tool's address.
            work: may be begun again, and gets the connected tool.
        """
        if not port.startswith("ble"):
            with self.connect(port) as tool:
                return work(tool)
        from gentlepress.air.comeback import Comeback, Pace, State  # noqa: PLC0415  (see above)

        said: set[str] = set()

        def tell(state: Any, error: Any) -> None:
            if state is State.WAITING and str(error) not in said:
                said.add(str(error))
                self.note(str(error))

        return Comeback(lambda: self.connect(port), tell, Pace(patience_s=AIR_PATIENCE_S)).run(work)


pass_app = click.make_pass_decorator(App, ensure=True)


def _set_json(context: click.Context, _parameter: click.Parameter, *, value: bool) -> None:
    context.ensure_object(App).as_json = value


def _json_callback(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    _set_json(context, parameter, value=bool(value))


json_option = click.option(
    "--json",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_json_callback,
    help="Print JSON for programs.",
)
_DRIVER = "gentlepress.ble_driver"


def _keep_driver(context: click.Context, _parameter: click.Parameter, value: Any) -> None:
    context.meta[_DRIVER] = value


def _with_driver(context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """The address with the driver that was asked for: ble+bleak:NAME."""
    driver = context.meta.get(_DRIVER)
    return f"ble+{driver}:{value[4:]}" if driver and value.startswith("ble:") else value


def port_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--port`, and `--ble-driver` that belongs to it."""
    driver = click.option(
        "--ble-driver",
        type=click.Choice(("adafruit", "bleak")),
        default=None,
        envvar="GENTLEPRESS_BLE_DRIVER",
        expose_value=False,
        is_eager=True,
        callback=_keep_driver,
        help="What reaches Bluetooth, for --port ble:  [default: adafruit]",
    )
    port = click.option(
        "--port",
        default="auto",
        show_default=True,
        envvar="GENTLEPRESS_PORT",
        metavar="ADDRESS",
        callback=_with_driver,
        help="Where the tool is: auto, serial:PATH, ble:, ble:NAME, or sim:key=value,...",
    )
    return port(driver(function))


db_option = click.option(
    "--db",
    default=None,
    envvar="GENTLEPRESS_DB",
    metavar="URL",
    help="Session database: a file or an SQLAlchemy URL.  [default: a file in your data folder]",
)
