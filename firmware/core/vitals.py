"""What the tool notes of itself while it runs, in fields made once: faults by kind, and the sensor's true rate."""

import time

KINDS = 64
COUNT_MAX = 255
WINDOW_US = 16000000
SAMPLES_MOST = 10000
"""More in one look is no rate of any sensor."""


class Vitals:
    """Faults since power-up, and samples a second.

    Attributes:
        rate_mhz: samples in 1000 s, as measured over the last 8 to 16 s without a block; 0 while not known.
    """

    def __init__(self):
        self._faults = bytearray(KINDS)
        self._fault = 0
        self.rate_mhz = 0
        self._samples = 0
        self._us = 0
        self._mark = (0, 0, -1)

    def count(self, fault: int) -> None:
        """Count a fault (ids.FAULT_*); none is not counted."""
        if fault and self._faults[fault] < COUNT_MAX:
            self._faults[fault] += 1

    def notice(self, fault: int) -> None:
        """Count the watch's fault when it is a new one (call often)."""
        if fault != self._fault:
            self._fault = fault
            self.count(fault)

    def faults(self) -> list:
        """(fault, how often) of those that were."""
        return [(fault, self._faults[fault]) for fault in range(KINDS) if self._faults[fault]]

    def look(self, samples: int, blocks: int, watching: bool) -> None:
        """Measure the rate (call about once a second).

        Args:
            samples: that the watch has taken so far; a number that fell began anew.
            blocks: announced so far: a time with one in it says nothing of the rate.
            watching: whether the sensor is watched and believed.
        """
        now_us = time.ticks_us()
        before, before_us, before_blocks = self._mark
        self._mark = (samples, now_us, blocks if watching else -1)
        taken = samples - before
        if watching and blocks == before_blocks and 0 <= taken < SAMPLES_MOST:
            self._measure(taken, time.ticks_diff(now_us, before_us))

    def _measure(self, taken: int, us: int) -> None:
        if self._us + us > WINDOW_US:
            self._us >>= 1
            self._samples >>= 1
        self._samples += taken
        self._us += us
        ms = self._us // 1000
        self.rate_mhz = self._samples * 50000 // max(1, ms) * 20
