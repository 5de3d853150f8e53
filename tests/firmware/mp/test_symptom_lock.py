"""The lock after a warning sign, to the second, on counters alone."""

from core import ids
from core.symptom import LOCK_S, SymptomLock
from dose_rig import Rig

SIGN = min(ids.SYMPTOM_NAMES)


class Locked(Rig):
    def power_up(self):
        super().power_up()
        self.lock = SymptomLock(self.counters, self.clock)


def test_a_new_tool_is_not_locked():
    lock = Locked().lock
    assert (lock.symptom(), lock.left_s(), lock.why(), lock.kept()) == (0, 0, "", True)


def test_it_lasts_72_hours_to_the_second():
    assert LOCK_S == 259200
    rig = Locked()
    rig.lock.lock(SIGN)
    assert (rig.lock.symptom(), rig.lock.left_s()) == (SIGN, LOCK_S)
    rig.pass_s(LOCK_S - 1)
    assert (rig.lock.symptom(), rig.lock.left_s()) == (SIGN, 1)
    rig.pass_s(1)
    assert (rig.lock.symptom(), rig.lock.left_s(), rig.lock.why()) == (0, 0, "")
    rig.pass_s(5)
    assert rig.lock.left_s() == 0


def test_why_names_the_sign_and_the_hours_rounded_up():
    rig = Locked()
    rig.lock.lock(SIGN)
    name = ids.SYMPTOM_NAMES[SIGN].replace("_", " ")
    said = "a warning sign was reported (%s): no session for %d h of running time; ask a professional first"
    assert rig.lock.why() == said % (name, 72)
    rig.pass_s(1)
    assert rig.lock.why() == said % (name, 72)
    rig.pass_s(3599)
    assert rig.lock.why() == said % (name, 71)
    rig.pass_s(LOCK_S - 3600 - 1)
    assert rig.lock.why() == said % (name, 1)


def test_it_is_kept_only_once_it_is_written():
    rig = Locked()
    rig.lock.lock(SIGN)
    assert not rig.lock.kept()
    rig.power_up()
    assert rig.lock.left_s() == 0, "nothing was written yet"
    rig.lock.lock(SIGN)
    rig.ticks += 300000
    rig.lock.keep()
    assert rig.lock.kept()
    rig.power_up()
    assert rig.lock.kept() and rig.lock.left_s() == LOCK_S - 300


def test_running_time_is_kept_every_ten_minutes_while_it_locks():
    rig = Locked()
    rig.lock.lock(SIGN)
    rig.lock.keep()
    rig.ticks += 599000
    assert not rig.counters.is_life_due(rig.clock)
    rig.ticks += 1000
    assert rig.counters.is_life_due(rig.clock)
    assert rig.counters.keep_time(rig.clock)
    assert not rig.counters.is_life_due(rig.clock)
    rig.ticks += 600000
    assert rig.counters.is_life_due(rig.clock)


def test_a_lock_that_is_over_is_no_reason_to_write():
    rig = Locked()
    rig.lock.lock(SIGN)
    rig.lock.keep()
    rig.pass_s(LOCK_S)
    rig.counters.keep_time(rig.clock)
    rig.ticks += 3000000
    assert not rig.counters.is_life_due(rig.clock)
