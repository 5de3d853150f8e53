"""How long the watch takes from a sample's data-ready edge until the motor is driven, counted while it works.

Where the port has no hard interrupts nobody can stamp the edge. Its time is then worked out from the samples before:
edges come evenly, and a handler that is late once is on time again soon. That leaves out what every sample waits.
"""

# Machine code takes arrays as pointers.
# pyright: reportArgumentType=false

from array import array

import micropython
from micropython import const

from . import wire
from .cells import cell, new_cells

BUCKETS = const(12)
"""One more than wire.LATENCY_EDGES_US: the last bucket holds what took longer."""

_MASK = const(0x3FFFFFFF)
_LATE_US = const(6000)

_COUNT_MOST = const(0x3FFFFFFF)

# Cells of the counts and of the edges (core/cells.py).
_WORST = const(1)
_COUNT = const(2)
_EDGE = const(1)
_SEEN = const(2)
_PERIOD16 = const(3)
_CELLS = const(4)


@micropython.viper
def _add(s: ptr32, buckets: ptr32, edges: ptr32, took_us: int):
    at = 0
    while at < BUCKETS - 1 and took_us > int(edges[at]):
        at += 1
    if int(s[_COUNT]) < _COUNT_MOST:
        buckets[at] = int(buckets[at]) + 1
        s[_COUNT] = int(s[_COUNT]) + 1
    if took_us > int(s[_WORST]):
        s[_WORST] = took_us


@micropython.viper
def _edge(s: ptr32, now_us: int) -> int:
    """Time of the edge that a handler seen at `now_us` answers."""
    passed_us = now_us - int(s[_SEEN]) & _MASK
    s[_SEEN] = now_us
    if passed_us > _LATE_US:
        s[_EDGE] = now_us
        return now_us
    period16 = int(s[_PERIOD16])
    if period16 == 0:
        period16 = passed_us * 16
    period16 += (passed_us * 16 - period16) // 64
    s[_PERIOD16] = period16
    edge_us = int(s[_EDGE]) + period16 // 16 & _MASK
    late_us = now_us - edge_us & _MASK
    if late_us > _LATE_US:  # before its time: the edge is this one
        edge_us = now_us
    elif late_us:
        edge_us = edge_us + 1 & _MASK
    s[_EDGE] = edge_us
    return edge_us


class Latency:
    """Counts of times, in buckets. Allocates nothing once made.

    Attributes:
        buckets: how many took up to wire.LATENCY_EDGES_US[n]. worst_us: the longest. count: all.
    """

    worst_us = cell(_WORST)
    count = cell(_COUNT)

    def __init__(self):
        self.cells = new_cells(_CELLS)
        self.buckets = array("i", [0] * BUCKETS)
        self._edges = array("i", wire.LATENCY_EDGES_US)

    def add(self, took_us: int) -> None:
        """Count one time."""
        _add(self.cells, self.buckets, self._edges, took_us)

    def clear(self) -> None:
        """Begin anew."""
        for at in range(BUCKETS):
            self.buckets[at] = 0
        self.worst_us = 0
        self.count = 0


class EdgeClock:
    """Tells when the edge was that a scheduled handler answers.

    Attributes:
        stamp: where a hard interrupt leaves the edge's time: [ticks, 1].
    """

    def __init__(self):
        self.stamp = array("i", [0, 0])
        self._cells = new_cells(_CELLS)

    def of(self, now_us: int) -> int:
        """The edge's ticks for a handler called at `now_us`: as stamped, else worked out from the edges before."""
        stamp = self.stamp
        if stamp[1]:
            stamp[1] = 0
            return stamp[0]
        return _edge(self._cells, now_us)

    def forget(self) -> None:
        """The stamp belongs to a sample that was polled."""
        self.stamp[1] = 0
