"""What the tool logs of a force trace, held against what the trace itself says. On real MicroPython, end to end."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import pytest
from gentlepress import press_file
from gentlepress.firmware.core import ids
from gentlepress.sim import SimOptions

from tests.conftest import ROOT
from tests.system.reference import PERIOD_S, RAW, Reference, steepest_n_s, worst_ahead_n
from tests.system.support import (
    ALERTS,
    ExactOptions,
    Pressed,
    gentlepress,
    one_step,
    press,
    press_of,
    simulator,
    write_trace,
)

pytestmark = pytest.mark.micropython

# Cheeks, normal profile: docs/limits.md.
LO_N, HI_N, WARN_N, LIMIT_N = 0.6, 1.8, 2.1, 2.5
LOOK_AHEAD_S = 0.3
JAB_N_S = 20.0
Points = Sequence[tuple[float, float]]

RECORDED = sorted(ROOT.glob("../*/traces/*.csv"))
NO_RECORDINGS = (
    "no recorded finger forces: put CSV files (t_s,force_n) into a folder `traces` beside the project"
)


def exact(points: Points, **asked: int) -> Pressed:
    """Press a trace once, with a converter that hardly makes noise."""
    return press(ExactOptions(press=press_of(points), routine=one_step(**asked), clock="virtual"))


def hold_against(pressed: Pressed, reference: Reference) -> None:
    """Every time of the step within one sample period a crossing; peak, mean and impulse to match."""
    step = pressed.step
    contacts = pressed.count(ids.EVENT_CONTACT)
    assert contacts % reference.contacts == 0
    plays = contacts // reference.contacts
    edges = [0.0, step.lo_mn, step.hi_mn, step.warn_mn, step.limit_mn, math.inf]
    fields = ("light_ms", "in_band_ms", "high_ms", "warn_ms", "over_ms")
    for field, low_mn, high_mn in zip(fields, edges[:-1], edges[1:], strict=True):
        span = reference.between(low_mn / 1000, high_mn / 1000)
        logged = getattr(step, field) / plays
        assert abs(logged - span.ms) <= span.slack_ms, (field, logged, span)
    touched = reference.between(-math.inf)
    assert abs(step.contact_ms / plays - touched.ms) <= touched.slack_ms
    # The step begins with a filter that has to fill; nothing is blind in contact.
    assert step.blind_ms <= 8 * PERIOD_S * 1000
    rounding_n = 0.004
    late_n = reference.steepest_n_s * PERIOD_S
    assert reference.peak_n - late_n - rounding_n <= step.peak_mn / 1000 <= reference.peak_n + rounding_n
    impulse = reference.impulse_n_s
    slack = impulse * 0.002 + touched.crossings * PERIOD_S * 0.25 + touched.ms / 1000 * rounding_n + 0.001
    assert abs(step.impulse_mn_s / 1000 / plays - impulse) <= slack
    assert abs(step.mean_mn / 1000 - impulse / touched.ms * 1000) <= 0.01


def excess(seed: int) -> Points:
    """A press that settles in the band and then goes over the limit once to three times, fast or slowly."""
    draw = random.Random(seed)
    t_s, points = 0.0, [(0.0, 0.3)]

    def go(force_n: float, n_s: float) -> None:
        nonlocal t_s
        t_s += max(0.02, abs(force_n - points[-1][1]) / n_s)
        points.append((t_s, force_n))

    def stay(seconds: float) -> None:
        nonlocal t_s
        t_s += seconds
        points.append((t_s, points[-1][1]))

    go(draw.uniform(0.9, 1.6), draw.uniform(2, 8))
    stay(2.6)
    for _ in range(draw.randint(1, 3)):
        go(draw.uniform(2.7, 5.5), draw.uniform(2, 45))
        stay(draw.uniform(0, 1.1))
        go(draw.uniform(0.4, 1.7), draw.uniform(3, 45))
        stay(draw.uniform(0.1, 0.8))
    return points


@pytest.mark.parametrize("seed", range(6))
def test_time_over_the_limit_is_that_of_the_trace(seed):
    points = excess(seed)
    reference = Reference(points)
    assert reference.between(LIMIT_N).crossings >= 2
    pressed = exact(points)
    step = pressed.step
    assert (step.lo_mn, step.hi_mn, step.warn_mn, step.limit_mn) == (600, 1800, 2100, 2500)
    hold_against(pressed, reference)
    assert (
        1
        <= step.over_count
        <= reference.between(LIMIT_N).crossings // 2 + reference.between(LIMIT_N).ms // 2000
    )
    assert step.over_count == pressed.count(ids.EVENT_OVER) + pressed.count(ids.EVENT_OVER_REPEAT)


@pytest.mark.parametrize(
    ("from_n", "to_n", "edge_s"),
    [(1.2, 3.0, 0.02), (1.2, 2.9, 0.025), (3.3, 1.8, 0.012)],
    ids=["short-peak", "low-peak", "deep-dip"],
)
def test_what_is_too_short_for_the_filters_is_not_counted(from_n, to_n, edge_s):
    """A peak or a dip so short that the trace's own time over the limit is another: only the filters' can be right."""
    turn_s = 3.0
    points = [(0, 1.2), (2.3, 1.2), (2.6, from_n), (turn_s, from_n), (turn_s + edge_s, to_n)]
    points += [(turn_s + 2 * edge_s, from_n), (3.4, from_n), (3.7, 1.2), (4, 1.2)]
    reference, raw = Reference(points), Reference(points, RAW)
    felt = reference.between(LIMIT_N)
    assert abs(felt.ms - raw.between(LIMIT_N).ms) > felt.slack_ms
    hold_against(exact(points), reference)


def test_a_square_excess_counts_its_own_length():
    """Without a reference model: 1.000 s well over the limit, edges so steep that the filters hardly matter."""
    points = [(0, 1.0), (2.5, 1.0), (2.55, 3.5), (3.55, 3.5), (3.6, 1.0), (4.0, 1.0)]
    step = exact(points).step
    # 1.5 of 2.5 N of either edge lie below the limit; the filters shift both edges alike.
    expected_ms = 1000 + 2 * 50 * 1.0 / 2.5
    assert abs(step.over_ms - expected_ms) <= 2 * PERIOD_S * 1000 + 1
    assert step.over_count == 1
    assert step.jab_count == 1


def test_an_unbroken_excess_counts_once_more_each_two_seconds():
    points = [(0, 1.0), (2.5, 1.0), (2.8, 3.0), (7.4, 3.0), (7.7, 1.0), (8, 1.0)]
    pressed = exact(points, hold_ms=5000)
    hold_against(pressed, Reference(points))
    assert pressed.step.over_count == 3
    assert pressed.count(ids.EVENT_OVER) == 1
    assert ids.END_REASON_NAMES[pressed.step.end_reason] == "zone_limit_events"


@pytest.mark.parametrize("file", RECORDED or [None], ids=lambda file: file.stem if file else "none")
def test_recorded_fingers(file):
    if file is None:
        pytest.skip(NO_RECORDINGS)
    trace = press_file.read(file)
    limits = {"target_lo_mn": 400, "target_hi_mn": 1000, "warn_mn": 1200, "limit_mn": 1500}
    pressed = press(ExactOptions(press=trace, routine=one_step(hold_ms=1000, **limits), clock="virtual"))
    reference = Reference([(t_us / 1e6, force_mn / 1000) for t_us, force_mn in trace.samples])
    assert pressed.step.limit_mn == 1500
    assert reference.between(1.5).crossings >= 2
    hold_against(pressed, reference)


def test_as_a_user_does_it_with_the_converters_usual_noise(tmp_path):
    """Noise moves a crossing by what it is worth in force: a few millinewtons around the limit stay open."""
    points = excess(7)
    trace, routine, link, database = (tmp_path / name for name in ("press.csv", "one.toml", "port", "s.db"))
    write_trace(trace, points)
    routine.write_text(
        'format = 1\nname = "One"\n[[steps]]\nzone = "cheeks"\nside = "left"\nhold_ms = 2000\npresses = 1\n'
    )
    with simulator("--press", trace, "--routine", routine, "--clock", "virtual", "--link", link) as running:
        assert running.done()["reason"] == "session"
        synced = gentlepress("sync", "--port", f"serial:{link}", "--db", database)
        assert synced.code == 0, synced
    (step,) = gentlepress("show", "--db", database, "--json").json["steps"]
    reference, noise_n = Reference(points), 0.008
    least, most = reference.between(LIMIT_N + noise_n), reference.between(LIMIT_N - noise_n)
    slack_ms = reference.between(LIMIT_N).slack_ms
    assert least.ms - slack_ms <= step["over_ms"] <= most.ms + slack_ms


# No alert, ever


def hugging(limit_n: float) -> Points:
    """The boldest press whose look-ahead never passes a force: it nears it with a time constant of 0.3 s."""
    points, dt_s, force_n = [(0.0, 0.3)], 0.01, 0.3
    while force_n < WARN_N - 0.01:
        share = LOOK_AHEAD_S / dt_s
        force_n = (limit_n + force_n * share) / (1 + share)
        points.append((points[-1][0] + dt_s, min(force_n, WARN_N - 0.005)))
    t_s = points[-1][0]
    return [*points, (t_s + 1.0, points[-1][1]), (t_s + 1.2, 1.2), (t_s + 3.6, 1.2)]


def gentle(seed: int, margin_n: float) -> Points:
    """A lively press that stays inside all three bounds by a margin."""
    draw = random.Random(seed)
    points = [(0.0, 0.3)]
    while points[-1][0] < 7:
        t_s, force_n = points[-1]
        dt_s = draw.choice((0.01, 0.03, 0.1, 0.4))
        aim_n = draw.uniform(0.5, WARN_N - margin_n)
        boldest = min(JAB_N_S - 1, (LIMIT_N - margin_n - force_n) / (LOOK_AHEAD_S + dt_s))
        points.append((t_s + dt_s, min(aim_n, force_n + max(-40 * dt_s, boldest * dt_s))))
        if draw.random() < 0.2:
            points.append((points[-1][0] + draw.uniform(0.2, 0.9), points[-1][1]))
    return points


def assert_no_alert(pressed: Pressed) -> None:
    """Neither log nor steps nor motor nor light knows of one."""
    assert [event for event in pressed.session.events if event.kind in ALERTS] == []
    summary = pressed.session.summary
    assert (summary.warn_count, summary.over_count, summary.jab_count, summary.over_ms) == (0, 0, 0, 0)
    cues = {event["cue"] for event in pressed.events}
    assert not cues & {"warn", "over", "fault"}
    assert summary.end_reason == ids.END_DONE


def inside(points: Points, margin_n: float = 0.0) -> bool:
    """Whether a trace keeps the three bounds."""
    peak_n = max(force for _t, force in points)
    return (
        peak_n < WARN_N - margin_n
        and worst_ahead_n(points, LOOK_AHEAD_S) < LIMIT_N - margin_n
        and steepest_n_s(points) < JAB_N_S
    )


def test_a_press_that_hugs_the_bounds_raises_no_alert():
    points = hugging(LIMIT_N - 0.01)
    assert inside(points)
    assert worst_ahead_n(points) > LIMIT_N - 0.02
    assert_no_alert(exact(points))


def test_a_press_just_past_the_look_ahead_does_raise_one():
    points = hugging(LIMIT_N + 0.15 + 0.05)  # 0.15 N of the look-ahead is left to the converter's noise
    assert max(force for _t, force in points) < WARN_N
    assert LIMIT_N < worst_ahead_n(points) < LIMIT_N + 0.21
    pressed = exact(points)
    assert pressed.step.warn_count == 1
    assert pressed.step.over_ms == 0


@pytest.mark.parametrize("seed", range(4))
def test_presses_inside_the_bounds_raise_no_alert(seed):
    points = gentle(seed, 0.01)
    assert inside(points)
    assert_no_alert(exact(points, hold_ms=6000, presses=1))


@pytest.mark.parametrize("seed", range(3))
def test_nor_do_they_with_the_converters_usual_noise(seed):
    points = hugging(LIMIT_N - 0.01) if seed == 2 else gentle(10 + seed, 0.01)
    assert inside(points)
    routine = one_step(hold_ms=6000)
    assert_no_alert(
        press(SimOptions(press=press_of(points), routine=routine, clock="virtual", seed=seed + 1))
    )
