"""Preallocated rings between the watch, which fills them, and the tasks, which empty them."""

from array import array

SAMPLES = 512
EVENTS = 64
INTERVALS = 256
INTERVAL_MS = 250
_WRAP = 0x3FFFFFFF


class SampleRing:
    """The last SAMPLES forces, numbered from 0 since start, for live view."""

    def __init__(self):
        self.force_mn = array("h", [0] * SAMPLES)
        self.t_ms = array("i", [0] * SAMPLES)
        self.next = 0

    def put(self, force_mn: int, t_ms: int) -> None:
        """Add a force (mN, cut to 16 bits for display only) with its running time (ms)."""
        at = self.next % SAMPLES
        self.force_mn[at] = max(-32768, min(32767, force_mn))
        self.t_ms[at] = t_ms
        self.next = (self.next + 1) & _WRAP

    def at(self, number: int) -> int:
        """Force (mN) of a sample still in the ring."""
        return self.force_mn[number % SAMPLES]

    def since(self, number: int, most: int):
        """(first, next, lost, t_ms of the first, t_ms of the last) of at most `most` samples from a number on."""
        newest = self.next
        oldest = max(0, newest - SAMPLES + 16)
        first = min(max(number, oldest), newest)
        last = min(newest, first + most)
        lost = max(0, first - number)
        if first == last:
            return first, last, lost, 0, 0
        return first, last, lost, self.t_ms[first % SAMPLES], self.t_ms[(last - 1) % SAMPLES]


class EventRing:
    """Events waiting for the log: (t_ms, kind, value). When full, new ones are counted as lost."""

    def __init__(self):
        self.t_ms = array("i", [0] * EVENTS)
        self.kind = array("b", [0] * EVENTS)
        self.value = array("i", [0] * EVENTS)
        self.head = 0
        self.tail = 0
        self.lost = 0

    def put(self, t_ms: int, kind: int, value: int) -> None:
        """Add an event (ids.EVENT_*)."""
        at = self.head
        after = at + 1 if at + 1 < EVENTS else 0
        if after == self.tail:
            self.lost += 1
            return
        self.t_ms[at] = t_ms
        self.kind[at] = kind
        self.value[at] = value
        self.head = after

    def clear(self) -> None:
        """Forget what waits, and what was lost."""
        self.tail = self.head
        self.lost = 0

    def take(self):
        """The oldest event as (t_ms, kind, value), or None."""
        at = self.tail
        if at == self.head:
            return None
        event = (self.t_ms[at], self.kind[at], self.value[at])
        self.tail = at + 1 if at + 1 < EVENTS else 0
        return event


class IntervalRing:
    """Quarter seconds of contact waiting for the log: peak exactly, mean, and whether the motor ran."""

    def __init__(self):
        self.t_ms = array("i", [0] * INTERVALS)
        self.peak_mn = array("i", [0] * INTERVALS)
        self.mean_mn = array("i", [0] * INTERVALS)
        self.motor = bytearray(INTERVALS)
        self.head = 0
        self.tail = 0
        self.lost = 0
        self._open = False
        self._reset()

    def _reset(self) -> None:
        self._peak_mn = 0
        self._sum_mn = 0
        self._count = 0
        self._motor = False

    def add(self, force_mn: int, t_ms: int, motor_on: bool) -> None:
        """Add one sample in contact at a time of the session (ms)."""
        if self._open and t_ms - self._start_ms >= INTERVAL_MS:
            self.end()
        if not self._open:
            self._open = True
            self._start_ms = t_ms
        self._peak_mn = max(self._peak_mn, force_mn)
        self._sum_mn += force_mn
        self._count += 1
        self._motor = self._motor or motor_on

    def end(self) -> None:
        """Close the interval in progress (contact lost, or its time is full)."""
        if not self._open:
            return
        self._open = False
        at = self.head
        after = at + 1 if at + 1 < INTERVALS else 0
        if after == self.tail:
            self.lost += 1
        else:
            self.t_ms[at] = self._start_ms
            self.peak_mn[at] = self._peak_mn
            self.mean_mn[at] = self._sum_mn // max(1, self._count)
            self.motor[at] = 1 if self._motor else 0
            self.head = after
        self._reset()

    def clear(self) -> None:
        """Forget what waits, and what was lost."""
        self.tail = self.head
        self.lost = 0

    def take(self):
        """The oldest interval as (t_ms, peak_mn, mean_mn, motor_on), or None."""
        at = self.tail
        if at == self.head:
            return None
        row = (self.t_ms[at], self.peak_mn[at], self.mean_mn[at], self.motor[at] == 1)
        self.tail = at + 1 if at + 1 < INTERVALS else 0
        return row
