"""Gestures."""

from core import button
from core.button import Button


def gestures(*spans):
    """Gestures for (down ms, up ms) pairs, ticked every 20 ms."""
    pad = Button()
    now = 0
    found = []
    for down_ms, up_ms in spans:
        for active, span in ((True, down_ms), (False, up_ms)):
            for _ in range(span // 20):
                now += 20
                gesture = pad.tick(active, now)
                if gesture:
                    found.append(gesture)
    return found


def test_clicks():
    assert gestures((160, 1000)) == [button.SHORT]
    assert gestures((160, 160), (160, 1000)) == [button.DOUBLE]
    assert gestures((160, 160), (160, 160), (160, 1000)) == [button.TRIPLE]


def test_holds():
    assert gestures((1500, 1000)) == [button.MEDIUM]
    assert gestures((5000, 1000)) == [button.LONG]
    assert gestures((9000, 1000)) == [button.RECOVERY]


def test_between_short_and_stop_nothing_happens():
    assert gestures((900, 1000)) == []


def test_bounce_is_nothing():
    pad = Button()
    for now in range(0, 400, 4):
        assert pad.tick(now // 4 % 2 == 0, now) == button.NOTHING
    assert not pad.down


def test_recovery_shows_while_still_held():
    pad = Button()
    for now in range(0, 8100, 20):
        pad.tick(True, now)
    assert pad.recovery
