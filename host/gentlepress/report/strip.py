"""The strip of steps above a chart: each in its zone's colour, with its name as far as there is room."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from gentlepress.record_reader import Session, Step
from gentlepress.report import words
from gentlepress.report.colours import colour

# A step's share of the width that takes its name in two lines, in three, and its number.
TWO_LINES, THREE_LINES, NUMBER = 0.1, 0.055, 0.015


def draw_strip(strip: Axes, session: Session) -> None:
    """Draw it.

    Args:
        strip: where; shares its time axis with the chart.
        session: whose steps.
    """
    strip.set_ylim(0, 1)
    strip.set_axis_off()
    for step in session.steps:
        _label(strip, step, words.duration_ms(session))


def _label(strip: Axes, step: Step, total_ms: int) -> None:
    start, length = step.start_ms / 1000, step.duration_ms / 1000
    strip.add_patch(
        Rectangle((start, 0.06), length, 0.88, facecolor=colour(step.zone), edgecolor="white", linewidth=1.5)
    )
    text, size = _label_text(step, step.duration_ms / max(total_ms, 1))
    strip.text(
        start + length / 2,
        0.5,
        text,
        ha="center",
        va="center",
        fontsize=size,
        color="white",
        fontweight="bold",
        linespacing=1.15,
        clip_on=True,
    )


def _label_text(step: Step, share: float) -> tuple[str, float]:
    number, place = step.step + 1, (words.zone(step.zone), words.side(step.side), words.point(step.point))
    if share >= TWO_LINES:
        return f"{number} {place[0]}\n{place[1]} {place[2]}".rstrip(), 8.5
    if share >= THREE_LINES:
        return f"{place[0]}\n{number} {place[1]}\n{place[2]}".rstrip(), 6.9
    return str(number) if share >= NUMBER else "", 9.0
