"""A player and its timeline."""

from core import ids
from core.player import Player
from core_rig import Motor

MS = 1000


class CountedLight:
    """Counts what it is told."""

    def __init__(self):
        self.colour = None
        self.shown = 0

    def show(self, r, g, b):
        self.colour = (r, g, b)
        self.shown += 1


def new_player(**options):
    player = Player(Motor(), CountedLight())
    for name, value in options.items():
        setattr(player, name, value)
    return player


def spans(player, ms, alert=ids.CUE_NONE, loudness=0, dt_ms=1):
    """Motor's timeline as [(level, ms), ...]."""
    found = []
    for _ in range(0, ms, dt_ms):
        player.tick(dt_ms * MS, alert, loudness)
        level = player.motor.level
        if found and found[-1][0] == level:
            found[-1] = (level, found[-1][1] + dt_ms)
        else:
            found.append((level, dt_ms))
    return found
