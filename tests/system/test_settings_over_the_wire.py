"""Settings over the wire narrow what holds on the tool, and the log says who narrowed it."""

from __future__ import annotations

import pytest
from gentlepress.client import connect
from gentlepress.firmware.core import ids, limits, wire
from gentlepress.record_reader import Session, read_session
from gentlepress.sim import SimOptions

from tests.system.support import ending, gentlepress, press_of, pressed_tool, routine_of, simulator

pytestmark = pytest.mark.micropython

PRESS = press_of([(0, 0.3), (0.4, 1.0), (3.2, 1.0)])
FORCES = ("lo_mn", "hi_mn", "warn_mn", "limit_mn")


def forces(port: str) -> list[int]:
    state = gentlepress("info", "--port", port, "--json").json["state"]
    return [state[name] for name in FORCES]


def session_pressed(options: SimOptions) -> Session:
    with pressed_tool(options) as (port, events), connect(port) as client:
        assert ending(events) == "session"
        entry = client.sessions()[-1]
        return read_session(client.download(wire.session_path(entry.id), crc=entry.crc))


def test_the_sensitive_profile_lowers_every_force_at_once_and_for_good(tmp_path):
    flash, link = ("--flash", tmp_path / "flash"), tmp_path / "port"
    port = f"serial:{link}"
    with simulator(*flash, "--link", link):
        assert forces(port) == [400, 1200, 1600, 2000]
        assert gentlepress("settings", "set", "profile", "sensitive", "--port", port).code == 0
        assert forces(port) == [280, 840, 1120, 1400]
        (line, *_rest) = gentlepress("live", "--seconds", "0.2", "--port", port, "--json").out.splitlines()
        assert '"limit_mn": 1400' in line
    with simulator(*flash, "--link", link):
        assert gentlepress("settings", "get", "profile", "--port", port).out.strip() == "sensitive"
        assert forces(port) == [280, 840, 1120, 1400]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("profile", "rough", "profile = rough: there is no such choice; use one of: normal, sensitive"),
        ("rest_h", "1", "rest_h = 1: a whole number from 12 to 168 is needed"),
        ("haptic_pct", "0", "haptic_pct = 0: a whole number from 70 to 100 is needed"),
        ("session_max_min", "60", "session_max_min = 60: a whole number from 1 to 10 is needed"),
        ("weekly_max", "-1", "weekly_max = -1: a whole number from 1 to 7 is needed"),
    ],
)
def test_nothing_widens_a_limit(quiet_tool, name, value, said):
    before = gentlepress("settings", "list", "--port", quiet_tool, "--json").json
    done = gentlepress("settings", "set", "--port", quiet_tool, "--", name, value)
    assert done.code == 4
    assert said in done.err
    assert "Next: " in done.err
    assert gentlepress("settings", "list", "--port", quiet_tool, "--json").json == before


@pytest.fixture(scope="module")
def quiet_tool():
    """The port of a tool that nobody presses."""
    with simulator() as running:
        yield running.port


def test_a_step_too_narrow_for_a_hand_is_left_out_and_the_log_says_who_narrowed_it(tmp_path):
    """Seven tenths of the crow's feet's target begin at 0.28 N: under 0.35 N nobody can aim."""
    flash = tmp_path / "flash"
    with simulator("--flash", flash) as running:
        assert gentlepress("settings", "set", "profile", "sensitive", "--port", running.port).code == 0
    steps = [
        {"zone": zone, "side": "left", "hold_ms": 2000, "presses": 1} for zone in ("crows_feet", "forehead")
    ]
    session = session_pressed(
        SimOptions(press=PRESS, routine=routine_of(*steps), clock="virtual", flash=flash)
    )
    assert session.header.profile == ids.PROFILE_SENSITIVE
    eye, forehead = session.steps
    assert (eye.zone, eye.end_reason) == (ids.CROWS_FEET, ids.END_REFUSED)
    assert [getattr(eye, name) for name in FORCES] == [280, 840, 1120, 1400]
    assert eye.narrowed_by & 1 << limits.BY_PROFILE
    assert eye.contact_ms == 0
    assert (forehead.zone, forehead.end_reason) == (ids.FOREHEAD, ids.END_DONE)
    assert [getattr(forehead, name) for name in FORCES] == [700, 2100, 2660, 3150]
    assert forehead.narrowed_by & 1 << limits.BY_PROFILE
    assert session.summary.steps_done == 1
    assert session.summary.steps_total == 2


def test_a_higher_limit_waits_for_a_lift_and_a_new_contact(tmp_path):
    """At the start the narrowest zone's limits hold, and over a change of steps the lower of both."""
    steps = [
        {"zone": zone, "side": "left", "hold_ms": 2000, "presses": 1} for zone in ("smile_lines", "forehead")
    ]
    press = press_of([(0, 0.3), (0.4, 1.3), (3.2, 1.3)])
    options = SimOptions(press=press, routine=routine_of(*steps), clock="virtual", flash=tmp_path / "flash")
    with pressed_tool(options) as (_port, events):
        assert ending(events) == "session"
    seen = []
    for event in events:
        if event.get("zone") and (event["zone"], event["limit_mn"], event["contact"]) not in seen:
            seen.append((event["zone"], event["limit_mn"], event["contact"]))
    rows = [row for row in seen if row != ("smile_lines", 2500, False)]
    assert rows[:4] == [
        ("smile_lines", 2000, False),
        ("smile_lines", 2500, True),
        ("forehead", 2500, False),
        ("forehead", 4500, True),
    ]
    assert rows[4:] in ([], [("forehead", 4500, False)]), "the lift after it may be seen, too"


def test_settings_wait_for_the_end_of_a_session(tmp_path):
    """While a session runs nothing may be changed under it."""
    with simulator("--hand", "gentle", "--link", tmp_path / "port") as running:
        running.until(lambda event: event.get("mode") in {"ready", "pressing"})
        done = gentlepress("settings", "set", "strict", "1", "--port", running.port)
        assert done.code == 8
        assert "Next: End it and try again" in done.err or "Next: Lift the tool" in done.err
        pushed = gentlepress("routine", "push", "jaw-release", "--port", running.port)
        assert pushed.code == 8
        assert gentlepress("settings", "get", "strict", "--port", running.port).out.strip() == "0"
