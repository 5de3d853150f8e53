"""Messages and frames: golden bytes, any input, and a session over a bad wire."""

from __future__ import annotations

import binascii
import time

import pytest
from gentlepress.client import ToolClient
from gentlepress.errors import (
    PortClosed,
    PortGarbage,
    PortSilent,
    ProtocolError,
    UsageError,
)
from gentlepress.firmware.core import wire
from gentlepress.links import open_link
from gentlepress.smp import framing
from gentlepress.smp.message import Message, decode
from gentlepress.smp.session import Request, Session, reply_error
from gentlepress.smp.text import clean
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.host.fake_device import FakeDevice, FakeTool, Faults

ECHO = Message(wire.OP_WRITE, wire.GROUP_OS, wire.OS_ECHO, 66, {"d": "hello"})
ECHO_BYTES = bytes.fromhex("0a00000900004200a161646568656c6c6f")
BODIES = st.dictionaries(
    st.text(max_size=8),
    st.one_of(st.integers(-(2**63), 2**64 - 1), st.binary(max_size=300), st.text(max_size=40)),
    max_size=6,
)


def test_golden_message() -> None:
    assert ECHO.encode() == ECHO_BYTES
    assert decode(ECHO_BYTES) == ECHO


def test_golden_frame() -> None:
    # length 0x0013 (message and CRC), message, CRC16-XMODEM of "123456789" is 0x31C3.
    assert framing.encode(b"123456789") == b"\x06\x09AAsxMjM0NTY3ODkxww==\n"


def test_golden_hello_request_fits_one_line() -> None:
    hello = Message(wire.OP_READ, wire.GROUP_TOOL, wire.TOOL_HELLO, 1, {}).encode()
    assert hello == bytes.fromhex("0800000100410100a0")
    assert framing.encode(hello).count(b"\n") == 1


def test_frame_lines_keep_the_limit() -> None:
    assert framing.encode(bytes(framing.ONE_LINE_MESSAGE)).count(b"\n") == 1
    assert framing.encode(bytes(framing.ONE_LINE_MESSAGE + 1)).count(b"\n") == 2
    lines = framing.encode(bytes(range(256)) * 16).split(b"\n")
    assert max(map(len, lines)) + 1 == framing.LINE_MAX
    assert {line[:2] for line in lines[1:-1]} == {framing.NEXT}


def test_frames_hold_no_byte_that_a_prompt_acts_on() -> None:
    frame = framing.encode(bytes(range(256)) * 4)
    assert not set(frame) & {1, 2, 3, 5, 13}


@given(st.lists(st.binary(min_size=1, max_size=700), max_size=4), st.data())
def test_any_split_gives_the_messages(messages: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(map(framing.encode, messages))
    reader, found, at = framing.FrameReader(), [], 0
    while at < len(stream):
        size = data.draw(st.integers(1, 200))
        found += reader.feed(stream[at : at + size])
        at += size
    assert found == messages
    assert reader.damaged == 0


@given(
    st.binary(max_size=400).filter(lambda noise: b"\x06\x09" not in noise),
    st.binary(min_size=1, max_size=300),
)
def test_garbage_before_a_frame_is_skipped(noise: bytes, message: bytes) -> None:
    assert framing.FrameReader().feed(noise + framing.encode(message))[-1:] == [message]


@given(st.binary(min_size=1, max_size=300), st.data())
def test_no_single_flipped_bit_passes(message: bytes, data: st.DataObject) -> None:
    frame = bytearray(framing.encode(message))
    at = data.draw(st.integers(0, len(frame) - 1))
    frame[at] ^= 1 << data.draw(st.integers(0, 7))
    # A newline that a flip makes or unmakes may only lose the frame; base64 padding bits carry nothing.
    assert framing.FrameReader().feed(bytes(frame) + b"\n") in ([], [message])


@given(st.binary(max_size=2000))
def test_reader_survives_anything(noise: bytes) -> None:
    reader = framing.FrameReader()
    reader.feed(noise + b"\n")
    assert reader.feed(framing.encode(b"ok")) == [b"ok"]


def test_reader_forgets_an_endless_line() -> None:
    reader = framing.FrameReader()
    for _ in range(40):
        reader.feed(bytes(4096))
    assert reader.skipped > 0
    assert reader.feed(b"\n" + framing.encode(b"ok")) == [b"ok"]


@given(BODIES, st.integers(0, 3), st.integers(0, 65535), st.integers(0, 255), st.integers(0, 255))
def test_message_round_trip(body: dict, op: int, group: int, command: int, sequence: int) -> None:
    message = Message(op, group, command, sequence, body)
    assert decode(message.encode()) == message


@given(st.binary(max_size=60))
def test_decode_only_raises_protocol_errors(data: bytes) -> None:
    head = bytes([9, 0]) + len(data).to_bytes(2, "big") + bytes([0, 65, 1, 0])
    for candidate in (data, head + data):
        try:
            decode(candidate)
        except ProtocolError:
            continue


@pytest.mark.parametrize(
    "body", [b"\xa0\x00", b"\x80", b"\xa1\x01\x02", b"", b"\xff", b"\xbf", b"\x81" * 5000]
)
def test_bad_bodies(body: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode(bytes([9, 0]) + len(body).to_bytes(2, "big") + bytes([0, 65, 1, 0]) + body)


def test_errors_of_both_versions() -> None:
    assert reply_error({"rc": 0, "off": 3}) is None
    assert reply_error({"rc": 8, "rsn": "no\n"}) == (0, 8, True, "no")
    assert reply_error({"err": {"group": 65, "rc": 2}}) == (65, 2, False, "")
    for bad in ({"err": 3}, {"rc": "x"}, {"err": {"group": "a", "rc": 1}}):
        with pytest.raises(ProtocolError):
            reply_error(bad)


@given(st.one_of(st.text(), st.binary()))
def test_clean_texts_are_printable_and_short(text: str | bytes) -> None:
    assert clean(text, 20).isprintable()
    assert len(clean(text, 20)) <= 20


FAULTS = {
    "none": Faults(),
    "lost": Faults(lose_every=3),
    "doubled": Faults(double_every=1),
    "flipped": Faults(flip_every=3),
    "late": Faults(late_every=4),
    "noise": Faults(noise_every=1),
    "stray frames": Faults(stray_every=1),
    "all": Faults(lose_every=11, double_every=5, flip_every=7, late_every=13, noise_every=2, stray_every=3),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_every_request_is_answered_once_and_in_order(kind: str) -> None:
    with FakeDevice(faults=FAULTS[kind]) as device, open_link(device.path) as link:
        tool = ToolClient(link, attempt_s=0.12, attempts=6)
        requests = [
            Request(wire.OP_WRITE, wire.GROUP_OS, wire.OS_ECHO, {"d": f"{n} " * 20}) for n in range(30)
        ]
        replies = list(tool.session.request_many(requests))
        assert [reply["r"] for reply in replies] == [request.body["d"] for request in requests]
        # A repeat has the same bytes, so the tool did everything exactly once.
        assert len(device.handled) == 31
        tool.close()


def test_stale_replies_are_dropped() -> None:
    with FakeDevice(faults=Faults(late_every=2, late_s=0.15)) as device, open_link(device.path) as link:
        tool = ToolClient(link, attempt_s=0.1, attempts=5)
        for number in range(6):
            assert tool.echo(str(number)) == str(number)
        assert tool.session.channel.dropped > 0


def test_silence_is_told_in_time() -> None:
    with FakeDevice(faults=Faults(silent=True)) as device, open_link(device.path) as link:
        before = time.monotonic()
        with pytest.raises(PortSilent, match="Nothing answered"):
            ToolClient(link, attempt_s=0.1, attempts=3)
        assert time.monotonic() - before < 1


@pytest.mark.parametrize("babble", [b"\xff\x00\x80\n", b">>> \r\n", b"x" * 500])
def test_garbage_is_told_in_time(babble: bytes) -> None:
    with FakeDevice(faults=Faults(babble=babble)) as device, open_link(device.path) as link:
        before = time.monotonic()
        with pytest.raises(PortGarbage, match="protocol"):
            ToolClient(link, attempt_s=0.1, attempts=3)
        assert time.monotonic() - before < 1


def test_closing_in_an_exchange() -> None:
    with FakeDevice(faults=Faults(close_after=1)) as device, open_link(device.path) as link:
        tool = ToolClient(link, attempt_s=0.2)
        with pytest.raises(PortClosed):
            tool.echo("x")


def test_nothing_longer_than_a_line_before_hello() -> None:
    with FakeDevice() as device, open_link(device.path) as link:
        session = Session(link)
        with pytest.raises(UsageError, match="89 bytes"):
            session.request(Request(wire.OP_WRITE, 0, 0, {"d": "x" * 90}))


def test_window_is_faster_than_one_at_a_time() -> None:
    tool = FakeTool(files={"/f": bytes(range(256)) * 40}, window=8)
    with FakeDevice(tool, Faults()) as device, open_link(device.path) as link:
        client = ToolClient(link)
        in_flight = 0
        most = 0
        real_send, real_take = client.session.channel.send, client.session.channel.receive

        def send(frame: bytes) -> None:
            nonlocal in_flight, most
            in_flight += 1
            most = max(most, in_flight)
            real_send(frame)

        def receive(until: float) -> list[bytes]:
            nonlocal in_flight
            messages = real_take(until)
            in_flight -= len(messages)
            return messages

        client.session.channel.send = send  # type: ignore[method-assign]
        client.session.channel.receive = receive  # type: ignore[method-assign]
        assert binascii.crc32(client.download("/f")) == binascii.crc32(tool.files["/f"])
        assert most == 8


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_download_survives_any_mixture(lose: int, flip: int, double: int) -> None:
    faults = Faults(
        lose_every=lose if lose > 1 else 0, flip_every=flip if flip > 2 else 0, double_every=double
    )
    data = bytes(range(251)) * 8
    with FakeDevice(FakeTool(files={"/f": data}), faults) as device, open_link(device.path) as link:
        assert ToolClient(link, attempt_s=0.05, attempts=12).download("/f") == data
