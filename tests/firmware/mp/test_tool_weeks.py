"""The whole tool over weeks of virtual time: asleep between its sessions, with and without a clock and the power."""

import sys

from sim import task_queue

sys.modules["_asyncio"] = task_queue
import asyncio

from core import ids, limits, records, wire
from core.tool import Tool
from dose_rig import DAY_S, HOUR_S, NOON_S
from sim.clock import CLOCK
from sim_rig import PRESS, click, fresh, until

RUNTIMES = ("micropython",)
PATH = ("firmware/sim/shadow",)
HEAP = "16m"
TIMEOUT_S = 200


class Life:
    """A tool, pressed by a recorded trace, over power-ups."""

    def __init__(self):
        self.tool, self.plant = fresh({"press": PRESS})
        self.loop = None

    async def start(self):
        await self.tool.start()
        self.loop = asyncio.create_task(self.tool.run())

    async def power_cut(self):
        """The power goes, and comes back at once."""
        self.loop.cancel()
        await asyncio.sleep_ms(20)
        self.tool.watch.stop()
        self.tool = Tool(self.tool.board)
        await self.start()

    async def sleep_s(self, seconds):
        """Time asleep, in leaps of an hour, each with a few turns of the main loop."""
        if self.tool.mode != ids.ASLEEP:
            await click(self.plant, 1500)
        assert await until(lambda: self.tool.mode == ids.ASLEEP, 5000), self.tool.mode
        while seconds > 0:
            leap_s = min(seconds, HOUR_S)
            CLOCK.now_us += leap_s * 1000000
            seconds -= leap_s
            await asyncio.sleep_ms(40)

    async def begin(self):
        """A click; why no session began, or an empty text."""
        tool = self.tool
        tool.starter.refused = ""
        await click(self.plant)
        assert await until(lambda: tool.session is not None or tool.starter.refused, 9000)
        return tool.starter.refused

    async def press(self):
        """A session of one press in its first zone, stopped by the button; its limits."""
        tool = self.tool
        why = await self.begin()
        assert not why, why
        held = tool.session.run.limits
        assert await until(lambda: tool.watch.judge.contact, 8000)
        assert await until(lambda: not tool.watch.judge.contact, 9000)
        await self.stop()
        return held

    async def stop(self):
        tool = self.tool
        await click(self.plant, 1500)
        assert await until(lambda: tool.session is None and tool.mode in (ids.IDLE, ids.STOPPED), 9000), (
            tool.mode
        )
        assert await until(lambda: not tool.player.busy(), 5000)


def weeks(script):
    async def main():
        life = Life()
        await life.start()
        await script(life)
        life.tool.reset_asked = True
        await life.loop

    asyncio.run(main())


def log_of(life, session_id):
    with open(life.tool.board.root + wire.session_path(session_id), "rb") as file:
        return records.parse(file.read())[0]


def test_six_gentle_sessions_then_the_usual_pace():
    async def script(life):
        assert life.tool.clock.set(NOON_S) == wire.ERR_OK
        for number in range(6):
            assert (await life.press()).hold_ms == limits.PACE_FIRST[0], number
            await life.sleep_s(2 * DAY_S if number % 3 < 2 else 4 * DAY_S)
        held = await life.press()
        assert held.hold_ms == limits.PACE_LATER[0] and held.last_reason("hold_ms") == limits.BY_PACE
        await life.sleep_s(21 * HOUR_S)
        assert (await life.press()).hold_ms == limits.PACE_LATER[0]
        paces = [records.unpack(records.HEADER, log_of(life, number)[0][2])["pace"] for number in range(1, 9)]
        assert paces == [0] * 6 + [1] * 2, paces

    weeks(script)


def test_the_week_is_full_and_free_again_in_time():
    async def script(life):
        assert life.tool.clock.set(NOON_S) == wire.ERR_OK
        for _ in range(3):
            await life.press()
            await life.sleep_s(49 * HOUR_S)
        assert "3 of 3 sessions" in await life.begin()
        await life.sleep_s(20 * HOUR_S)
        assert "3 of 3 sessions" in await life.begin()
        await life.sleep_s(2 * HOUR_S)
        await life.press()

    weeks(script)


def test_a_pressed_zone_rests_and_the_others_are_led_to():
    async def script(life):
        assert life.tool.clock.set(NOON_S) == wire.ERR_OK
        await life.press()
        await life.sleep_s(24 * HOUR_S)
        assert await life.begin() == ""
        assert life.tool.session.run.step.zone != ids.FOREHEAD
        assert life.tool.session.refused == [(0, ids.END_REFUSED), (1, ids.END_REFUSED), (2, ids.END_REFUSED)]
        await life.stop()

    weeks(script)


def test_the_strict_preset_waits_a_week():
    async def script(life):
        assert life.tool.clock.set(NOON_S) == wire.ERR_OK
        assert life.tool.settings.write("strict", b"1") == wire.ERR_OK
        await life.press()
        await life.sleep_s(6 * DAY_S)
        assert "1 of 1 sessions" in await life.begin()
        await life.sleep_s(DAY_S)
        await life.press()

    weeks(script)


def test_without_a_clock_one_session_a_power_up_and_none_by_a_lie():
    async def script(life):
        await life.press()
        for _ in range(2):
            await life.power_cut()
            await life.press()
            assert "one session a power-up" in await life.begin()
        assert life.tool.clock.set(NOON_S) == wire.ERR_OK
        assert "3 of 3 sessions" in await life.begin()
        assert life.tool.clock.set(NOON_S + 90 * DAY_S) == wire.ERR_OK
        assert "3 of 3 sessions" in await life.begin()

    weeks(script)


def test_running_time_outlasts_the_power_while_something_rests():
    async def script(life):
        await life.press()
        await life.sleep_s(30 * HOUR_S)
        await life.power_cut()
        kept_s = life.tool.counters.life_s(life.tool.clock)
        assert 29 * HOUR_S - 120 < kept_s <= 30 * HOUR_S + 300, kept_s
        await life.sleep_s(12 * DAY_S)
        await life.power_cut()
        assert life.tool.counters.life_s(life.tool.clock) < 9 * DAY_S, "nothing rests: nothing is written"

    weeks(script)


def test_a_power_cut_in_a_session_counts():
    async def script(life):
        assert life.tool.clock.set(NOON_S) == wire.ERR_OK
        assert await life.begin() == ""
        assert await until(lambda: life.tool.watch.judge.contact, 8000)
        await life.power_cut()
        assert life.tool.clock.set(NOON_S + HOUR_S) == wire.ERR_OK
        await asyncio.sleep_ms(2500)
        assert "rests 48 h" in await life.begin()
        assert life.tool.journal.list(0, 9)[0][0]["end"] == ids.END_POWER_LOSS

    weeks(script)


def test_a_clock_set_in_a_session_is_logged():
    async def script(life):
        assert await life.begin() == ""
        assert life.tool.clock.set(NOON_S) == wire.ERR_OK
        await life.stop()
        events = []
        for kind, _sequence, payload in log_of(life, 1):
            if kind == records.EVENTS:
                events += records.unpack_events(payload)
        told = [event[3] for event in events if event[1] == ids.EVENT_CLOCK_SET]
        assert len(told) == 1 and 0 <= told[0] - NOON_S <= 1, told

    weeks(script)
