"""The watchdog is fed only while both worlds live and nobody holds the button for recovery."""

from core.button import Button
from core.tool import Tool

HEAP = "1m"


class Watch:
    beats = 0


class Watchdog:
    def __init__(self):
        self.feeds = 0

    def feed(self):
        self.feeds += 1


class Living:
    """What one turn of the main loop looks at."""

    def __init__(self):
        self.watch = Watch()
        self.button = Button()
        self._watchdog = Watchdog()
        self._beats = -1
        self._recovering = False
        self.recoveries = 0
        self.factory_reset = None

    def _recover(self):
        self.recoveries += 1

    def turn(self, beats):
        self.watch.beats += beats
        before = self._watchdog.feeds
        Tool._feed(self)
        return self._watchdog.feeds - before


def test_it_is_fed_while_the_watch_beats():
    living = Living()
    assert [living.turn(beats) for beats in (1, 2, 1)] == [1, 1, 1]


def test_it_starves_when_the_watch_stands_still():
    living = Living()
    living.turn(1)
    assert [living.turn(0) for _ in range(3)] == [0, 0, 0]
    assert living.turn(1) == 1


def test_it_starves_while_the_button_is_held_for_recovery():
    living = Living()
    living.button.recovery = True
    assert [living.turn(1) for _ in range(3)] == [0, 0, 0]
    assert living.recoveries == 3
