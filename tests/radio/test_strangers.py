"""Who has no key, at the radio of the real firmware: gets nothing, changes nothing, disturbs nobody, and is hung up."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from bumble import hci
from bumble.device import Device, Peer
from gentlepress.client import ToolClient, connect
from gentlepress.errors import KeyMissing
from gentlepress.firmware.core import air, wire
from gentlepress.key_store import KeyStore
from gentlepress.smp.message import Message, decode

from tests.radio.world import World

pytestmark = [pytest.mark.micropython, pytest.mark.xdist_group("radio-strangers"), pytest.mark.timeout(120)]


class Stranger:
    """Another antenna, without bleak: writes what it likes.

    Attributes:
        heard: all that the tool has sent it. gone: whether it was hung up.
    """

    def __init__(self, around: World, address: str) -> None:
        self._around = around
        self.heard = b""
        self.gone = False
        self.device: Device = around.radio.call(self._made(address))

    async def _made(self, address: str) -> Device:
        device = self._around.ether.device("stranger", address)
        await device.power_on()
        return device

    def come(self) -> None:
        """Connect and subscribe."""
        self._around.radio.call(self._come())

    async def _come(self) -> None:
        address = hci.Address(self._around.antenna.address, hci.Address.RANDOM_DEVICE_ADDRESS)
        connection = await self.device.connect(address, timeout=5)
        self.gone = False
        connection.on("disconnection", lambda _reason: setattr(self, "gone", True))
        peer = Peer(connection)
        await peer.request_mtu(247)
        await peer.discover_services()
        for service in peer.services:
            await service.discover_characteristics()
        (self.characteristic,) = peer.get_characteristics_by_uuid(_uuid(air.CHARACTERISTIC))
        await self.characteristic.subscribe(self._hear)

    def _hear(self, data: bytes) -> None:
        self.heard += data

    def write(self, data: bytes) -> None:
        """Write a packet without a response."""
        self._around.radio.call(self.characteristic.write_value(data, with_response=False))

    def leave(self) -> None:
        """Hang up if it still can, and be gone for good."""

        async def end() -> None:
            for connection in list(self.device.connections.values()):
                await connection.disconnect()
            await self.device.power_off()

        self._around.radio.call(end())


def _uuid(text: str):
    from bumble.core import UUID

    return UUID(text)


@pytest.fixture
def stranger(here) -> Iterator[Stranger]:
    made = Stranger(here, "D0:D1:D2:D3:D4:D5")
    yield made
    made.leave()
    here.wait(lambda: not here.antenna.connections)


def asked(group: int, command: int, op: int = wire.OP_READ, body: dict | None = None) -> bytes:
    return Message(op, group, command, 3, body or {}).encode()


def fared(cable: ToolClient) -> tuple:
    """What a stranger must not change: the watch, the files, the settings."""
    health = cable.health()
    state = cable.state()
    return state.fault, state.mode, health.faults, cable.sessions(), cable.settings()


def test_only_a_short_hello(here, stranger) -> None:
    stranger.come()
    stranger.write(asked(wire.GROUP_TOOL, wire.TOOL_HELLO))
    assert here.wait(lambda: len(stranger.heard) > 8)
    told = decode(stranger.heard).body
    assert set(told) == {"proto_min", "proto_max", "device_id", "name", "cap", "buf", "window", "mtu"}
    stranger.heard = b""
    stranger.write(asked(wire.GROUP_TOOL, wire.TOOL_STATE))
    assert here.wait(lambda: len(stranger.heard) > 8)
    assert "force_mn" not in decode(stranger.heard).body


PROOF = pytest.mark.proof


@pytest.mark.parametrize(
    "kind",
    ["requests", "garbage", pytest.param("halves", marks=PROOF), pytest.param("silence", marks=PROOF)],
)
def test_it_is_hung_up_and_the_owner_comes_in(here, stranger, kind: str) -> None:
    with connect(here.tool.path) as cable:
        before = fared(cable)
        stranger.come()
        begun = time.monotonic()
        packets = {
            "requests": asked(wire.GROUP_TOOL, wire.TOOL_STATE) * 20,
            "garbage": bytes(range(256))[:240],
            "halves": asked(wire.GROUP_FILES, 0, wire.OP_WRITE, {"name": "/routine", "data": b"x" * 200})[
                :200
            ],
        }
        slowest = 0.0
        while not stranger.gone and time.monotonic() - begun < 30:
            if kind in packets:
                for _ in range(4):
                    if not stranger.gone:
                        stranger.write(packets[kind])
            asking = time.monotonic()
            cable.state()
            slowest = max(slowest, time.monotonic() - asking)
        assert stranger.gone
        assert air.UNPROVEN_MS / 1000 - 0.5 < time.monotonic() - begun < air.UNPROVEN_MS / 1000 + 10
        assert slowest < 4, "the cable is answered all the while"
        assert fared(cable) == before
    assert here.wait(lambda: here.antenna.advertising), "the window is still open"
    with connect("ble+bleak:", keys=here.keys) as tool:
        assert tool.echo("mine") == "mine"


def test_a_desktop_without_a_key_is_told_to_pair(here, tmp_path) -> None:
    with pytest.raises(KeyMissing, match="not paired") as told:
        connect("ble+bleak:", keys=KeyStore(tmp_path / "none.json", ring=lambda: None))
    assert "gentlepress pair" in told.value.next_step
    assert here.wait(lambda: not here.antenna.connections)


def test_nobody_is_seen_while_somebody_is_there(here, stranger) -> None:
    with connect("ble+bleak:", keys=here.keys) as tool:
        assert not here.antenna.advertising
        with pytest.raises(Exception):  # noqa: B017  (bumble's own time-out)
            here.radio.call(stranger.device.connect(here.antenna.address, timeout=1), timeout_s=1.5)
        assert tool.echo("alone") == "alone"
