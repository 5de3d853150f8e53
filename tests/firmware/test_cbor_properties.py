"""The firmware's CBOR and framing against independent implementations."""

from __future__ import annotations

import cbor2
import pytest
from gentlepress.firmware.smp import cbor, frames
from hypothesis import given, settings
from hypothesis import strategies as st
from smp import packet

WHOLE = st.integers(-(2**64), 2**64 - 1)
LEAVES = st.none() | st.booleans() | WHOLE | st.text(max_size=40) | st.binary(max_size=300)
KEYS = st.text(max_size=20) | st.integers(2, 2**32)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)


def is_too_deep(value, depth=cbor.DEPTH_MAX) -> bool:
    if not isinstance(value, (list, dict)):
        return False
    items = value.values() if isinstance(value, dict) else value
    return depth == 0 or any(is_too_deep(item, depth - 1) for item in items)


@given(VALUES.filter(lambda value: not is_too_deep(value)))
def test_written_as_cbor2_writes_and_read_as_it_reads(value) -> None:
    raw = cbor.encode(value, 65536)
    assert raw == cbor2.dumps(value)
    assert cbor.decode(raw) == value


@given(st.floats(width=64, allow_nan=False))
def test_floats_are_read(value: float) -> None:
    assert cbor.decode(cbor2.dumps(value)) == value
    assert cbor.decode(cbor2.dumps(value, canonical=True)) == value


@settings(max_examples=400)
@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        value = cbor.decode(raw)
    except cbor.CborError:
        return
    assert value == value or "nan" in repr(value)  # noqa: PLR0124  (not a number equals nothing)


@given(VALUES.filter(lambda value: not is_too_deep(value)), st.data())
def test_a_cut_message_is_refused(value, data) -> None:
    raw = cbor.encode(value, 65536)
    cut = data.draw(st.integers(0, len(raw) - 1))
    with pytest.raises(cbor.CborError):
        cbor.decode(raw[:cut])


def messages_of(decoder: frames.Decoder, data: bytes) -> list[bytes]:
    return [bytes(decoder.message) for byte in data if decoder.push(byte)]


@given(st.binary(min_size=1, max_size=600))
def test_framed_as_another_implementation_reads(message: bytes) -> None:
    lines = frames.encode(message).splitlines(keepends=True)
    assert all(len(line) <= frames.LINE_MAX for line in lines)
    reader = packet.decode()
    next(reader)
    with pytest.raises(StopIteration) as done:
        for line in lines:
            reader.send(line)
    assert done.value.value == message


@given(st.binary(min_size=1, max_size=600), st.sampled_from([8, 64, 127, 128]))
def test_reads_what_another_implementation_frames(message: bytes, line_length: int) -> None:
    framed = b"".join(packet.encode(message, line_length))
    assert messages_of(frames.Decoder(600), framed) == [message]


NOISE = st.binary(max_size=300).map(lambda raw: raw.replace(b"\x06", b"").replace(b"\x04", b""))


@given(st.lists(st.tuples(NOISE, st.binary(min_size=1, max_size=300)), max_size=5))
def test_noise_between_messages_is_skipped(rows) -> None:
    stream = b"".join(noise + b"\n" + frames.encode(message) for noise, message in rows)
    assert messages_of(frames.Decoder(300), stream) == [message for _noise, message in rows]


@given(st.binary(max_size=2000), st.binary(min_size=1, max_size=100))
def test_after_any_bytes_a_message_is_found(noise: bytes, message: bytes) -> None:
    assert messages_of(frames.Decoder(100), noise + frames.encode(message))[-1] == message
