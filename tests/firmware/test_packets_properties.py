"""The tool's assembler of bare messages: any cut, any garbage."""

from __future__ import annotations

from gentlepress.firmware.smp import packets
from hypothesis import given
from hypothesis import strategies as st


def message(body: bytes) -> bytes:
    return b"\x00\x00" + len(body).to_bytes(2, "big") + b"\x00\x41\x07\x03" + body


def pushed(assembler, data: bytes) -> list[bytes]:
    at, found = 0, []
    while at < len(data):
        at = assembler.push(data, at)
        if assembler.whole():
            found.append(bytes(assembler.message))
    return found


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=6), st.integers(1, 250))
def test_any_cut_gives_the_same_messages(bodies, size) -> None:
    stream = b"".join(message(body) for body in bodies)
    assembler = packets.Assembler(256)
    found = []
    for at in range(0, len(stream), size):
        found += pushed(assembler, stream[at : at + size])
    assert found == [message(body) for body in bodies]
    assert not assembler.bad


@given(st.lists(st.binary(max_size=300), max_size=12))
def test_after_any_garbage_and_a_pause_a_message_is_read(junk) -> None:
    assembler = packets.Assembler(256)
    for one in junk:
        assert all(len(found) <= 256 for found in pushed(assembler, one))
    assembler.drop()
    assert pushed(assembler, message(b"new")) == [message(b"new")]
