"""The self-test: which part failed, on request and before a session; a sensor that is deaf, a motor of another kind."""

import sys

from sim import task_queue

sys.modules["_asyncio"] = task_queue
import asyncio

from core import ids, patterns, self_test, wire
from core.counters import Counters
from core.service import Service
from sim_rig import click, run, started, until

RUNTIMES = ("micropython",)
PATH = ("firmware/sim/shadow",)
HEAP = "16m"
TIMEOUT_S = 100

GOOD = [("sensor", "none"), ("hearing", "none"), ("motor", "none"), ("zero", "none")]


def parts(told):
    return [(part["part"], part["fault"]) for part in told["parts"]]


async def tested(tool):
    """The result of a self-test over the wire."""
    service = Service(tool)
    before = service.self_test()["count"]
    assert service.begin_self_test() == wire.ERR_OK
    assert service.self_test()["running"] and service.begin_self_test() == wire.ERR_OK, "asked twice"
    assert await until(lambda: not service.self_test()["running"], 12000)
    told = service.self_test()
    assert told["count"] == before + 1
    return told


def on_request(strike, options=None):
    """What a self-test tells after a strike at (tool, plant)."""
    found = []

    async def script(tool, plant):
        await asyncio.sleep_ms(500)
        strike(tool, plant)
        found.append(await tested(tool))

    run(script, options)
    return found[0]


def refuses(strike, fault):
    """A click begins no session, and says which part; once mended, one begins."""

    async def script(tool, plant):
        await asyncio.sleep_ms(500)
        undo = strike(plant)
        await click(plant)
        assert await until(lambda: tool.starter.refused, 12000)
        assert tool.session is None and tool.fault == fault, (tool.fault, tool.starter.refused)
        assert ids.FAULT_NAMES[fault] in tool.starter.refused
        assert await until(lambda: tool.player.cue == ids.CUE_FAULT, 500)
        assert await until(lambda: not tool.player.busy(), 3000)
        undo()
        await started(tool, plant)

    run(script)


def knob(chip, name, value):
    """A strike that sets a knob of a chip, and gives what sets it back."""

    def strike(plant):
        twin = getattr(plant, chip)
        before = getattr(twin, name)
        setattr(twin, name, value)
        return lambda: setattr(twin, name, before)

    return strike


def test_all_parts_pass_also_on_usb_power_and_begin_no_session():
    for options in ({}, {"usb_power": True}):
        told = on_request(lambda tool, plant: None, options)
        assert parts(told) == GOOD and told["fault"] == "none", told


def test_shorted_inputs_are_deaf():
    refuses(knob("nau", "input_shorted", True), ids.FAULT_SENSOR_DEAF)


def test_a_bridge_without_supply_refuses_the_session():
    refuses(knob("nau", "bridge_unpowered", True), ids.FAULT_SENSOR_DEAF)


def test_a_dead_motor_and_one_of_another_kind_are_told_apart():
    refuses(knob("drv", "motor_present", False), ids.FAULT_MOTOR_DIAGNOSTIC)
    refuses(knob("drv", "nack_forever", True), ids.FAULT_MOTOR_MISSING)


def test_a_motor_of_another_kind_never_begins_a_session():
    async def script(tool, plant):
        plant.drv.motor_is_lra = False
        tool.fault = await tool.board.start_motor()
        assert tool.fault == ids.FAULT_MOTOR_KIND
        for _ in range(3):
            tool.starter.refused = ""
            await click(plant)
            assert await until(lambda: tool.starter.refused, 9000), "a session began"
            assert tool.fault == ids.FAULT_MOTOR_KIND and "another_kind" in tool.starter.refused
            await asyncio.sleep_ms(2500)
        plant.drv.motor_present = False
        tool.fault = await tool.board.start_motor()
        assert tool.fault == ids.FAULT_MOTOR_DIAGNOSTIC, "none at all"

    run(script)


def test_which_part_failed_is_told_and_no_further_one_tried():
    for strike, wanted in (
        (lambda tool, plant: setattr(plant.nau, "nack_forever", True), ("sensor", "sensor_missing")),
        (lambda tool, plant: setattr(plant.nau, "input_shorted", True), ("hearing", "sensor_deaf")),
        (lambda tool, plant: setattr(plant.drv, "motor_present", False), ("motor", "motor_diagnostic")),
        (lambda tool, plant: setattr(plant, "hand", Leaning()), ("zero", "zero_off")),
    ):
        told = on_request(strike)
        assert parts(told)[-1] == wanted and told["fault"] == wanted[1], told
        assert told["felt_un"] == -1 and all(fault == "none" for _part, fault in parts(told)[:-1])


def test_lost_registers_are_told():
    def lose(tool, plant):
        tool.watch.stop()
        plant.nau.regs[0x11] = 4
        tool.start_watch()

    assert parts(on_request(lose)) == [("sensor", "registers_lost")]


class Leaning:
    """Too little for a contact, too much for a zero."""

    def force_mn(self, t_us, vibration, light):
        return 220


class Touching(Leaning):
    """A hand that does not let go."""

    def force_mn(self, t_us, vibration, light):
        return 900 + t_us // 3125 % 7


def test_nothing_is_tested_in_contact_or_in_a_session():
    async def script(tool, plant):
        service = Service(tool)
        plant.hand = Touching()
        assert await until(tool.watch.in_contact, 1000)
        assert service.begin_self_test() == wire.ERR_BUSY_CONTACT
        plant.hand = Free()
        assert await until(lambda: not tool.watch.in_contact(), 1000)
        await started(tool, plant)
        assert service.begin_self_test() == wire.ERR_BUSY_SESSION
        assert service.self_test()["count"] == 1, "the one that began the session"

    run(script)


class Free:
    def force_mn(self, t_us, vibration, light):
        return 0


def test_a_touch_at_the_start_blocks_nothing():
    """The tip comes down as the test begins, and stays: refused for the zero, and no block while it is down."""

    async def script(tool, plant):
        blocked = []
        block = tool.watch.block

        def spy():
            blocked.append(tool.watch.in_contact())
            block()

        tool.watch.block = spy
        await asyncio.sleep_ms(500)
        assert Service(tool).begin_self_test() == wire.ERR_OK
        plant.hand = Touching()
        assert await until(lambda: not Service(tool).self_test()["running"], 12000)
        assert tool.fault == ids.FAULT_ZERO and not any(blocked), (tool.fault, blocked)

    run(script)


def test_hearing_takes_less_than_two_sector_erases():
    async def script(tool, plant):
        await asyncio.sleep_ms(500)
        tool.gaps.block_worst_us = 0
        await tested(tool)
        assert 30000 < tool.gaps.block_worst_us < 90000, tool.gaps.block_worst_us

    run(script)


def test_nothing_is_left_of_the_test():
    async def script(tool, plant):
        await asyncio.sleep_ms(500)
        await tested(tool)
        assert plant.nau.regs[0x11] == 0 and not tool.watch.blocked and tool.watch.running
        assert "core.part_tests" not in sys.modules
        await asyncio.sleep_ms(1000)
        assert -20 < tool.watch.force.force_mn < 20 and tool.watch.limit_events == 0
        assert not tool.watch.judge.contact

    run(script)


def test_a_sleeping_tool_can_be_tested_and_watches_after_it():
    async def script(tool, plant):
        assert await until(lambda: tool.mode == ids.ASLEEP, 125000)
        assert parts(await tested(tool)) == GOOD
        assert tool.mode == ids.IDLE and tool.watch.running
        await started(tool, plant)

    run(script)


def test_the_motor_is_felt_dark_and_its_end_is_sure():
    async def script(tool, plant):
        await asyncio.sleep_ms(500)
        seen = []
        drive = tool.board.motor.drive

        def spy(level):
            if level == 255:
                seen.append((plant.light, tool.watch.running))
            drive(level)

        tool.board.motor.drive = spy
        found.append((await tested(tool))["felt_un"])
        assert seen == [(patterns.OFF, False)]
        assert plant.drv.drive_permille() == 0

    found = []
    for permille in (1000, 500, 0):
        run(script, {"scale": {"motor.push_mn": permille}})
    whole, half, none = found
    assert whole > 3000 and 0.25 * whole < half < 0.75 * whole and 0 <= none < 0.4 * whole, found


def test_what_is_felt_is_learned_once_and_again_after_a_calibration():
    async def script(tool, plant):
        await asyncio.sleep_ms(500)
        first = await tested(tool)
        assert first["felt_least_un"] == first["felt_un"] // 2 > 1000
        again = await tested(tool)
        assert again["felt_least_un"] == first["felt_least_un"], "the first stands"
        kept = Counters(tool.board.root)
        kept.boot()
        assert kept.lifetime("felt") == first["felt_un"]
        tool.counters.put("felt", 0)
        assert (await tested(tool))["felt_least_un"] > 1000

    run(script)


def test_noise_is_not_learned():
    async def script(tool, plant):
        await asyncio.sleep_ms(500)
        assert (await tested(tool))["felt_least_un"] == 0

    run(script, {"scale": {"motor.push_mn": 0}})


def test_a_sensor_that_goes_while_the_motor_is_felt_leaves_the_motor_off():
    async def script(tool, plant):
        await asyncio.sleep_ms(500)
        drive = tool.board.motor.drive

        def spy(level):
            drive(level)
            if level == 255:
                plant.nau.nack_forever = True

        tool.board.motor.drive = spy
        assert (await tested(tool))["felt_un"] == -1
        assert plant.drv.drive_permille() == 0 and tool.watch.running

    run(script)


def test_every_part_has_its_name():
    assert sorted(self_test.PART_NAMES) == [0, 1, 2, 3]
