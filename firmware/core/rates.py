"""What of the watch depends on how often the sensor delivers. Chosen by a study: docs/limits.md, sample rates."""

USUAL_SPS = 320
"""The reference sensor's."""

MOST_WINDOW = 8
"""Longest window of any row: what the filter's buffers hold."""

LONG_WINDOWS = 3
"""Windows in the long one: 75 ms, in which the rises and falls of a tremor cancel (docs/limits.md, look-ahead)."""

RATES = {
    # samples/s: samples in a window, still in 0.5 s, in a step of the zero (0.2 s), without a spike to forgive (1 s);
    #            a sample older than so many us is no data, and a fault
    320: (8, 160, 64, 320, 30000, 90000),
    100: (3, 50, 20, 100, 30000, 90000),
    80: (2, 40, 16, 80, 30000, 90000),
    10: (1, 5, 2, 10, 250000, 300000),
}
WINDOW, STILL, TRACK, FORGIVE, NO_DATA_US, STALE_US = range(6)

SESSION_LEAST_SPS = 80
"""Below this an alert comes too late to protect: no session (docs/limits.md, sample rates)."""


def of(rate_sps: int) -> tuple:
    """The row of a nominal rate; of the next lower one where there is none."""
    best = min(RATES)
    for rate in RATES:
        if best < rate <= rate_sps:
            best = rate
    return RATES[best]
