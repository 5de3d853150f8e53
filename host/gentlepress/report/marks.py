"""What a chart marks, worked out from a session's events and trace."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from gentlepress.firmware.core import ids
from gentlepress.record_reader import Interval, Session

_ENDS_CONTACT = (ids.EVENT_LIFT, ids.EVENT_FAULT)


@dataclass(frozen=True)
class Span:
    """A stretch of time in milliseconds since the session's start."""

    start_ms: int
    end_ms: int


def alerts(session: Session, kind: int) -> list[tuple[int, int]]:
    """(t_ms, force_mn) of every alert of a kind; the force is the trace's peak near it.

    Args:
        session: whose alerts.
        kind: ids.EVENT_WARN, EVENT_OVER or EVENT_JAB.
    """
    return [(event.t_ms, _peak_near(session, event.t_ms)) for event in session.events if event.kind == kind]


def reactions(session: Session) -> list[Span]:
    """From each alert until the force had come down again, as the tool measured it."""
    return [
        Span(max(0, event.t_ms - event.value), event.t_ms)
        for event in session.events
        if event.kind == ids.EVENT_RELEASED and event.value > 0
    ]


def contacts(session: Session) -> list[Span]:
    """Every stretch with the tip in contact, by the tool's own events."""
    spans: list[Span] = []
    since: int | None = None
    for event in session.events:
        if event.kind == ids.EVENT_CONTACT and since is None:
            since = event.t_ms
        elif event.kind in _ENDS_CONTACT and since is not None:
            spans.append(Span(since, event.t_ms))
            since = None
    return spans


def runs(session: Session) -> list[list[Interval]]:
    """The trace cut wherever intervals are missing; an empty session has none."""
    cut: list[list[Interval]] = []
    for part in sorted(session.trace, key=lambda interval: interval.t_ms):
        follows = cut and part.t_ms - (cut[-1][-1].t_ms + cut[-1][-1].interval_ms) < max(part.interval_ms, 1)
        if follows:
            cut[-1].append(part)
        else:
            cut.append([part])
    return cut


def blind(session: Session) -> list[Span]:
    """Stretches in contact of which the trace holds nothing."""
    gaps = [
        Span(before[-1].t_ms + before[-1].interval_ms, after[0].t_ms)
        for before, after in pairwise(runs(session))
    ]
    found: list[Span] = []
    for gap in gaps:
        for contact in contacts(session):
            start, end = max(gap.start_ms, contact.start_ms), min(gap.end_ms, contact.end_ms)
            if end - start > 2 * session.header.trace_interval_ms:
                found.append(Span(start, end))
    return found


def motor(session: Session) -> list[Span]:
    """Stretches in which the motor ran."""
    spans: list[Span] = []
    for part in sorted(session.trace, key=lambda interval: interval.t_ms):
        if not part.motor_on:
            continue
        end = part.t_ms + part.interval_ms
        if spans and part.t_ms <= spans[-1].end_ms:
            spans[-1] = Span(spans[-1].start_ms, end)
        else:
            spans.append(Span(part.t_ms, end))
    return spans


def _peak_near(session: Session, t_ms: int) -> int:
    reach = 2 * max(session.header.trace_interval_ms, 20)
    near = [part.peak_mn for part in session.trace if abs(part.t_ms - t_ms) <= reach]
    return max(near, default=0)
