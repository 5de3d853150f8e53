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
                if gesture != button.NOTHING:
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


def test_figures_and_names():
    names = (
        button.NOTHING,
        button.SHORT,
        button.DOUBLE,
        button.TRIPLE,
        button.MEDIUM,
        button.LONG,
        button.RECOVERY,
    )
    assert names == (0, 1, 2, 3, 4, 5, 6)
    assert (button.DEBOUNCE_MS, button.SHORT_MAX_MS, button.NEXT_CLICK_MS) == (20, 800, 350)
    assert (button.MEDIUM_MS, button.LONG_MS, button.RECOVERY_MS) == (1000, 3000, 8000)


class Finger:
    """A button pressed to the millisecond, debounced at once."""

    def __init__(self):
        self.pad = Button()
        self.now = 0

    def hold(self, active, ms):
        """Gestures while the level stays for so long, looked at every millisecond."""
        found = []
        for _ in range(ms):
            self.now += 1
            gesture = self.pad.tick(active, self.now)
            if gesture != button.NOTHING:
                found.append((gesture, self.now))
        return found


def test_a_new_button_is_up():
    pad = Button()
    assert not pad.down and not pad.recovery
    assert pad.tick(False, 5) == button.NOTHING and not pad.down
    pad = Button()
    pad.tick(True, 19)
    assert not pad.down, "the level is as old as its first look"


def test_a_level_counts_after_20_ms():
    finger = Finger()
    finger.hold(True, 20)
    assert not finger.pad.down
    finger.hold(True, 1)
    assert finger.pad.down
    finger.hold(False, 20)
    assert finger.pad.down
    finger.hold(False, 1)
    assert not finger.pad.down


def test_edges_of_the_holds():
    wanted = (
        (799, button.SHORT), (800, None), (999, None), (1000, button.MEDIUM), (2999, button.MEDIUM),
        (3000, button.LONG), (7999, button.LONG), (8000, button.RECOVERY),
    )  # fmt: skip
    for ms, gesture in wanted:
        finger = Finger()
        found = finger.hold(True, ms) + finger.hold(False, 1000)
        assert [one for one, _now in found] == ([gesture] if gesture else []), (ms, found)


def test_clicks_are_told_350_ms_after_the_last():
    finger = Finger()
    finger.hold(True, 100)
    assert finger.hold(False, 370) == []
    assert finger.hold(False, 1) == [(button.SHORT, 471)]
    assert finger.hold(False, 1000) == []


def test_four_clicks_are_three():
    finger = Finger()
    found = []
    for _ in range(5):
        found += finger.hold(True, 100) + finger.hold(False, 100)
    found += finger.hold(False, 1000)
    assert [gesture for gesture, _now in found] == [button.TRIPLE]


def test_a_hold_forgets_the_clicks_before_it():
    for ms, wanted in ((900, []), (1500, [button.MEDIUM])):
        finger = Finger()
        found = finger.hold(True, 100) + finger.hold(False, 100)
        found += finger.hold(True, ms) + finger.hold(False, 1000)
        assert [gesture for gesture, _now in found] == wanted, ms


def test_no_click_is_told_while_the_button_is_down():
    finger = Finger()
    finger.hold(True, 100)
    finger.hold(False, 100)
    assert finger.hold(True, 700) == []


def test_recovery_is_exact_and_ends_with_the_release():
    finger = Finger()
    finger.hold(True, 8020)
    assert not finger.pad.recovery
    finger.hold(True, 1)
    assert finger.pad.recovery
    finger.hold(False, 21)
    assert not finger.pad.recovery
    finger.hold(False, 9000)
    assert not finger.pad.recovery
