"""The judge alone, sample by sample, at its edges."""

from core import ids, limits
from core.judge import ALERT_OVER, ALERT_WARN, JAB_HOLD_US, NO_ALERT, OVERLOAD_SAMPLES, Judge

DT_US = 3125
LO, HI, WARN, LIMIT = 600, 1800, 2100, 2500


def new_judge(force_mn=None):
    judge = Judge()
    judge.set_limits(LO, HI, WARN, LIMIT)
    if force_mn is not None:
        take(judge, 300)
        take(judge, force_mn)
    return judge


def take(judge, force_mn, slope=0, ahead=None, dt_us=DT_US):
    judge.take(force_mn, slope, force_mn if ahead is None else ahead, dt_us)
    return judge.news


def warned():
    judge = new_judge(2200)
    assert take(judge, 2200) == Judge.NEWS_WARN
    return judge


def over():
    judge = new_judge(2600)
    assert judge.alert == ALERT_OVER
    return judge


def test_names_of_news_and_alerts_are_apart():
    news = [getattr(Judge, name) for name in dir(Judge) if name.startswith("NEWS_")]
    assert sorted(news) == [1, 2, 4, 8, 16, 32, 64, 128]
    assert (NO_ALERT, ALERT_WARN, ALERT_OVER) == (0, 1, 2)
    assert (OVERLOAD_SAMPLES, JAB_HOLD_US) == (2, 240000)


def test_a_new_judge_knows_nothing_and_takes_every_contact_for_over():
    judge = Judge()
    assert (judge.contact, judge.state, judge.alert) == (False, ids.NO_CONTACT, NO_ALERT)
    assert (judge.news, judge.reaction_ms) == (0, 0)
    assert (judge.lo_mn, judge.hi_mn, judge.warn_mn, judge.limit_mn) == (0, 0, 0, 0)
    assert take(judge, 250) == Judge.NEWS_CONTACT | Judge.NEWS_OVER
    assert judge.state == ids.OVER


def test_contact_has_its_edges():
    judge = new_judge()
    assert take(judge, 249) == 0 and not judge.contact and judge.state == ids.NO_CONTACT
    assert take(judge, 250) == Judge.NEWS_CONTACT and judge.contact and judge.state == ids.LIGHT
    assert take(judge, 150) == 0 and judge.contact
    assert take(judge, 149) == Judge.NEWS_LIFT and not judge.contact and judge.state == ids.NO_CONTACT
    assert take(judge, 249) == 0


def test_bands_have_their_edges():
    edges = (
        (599, ids.LIGHT), (600, ids.IN_BAND), (1800, ids.IN_BAND), (1801, ids.HIGH), (2100, ids.HIGH),
        (2101, ids.WARN), (2500, ids.WARN), (2501, ids.OVER), (8000, ids.OVER),
    )  # fmt: skip
    for force_mn, state in edges:
        judge = new_judge(force_mn)
        assert judge.state == state, (force_mn, judge.state)


def test_no_contact_is_over_nothing():
    judge = Judge()
    judge.set_limits(10, 20, 30, 40)
    assert take(judge, 60) == 0
    assert judge.state == ids.NO_CONTACT


def test_overload_needs_two_samples_in_a_row():
    judge = new_judge(8001)
    assert judge.state == ids.OVER and not judge.news & Judge.NEWS_OVERLOAD
    take(judge, 8000)
    assert take(judge, 8001) == 0 and judge.state == ids.OVER
    assert take(judge, 8001) == Judge.NEWS_OVERLOAD and judge.state == ids.OVERLOAD
    assert take(judge, 8001) == Judge.NEWS_OVERLOAD


def test_restart_forgets_a_first_overload_sample():
    judge = new_judge(8001)
    judge.restart()
    take(judge, 8001)
    assert judge.state == ids.OVER
    take(judge, 8001)
    assert judge.state == ids.OVERLOAD


def test_warn_needs_two_samples_in_a_row():
    judge = new_judge(2111)
    assert judge.news == 0 and judge.alert == NO_ALERT
    take(judge, 2110)
    assert take(judge, 2111) == 0
    assert take(judge, 2111) == Judge.NEWS_WARN and judge.alert == ALERT_WARN
    assert take(judge, 2111) == 0


def test_restart_forgets_a_first_warned_sample():
    judge = new_judge(2111)
    judge.restart()
    assert take(judge, 2111) == 0
    assert take(judge, 2111) == Judge.NEWS_WARN


def test_look_ahead_warns_above_the_limit_only():
    judge = new_judge(700)
    for ahead, news in ((2500, 0), (2500, 0), (2501, 0), (2501, Judge.NEWS_WARN)):
        assert take(judge, 700, 0, ahead) == news, ahead


def test_warn_leaves_after_150_ms_below():
    judge = warned()
    for _ in range(47):
        assert take(judge, 2110) == 0 and judge.alert == ALERT_WARN
    take(judge, 2111)
    for _ in range(47):
        assert take(judge, 2110) == 0
    assert take(judge, 2110) == Judge.NEWS_RELEASED and judge.alert == NO_ALERT
    assert judge.reaction_ms == (47 + 1) * DT_US // 1000


def test_calm_of_the_alert_before_does_not_count():
    judge = warned()
    for _ in range(48):
        take(judge, 2100)
    assert judge.alert == NO_ALERT
    take(judge, 2200)
    take(judge, 2200)
    assert judge.alert == ALERT_WARN
    for _ in range(47):
        assert take(judge, 2100) == 0
    assert take(judge, 2100) == Judge.NEWS_RELEASED
    assert judge.reaction_ms == 0


def test_warn_at_exactly_150_ms_of_calm():
    judge = warned()
    take(judge, 2000, dt_us=149999)
    assert judge.alert == ALERT_WARN
    take(judge, 2000, dt_us=1)
    assert judge.alert == NO_ALERT


def test_over_is_at_once_and_counts_once():
    judge = new_judge(2500)
    assert judge.alert == NO_ALERT
    assert take(judge, 2501) == Judge.NEWS_OVER
    assert judge.alert == ALERT_OVER
    assert take(judge, 2600) == 0


def test_over_counts_again_each_two_seconds():
    judge = over()
    assert take(judge, 2600, dt_us=1999999) == 0
    assert take(judge, 2600, dt_us=1) == Judge.NEWS_OVER_AGAIN
    assert take(judge, 2600, dt_us=1999999) == 0
    assert take(judge, 2600, dt_us=3) == Judge.NEWS_OVER_AGAIN
    assert take(judge, 2600, dt_us=1999998) == Judge.NEWS_OVER_AGAIN, "what is left over is kept"


def test_a_new_excess_counts_its_time_from_its_own_start():
    judge = over()
    take(judge, 2600, dt_us=1900000)
    take(judge, 1500)
    assert judge.alert == NO_ALERT
    assert take(judge, 2600) == Judge.NEWS_OVER
    assert take(judge, 2600, dt_us=1900000) == 0


def test_restart_forgets_the_time_of_an_excess():
    judge = over()
    take(judge, 2600, dt_us=1500000)
    judge.restart()
    assert judge.alert == NO_ALERT
    assert take(judge, 2600) == Judge.NEWS_OVER
    assert take(judge, 2600, dt_us=1999999) == 0
    assert take(judge, 2600, dt_us=1) == Judge.NEWS_OVER_AGAIN


def test_over_holds_until_200_mn_under_the_top():
    judge = over()
    for force_mn in (2400, 1900, 1600):
        assert take(judge, force_mn) == 0 and judge.alert == ALERT_OVER
    assert take(judge, 1599) == Judge.NEWS_RELEASED and judge.alert == NO_ALERT
    assert judge.reaction_ms == 4 * DT_US // 1000


def test_reaction_of_an_over_that_began_as_warn_counts_from_the_warning():
    judge = warned()
    take(judge, 2600, dt_us=5000)
    assert judge.alert == ALERT_OVER
    take(judge, 1500, dt_us=7000)
    assert judge.reaction_ms == 12


def test_reaction_without_a_warning_counts_from_the_excess():
    judge = over()
    take(judge, 1500, dt_us=7000)
    assert judge.reaction_ms == 7
    take(judge, 2600)
    take(judge, 1500, dt_us=9000)
    assert judge.reaction_ms == 9


def test_reaction_is_cut_to_whole_milliseconds():
    for start in (over, warned):
        judge = start()
        take(judge, 2600, dt_us=5000 if start is warned else 0)
        take(judge, 1500, dt_us=3999)
        assert judge.reaction_ms == (8 if start is warned else 3)


def test_reaction_of_a_warning_is_without_the_calm_that_ended_it():
    judge = warned()
    take(judge, 2200, dt_us=60000)
    while judge.alert:
        take(judge, 1500, dt_us=4000)
    assert judge.reaction_ms == 62, "60 ms, and 38 samples of 4 ms less 150"


def test_what_an_alert_leaves_behind_changes_no_limit():
    judge = over()
    take(judge, 2600, dt_us=900000)
    take(judge, 1500)
    assert judge.reaction_ms == 903
    for force_mn in (2200, 2200, 2200):
        take(judge, force_mn)
    assert judge.reaction_ms == 903 and judge.alert == ALERT_WARN
    assert (judge.lo_mn, judge.hi_mn, judge.warn_mn, judge.limit_mn) == (LO, HI, WARN, LIMIT)


def test_reaction_time_has_a_ceiling():
    judge = over()
    take(judge, 2600, dt_us=599999999)
    take(judge, 2600, dt_us=1000)
    take(judge, 1000, dt_us=1)
    assert judge.reaction_ms == 600000


def test_an_alert_goes_on_after_the_lift_until_it_is_released():
    judge = over()
    assert take(judge, 100) == Judge.NEWS_LIFT | Judge.NEWS_RELEASED
    judge = warned()
    assert take(judge, 100) == Judge.NEWS_LIFT and judge.alert == ALERT_WARN
    assert take(judge, 100, dt_us=150000) == Judge.NEWS_RELEASED


def test_without_contact_and_alert_nothing_is_said():
    judge = new_judge()
    assert take(judge, 100, 50000, 9000) == 0
    assert take(judge, 100, 50000, 9000) == 0
    assert judge.alert == NO_ALERT


def test_a_jab_is_told_once_and_warns_for_240_ms():
    judge = new_judge(700)
    assert take(judge, 700, 20000) == 0
    assert take(judge, 700, 20001) == Judge.NEWS_JAB
    assert take(judge, 700, 20001) == Judge.NEWS_WARN
    assert take(judge, 700, 0, dt_us=239999) == 0
    assert judge.alert == ALERT_WARN
    take(judge, 700, 0, dt_us=1)
    for _ in range(46):
        assert take(judge, 700) == 0
    take(judge, 700, dt_us=6250)
    assert judge.alert == NO_ALERT


def test_two_jabs_are_two():
    judge = new_judge(700)
    assert take(judge, 700, 30000) & Judge.NEWS_JAB
    take(judge, 700, 0, dt_us=239999)
    assert not take(judge, 700, 30000) & Judge.NEWS_JAB
    take(judge, 700, 0, dt_us=240000)
    assert take(judge, 700, 30000) & Judge.NEWS_JAB


def test_restart_forgets_a_jab():
    judge = new_judge(700)
    take(judge, 700, 30000)
    judge.restart()
    assert take(judge, 700) == 0 and take(judge, 700) == 0
    assert take(judge, 700, 30000) == Judge.NEWS_JAB


def test_loudness_goes_from_warn_to_limit():
    judge = new_judge()
    for force_mn, loudness in (
        (0, 0),
        (2100, 0),
        (2104, 1),
        (2300, 50),
        (2499, 99),
        (2500, 100),
        (9000, 100),
    ):
        assert judge.loudness(force_mn) == loudness, force_mn
    judge.set_limits(LO, HI, 2500, 2500)
    assert judge.loudness(0) == 100
    judge.set_limits(LO, HI, 2499, 2500)
    assert judge.loudness(2499) == 0


def test_limits_hold_from_the_next_sample():
    judge = new_judge(1500)
    judge.set_limits(100, 200, 300, 1499)
    assert (judge.lo_mn, judge.hi_mn, judge.warn_mn, judge.limit_mn) == (100, 200, 300, 1499)
    assert take(judge, 1500) == Judge.NEWS_OVER
    assert limits.CONTACT_END_MN == 150
