"""Preallocated rings between the watch, which fills them, and the tasks, which empty them."""

# Machine code takes arrays as pointers.
# pyright: reportArgumentType=false

from array import array

import micropython
from micropython import const

from .cells import cell, new_cells

SAMPLES = const(256)
EVENTS = const(64)
INTERVALS = const(256)
INTERVAL_MS = const(250)
_WRAP = const(0x3FFFFFFF)

# Cells of the samples, and of the interval in progress (core/cells.py).
_NEXT = const(1)
_OPEN = const(1)
_START_MS = const(2)
_PEAK = const(3)
_SUM = const(4)
_COUNT = const(5)
_MOTOR = const(6)
_CELLS = const(7)


@micropython.viper
def put_sample(s: ptr32, forces: ptr16, times: ptr32, force: int, t_ms: int):
    """Write a force (mN, cut to 16 bits) with its running time (ms) into a ring of samples."""
    number = int(s[_NEXT])
    at = number % SAMPLES
    if force > 32767:
        force = 32767
    elif force < -32768:
        force = -32768
    forces[at] = force
    times[at] = t_ms
    s[_NEXT] = number + 1 & _WRAP


@micropython.viper
def is_interval_full(s: ptr32, t_ms: int) -> int:
    """Whether the interval in progress has had its time at this moment of the session (ms)."""
    if int(s[_OPEN]) and t_ms - int(s[_START_MS]) >= INTERVAL_MS:
        return 1
    return 0


@micropython.viper
def add_to_interval(s: ptr32, force: int, t_ms: int, motor: int):
    """Add a force (mN, not negative) to the interval in progress, or begin one."""
    if not int(s[_OPEN]):
        s[_OPEN] = 1
        s[_START_MS] = t_ms
    if force > int(s[_PEAK]):
        s[_PEAK] = force
    s[_SUM] = int(s[_SUM]) + force
    s[_COUNT] = int(s[_COUNT]) + 1
    s[_MOTOR] = int(s[_MOTOR]) | motor


class SampleRing:
    """The last SAMPLES forces, numbered from 0 since start, for live view; `next` is the number of the next one."""

    next = cell(_NEXT)

    def __init__(self):
        self.force_mn = array("h", [0] * SAMPLES)
        self.t_ms = array("i", [0] * SAMPLES)
        self.cells = new_cells(2)

    def put(self, force_mn: int, t_ms: int) -> None:
        """Add a force (mN, cut to 16 bits for display only) with its running time (ms)."""
        put_sample(self.cells, self.force_mn, self.t_ms, force_mn, t_ms)

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
        self.cells = new_cells(_CELLS)

    def add(self, force_mn: int, t_ms: int, motor_on: bool) -> None:
        """Add one sample in contact, a force that is not negative, at a time of the session (ms)."""
        cells = self.cells
        if is_interval_full(cells, t_ms):
            self.end()
        add_to_interval(cells, force_mn, t_ms, motor_on)

    def end(self) -> None:
        """Close the interval in progress (contact lost, or its time is full)."""
        cells = self.cells
        if not cells[_OPEN]:
            return
        at = self.head
        after = at + 1 if at + 1 < INTERVALS else 0
        if after == self.tail:
            self.lost += 1
        else:
            self.t_ms[at] = cells[_START_MS]
            self.peak_mn[at] = cells[_PEAK]
            self.mean_mn[at] = cells[_SUM] // cells[_COUNT]
            self.motor[at] = cells[_MOTOR]
            self.head = after
        for at in range(_OPEN, _CELLS):
            cells[at] = 0

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
