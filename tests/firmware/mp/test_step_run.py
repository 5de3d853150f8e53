"""One step alone, on a watch whose fields the test sets."""

from core import ids, limits, patterns, step_run
from core.routine import Step
from core.step_run import StepRun


class Tally:
    us = 0

    def contact_us(self):
        return self.us


class Judge:
    contact = False


class Events:
    def __init__(self):
        self.found = []

    def put(self, t_ms, kind, value):
        self.found.append((t_ms, kind, value))


class Watch:
    """What a step reads and tells."""

    def __init__(self):
        self.judge = Judge()
        self.tally = Tally()
        self.events = Events()
        self.limit_events = 7
        self.press_open = False
        self.press_us = self.contact_us = self.light_us = 0
        self.gap_before_us = 2000000
        self.t_ms, self.session_start_ms = 5000, 1000
        self.used = []
        self.begun = 0

    def session_ms(self):
        return self.t_ms - self.session_start_ms

    def use_limits(self, held):
        self.used.append(held)

    def begin_step(self):
        self.begun += 1


class Player:
    def __init__(self):
        self.asked = []
        self.eye = None
        self.shown = None

    def ask(self, cue):
        self.asked.append(cue)

    def scene(self, colour, blinks, heartbeat):
        self.shown = (colour, blinks, heartbeat)


def new_run(zone=ids.CHEEKS, side=ids.LEFT, hold_ms=5000, presses=2, left_ms=30000, begin=True):
    held = limits.step_limits(zone, 0, 0, 1, limits.PACE_FIRST, limits.BY_PACE)
    run = StepRun(Watch(), Player(), 3, Step(zone, side, 0, hold_ms, presses, {}), held, left_ms)
    if begin:
        run.begin(True)
        run.tick(20)
        run.player.asked.clear()
    return run


def touch(run, contact_us=20000):
    run.watch.judge.contact = True
    run.watch.contact_us = contact_us
    return run.tick(20)


def lift(run):
    run.watch.judge.contact = False
    return run.tick(20)


def test_figures():
    assert (step_run.NECK_PROMPT_MS, step_run.CUE_AGAIN_US, step_run.TOO_LIGHT_US) == (
        30000,
        3000000,
        2000000,
    )


def test_a_new_step():
    run = new_run(begin=False)
    assert (run.number, run.presses, run.ending, run.prompt_ms, run.prompting) == (3, 0, 0, 0, False)
    assert (run.goal_ms, run.zone_left_ms) == (5000, 30000)
    assert new_run(hold_ms=20000, begin=False).goal_ms == 10000, "the pace's hold is the ceiling"


def test_it_is_shown_and_felt():
    for new_zone, cue in ((True, ids.CUE_NEXT_ZONE), (False, ids.CUE_STEP)):
        run = new_run(begin=False)
        run.begin(new_zone)
        assert run.player.asked == [cue] and run.player.eye is False
        assert run.watch.used == [run.limits] and run.watch.begun == 1
    for side, blinks in ((ids.LEFT, 1), (ids.RIGHT, 2), (ids.MIDLINE, 0)):
        run = new_run(side=side)
        assert run.player.shown == (patterns.ZONE_COLOURS[ids.CHEEKS], blinks, True)
    assert new_run(zone=ids.CROWS_FEET).player.eye is True


def test_the_neck_waits_for_its_owner():
    run = new_run(zone=ids.NECK, begin=False)
    run.begin(True)
    assert run.prompting and run.player.asked == [] and run.watch.used == [] and run.watch.begun == 1
    assert run.player.shown == (patterns.ZONE_COLOURS[ids.NECK], 3, True)
    touch(run, 31000000)
    assert run.ending == ids.END_OPEN and run.player.asked == []
    run.confirm()
    assert not run.prompting and run.watch.used == [run.limits]
    assert run.player.asked == [ids.CUE_NEXT_ZONE]
    assert run.player.shown == (patterns.ZONE_COLOURS[ids.NECK], 1, True)


def test_an_unconfirmed_neck_is_skipped_after_30_s():
    run = new_run(zone=ids.NECK, begin=False)
    run.begin(True)
    assert run.tick(29999) == ids.END_OPEN
    assert run.tick(1) == ids.END_SKIPPED
    run = new_run(zone=ids.NECK, begin=False)
    run.begin(True)
    run.ending = ids.END_SKIPPED
    assert run.tick(20) == ids.END_SKIPPED


def test_a_touch_opens_a_press_after_a_lift_of_two_seconds():
    for gap_us, opened in ((1999999, False), (2000000, True)):
        run = new_run()
        run.watch.gap_before_us = gap_us
        run.watch.press_us = 77
        touch(run)
        assert run.watch.press_open == opened, gap_us
        assert run.watch.press_us == (0 if opened else 77)


def test_a_contact_from_before_the_step_is_no_press():
    run = new_run(begin=False)
    run.begin(True)
    touch(run)
    assert not run.watch.press_open
    lift(run)
    touch(run)
    assert run.watch.press_open


def test_a_contact_that_goes_on_opens_no_second_press():
    run = new_run()
    touch(run)
    run.watch.press_open = False
    touch(run)
    assert not run.watch.press_open


def test_an_open_press_goes_on_after_a_slip():
    run = new_run()
    touch(run)
    run.watch.press_us = 3000000
    lift(run)
    touch(run)
    assert run.watch.press_open and run.watch.press_us == 3000000


def test_a_press_is_done_at_its_goal():
    run = new_run()
    touch(run)
    run.watch.press_us = 4999999
    touch(run)
    assert run.presses == 0 and run.watch.events.found == []
    run.watch.press_us = 5000000
    assert touch(run) == ids.END_OPEN
    assert run.presses == 1 and not run.watch.press_open
    assert run.watch.events.found == [(4000, ids.EVENT_PRESS_DONE, 1), (4000, ids.EVENT_LIFT_CUE, 0)]
    assert run.player.asked == [ids.CUE_LIFT]
    touch(run)
    assert run.presses == 1


def test_the_step_is_done_after_its_presses_and_ends_when_lifted():
    run = new_run(presses=1)
    touch(run)
    run.watch.press_us = 5000000
    touch(run)
    assert run.ending == ids.END_OPEN
    assert run.player.asked == [ids.CUE_LIFT]
    assert touch(run) == ids.END_OPEN and run.ending == ids.END_DONE
    assert run.player.asked == [ids.CUE_LIFT], "said once"
    touch(run, 20000000)
    assert run.player.asked == [ids.CUE_LIFT] * 2, "again later"
    assert run.ending == ids.END_DONE
    assert lift(run) == ids.END_DONE


def test_without_contact_it_ends_without_a_cue():
    run = new_run(presses=0)
    assert lift(run) == ids.END_DONE and run.player.asked == []


def test_three_limit_events_of_its_own_end_it():
    run = new_run()
    run.watch.limit_events += 2
    assert lift(run) == ids.END_OPEN
    run.watch.limit_events += 1
    assert lift(run) == ids.END_ZONE_LIMITS


def test_thirty_seconds_of_contact_end_it():
    for contact_us, ending in ((29999999, ids.END_OPEN), (30000000, ids.END_LONG_CONTACT)):
        run = new_run()
        touch(run, contact_us)
        assert run.ending == ending
    run = new_run()
    run.watch.contact_us = 40000000
    assert lift(run) == ids.END_OPEN, "it was lifted in time"


def test_the_zones_time_ends_it():
    run = new_run(left_ms=12000)
    run.watch.tally.us = 11999999
    assert run.used_ms() == 11999 and lift(run) == ids.END_OPEN
    run.watch.tally.us = 12000000
    assert lift(run) == ids.END_ZONE_TIME


def test_the_gravest_reason_is_the_one_logged():
    run = new_run(left_ms=0, presses=0, begin=False)
    run.watch.limit_events += 3
    touch(run, 30000000)
    assert run.ending == ids.END_ZONE_LIMITS
    run = new_run(left_ms=0, presses=0, begin=False)
    touch(run, 30000000)
    assert run.ending == ids.END_LONG_CONTACT
    run = new_run(left_ms=0, presses=0, begin=False)
    assert lift(run) == ids.END_ZONE_TIME


def test_lift_cue_at_the_hold_ceiling_and_again_each_three_seconds():
    run = new_run(hold_ms=8000)
    touch(run)
    cues = []
    for contact_us in (9999999, 10000000, 12999999, 13000000, 15999999, 16000000):
        run.player.asked.clear()
        touch(run, contact_us)
        cues.append(len(run.player.asked))
    assert cues == [0, 1, 0, 1, 0, 1]
    assert run.watch.events.found[0] == (4000, ids.EVENT_LIFT_CUE, 0)
    lift(run)
    run.player.asked.clear()
    touch(run, 20000)
    touch(run, 10000000)
    assert run.player.asked == [ids.CUE_LIFT], "a new contact has its own ceiling"


def test_after_a_done_press_the_lift_cue_comes_again_after_three_seconds():
    run = new_run(presses=5)
    touch(run)
    run.watch.press_us = 5000000
    touch(run, 11000000)
    run.player.asked.clear()
    touch(run, 13999999)
    assert run.player.asked == []
    touch(run, 14000000)
    assert run.player.asked == [ids.CUE_LIFT]


def test_too_light_for_two_seconds_is_told_and_counts_anew():
    run = new_run()
    touch(run)
    run.watch.light_us = 1999999
    touch(run)
    assert run.player.asked == []
    run.watch.light_us = 2000000
    touch(run)
    assert run.player.asked == [ids.CUE_LIGHT_TOUCH] and run.watch.light_us == 0
    touch(run)
    assert run.player.asked == [ids.CUE_LIGHT_TOUCH]


def test_nobody_is_coached_without_contact():
    run = new_run()
    run.watch.light_us = 3000000
    run.watch.press_open, run.watch.press_us = True, 9000000
    lift(run)
    assert run.player.asked == [] and run.presses == 0
