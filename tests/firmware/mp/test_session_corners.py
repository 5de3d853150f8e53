"""A session in corners: limit events over steps, late harm in a step, the neck's prompt, pause, what the log says."""

from core import button, ids, patterns
from core.session_log import SessionLog
from core.trace_coder import TraceCoder
from core_rig import Rig, cheek


def ready(steps=None, **more):
    rig = Rig()
    rig.run(2500, 0)
    rig.begin(steps or [cheek()], **more)
    return rig


def excess(rig, count):
    """So many limit events, each with a lift of 2.5 s after it."""
    for _ in range(count):
        rig.run(600, 2700)
        rig.run(2500, 0)


def test_limit_events_add_up_over_the_steps_of_a_zone():
    rig = ready([cheek(), cheek(side="right"), {"zone": "jawline", "side": "left"}])
    excess(rig, 2)
    rig.session.gesture(button.DOUBLE)
    rig.run(2500, 0)
    assert rig.session.run.number == 1
    excess(rig, 1)
    assert rig.session.run.number == 2, "three in the zone"
    assert [row["end_reason"] for row in rig.log.steps] == [ids.END_SKIPPED, ids.END_ZONE_LIMITS]


def test_limit_events_of_another_zone_do_not_end_this_one():
    rig = ready([cheek(), {"zone": "jawline", "side": "left"}])
    excess(rig, 2)
    rig.session.gesture(button.DOUBLE)
    rig.run(2500, 0)
    rig.run(600, 3300)
    rig.run(2500, 0)
    assert rig.session.run.number == 1


def done_and_held(rig):
    """A step whose presses are done while the tip still presses."""
    rig.run(6000, 1200)
    assert rig.session.run.ending == ids.END_DONE


def test_limit_events_after_the_last_press_still_end_the_zone():
    rig = ready([cheek(presses=1), cheek(side="right", presses=1)])
    done_and_held(rig)
    for _ in range(3):
        rig.run(400, 2700)
        rig.run(400, 1000)
    rig.run(300, 0)
    assert [row["end_reason"] for row in rig.log.steps] == [ids.END_ZONE_LIMITS, ids.END_ZONE_LIMITS]


def test_a_tip_that_never_lifts_after_the_last_press_ends_the_zone():
    rig = ready([cheek(presses=1), cheek(side="right", presses=1)])
    done_and_held(rig)
    rig.run(25000, 1000)
    rig.run(300, 0)
    assert rig.log.steps[0]["end_reason"] == ids.END_LONG_CONTACT


def test_the_cue_to_lift_comes_once_and_again_every_3_s():
    rig = ready([cheek(presses=1)])
    done_and_held(rig)
    rig.events(ids.EVENT_LIFT_CUE)
    rig.motor_us = 0
    rig.run(1800, 1200)
    assert rig.motor_us < 20000, "said once"
    rig.run(7000, 1200)
    assert len(rig.events(ids.EVENT_LIFT_CUE)) == 3
    assert rig.motor_us > 500000


def neck():
    return {"zone": "neck", "side": "left"}


def test_an_unconfirmed_neck_is_judged_at_the_narrowest_limits():
    rig = ready([{"zone": "forehead", "side": "midline", "presses": 1, "hold_ms": 3000}, neck()])
    rig.run(100, 0)
    rig.run(4500, 2000)
    rig.run(2500, 0)
    assert rig.session.run.prompting
    rig.run(500, 2400)
    assert rig.watch.judge.limit_mn == 2000 and rig.player.cue == ids.CUE_OVER


def test_a_click_at_the_prompt_goes_on_to_the_next_step():
    rig = ready([neck(), cheek()])
    rig.session.gesture(button.SHORT)
    rig.run(100, 0)
    assert rig.session.run.number == 1 and rig.session.mode != ids.PAUSED
    assert rig.log.steps[0]["end_reason"] == ids.END_SKIPPED


def test_a_press_in_a_pause_is_no_hold():
    rig = ready()
    rig.run(2000, 1000)
    held_us = rig.watch.press_us
    assert held_us > 500000
    rig.session.gesture(button.SHORT)
    rig.run(5000, 1000)
    assert rig.watch.press_us == held_us and rig.session.run.presses == 0


def test_a_lifted_tip_is_not_told_as_pressing():
    rig = ready()
    rig.run(800, 1000)
    assert rig.session.mode == ids.PRESSING
    rig.run(800, 0)
    assert rig.session.mode == ids.LIFTED and rig.session.run.presses == 0


def test_after_a_fault_it_looks_dead():
    for reason, colour in (
        (ids.END_SENSOR, patterns.OFF),
        (ids.END_MOTOR, patterns.OFF),
        (ids.END_USB_POWER, patterns.WHITE_DIM),
    ):
        rig = ready()
        rig.session.end(reason)
        rig.run(4000, 0)
        assert rig.player.cue == ids.CUE_NONE
        seen = set()
        for _ in range(80):
            rig.run(50, 0)
            seen.add(rig.light.colour)
        assert (colour in seen) and (colour == patterns.OFF) == (len(seen) == 1), (reason, seen)


class Journal:
    """Keeps what is appended; drops events when told to."""

    def __init__(self):
        self.rows = []
        self.closed = None
        self.lost_events = self.lost_intervals = 0

    def append(self, kind, payload):
        self.rows.append((kind, bytes(payload)))

    def close(self, summary):
        self.closed = summary


class Clock:
    quality = ids.TIME_UNKNOWN

    def read(self):
        return 0


def test_events_of_practice_are_not_the_next_sessions():
    rig = Rig()
    rig.run(500, 0)
    for _ in range(50):
        rig.run(200, 2700)
        rig.run(400, 0)
    rig.watch.begin_session()
    assert rig.watch.events.take() is None and rig.watch.events.lost == 0
    rig.run(300, 1000)
    assert rig.watch.events.take()[1] == ids.EVENT_CONTACT


def test_lost_records_are_counted_once():
    rig = Rig()
    journal = Journal()
    log = SessionLog(journal, rig.watch, TraceCoder(250))
    rig.watch.begin_session()
    rig.watch.events.lost = 3
    rig.watch.intervals.lost = 4
    journal.lost_events = journal.lost_intervals = 5  # Journal.close adds its own
    log.close(ids.END_DONE, 1, Clock(), 0)
    assert (journal.closed["lost_events"], journal.closed["lost_intervals"]) == (3, 4)


def test_time_of_a_block_is_blind():
    rig = ready()
    rig.run(1000, 0)
    before_us = rig.watch.tally.blind_us
    rig.watch.block()
    rig.now_us += 90000
    rig.watch.unblock()
    rig.run(100, 0)
    assert 90000 <= rig.watch.tally.blind_us - before_us <= 130000
