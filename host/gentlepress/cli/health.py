"""`health`, `selftest` and `clean`: how the tool is, whether its parts work, and that its tip was cleaned."""

from __future__ import annotations

import dataclasses
import time
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from gentlepress.cli.app import App, json_option, pass_app, port_option
from gentlepress.errors import NotToday, PortSilent
from gentlepress.firmware.core import ids, self_test
from gentlepress.tool_health import Health, SelfTest
from gentlepress.verdicts import BAD, LOOK, OK, Line, judge, worst

TEST_SECONDS = 30.0
POLL_S = 0.25
MEASURE_S = 3.2
BAR_WIDTH = 12
STYLES = {OK: "green", LOOK: "yellow", BAD: "bold red"}
PARTS = {
    "sensor": "answers, and holds its settings",
    "hearing": "hears the bridge that the force bends",
    "motor": "is there, of the right kind, and ready",
    "zero": "tip free and still, near the factory zero",
}


@click.command()
@port_option
@json_option
@pass_app
def health(app: App, port: str) -> None:
    """Show how the tool is, with a verdict and an advice for each line."""
    with app.connect(port) as tool:
        found = tool.health()
        if not found.rate_mhz:  # a tool that has just started; it measures once a second
            time.sleep(MEASURE_S)
            found = tool.health()
    lines = judge(found)
    data = {
        "health": dataclasses.asdict(found),
        "lines": [dataclasses.asdict(line) for line in lines],
        "verdict": worst(lines),
    }
    app.show(data, health_table(lines), *_histogram(found), *_advice(lines))


def health_table(lines: list[Line]) -> Table:
    """The page for people.

    Args:
        lines: of the page.
    """
    table = Table.grid(padding=(0, 2))
    for line in lines:
        table.add_row(Text(line.verdict, STYLES[line.verdict]), line.name, line.text)
    return table


def _histogram(found: Health) -> list[Any]:
    """Samples by the time they took to the motor; nothing where the tool has counted none."""
    if not sum(found.contact) + sum(found.free):
        return []
    table = Table.grid(padding=(0, 2))
    for justify in ("left", "right", "left", "right", "left"):
        table.add_column(justify=justify)
    table.add_row("sample to motor", "in contact", "", "without", "")
    bounds = [f"up to {edge_us} us" for edge_us in found.edges_us] + ["longer"]
    for bound, contact, free in zip(bounds, found.contact, found.free, strict=False):
        if contact or free:
            table.add_row(
                bound, str(contact), _bar(contact, found.contact), str(free), _bar(free, found.free)
            )
    return ["", table]


def _bar(count: int, counts: tuple[int, ...]) -> str:
    return "█" * -(-count * BAR_WIDTH // max(1, *counts))


def _advice(lines: list[Line]) -> list[str]:
    told = [f"{line.verdict}: {line.name}. {line.advice}" for line in lines if line.advice]
    return ["", *told] if told else ["", "All is well."]


@click.command()
@port_option
@json_option
@pass_app
def selftest(app: App, port: str) -> None:
    """Let the tool test itself, and say which part failed.

    Lay it down with its tip free. At the end the motor shakes for a moment.
    """
    with app.connect(port) as tool:
        tool.begin_self_test()
        found = _result(tool)
    if app.as_json:
        app.show(dataclasses.asdict(found))
    else:
        app.show(None, _test_table(found), *_felt(found))
    if found.fault != ids.FAULT_NAMES[ids.FAULT_NONE]:
        raise NotToday(*_failed(found))


def _result(tool: Any) -> SelfTest:
    deadline = time.monotonic() + TEST_SECONDS
    while time.monotonic() < deadline:
        found: SelfTest = tool.self_test()
        if not found.running:
            return found
        time.sleep(POLL_S)
    raise PortSilent(
        f"The self-test did not end within {TEST_SECONDS:.0f} s.", "Restart the tool and try again."
    )


def _test_table(found: SelfTest) -> Table:
    table = Table.grid(padding=(0, 2))
    tried = {part.part: part.fault for part in found.parts}
    for name in [*PARTS, *(name for name in tried if name not in PARTS)]:
        fault = tried.get(name)
        verdict = "not tried" if fault is None else OK if fault == "none" else BAD
        said = PARTS.get(name, "") if fault in (None, "none") else str(fault).replace("_", " ")
        table.add_row(Text(verdict, STYLES.get(verdict, "dim")), name, said)
    return table


def _felt(found: SelfTest) -> list[str]:
    if found.felt_un < 0:
        return []
    felt = f"The sensor felt the motor with {found.felt_un / 1000:.1f} mN"
    if not found.felt_least_un:
        return [f"{felt}."]
    least = f"{found.felt_least_un / 1000:.1f} mN"
    if found.felt_un >= found.felt_least_un:
        return [f"{felt} ({least} at least)."]
    return [
        f"{felt}, less than {least}: have motor and sensor looked at, though the motor passed its own test."
    ]


def _failed(found: SelfTest) -> tuple[str, str]:
    part = found.parts[-1].part if found.parts else "a part"
    number = next((n for n, name in ids.FAULT_NAMES.items() if name == found.fault), -1)
    advice = self_test.ADVICE.get(number, self_test.ADVICE_ELSE)
    name = found.fault.replace("_", " ")
    return f"The self-test failed at: {part} ({name}). No session begins.", advice[0].upper() + advice[
        1:
    ] + "."


@click.command()
@port_option
@json_option
@pass_app
def clean(app: App, port: str) -> None:
    """Count a cleaning of the tip.

    Pull the tip off, wash it with mild soap, rinse and dry it, and push it on until it stops.
    """
    with app.connect(port) as tool:
        tool.note_cleaned()
        count = tool.health().cleanings
    app.show({"cleanings": count}, f"Cleaning {count} is counted.")
