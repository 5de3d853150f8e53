"""Makes session files as the tool writes them, from a list of steps pressed by a drawn force."""

from __future__ import annotations

import math
import struct

from gentlepress.firmware.core import ids, limits, records

DEVICE = bytes.fromhex("0011223344556677")
INTERVAL_MS = 50
STEPS = (
    (ids.FOREHEAD, ids.MIDLINE, 1),
    (ids.CROWS_FEET, ids.LEFT, 13),
    (ids.CHEEKS, ids.LEFT, 3),
    (ids.CHEEKS, ids.RIGHT, 3),
    (ids.SMILE_LINES, ids.LEFT, 5),
    (ids.JAWLINE, ids.RIGHT, 9),
)
STEP_MS = 20_000


def session_bytes(
    session_id: int = 7,
    steps=STEPS,
    *,
    closed: bool = True,
    routine: str = "First week",
    excess: bool = True,
    blind: bool = True,
    start_unix_s: int = 1_795_000_000,
    user_slot: int = 0,
) -> bytes:
    """A whole session file; `excess` passes the limit once a step, `blind` loses 2 s of contact."""
    head = header(session_id, routine, start_unix_s) | {"user_slot": user_slot}
    out = [(records.HEADER, records.pack(records.HEADER, head))]
    totals = []
    for number, (zone, side, point) in enumerate(steps):
        values, trace, events = step_parts(
            number, zone, side, point, excess=excess, blind=blind and number == 3
        )
        out += [(records.TRACE, payload) for payload in trace_payloads(trace)]
        out += [
            (records.EVENTS, records.pack_events(events[at : at + records.EVENTS_PER_RECORD]))
            for at in range(0, len(events), records.EVENTS_PER_RECORD)
        ]
        out.append((records.STEP, records.pack(records.STEP, values)))
        totals.append(values)
    if closed:
        out.append((records.SUMMARY, records.pack(records.SUMMARY, summary(totals, len(steps)))))
    return b"".join(records.frame(kind, number, payload) for number, (kind, payload) in enumerate(out))


def header(session_id: int, routine: str, start_unix_s: int) -> dict:
    return {
        "format_version": 2,
        "session_id": session_id,
        "device_id": DEVICE,
        "boot": 3,
        "start_uptime_ms": 12_000,
        "start_unix_s": start_unix_s,
        "time_quality": ids.TIME_SET,
        "user_slot": 0,
        "profile": ids.PROFILE_NORMAL,
        "sensor": ids.SENSOR_NAU7802,
        "pace": 0,
        "rate_sps": 320,
        "trace_interval_ms": INTERVAL_MS,
        "counts_per_n": 40_000,
        "zero_counts": -120,
        "firmware_major": 0,
        "firmware_minor": 1,
        "firmware_patch": 0,
        "routine_crc": 0x1234,
        "routine_name": routine.encode(),
    }


def step_parts(number: int, zone: int, side: int, point: int, *, excess: bool, blind: bool):
    ceiling = limits.step_limits(
        zone, point, ids.PROFILE_NORMAL, ids.SENSOR_NAU7802, limits.PACE_FIRST, limits.BY_FIRST_WEEK
    )
    start_ms = number * STEP_MS
    trace = []
    for i in range(STEP_MS // INTERVAL_MS):
        t_ms = i * INTERVAL_MS
        mean = force_mn(t_ms, ceiling, excess=excess)
        if mean < 100 or (blind and 4000 <= t_ms < 6000):
            continue
        peak = mean + 25 + (i * 7919) % 40
        trace.append((start_ms + t_ms, peak, mean, peak > ceiling.warn_mn))
    return (
        step_values(number, zone, side, point, ceiling, trace),
        trace,
        step_events(number, start_ms, ceiling, trace),
    )


def force_mn(t_ms: int, ceiling, *, excess: bool) -> int:
    """Two presses of eight seconds; the first one slips past the limit when it is meant to."""
    in_press = t_ms % 10_000
    if in_press > 8000:
        return 0
    ramp = min(1.0, in_press / 1200, (8000 - in_press) / 500)
    middle = (ceiling.lo_mn + ceiling.hi_mn) / 2
    force = ramp * (
        middle + 0.25 * (ceiling.hi_mn - ceiling.lo_mn) * math.sin(t_ms / 900) + 30 * math.sin(t_ms / 18)
    )
    if excess and t_ms < 10_000:
        force += (ceiling.limit_mn * 1.08 - middle) * math.exp(-(((in_press - 5000) / 450) ** 2))
    return int(force)


def step_events(number: int, start_ms: int, ceiling, trace):
    events = [(start_ms, ids.EVENT_STEP_START, number, 0)]
    events += [(start_ms + at, ids.EVENT_CONTACT, number, 0) for at in (150, 10_150)]
    events += [(start_ms + at, ids.EVENT_LIFT, number, 0) for at in (7950, 17_950)]
    warned = next((t for t, peak, _m, _on in trace if peak > ceiling.warn_mn), None)
    over = next((t for t, peak, _m, _on in trace if peak > ceiling.limit_mn), None)
    if warned is not None:
        eased = next(t for t, peak, _m, _on in trace if t > (over or warned) and peak < ceiling.hi_mn - 200)
        events += [(warned, ids.EVENT_WARN, number, 0), (eased, ids.EVENT_RELEASED, number, eased - warned)]
    if over is not None:
        events.append((over, ids.EVENT_OVER, number, 0))
    if number == 2:
        events.append((start_ms + 10_600, ids.EVENT_JAB, number, 0))
    return sorted(events)


def step_values(number: int, zone: int, side: int, point: int, ceiling, trace) -> dict:
    def spent(low: int, high: int) -> int:
        return sum(INTERVAL_MS for _t, _p, mean, _on in trace if low <= mean < high)

    contact_ms = len(trace) * INTERVAL_MS
    impulse = sum(mean * INTERVAL_MS for _t, _p, mean, _on in trace) // 1000
    over_ms = spent(ceiling.limit_mn, 99_999)
    return {
        "step": number,
        "zone": zone,
        "side": side,
        "point": point,
        "end_reason": ids.END_DONE,
        "presses": 2,
        "narrowed_by": ceiling.mask(),
        "lo_mn": ceiling.lo_mn,
        "hi_mn": ceiling.hi_mn,
        "warn_mn": ceiling.warn_mn,
        "limit_mn": ceiling.limit_mn,
        "start_ms": number * STEP_MS,
        "duration_ms": STEP_MS,
        "contact_ms": contact_ms,
        "light_ms": spent(0, ceiling.lo_mn),
        "in_band_ms": spent(ceiling.lo_mn, ceiling.hi_mn),
        "high_ms": spent(ceiling.hi_mn, ceiling.warn_mn),
        "warn_ms": spent(ceiling.warn_mn, ceiling.limit_mn),
        "over_ms": over_ms,
        "blind_ms": 2000 if number == 3 else 0,
        "motor_on_ms": 300,
        "warn_count": 1 if over_ms else 0,
        "over_count": 1 if over_ms else 0,
        "jab_count": 1 if number == 2 else 0,
        "peak_mn": max((peak for _t, peak, _m, _on in trace), default=0),
        "mean_mn": impulse * 1000 // contact_ms if contact_ms else 0,
        "impulse_mn_s": impulse,
        "reaction_count": 1 if over_ms else 0,
        "reaction_mean_ms": 420 if over_ms else 0,
        "reaction_max_ms": 420 if over_ms else 0,
    }


def summary(steps: list[dict], planned: int) -> dict:
    def total(name: str) -> int:
        return sum(step[name] for step in steps)

    return {
        "end_reason": ids.END_DONE,
        "fault": 0,
        "duration_ms": planned * STEP_MS,
        "steps_done": len(steps),
        "steps_total": planned,
        "contact_ms": total("contact_ms"),
        "in_band_ms": total("in_band_ms"),
        "over_ms": total("over_ms"),
        "blind_ms": total("blind_ms"),
        "warn_count": total("warn_count"),
        "over_count": total("over_count"),
        "jab_count": total("jab_count"),
        "fault_count": 0,
        "peak_mn": max((step["peak_mn"] for step in steps), default=0),
        "impulse_mn_s": total("impulse_mn_s"),
        "sample_count": planned * STEP_MS * 320 // 1000,
        "lost_events": 0,
        "lost_intervals": 0,
        "end_unix_s": 1_795_000_120,
        "time_quality": ids.TIME_SET,
    }


def trace_payloads(trace) -> list[bytes]:
    """TRACE payloads of at most 60 intervals, cut wherever intervals are missing."""
    runs: list[list] = []
    for part in trace:
        if runs and part[0] == runs[-1][-1][0] + INTERVAL_MS and len(runs[-1]) < 60:
            runs[-1].append(part)
        else:
            runs.append([part])
    return [_trace_payload(run) for run in runs]


def _trace_payload(run) -> bytes:
    out = bytearray(struct.pack(records.TRACE_HEAD, run[0][0], INTERVAL_MS, len(run)))
    before = 0
    for _t, peak, mean, motor_on in run:
        records.put_interval(out, before, peak, mean, motor_on)
        before = peak
    return bytes(out)
