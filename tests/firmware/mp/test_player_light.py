"""The light to the millisecond: alerts, heartbeat, blinks, darkness."""

from core import ids, patterns
from player_bench import MS, new_player, spans


def test_light_of_alerts_and_its_brightness():
    for alert, colour in ((ids.CUE_WARN, (127, 55, 0)), (ids.CUE_OVER, (127, 0, 0))):
        player = new_player(light_pct=50)
        player.scene((200, 100, 50), 0, False)
        player.tick(MS, ids.CUE_NONE, 0)
        assert player.light.colour == (100, 50, 25)
        player.tick(MS, alert, 0)
        assert player.light.colour == colour
        player.tick(MS, ids.CUE_NONE, 0)
        assert player.light.colour == (100, 50, 25)
    player = new_player()
    player.ask(ids.CUE_FAULT)
    player.tick(MS, ids.CUE_NONE, 0)
    assert player.light.colour == patterns.RED


def test_the_light_is_told_changes_only():
    player = new_player()
    player.scene((1, 2, 3), 0, False)
    spans(player, 500)
    assert player.light.shown == 1


def dark_spans(player, ms):
    """[(dark?, ms), ...] of the light."""
    found = []
    for _ in range(ms):
        player.tick(MS, ids.CUE_NONE, 0)
        dark = player.light.colour == (0, 0, 0)
        if found and found[-1][0] == dark:
            found[-1] = (dark, found[-1][1] + 1)
        else:
            found.append((dark, 1))
    return found


def test_heartbeat_is_a_short_dip_each_two_seconds():
    player = new_player()
    player.scene((9, 9, 9), 0, True)
    assert dark_spans(player, 4500) == [
        (True, 159), (False, 1840), (True, 160), (False, 1840), (True, 160), (False, 341),
    ]  # fmt: skip


def test_blinks_to_the_millisecond():
    wanted = {
        1: [(True, 159), (False, 1640), (True, 160), (False, 141)],
        2: [(True, 159), (False, 160), (True, 160), (False, 1320), (True, 160), (False, 141)],
    }
    for blinks, row in wanted.items():
        player = new_player()
        player.scene((9, 9, 9), blinks, False)
        assert dark_spans(player, 2100) == row, blinks


def test_dark_is_dark_at_once():
    player = new_player()
    player.scene((9, 9, 9), 2, True)
    spans(player, 200)
    player.dark()
    assert player.light.colour == (0, 0, 0)
    assert dark_spans(player, 4000) == [(True, 4000)]
    player.scene(patterns.WHITE_DIM, 0, False)
    assert dark_spans(player, 4000) == [(False, 4000)]


def test_light_time_wraps_on_a_whole_cycle():
    player = new_player()
    player.scene((9, 9, 9), 2, True)
    player.tick(36000 * MS - MS, ids.CUE_NONE, 0)
    before = player.light.shown
    player.tick(MS, ids.CUE_NONE, 0)
    assert player.light.colour == (0, 0, 0) and player.light.shown == before + 1
    for _ in range(160):
        player.tick(MS, ids.CUE_NONE, 0)
    assert player.light.colour == (9, 9, 9)
    player.tick(36000 * MS - 160 * MS - 1, ids.CUE_NONE, 0)
    assert player.light.colour == (9, 9, 9)
    player.tick(1 + 160 * MS - 1, ids.CUE_NONE, 0)
    assert player.light.colour == (0, 0, 0)
    player.tick(1, ids.CUE_NONE, 0)
    assert player.light.colour == (9, 9, 9)
