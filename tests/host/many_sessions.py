"""Thousands of sessions of the usual size, quickly: one file with other numbers and dates."""

from __future__ import annotations

from collections.abc import Iterator

from gentlepress.firmware.core import ids, records

from tests.host.session_maker import header, step_parts, summary, trace_payloads

FIRST_S = 1_700_000_000
DAY_S = 86_400
# As a session of the built-in routine by the simulated hands: 11 steps, 150 events, 650 intervals, 4.5 KB.
STEPS = 11
EVENTS = 14
INTERVALS = 60


def usual_sessions(count: int, first: int = 1) -> Iterator[bytes]:
    """Session files with rising numbers, a day apart."""
    rest = _rest()
    for number in range(first, first + count):
        head = header(number, "First week", FIRST_S + number * DAY_S)
        yield records.frame(records.HEADER, 0, records.pack(records.HEADER, head)) + rest


def _rest() -> bytes:
    """All records after the header."""
    out, totals = [], []
    for number in range(STEPS):
        zone = 1 + number % 5
        values, trace, events = step_parts(number, zone, ids.LEFT, 0, excess=True, blind=False)
        events = (events * 3)[:EVENTS]
        out += [(records.TRACE, payload) for payload in trace_payloads(trace[:INTERVALS])]
        out.append((records.EVENTS, records.pack_events(sorted(events))))
        out.append((records.STEP, records.pack(records.STEP, values)))
        totals.append(values)
    out.append((records.SUMMARY, records.pack(records.SUMMARY, summary(totals, STEPS))))
    return b"".join(records.frame(kind, number, payload) for number, (kind, payload) in enumerate(out, 1))
