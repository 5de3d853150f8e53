"""The private channel in front of the server: what strangers get, the proof, sealed requests, limits, what ends it."""

import asyncio
import sys
import time

from channel_bench import Desk, derived_of, vectors
from core import channel, wire
from smp import cbor, frames, private_channel
from smp import server as smp_server
from smp.private_channel import (
    FORGED_MOST,
    SEALED_COST,
    STRANGER_BYTES,
    STRANGER_MOST,
    TRIES_MOST,
    TRY_BACK_MS,
    PrivateChannel,
)
from wire_fake import SESSION, FakeTool
from wire_golden import body_of, load, request

R, W = wire.OP_READ, wire.OP_WRITE
ROOT = __file__.replace("\\", "/").rsplit("tests/firmware/", 1)[0]
GOLDEN = vectors(ROOT)
HELLO = request(R, 65, wire.TOOL_HELLO)
CHALLENGE = request(W, 65, wire.TOOL_CHALLENGE, {"nonce": GOLDEN["host_nonce"]}, 1)
PROVE = request(W, 65, wire.TOOL_PROVE, {"proof": GOLDEN["host_proof"]}, 2)

HEAP = "1m"


class Bench:
    """A channel of the golden handshake, opened; `proved` goes through the handshake."""

    def __init__(self, fixed=True):
        self.tool = FakeTool()
        self.server = smp_server.Server(self.tool)
        self.channel = PrivateChannel(self.server)
        if fixed:
            self.channel._make_nonce = lambda: GOLDEN["tool_nonce"]
        self.channel.opened()
        self.desk = None

    def ask(self, message):
        """The reply's bytes; empty when there is none."""
        length = self.channel.answer(memoryview(bytearray(message)))
        if length == self.channel.LATER:
            length = asyncio.run(self.channel.finish())
        reply = bytes(memoryview(self.channel.reply_buf)[frames.PREFIX : frames.PREFIX + length])
        self.channel.reply_sent()
        return reply

    def proved(self):
        self.ask(CHALLENGE)
        assert body_of(self.ask(PROVE)) == {"proof": GOLDEN["tool_proof"]}
        self.desk = Desk(derived_of(GOLDEN))
        return self

    def sealed(self, message):
        """The reply to a message in a sealed one; None when there is none."""
        reply = self.ask(self.desk.wrap(message))
        return self.desk.unwrap(reply) if reply else None

    def is_open(self):
        found = self.sealed(request(R, 65, wire.TOOL_STATE))
        return found is not None and "mode" in body_of(found)


def code_of(reply):
    return body_of(reply).get("err", {}).get("rc")


def test_golden_bytes():
    bench = Bench()
    for row in load(ROOT, "channel"):
        reply, wanted = bench.ask(bytes.fromhex(row["request"])), bytes.fromhex(row["reply"])
        assert (len(reply), reply[:8]) == (len(wanted), wanted[:8]), (row["what"], reply.hex())
        assert body_of(reply) == body_of(wanted), row["what"]
    assert bench.server.faults == 0


def test_a_stranger_gets_a_short_hello():
    bench = Bench()
    bench.channel.mtu = 185
    found = body_of(bench.ask(HELLO))
    assert found == {
        "proto_min": 1, "proto_max": 1, "device_id": "0011223344556677", "name": "Gentle", "cap": [], "buf": 2048,
        "window": 8, "mtu": 185,
    }  # fmt: skip


STRANGE = [
    (W, 65, wire.TOOL_TARE, {}),
    (R, 65, wire.TOOL_STATE, {}),
    (R, 65, wire.TOOL_SESSIONS, {}),
    (W, 65, wire.TOOL_ACKNOWLEDGE, {"id": 7, "crc": 1, "host": "h"}),
    (W, 65, wire.TOOL_SYMPTOM, {"symptom": 2}),
    (W, 65, wire.TOOL_PAIR, {"host": "h", "key": bytes(16)}),
    (W, 65, wire.TOOL_PAIR, {"forget": "desk"}),
    (R, 65, wire.TOOL_PAIR, {}),
    (W, 65, wire.TOOL_FACTORY_RESET, {}),
    (W, 65, wire.TOOL_SEALED, {"d": bytes(40)}),
    (R, 65, wire.TOOL_SEALED, {}),
    (R, 65, 99, {}),
    (W, 65, wire.TOOL_HELLO, {}),
    (R, 65, wire.TOOL_CHALLENGE, {}),
    (R, 65, wire.TOOL_PROVE, {}),
]
STRANGE_ELSEWHERE = [
    (W, 0, wire.OS_ECHO, {"d": "x"}),
    (W, 0, wire.OS_RESET, {}),
    (R, 0, wire.OS_PARAMETERS, {}),
    (W, 0, wire.OS_DATETIME, {"datetime": "2026-07-01T12:00:00"}),
    (R, 3, 0, {"name": "name"}),
    (W, 3, 0, {"name": "name", "val": b"x"}),
    (R, 8, 0, {"name": SESSION, "off": 0}),
    (W, 8, 0, {"name": "/routine", "off": 0, "len": 2, "data": b"{}"}),
    (R, 77, 0, {}),
]


def untouched(tool):
    fresh = FakeTool()
    return (
        (tool.tares, tool.resets, tool.acknowledged, tool.symptoms, tool.asked, tool.files.writes)
        == (0, 0, [], [], [], 0)
        and tool.settings.values == fresh.settings.values
        and (tool.keys, tool.clock.now) == (fresh.keys, 0)
        and tool.files.files == fresh.files.files
    )


def test_everything_else_is_refused_to_a_stranger_and_does_nothing():
    for row in STRANGE:
        bench = Bench()
        reply = bench.ask(request(*row))
        if row[2] in bench.channel._commands:
            assert body_of(reply)["rc"] == wire.MGMT_NOT_SUPPORTED, row
        else:
            assert body_of(reply) == {"err": {"group": 65, "rc": wire.ERR_KEY_NEEDED}}, row
        assert untouched(bench.tool) and not bench.channel.is_proven(), row
    for row in STRANGE_ELSEWHERE:
        for version in (0, 1):
            bench = Bench()
            reply = bench.ask(request(*row, version=version))
            assert body_of(reply) == {"rc": wire.MGMT_ACCESS_DENIED, "rsn": private_channel.DENIED}, row
            assert untouched(bench.tool)
    first_version = body_of(Bench().ask(request(W, 65, wire.TOOL_TARE, {}, 0, 0)))
    assert first_version == {"rc": wire.MGMT_ACCESS_DENIED, "rsn": private_channel.DENIED}


def test_a_stranger_is_answered_so_often_and_then_no_more():
    bench = Bench()
    state = request(R, 65, wire.TOOL_STATE)
    assert len([1 for _ in range(3 * STRANGER_MOST) if bench.ask(state)]) == STRANGER_MOST
    assert bench.ask(HELLO) == b"" and bench.ask(CHALLENGE) == b""
    bench.channel.opened()
    assert bench.ask(HELLO)
    bench.channel.closed()
    assert bench.ask(HELLO) == b"", "no link, no answer"


def test_a_proof_opens_the_channel():
    bench = Bench()
    assert not bench.channel.is_proven()
    bench.proved()
    assert bench.channel.is_proven()
    assert body_of(bench.sealed(request(W, 65, wire.TOOL_TARE))) == {"zero_mn": -12}
    assert body_of(bench.sealed(request(R, 3, 0, {"name": "name"}))) == {"val": b"Gentle"}
    hello = body_of(bench.sealed(HELLO))
    assert hello["boot"] == 3 and hello["buf"] == bench.channel.buf_size - channel.OVERHEAD
    assert bench.server.buf_size == bench.channel.buf_size, "the other link has all of it"


def test_a_wrong_key_opens_nothing():
    bench = Bench()
    bench.tool.keys = {"desk": bytes(15) + b"\1"}
    bench.ask(CHALLENGE)
    assert code_of(bench.ask(PROVE)) == wire.ERR_KEY_WRONG
    assert not bench.channel.is_proven()
    assert code_of(bench.ask(PROVE)) == wire.ERR_CHALLENGE, "one answer to a challenge"
    bench.tool.keys = {}
    bench.ask(CHALLENGE)
    assert code_of(bench.ask(PROVE)) == wire.ERR_KEY_WRONG
    assert untouched_but_keys(bench.tool)


def untouched_but_keys(tool):
    tool.keys = FakeTool().keys
    return untouched(tool)


def test_a_proof_of_another_handshake_opens_nothing():
    bench = Bench(fixed=False)
    bench.ask(CHALLENGE)
    assert code_of(bench.ask(PROVE)) == wire.ERR_KEY_WRONG
    assert not bench.channel.is_proven()


def test_a_proof_without_a_challenge_opens_nothing():
    bench = Bench()
    assert code_of(bench.ask(PROVE)) == wire.ERR_CHALLENGE
    bench.ask(CHALLENGE)
    bench.channel.closed()
    bench.channel.opened()
    assert code_of(bench.ask(PROVE)) == wire.ERR_CHALLENGE, "it ended with its link"


def test_a_half_open_handshake_ends():
    bench = Bench()
    bench.ask(CHALLENGE)
    bench.channel._nonces_ms = time.ticks_add(time.ticks_ms(), -channel.CHALLENGE_MS)
    assert code_of(bench.ask(PROVE)) == wire.ERR_CHALLENGE
    assert not bench.channel.is_proven()


def test_nonces_differ_even_if_random_numbers_do_not():
    tool = FakeTool()
    stuck = PrivateChannel(smp_server.Server(tool), bytes)
    seen = {bytes(stuck._make_nonce()) for _ in range(20)}
    assert len(seen) == 20 and {len(one) for one in seen} == {channel.NONCE_BYTES}


def test_malformed_handshakes_are_refused():
    for command, body in (
        (wire.TOOL_CHALLENGE, {}),
        (wire.TOOL_CHALLENGE, {"nonce": b"short"}),
        (wire.TOOL_CHALLENGE, {"nonce": "text" * 4}),
        (wire.TOOL_CHALLENGE, {"nonce": bytes(17)}),
        (wire.TOOL_PROVE, {}),
        (wire.TOOL_PROVE, {"proof": bytes(31)}),
        (wire.TOOL_PROVE, {"proof": 5}),
    ):
        bench = Bench()
        bench.ask(CHALLENGE)
        assert body_of(bench.ask(request(W, 65, command, body)))["rc"] == wire.MGMT_INVALID, body
        assert not bench.channel.is_proven()
        assert bench.server.faults == 0


def test_lost_replies_of_the_handshake_are_given_again():
    bench = Bench(fixed=False)
    first = bench.ask(CHALLENGE)
    assert bench.ask(CHALLENGE) == first, "the same nonce for the same question"
    bench = Bench().proved()
    assert body_of(bench.ask(PROVE)) == {"proof": GOLDEN["tool_proof"]}
    assert bench.is_open(), "the channel is the same one still"
    bench.channel.closed()
    bench.channel.opened()
    assert code_of(bench.ask(PROVE)) == wire.ERR_CHALLENGE


def challenges(bench, count):
    """How many of so many challenges are taken, each on a link of its own."""
    taken = 0
    for number in range(count):
        bench.channel.opened()
        nonce = bytes([number]) * channel.NONCE_BYTES
        taken += "nonce" in body_of(bench.ask(request(W, 65, wire.TOOL_CHALLENGE, {"nonce": nonce})))
    return taken


def later(bench, ms):
    bench.channel._tries_ms = time.ticks_add(bench.channel._tries_ms, -ms)


def test_tries_are_limited_in_number_and_time():
    bench = Bench()
    assert challenges(bench, 20) == TRIES_MOST
    assert code_of(bench.ask(CHALLENGE)) == wire.ERR_KEY_WAIT
    later(bench, TRY_BACK_MS - 1000)
    assert challenges(bench, 3) == 0
    later(bench, 1000)
    assert challenges(bench, 3) == 1, "one comes back"
    later(bench, 2 * TRY_BACK_MS + 5)
    assert challenges(bench, 5) == 2
    later(bench, 100 * TRY_BACK_MS)
    assert challenges(bench, 20) == TRIES_MOST


def test_nobody_is_locked_out_for_ever():
    bench = Bench()
    challenges(bench, 20)
    bench.channel.window_opened()
    bench.channel.opened()
    assert bench.proved().is_open(), "somebody at the tool opened the window anew"
    challenges(bench, TRIES_MOST)
    later(bench, TRY_BACK_MS)
    bench.channel.opened()
    assert bench.proved().is_open()
    assert challenges(bench, 20) == TRIES_MOST, "a right answer gives all back"


def test_a_challenge_in_an_open_channel_leaves_it_open():
    bench = Bench().proved()
    assert "nonce" in body_of(bench.ask(request(W, 65, wire.TOOL_CHALLENGE, {"nonce": bytes(16)})))
    assert code_of(bench.ask(request(W, 65, wire.TOOL_PROVE, {"proof": bytes(32)}))) == wire.ERR_KEY_WRONG
    assert bench.is_open()


def test_open_requests_are_refused_in_an_open_channel():
    bench = Bench().proved()
    assert code_of(bench.ask(request(W, 65, wire.TOOL_TARE))) == wire.ERR_KEY_NEEDED
    assert bench.tool.tares == 0 and bench.is_open()


def test_what_is_replayed_or_altered_does_nothing():
    bench = Bench().proved()
    tare = bench.desk.wrap(request(W, 65, wire.TOOL_TARE))
    assert bench.ask(tare) and bench.tool.tares == 1
    bench.server._remembered_length = 0
    assert bench.ask(tare) == b"" and bench.tool.tares == 1
    other = bench.desk.wrap(request(W, 65, wire.TOOL_TARE, {}, 3))
    for place in (0, 7, 14, 20, len(other) - 1):
        altered = bytearray(other)
        altered[place] ^= 4
        assert bench.ask(altered) in (b"",) or place in (0, 7), place
    assert bench.tool.tares == 1
    assert bench.ask(other) and bench.tool.tares == 2
    assert bench.channel.forged == 4


def test_too_much_that_is_not_to_be_believed_ends_the_channel():
    bench = Bench().proved()
    tare = bench.desk.wrap(request(W, 65, wire.TOOL_TARE))
    bench.ask(tare)
    for _ in range(FORGED_MOST - 1):
        bench.ask(tare)
    assert bench.is_open()
    bench.ask(tare)
    assert not bench.channel.is_proven() and not bench.sealed(request(R, 65, wire.TOOL_STATE))
    assert bench.tool.tares == 1
    bench.channel.opened()
    assert bench.proved().is_open()


def test_a_repeated_change_is_done_once_though_sealed_anew():
    bench = Bench().proved()
    tare = request(W, 65, wire.TOOL_TARE, {}, 9)
    first, second = bench.desk.wrap(tare), bench.desk.wrap(tare)
    assert first != second
    replies = [bench.desk.unwrap(bench.ask(outer)) for outer in (first, second)]
    assert replies[0] == replies[1] and body_of(replies[0]) == {"zero_mn": -12}
    assert bench.tool.tares == 1


def test_pairing_and_factory_reset_are_for_the_cable():
    bench = Bench().proved()
    for row in (
        (W, 65, wire.TOOL_PAIR, {"host": "h", "key": bytes(16)}),
        (W, 65, wire.TOOL_PAIR, {"forget": "old"}),
        (W, 65, wire.TOOL_FACTORY_RESET, {}),
    ):
        assert code_of(bench.sealed(request(*row))) == wire.ERR_CABLE_ONLY, row
        assert bench.tool.asked == []
    assert body_of(bench.sealed(request(R, 65, wire.TOOL_PAIR))) == {"hosts": ["desk", "old"], "most": 8}


def test_a_key_that_is_taken_away_ends_the_channel():
    bench = Bench().proved()
    assert bench.tool.pair("desk", None) == wire.ERR_OK
    assert code_of(bench.ask(bench.desk.wrap(request(W, 65, wire.TOOL_TARE)))) == wire.ERR_KEY_NEEDED
    assert bench.tool.tares == 0 and not bench.channel.is_proven()


def test_a_new_link_proves_anew():
    bench = Bench().proved()
    sealed = bench.desk.wrap(request(W, 65, wire.TOOL_TARE))
    bench.channel.closed()
    bench.channel.opened()
    assert code_of(bench.ask(sealed)) == wire.ERR_KEY_NEEDED
    assert bench.tool.tares == 0


class Purse:
    """What a tool allows in contact."""

    def __init__(self, tool, left, refusals_left=0):
        self.left, self.refusals_left = left, refusals_left
        tool.spend, tool.spend_refusing = self.spend, self.spend_refusing

    def spend(self, size):
        if size > self.left:
            return False
        self.left -= size
        return True

    def spend_refusing(self, size):
        if size > self.refusals_left:
            return False
        self.refusals_left -= size
        return True


def test_at_rest_all_garbage_is_counted():
    bench = Bench()
    for message, cost in (
        (HELLO, smp_server.REST_COST),
        (request(W, 65, wire.TOOL_TARE), private_channel.REFUSED_COST),
        (CHALLENGE, smp_server.REST_COST),
        (PROVE, private_channel.PROOF_COST),
    ):
        bench.tool.afforded = []
        bench.ask(message)
        assert bench.tool.afforded == [cost], cost
    bench.desk = Desk(derived_of(GOLDEN))
    bench.tool.afforded = []
    bench.sealed(request(R, 65, wire.TOOL_STATE))
    assert bench.tool.afforded == [SEALED_COST, smp_server.REST_COST]


def test_in_contact_strangers_have_to_wait():
    bench = Bench()
    bench.tool.contact = True
    for message in (HELLO, CHALLENGE, PROVE):
        assert code_of(bench.ask(message)) == wire.ERR_BUSY_CONTACT
    assert bench.ask(request(R, 65, wire.TOOL_STATE)) == b""
    bench.tool.contact, bench.tool.is_testing = False, True
    assert code_of(bench.ask(HELLO)) == wire.ERR_BUSY_SESSION


def test_in_contact_strangers_get_nothing_once_refusals_are_spent():
    bench = Bench()
    bench.tool.contact = True
    Purse(bench.tool, 10**6, 2 * smp_server.REFUSAL_COST)
    assert [bool(bench.ask(HELLO)) for _ in range(4)] == [True, True, False, False]


def test_in_contact_the_seal_is_paid_for():
    bench = Bench().proved()
    bench.tool.contact = True
    purse = Purse(bench.tool, SEALED_COST + smp_server.LIVE_COST, SEALED_COST + smp_server.REFUSAL_COST)
    state = request(R, 65, wire.TOOL_STATE)
    assert "mode" in body_of(bench.sealed(state))
    assert purse.left == 0
    assert code_of(bench.sealed(state)) == wire.ERR_BUSY_CONTACT
    assert bench.sealed(state) is None, "then nothing any more"
    bench.tool.contact = False
    assert bench.is_open()


def test_a_warning_sign_is_heard_whatever_it_costs():
    bench = Bench().proved()
    bench.tool.contact = True
    Purse(bench.tool, 0)
    assert body_of(bench.sealed(request(W, 65, wire.TOOL_SYMPTOM, {"symptom": 2})))["symptom"] == 2
    assert bench.tool.symptoms == [2]
    sign = bench.desk.wrap(request(W, 65, wire.TOOL_SYMPTOM, {"symptom": 3}))
    sign[-1] ^= 1
    assert bench.ask(sign) == b"" and bench.tool.symptoms == [2]


def test_a_change_is_refused_in_contact_as_over_the_cable():
    bench = Bench().proved()
    bench.tool.contact = True
    for row in ((W, 65, wire.TOOL_TARE, {}), (W, 65, wire.TOOL_PAIR, {"forget": "old"})):
        assert code_of(bench.sealed(request(*row))) == wire.ERR_BUSY_CONTACT
    assert bench.tool.tares == 0 and bench.tool.asked == []


def test_the_longest_messages_fit():
    bench = Bench().proved()
    text = "x" * (bench.channel.buf_size - channel.OVERHEAD - 8 - 1 - 2 - 3)
    outer = bench.desk.wrap(request(W, 0, wire.OS_ECHO, {"d": text}))
    assert len(outer) == bench.channel.buf_size
    reply = bench.ask(outer)
    assert len(reply) == bench.channel.buf_size
    assert body_of(bench.desk.unwrap(reply)) == {"r": text}
    data = b""
    while len(data) < 5000:
        body = body_of(bench.sealed(request(R, 8, 0, {"name": SESSION, "off": len(data)})))
        data += body["data"]
    assert data == bench.tool.files.files[SESSION]


def test_no_reply_no_sealed_one():
    bench = Bench().proved()
    assert bench.sealed(request(1, 65, 0)) is None
    assert bench.ask(b"") == b"" and bench.ask(HELLO[:7]) == b""
    assert bench.is_open()


def test_a_link_that_ends_while_it_is_answered_gets_nothing():
    bench = Bench().proved()
    outer = memoryview(bench.desk.wrap(request(W, 65, wire.TOOL_TARE)))
    assert bench.channel.answer(outer) == bench.channel.LATER
    bench.channel.closed()
    assert asyncio.run(bench.channel.finish()) == 0
    assert bench.server.buf_size == bench.channel.buf_size


def test_a_link_that_ends_while_its_proof_is_checked_leaves_nothing_open():
    bench = Bench()
    bench.ask(CHALLENGE)
    in_gap = bench.tool.in_gap

    async def interrupted(call):
        found = await in_gap(call)
        bench.channel.closed()
        bench.channel.opened()
        return found

    bench.tool.in_gap = interrupted
    assert code_of(bench.ask(PROVE)) == wire.ERR_CHALLENGE
    assert not bench.channel.is_proven()


def test_a_strangers_long_message_is_not_looked_into():
    bench = Bench()
    for command in (wire.TOOL_CHALLENGE, wire.TOOL_PROVE):
        long = request(W, 65, command, {"nonce": GOLDEN["host_nonce"], "x": [0] * STRANGER_BYTES})
        assert code_of(bench.ask(long)) == wire.ERR_KEY_NEEDED
    assert bench.channel._nonces is None


def test_a_restart_waits_for_its_sealed_reply():
    bench = Bench().proved()
    assert body_of(bench.sealed(request(W, 0, wire.OS_RESET))) == {}
    assert bench.tool.resets == 1
    assert cbor.decode(b"\xa0") == {}


def test_replies_are_no_requests():
    bench = Bench()
    for op in (1, 3, 4, 7):
        assert bench.ask(request(op, 65, wire.TOOL_HELLO)) == b"", op


def test_what_was_paired_before_the_proof_does_not_end_the_channel():
    bench = Bench()
    bench.tool.key_changes = 3
    assert bench.proved().is_open()


def test_what_checks_a_proof_is_let_go():
    bench = Bench()
    bench.ask(CHALLENGE)
    bench.ask(PROVE)
    assert bench.channel.is_proven() and "smp.key_proof" not in sys.modules


def test_a_new_proof_on_the_same_link_begins_anew():
    bench = Bench().proved()
    tare = bench.desk.wrap(request(W, 65, wire.TOOL_TARE))
    for _ in range(FORGED_MOST):
        bench.ask(tare)
    bench.proved()
    for _ in range(FORGED_MOST - 1):
        bench.ask(tare)
    assert bench.channel.is_proven()
