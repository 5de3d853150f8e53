"""The player to the millisecond: on and off times, drives, ranks."""

from core import ids
from player_bench import MS, new_player, spans


def test_a_new_player_rests():
    player = new_player()
    assert (player.cue, player.asked, player.over_us) == (ids.CUE_NONE, ids.CUE_NONE, 0)
    assert (player.haptic_pct, player.light_pct, player.eye) == (100, 100, False)
    assert not player.busy()
    assert spans(player, 3000) == [(0, 3000)]
    assert player.light.colour == (0, 0, 0)


def test_cues_to_the_millisecond():
    wanted = {
        ids.CUE_LIGHT_TOUCH: [(140, 40)],
        ids.CUE_STEP: [(216, 300)],
        ids.CUE_LIFT: [(216, 150), (0, 150), (216, 150)],
        ids.CUE_NEXT_ZONE: [(216, 300)],
        ids.CUE_DONE: [(216, 150), (0, 150), (216, 150), (0, 150), (216, 150)],
        ids.CUE_LOW_BATTERY: [(216, 60), (0, 120)] * 4 + [(216, 60)],
        ids.CUE_FAULT: [(255, 400), (0, 150), (255, 120), (0, 150), (255, 400)],
    }
    for cue, row in wanted.items():
        player = new_player()
        player.ask(cue)
        assert spans(player, 3000)[:-1] == row, cue
        assert not player.busy()


def test_a_cue_is_busy_until_its_last_pause_is_over():
    player = new_player()
    player.ask(ids.CUE_LIFT)
    assert player.busy()
    spans(player, 600)
    assert player.cue == ids.CUE_LIFT and player.busy()
    spans(player, 1)
    assert player.cue == ids.CUE_NONE and not player.busy()


def test_late_ticks_shift_nothing():
    player = new_player()
    player.ask(ids.CUE_DONE)
    player.tick(1, ids.CUE_NONE, 0)
    player.tick(170 * MS, ids.CUE_NONE, 0)
    assert player.motor.level == 0
    player.tick(129 * MS, ids.CUE_NONE, 0)
    assert player.motor.level == 0
    player.tick(1 * MS, ids.CUE_NONE, 0)
    assert player.motor.level == 216


def test_warn_repeats_and_its_drive_follows_the_force():
    for loudness, level in ((0, 140), (50, 191), (100, 242)):
        rows = spans(new_player(), 1000, ids.CUE_WARN, loudness)
        assert rows == [(level, 60), (0, 140)] * 5, rows


def test_over_rests_in_each_second_after_the_second():
    rows = spans(new_player(), 4321, ids.CUE_OVER, 0)
    starts = []
    at = 0
    for level, ms in rows:
        if level:
            assert (level, ms) == (255, 60) or at + ms == 4321
            starts.append(at)
        at += ms
    silent = (2040, 2160, 3000, 3120, 4080)
    assert starts == [t for t in range(0, 4321, 120) if t not in silent], starts


def test_rest_begins_at_exactly_two_seconds():
    for before_us, level in ((1999999, 255), (2000000, 0), (2199999, 0), (2200000, 255)):
        player = new_player()
        player.tick(0, ids.CUE_OVER, 0)
        player.tick(60 * MS, ids.CUE_OVER, 0)
        player.over_us = before_us - 60 * MS
        player.tick(60 * MS, ids.CUE_OVER, 0)
        assert player.over_us == before_us
        assert player.motor.level == level, before_us


def test_over_time_begins_anew_and_counts_over_only():
    player = new_player()
    spans(player, 500, ids.CUE_OVER)
    assert player.over_us == 499 * MS
    spans(player, 100, ids.CUE_WARN)
    assert player.over_us == 0
    spans(player, 1, ids.CUE_OVER)
    assert player.over_us == 0
    player.over_us = 900000000 - MS
    spans(player, 1, ids.CUE_OVER)
    assert player.over_us == 0, "it wraps before it grows too large for the chip"


def test_haptic_setting_scales_all_but_over_and_fault():
    wanted = ((ids.CUE_LIFT, 150), (ids.CUE_FAULT, 255))
    for cue, level in wanted:
        player = new_player(haptic_pct=70)
        player.ask(cue)
        assert spans(player, 10) == [(level, 10)]
    assert spans(new_player(haptic_pct=70), 10, ids.CUE_WARN, 100) == [(168, 10)]
    assert spans(new_player(haptic_pct=70), 10, ids.CUE_OVER, 100) == [(255, 10)]


def test_eye_halves_all_but_fault_and_leads_alerts_with_light():
    assert spans(new_player(eye=True), 270, ids.CUE_OVER) == [(0, 80), (127, 60), (0, 60), (127, 60), (0, 10)]
    assert spans(new_player(eye=True), 290, ids.CUE_WARN) == [(0, 80), (89, 60), (0, 140), (89, 10)]
    for cue, level in ((ids.CUE_LIFT, 107), (ids.CUE_FAULT, 255)):
        player = new_player(eye=True)
        player.ask(cue)
        assert spans(player, 10) == [(level, 10)], "a cue does not wait"


def test_eye_stops_a_cue_at_once_for_the_lead():
    player = new_player()
    player.ask(ids.CUE_NEXT_ZONE)
    spans(player, 50)
    player.eye = True
    assert spans(player, 81, ids.CUE_WARN) == [(0, 80), (89, 1)]


def test_eye_does_not_lead_again_when_a_warning_becomes_an_alarm():
    player = new_player(eye=True)
    assert spans(player, 50, ids.CUE_WARN) == [(0, 50)]
    assert spans(player, 90, ids.CUE_OVER) == [(0, 30), (127, 60)], "80 ms of light in all"
    player = new_player(eye=True)
    assert spans(player, 100, ids.CUE_WARN) == [(0, 80), (89, 20)]
    assert spans(player, 60, ids.CUE_OVER) == [(127, 60)]
    assert spans(player, 5, ids.CUE_NONE) == [(0, 5)]
    assert spans(player, 81, ids.CUE_OVER) == [(0, 80), (127, 1)], "a new alert leads"


def test_ranks():
    player = new_player()
    player.ask(ids.CUE_LIFT)
    player.ask(ids.CUE_STEP)
    assert player.asked == ids.CUE_LIFT, "the higher one stays"
    player.ask(ids.CUE_DONE)
    assert player.asked == ids.CUE_DONE
    player.tick(MS, ids.CUE_NONE, 0)
    assert (player.cue, player.asked) == (ids.CUE_DONE, ids.CUE_NONE)
    player.ask(ids.CUE_STEP)
    player.tick(MS, ids.CUE_NONE, 0)
    assert player.cue == ids.CUE_DONE, "a lower one waits"
    player.ask(ids.CUE_FAULT)
    player.tick(MS, ids.CUE_WARN, 0)
    assert player.cue == ids.CUE_WARN, "an alert begins at once"
    player.tick(MS, ids.CUE_WARN, 0)
    assert player.cue == ids.CUE_FAULT, "a fault outranks it"
    player.tick(MS, ids.CUE_OVER, 0)
    assert player.cue == ids.CUE_FAULT


def test_the_same_cue_asked_again_waits_for_the_first():
    player = new_player()
    player.ask(ids.CUE_STEP)
    spans(player, 400)
    player.ask(ids.CUE_STEP)
    player.tick(MS, ids.CUE_NONE, 0)
    assert player.motor.level == 0 and player.asked == ids.CUE_STEP
    assert spans(player, 1450) == [(0, 100), (216, 300), (0, 1050)]
    assert not player.busy(), "each plays as often as its pattern says"


def test_alerts_change_and_end_at_once():
    player = new_player()
    spans(player, 10, ids.CUE_WARN)
    player.tick(MS, ids.CUE_OVER, 0)
    assert player.cue == ids.CUE_OVER and player.motor.level == 255
    player.tick(MS, ids.CUE_WARN, 0)
    assert player.cue == ids.CUE_WARN and player.motor.level == 140
    player.tick(MS, ids.CUE_NONE, 0)
    assert player.cue == ids.CUE_NONE and player.motor.level == 0


def test_silence_forgets_what_plays_and_what_waits():
    player = new_player()
    player.ask(ids.CUE_DONE)
    spans(player, 20)
    player.ask(ids.CUE_STEP)
    player.silence()
    assert player.motor.level == 0 and not player.busy()
    assert spans(player, 600) == [(0, 600)]


def test_pulses_to_the_microsecond():
    player = new_player(eye=True)
    player.tick(0, ids.CUE_OVER, 0)
    for us, level in ((79999, 0), (1, 127), (59999, 127), (1, 0), (59999, 0), (1, 127)):
        player.tick(us, ids.CUE_OVER, 0)
        assert player.motor.level == level, us


def test_fractions_are_cut():
    assert spans(new_player(eye=True, haptic_pct=99), 90, ids.CUE_WARN, 99)[1] == (117, 10)
    assert spans(new_player(), 10, ids.CUE_WARN, 99) == [(239, 10)]
    player = new_player(light_pct=33)
    player.scene((99, 199, 201), 0, False)
    player.tick(MS, ids.CUE_NONE, 0)
    assert player.light.colour == (32, 65, 66)
