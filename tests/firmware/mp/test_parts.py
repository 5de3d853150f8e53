"""Which parts a build has: the file, what is refused of it, and a tool whose parts are not known."""

import sys

from sim import task_queue

sys.modules["_asyncio"] = task_queue
import asyncio

from core import ids, limits, parts, patterns, pipeline
from sim.clock import CLOCK
from sim_rig import click, fresh, run, started, until

RUNTIMES = ("micropython",)
PATH = ("firmware/sim/shadow",)
HEAP = "16m"
TIMEOUT_S = 120
MESSAGE_MOST = 120  # as much of a reason as the desktop shows


def named(text):
    chosen, problem = parts.check(text)
    assert not problem, problem
    return chosen


def refused(text):
    chosen, problem = parts.check(text)
    assert not chosen and problem.startswith("parts.json") and "restart" in problem, problem
    assert len(problem) <= MESSAGE_MOST, problem
    return problem


def test_words():
    assert named(b"{}") == {}
    assert named(b'{"sensor": "hx711"}') == {"sensor": "hx711"}
    for sensor in parts.SENSORS:
        for motor in parts.MOTORS:
            text = '{"sensor": "%s", "motor": "%s"}' % (sensor, motor)
            assert named(text.encode()) == {"sensor": sensor, "motor": motor}


def test_what_is_refused_names_field_value_and_rule():
    assert "hx7111" in refused(b'{"sensor": "hx7111"}') and "nau7802, hx711, fsr" in refused(
        b'{"sensor": "x"}'
    )
    assert "colour" in refused(b'{"colour": "red"}')
    assert "motor = None" in refused(b'{"motor": null}')
    for text in (
        b"",
        b"{",
        b"[1]",
        b'"hx711"',
        b"\xff\xfe",
        b"7",
        b'{"sensor": ["hx711"]}',
        b'{"sensor": 3}',
    ):
        refused(text)
    assert "512" in refused(b" " * 513)
    assert "\x1b" not in refused(b'{"sensor": "\\u001b[2Jhx711 and more than anybody would read of it"}')


def put(text):
    """A tool whose flash has this file; the simulated world is the reference one."""
    from boards import simulator
    from sim import flash

    mount = flash.mount

    def with_file(folder=None):
        root = mount(folder)
        with open(root + "/" + parts.FILE, "wb") as file:
            file.write(text)
        return root

    simulator.flash.mount = with_file
    return mount


def with_parts(text, script):
    mount = put(text)
    try:
        return run(script)
    finally:
        from boards import simulator

        simulator.flash.mount = mount


def test_no_file_means_the_reference_parts():
    tool, _plant = fresh()
    board = tool.board
    assert board.capabilities[:2] == ["nau7802", "drv2605l"] and board.sensor_kind == ids.SENSOR_NAU7802
    assert not board.practice_only and not board.blind


def test_only_the_chosen_drivers_are_loaded():
    for name in list(sys.modules):
        if name.startswith("drivers."):
            del sys.modules[name]
    import drivers

    for name in dir(drivers):
        if not name.startswith("_"):
            delattr(drivers, name)
    sys.modules.pop("boards.board", None)
    fresh({"sensor": "hx711", "motor": "erm"})
    loaded = {name[8:] for name in sys.modules if name.startswith("drivers.")}
    assert {"hx711", "erm_motor"} <= loaded
    assert not loaded & {"nau7802", "drv2605l", "fsr", "absent", "bus"}, loaded
    assert not {"boards.fitting", "core.parts"} & set(sys.modules), "needed once"
    sys.modules.pop("boards.board", None)


def test_unknown_parts_watch_nothing_drive_nothing_and_say_what_to_do():
    async def script(tool, plant):
        assert tool.board.blind and tool.fault == ids.FAULT_PARTS
        assert not tool.watch.running and "hx712" in tool.starter.refused
        plant.hand.force_mn = lambda _t_us, _vibration, _light: 9000
        for _ in range(100):
            await asyncio.sleep_ms(40)
            assert plant.demand_permille() == 0
            assert tool.fault == ids.FAULT_PARTS and not tool.watch.fault
        assert tool.player._colour == patterns.OFF and plant.light == (0, 0, 0)
        await click(plant)
        await asyncio.sleep_ms(1500)
        assert tool.session is None and "hx712" in tool.starter.refused and tool.fault == ids.FAULT_PARTS
        assert plant.demand_permille() == 0
        assert "practice_only" in tool.board.capabilities and "nau7802" not in tool.board.capabilities

    with_parts(b'{"sensor": "hx712"}', script)


def test_unknown_parts_sleep_and_wake_without_watching():
    async def script(tool, plant):
        await click(plant, 1500)
        assert await until(lambda: tool.mode == ids.ASLEEP, 3000)
        await click(plant)
        await asyncio.sleep_ms(1000)
        assert not tool.watch.running and tool.session is None

    with_parts(b"nonsense", script)


def test_what_is_noted_stays_over_a_power_cycle():
    from boards import simulator
    from sim import flash

    fresh({"sensor": "hx711", "motor": "erm"})
    mount = flash.mount
    simulator.flash.mount = lambda _folder=None: flash.MOUNT
    try:
        board = simulator.build({})
    finally:
        simulator.flash.mount = mount
    assert board.sensor_kind == ids.SENSOR_HX711 and board.motor.kind == "erm"


# An HX711 board at 10 samples a second


def test_a_slow_board_is_told_judged_and_gets_no_session():
    async def script(tool, plant):
        assert tool.fault == ids.FAULT_SENSOR_SLOW and tool.board.rate_sps == 10
        assert "RATE" in tool.starter.refused and len(tool.starter.refused) <= MESSAGE_MOST
        assert "practice_only" in tool.board.capabilities
        assert tool.mode == ids.PRACTICE and tool.watch.running and plant.light == (0, 0, 0)
        await click(plant)
        await asyncio.sleep_ms(2000)
        assert tool.session is None and "RATE" in tool.starter.refused and tool.fault == ids.FAULT_SENSOR_SLOW
        assert not tool.watch.fault
        plant.hand.force_mn = lambda _t_us, _vibration, _light: 3000
        assert await until(lambda: tool.player.cue == ids.CUE_OVER, 600), "judged and warned all the same"
        await asyncio.sleep_ms(500)
        assert not tool.watch.fault and abs(tool.watch.force.force_mn - 3000) < 100

    run(script, {"sensor": "hx711", "hx711_rate": 10})


def test_a_slow_board_that_falls_silent_is_a_fault():
    async def script(tool, plant):
        plant.hx.gone = True
        assert await until(lambda: tool.watch.fault, 420)
        assert tool.watch.fault == ids.FAULT_STALE

    run(script, {"sensor": "hx711", "hx711_rate": 10})


def test_a_board_that_turns_slow_in_contact_is_a_fault_within_100_ms():
    async def script(tool, plant):
        plant.hand.force_mn = lambda _t_us, _vibration, _light: 700
        await asyncio.sleep_ms(500)
        assert tool.watch.judge.contact
        last_us = tool.watch.cells[pipeline.LAST_US]
        plant.hx.rate_low = True
        assert await until(lambda: tool.watch.fault, 200)
        assert tool.watch.fault == ids.FAULT_STALE
        assert CLOCK.ticks_us() - last_us <= 150_000, "the last sample in time, 100 ms, and a look each 20 ms"

    run(script, {"sensor": "hx711"})


# FSR


def test_an_fsr_shows_contact_warns_at_three_quarters_and_gets_no_session():
    async def script(tool, plant):
        assert tool.fault == 0 and tool.board.sensor_kind == ids.SENSOR_FSR
        assert tool.mode == ids.PRACTICE and "FSR" in tool.starter.refused
        assert "practice_only" in tool.board.capabilities
        narrowest = limits.outside_limits(ids.PROFILE_NORMAL, ids.SENSOR_NAU7802)
        assert tool.watch.judge.limit_mn == narrowest.limit_mn * 75 // 100
        await click(plant)
        await asyncio.sleep_ms(2500)
        assert tool.session is None and "FSR" in tool.starter.refused
        pressed = [0]
        plant.hand.force_mn = lambda _t_us, _vibration, _light: pressed[0]
        await asyncio.sleep_ms(1000)
        assert not tool.watch.judge.contact and not tool.watch.fault
        pressed[0] = 600
        assert await until(lambda: tool.watch.judge.contact, 100)
        pressed[0] = 1900
        assert await until(lambda: tool.player.cue == ids.CUE_OVER, 100)
        pressed[0] = 0
        assert await until(lambda: not tool.watch.judge.contact, 100)
        await asyncio.sleep_ms(1000)
        assert not tool.watch.fault

    run(script, {"sensor": "fsr"})


def test_an_fsr_left_alone_is_no_stuck_reading():
    async def script(tool, plant):
        await asyncio.sleep_ms(60000)
        assert not tool.watch.fault and not tool.watch.judge.contact

    run(script, {"sensor": "fsr"})


def test_broken_wires_of_an_fsr_are_a_fault():
    for knob, value, fault in (
        ("wire_open", True, ids.FAULT_SATURATED),
        ("shorted", True, ids.FAULT_SATURATED),
        ("stuck_mv", 200, ids.FAULT_STUCK),
    ):

        async def script(tool, plant):
            await asyncio.sleep_ms(300)
            setattr(plant.fsr, knob, value)
            assert await until(lambda: tool.watch.fault, 360 if fault == ids.FAULT_STUCK else 100), knob
            assert tool.watch.fault == fault

        run(script, {"sensor": "fsr"})


def test_a_slow_board_or_an_fsr_starts_no_session_whatever_was_refused_before():
    for options in ({"sensor": "fsr"}, {"sensor": "hx711", "hx711_rate": 10}):

        async def script(tool, plant):
            tool.starter.refused = ""
            for _ in range(3):
                await click(plant)
                await asyncio.sleep_ms(700)
            assert tool.session is None and tool.journal.last() == 0

        run(script, options)


def test_a_mended_rate_pin_is_found_at_the_next_power_up():
    async def script(tool, plant):
        assert tool.fault == 0 and not tool.board.practice_only
        await started(tool, plant)

    run(script, {"sensor": "hx711", "press": [[0, 1000], [3000000, 1000]]})


# A self-test at the desktop's request


def self_tested(tool):
    """Run it; the tool's fault after it."""
    assert tool.begin_self_test()
    return until(lambda: tool._busy is None, 20000)


def test_a_self_test_forgets_neither_a_slow_sensor_nor_unknown_parts():
    async def slow(tool, plant):
        assert await self_tested(tool) and tool.fault == ids.FAULT_SENSOR_SLOW
        await asyncio.sleep_ms(3000)
        assert plant.light == (0, 0, 0) and tool.board.practice_only

    async def unknown(tool, plant):
        assert await self_tested(tool) and tool.fault == ids.FAULT_PARTS
        assert not tool.watch.running and plant.demand_permille() == 0

    run(slow, {"sensor": "hx711", "hx711_rate": 10})
    with_parts(b'{"sensor": "hx712"}', unknown)


def test_a_self_test_of_other_parts_is_passed_on_battery_and_on_usb_power():
    for usb_power in (False, True):

        async def script(tool, plant):
            assert await self_tested(tool) and tool.fault == ids.FAULT_NONE, tool.fault

        run(script, {"sensor": "hx711", "motor": "erm", "usb_power": usb_power})
