"""Seeded stories: one fault, or two, at any moment of a session, then what must hold.

    fault_storm.py NUMBER...

A story's number picks its faults (each alone, then each pair, then anew), the parts of the tool, hand, moments, figures
and the clock's start.
"""

import sys

from sim import task_queue

sys.modules["_asyncio"] = task_queue
import asyncio
import gc
import io

from core import ids
from fault_rig import QUIET_AFTER_MS, Flash, LogFile, comes_back, ended, power_up, short_routine
from fault_strike import Strike
from fault_table import AT_ONCE, AT_POWER_UP, RESTART, TICKS, builds, stories
from sim.clock import CLOCK
from sim.random_source import RandomSource
from sim.world import WORLD
from sim_rig import click

ALWAYS = ("done", "session_time_ceiling", "session_limit_events", "overload", "idle_time_out")
AFTER_A_RESTART = ("power_loss", "watchdog", "internal_error")
SPANS_MS = (40, 90, 200, 400, 700, 1200, 2500, 4000, 9000)
LATE_MS = 20  # a turn of the main loop
STARVED_TOLD_MS = 200  # 100 ms, and as long for the announced pieces of work in a gap


class Restart(Exception):
    """The power has gone, the watchdog has bitten, or the firmware broke off."""


STORIES = stories()


def told_within_ms(fault):
    """So soon a fault of sensor or watch is told, alone, wherever it strikes; 0: not for sure."""
    if "slow_samples" in fault.told:
        return 0  # only contact tells
    if fault.when == RESTART:
        return STARVED_TOLD_MS if fault.told else 0
    return fault.within_ms if fault.when == AT_ONCE and fault.ends[0] == "sensor_fault" else 0


class Story:
    """One story by its number."""

    def __init__(self, number):
        random = self.random = RandomSource(number)
        random.unit()
        faults = STORIES[number % len(STORIES)]
        self.strikes = [Strike(fault, random) for fault in faults]
        self.moments = [
            (strike, int(random.unit() * 16000) - 1500, self._one_of(SPANS_MS)) for strike in self.strikes
        ]
        hand = self._one_of(("gentle", "gentle", "firm", "heavy", "jab"))
        self.options = dict(self._one_of(builds(faults)), hand=hand, seed=number)
        self.ticks, self.start_us = self._one_of(TICKS)
        self.presses = 1 + int(random.unit() * 2)
        self.reasons = set(ALWAYS)
        self.told_names = {"zero_off"}  # also of a contact without an end
        self.may_restart = False
        for strike in self.strikes:
            self.reasons.update(strike.fault.ends)
            self.told_names.update(strike.fault.told)
            self.may_restart = self.may_restart or strike.fault.when == RESTART
        self.device = Flash()
        self.was_restarted = False
        self.number = 0  # of the session

    def _one_of(self, things):
        return things[int(self.random.unit() * len(things))]

    def __str__(self):
        told = ["%s at %d ms for %d ms" % (strike, at, span) for strike, at, span in self.moments]
        who = "%s, %s, %s hand" % tuple([self.options[key] for key in ("sensor", "motor", "hand")])
        return "%s, %s: %s" % (who, self.ticks, "; ".join(told))

    def is_restarted(self, tool):
        """Whether this run of the firmware is over."""
        return self.device.is_cut() or WORLD.bitten_us > 0 or tool.reset_asked

    # While there is power.

    def prepare(self, tool, plant):
        """Faults that are there at power-up."""
        for strike in self.strikes:
            if strike.fault.strikes == AT_POWER_UP:
                strike.strike(tool, plant, self.device)

    async def strike(self, tool, plant, notes, strike, after_ms, span_ms):
        """One fault: strike, see it told in time, end it."""
        await asyncio.sleep_ms(max(0, after_ms))
        fault = strike.fault
        watching = tool.watch.running and not tool.watch.fault and len(self.strikes) == 1 and after_ms > 0
        struck_us = CLOCK.now_us
        if fault.strikes != AT_POWER_UP:
            strike.strike(tool, plant, self.device)
        await asyncio.sleep_ms(span_ms)
        within_ms = told_within_ms(fault)
        if not (watching and within_ms and within_ms <= span_ms):
            strike.undo()
        elif fault.when == RESTART:  # a dead watch plays no pattern
            strike.undo()
            await self.told(tool, notes, fault, struck_us, within_ms)
        else:
            await self.told(tool, notes, fault, struck_us, within_ms)
            strike.undo()

    async def told(self, tool, notes, fault, struck_us, within_ms):
        """A fault of the sensor is latched in time, with its reason and pattern."""
        await asyncio.sleep_ms(200)
        took_ms, seen = notes.latched_ms(struck_us)
        assert ids.FAULT_NAMES[seen] in fault.told and took_ms <= within_ms + LATE_MS, (seen, took_ms)
        assert notes.fault_pattern_since(struck_us), "no fault pattern"
        assert tool.session is None or tool.session.over(), "the session goes on"

    async def first_session(self, tool, plant, notes):
        """Begin, be struck, end or be restarted."""
        short_routine(tool, self.presses)
        await asyncio.sleep_ms(500)
        early = [one for one in self.moments if one[1] <= 0]
        lead_ms = max([0] + [-at for _strike, at, _span in early])
        struck = [asyncio.create_task(self.strike(tool, plant, notes, *one)) for one in early]
        await asyncio.sleep_ms(lead_ms)
        for _ in range(3):  # a button that is stuck makes another gesture of a click
            await click(plant)
            await asyncio.sleep_ms(1000)
            if tool.session is not None or tool._busy is not None or tool.starter.refused:
                break
        await self.wait(tool, lambda: tool.session is not None or tool.starter.refused, 15000)
        late = [one for one in self.moments if one[1] > 0]
        if tool.session is not None:
            self.number = tool.journal.session
            struck += [asyncio.create_task(self.strike(tool, plant, notes, *one)) for one in late]
            await self.wait(tool, lambda: tool.session is None and tool._busy is None, 330000)
        for task in struck:
            await self.wait(tool, task.done, 30000)
            await task
        for strike in self.strikes:
            strike.undo()

    async def wait(self, tool, condition, ms):
        """Wait; a restart may come meanwhile."""
        for _ in range(ms // 20):
            if self.is_restarted(tool):
                raise Restart
            if condition():
                return
            await asyncio.sleep_ms(20)
        raise AssertionError(
            "waited %d ms in vain; mode %d, refused %s" % (ms, tool.mode, tool.starter.refused)
        )

    async def script(self, tool, plant, notes):
        """The whole story up to a restart."""
        try:
            await self.first_session(tool, plant, notes)
            if tool.button.recovery or tool._recovering:
                await self.wait(tool, lambda: False, 2500)
            await self.afterwards(tool, plant, notes)
        except (Restart, AssertionError):
            if not self.is_restarted(tool):
                raise
            assert self.may_restart or self.device.is_cut(), "restarted for no reason"
            await asyncio.sleep_ms(100)  # what was broken closes what it can
        self.was_restarted = self.is_restarted(tool)  # also by a cut in the very last write

    async def afterwards(self, tool, plant, notes):
        """The true reason is kept, the motor is quiet, and a click begins the next session."""
        if self.number:
            summary = LogFile(tool, self.number).summary
            assert ids.END_REASON_NAMES[summary["end_reason"]] in self.reasons, summary
            if notes.ending:
                assert summary["end_reason"] == ids.END_SENSOR, (notes.ending, summary)
                assert summary["fault"] == notes.ending[0], (notes.ending, summary)
                assert ids.FAULT_NAMES[notes.ending[0]] in self.told_names, (notes.ending, summary)
        await asyncio.sleep_ms(QUIET_AFTER_MS)
        assert tool.watch.in_contact() or plant.demand_permille() == 0, "the motor runs on"
        await self.again(tool, plant)

    async def again(self, tool, plant):
        """A click begins a session, another stops it."""
        if tool.board.practice_only:
            assert not all(strike.fault.mends for strike in self.strikes), tool.board.practice_only
            return
        plant.sensor.drifted_nv = 0
        await comes_back(tool, plant)
        if tool.session is not None:
            await click(plant, 1500)
            await ended(tool)

    # What is left on the flash.

    async def look_back(self, tool, plant, notes):
        """After the restart: every session closed, whole, numbered upwards, counted once."""
        assert tool.journal.unreadable == [] and not tool.counters.fault and not tool.memory_fault
        rows = tool.journal.list(0, 99)[0]
        numbers = [row["id"] for row in rows]
        assert numbers == sorted(set(numbers)), numbers
        sure = 0
        for number in numbers:
            log = LogFile(tool, number)
            log.hold()
            reason = ids.END_REASON_NAMES[log.summary["end_reason"]]
            was_cut = reason in ("power_loss", "watchdog")
            assert self.was_restarted or reason not in AFTER_A_RESTART, "closed as cut off without a cut"
            assert reason in self.reasons or was_cut or number != self.number, log.summary
            sure += was_cut or any(step["contact_ms"] for step in log.steps)
        ends = len(tool.counters.session_ends())
        assert sure <= ends <= sure + self.was_restarted, (sure, ends)
        if self.was_restarted:
            await self.again(tool, plant)
            assert tool.session is None and tool.journal.last() >= max(numbers + [0])

    def run(self):
        """Tell the story; raises AssertionError."""
        notes = power_up(self.script, self.options, self.device, self.start_us, self.prepare)
        notes.hold(max([strike.fault.holds_up_ms for strike in self.strikes]), self.may_restart)
        cause = "" if self.device.is_cut() else "watchdog"
        power_up(self.look_back, {"cause": cause}, self.device).hold()


def main(numbers):
    """Tell stories: one line for each that held, more for one that did not, and a last line."""
    failed = 0
    for number in numbers:
        gc.collect()
        story = Story(number)
        try:
            story.run()
            print("@held", number)
        except Exception as error:  # noqa: BLE001  (whatever a story raises is told)
            failed += 1
            text = io.StringIO()
            sys.print_exception(error, text)
            print("@failed %d %s\n%s@end" % (number, story, text.getvalue()))
    print("stories: %d, failed: %d" % (len(numbers), failed))


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]])
