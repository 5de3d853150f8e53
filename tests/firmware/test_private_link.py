"""The desktop's own client, and a standard one, against the tool's own channel, over packets in memory.

The firmware's modules run in this process; tests/firmware/mp/test_private_channel.py runs them on MicroPython.
"""

from __future__ import annotations

import asyncio
import os
import random
import time

import on_cpython  # of the stand-ins
import pytest
from gentlepress.client import ToolClient
from gentlepress.errors import DeviceRefused, ExitCode, GentlepressError, KeyRefused, PortSilent, ToolBusy
from gentlepress.firmware.core import channel, wire
from gentlepress.key_store import KeyStore
from gentlepress.links.base import Limits
from gentlepress.smp.message import Message, decode
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.firmware.firmware_smp import firmware_smp

with firmware_smp():
    from smp import frames
    from smp import server as tool_server
    from smp.private_channel import STRANGER_MOST, PrivateChannel
    from wire_fake import SESSION, FakeTool

KEY = bytes(range(16))
PACKET = 20


class PacketLink:
    """A private link: packets of bare messages to a tool in this process.

    Attributes:
        tool, channel: the tool's end. lose: shares of requests and replies that never arrive. heard, said: messages as
            they were on the air.
    """

    name = "packets:"
    limits = Limits(console=False, line=PACKET, private=True)

    def __init__(self, buf: int = 600) -> None:
        with firmware_smp():
            self.tool = FakeTool()
            self.channel = PrivateChannel(tool_server.Server(self.tool, buf))
        self.heard: list[bytes] = []
        self.said: list[bytes] = []
        self.lose = 0.0
        self._dice = random.Random(3)
        self._inbox: list[bytes] = []

    def open(self) -> None:
        self.channel.opened()

    def close(self) -> None:
        self.channel.closed()

    def send(self, data: bytes, deadline: float) -> None:
        self.heard.append(data)
        if self._dice.random() >= self.lose:
            reply = self.exchange(data)
            if self._dice.random() >= self.lose:
                self._inbox += [reply[at : at + PACKET] for at in range(0, len(reply), PACKET)]

    def receive(self, deadline: float) -> bytes:
        if self._inbox:
            return self._inbox.pop(0)
        time.sleep(max(0, deadline - time.monotonic()))
        raise PortSilent("nothing came", "")

    def exchange(self, data: bytes) -> bytes:
        """The reply of the tool to a message; empty when there is none."""
        with firmware_smp():
            length = self.channel.answer(memoryview(bytearray(data)))
            if length == self.channel.LATER:
                length = asyncio.run(self.channel.finish())
            reply = bytes(self.channel.reply_buf[frames.PREFIX : frames.PREFIX + length])
            self.channel.reply_sent()
        if reply:
            self.said.append(reply)
        return reply


@pytest.fixture(autouse=True)
def ticks(monkeypatch):
    """MicroPython's clock and naps."""
    for name in ("ticks_ms", "ticks_us", "ticks_add", "ticks_diff"):
        monkeypatch.setattr(time, name, getattr(on_cpython, name), raising=False)
    monkeypatch.setattr(asyncio, "sleep_ms", on_cpython.ADDITIONS[asyncio]["sleep_ms"], raising=False)


@pytest.fixture
def link():
    made = PacketLink()
    made.open()
    return made


@pytest.fixture
def keys(tmp_path, link):
    store = KeyStore(tmp_path / "keys.json", lambda: None)
    store.put(link.tool.hello()["device_id"], KEY)
    return store


@pytest.fixture
def client(link, keys):
    return ToolClient(link, 0.05, 8, keys)


class TestOwnClient:
    def test_everything_goes_through_sealed(self, link, client) -> None:
        assert client.hello.boot == 3
        assert client.session.message_max == 600 - channel.OVERHEAD
        client.write_setting("name", "Wild rose")
        assert client.read_setting("name") == "Wild rose"
        assert client.tare() == -12
        data = client.download(SESSION)
        assert data == link.tool.files.files[SESSION]
        client.acknowledge(7, 1, "desk")
        assert link.tool.acknowledged == [(7, 1, "desk")]
        after = link.heard[3:] + link.said[3:]
        assert {message[7] for message in after} == {wire.TOOL_SEALED}
        assert not [message for message in after if b"rose" in message or data[:12] in message]
        assert max(map(len, link.heard + link.said)) <= 600

    def test_a_lossy_link_does_each_change_once(self, link, client) -> None:
        link.lose = 0.25
        for _ in range(12):
            before = link.tool.tares
            assert client.tare() == -12
            assert link.tool.tares == before + 1
        assert client.download(SESSION) == link.tool.files.files[SESSION]
        assert client.session.channel.repeats > 5
        assert link.channel.forged == 0

    def test_a_busy_tool_says_so(self, link, client) -> None:
        link.tool.contact = True
        with pytest.raises(ToolBusy):
            client.tare()
        assert client.state() is not None

    def test_pairing_is_for_the_cable(self, client) -> None:
        for call in (lambda: client.owner.pair("x", KEY), client.owner.ask_factory_reset):
            with pytest.raises(DeviceRefused) as told:
                call()
            assert told.value.code == wire.ERR_CABLE_ONLY
            assert "plug the tool in" in told.value.next_step.lower()
        assert client.owner.paired() == (["desk", "old"], 8)

    def test_another_key(self, link, keys) -> None:
        link.tool.keys = {"desk": bytes(16)}
        with pytest.raises(KeyRefused) as told:
            ToolClient(link, 0.05, 3, keys)
        assert told.value.exit_code == ExitCode.KEY

    def test_too_many_tries_are_told(self, link, keys) -> None:
        link.tool.keys = {}
        for _ in range(5):
            link.open()
            with pytest.raises(KeyRefused):
                ToolClient(link, 0.05, 3, keys)
        link.open()
        with pytest.raises(ToolBusy):
            ToolClient(link, 0.05, 3, keys)
        link.channel.window_opened()
        link.tool.keys = {"desk": KEY}
        link.open()
        assert ToolClient(link, 0.05, 3, keys).hello.boot == 3

    def test_a_new_link_is_proved_anew(self, link, keys, client) -> None:
        link.close()
        link.open()
        again = ToolClient(link, 0.05, 3, keys)
        assert again.tare() == -12
        assert not [message for message in link.heard if link.heard.count(message) > 1]

    def test_what_was_recorded_is_worth_nothing_later(self, link, keys, client) -> None:
        client.tare()
        client.write_setting("name", "Mine")
        recorded, tares = list(link.heard), link.tool.tares
        link.tool.settings.values["name"] = b"Changed since"
        for _ in range(2):
            link.open()
            replies = [link.exchange(message) for message in recorded]
            assert not link.channel.is_proven()
            assert all(
                not reply or decode(reply).command != wire.TOOL_SEALED or "err" in decode(reply).body
                for reply in replies
            )
        assert link.tool.tares == tares
        assert link.tool.settings.values["name"] == b"Changed since"

    def test_a_man_in_the_middle_can_only_cut_the_line(self, link, client) -> None:
        """Whatever he changes on its way, the tool does nothing of it and the desktop believes nothing."""
        dice = random.Random(5)
        exchange = link.exchange

        def bent(message: bytes) -> bytes:
            place = dice.randrange(8 * len(message))
            changed = bytearray(message)
            changed[place // 8] ^= 1 << place % 8
            return bytes(changed)

        client.session._attempts, client.session.channel.attempt_s = 1, 0.02
        for _ in range(40):
            link.channel._forged_left = 99
            before = link.tool.tares
            link.exchange = lambda data: exchange(bent(data))
            with pytest.raises(GentlepressError):
                client.tare()
            assert link.tool.tares == before
            link.exchange = lambda data: bent(exchange(data) or b"\0" * 9)
            with pytest.raises(GentlepressError):
                client.tare()
            link._inbox.clear()
            client.session.channel.frames.drop()
        link.exchange = exchange
        client.session._attempts = 3
        assert client.tare() == -12


class Transport:
    """Carries the messages of `smpclient` over the packets."""

    _smp_server_transport_buffer_size = None

    def __init__(self, link: PacketLink) -> None:
        self._link = link
        self._reply = b""

    async def connect(self, address: str, timeout_s: float) -> None: ...

    async def disconnect(self) -> None: ...

    def initialize(self, smp_server_transport_buffer_size: int) -> None: ...

    async def send(self, data: bytes) -> None:
        # The tool answers in another thread, because its tasks need a loop of their own.
        self._reply = await asyncio.to_thread(self._link.exchange, data)

    async def receive(self) -> bytes:
        return self._reply

    async def send_and_receive(self, data: bytes) -> bytes:
        await self.send(data)
        return await self.receive()

    mtu = max_unencoded_size = 256


def requests_of_a_standard_client() -> list[object]:
    """What `smpclient` asks, by its own encoders."""
    from smpclient.requests import file_management as files
    from smpclient.requests import os_management as system
    from smpclient.requests import settings_management as settings

    return [
        system.EchoWrite(d="hello"),
        system.MCUMgrParametersRead(),
        system.DateTimeRead(),
        system.ResetWrite(),
        files.FileDownload(off=0, name=SESSION),
        files.FileUpload(off=0, name="/routine", data=b"{}", len=2),
        files.FileStatus(name=SESSION),
        settings.ReadSetting(name="name"),
        settings.WriteSetting(name="name", val=b"x"),
    ]


class TestStandardClient:
    def test_its_bytes_get_an_authorisation_error(self, link) -> None:
        for request in requests_of_a_standard_client():
            link.open()
            body = decode(link.exchange(request.BYTES)).body
            assert body["rc"] == wire.MGMT_ACCESS_DENIED, request
        assert link.tool.resets == link.tool.files.writes == 0
        assert link.tool.settings.values["name"] == b"Gentle"

    def test_it_understands_the_refusal(self, link) -> None:
        from smp.error import MGMT_ERR
        from smpclient import SMPClient
        from smpclient.generics import error_v1

        async def talk() -> list[object]:
            client = SMPClient(Transport(link), "packets")
            return [await client.request(request) for request in requests_of_a_standard_client()]

        replies = asyncio.run(talk())
        assert all(error_v1(reply) or reply.rc == MGMT_ERR.EACCESSDENIED for reply in replies), replies
        assert len(replies) <= STRANGER_MOST

    def test_it_is_not_proved_by_what_it_says(self, link, keys) -> None:
        for request in requests_of_a_standard_client():
            link.exchange(request.BYTES)
        assert not link.channel.is_proven()
        link.open()
        assert ToolClient(link, 0.05, 3, keys).tare() == -12


@st.composite
def strange(draw):
    """A message of a stranger: any command, the handshake's above all, with any body, or no message at all."""
    kind = draw(st.sampled_from(["any", "hello", "challenge", "prove", "sealed", "noise", "recorded"]))
    if kind == "noise":
        return draw(st.binary(max_size=80))
    if kind == "recorded":
        return draw(st.integers(0, 30))
    body = draw(BODIES)
    if kind == "challenge":
        body = {"nonce": draw(st.binary(min_size=16, max_size=16))}
    elif kind == "prove":
        body = {"proof": draw(st.binary(min_size=32, max_size=32))}
    elif kind == "sealed":
        body = {"d": draw(st.binary(max_size=60))}
    commands = {"hello": 0, "challenge": 16, "prove": 17, "sealed": 18}
    command = commands.get(kind) if kind in commands else draw(st.integers(0, 255))
    group = 65 if kind in commands else draw(st.sampled_from([0, 3, 8, 65]))
    return Message(draw(st.sampled_from([0, 2])), group, command, draw(st.integers(0, 255)), body).encode()


BODIES = st.dictionaries(
    st.sampled_from(
        ["name", "val", "host", "key", "forget", "symptom", "off", "len", "data", "id", "crc", "d"]
    ),
    st.one_of(st.integers(0, 9), st.text(max_size=5), st.binary(max_size=16)),
    max_size=3,
)


@given(st.lists(st.one_of(strange(), st.just(None)), max_size=25))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_strangers_send_nothing_changes(tmp_path, said) -> None:
    """None: the link ends, and another begins. A number: what the owner's desktop said earlier."""
    link = PacketLink()
    link.open()
    keys = KeyStore(tmp_path / "keys.json", lambda: None)
    keys.put(link.tool.hello()["device_id"], KEY)
    ToolClient(link, 0.05, 3, keys).tare()
    recorded = list(link.heard)
    link.close()
    link.open()
    before = state_of(link.tool)
    for message in said:
        if message is None:
            link.close()
            link.open()
        else:
            link.exchange(recorded[message % len(recorded)] if isinstance(message, int) else message)
    assert state_of(link.tool) == before
    assert not link.channel.is_proven()
    link.channel.window_opened()
    link.open()
    assert ToolClient(link, 0.05, 3, keys).tare() == -12


def state_of(tool) -> str:
    """All that a fake tool remembers."""
    values = {
        name: value
        for name, value in vars(tool).items()
        if name not in ("clock", "settings", "files", "afforded")
    }
    parts = (tool.clock, tool.settings, tool.files)
    return repr((values, *(vars(part) for part in parts)))


def test_a_stranger_learns_nothing_that_depends_on_who_is_paired(link) -> None:
    """Whoever is paired, and nobody: the same answers of the same length to a wrong proof."""
    answers = set()
    for paired in ({}, {"one": KEY}, {f"desk{n}": os.urandom(16) for n in range(8)}):
        link.tool.keys = paired
        link.open()
        link.channel.window_opened()
        link.exchange(Message(2, 65, wire.TOOL_CHALLENGE, 1, {"nonce": bytes(16)}).encode())
        answers.add(link.exchange(Message(2, 65, wire.TOOL_PROVE, 2, {"proof": bytes(32)}).encode()))
    assert len(answers) == 1
