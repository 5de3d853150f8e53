"""What a force trace must add up to, worked out from the trace alone: no line of the firmware or its twins is used.

The converter's filter is four means of one conversion each, one after the other, over an input that is straight between
conversions; the tool believes the mean of eight results. Together that is one weighted mean over the last twelve
conversions, taken here in continuous time: where in the trace the converter's clock stands is not known, and matters
less than one sample period at each crossing of a limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

PERIOD_S = 1 / 320
CHIP = np.array([1, 26, 66, 26, 1]) / 120
MEAN = np.ones(8) / 8
WEIGHTS = np.convolve(CHIP, MEAN)
RAW = np.ones(1)
GRID_S = 20e-6

RAMP_N_S = 1.0
LIFT_S = 2.0

CONTACT_BEGIN_N = 0.25
CONTACT_END_N = 0.15


@dataclass(frozen=True)
class Span:
    """Time spent between two forces, and how often its edges were crossed."""

    ms: float
    crossings: int

    @property
    def slack_ms(self) -> float:
        """One sample period a crossing, and the millisecond that the log rounds to."""
        return self.crossings * PERIOD_S * 1000 + 1


class Reference:
    """A trace played once, from the approach to the lift, as the tool must feel it.

    Args:
        points: (t_s, force_n) of the trace.
        weights: of the last conversions; a single one takes the trace as it stands.
    """

    def __init__(self, points: Sequence[tuple[float, float]], weights: np.ndarray = WEIGHTS) -> None:
        times, forces = np.array(points, dtype=float).T
        approach_s, leave_s = max(0.0, forces[0]) / RAMP_N_S, max(0.0, forces[-1]) / RAMP_N_S
        times = times - times[0] + approach_s
        self.times = np.concatenate(([0.0], times, [times[-1] + leave_s, times[-1] + leave_s + LIFT_S]))
        self.forces = np.concatenate(([0.0], forces, [0.0, 0.0]))
        self.grid = np.arange(-0.1, self.times[-1], GRID_S)
        self.felt = sum(
            weight * np.interp(self.grid - n * PERIOD_S, self.times, self.forces)
            for n, weight in enumerate(weights)
        )
        self.contact = self._contact()

    def _contact(self) -> np.ndarray:
        """Contact with its hysteresis: since the last force beyond either threshold, which one was it?"""
        mark = np.where(self.felt >= CONTACT_BEGIN_N, 1, np.where(self.felt < CONTACT_END_N, -1, 0))
        mark[0] = -1
        last = np.maximum.accumulate(np.where(mark != 0, np.arange(len(mark)), 0))
        return mark[last] == 1

    @property
    def contacts(self) -> int:
        """How often contact begins."""
        return int(np.count_nonzero(self.contact[1:] & ~self.contact[:-1]))

    def between(self, low_n: float, high_n: float = np.inf) -> Span:
        """Time in contact with a force above `low_n` and up to `high_n`."""
        inside = self.contact & (self.felt > low_n) & (self.felt <= high_n)
        return Span(
            float(np.count_nonzero(inside)) * GRID_S * 1000, int(np.count_nonzero(inside[1:] != inside[:-1]))
        )

    @property
    def peak_n(self) -> float:
        """The highest force felt."""
        return float(self.felt.max())

    @property
    def steepest_n_s(self) -> float:
        """The steepest change of the force felt, either way."""
        return float(np.abs(np.diff(self.felt)).max()) / GRID_S

    @property
    def impulse_n_s(self) -> float:
        """Force added up over the time in contact."""
        return float(self.felt[self.contact].sum()) * GRID_S


def worst_ahead_n(points: Sequence[tuple[float, float]], seconds: float = 0.3) -> float:
    """The highest force + slope x seconds of a trace, on any of its straight pieces, approach and lift included."""
    reference = Reference(points)
    slopes = np.diff(reference.forces) / np.diff(reference.times)
    ends = np.maximum(reference.forces[1:], reference.forces[:-1])
    return float((ends + slopes * seconds).max())


def steepest_n_s(points: Sequence[tuple[float, float]]) -> float:
    """The steepest rise of a trace."""
    reference = Reference(points)
    return float((np.diff(reference.forces) / np.diff(reference.times)).max())
