"""A session at its edges: ceilings to the millisecond, ranks of reasons, pause, gestures, what is shown and said."""

from core import button, ids, limits, patterns, routine, session
from core.session import Session
from core_rig import Rig, cheek, limits_of


def ready(steps=None, session_ms=300000, rested=None, first_ms=200):
    rig = Rig()
    rig.run(first_ms, 0)
    rig.begin(steps or [cheek()], session_ms, rested)
    return rig


def quiet(rig):
    """Let patterns end."""
    rig.run(1500, 0)
    rig.player.silence()
    return rig


def test_figures():
    assert session.IDLE_MS == 120000
    assert session.DONE_REASONS == (ids.END_DONE, ids.END_SESSION_TIME)
    assert session.STOP_REASONS == (ids.END_BUTTON, ids.END_IDLE)


def test_a_new_session():
    rig = ready(session_ms=90000)
    s = rig.session
    assert (s.mode, s.active_ms, s.end_reason, s.over()) == (ids.READY, 0, ids.END_OPEN, False)
    assert s.session_ms == 90000 and s.refused == [] and s.pressed() == [] and s.zone_used_ms() == 0
    assert s.run.number == 0 and rig.log.step == 0
    assert ready(session_ms=10**6).session.session_ms == 300000, "the routine asked for less"


def test_the_ceiling_of_the_session_is_exact():
    s = ready(session_ms=60000).session
    s.tick(59999)
    assert s.active_ms == 59999 and not s.over()
    s.tick(1)
    assert s.end_reason == ids.END_SESSION_TIME and s.mode == ids.DONE


def test_idle_is_exact_and_contact_ends_it():
    s = ready().session
    s.tick(119999)
    assert not s.over()
    s.tick(1)
    assert s.end_reason == ids.END_IDLE and s.mode == ids.STOPPED
    rig = ready()
    rig.session.tick(119000)
    rig.watch.judge.contact = True
    rig.session.tick(20)
    rig.watch.judge.contact = False
    rig.session.tick(119999)
    assert not rig.session.over()
    rig.session.tick(1)
    assert rig.session.end_reason == ids.END_IDLE


def test_idle_goes_before_the_ceiling_of_the_session():
    s = ready(session_ms=120000).session
    s.tick(120000)
    assert s.end_reason == ids.END_IDLE


def test_a_paused_session_is_idle_too_but_its_time_stands_still():
    s = ready().session
    s.gesture(button.SHORT)
    s.tick(119999)
    assert s.active_ms == 0 and not s.over()
    s.tick(1)
    assert s.end_reason == ids.END_IDLE


def test_six_limit_events_since_its_start():
    rig = Rig()
    rig.run(200, 0)
    rig.watch.limit_events = 5
    rig.begin([cheek(), {"zone": "jawline", "side": "left"}])
    rig.watch.limit_events += 5
    rig.session.tick(20)
    assert not rig.session.over()
    rig.watch.limit_events += 1
    rig.session.tick(20)
    assert rig.session.end_reason == ids.END_SESSION_LIMITS and rig.session.mode == ids.ABORTED


def test_the_gravest_reason_comes_first():
    for fault, overload, events, reason in (
        (ids.FAULT_STALE, True, 6, ids.END_SENSOR),
        (0, True, 6, ids.END_OVERLOAD),
        (0, False, 6, ids.END_SESSION_LIMITS),
    ):
        rig = ready()
        rig.watch.fault, rig.watch.overload, rig.watch.limit_events = fault, overload, events
        rig.session.gesture(button.SHORT)
        rig.session.tick(20)
        assert rig.session.end_reason == reason


def test_modes():
    rig = ready()
    s = rig.session
    s.tick(20)
    assert s.mode == ids.READY
    rig.watch.judge.contact = True
    s.tick(20)
    assert s.mode == ids.PRESSING
    rig.watch.judge.contact = False
    s.run.presses = 1
    s.tick(20)
    assert s.mode == ids.LIFTED


def test_the_first_end_stands():
    s = ready().session
    s.end(ids.END_BUTTON)
    s.end(ids.END_SENSOR)
    assert s.end_reason == ids.END_BUTTON and s.mode == ids.STOPPED
    s.tick(10**6)
    s.gesture(button.SHORT)
    assert s.mode == ids.STOPPED and s.active_ms == 0


def test_what_an_end_shows_and_says():
    for reason, cue, mode in (
        (ids.END_DONE, ids.CUE_DONE, ids.DONE),
        (ids.END_SESSION_TIME, ids.CUE_DONE, ids.DONE),
        (ids.END_BUTTON, ids.CUE_DONE, ids.STOPPED),
        (ids.END_MOTOR, ids.CUE_FAULT, ids.ABORTED),
    ):
        rig = quiet(ready([{"zone": "crows_feet", "side": "left"}]))
        assert rig.player.eye
        shown = []
        rig.player.scene = lambda colour, blinks, heartbeat: shown.append((colour, blinks, heartbeat))
        rig.session.end(reason)
        assert (rig.session.mode, rig.player.asked, rig.player.eye) == (mode, cue, False)
        assert shown == [(patterns.OFF if reason == ids.END_MOTOR else patterns.WHITE_DIM, 0, True)]
        assert rig.log.steps[-1]["end_reason"] == (ids.END_OPEN if reason == ids.END_DONE else reason)
        assert not rig.watch.counting and rig.session.run is None


def test_after_the_end_the_narrowest_limits_hold():
    rig = ready([{"zone": "forehead", "side": "midline"}])
    rig.run(2500, 0)
    rig.run(500, 1200)
    assert rig.watch.judge.limit_mn == 4500
    rig.session.end(ids.END_BUTTON)
    assert rig.watch.judge.limit_mn == 2000


def test_a_pause_stops_the_count_and_narrows():
    rig = ready([{"zone": "forehead", "side": "left"}])
    rig.run(2500, 0)
    rig.run(500, 1200)
    rig.events(0)
    shown = []
    real = rig.player.scene
    rig.player.scene = lambda *what: shown.append(what) or real(*what)
    closed = rig.watch.intervals.head
    rig.session.gesture(button.SHORT)
    assert rig.session.mode == ids.PAUSED and not rig.watch.counting
    assert rig.watch.judge.limit_mn == 2000 and shown == [(patterns.PAUSE, 0, True)]
    assert rig.watch.intervals.head == closed + 1, "the interval in progress is closed"
    event = rig.watch.events.take()
    assert event == (rig.watch.t_ms - rig.watch.session_start_ms, ids.EVENT_PAUSE, 0)
    rig.run(2500, 0)
    rig.session.gesture(button.SHORT)
    assert rig.session.mode == ids.LIFTED and rig.watch.counting
    assert shown[1:] == [(patterns.ZONE_COLOURS[ids.FOREHEAD], 1, True)]
    event = None
    while event is None or event[1] != ids.EVENT_RESUME:
        event = rig.watch.events.take()
    assert event == (rig.watch.t_ms - rig.watch.session_start_ms, ids.EVENT_RESUME, 0)
    rig.run(300, 1200)
    assert rig.watch.judge.limit_mn == 4500


def test_gestures_that_stop():
    for gesture in (button.MEDIUM, button.LONG, button.RECOVERY):
        s = ready().session
        s.gesture(gesture)
        assert s.end_reason == ids.END_BUTTON
    s = ready().session
    s.gesture(button.NOTHING)
    s.gesture(button.TRIPLE)
    assert not s.over() and s.mode == ids.READY and s.run.ending == ids.END_OPEN


def test_a_double_click_skips_the_step_only():
    s = ready([cheek(), cheek(side="right")]).session
    s.gesture(button.DOUBLE)
    s.tick(20)
    assert s.run.number == 1 and not s.over()


def test_zone_time_adds_up_over_steps_of_a_side():
    rig = ready([cheek(presses=1, hold_ms=3000), cheek(point="ST7"), cheek(side="right")])
    rig.run(2500, 0)
    rig.run(4000, 1000)
    used = rig.session.zone_used_ms()
    assert 3900 <= used <= 4000
    rig.run(500, 0)
    s = rig.session
    assert s.run.number == 1 and rig.log.step == 1
    assert s.pressed() == [(ids.CHEEKS, ids.LEFT)]
    assert used <= s.zone_used_ms() <= used + 30
    assert s.run.zone_left_ms == 30000 - s.zone_used_ms()
    s.gesture(button.DOUBLE)
    rig.run(100, 0)
    assert s.run.zone_left_ms == 30000 and s.zone_used_ms() == 0
    s.gesture(button.DOUBLE)
    rig.run(100, 0)
    assert s.over() and s.zone_used_ms() == 0
    assert s.pressed() == [(ids.CHEEKS, ids.LEFT)], "a side without contact was not pressed"


def test_a_used_up_zone_is_passed_over_with_its_reason():
    rig = ready([cheek(), cheek(point="ST7"), cheek(side="right")])
    rig.session._zone_ms[(ids.CHEEKS, ids.LEFT)] = 30000
    rig.session.gesture(button.DOUBLE)
    rig.session.tick(20)
    assert rig.session.run.number == 2
    assert rig.session.refused == [(1, ids.END_ZONE_TIME)]
    assert rig.log.steps[1]["end_reason"] == ids.END_ZONE_TIME
    assert rig.log.steps[1]["contact_ms"] == 0
    rig = ready([cheek(), cheek(point="ST7")])
    rig.session._zone_ms[(ids.CHEEKS, ids.LEFT)] = 29999
    rig.session.gesture(button.DOUBLE)
    rig.session.tick(20)
    assert rig.session.run.number == 1 and rig.session.run.zone_left_ms == 1


def test_a_zone_that_was_ended_stays_so():
    for reason, goes_on in (
        (ids.END_ZONE_LIMITS, False), (ids.END_LONG_CONTACT, False), (ids.END_SKIPPED, True),
    ):  # fmt: skip
        rig = ready([cheek(), cheek(side="right")])
        rig.session.run.ending = reason
        rig.session.tick(20)
        assert rig.session.over() != goes_on
        if not goes_on:
            assert rig.session.refused == [(1, ids.END_ZONE_LIMITS)]


def test_a_refused_step_logs_nothing_of_the_one_before():
    rig = ready([cheek(), {"zone": "forehead", "side": "midline"}], rested=lambda zone: zone == ids.CHEEKS)
    rig.run(2500, 0)
    rig.run(1000, 1000)
    rig.session.gesture(button.DOUBLE)
    rig.run(200, 0)
    assert rig.log.steps[0]["contact_ms"] > 900
    assert rig.log.steps[1]["contact_ms"] == 0 and rig.log.steps[1]["end_reason"] == ids.END_REFUSED
    assert rig.session.end_reason == ids.END_DONE and not rig.watch.counting


def test_a_step_without_room_is_refused_in_the_session():
    rig = Rig()
    rig.run(200, 0)
    narrow = limits_of(None)
    narrow.scale(70, limits.BY_PROFILE)
    checked = routine.check({"format": 1, "name": "n", "steps": [cheek()]})[0]
    s = Session(rig.watch, rig.player, rig.log, checked, lambda _step: narrow, 60000, lambda _zone: True)
    assert s.refused == [(0, ids.END_REFUSED)] and s.end_reason == ids.END_DONE


def test_a_new_zone_is_felt_otherwise_than_a_new_step():
    rig = ready([cheek(), cheek(point="ST7"), {"zone": "jawline", "side": "left"}])
    cues = [rig.player.asked or rig.player.cue]
    for _ in range(2):
        quiet(rig)
        rig.session.gesture(button.DOUBLE)
        rig.session.tick(20)
        cues.append(rig.player.asked)
    assert cues == [ids.CUE_NEXT_ZONE, ids.CUE_STEP, ids.CUE_NEXT_ZONE]


def test_each_step_begins_with_its_event():
    rig = Rig()
    rig.run(200, 0)
    rig.begin([cheek(), {"zone": "jawline", "side": "left"}])
    rig.run(1000, 0)
    rig.session.gesture(button.DOUBLE)
    rig.session.tick(20)
    t_ms = rig.watch.t_ms - rig.watch.session_start_ms
    found = []
    event = rig.watch.events.take()
    while event is not None:
        found.append(event)
        event = rig.watch.events.take()
    assert found == [(0, ids.EVENT_STEP_START, ids.CHEEKS), (t_ms, ids.EVENT_STEP_START, ids.JAWLINE)]
