"""The whole tool and its owner: whose session it is, the factory reset, and each row of the button's table."""

import sys

from sim import task_queue

sys.modules["_asyncio"] = task_queue
import asyncio
import os

from core import ids, limits, patterns, records, wire
from core.factory_reset import steps
from core.service import Service
from core.tool import Tool
from dose_rig import NOON_S
from sim_rig import PRESS, click, run, started, until
from smp.server import Server
from wire_golden import body_of, request

RUNTIMES = ("micropython",)
PATH = ("firmware/sim/shadow",)
HEAP = "16m"
TIMEOUT_S = 200


def configured(tool, **values):
    for name, value in values.items():
        assert tool.settings.write(name, value.encode()) == wire.ERR_OK
    tool.settings_changed()


def started_again(tool):
    """The tool after a restart."""
    asyncio.new_event_loop()
    again = Tool(tool.board)
    asyncio.run(again.start())
    again.watch.stop()
    return again


async def stop(tool, plant):
    await click(plant, 1500)
    assert await until(lambda: tool.session is None, 9000)
    assert await until(lambda: tool.mode == ids.IDLE and not tool.player.busy(), 9000)


async def chosen(tool, plant, clicks):
    """Choose a slot by this many clicks; whether a session of it began."""
    tool.starter.refused = ""
    for _ in range(clicks):
        await click(plant)
        await asyncio.sleep_ms(500)
    assert await until(lambda: tool.session is not None or tool.starter.refused, 12000)
    return tool.session is not None


def header_of(tool, session_id):
    with open(tool.board.root + wire.session_path(session_id), "rb") as file:
        return records.unpack(records.HEADER, records.parse(file.read())[0][0][2])


# whose session it is


def test_without_slots_a_click_begins_and_is_everybodys():
    async def script(tool, plant):
        await started(tool, plant)
        await stop(tool, plant)
        assert header_of(tool, 1)["user_slot"] == 0

    run(script)


def test_clicks_choose_the_slot_and_the_light_counts_it():
    async def script(tool, plant):
        configured(tool, users="3")
        await click(plant)
        assert await until(lambda: tool.mode == ids.CHOOSING and tool.chooser.slot == 1, 1000)
        for slot in (2, 3, 1, 2):
            await click(plant)
            assert await until(lambda slot=slot: tool.chooser.slot == slot, 1000), slot
        light = []
        for _ in range(90):  # one cycle of blinks
            light.append(plant.light)
            await asyncio.sleep_ms(20)
        starts = [at for at in range(1, 90) if light[at] == patterns.OFF and light[at - 1] != patterns.OFF]
        assert len(starts) == 2 and patterns.CHOICE in light, starts
        assert tool.session is None
        assert await until(lambda: tool.session is not None, 9000), tool.starter.refused
        assert tool.starter.slot == 2 and Service(tool).state()["user"] == 2
        await stop(tool, plant)
        assert header_of(tool, 1)["user_slot"] == 2 and Service(tool).state()["user"] == 0

    run(script)


def test_quick_clicks_step_as_many():
    async def script(tool, plant):
        configured(tool, users="4")
        await click(plant)
        assert await until(lambda: tool.chooser.slot == 1, 1000)
        for _ in range(3):
            await click(plant, 120)
        assert await until(lambda: tool.chooser.slot == 4, 1000)

    run(script)


def test_a_choice_is_left_by_a_hold():
    async def script(tool, plant):
        configured(tool, users="2")
        for held_ms, mode in ((1500, ids.ASLEEP), (4000, ids.LOCKED)):
            await click(plant)
            assert await until(lambda: tool.mode == ids.CHOOSING, 3000), tool.mode
            await click(plant, held_ms)
            assert await until(lambda mode=mode: tool.mode == mode, 1000), held_ms
            assert tool.chooser.slot == 0
        await asyncio.sleep_ms(9000)
        assert tool.session is None

    run(script)


def test_nobody_chooses_where_nobody_may_begin():
    async def script(tool, plant):
        configured(tool, users="2")
        await click(plant)
        assert await until(lambda: "USB power" in tool.starter.refused, 1000)
        assert tool.mode == ids.PRACTICE

    run(script, {"usb_power": True})


def test_each_slot_rests_for_itself_with_its_own_profile():
    async def script(tool, plant):
        tool.clock.set(NOON_S)
        configured(tool, users="2", profile2="sensitive")
        assert await chosen(tool, plant, 1)
        assert tool.session.run.limits.hi_mn == limits.ZONES[ids.FOREHEAD][1]
        assert await until(lambda: tool.watch.judge.contact, 8000)
        assert await until(lambda: not tool.watch.judge.contact, 9000)
        await stop(tool, plant)
        assert await chosen(tool, plant, 1)
        assert tool.session.run.step.zone != ids.FOREHEAD, "the first one's forehead rests"
        await stop(tool, plant)
        assert await chosen(tool, plant, 2)
        run_ = tool.session.run
        assert run_.step.zone == ids.FOREHEAD and run_.limits.hi_mn == limits.ZONES[ids.FOREHEAD][1] * 7 // 10
        await stop(tool, plant)
        assert tool.watch.judge.limit_mn == 1400, "at rest nobody knows who presses: the gentlest profile"
        assert tool.counters.total(1) and not tool.counters.total(0)
        assert header_of(tool, 3)["profile"] == ids.PROFILE_SENSITIVE and header_of(tool, 1)["profile"] == 0

    run(script, {"press": PRESS})


def test_the_owner_sees_what_each_has_left():
    async def script(tool, plant):
        service = Service(tool)
        everybody = service.owner("users")
        assert everybody["count"] == 1 and len(everybody["users"]) == 1
        assert everybody["users"][0] == {
            "slot": 0, "name": "everybody", "profile": "normal", "sessions": 0, "pace": "first", "week": 0,
            "week_most": 3,
        }  # fmt: skip
        configured(tool, users="2", user2="Ann", strict="1")
        tool.counters.session_ended([ids.CHEEKS], tool.clock, {}, 2)
        one, two = service.owner("users")["users"]
        assert (one["name"], one["week"], one["week_most"], one["pace"]) == ("User 1", 0, 1, "strict")
        assert (two["slot"], two["name"], two["week"], two["sessions"]) == (2, "Ann", 1, 1)
        assert "core.owner_desk" not in sys.modules

    run(script)


# factory reset


KEY = bytes(range(200, 216))


def filled(tool):
    """A tool with something of everything on it."""
    configured(tool, name="Mine", users="2", user1="Ann", profile="sensitive")
    service = Service(tool)
    text = tool.routines.text().replace(b"Gentle start", b"My own pace1")
    assert tool.routines.write(0, text, len(text)) == wire.ERR_OK
    tool.counters.session_ended([ids.CHEEKS], tool.clock, {}, 1)
    tool.counters.cleaned(1)
    tool.journal._acks.add("desk", 1, [1], 0)
    tool.board.has_radio = True
    assert service.pair("desk", KEY) == wire.ERR_OK
    assert service.owner("paired")["hosts"] == ["desk"] and service.desktop_keys() == [KEY]
    assert [row["host"] for row in service.owner("hosts")["hosts"]] == ["desk"]
    return service


def is_fresh(tool):
    return (
        tool.settings.text("name") == "Gentlepress"
        and tool.settings.value("users") == 1
        and tool.settings.value("profile") == 0
        and tool.routines.load().name == "Gentle start"
        and tool.journal.hosts() == []
        and not [name for name in os.listdir(tool.board.root) if KEY.hex() in text_of(tool, name)]
    )


def text_of(tool, name):
    path = tool.board.root + "/" + name
    if os.stat(path)[0] & 0x4000:
        return ""
    with open(path, "rb") as file:
        return str(file.read())


def kept(tool):
    return (
        tool.counters.total(1),
        tool.counters.zone_ends(ids.CHEEKS) != [],
        tool.counters.lifetime("cleanings"),
        tool.travel_lock,
    )


def test_a_factory_reset_takes_settings_routine_and_desktops_and_leaves_the_counters():
    async def script(tool, plant):
        await click(plant, 4000)
        assert await until(lambda: tool.travel_lock and tool.mode == ids.LOCKED, 2000)
        service = filled(tool)
        assert service.owner("factory_reset") == {"state": "none", "left_ms": 0}
        assert service.owner("ask_factory_reset") == wire.ERR_OK
        status = service.owner("factory_reset")
        assert status["state"] == "waiting" and 59000 < status["left_ms"] <= 60000
        plant.button_down = True
        await asyncio.sleep_ms(7900)
        assert not is_fresh(tool) and tool.factory_reset.state == "waiting"
        assert await until(lambda: tool.factory_reset.state == "done", 1500)
        assert is_fresh(tool) and not tool.safe_asked
        assert await until(lambda: tool.player.cue == ids.CUE_DONE, 200)
        plant.button_down = False
        assert await until(lambda: tool.reset_asked, 3000)
        assert "factory_reset" not in str(sys.modules.keys())

    tool = run(script)
    again = started_again(tool)
    assert is_fresh(again) and kept(again) == (1, True, 1, True)
    assert not tool.board.take_safe_mode()


def test_a_reset_that_is_not_asked_for_is_recovery():
    async def script(tool, plant):
        filled(tool)
        plant.button_down = True
        assert await until(lambda: tool.safe_asked, 9000)
        assert not is_fresh(tool)
        plant.button_down = False

    run(script)


def test_a_request_ends_after_a_minute_but_not_under_the_finger():
    async def script(tool, plant):
        service = filled(tool)
        service.owner("ask_factory_reset")
        await asyncio.sleep_ms(60100)
        assert service.owner("factory_reset") == {"state": "expired", "left_ms": 0}
        service.owner("ask_factory_reset")
        await asyncio.sleep_ms(55000)
        plant.button_down = True
        assert await until(lambda: tool.factory_reset.state == "done", 9500)
        plant.button_down = False
        assert is_fresh(tool)

    run(script)


def test_a_session_takes_the_request_back_and_contact_holds_it_up():
    class Held:
        mn = 0

        def force_mn(self, t_us, vibration, light):
            return self.mn + t_us // 3125 % 7

    async def script(tool, plant):
        service = filled(tool)
        configured(tool, users="1")
        service.owner("ask_factory_reset")
        await started(tool, plant)
        assert await until(lambda: tool.factory_reset.state == "expired", 100)
        await stop(tool, plant)
        service.owner("ask_factory_reset")
        plant.hand = Held()
        plant.hand.mn = 900
        assert await until(tool.watch.in_contact, 2000)
        plant.button_down = True
        await asyncio.sleep_ms(9500)
        assert tool.factory_reset.state == "waiting" and not tool.safe_asked and not is_fresh(tool)
        plant.hand.mn = 0
        assert await until(lambda: tool.factory_reset.state == "done", 1500)
        plant.button_down = False

    run(script)


def test_a_power_cut_in_a_factory_reset_is_made_good_at_the_next_start():
    async def script(tool, plant):
        filled(tool)

    for count in range(1, 7):
        tool = run(script)
        for step in steps(tool)[:count]:
            step()
        assert "factory" in os.listdir(tool.board.root)
        again = started_again(tool)
        assert is_fresh(again) and "factory" not in os.listdir(tool.board.root), count
        assert kept(again) == (1, True, 1, False)


# the button's table


def in_session(held_ms, then, press=None):
    async def script(tool, plant):
        await started(tool, plant)
        await asyncio.sleep_ms(300)
        await click(plant, held_ms)
        await then(tool, plant)

    return run(script, {"press": press} if press else {})


def at_rest(held_ms, then):
    async def script(tool, plant):
        await asyncio.sleep_ms(1200)
        await click(plant, held_ms)
        await then(tool, plant)

    return run(script)


async def nothing(tool, plant):
    await asyncio.sleep_ms(2500)
    assert tool.session is None and tool.mode == ids.IDLE and not tool.starter.refused


async def begins(tool, plant):
    assert await until(lambda: tool.session is not None, 9000), tool.starter.refused


async def sleeps(tool, plant):
    assert await until(lambda: tool.mode == ids.ASLEEP, 500)


async def locks(tool, plant):
    assert await until(lambda: tool.mode == ids.LOCKED, 1000)


async def goes_on(tool, plant):
    await asyncio.sleep_ms(2500)
    assert not tool.session.over() and tool.session.mode == ids.READY


async def pauses(tool, plant):
    assert await until(lambda: tool.session.mode == ids.PAUSED, 1000)
    await click(plant)
    assert await until(lambda: tool.session.mode != ids.PAUSED, 1000)


async def stops(tool, plant):
    assert await until(lambda: tool.session is None, 9000)
    assert await until(lambda: tool.mode == ids.IDLE, 9000)
    assert tool.journal.list(0, 9)[0][0]["end"] == ids.END_BUTTON and not tool.travel_lock


async def stops_and_locks(tool, plant):
    assert await until(lambda: tool.mode == ids.LOCKED, 12000)
    assert tool.journal.list(0, 9)[0][0]["end"] == ids.END_BUTTON


async def recovers(tool, plant):
    assert await until(lambda: tool.safe_asked, 9000)
    assert tool.board.take_safe_mode() and tool.session is None


def test_holds_at_rest_to_the_tick():
    for held_ms, then in (
        (760, begins), (840, nothing), (960, nothing), (1060, sleeps), (2940, sleeps), (3060, locks), (7900, locks),
    ):  # fmt: skip
        at_rest(held_ms, then)
    at_rest(8100, recovers)


def test_holds_in_a_session_to_the_tick():
    for held_ms, then in (
        (760, pauses), (840, goes_on), (960, goes_on), (1060, stops), (2940, stops), (3060, stops_and_locks),
        (7900, stops_and_locks),
    ):  # fmt: skip
        in_session(held_ms, then)
    in_session(8100, recovers)


def test_clicks_at_rest():
    async def script(tool, plant):
        for clicks in (2, 3):
            for _ in range(clicks):
                await click(plant, 120)
            await nothing(tool, plant)

    run(script)


def test_clicks_in_a_session():
    async def script(tool, plant):
        await started(tool, plant)
        first = tool.session.run.number
        for _ in range(2):
            await click(plant, 120)
        assert await until(lambda: tool.session.run is not None and tool.session.run.number > first, 1000)
        number = tool.session.run.number
        for _ in range(3):
            await click(plant, 120)
        await asyncio.sleep_ms(1500)
        assert tool.session.run.number == number and tool.session.mode == ids.READY, "no neck: nothing"

    run(script)


def test_the_travel_lock_outlasts_the_power_and_a_click_does_not_open_it():
    async def script(tool, plant):
        await click(plant, 4000)
        await locks(tool, plant)
        await click(plant)
        assert await until(lambda: "travel lock" in tool.starter.refused, 1000)

    tool = run(script)
    again = started_again(tool)
    assert again.travel_lock and again.mode == ids.LOCKED


# pairing


def test_pairing_waits_for_the_lift_and_the_end_of_a_session_and_needs_a_radio():
    async def script(tool, plant):
        service = Service(tool)
        server = Server(service)
        pair = request(2, 65, wire.TOOL_PAIR, {"host": "desk", "key": KEY})

        async def ask(message):
            length = await server.handle(message)
            return body_of(bytes(memoryview(server.reply_buf)[2 : 2 + length]))

        def refused(code):
            return {"err": {"group": 65, "rc": code}}

        assert await ask(pair) == refused(wire.ERR_NO_RADIO)
        assert await ask(request(0, 65, wire.TOOL_PAIR)) == {"hosts": [], "most": 0}
        tool.board.has_radio = True
        await started(tool, plant)
        assert await ask(pair) == refused(wire.ERR_BUSY_SESSION)
        await stop(tool, plant)
        changes = service.key_changes
        assert await ask(pair) == {} and service.key_changes == changes + 1
        assert await ask(request(0, 65, wire.TOOL_PAIR)) == {"hosts": ["desk"], "most": 8}
        assert service.desktop_keys() == [KEY]
        assert await ask(request(2, 65, wire.TOOL_PAIR, {"forget": "desk"}, 1)) == {}
        assert await ask(request(2, 65, wire.TOOL_PAIR, {"forget": "desk"}, 2)) == refused(
            wire.ERR_NOT_PAIRED
        )
        for wrong in ({"host": "a b", "key": KEY}, {"host": "desk", "key": b"x"}):
            assert await ask(request(2, 65, wire.TOOL_PAIR, wrong, 3)) == refused(wire.ERR_INVALID)
        assert "desktop_keys" not in str(sys.modules.keys()) and service.desktop_keys() == []

    run(script)
