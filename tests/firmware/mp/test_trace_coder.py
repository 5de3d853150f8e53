"""Force intervals into TRACE payloads and back."""

from core import records
from core.trace_coder import TraceCoder


def coded(intervals, interval_ms=50):
    """(t_ms, peak, mean, motor) intervals to TRACE payloads."""
    coder = TraceCoder(interval_ms)
    payloads = [coder.add(*interval) for interval in intervals]
    payloads.append(coder.end())
    assert coder.end() is None
    return [payload for payload in payloads if payload is not None]


def decoded(payloads):
    found = []
    for payload in payloads:
        t_ms, interval_ms, intervals = records.unpack_trace(bytes(payload))
        for index, (peak, mean, motor) in enumerate(intervals):
            found.append((t_ms + index * interval_ms, peak, mean, motor))
    return found


def test_peaks_come_back_exactly_and_means_nearly():
    intervals = [(50 * i, 900 + 37 * i % 800, 800 + 11 * i % 100, i % 3 == 0) for i in range(600)]
    payloads = coded(intervals)
    assert len(payloads) > 3
    for payload in payloads:
        assert len(payload) <= records.PAYLOAD_MAX
    for before, after in zip(intervals, decoded(payloads)):
        assert (before[0], before[1], before[3]) == (after[0], after[1], after[3])
        assert 0 <= min(before[2], before[1]) - after[2] <= before[1] // 127 + 1


def test_a_gap_begins_a_new_record():
    payloads = coded([(0, 5, 5, False), (50, 6, 5, False), (150, 7, 7, True), (200, 8, 8, True)])
    assert [len(records.unpack_trace(bytes(payload))[2]) for payload in payloads] == [2, 2]
    assert [interval[0] for interval in decoded(payloads)] == [0, 50, 150, 200]


def test_jitter_is_no_gap_but_drift_is():
    assert len(coded([(0, 1, 1, False), (62, 1, 1, False), (88, 1, 1, False)])) == 1
    assert len(coded([(i * 51, 1, 1, False) for i in range(60)])) == 3


def test_calm_and_wild_forces_fit():
    for peaks in ([0] * 1000, [0, 32767] * 400, [32767, -32768] * 400):
        payloads = coded([(50 * i, peak, peak, False) for i, peak in enumerate(peaks)])
        assert [interval[1] for interval in decoded(payloads)] == peaks
        assert max([len(payload) for payload in payloads]) <= records.PAYLOAD_MAX


def test_nothing_is_no_record():
    assert coded([]) == []
