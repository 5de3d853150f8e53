"""The lock after a warning sign: 72 h of the tool's own running time, over power cycles, whatever the clock says."""

import sys

from sim import task_queue

sys.modules["_asyncio"] = task_queue
import asyncio

from core import guest, ids
from core.counters import KEEP_LOCK_S, Counters
from core.errors import StorageError
from core.journal import Journal
from core.service import Service
from core.symptom import LOCK_S, SymptomLock
from dose_rig import DAY_S, HOUR_S, NOON_S, Rig
from sim_rig import PRESS, click, run, started, until

RUNTIMES = ("micropython",)
PATH = ("firmware/sim/shadow",)
HEAP = "16m"
TIMEOUT_S = 100


class Locked(Rig):
    """Counters with a lock on them."""

    def power_up(self):
        super().power_up()
        self.lock = SymptomLock(self.counters, self.clock)

    def runs(self, seconds):
        """Run for so long, minute by minute as the tool does."""
        while seconds > 0:
            step_s = min(seconds, 60)
            self.pass_s(step_s)
            seconds -= step_s


def locked():
    rig = Locked()
    rig.lock.lock(ids.SYMPTOM_DIZZY)
    rig.lock.keep()
    return rig


def test_no_lock_at_first():
    rig = Locked()
    assert (rig.lock.left_s(), rig.lock.symptom(), rig.lock.why()) == (0, 0, "")
    assert rig.lock.kept()


def test_it_holds_for_72_hours_of_running_time_and_then_ends():
    rig = locked()
    assert rig.lock.left_s() == LOCK_S == 72 * HOUR_S
    assert rig.lock.why() == (
        "a warning sign was reported (dizziness): no session for 72 h of running time; ask a professional first"
    )
    rig.runs(LOCK_S - 1)
    assert rig.lock.left_s() == 1 and "for 1 h" in rig.lock.why()
    rig.runs(1)
    assert (rig.lock.left_s(), rig.lock.symptom(), rig.lock.why()) == (0, 0, "")
    rig.runs(3 * HOUR_S)
    assert not rig.counters.is_life_due(rig.clock), "nothing is worth keeping any more"


def test_it_is_in_force_before_it_is_kept():
    rig = Locked()
    rig.lock.lock(ids.SYMPTOM_PAIN)
    assert rig.lock.left_s() == LOCK_S and not rig.lock.kept()
    rig.lock.keep()
    assert rig.lock.kept()


def test_power_cycles_end_nothing():
    rig = locked()
    for _ in range(30):
        rig.pass_s(KEEP_LOCK_S - 1)  # less than what is kept
        rig.power_up()
    assert rig.lock.left_s() == LOCK_S
    assert rig.lock.symptom() == ids.SYMPTOM_DIZZY


def test_running_time_adds_up_over_power_cycles_with_no_clock():
    rig = locked()
    for day in range(3):
        assert rig.lock.left_s() > 0, day
        rig.runs(DAY_S)
        rig.power_up()
    assert rig.lock.left_s() == 0


def test_at_most_ten_minutes_are_lost_to_a_power_cut():
    assert KEEP_LOCK_S == 600
    rig = locked()
    rig.runs(10 * HOUR_S + 599)
    rig.power_up()
    assert rig.lock.left_s() == LOCK_S - 10 * HOUR_S


def test_a_tool_that_is_on_for_a_quarter_of_an_hour_a_day_comes_to_its_end():
    rig = locked()
    days = 0
    while rig.lock.left_s():
        rig.runs(900)
        rig.power_up()
        days += 1
    assert days == LOCK_S // 600


def test_no_clock_ends_it():
    for reset in (False, True):
        rig = locked()
        rig.clock.set(NOON_S)
        if reset:
            rig.power_up()
        for unix_s in (NOON_S + 4 * DAY_S, NOON_S + 400 * DAY_S, NOON_S - 40 * DAY_S, NOON_S + 800 * DAY_S):
            rig.clock.set(unix_s)
            assert rig.lock.left_s() == LOCK_S
        rig.power_up()
        rig.clock.set(NOON_S + 900 * DAY_S)
        assert rig.lock.left_s() == LOCK_S


def test_a_second_report_begins_anew():
    rig = locked()
    rig.runs(50 * HOUR_S)
    rig.lock.lock(ids.SYMPTOM_NUMB)
    assert (rig.lock.left_s(), rig.lock.symptom()) == (LOCK_S, ids.SYMPTOM_NUMB)


def test_every_sign_has_its_words():
    for symptom in ids.SYMPTOM_NAMES:
        rig = Locked()
        rig.lock.lock(symptom)
        assert ids.SYMPTOM_NAMES[symptom].replace("_", " ") in rig.lock.why()
        assert len(rig.lock.why()) <= 120, "the desktop shows so much"


def test_a_locked_tool_refuses_and_says_why():
    async def script(tool, plant):
        service = Service(tool)
        await asyncio.sleep_ms(500)
        service.report_symptom(ids.SYMPTOM_VISION)
        assert service.symptom() == {"symptom": ids.SYMPTOM_VISION, "left_s": LOCK_S, "kept": False}
        assert "vision change" in service.state()["locked_by"], "before any click"
        assert await until(lambda: service.symptom()["kept"], 1000)
        await click(plant)
        assert await until(lambda: tool.player.cue == ids.CUE_FAULT, 2000)
        assert tool.session is None and "vision change" in tool.starter.refused
        assert tool.watch.running and not tool.watch.fault, "it still watches"

    tool = run(script)
    counters = Counters(tool.board.root)
    counters.boot()
    assert SymptomLock(counters, tool.clock).left_s() > LOCK_S - 60


def test_a_report_ends_the_session_at_once_also_in_contact():
    async def script(tool, plant):
        await started(tool, plant)
        assert await until(lambda: tool.watch.judge.contact, 8000)
        blocks = []
        block = tool.watch.block

        def spy():
            blocks.append(tool.watch.in_contact())
            block()

        tool.watch.block = spy
        Service(tool).report_symptom(ids.SYMPTOM_FAINT)
        assert tool.session.end_reason == ids.END_SYMPTOM and not Service(tool).symptom()["kept"]
        assert await until(lambda: tool.player.cue == ids.CUE_FAULT, 500)
        assert await until(lambda: tool.session is None and Service(tool).symptom()["kept"], 15000)
        assert blocks and not any(blocks)

    tool = run(script, {"press": PRESS})
    again = Journal(tool.board.root)
    assert again.recover() == []
    assert [row["end"] for row in again.list(0, 4)[0]] == [ids.END_SYMPTOM]


def test_a_factory_reset_does_not_end_it():
    async def script(tool, plant):
        await asyncio.sleep_ms(500)
        Service(tool).report_symptom(ids.SYMPTOM_SWELLING)
        assert await until(lambda: Service(tool).symptom()["kept"], 1000)
        assert tool.settings.write("rest_h", b"48") == 0
        for step in guest.load("factory_reset").steps(tool):
            step()
        assert tool.settings.text("rest_h") == "12", "it did reset"

    tool = run(script)
    counters = Counters(tool.board.root)
    counters.boot()
    lock = SymptomLock(counters, tool.clock)
    assert (lock.symptom(), lock.left_s() > LOCK_S - 60) == (ids.SYMPTOM_SWELLING, True)


def test_it_is_kept_while_the_tool_sleeps():
    async def script(tool, plant):
        await asyncio.sleep_ms(500)
        Service(tool).report_symptom(ids.SYMPTOM_REDNESS)
        assert await until(lambda: tool.mode == ids.ASLEEP, 125000)
        kept_s = tool.counters.lifetime("life")
        tool.clock._uptime_ms += 601 * 1000
        await asyncio.sleep_ms(61000)
        assert tool.counters.lifetime("life") - kept_s >= 600
        assert tool.mode == ids.ASLEEP

    run(script)


def test_memory_that_fails_is_told_and_the_lock_holds():
    async def script(tool, plant):
        await asyncio.sleep_ms(500)

        def fail():
            raise StorageError("no")

        tool.counters._save = fail
        Service(tool).report_symptom(ids.SYMPTOM_PAIN)
        await asyncio.sleep_ms(500)
        assert tool.memory_fault == "no" and not Service(tool).symptom()["kept"]
        assert Service(tool).symptom()["left_s"] > 0
        del tool.counters._save

    run(script)
