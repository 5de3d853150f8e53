"""How numbers and names of a session are written for people."""

from __future__ import annotations

from gentlepress.firmware.core import ids, limits, points
from gentlepress.record_reader import Session, Step
from gentlepress.reply_fields import name_of

DASH = "–"


def seconds(milliseconds: int) -> str:
    """Milliseconds as seconds with one digit, two where it is little; a dash for none."""
    if not milliseconds:
        return DASH
    return f"{milliseconds / 1000:.2f}" if milliseconds < 100 else f"{milliseconds / 1000:.1f}"


def newtons(millinewtons: int) -> str:
    """Millinewtons as newtons with two digits; a dash for none."""
    return f"{millinewtons / 1000:.2f}" if millinewtons else DASH


def clock(milliseconds: int) -> str:
    """Milliseconds as minutes and seconds, 2:05."""
    minutes, rest = divmod(max(0, milliseconds) // 1000, 60)
    return f"{minutes}:{rest:02d}"


def zone(number: int) -> str:
    """A zone's name, "smile lines"."""
    return "crow's feet" if number == ids.CROWS_FEET else name_of(ids.ZONE_NAMES, number).replace("_", " ")


def side(number: int) -> str:
    """A side's name, "left"."""
    return name_of(ids.SIDE_NAMES, number)


def point(number: int) -> str:
    """A point's code, "GB14"; empty for a whole zone."""
    return points.POINTS[number][0] if number in points.POINTS else str(number)


def place(zone_id: int, side_id: int, point_id: int) -> str:
    """Zone, side and point, "cheeks, left SI18"."""
    return f"{zone(zone_id)}, {side(side_id)} {point(point_id)}".rstrip()


def end_reason(number: int) -> str:
    """Why a step or a session ended, in words."""
    return name_of(ids.END_REASON_NAMES, number).replace("_", " ")


def counts(step: Step) -> str:
    """Warnings, excesses and jabs, "3/1/0"; a dash for none."""
    if not (step.warn_count or step.over_count or step.jab_count):
        return DASH
    return f"{step.warn_count}/{step.over_count}/{step.jab_count}"


def narrowed_by(step: Step) -> list[str]:
    """Who narrowed the limits of a step, in words."""
    known = [text for number, text in limits.REASON_TEXTS.items() if step.narrowed_by >> number & 1]
    others = step.narrowed_by & ~sum(1 << number for number in limits.REASON_TEXTS)
    return [*known, f"others ({others:#x})"] if others else known


def ended(session: Session) -> str:
    """How a session ended, in words."""
    if session.summary is None:
        return "never closed"
    words = end_reason(session.summary.end_reason)
    if session.summary.fault:
        words += f" ({name_of(ids.FAULT_NAMES, session.summary.fault).replace('_', ' ')})"
    return words


def duration_ms(session: Session) -> int:
    """Length of a session; of one that was never closed, up to the last thing known of it."""
    if session.summary is not None:
        return session.summary.duration_ms
    known = [step.start_ms + step.duration_ms for step in session.steps]
    known += [event.t_ms for event in session.events[-1:]]
    known += [part.t_ms + part.interval_ms for part in session.trace[-1:]]
    return max(known, default=0)
