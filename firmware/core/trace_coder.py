"""Force intervals into TRACE payloads."""

import struct

from . import records

_COUNT_AT = 6
_COUNT_MAX = 255
_INTERVAL_MAX = 6  # bytes of one interval at the most: five of a 32-bit change, one of mean and flag


class TraceCoder:
    """Packs force intervals; a gap in time, or a full record, begins the next one.

    Args:
        interval_ms: length of an interval, the same for all of them.
    """

    def __init__(self, interval_ms: int):
        self._interval_ms = interval_ms
        self._out = bytearray()
        self._count = 0
        self._start_ms = 0
        self._last_mn = 0

    def add(self, t_ms: int, peak_mn: int, mean_mn: int, motor_on: bool):
        """Take one interval.

        Args:
            t_ms: its beginning, since the session's start.
            peak_mn: the largest force in it.
            mean_mn: the mean force in it.
            motor_on: whether the motor ran in it.

        Returns:
            The payload that this interval no longer fits into, or None.
        """
        payload = None
        if self._out and (self._is_full() or self._is_gap(t_ms)):
            payload = self.end()
        if not self._out:
            self._out = bytearray(struct.pack(records.TRACE_HEAD, t_ms, self._interval_ms, 0))
            self._start_ms = t_ms
            self._last_mn = 0
        records.put_interval(self._out, self._last_mn, peak_mn, mean_mn, motor_on)
        self._last_mn = peak_mn
        self._count += 1
        return payload

    def end(self):
        """The payload of what is held, or None when nothing is."""
        out = self._out
        if not out:
            return None
        out[_COUNT_AT] = self._count
        self._out = bytearray()
        self._count = 0
        return out

    def _is_full(self) -> bool:
        return self._count == _COUNT_MAX or len(self._out) + _INTERVAL_MAX > records.PAYLOAD_MAX

    def _is_gap(self, t_ms: int) -> bool:
        off_ms = t_ms - self._start_ms - self._count * self._interval_ms
        return 2 * abs(off_ms) > self._interval_ms
