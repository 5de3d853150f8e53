"""The simulated tool's radio: what its `bluetooth` module asks for is done by a device of bumble."""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import suppress
from pathlib import Path

from bumble import hci
from bumble.device import Connection, Device
from bumble.gatt import Characteristic, CharacteristicValue, Service

from tests.radio.ether import NOTIFICATION, Ether

ACTIVE, SERVICES, ADVERTISE, NOTIFY, HANG_UP = b"ASVND"
CONNECTED, DISCONNECTED, WRITTEN, MTU, SENT = b"CDWMK"
CLICKS, HOLD = b"BH"
ADVERTISING_UNIT_MS = 0.625
# MicroPython's flags of a characteristic, and bumble's.
PROPERTIES = {
    0x04: Characteristic.Properties.WRITE_WITHOUT_RESPONSE,
    0x08: Characteristic.Properties.WRITE,
    0x10: Characteristic.Properties.NOTIFY,
}


class ToolRadio:
    """One tool's antenna; all but `__init__` and `click` runs in the ether's loop.

    Args:
        ether: where it sends.
        folder: gets the FIFOs for the tool (SimOptions.radio).
        address: of the device.

    Attributes:
        device: bumble's. active, advertising: as the tool has asked. connections: by the tool's handle.
    """

    def __init__(self, ether: Ether, folder: Path, address: str = "F0:F1:F2:F3:F4:F5") -> None:
        self.ether = ether
        self.address = address
        self.device: Device | None = None
        self.active = False
        self.advertising = b""
        self.advertised = 0
        self.connections: dict[int, Connection] = {}
        for name in ("to_tool", "from_tool"):
            os.mkfifo(folder / name)
        # Both ends are held here, so that no opening waits and none sees an end.
        self._out = os.open(folder / "to_tool", os.O_RDWR)
        self._in = os.open(folder / "from_tool", os.O_RDWR | os.O_NONBLOCK)
        self._held = b""
        self._work: asyncio.Queue[tuple[int, bytes]] = asyncio.Queue()
        self._characteristics: dict[int, Characteristic] = {}
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to serve the tool."""
        asyncio.get_running_loop().add_reader(self._in, self._read)
        self._task = asyncio.create_task(self._serve())

    async def stop(self) -> None:
        """End; the tool is gone."""
        asyncio.get_running_loop().remove_reader(self._in)
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        os.close(self._in)
        os.close(self._out)

    def click(self, times: int) -> None:
        """Click the tool's button; from any thread."""
        self._tell(CLICKS, bytes([times]))

    def hold(self, seconds: float) -> None:
        """Hold the tool's button; from any thread."""
        self._tell(HOLD, bytes([int(seconds * 10)]))

    def _tell(self, kind: int, body: bytes) -> None:
        os.write(self._out, (len(body) + 1).to_bytes(2, "big") + bytes([kind]) + body)

    def _read(self) -> None:
        self._held += os.read(self._in, 65536)
        while len(self._held) > 2:
            length = int.from_bytes(self._held[:2], "big")
            if len(self._held) < 2 + length:
                return
            self._work.put_nowait((self._held[2], self._held[3 : 2 + length]))
            self._held = self._held[2 + length :]

    async def _serve(self) -> None:
        handlers = {
            ACTIVE: self._activate,
            SERVICES: self._serve_services,
            ADVERTISE: self._advertise,
            NOTIFY: self._notify,
            HANG_UP: self._hang_up,
        }
        while True:
            kind, body = await self._work.get()
            await handlers[kind](body)

    async def _activate(self, body: bytes) -> None:
        await self._switch_off()
        self.active = bool(body[0])
        if self.active:
            self.device = self.ether.device("tool", self.address)
            self.device.on("connection", self._connected)
            self.ether.delivered = self._delivered
            await self.device.power_on()

    async def _switch_off(self) -> None:
        device, self.device, self.active, self.advertising = self.device, None, False, b""
        if device is None:
            return
        for connection in list(self.connections.values()):
            with suppress(Exception):
                await connection.disconnect()
        self.connections.clear()
        with suppress(Exception):
            await device.stop_advertising()
        for one in list(self.ether.controllers):
            if one.random_address == device.random_address:
                self.ether.remove_controller(one)

    async def _serve_services(self, body: bytes) -> None:
        told = json.loads(body)
        assert self.device is not None
        by_service: dict[str, list[Characteristic]] = {}
        for service, uuid, flags, handle in told["characteristics"]:
            properties = Characteristic.Properties(0)
            for flag, value in PROPERTIES.items():
                if flags & flag:
                    properties |= value
            value = CharacteristicValue(
                write=lambda connection, data, handle=handle: self._written(connection, handle, data)
            )
            made = Characteristic(uuid, properties, Characteristic.Permissions.WRITEABLE, value)
            self._characteristics[handle] = made
            by_service.setdefault(service, []).append(made)
        self.device.gatt_server.max_mtu = told["mtu"]
        for service, made_all in by_service.items():
            self.device.add_service(Service(service, made_all))

    async def _advertise(self, body: bytes) -> None:
        assert self.device is not None
        with suppress(Exception):
            await self.device.stop_advertising()
        self.advertising = body[2:]
        if not body:
            return
        self.advertised += 1
        interval_ms = int.from_bytes(body[:2], "big") * ADVERTISING_UNIT_MS
        await self.device.start_advertising(
            advertising_data=self.advertising,
            advertising_interval_min=interval_ms,
            advertising_interval_max=interval_ms,
        )

    async def _notify(self, body: bytes) -> None:
        connection = self.connections.get(int.from_bytes(body[:2], "big"))
        characteristic = self._characteristics[int.from_bytes(body[2:4], "big")]
        if connection is None or self.device is None:
            return
        assert len(body) - 4 <= connection.att_mtu - 3, "a notification longer than the MTU has room for"
        if characteristic.handle not in self.device.gatt_server.subscribers.get(connection, {}):
            self._tell(SENT, b"\x01")  # nobody has subscribed: it goes nowhere
            return
        await self.device.notify_subscriber(connection, characteristic, body[4:])

    async def _hang_up(self, body: bytes) -> None:
        connection = self.connections.get(int.from_bytes(body, "big"))
        if connection is not None:
            with suppress(Exception):
                await connection.disconnect(hci.HCI_REMOTE_USER_TERMINATED_CONNECTION_ERROR)

    def _connected(self, connection: Connection) -> None:
        handle = connection.handle & 0xFFFF
        self.connections[handle] = connection
        self.advertising = b""
        told = handle.to_bytes(2, "big")
        peer = bytes(connection.peer_address)
        self._tell(CONNECTED, told + peer)
        connection.on("connection_att_mtu_update", lambda: self._mtu_is(connection))
        connection.on("disconnection", lambda _reason: self._disconnected(handle, peer))

    def _mtu_is(self, connection: Connection) -> None:
        self._tell(MTU, connection.handle.to_bytes(2, "big") + connection.att_mtu.to_bytes(2, "big"))

    def _disconnected(self, handle: int, peer: bytes) -> None:
        if self.connections.pop(handle, None) is not None:
            self._tell(DISCONNECTED, handle.to_bytes(2, "big") + peer)

    def _written(self, connection: Connection, handle: int, data: bytes) -> None:
        self._tell(WRITTEN, connection.handle.to_bytes(2, "big") + handle.to_bytes(2, "big") + data)

    def _delivered(self, sender: object, opcode: int) -> None:
        if opcode == NOTIFICATION and getattr(sender, "random_address", None) == self._own_address():
            self._tell(SENT, b"\x01")

    def _own_address(self) -> hci.Address | None:
        return self.device.random_address if self.device else None
