"""Writes what the watch collected into the session's file: steps, events, traces, summary."""

from . import ids, records, version
from .rings import INTERVAL_MS

ZERO_STEP_MN = 5
"""A tracked zero is logged when it has moved by so much."""

SUMS = (
    "contact_ms",
    "in_band_ms",
    "over_ms",
    "blind_ms",
    "warn_count",
    "over_count",
    "jab_count",
    "impulse_mn_s",
)


class SessionLog:
    """The log of one session.

    Args:
        journal: keeps the file: `begin(header)`, `append(kind, payload)`, `flush()`, `close(summary)`.
        watch: core.watch.Watch, whose rings are emptied. coder: packs intervals into TRACE payloads.
    """

    def __init__(self, journal, watch, coder):
        self.journal = journal
        self.watch = watch
        self.coder = coder
        self.totals = dict.fromkeys(SUMS, 0)
        self.peak_mn = 0
        self.steps_done = 0
        self.step = 0
        self._zero_mn = zero_mn(watch.force)
        self._is_zero_told = False

    def drain(self) -> None:
        """Move events and trace intervals from the rings to the file's buffer; no flash is touched."""
        waiting = []
        if not self._is_zero_told:
            self._is_zero_told = True
            waiting.append((0, ids.EVENT_TARE, self.step, self._zero_mn))
        event = self.watch.events.take()
        while event is not None:
            waiting.append((max(0, event[0]), event[1], self.step, event[2]))
            if len(waiting) == records.EVENTS_PER_RECORD:
                self._put_events(waiting)
                waiting = []
            event = self.watch.events.take()
        self._follow_zero(waiting)
        self._put_events(waiting)
        self._drain_trace()

    def _follow_zero(self, waiting: list) -> None:
        now_mn = zero_mn(self.watch.force)
        if abs(now_mn - self._zero_mn) >= ZERO_STEP_MN:
            self._zero_mn = now_mn
            waiting.append((max(0, self.watch.session_ms()), ids.EVENT_ZERO_TRACK, self.step, now_mn))

    def _put_events(self, waiting: list) -> None:
        if waiting:
            self.journal.append(records.EVENTS, records.pack_events(waiting))

    def _drain_trace(self) -> None:
        row = self.watch.intervals.take()
        while row is not None:
            self._put_trace(self.coder.add(*row))
            row = self.watch.intervals.take()
        self._put_trace(self.coder.end())

    def _put_trace(self, payload) -> None:
        if payload:
            self.journal.append(records.TRACE, payload)

    def add_step(self, run, end_reason: int) -> None:
        """Append the STEP record of a step that is over; `run` is a core.step_run.StepRun."""
        self.drain()
        values = self.watch.tally.values()
        step = run.step
        values.update(
            {
                "step": run.number,
                "zone": step.zone,
                "side": step.side,
                "point": step.point,
                "end_reason": end_reason,
                "presses": run.presses,
                "narrowed_by": run.limits.mask() & 0xFFFF,
                "lo_mn": run.limits.lo_mn,
                "hi_mn": run.limits.hi_mn,
                "warn_mn": run.limits.warn_mn,
                "limit_mn": run.limits.limit_mn,
                "duration_ms": max(0, self.watch.session_ms() - values["start_ms"]),
            }
        )
        for name in SUMS:
            self.totals[name] += values[name]
        self.peak_mn = max(self.peak_mn, values["peak_mn"])
        self.steps_done += 1 if end_reason == ids.END_DONE else 0
        self.journal.append(records.STEP, records.pack(records.STEP, values))

    def close(self, end_reason: int, steps_total: int, clock, fault: int) -> None:
        """Append the summary and close the file (touches flash); the journal adds what it lost itself."""
        self.drain()
        watch = self.watch
        summary = {
            "end_reason": end_reason,
            "fault": fault,
            "duration_ms": max(0, watch.session_ms()),
            "steps_done": self.steps_done,
            "steps_total": steps_total,
            "fault_count": watch.fault_count,
            "peak_mn": self.peak_mn,
            "sample_count": watch.sample_count,
            "lost_events": watch.events.lost,
            "lost_intervals": watch.intervals.lost,
            "end_unix_s": clock.read(),
            "time_quality": clock.quality,
        }
        for name in SUMS:
            summary[name] = self.totals[name]
        self.journal.close(summary)


def zero_mn(force) -> int:
    """Where the zero lies from the factory zero, mN (core.force_filter.ForceFilter)."""
    return ((force.zero - force.factory_zero) >> 4) * 1000 // force.slope16


def header(tool_id: bytes, clock, boot: int, person: dict, force, routine) -> dict:
    """Fields of the HEADER record; the journal adds the session's number.

    Args:
        tool_id: 8 bytes.
        clock: core.clock.WallClock.
        boot: number of this power-up.
        person: user_slot, profile, sensor, pace (ids) and rate_sps.
        force: core.force_filter.ForceFilter.
        routine: (name, crc32).
    """
    return {
        "device_id": tool_id,
        "boot": boot,
        "start_uptime_ms": clock.uptime_ms(),
        "start_unix_s": clock.read(),
        "time_quality": clock.quality,
        "user_slot": person["user_slot"],
        "profile": person["profile"],
        "sensor": person["sensor"],
        "pace": person["pace"],
        "rate_sps": person["rate_sps"],
        "trace_interval_ms": INTERVAL_MS,
        "counts_per_n": force.slope16 << 4,
        "zero_counts": force.zero,
        "firmware_major": version.VERSION[0],
        "firmware_minor": version.VERSION[1],
        "firmware_patch": version.VERSION[2],
        "routine_crc": routine[1],
        "routine_name": routine[0].encode()[:24],
    }
