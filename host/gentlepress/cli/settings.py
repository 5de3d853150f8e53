"""`settings`: read and change the tool's settings."""

from __future__ import annotations

import click
from rich.table import Table

from gentlepress.cli.app import App, json_option, pass_app, port_option
from gentlepress.cli.refused import explain
from gentlepress.client import SETTING_NAMES
from gentlepress.errors import DeviceRefused, UsageError
from gentlepress.firmware.core.counters import USERS_MAX
from gentlepress.firmware.core.routine import show as printable

VALUES = {
    "name": "1 to 24 plain ASCII characters",
    "profile": "normal or sensitive (every force x 0.7)",
    "strict": "0 or 1 (one session in 7 days)",
    "haptic_pct": "70 to 100",
    "light_pct": "10 to 100",
    "session_max_min": "1 to 10",
    "rest_h": "12 to 168",
    "weekly_max": "1 to 7",
    "one_copy": "0 or 1 (a session that one desktop has may go)",
    "users": "1 to 4 (see: gentlepress users)",
}
VALUES |= {f"user{slot}": VALUES["name"] for slot in range(1, USERS_MAX + 1)}
VALUES |= {f"profile{slot}": VALUES["profile"] for slot in range(1, USERS_MAX + 1)}


@click.group()
def settings() -> None:
    """Read and change the tool's settings; they can only make it gentler."""


@settings.command("list")
@port_option
@json_option
@pass_app
def list_settings(app: App, port: str) -> None:
    """List every setting with its value."""
    with app.connect(port) as tool:
        values = tool.settings()
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for column in ("setting", "value", "may be"):
        table.add_column(column)
    for name in SETTING_NAMES:
        table.add_row(name, values.get(name, "(not set)"), VALUES.get(name, ""))
    app.show(values, table)


@settings.command("get")
@click.argument("name")
@port_option
@json_option
@pass_app
def get_setting(app: App, name: str, port: str) -> None:
    """Print one setting."""
    _check_name(name)
    with app.connect(port) as tool:
        value = tool.read_setting(name)
    app.show({name: value}, "(not set)" if value is None else value)


@settings.command("set")
@click.argument("name")
@click.argument("value")
@port_option
@json_option
@pass_app
def set_setting(app: App, name: str, value: str, port: str) -> None:
    """Change one setting."""
    _check_name(name)
    with app.connect(port) as tool:
        try:
            tool.write_setting(name, value)
        except DeviceRefused as refused:
            raise explain(tool, refused, f"{name} may be {VALUES[name]}.") from refused
        value = tool.read_setting(name)
    app.show({name: value}, f"{name} = {value}")


def _check_name(name: str) -> None:
    if name not in SETTING_NAMES:
        raise UsageError(
            f"setting = {printable(name)}: there is no such setting.",
            "Use one of: " + ", ".join(SETTING_NAMES) + ".",
        )
