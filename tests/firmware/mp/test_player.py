"""Patterns: ranks, times, duty, the eye's rule."""

from core import ids, patterns
from core.player import Player
from core_rig import Light, Motor

DT_US = 3125


def new_player():
    return Player(Motor(), Light())


def play(player, ms, alert=ids.CUE_NONE, loudness=0):
    """Drive levels over time, one each DT_US."""
    levels = bytearray(ms * 1000 // DT_US)
    for i in range(len(levels)):
        player.tick(DT_US, alert, loudness)
        levels[i] = player.motor.level
    return levels


def pulses(levels):
    """(length ms, level) of each pulse."""
    found = []
    length = 0
    last = 0
    for level in levels + b"\0":
        if level:
            length += 1
            last = level
        elif length:
            found.append((length * DT_US // 1000, last))
            length = 0
    return found


def near(found, wanted, tolerance=8):
    assert len(found) == len(wanted), found
    for (length, _level), want in zip(found, wanted):
        assert abs(length - want) <= tolerance, found


def test_cues_have_their_pulses():
    for cue, wanted in (
        (ids.CUE_LIFT, (150, 150)),
        (ids.CUE_NEXT_ZONE, (300,)),
        (ids.CUE_DONE, (150, 150, 150)),
        (ids.CUE_LIGHT_TOUCH, (40,)),
        (ids.CUE_LOW_BATTERY, (60, 60, 60, 60, 60)),
        (ids.CUE_FAULT, (400, 120, 400)),
    ):
        player = new_player()
        player.ask(cue)
        near(pulses(play(player, 3000)), wanted)
        assert not player.busy()


def test_no_alert_over_ten_seconds_drives_more_than_half_the_time():
    for alert in (ids.CUE_WARN, ids.CUE_OVER):
        levels = play(new_player(), 15000, alert, 100)
        window = 10000 * 1000 // DT_US
        on = bytearray(1 if level else 0 for level in levels)
        worst = max([sum(on[at : at + window]) for at in range(0, len(on) - window, 40)])
        assert worst * 2 <= window, (alert, worst / window)
        assert worst > 0


def test_over_rests_after_two_seconds():
    levels = play(new_player(), 5000, ids.CUE_OVER, 100)
    per_second = [levels[i * 320 : (i + 1) * 320] for i in range(5)]
    gaps = []
    for second in per_second[2:]:
        longest = run = 0
        for level in second:
            run = 0 if level else run + 1
            longest = max(longest, run)
        gaps.append(longest * DT_US // 1000)
    assert min(gaps) >= 180, gaps


def test_higher_rank_interrupts_lower_waits():
    player = new_player()
    player.ask(ids.CUE_NEXT_ZONE)
    play(player, 50)
    player.tick(DT_US, ids.CUE_OVER, 100)
    assert player.cue == ids.CUE_OVER
    player.ask(ids.CUE_LIFT)
    play(player, 200, ids.CUE_OVER, 100)
    assert player.cue == ids.CUE_OVER
    play(player, 20)
    assert player.cue == ids.CUE_LIFT


def test_alert_ends_at_once():
    player = new_player()
    play(player, 30, ids.CUE_OVER, 100)
    assert player.motor.level
    player.tick(DT_US, ids.CUE_NONE, 0)
    assert player.motor.level == 0


def test_warn_grows_with_force():
    soft = max(play(new_player(), 100, ids.CUE_WARN, 0))
    hard = max(play(new_player(), 100, ids.CUE_WARN, 100))
    assert soft < hard < 255


def test_near_the_eye_light_leads_and_the_drive_is_half():
    player = new_player()
    player.eye = True
    levels = play(player, 300, ids.CUE_OVER, 100)
    assert player.light.colour == patterns.RED
    first = [i for i, level in enumerate(levels) if level][0]
    assert first * DT_US >= 70000
    assert max(levels) <= 130


def test_haptic_setting_never_touches_over_and_fault():
    player = new_player()
    player.haptic_pct = 70
    assert max(play(player, 100, ids.CUE_OVER, 100)) == 255
    player = new_player()
    player.haptic_pct = 70
    player.ask(ids.CUE_FAULT)
    assert max(play(player, 300)) == 255


def test_silence_stops_everything():
    player = new_player()
    player.ask(ids.CUE_DONE)
    play(player, 100)
    player.silence()
    assert player.motor.level == 0 and not player.busy()


def test_scene_blinks_once_left_twice_right():
    for blinks in (1, 2):
        player = new_player()
        player.scene((0, 200, 60), blinks, False)
        dark = 0
        was = False
        for _ in range(patterns.BLINK_CYCLE_MS * 1000 // DT_US - 2):
            player.tick(DT_US, ids.CUE_NONE, 0)
            now = player.light.colour == (0, 0, 0)
            dark += 1 if now and not was else 0
            was = now
        assert dark == blinks, (blinks, dark)
