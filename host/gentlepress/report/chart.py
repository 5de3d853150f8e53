"""The force-time chart of a session, drawn with matplotlib."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from gentlepress.firmware.core import ids
from gentlepress.record_reader import Session, Step
from gentlepress.report import marks, words
from gentlepress.report.colours import ZONE_COLOURS, colour
from gentlepress.report.files import write_bytes
from gentlepress.report.strip import draw_strip

INK = "#22272e"
FAINT = "#8b949e"
WARN = "#d97706"
OVER = "#b3001b"
REACTION = "#f6c177"
WIDTH_IN = 13.0
HEIGHT_IN = 6.2
DPI = 110

_STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "svg.hashsalt": "gentlepress",
    "svg.fonttype": "path",
    "path.simplify": True,
}


def write_png(session: Session, path: Path) -> None:
    """Write the chart as PNG.

    Args:
        session: what to draw.
        path: the file; replaced if it exists.

    Raises:
        UsageError: the file can't be written.
    """
    with mpl.rc_context(_STYLE):
        figure = draw(session)
        data = io.BytesIO()
        FigureCanvasAgg(figure).print_png(data)
    write_bytes(path, data.getvalue())


def svg(session: Session) -> str:
    """The chart as one <svg> element, to stand inside an HTML page.

    Args:
        session: what to draw.
    """
    with mpl.rc_context(_STYLE):
        text = io.StringIO()
        draw(session).savefig(
            text, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
        )
    return text.getvalue()[text.getvalue().index("<svg") :]


def draw(session: Session) -> Figure:
    """Draw the chart.

    Args:
        session: what to draw.
    """
    figure = Figure(figsize=(WIDTH_IN, HEIGHT_IN), dpi=DPI, facecolor="white")
    grid = figure.add_gridspec(
        2, 1, height_ratios=(1, 9), hspace=0.03, left=0.055, right=0.985, top=0.9, bottom=0.165
    )
    strip = figure.add_subplot(grid[0])
    axes = figure.add_subplot(grid[1], sharex=strip)
    _title(figure, session)
    _frame(axes, session)
    draw_strip(strip, session)
    for step in session.steps:
        _band(axes, step)
    _gaps(axes, session)
    _force(axes, session)
    _alerts(axes, session)
    _legend(figure, axes)
    return figure


def _title(figure: Figure, session: Session) -> None:
    header = session.header
    name = header.routine_name or "built-in routine"
    figure.text(
        0.055, 0.957, f"Session {header.session_id} · {name}", fontsize=15, fontweight="bold", va="center"
    )
    figure.text(0.985, 0.957, _summary(session), fontsize=10.5, va="center", ha="right", color=INK)


def _summary(session: Session) -> str:
    in_band = sum(step.in_band_ms for step in session.steps)
    over = sum(step.over_ms for step in session.steps)
    length = words.clock(words.duration_ms(session))
    held = f"in band {in_band / 1000:.0f} s · over the limit {over / 1000:.1f} s"
    return f"{length} min · {held} · {words.ended(session)}"


def _top_n(session: Session) -> float:
    limits = [step.limit_mn for step in session.steps]
    peaks = [part.peak_mn for part in session.trace]
    return max([*limits, *peaks, 1000]) / 1000 * 1.1


def _frame(axes: Axes, session: Session) -> None:
    axes.set_xlim(0, max(words.duration_ms(session), 1000) / 1000)
    axes.set_ylim(0, _top_n(session))
    axes.set_ylabel("force (N)")
    axes.set_xlabel("time (min:s)", labelpad=2)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=12, steps=[1, 1.5, 2, 3, 6, 10], integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda t_s, _: words.clock(round(t_s * 1000))))
    axes.grid(axis="y", color="#e6e8eb", linewidth=0.8)
    axes.set_axisbelow(True)
    for edge in ("top", "right"):
        axes.spines[edge].set_visible(False)


def _band(axes: Axes, step: Step) -> None:
    """Target shaded in the zone's colour, warn dashed, limit drawn through."""
    start, length = step.start_ms / 1000, step.duration_ms / 1000
    low, height = step.lo_mn / 1000, (step.hi_mn - step.lo_mn) / 1000
    axes.add_patch(
        Rectangle((start, low), length, height, color=colour(step.zone), alpha=0.2, linewidth=0, zorder=1)
    )
    axes.hlines(
        step.warn_mn / 1000,
        start,
        start + length,
        colors=WARN,
        linestyles=(0, (4, 2)),
        linewidth=1.3,
        zorder=2,
    )
    axes.hlines(step.limit_mn / 1000, start, start + length, colors=OVER, linewidth=1.8, zorder=2)
    axes.axvline(start, color="#d0d4d9", linewidth=0.8, zorder=0)


def _gaps(axes: Axes, session: Session) -> None:
    for span in marks.blind(session):
        axes.axvspan(
            span.start_ms / 1000,
            span.end_ms / 1000,
            facecolor="none",
            edgecolor=FAINT,
            hatch="////",
            linewidth=0,
            zorder=1,
        )


def _force(axes: Axes, session: Session) -> None:
    for run in marks.runs(session):
        t_s = [(part.t_ms + part.interval_ms / 2) / 1000 for part in run]
        peak = [part.peak_mn / 1000 for part in run]
        mean = [part.mean_mn / 1000 for part in run]
        axes.fill_between(t_s, mean, peak, color=FAINT, alpha=0.45, linewidth=0, zorder=3)
        axes.plot(t_s, peak, color=FAINT, linewidth=0.7, zorder=3)
        axes.plot(t_s, mean, color=INK, linewidth=1.15, zorder=4)


_ALERTS = (
    (ids.EVENT_WARN, "warning", "^", WARN, 46),
    (ids.EVENT_OVER, "over the limit", "o", OVER, 50),
    (ids.EVENT_JAB, "jab", "D", "#5b2a86", 42),
)


def _alerts(axes: Axes, session: Session) -> None:
    for span in marks.reactions(session):
        axes.axvspan(
            span.start_ms / 1000, span.end_ms / 1000, color=REACTION, alpha=0.45, linewidth=0, zorder=1.5
        )
    for span in marks.motor(session):
        axes.axvspan(span.start_ms / 1000, span.end_ms / 1000, ymax=0.018, color=INK, linewidth=0, zorder=4)
    for kind, _name, marker, tone, size in _ALERTS:
        found = marks.alerts(session, kind)
        if found:
            t_s, force_n = [t / 1000 for t, _ in found], [force / 1000 for _, force in found]
            axes.scatter(
                t_s, force_n, marker=marker, s=size, color=tone, edgecolor="white", linewidth=0.9, zorder=6
            )


def _legend(figure: Figure, axes: Axes) -> None:
    """Every mark, also those this session does not have: charts can then be compared."""
    handles: list[Any] = [
        axes.plot([], [], color=INK, linewidth=1.6, label="mean force")[0],
        Rectangle((0, 0), 1, 1, facecolor=FAINT, alpha=0.6, label="up to its peak"),
        Rectangle(
            (0, 0),
            1,
            1,
            facecolor=ZONE_COLOURS[ids.FOREHEAD],
            alpha=0.25,
            label="target band (zone's colour)",
        ),
        axes.plot([], [], color=WARN, linestyle=(0, (4, 2)), label="warn")[0],
        axes.plot([], [], color=OVER, linewidth=1.8, label="limit")[0],
        *(
            axes.scatter([], [], marker=m, s=s, color=c, edgecolor="white", label=name)
            for _k, name, m, c, s in _ALERTS
        ),
        Rectangle((0, 0), 1, 1, facecolor=REACTION, alpha=0.6, label="alert until eased"),
        Rectangle(
            (0, 0), 1, 1, facecolor="none", edgecolor=FAINT, hatch="////", linewidth=0, label="no data"
        ),
        axes.plot([], [], color=INK, linewidth=3, label="motor on")[0],
    ]
    figure.legend(
        handles=handles,
        loc="lower center",
        ncols=6,
        frameon=False,
        fontsize=9,
        bbox_to_anchor=(0.5, 0.0),
        columnspacing=1.8,
    )
