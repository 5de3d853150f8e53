"""The whole tool and those who have no business with it: each gets nothing, changes nothing, and disturbs no watch.

What is compared before and after: every file on the flash, what the tool does and shows, and how the watch fared.
"""

import sys

from sim import task_queue

sys.modules["_asyncio"] = task_queue
import asyncio
import os

from channel_bench import Desk
from core import channel, ids, wire
from core.service import Service
from dose_rig import NOON_S
from sim.random_source import RandomSource
from sim_rig import run, started, until
from smp import key_proof
from smp.private_channel import STRANGER_MOST, TRIES_MOST, PrivateChannel
from smp.server import REFUSAL_COST, Server
from wire_golden import body_of, request

RUNTIMES = ("micropython",)
PATH = ("firmware/sim/shadow",)
HEAP = "16m"
TIMEOUT_S = 200

R, W = wire.OP_READ, wire.OP_WRITE
KEY, OTHER = bytes(range(16)), bytes(range(7, 23))
ASKED = (
    (R, 65, wire.TOOL_STATE, {}),
    (R, 65, wire.TOOL_SAMPLES, {}),
    (R, 65, wire.TOOL_SESSIONS, {}),
    (W, 65, wire.TOOL_ACKNOWLEDGE, {"id": 1, "crc": 1, "host": "evil"}),
    (W, 65, wire.TOOL_TARE, {}),
    (W, 65, wire.TOOL_CALIBRATE, {"step": "begin"}),
    (W, 65, wire.TOOL_HEALTH, {"cleaned": 1}),
    (W, 65, wire.TOOL_SELF_TEST, {}),
    (W, 65, wire.TOOL_SYMPTOM, {"symptom": 2}),
    (R, 65, wire.TOOL_USERS, {}),
    (W, 65, wire.TOOL_FACTORY_RESET, {}),
    (W, 65, wire.TOOL_HOSTS, {"forget": "desk"}),
    (W, 65, wire.TOOL_PAIR, {"host": "evil", "key": OTHER}),
    (W, 65, wire.TOOL_PAIR, {"forget": "desk"}),
    (W, 65, wire.TOOL_SEALED, {"d": bytes(40)}),
    (W, 3, 0, {"name": "name", "val": b"evil"}),
    (W, 3, 1, {"name": "name"}),
    (W, 8, 0, {"name": "/routine", "off": 0, "len": 2, "data": b"{}"}),
    (R, 8, 0, {"name": "/routine", "off": 0}),
    (W, 0, wire.OS_DATETIME, {"datetime": "2030-01-01T12:00:00"}),
    (W, 0, wire.OS_RESET, {}),
    (W, 0, wire.OS_ECHO, {"d": "evil"}),
)


class Random(RandomSource):
    def below(self, end):
        return int(self.unit() * end)


class Air:
    """The tool's end of a link over the air, and how a desktop speaks over it."""

    def __init__(self, tool):
        self.tool = tool
        self.service = Service(tool)
        self.channel = PrivateChannel(Server(self.service))
        self.heard = []
        self.said = []
        self.tares = []

    def connect(self):
        self.channel.opened()

    async def ask(self, message):
        self.heard.append(bytes(message))
        length = self.channel.answer(memoryview(bytearray(message)))
        if length == self.channel.LATER:
            length = await self.channel.finish()
        reply = bytes(memoryview(self.channel.reply_buf)[2 : 2 + length])
        self.channel.reply_sent()
        if reply:
            self.said.append(reply)
        return reply

    async def shake_hands(self, key, nonce, sequence=1):
        """The desktop's side (smp.seal), or None when the tool did not believe the proof."""
        hello = body_of(await self.ask(request(R, 65, wire.TOOL_HELLO, {}, sequence)))
        asked = await self.ask(request(W, 65, wire.TOOL_CHALLENGE, {"nonce": nonce}, sequence))
        theirs = body_of(asked).get("nonce")
        if theirs is None:
            return None
        info = channel.info(bytes.fromhex(hello["device_id"]), hello["proto_min"], hello["proto_max"])
        derived = key_proof.derive(key, nonce, theirs, info)
        claimed = key_proof.proof(derived, channel.HOST_LABEL, nonce, theirs, info)
        shown = body_of(await self.ask(request(W, 65, wire.TOOL_PROVE, {"proof": claimed}, sequence)))
        desk = Desk(derived)
        if "proof" in shown:
            assert shown["proof"] == key_proof.proof(derived, channel.TOOL_LABEL, nonce, theirs, info)
            return desk
        self.guessed = desk
        return None

    async def owner(self, nonce=b"owner's own...16"):
        """The owner's desktop, on a link of its own."""
        self.connect()
        desk = await self.shake_hands(KEY, nonce)
        assert desk is not None
        return desk


def files_of(root):
    found = {}
    for name in os.listdir(root):
        path = root + "/" + name
        if os.stat(path)[0] & 0x4000:
            for inner, data in files_of(path).items():
                found[name + "/" + inner] = data
        else:
            with open(path, "rb") as file:
                found[name] = file.read()
    return found


def looks(tool):
    """What anybody could have changed."""
    watch = tool.watch
    return (
        files_of(tool.board.root),
        tool.mode,
        tool.session,
        tool.travel_lock,
        tool.factory_reset,
        tool.reset_asked,
        tool.symptoms.symptom(),
        tool.calibrator.under_way,
        tool.starter.tests.count,
        watch.force.factory_zero,
        tool.settings.text("name"),
        tool.journal.hosts(),
        tool.clock.quality,
    )


def fared(tool):
    """How the watch fared: faults, samples that were missed, bus errors."""
    watch = tool.watch
    return watch.fault, watch.fault_count, watch.bus_errors_ever, watch.edges_missed


async def prepared(tool):
    """A paired tool, some time after its start."""
    tool.board.has_radio = True
    air = Air(tool)
    assert air.service.pair("desk", KEY) == wire.ERR_OK
    air.service.tare = lambda: air.tares.append(1)
    tool.clock.set(NOON_S)
    tool.journal._acks.add("desk", 1, [1], 0)
    await asyncio.sleep_ms(1000)
    return air


# the hostile ones


async def unpaired(air, dice):
    """Asks for everything, without any proof."""
    for number, row in enumerate(ASKED):
        if number % 8 == 0:
            air.connect()
        reply = await air.ask(request(*row))
        assert not reply or "rc" in str(body_of(reply)), row
    air.connect()
    for _ in range(4):
        proof = bytes([dice.below(256) for _ in range(32)])
        await air.ask(request(W, 65, wire.TOOL_PROVE, {"proof": proof}))


async def wrong_key(air, dice):
    """Goes through the handshake with a key of its own, and seals with what comes of it."""
    air.connect()
    assert await air.shake_hands(OTHER, b"n" * 16) is None
    for row in ASKED[:8]:
        reply = await air.ask(air.guessed.wrap(request(*row)))
        assert not reply or body_of(reply)["err"]["rc"] == wire.ERR_KEY_NEEDED


async def replaying(air, dice):
    """Has recorded what the owner said, and says it again: on a link of its own, and in the owner's."""
    first = len(air.heard)
    desk = await air.owner()
    assert body_of(desk.unwrap(await air.ask(desk.wrap(request(R, 65, wire.TOOL_STATE)))))["mode"]
    await air.ask(desk.wrap(request(W, 0, wire.OS_ECHO, {"d": "x"})))
    recorded = air.heard[first:]
    for message in recorded[3:]:
        assert await air.ask(message) == b""
    for _ in range(2):
        air.connect()
        for message in recorded:
            reply = await air.ask(message)
            assert not reply or reply[7] != wire.TOOL_SEALED or "err" in body_of(reply)
        assert not air.channel.is_proven()


async def altering(air, dice):
    """Sits between owner and tool and changes what is sealed: each message is lost, and nothing else."""
    desk = await air.owner()
    for row in ASKED[4:10]:
        whole = desk.wrap(request(*row))
        altered = bytearray(whole)
        altered[8 + dice.below(len(whole) - 8)] ^= 1 << dice.below(8)
        assert await air.ask(altered) == b"", row
    assert air.channel.is_proven()
    assert "mode" in body_of(desk.unwrap(await air.ask(desk.wrap(request(R, 65, wire.TOOL_STATE)))))


async def flooding(air, dice):
    """Messages of any kind and length, challenges above all, on link after link."""
    said = len(air.said)
    for number in range(30):
        air.connect()
        for turn in range(20):
            size = dice.below(200)
            noise = bytes([dice.below(256) for _ in range(size)])
            await air.ask(request(W, 65, wire.TOOL_CHALLENGE, {"nonce": bytes([number, turn]) * 8}))
            await air.ask(noise)
            await air.ask(request(W, 65, wire.TOOL_SEALED, {"d": noise}))
    assert len(air.said) - said <= 30 * STRANGER_MOST


async def half_speaking(air, dice):
    """Begins handshakes and ends none; proves too late, or what was never asked."""
    for nonce in (b"a" * 16, b"b" * 16):
        air.connect()
        await air.ask(request(W, 65, wire.TOOL_CHALLENGE, {"nonce": nonce}))
        await air.ask(request(W, 65, wire.TOOL_PROVE)[:9])
        air.channel.closed()
    air.connect()
    hello = body_of(await air.ask(request(R, 65, wire.TOOL_HELLO)))
    nonce = b"c" * 16
    theirs = body_of(await air.ask(request(W, 65, wire.TOOL_CHALLENGE, {"nonce": nonce})))["nonce"]
    info = channel.info(bytes.fromhex(hello["device_id"]), 1, 1)
    derived = key_proof.derive(KEY, nonce, theirs, info)
    await asyncio.sleep_ms(channel.CHALLENGE_MS)
    late = {"proof": key_proof.proof(derived, channel.HOST_LABEL, nonce, theirs, info)}
    assert body_of(await air.ask(request(W, 65, wire.TOOL_PROVE, late)))["err"]["rc"] == wire.ERR_CHALLENGE
    assert not air.channel.is_proven()


HOSTILE = (unpaired, wrong_key, replaying, altering, flooding, half_speaking)


def met_by(hostile):
    async def script(tool, plant):
        air = await prepared(tool)
        before, fared_before, blocks = looks(tool), fared(tool), tool.gaps.blocks
        await hostile(air, Random(11))
        await asyncio.sleep_ms(300)
        for then, now in zip(before, looks(tool)):
            assert then == now, (then, now)
        assert fared(tool) == fared_before and not air.tares
        # What may block the watch, if announced: each proof that is checked, and a collection.
        assert tool.gaps.blocks - blocks <= 2 * TRIES_MOST + 4, tool.gaps.blocks - blocks
        air.channel.window_opened()
        desk = await air.owner(b"owner again...16")
        assert "mode" in body_of(desk.unwrap(await air.ask(desk.wrap(request(R, 65, wire.TOOL_STATE)))))

    run(script)


def test_an_unpaired_client_gets_nothing():
    met_by(unpaired)


def test_a_client_with_a_wrong_key_gets_nothing():
    met_by(wrong_key)


def test_a_replaying_client_gets_nothing():
    met_by(replaying)


def test_an_altering_one_in_the_middle_gets_nothing():
    met_by(altering)


def test_a_flooding_client_gets_nothing_and_locks_nobody_out():
    met_by(flooding)


def test_a_client_that_speaks_half_gets_nothing():
    met_by(half_speaking)


class Held:
    """A tip held down."""

    mn = 900

    def force_mn(self, t_us, vibration, light):
        return self.mn + t_us // 3125 % 7


def test_in_contact_they_cost_next_to_nothing_and_the_watch_is_as_quick_as_ever():
    async def script(tool, plant):
        air = await prepared(tool)
        plant.hand = Held()
        assert await until(tool.watch.in_contact, 2000)
        await asyncio.sleep_ms(1500)
        worst_us = tool.watch.latency_contact.worst_us
        for hostile in HOSTILE:
            if hostile not in (replaying, altering, half_speaking, wrong_key):  # they need a handshake
                left, refusals = tool.gaps._left, tool.gaps._refusals_left
                blocks = tool.gaps.blocks
                await hostile(air, Random(12))
                assert tool.gaps._left == left, "the owner's budget is untouched"
                assert refusals - tool.gaps._refusals_left <= 34 * STRANGER_MOST * REFUSAL_COST
                assert tool.gaps.blocks == blocks and tool.watch.in_contact()
        for _ in range(3):
            air.connect()
            assert await refused_handshake(air)
        await asyncio.sleep_ms(1500)
        assert tool.watch.latency_contact.worst_us == worst_us
        assert fared(tool)[0] == ids.FAULT_NONE
        plant.hand = None

    run(script)


async def refused_handshake(air):
    """Whether a handshake in contact is put off."""
    reply = await air.ask(request(W, 65, wire.TOOL_CHALLENGE, {"nonce": b"d" * 16}))
    return not reply or body_of(reply)["err"]["rc"] == wire.ERR_BUSY_CONTACT


def test_a_session_is_pressed_as_if_nobody_were_there():
    """A flood at the lifts and in the contacts: the session runs, and its log is whole."""

    async def script(tool, plant):
        air = await prepared(tool)
        plant.hand = Held()
        plant.hand.mn = 0
        await started(tool, plant)
        assert await until(lambda: tool.session is not None and tool.session.mode != ids.SELF_TEST, 8000)
        for _ in range(3):
            plant.hand.mn = 900
            assert await until(tool.watch.in_contact, 2000)
            await unpaired(air, Random(13))
            plant.hand.mn = 0
            assert await until(lambda: not tool.watch.in_contact(), 2000)
            await flooding(air, Random(14))
            await asyncio.sleep_ms(2500)
        assert tool.session is not None and not tool.session.over()
        assert tool.watch.fault == ids.FAULT_NONE and tool.symptoms.symptom() == 0

    run(script)
