"""Bare messages in packets: any cut, any loss, any garbage; and a session over a packet link."""

from __future__ import annotations

import time
from collections import deque

import pytest
from gentlepress.errors import PortClosed, PortGarbage, PortSilent
from gentlepress.firmware.core import wire
from gentlepress.links.base import Limits
from gentlepress.smp.bare import BareReader
from gentlepress.smp.framing import MESSAGE_MAX
from gentlepress.smp.message import Message, decode
from gentlepress.smp.session import Request, Session
from hypothesis import given
from hypothesis import strategies as st

ECHO = Request(wire.OP_WRITE, wire.GROUP_OS, wire.OS_ECHO, {"d": "x" * 40})
MESSAGES = st.lists(st.binary(max_size=300), min_size=1, max_size=6)


def message(sequence: int, body: bytes) -> bytes:
    return Message(wire.OP_READ_REPLY, 65, 4, sequence, {"d": body}).encode()


@given(MESSAGES, st.integers(1, 250))
def test_any_cut_gives_the_same_messages(bodies: list[bytes], size: int) -> None:
    sent = [message(number, body) for number, body in enumerate(bodies)]
    stream, reader, got = b"".join(sent), BareReader(), []
    for at in range(0, len(stream), size):
        got += reader.feed(stream[at : at + size])
    assert got == sent
    assert not reader.damaged and not reader.skipped


@given(st.lists(st.binary(max_size=400), max_size=20))
def test_no_garbage_breaks_it_and_a_new_message_is_read_after_a_drop(packets: list[bytes]) -> None:
    reader = BareReader()
    for packet in packets:
        assert all(len(one) <= MESSAGE_MAX for one in reader.feed(packet))
    reader.drop()
    assert reader.feed(message(7, b"whole")) == [message(7, b"whole")]


def test_what_has_no_header_is_thrown_away_at_once() -> None:
    reader = BareReader()
    assert reader.feed(b"\xff" * 20) == []
    assert (reader.damaged, reader.skipped) == (1, 20)
    assert reader.feed(b"\x09\x00\xff\xff\x00\x41\x00\x04") == [], "longer than any message"
    assert reader.damaged == 2


class Packets:
    """A packet link to a tool that echoes; `lost` packets of the replies do not arrive."""

    name = "ble:test"
    limits = Limits(console=False, line=20)

    def __init__(self, lost: set[int] = frozenset(), babble: bytes = b"") -> None:
        self.sent: list[bytes] = []
        self._lost, self._babble = lost, babble
        self._count = 0
        self._ready: deque[bytes] = deque()

    def send(self, data: bytes, _deadline: float) -> None:
        self.sent.append(data)
        request = decode(data)
        body = {"r": request.body["d"]}
        reply = Message(request.op + 1, request.group, request.command, request.sequence, body).encode()
        for at in range(0, len(reply), self.limits.line):
            if self._count not in self._lost:
                self._ready.append(self._babble or reply[at : at + self.limits.line])
            self._count += 1

    def receive(self, deadline: float) -> bytes:
        if not self._ready:
            time.sleep(max(0, deadline - time.monotonic()))
            raise PortSilent("silent")
        return self._ready.popleft()

    def close(self) -> None:
        raise PortClosed("not used")


def test_a_session_speaks_bare_messages_over_a_packet_link() -> None:
    link = Packets()
    assert Session(link).request(ECHO) == {"r": "x" * 40}
    assert decode(link.sent[0]).body == ECHO.body, "no frame around it"


@pytest.mark.parametrize("lost", [{0}, {1}, {2}, {0, 1}])
def test_a_lost_packet_costs_one_repeat_with_the_same_bytes(lost: set[int]) -> None:
    link = Packets(lost)
    session = Session(link, attempt_s=0.1)
    assert session.request(ECHO) == {"r": "x" * 40}
    assert session.channel.repeats == 1
    assert link.sent[0] == link.sent[1]


def test_what_speaks_another_language_is_told() -> None:
    with pytest.raises(PortGarbage, match="does not speak"):
        Session(Packets(babble=b"\xff" * 20), attempt_s=0.05, attempts=2).request(ECHO)
