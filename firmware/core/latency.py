"""How long the watch takes from a sample's data-ready edge until the motor is driven, counted while it works.

Where the port has no hard interrupts nobody can stamp the edge. Its time is then worked out from the samples
before: edges come evenly, and a handler that is late once is on time again soon. That leaves out what every sample
waits. The converter's true period is learned from handlers that come nearly when they should, so that lateness is
not taken for it.
"""

# Machine code takes arrays as pointers.
# pyright: reportArgumentType=false

from array import array

import micropython
from micropython import const

from . import rates, wire
from .cells import cell, new_cells

BUCKETS = const(12)
"""One more than wire.LATENCY_EDGES_US: the last bucket holds what took longer."""

_MASK = const(0x3FFFFFFF)
_HALF = const(0x20000000)
_LATE_US = const(6000)
_PART = const(1024)
_SLOWLY = const(64)
_ON_TIME_SHARE = const(16)

_COUNT_MOST = const(0x3FFFFFFF)

# Cells of the counts and of the edges (core/cells.py).
_WORST = const(1)
_COUNT = const(2)
_EDGE = const(1)
_SEEN = const(2)
_PERIOD = const(3)
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
    period = int(s[_PERIOD])
    off = passed_us * _PART - period
    near = period // _ON_TIME_SHARE
    if 0 - near < off < near:
        period += (off + _SLOWLY // 2) // _SLOWLY
        s[_PERIOD] = period
    edge_us = int(s[_EDGE]) + (period + _PART // 2) // _PART & _MASK
    late_us = now_us - edge_us & _MASK
    if late_us > _LATE_US:  # before its time: the edge is this one
        edge_us = now_us
    elif late_us:  # follow slowly, or an edge once put too early would stay so
        edge_us = edge_us + late_us // _SLOWLY + 1 & _MASK
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
        self.expect(rates.USUAL_SPS)

    def expect(self, rate_sps: int) -> None:
        """Edges come so many times a second, 6 % more or less."""
        self._cells[_PERIOD] = 1000000 // rate_sps * _PART

    def of(self, now_us: int) -> int:
        """The edge's ticks for a handler called at `now_us`: as stamped, else worked out from the edges before."""
        stamp = self.stamp
        if stamp[1] and now_us - stamp[0] & _MASK < _HALF:  # a later one is the next edge's
            stamp[1] = 0
            return stamp[0]
        return _edge(self._cells, now_us)

    def forget(self) -> None:
        """The stamp belongs to a sample that was polled."""
        self.stamp[1] = 0
