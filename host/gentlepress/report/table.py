"""The table of a session's steps and the facts above it, for the terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from rich.table import Table
from rich.text import Text

from gentlepress.errors import UsageError
from gentlepress.firmware.core import ids
from gentlepress.record_reader import Session, Step
from gentlepress.reply_fields import name_of
from gentlepress.report import words


class Start(NamedTuple):
    """When a session began (UTC), None where nobody knows, and how sure that is (ids.TIME_*)."""

    when: datetime | None
    quality: int


_COLUMNS = (
    ("#", "right"),
    ("step for", "left"),
    ("point", "left"),
    ("in\nband", "right"),
    ("light", "right"),
    ("high", "right"),
    ("warn", "right"),
    ("over", "right"),
    ("w/o/j", "right"),
    ("peak", "right"),
    ("mean", "right"),
    ("imp.", "right"),
    ("react", "right"),
)
LEGEND = (
    "Times in s, forces in N, impulse in N s. w/o/j: warnings, excesses, jabs.\n"
    "react: mean time from alert to release."
)


def steps_table(session: Session) -> Table:
    """The table, at most 80 columns wide.

    Args:
        session: whose steps.
    """
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    for name, justify in _COLUMNS:
        table.add_column(name, justify=justify, no_wrap=True, vertical="bottom")  # type: ignore[arg-type]
    for step in session.steps:
        table.add_row(*_cells(step))
    if session.steps:
        table.add_row(*_totals(session), style="bold")
    return table


def notes(session: Session) -> list[str]:
    """What the table has no room for: steps that did not end as planned, and missing data.

    Args:
        session: whose steps.
    """
    lines = []
    if session.whole_crc is not None:
        lines.append("The tool ran out of room and kept only the sums of this session: no steps, no trace.")
    lines += [
        f"Step {step.step + 1} ended early: {words.end_reason(step.end_reason)}."
        for step in session.steps
        if step.end_reason != ids.END_DONE
    ]
    blind_ms = sum(step.blind_ms for step in session.steps)
    if blind_ms:
        lines.append(f"For {blind_ms / 1000:.1f} s there was no force data.")
    summary = session.summary
    if summary and (summary.lost_events or summary.lost_intervals):
        lines.append(
            f"The tool had no room for {summary.lost_events} events and {summary.lost_intervals} intervals."
        )
    if session.torn_bytes:
        lines.append(f"{session.torn_bytes} bytes at the end were not written whole and are left out.")
    return lines


def facts(session: Session, start: Start | None = None) -> list[tuple[str, str]]:
    """(name, value) of what stands above the table.

    Args:
        session: the session.
        start: its start as the database has worked it out; None takes what the tool wrote.
    """
    header = session.header
    done = (
        f"{session.summary.steps_done} of {session.summary.steps_total} steps done" if session.summary else ""
    )
    return [
        ("Session", f"{header.session_id} on tool {header.device_id}"),
        ("Started", started(session, start)),
        ("Routine", header.routine_name or "built-in"),
        (
            "Length",
            f"{words.clock(words.duration_ms(session))} min; {words.ended(session)}; {done}".rstrip("; "),
        ),
        (
            "Profile",
            ", sensor ".join(
                (name_of(ids.PROFILE_NAMES, header.profile), name_of(ids.SENSOR_NAMES, header.sensor))
            ),
        ),
        *([("Whose", f"user {header.user_slot}")] if header.user_slot else []),
        ("Firmware", header.firmware),
    ]


def started(session: Session, start: Start | None = None) -> str:
    """When a session began, in this computer's time zone, and how far that can be believed.

    Args:
        session: the session.
        start: from the database; None takes what the tool wrote.
    """
    when, quality = start or _start_by_tool(session)
    if when is None:
        return "unknown (the tool's clock was not set)"
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    if quality == ids.TIME_FROM_UPTIME:
        return f"{when.astimezone():%Y-%m-%d %H:%M:%S} (worked out from the tool's running time)"
    words_of_quality = name_of(ids.TIME_QUALITY_NAMES, quality).replace("_", " ")
    return f"{when.astimezone():%Y-%m-%d %H:%M:%S} (clock: {words_of_quality})"


def _start_by_tool(session: Session) -> Start:
    header = session.header
    when = datetime.fromtimestamp(header.start_unix_s, UTC) if header.start_unix_s else None
    return Start(when, header.time_quality)


def write_chart(session: Session, path: Path, start: Start | None = None) -> None:
    """Write the chart in the format that the file's ending names.

    Args:
        session: what to draw.
        path: a file ending in .html or .png.
        start: its start by the database, or None.

    Raises:
        UsageError: another ending, or the file can't be written.
    """
    kind = path.suffix.lower()
    if kind not in {".html", ".png"}:
        raise UsageError(f"chart = {path}: the ending {kind or '(none)'} is not known.", "Use .html or .png.")
    # The drawing library takes most of a second to load; commands that draw nothing go without.
    from gentlepress.report.chart import write_png  # noqa: PLC0415
    from gentlepress.report.page import write_html  # noqa: PLC0415

    if kind == ".html":
        write_html(session, path, facts(session, start), notes(session))
    else:
        write_png(session, path)


def _cells(step: Step) -> list[str | Text]:
    label = f"{words.zone(step.zone)} {words.side(step.side)[:1].upper()}"
    return [
        str(step.step + 1),
        label,
        words.point(step.point),
        *(words.seconds(ms) for ms in (step.in_band_ms, step.light_ms, step.high_ms, step.warn_ms)),
        Text(words.seconds(step.over_ms), style="bold red" if step.over_ms else ""),
        words.counts(step),
        words.newtons(step.peak_mn),
        words.newtons(step.mean_mn),
        f"{step.impulse_mn_s / 1000:.1f}",
        f"{step.reaction_mean_ms / 1000:.2f}" if step.reaction_count else words.DASH,
    ]


def _totals(session: Session) -> list[str]:
    steps = session.steps
    sums = [sum(getattr(step, name) for step in steps) for name in _SUMMED]
    alerts = [
        sum(getattr(step, name) for step in steps) for name in ("warn_count", "over_count", "jab_count")
    ]
    impulse = sum(step.impulse_mn_s for step in steps)
    contact_ms = sum(step.contact_ms for step in steps)
    reacted = sum(step.reaction_count for step in steps)
    reaction_ms = sum(step.reaction_mean_ms * step.reaction_count for step in steps)
    return [
        "",
        "all steps",
        "",
        *(words.seconds(total) for total in sums),
        "/".join(map(str, alerts)) if any(alerts) else words.DASH,
        words.newtons(max(step.peak_mn for step in steps)),
        words.newtons(impulse * 1000 // contact_ms if contact_ms else 0),
        f"{impulse / 1000:.1f}",
        f"{reaction_ms / reacted / 1000:.2f}" if reacted else words.DASH,
    ]


_SUMMED = ("in_band_ms", "light_ms", "high_ms", "warn_ms", "over_ms")
