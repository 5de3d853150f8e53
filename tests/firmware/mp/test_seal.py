"""Sealed messages: golden bytes, whole and damaged ones, counters, and that nothing is left on the heap."""

import gc
import hashlib

from channel_bench import Desk, derived_of, vectors
from core import channel, wire
from smp import key_proof
from smp.seal import PIECE, Seal
from wire_golden import request

ROOT = __file__.replace("\\", "/").rsplit("tests/firmware/", 1)[0]
GOLDEN = vectors(ROOT)
DERIVED = derived_of(GOLDEN)
NONCES = (GOLDEN["host_nonce"], GOLDEN["tool_nonce"], GOLDEN["info"])

HEAP = "1m"


def unsealed(seal, message):
    found = seal.unseal(memoryview(bytearray(message)))
    return None if found is None else bytes(found)


def sealed(seal, reply, asked):
    buf = bytearray(2 + len(reply) + channel.OVERHEAD)
    buf[2 : 2 + len(reply)] = reply
    length = seal.seal(buf, 2, len(reply), asked)
    return bytes(buf[2 : 2 + length])


def test_golden_keys_and_proofs():
    made = b"".join([GOLDEN[name.replace(" ", "_")] for name, _size in channel.DERIVED])
    assert made == DERIVED and len(made) == channel.DERIVED_BYTES
    assert channel.info(GOLDEN["device_id"], 1, 1) == GOLDEN["info"]
    assert key_proof.proof(DERIVED, channel.HOST_LABEL, *NONCES) == GOLDEN["host_proof"]
    assert key_proof.proof(DERIVED, channel.TOOL_LABEL, *NONCES) == GOLDEN["tool_proof"]


def test_golden_messages():
    seal = Seal(DERIVED)
    assert unsealed(seal, GOLDEN["sealed_request"]) == GOLDEN["request"]
    assert unsealed(seal, GOLDEN["sealed_again"]) == GOLDEN["request"]
    assert sealed(seal, GOLDEN["reply"], GOLDEN["sealed_request"]) == GOLDEN["sealed_reply"]


# SHA-256 of 700 bytes n * 7 & 255 behind a header of group 8, command 0, sequence 5, sealed with the counter 0x01020304
# by the desktop's code (host/gentlepress/smp/private_channel.py): as a request, and as its reply.
LONG_REQUEST = "6823511b1e8ef55dd6860d360988fcb1b087a267f242b216d7415a678d0055c0"
LONG_REPLY = "af535768c75e1157f7068c93ac8d41b96a528369e0297a31cf29cff828498c48"


def test_long_golden_messages():
    """Every block of the stream has its own number, and every byte of the counter its place."""
    body = bytes([n * 7 & 0xFF for n in range(700)])
    asked = bytes([0x0A, 0, 700 >> 8, 700 & 0xFF, 0, 8, 5, 0]) + body
    desk, seal = Desk(DERIVED), Seal(DERIVED)
    desk._seal._tool.count = seal._tool.count = 0x01020303
    outer = desk.wrap(asked)
    assert hashlib.sha256(outer).digest().hex() == LONG_REQUEST
    assert outer[14:18] == bytes([1, 2, 3, 4])
    assert unsealed(seal, outer) == asked and seal._host.count == 0x01020304
    back = sealed(seal, bytes([0x0B]) + asked[1:], outer)
    assert hashlib.sha256(back).digest().hex() == LONG_REPLY


def test_only_a_paired_key_is_found_wherever_it_stands():
    keys = [bytes([n]) * 16 for n in range(3)]
    for place in range(4):
        found = key_proof.check(keys[:place] + [GOLDEN["key"]] + keys[place:], *NONCES, GOLDEN["host_proof"])
        assert found == (GOLDEN["tool_proof"], DERIVED)
    assert key_proof.check(keys, *NONCES, GOLDEN["host_proof"]) is None
    assert key_proof.check([], *NONCES, GOLDEN["host_proof"]) is None


def test_a_proof_fits_one_challenge_only():
    for place in range(3):
        other = list(NONCES)
        other[place] = bytes([other[place][0] ^ 1]) + other[place][1:]
        assert key_proof.check([GOLDEN["key"]], *other, GOLDEN["host_proof"]) is None, place
    assert key_proof.check([GOLDEN["key"]], *NONCES, GOLDEN["tool_proof"]) is None
    for versions in ((1, 2), (0, 1)):
        other = NONCES[:2] + (channel.info(GOLDEN["device_id"], *versions),)
        assert key_proof.check([GOLDEN["key"]], *other, GOLDEN["host_proof"]) is None


def test_messages_of_every_length_go_through():
    for size in (0, 1, 20, 215, 216, 217, 218, PIECE - 8, PIECE, PIECE + 1, 2 * PIECE - 9, 1500):
        desk, seal = Desk(DERIVED), Seal(DERIVED)
        message = request(2, 65, 3, {"d": "x" * size})
        outer = desk.wrap(message)
        assert len(outer) - len(message) <= channel.OVERHEAD
        assert message[8:] not in outer
        assert unsealed(seal, outer) == message, size
        back = sealed(seal, message, outer)
        assert len(back) - len(message) <= channel.OVERHEAD
        assert desk.unwrap(back) == message, size


def test_any_bit_that_is_altered_is_noticed_and_changes_nothing():
    whole = GOLDEN["sealed_request"]
    seal = Seal(DERIVED)
    for bit in range(8 * len(whole)):
        altered = bytearray(whole)
        altered[bit // 8] ^= 1 << bit % 8
        assert unsealed(seal, altered) is None, bit
    for length in range(len(whole)):
        assert unsealed(seal, whole[:length]) is None, length
    assert unsealed(seal, whole + b"\0") is None
    assert unsealed(seal, whole) == GOLDEN["request"]


def test_a_message_is_heard_once_and_in_order():
    desk, seal = Desk(DERIVED), Seal(DERIVED)
    one, two, three = [desk.wrap(request(0, 65, n)) for n in (1, 2, 3)]
    assert unsealed(seal, two) is not None
    assert unsealed(seal, one) is None and unsealed(seal, two) is None
    assert unsealed(seal, three) is not None


def test_what_one_side_sealed_is_not_taken_from_the_other():
    seal = Seal(DERIVED)
    reply = bytearray(sealed(seal, request(0, 65, 1), GOLDEN["sealed_request"]))
    assert unsealed(seal, reply) is None
    reply[0] = GOLDEN["sealed_request"][0]
    assert unsealed(seal, reply) is None


def test_keys_of_another_handshake_open_nothing():
    other = key_proof.derive(GOLDEN["key"], GOLDEN["host_nonce"], bytes(16), GOLDEN["info"])
    assert unsealed(Seal(other), GOLDEN["sealed_request"]) is None


def test_counters_end():
    desk, seal = Desk(DERIVED), Seal(DERIVED)
    desk._seal._tool.count = channel.COUNTER_MAX - 1
    assert unsealed(seal, desk.wrap(request(0, 65, 1))) is not None
    assert desk._seal.seal(bytearray(80), 0, 9, GOLDEN["request"]) == 0
    desk, seal = Desk(DERIVED), Seal(DERIVED)
    desk._seal._tool.count = 0x7FFFFFFF
    channel_max, channel.COUNTER_MAX = channel.COUNTER_MAX, 0xFFFFFFFF
    try:
        beyond = desk.wrap(request(0, 65, 1))
        assert unsealed(seal, beyond) is None
    finally:
        channel.COUNTER_MAX = channel_max


def test_equal_messages_do_not_look_equal():
    desk, seal = Desk(DERIVED), Seal(DERIVED)
    asked = request(0, 65, 1)
    outer = [bytes(desk.wrap(asked)[-25:]) for _ in range(4)]
    outer += [sealed(seal, asked, GOLDEN["sealed_request"])[-25:] for _ in range(4)]
    assert len(set(outer)) == 8


def test_a_warning_sign_is_known_before_it_is_checked():
    desk, seal = Desk(DERIVED), Seal(DERIVED)
    sign = memoryview(bytearray(desk.wrap(request(2, 65, wire.TOOL_SYMPTOM, {"symptom": 2}))))
    assert seal.is_warning(sign)
    for other in (request(0, 65, wire.TOOL_SYMPTOM), request(2, 65, wire.TOOL_TARE), request(2, 8, 11)):
        assert not seal.is_warning(memoryview(bytearray(desk.wrap(other))))
    assert not seal.is_warning(memoryview(b"x" * 80)) and not seal.is_warning(memoryview(b""))
    assert unsealed(seal, sign) is not None, "looking changes nothing"


def test_little_is_left_on_the_heap():
    if not hasattr(gc, "threshold") or gc.mem_alloc() == 0:
        return
    desk, seal = Desk(DERIVED), Seal(DERIVED)
    messages = [memoryview(bytearray(desk.wrap(request(0, 65, 4, {"d": "x" * 200})))) for _ in range(3)]
    buf = bytearray(600)
    spent = []
    for message in messages:
        gc.collect()
        before = gc.mem_alloc()
        seal.unseal(message)
        seal.seal(buf, 2, 500, message)
        spent.append(gc.mem_alloc() - before)
    # Objects of a 64-bit machine are up to twice as large as a chip's (tests/system/test_chip_garbage.py).
    print(spent)
    assert spent[-1] <= 2 * 1024, spent
