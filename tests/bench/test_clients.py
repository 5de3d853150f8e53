"""What figures of speed are measured with does what it says."""

from __future__ import annotations

import time

import pytest
from gentlepress.links import open_link
from gentlepress.smp import framing

from tests.bench import clients
from tests.host.many_sessions import usual_sessions

pytestmark = pytest.mark.micropython


def replies(port: str, message: bytes) -> list[bytes]:
    with open_link(port) as link:
        reader, found = framing.FrameReader(), []
        link.send(framing.encode(message), time.monotonic() + 10)
        while not found:
            found = reader.feed(link.receive(time.monotonic() + 10))
        return found


def test_an_echo_comes_back_as_it_went_and_an_answer_is_as_long_as_was_asked() -> None:
    with clients.echo_server() as port:
        message = bytes(2) + bytes(number & 0xFF for number in range(clients.MESSAGE_BYTES - 2))
        assert replies(port, message) == [message]
        asked = clients.MESSAGE_BYTES.to_bytes(2, "big") + bytes(48)
        (answer,) = replies(port, asked)
        assert len(answer) == clients.MESSAGE_BYTES and answer.startswith(asked)


def test_every_client_copies_the_same_sessions() -> None:
    sessions = list(usual_sessions(3))
    with clients.tool_with(sessions) as port:
        entries = clients.listed(port)
        assert [entry.size for entry in entries] == [len(data) for data in sessions]
        for copied in (clients.by_download, clients.by_smpclient, clients.by_toolkit):
            assert copied(port, entries) > 0
        assert clients.by_sync(port) > 0
