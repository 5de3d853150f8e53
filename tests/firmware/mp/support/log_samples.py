"""Field values for records of a session, complete and plausible."""

from core import ids, records

HEADER = {
    "format_version": 2,
    "session_id": 7,
    "device_id": b"\x01\x23\x45\x67\x89\xab\xcd\xef",
    "boot": 3,
    "start_uptime_ms": 5000000000,
    "start_unix_s": 1790000000,
    "time_quality": ids.TIME_SET,
    "user_slot": 0,
    "profile": ids.PROFILE_NORMAL,
    "sensor": ids.SENSOR_NAU7802,
    "pace": 1,
    "rate_sps": 320,
    "trace_interval_ms": 50,
    "counts_per_n": 33554,
    "zero_counts": -1200,
    "firmware_major": 0,
    "firmware_minor": 1,
    "firmware_patch": 0,
    "routine_crc": 0x89ABCDEF,
    "routine_name": b"First week",
}
STEP = {
    "step": 1,
    "zone": ids.CHEEKS,
    "side": ids.LEFT,
    "point": 3,
    "end_reason": ids.END_DONE,
    "presses": 2,
    "narrowed_by": 0x20,
    "lo_mn": 600,
    "hi_mn": 1800,
    "warn_mn": 2100,
    "limit_mn": 2500,
    "start_ms": 21000,
    "duration_ms": 16500,
    "contact_ms": 13000,
    "light_ms": 900,
    "in_band_ms": 11000,
    "high_ms": 700,
    "warn_ms": 300,
    "over_ms": 100,
    "blind_ms": 5,
    "motor_on_ms": 420,
    "warn_count": 2,
    "over_count": 1,
    "jab_count": 0,
    "peak_mn": 2610,
    "mean_mn": 1310,
    "impulse_mn_s": 17030,
    "reaction_count": 2,
    "reaction_mean_ms": 270,
    "reaction_max_ms": 310,
}
SUMMARY = {
    "end_reason": ids.END_DONE,
    "fault": 0,
    "duration_ms": 187000,
    "steps_done": 11,
    "steps_total": 11,
    "contact_ms": 150000,
    "in_band_ms": 121000,
    "over_ms": 100,
    "blind_ms": 5,
    "warn_count": 2,
    "over_count": 1,
    "jab_count": 0,
    "fault_count": 0,
    "peak_mn": 2610,
    "impulse_mn_s": 187030,
    "sample_count": 59840,
    "lost_events": 0,
    "lost_intervals": 0,
    "end_unix_s": 1790000187,
    "time_quality": ids.TIME_SET,
}
EVENTS = (
    (21000, ids.EVENT_STEP_START, 1, 3),
    (22110, ids.EVENT_CONTACT, 1, 260),
    (25020, ids.EVENT_OVER, 1, 2510),
    (37500, ids.EVENT_TARE, 1, -40),
)
INTERVALS = ((0, 0, False), (1200, 900, False), (2610, 2000, True), (2400, 2400, True), (300, 310, False))


def step_payload(**changes):
    values = dict(STEP)
    values.update(changes)
    return records.pack(records.STEP, values)


def trace_payload():
    from core.trace_coder import TraceCoder

    coder = TraceCoder(HEADER["trace_interval_ms"])
    for index, interval in enumerate(INTERVALS):
        coder.add(22100 + 50 * index, *interval)
    return coder.end()
