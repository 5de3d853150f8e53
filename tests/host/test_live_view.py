"""The live view: what it shows of a moment, at 80 columns and without a terminal."""

from __future__ import annotations

import io

import pytest
from gentlepress.cli.live_view import GAUGE_CELLS, LiveView, Reading, gauge, panel, plain_line
from gentlepress.firmware.core import ids
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

MOMENT = {
    "mode": ids.PRESSING,
    "step": 1,
    "steps": 5,
    "zone": ids.CHEEKS,
    "side": ids.LEFT,
    "point": 3,
    "press": 0,
    "presses": 2,
    "force_mn": 1200,
    "force_state": ids.IN_BAND,
    "cue": 0,
    "hold_done_ms": 2500,
    "hold_goal_ms": 5000,
    "session_ms": 83_000,
    "motor": 0,
    "light": [0, 200, 60],
    "lo_mn": 600,
    "hi_mn": 1800,
    "warn_mn": 2100,
    "limit_mn": 2500,
}


def drawn(fields) -> str:
    console = Console(width=80, color_system=None, file=io.StringIO())
    console.print(panel(Reading(fields)))
    return console.file.getvalue()


def test_it_shows_step_force_state_and_timers():
    text = drawn(MOMENT)
    for word in (
        "1:23",
        "pressing",
        "step 2/5",
        "cheeks, left SI18",
        "press 1/2",
        "1.20 N",
        "in band",
        "2.5 of 5 s",
        "●",
    ):
        assert word in text
    assert max(map(len, text.splitlines())) <= 80


def test_the_gauge_marks_band_warn_and_limit():
    bar = gauge(Reading(MOMENT | {"force_mn": 0})).plain
    full = 2500 * 5 // 4
    assert len(bar) == GAUGE_CELLS
    assert bar.index("░") == pytest.approx(600 * GAUGE_CELLS / full, abs=1)
    assert bar.rindex("░") == pytest.approx(1800 * GAUGE_CELLS / full, abs=1)
    assert bar.index("¦") == 2100 * GAUGE_CELLS // full
    assert bar.index("|") == 2500 * GAUGE_CELLS // full
    assert gauge(Reading(MOMENT | {"force_mn": 99_999})).plain == "█" * GAUGE_CELLS


@pytest.mark.parametrize(("cue", "word"), [(ids.CUE_WARN, "warn"), (ids.CUE_OVER, "over the limit")])
def test_an_alert_is_told_in_words(cue, word):
    assert word in drawn(MOMENT | {"cue": cue})
    assert word in plain_line(Reading(MOMENT | {"cue": cue}))


def test_on_a_terminal_that_can_t_redraw_it_prints_lines(monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    out = io.StringIO()
    with LiveView(Console(file=out, width=80, force_terminal=True)) as view:
        view.show(Reading(MOMENT))
        view.show(Reading(MOMENT | {"session_ms": 84_000, "step": 2}))
    assert [line.split()[2] for line in out.getvalue().splitlines()] == ["2/5", "3/5"]


def test_without_a_terminal_it_prints_a_line_now_and_then():
    console = Console(width=80, color_system=None, file=io.StringIO())
    with LiveView(console) as view:
        for t_ms in range(0, 20_000, 100):
            view.show(Reading(MOMENT | {"session_ms": t_ms, "t_ms": t_ms + 1000}))
        view.show(Reading(MOMENT | {"session_ms": 20_100, "t_ms": 21_100, "step": 2}))
    lines = console.file.getvalue().splitlines()
    assert len(lines) == 5
    assert lines[-1].startswith("0:20  step 3/5")


values = st.one_of(
    st.integers(-(2**40), 2**40), st.none(), st.text(max_size=50), st.lists(st.integers(), max_size=4)
)


@given(st.dictionaries(st.sampled_from(sorted(MOMENT)), values))
def test_whatever_a_tool_says_is_drawn(changes):
    assert "N" in drawn(MOMENT | changes)
    assert "N" in plain_line(Reading(MOMENT | changes))


def test_it_shows_what_is_used_of_the_zones_and_the_sessions_time():
    moment = MOMENT | {
        "session_ms": 97_000,
        "session_max_ms": 300_000,
        "zone_used_ms": 4_900,
        "zone_ms": 30_000,
    }
    text = drawn(moment)
    assert "1:37 of 5:00" in text
    assert "zone 4 of 30 s" in text
