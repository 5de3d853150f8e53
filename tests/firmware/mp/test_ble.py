"""The link over the air on a radio of paper: when it is on, who is let in, what goes over it, what it waits for."""

import sys

from sim import task_queue

sys.modules["_asyncio"] = task_queue
import asyncio

from core import air, ids, patterns, wire
from fake_radio import double, run, visit, window
from links import ble
from sim_rig import click, started, until
from wire_golden import body_of, request

RUNTIMES = ("micropython",)
PATH = ("firmware/sim/shadow",)
HEAP = "16m"
TIMEOUT_S = 120

STATE = request(0, 65, 3)
BLOCKING = ("on", "off", "advertise", "hang up")


def echo(text, sequence=1):
    return request(2, 0, 0, {"d": text}, sequence)


def test_an_advertisement_holds_the_service_and_the_name_in_31_bytes():
    service = bytes(range(16))
    head = b"\x02\x01\x06\x11\x07" + service
    assert ble.advertisement("Rose", service) == head + b"\x05\x09Rose"
    assert ble.advertisement("Gentlepress", service) == head + b"\x09\x08Gentlepr"
    assert len(ble.advertisement("Gentlepress", service)) == 31


def test_off_until_a_double_press_and_again_after_a_minute():
    async def script(tool, plant, radio, gate, link):
        await asyncio.sleep_ms(3000)
        assert radio.calls == [] and not tool.air.shows()
        await window(plant, radio)
        assert radio.on and radio.mtu == 247 and gate.told == ["closed", "window"][-1:]
        assert radio.flags == 0x1C and radio.service == air.SERVICE
        assert radio.size == 2048 + 8 * ble.SHORT, "what the desktop may have on its way has room"
        assert tool.player._blinks == patterns.AIR_BLINKS and tool.player._heartbeat
        await asyncio.sleep_ms(57000)
        assert radio.on
        assert await until(lambda: not radio.on, 4000)
        assert tool.player._blinks == 0 and tool.mode == ids.IDLE

    run(script)


def test_no_window_asleep_or_locked():
    async def script(tool, plant, radio, gate, link):
        await click(plant, 3500)
        assert await until(lambda: tool.mode == ids.LOCKED, 3000)
        await double(plant)
        assert not tool.air.shows()
        await click(plant, 3500)
        assert await until(lambda: tool.mode == ids.IDLE, 3000)
        tool.fault = ids.FAULT_BUS
        await window(plant, radio)
        assert tool.player._colour == patterns.OFF, "at fault the light stays dark: do not press"
        await click(plant, 1500)
        assert await until(lambda: tool.mode == ids.ASLEEP and not radio.on, 3000)
        await double(plant)
        assert not tool.air.shows()

    run(script)


def test_a_request_is_answered_in_packets_of_the_mtu():
    async def script(tool, plant, radio, gate, link):
        await visit(plant, radio, mtu=None)
        assert gate.told[-1] == "opened"
        for mtu in (23, 185, 247):
            radio.event(21, (1, mtu))
            message = echo("x" * 400, mtu)
            for at in range(0, len(message), 20):
                radio.write(message[at : at + 20])
            await asyncio.sleep_ms(400)
            assert max([len(piece) for _conn, piece in radio.sent]) == mtu - 3
            assert gate.mtu == mtu
            assert body_of(radio.reply()) == {"r": "x" * 400}

    run(script)


def test_two_requests_in_one_write_and_the_window_of_four():
    async def script(tool, plant, radio, gate, link):
        await visit(plant, radio)
        radio.write(b"".join([echo(str(n), n) for n in range(4)]))
        await asyncio.sleep_ms(300)
        assert [body_of(piece)["r"] for _conn, piece in radio.sent] == ["0", "1", "2", "3"]

    run(script)


def test_a_full_stack_is_tried_again_and_a_dead_one_costs_the_reply_only():
    async def script(tool, plant, radio, gate, link):
        await visit(plant, radio)
        radio.full = 20
        radio.write(echo("y" * 900))
        await asyncio.sleep_ms(500)
        assert body_of(radio.reply()) == {"r": "y" * 900} and link.dropped == 0
        radio.full = 100000
        radio.write(echo("z"))
        await asyncio.sleep_ms(4000)
        assert link.dropped == 1
        radio.full = 0
        radio.write(echo("after", 2))
        await asyncio.sleep_ms(200)
        assert body_of(radio.reply()) == {"r": "after"}

    run(script)


def test_garbage_and_halves_cost_nobody_else_anything():
    async def script(tool, plant, radio, gate, link):
        await visit(plant, radio)
        for junk in (
            b"\xff" * 20,
            bytes(8),
            echo("half")[:12],
            b"\x02\x00\xff\xff" + bytes(4),
            b"\x03" + bytes(7),
        ):
            radio.write(junk)
            await asyncio.sleep_ms(1200)
            radio.sent = []
            radio.write(echo("whole"))
            await asyncio.sleep_ms(200)
            assert body_of(radio.reply()) == {"r": "whole"}

    run(script)


def test_a_second_desktop_gets_nothing_and_the_first_goes_on():
    async def script(tool, plant, radio, gate, link):
        await visit(plant, radio)
        assert radio.advert is None
        radio.come(2)
        radio.write(echo("mine"), conn=2)
        await asyncio.sleep_ms(400)
        assert radio.hung_up == [2] and link.strangers == 1 and radio.sent == []
        radio.write(echo("first"))
        await asyncio.sleep_ms(200)
        assert [conn for conn, _piece in radio.sent] == [1]
        assert body_of(radio.reply()) == {"r": "first"}

    run(script)


def test_who_proves_nothing_is_hung_up_and_the_window_stays_open():
    async def script(tool, plant, radio, gate, link):
        gate.proven = False
        await visit(plant, radio)
        for _ in range(air.UNPROVEN_MS // 1000):
            assert radio.hung_up == []
            radio.write(STATE)
            await asyncio.sleep_ms(1000)
        await asyncio.sleep_ms(500)
        assert radio.hung_up == [1] and link.thrown == 1 and gate.told[-1] == "closed"
        assert await until(lambda: radio.advert is not None, 1000)

    run(script)


def test_who_says_nothing_is_hung_up_after_30_s():
    async def script(tool, plant, radio, gate, link):
        await visit(plant, radio)
        await asyncio.sleep_ms(29000)
        assert radio.hung_up == []
        await asyncio.sleep_ms(2000)
        assert radio.hung_up == [1]

    run(script)


def test_who_is_busy_stays_past_the_window_and_nobody_comes_after_it():
    async def script(tool, plant, radio, gate, link):
        await visit(plant, radio)
        for _ in range(7):
            await asyncio.sleep_ms(10000)
            radio.write(STATE)
        assert tool.air.left_ms == 0 and radio.hung_up == [] and radio.on
        assert tool.mode == ids.IDLE and tool.player._blinks == patterns.AIR_BLINKS
        radio.event(2, (1, 0, b""))
        assert await until(lambda: not radio.on, 2000)
        assert radio.advert is None

    run(script)


def test_a_desktop_may_come_again_within_the_window_and_finds_nothing_of_the_last():
    async def script(tool, plant, radio, gate, link):
        await visit(plant, radio)
        radio.write(echo("unfinished")[:15])
        await asyncio.sleep_ms(50)
        radio.event(2, (1, 0, b""))
        assert await until(lambda: radio.advert is not None, 1000)
        radio.come(1, 247)
        radio.write(echo("new"))
        await asyncio.sleep_ms(200)
        assert body_of(radio.reply()) == {"r": "new"}
        assert gate.told.count("opened") == 2

    run(script)


def test_a_session_is_pressed_without_the_radio():
    async def script(tool, plant, radio, gate, link):
        await visit(plant, radio)
        await started(tool, plant)
        assert not radio.on and ("off", False) in radio.calls
        assert "off" in [name for name, _contact in radio.calls]
        await asyncio.sleep_ms(3000)
        assert not radio.on and not tool.air.shows()

    run(script)


def test_with_live_air_it_stays_on_and_in_contact_nothing_blocks():
    async def script(tool, plant, radio, gate, link):
        assert tool.settings.write("live_air", b"1") == wire.ERR_OK
        await visit(plant, radio)
        await started(tool, plant)
        assert radio.on
        assert await until(tool.watch.in_contact, 9000)
        before = len(radio.calls)
        gate.proven = False  # now it is to be hung up, which waits for the lift
        for number in range(10):
            radio.write(request(0, 65, 3, {}, number))
            await asyncio.sleep_ms(100)
        assert tool.watch.in_contact() and len(radio.calls) == before
        assert radio.sent, "it is answered all the same"
        assert await until(lambda: radio.hung_up == [1], 30000)
        assert not [name for name, contact in radio.calls if contact and name in BLOCKING]

    run(script, {"hand": "gentle"})


def test_in_contact_no_more_is_read_than_the_budget_has_room_for():
    async def script(tool, plant, radio, gate, link):
        assert tool.settings.write("live_air", b"1") == wire.ERR_OK
        await visit(plant, radio)
        await started(tool, plant)
        assert await until(tool.watch.in_contact, 9000)
        tool.gaps._left = 0
        radio.write(STATE)
        await asyncio.sleep_ms(200)
        assert tool.watch.in_contact() and radio.sent == [] and radio.buffer == STATE
        assert await until(lambda: radio.sent, 30000), "after the lift"

    run(script, {"hand": "gentle"})


def test_a_radio_that_does_not_start_leaves_a_tool_that_works():
    async def script(tool, plant, radio, gate, link):
        radio.broken = True
        await double(plant)
        assert await until(lambda: tool.air.failed, 3000)
        assert not tool.air.shows() and not tool.air.on
        await asyncio.sleep_ms(1000)
        radio.broken = False
        await window(plant, radio)
        assert tool.air.failed == ""

    run(script)


def test_one_link_waits_for_the_other():
    async def script(tool, plant, radio, gate, link):
        await visit(plant, radio)
        link._turn.taken = True
        radio.write(echo("later"))
        await asyncio.sleep_ms(300)
        assert radio.sent == []
        link._turn.taken = False
        await asyncio.sleep_ms(100)
        assert body_of(radio.reply()) == {"r": "later"}

    run(script)
