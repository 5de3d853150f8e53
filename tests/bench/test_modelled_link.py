"""The link that figures of speed are measured over does what it says: rate, delay, events, every byte in turn."""

from __future__ import annotations

import os
import random
import threading
import tty

import pytest

from tests.bench.modelled_link import GRAIN, Model, Way, carry

LINE = Model("line", bytes_s=11_520)
FAR = Model("far", delay_s=0.01)
BLE = Model("ble", bytes_s=63_000, event_s=0.015)


def arrivals(model: Model, puts: list[tuple[float, int]]) -> list[tuple[float, int]]:
    """(when, bytes so far) of everything that was put in."""
    way, out, total = Way(model), [], 0
    for now_s, count in puts:
        way.put(now_s, bytes(count))
    while way.next_s < 1e9:
        now_s = way.next_s
        total += len(way.take(now_s))
        out.append((now_s, total))
    return out


def test_a_rate_is_kept_to_the_byte() -> None:
    found = arrivals(LINE, [(5.0, 11_520)])
    assert found[-1] == (pytest.approx(6.0), 11_520)
    for when, total in found:
        assert total == pytest.approx((when - 5.0) * 11_520, abs=0.01)


def test_a_pause_gives_no_credit() -> None:
    assert arrivals(LINE, [(0.0, 1152), (9.0, 1152)])[-1] == (pytest.approx(9.1), 2304)


def test_a_delay_alone_holds_nothing_up() -> None:
    found = arrivals(FAR, [(1.0, 100_000), (1.005, 7)])
    assert found[0] == (pytest.approx(1.01), 100_000)
    assert found[-1] == (pytest.approx(1.015), 100_007)


def test_rate_and_delay_add_up() -> None:
    found = arrivals(Model("both", bytes_s=1000, delay_s=0.5), [(0.0, 1000)])
    assert found[0][0] == pytest.approx(0.5 + GRAIN / 1000)
    assert found[-1] == (pytest.approx(1.5), 1000)


def test_events_carry_their_share_and_no_more() -> None:
    found = arrivals(BLE, [(0.001, 10 * 945)])
    assert [total for _when, total in found] == [945 * number for number in range(1, 11)]
    assert [when for when, _total in found] == pytest.approx([0.015 * number for number in range(1, 11)])


def test_an_event_that_has_passed_is_lost() -> None:
    found = arrivals(BLE, [(0.001, 10), (0.0151, 10), (0.29, 10)])
    assert [when for when, _total in found] == pytest.approx([0.015, 0.03, 0.3])


@pytest.mark.parametrize("model", [LINE, FAR, BLE, Model("free")])
def test_nothing_is_lost_or_changes_places(model: Model) -> None:
    chance = random.Random(1)
    way, sent, got, now_s = Way(model), b"", b"", 0.0
    for _ in range(200):
        piece = chance.randbytes(chance.randrange(300))
        way.put(now_s, piece)
        sent += piece
        now_s += chance.random() / 50
        got += way.take(now_s)
        assert sent.startswith(got)
    assert got + way.take(1e6) == sent


def test_bytes_go_both_ways_between_ports() -> None:
    near, near_end = os.openpty()
    far, far_end = os.openpty()
    stop, stopper = os.pipe()
    for end in (near_end, far_end):
        tty.setraw(end)
    carrier = threading.Thread(target=carry, args=(near, far, Model("quick", delay_s=0.001), stop))
    carrier.start()
    try:
        os.write(near_end, b"to the far end")
        assert os.read(far_end, 100) == b"to the far end"
        os.write(far_end, b"and back")
        assert os.read(near_end, 100) == b"and back"
    finally:
        os.write(stopper, b"x")
        carrier.join(10)
        for fd in (near, near_end, far, far_end, stop, stopper):
            os.close(fd)
