"""A full memory copied over modelled links: our sync beside other clients and beside what the link itself carries.

Of each link in the same run: a first sync into an empty database, our plain download, smpclient's and mcumgr-toolkit's
download of the same sessions from the same tool (the real firmware on MicroPython), and a raw framed echo.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from gentlepress.sim import SimOptions, launch

from tests.bench import Figure, at_least, at_most, clients
from tests.bench.modelled_link import Model, modelled
from tests.host.many_sessions import usual_sessions

SHARE = 0.9


@dataclass(frozen=True)
class Row:
    """A link, sessions copied over it (as many as fit into a Pico, fewer where they take minutes), and echoes."""

    model: Model
    sessions: int
    echoes: int


ROWS = (
    Row(Model("free pty"), 160, 80),
    Row(Model("10 ms one way", delay_s=0.01), 160, 80),
    Row(Model("BLE-paced 63 kB/s", bytes_s=63_000, event_s=0.015), 160, 40),
    Row(Model("115200 line", bytes_s=11_520), 30, 10),
)


def run() -> list[Figure]:
    """All links, and how long the simulator takes for a session."""
    return [_pressed(), *(figure for row in ROWS for figure in _figures(row))]


def _figures(row: Row) -> list[Figure]:
    name = row.model.name
    least = _least(row)
    carries, answers = _carries(row)
    with (
        clients.tool_with(list(usual_sessions(row.sessions))) as tool,
        modelled(tool, row.model) as port,
    ):
        entries = clients.listed(port)
        kilobytes = sum(entry.size for entry in entries) / 1000
        synced = kilobytes / clients.by_sync(port)
        copied = kilobytes / clients.by_download(port, entries)
        smpclient = kilobytes / clients.by_smpclient(port, entries)
        toolkit = kilobytes / clients.by_toolkit(port, entries)
    return [
        at_least(f"{name}: share of it that a first sync uses", synced / carries, "ratio", SHARE),
        at_least(f"{name}: first sync", synced, "kB/s", SHARE * carries, "the link carries", carries),
        at_least(
            f"{name}: first sync against smpclient", synced / smpclient, "ratio", least, "kB/s", smpclient
        ),
        at_least(
            f"{name}: first sync against mcumgr-toolkit",
            synced / toolkit,
            "ratio",
            least,
            "kB/s",
            toolkit,
        ),
        at_least(f"{name}: download", copied, "kB/s", smpclient, "answers of full length, no more", answers),
    ]


def _least(row: Row) -> float:
    """Of other clients' rate. A sync has a database to write and each session to acknowledge, which they have not.

    On a free pty, where nothing but the processor counts, that shows, the more as one of them is a compiled program; a
    busy line lets nobody be much faster.
    """
    return 0.15 if row.model.is_free else 1.0 if row.model.delay_s else 0.95


def _carries(row: Row) -> tuple[float, float]:
    """(what the link carries, kB/s of a file's bytes; framed answers without a file behind them).

    What an echo of full frames reaches where the rate is free, one way counted; else the rate, less frames and headers.
    """
    with clients.echo_server() as echo, modelled(echo, row.model) as port:
        echoed = clients.echo_kb_s(port, row.echoes)
        answered = clients.answers_kb_s(port, row.echoes)
    if row.model.bytes_s:
        return row.model.bytes_s * clients.payload_share() / 1000, answered
    return echoed, answered


def _pressed() -> Figure:
    """A session of the hand model in virtual time."""
    options = SimOptions(hand="gentle", seed=1, clock="virtual")
    start = time.monotonic()
    with launch(options, on_event=lambda _event: None, notice=lambda _text: None) as tool:
        tool.wait_done(60)
        return at_most("simulator: a five-minute session pressed in", time.monotonic() - start, "s", 40)
