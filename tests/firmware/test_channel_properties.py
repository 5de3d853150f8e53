"""The private channel: the tool's code and the desktop's agree, and nothing but whole new messages goes through."""

from __future__ import annotations

import binascii
import hashlib
import json
import re
from pathlib import Path

import pytest
from gentlepress.firmware.core import channel, desktop_keys
from gentlepress.smp import private_channel
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.firmware.firmware_smp import firmware_smp

with firmware_smp():
    from smp import key_proof
    from smp.seal import Seal as ToolSeal

VECTORS = {
    name: bytes.fromhex(text)
    for name, text in json.loads(
        (Path(__file__).parents[1] / "golden/channel/vectors.json").read_text()
    ).items()
}
NONCES = private_channel.Nonces(VECTORS["host_nonce"], VECTORS["tool_nonce"], VECTORS["info"])
KEYS = st.binary(min_size=desktop_keys.KEY_BYTES, max_size=desktop_keys.KEY_BYTES)
NONCE = st.binary(min_size=channel.NONCE_BYTES, max_size=channel.NONCE_BYTES)
VERSION = st.integers(0, 255)


@st.composite
def messages(draw, op=(0, 2)):
    """A header and anything behind it: the seal does not look into it."""
    body = draw(st.binary(max_size=draw(st.sampled_from([0, 12, 240, 1500]))))
    head = bytes((8 | draw(st.sampled_from(op)), 0)) + len(body).to_bytes(2, "big")
    return head + draw(st.binary(min_size=4, max_size=4)) + body


class Both:
    """A channel with both ends, from the golden handshake."""

    def __init__(self) -> None:
        derived = private_channel.derive(VECTORS["key"], NONCES)
        self.desk = private_channel.Seal(derived)
        self.tool = ToolSeal(b"".join(vars(derived).values()))

    def at_tool(self, outer: bytes) -> bytes | None:
        found = self.tool.unseal(memoryview(bytearray(outer)))
        return None if found is None else bytes(found)

    def reply(self, message: bytes, asked: bytes) -> bytes:
        buf = bytearray(message + bytes(channel.OVERHEAD))
        return bytes(buf[: self.tool.seal(buf, 0, len(message), asked)])


def test_the_desktop_makes_the_golden_bytes() -> None:
    derived = private_channel.derive(VECTORS["key"], NONCES)
    for name, size in channel.DERIVED:
        assert getattr(derived, name.replace(" ", "_")) == VECTORS[name.replace(" ", "_")]
        assert len(getattr(derived, name.replace(" ", "_"))) == size
    assert derived.prove(channel.HOST_LABEL, NONCES) == VECTORS["host_proof"]
    assert derived.prove(channel.TOOL_LABEL, NONCES) == VECTORS["tool_proof"]
    seal = private_channel.Seal(derived)
    assert [seal.wrap(VECTORS["request"]) for _ in range(2)] == [
        VECTORS["sealed_request"],
        VECTORS["sealed_again"],
    ]
    assert seal.unwrap(VECTORS["sealed_reply"]) == VECTORS["reply"]


def test_the_desktop_makes_the_long_golden_messages() -> None:
    """Those of tests/firmware/mp/test_seal.py."""
    text = (Path(__file__).parent / "mp/test_seal.py").read_text()
    request, reply = re.findall(r'^LONG_\w+ = "(\w+)"', text, re.MULTILINE)
    derived = private_channel.derive(VECTORS["key"], NONCES)
    body = bytes(n * 7 & 0xFF for n in range(700))
    asked = bytes((0x0A, 0, *len(body).to_bytes(2, "big"), 0, 8, 5, 0)) + body
    desk, tool = private_channel.Seal(derived), ToolSeal(b"".join(vars(derived).values()))
    desk._sent = tool._tool.count = 0x01020303
    outer = desk.wrap(asked)
    assert hashlib.sha256(outer).hexdigest() == request
    buf = bytearray(b"\x0b" + asked[1:] + bytes(channel.OVERHEAD))
    back = bytes(buf[: tool.seal(buf, 0, len(asked), outer)])
    assert hashlib.sha256(back).hexdigest() == reply
    assert desk.unwrap(back) == b"\x0b" + asked[1:]


@given(KEYS, NONCE, NONCE, st.binary(min_size=8, max_size=8), VERSION, VERSION, st.lists(KEYS, max_size=7))
@settings(max_examples=60)
def test_both_sides_derive_the_same(key, host, tool, device_id, low, high, others) -> None:
    nonces = private_channel.Nonces(host, tool, channel.info(device_id, low, high))
    derived = private_channel.derive(key, nonces)
    wanted = b"".join(vars(derived).values())
    assert key_proof.derive(key, host, tool, nonces.info) == wanted
    claimed = derived.prove(channel.HOST_LABEL, nonces)
    found = key_proof.check([*others, key], host, tool, nonces.info, claimed)
    assert found == (derived.prove(channel.TOOL_LABEL, nonces), wanted)
    if key not in others:
        assert key_proof.check(others, host, tool, nonces.info, claimed) is None


@given(st.lists(st.tuples(messages(), messages((1, 3))), max_size=5))
@settings(max_examples=80)
def test_what_is_sealed_is_unsealed(pairs) -> None:
    both = Both()
    for request, reply in pairs:
        outer = both.desk.wrap(request)
        assert len(outer) <= len(request) + channel.OVERHEAD
        assert both.at_tool(outer) == request
        back = both.reply(reply, outer)
        assert len(back) <= len(reply) + channel.OVERHEAD
        assert both.desk.unwrap(back) == reply


@st.composite
def damages(draw):
    """Changes of a message: bits flipped, cut, longer, doubled, or bytes put in."""
    kind = draw(st.sampled_from(["flip", "cut", "longer", "put"]))
    return kind, draw(st.integers(0, 2**20)), draw(st.binary(min_size=1, max_size=20))


def damaged(message: bytes, kind: str, place: int, data: bytes) -> bytes:
    at = place % len(message)
    if kind == "flip":
        return message[:at] + bytes((message[at] ^ (data[0] or 1),)) + message[at + 1 :]
    if kind == "cut":
        return message[:at]
    if kind == "longer":
        return message + data
    return message[:at] + data + message[at + len(data) :]


@given(messages(), messages((1, 3)), st.lists(damages(), min_size=1, max_size=6))
@example(bytes.fromhex("0800000000410001"), bytes.fromhex("0900000000410001"), [("flip", 15, b"\xff")])
@settings(max_examples=200)
def test_what_was_touched_is_refused_and_changes_nothing(request_, reply, changes) -> None:
    both = Both()
    outer = both.desk.wrap(request_)
    for change in changes:
        touched = damaged(outer, *change)
        if touched != outer:
            assert both.at_tool(touched) is None
    assert both.at_tool(outer) == request_
    back = both.reply(reply, outer)
    for change in changes:
        touched = damaged(back, *change)
        if touched != back:
            assert both.desk.unwrap(touched) is None
    assert both.desk.unwrap(back) == reply


@given(
    st.lists(messages(), min_size=2, max_size=6, unique=True),
    st.lists(st.integers(0, 5), max_size=12),
)
@settings(max_examples=100)
def test_in_whatever_order_they_come_each_is_heard_once_and_none_after_a_later_one(sent, order) -> None:
    both = Both()
    outer = [both.desk.wrap(message) for message in sent]
    back = [both.reply(message, outer[0]) for message in sent]
    newest = -1
    for number in order:
        place = number % len(sent)
        wanted = sent[place] if place > newest else None
        newest = max(newest, place)
        assert both.at_tool(outer[place]) == wanted
        assert both.desk.unwrap(back[place]) == wanted


@given(st.binary(max_size=120), st.sampled_from([8 | 2, 8 | 3]))
@settings(max_examples=200)
def test_no_bytes_that_a_stranger_makes_up_are_believed(data, first) -> None:
    both = Both()
    frame = bytes((first, 0)) + (len(data) + 3).to_bytes(2, "big") + b"\0A\x01\x12" + b"\xa1ad" + data
    for made in (data, frame):
        assert both.at_tool(made) is None
        assert both.desk.unwrap(made) is None
        both.tool.is_warning(memoryview(made))
    assert both.at_tool(both.desk.wrap(VECTORS["request"])) == VECTORS["request"]


def test_a_reply_is_no_request_and_the_other_way_round() -> None:
    both = Both()
    outer = both.desk.wrap(VECTORS["request"])
    back = both.reply(VECTORS["reply"], outer)
    assert both.desk.unwrap(outer) is None
    assert both.at_tool(back) is None
    assert both.desk.refused == 1


@pytest.mark.parametrize("name", ["aes", "hashlib"])
def test_vectors_do_not_come_from_the_code_under_test_alone(name) -> None:
    """The first sealed bytes, worked out from the standards by hand."""
    import hashlib
    import hmac

    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    if name == "aes":
        block = bytes((0, 0, 0, 1)) + bytes(12)
        stream = Cipher(algorithms.AES(VECTORS["host_cipher"]), modes.ECB()).encryptor().update(block)
        mixed = bytes(a ^ b for a, b in zip(VECTORS["request"], stream, strict=False))
        assert VECTORS["sealed_request"][17 : 17 + len(mixed)] == mixed
    else:
        tag = hmac.new(VECTORS["host_tag"], VECTORS["sealed_request"][:-16], hashlib.sha256).digest()[:16]
        assert VECTORS["sealed_request"][-16:] == tag
        assert binascii.hexlify(VECTORS["sealed_request"][:13]) == b"0a00002200410912a16164581d"
