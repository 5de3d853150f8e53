"""The simulated tool restarts as a real one does: its memory and its port stay, an open session is closed with why."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import pytest
from gentlepress import sim
from gentlepress.client import connect
from gentlepress.firmware.core import ids, wire
from gentlepress.record_reader import Session, read_session
from gentlepress.sim import SimOptions

from tests.system.support import ending, one_step, press_of, simulator

pytestmark = pytest.mark.micropython

SHORT = press_of([(0, 1.0), (3.0, 1.0)])
HANG_US = 8_000_000
RUNTIMES = ("micropython", "cpython")


class HangingOptions(SimOptions):
    """A simulated tool whose watch or main loop hangs in its session."""

    hang = ""

    def document(self, *files: Any) -> dict[str, Any]:
        return super().document(*files) | {"hang": self.hang, "hang_us": HANG_US}


class HangingWatch(HangingOptions):
    hang = "watch"


class HangingMain(HangingOptions):
    hang = "main"


def last_session(client: Any) -> Session:
    entry = client.sessions()[-1]
    return read_session(client.download(wire.session_path(entry.id), size=entry.size, crc=entry.crc))


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("options", [HangingWatch, HangingMain])
def test_what_hangs_is_restarted_and_its_session_closed_as_such(options, runtime):
    events: list[dict[str, Any]] = []
    pressed = options(press=SHORT, routine=one_step(hold_ms=9000), clock="virtual", runtime=runtime)
    with sim.launch(pressed, events.append, lambda _text: None) as tool:
        assert tool.wait_done(30)
        with connect(f"serial:{tool.path}") as client:
            assert client.hello.boot == 2
            session = last_session(client)
    assert ending(events) == "the tool restarted (watchdog)"
    assert session.summary.end_reason == ids.END_WATCHDOG


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_restart_asked_for_over_the_wire_keeps_memory_and_port(runtime):
    with sim.launch(SimOptions(runtime=runtime), None, lambda _text: None) as tool:
        tool.wait_started()
        with connect(f"serial:{tool.path}") as client:
            assert client.hello.boot == 1
            client.write_setting("name", "kept")
            client.reset()
        time.sleep(0.5)
        with connect(f"serial:{tool.path}") as client:
            assert (client.hello.boot, client.hello.name) == (2, "kept")
        assert tool.running


def test_ctrl_c_closes_the_session_and_leads_to_safe_mode(tmp_path, short_routine):
    flash = ("--flash", tmp_path / "flash")
    with simulator("--hand", "gentle", *flash, "--routine", short_routine()) as running:
        running.until(lambda event: event.get("contact"))
        os.kill(running.firmware(), signal.SIGINT)
        assert running.wait().code == 0
    with simulator(*flash) as running, connect(running.port) as client:
        assert last_session(client).summary.end_reason == ids.END_INTERRUPTED
