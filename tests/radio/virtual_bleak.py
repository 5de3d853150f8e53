"""bleak's backend on bumble, put in place of the system's: all above it is bleak as it is installed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, ClassVar
from unittest import mock

import bleak
from bleak.args import SizedBuffer
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakBluetoothNotAvailableError, BleakDeviceNotFoundError, BleakError
from bumble import hci
from bumble.core import AdvertisingData
from bumble.device import Advertisement, Connection, Device, Peer
from bumble.gatt import Characteristic
from bumble.gatt_client import CharacteristicProxy

from tests.radio.ether import Ether, RadioLoop

HEADER = 3
PROPERTY_NAMES = {
    Characteristic.Properties.READ: "read",
    Characteristic.Properties.WRITE_WITHOUT_RESPONSE: "write-without-response",
    Characteristic.Properties.WRITE: "write",
    Characteristic.Properties.NOTIFY: "notify",
}
_NAMES = (AdvertisingData.COMPLETE_LOCAL_NAME, AdvertisingData.SHORTENED_LOCAL_NAME)
_SERVICES = (
    AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
    AdvertisingData.INCOMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
)


class Desktop:
    """The desktop's antenna.

    Attributes:
        refusal: raised by every scan, as when Bluetooth is off. frozen: True makes every call wait for ever.
        heard: advertisements by address.
    """

    def __init__(self, radio: RadioLoop, ether: Ether, address: str = "C0:C1:C2:C3:C4:C5") -> None:
        self.radio = radio
        self.ether = ether
        self.refusal: BleakBluetoothNotAvailableError | None = None
        self.frozen = False
        self.scanners: set[VirtualScanner] = set()
        self.device: Device = radio.call(self._made(address))

    async def _made(self, address: str) -> Device:
        device = self.ether.device("desktop", address)
        device.on("advertisement", self._heard)
        await device.power_on()
        return device

    def _heard(self, advertisement: Advertisement) -> None:
        for scanner in list(self.scanners):
            scanner.loop.call_soon_threadsafe(scanner.heard, advertisement)

    async def scan(self, on: bool) -> None:
        """Listen, or end it (in the ether's loop)."""
        if on:
            await self.device.start_scanning(legacy=True, active=False, filter_duplicates=False)
        else:
            await self.device.stop_scanning(legacy=True)

    async def gate(self) -> None:
        """What stands before every call of the system's stack."""
        if self.refusal is not None:
            raise self.refusal
        if self.frozen:
            await asyncio.sleep(3600)


class VirtualScanner(BaseBleakScanner):
    """As bleak's scanner of a system."""

    desktop: ClassVar[Desktop]

    def __init__(
        self, detection_callback: Any, service_uuids: list[str] | None, scanning_mode: str, **_more: Any
    ) -> None:
        super().__init__(detection_callback, service_uuids)
        self.loop = asyncio.new_event_loop()
        self.loop.close()

    async def start(self) -> None:
        self.seen_devices = {}
        self.loop = asyncio.get_running_loop()
        await self.desktop.gate()
        self.desktop.scanners.add(self)
        await self.desktop.radio.awaited(self.desktop.scan(True))

    async def stop(self) -> None:
        self.desktop.scanners.discard(self)
        if not self.desktop.scanners:
            await self.desktop.radio.awaited(self.desktop.scan(False))

    def heard(self, advertisement: Advertisement) -> None:
        """An advertisement (in the scanner's loop)."""
        fields = advertisement.data
        names = [name for kind in _NAMES if (name := fields.get(kind, raw=False))]
        services = [str(uuid) for kind in _SERVICES for uuid in fields.get(kind, raw=False) or ()]
        uuids = [_dashed(uuid) for uuid in services]
        if not self.is_allowed_uuid(uuids):
            return
        name = str(names[0]) if names else None
        told = AdvertisementData(name, {}, {}, uuids, None, advertisement.rssi, ())
        address = str(advertisement.address).split("/")[0]
        device = self.create_or_update_device(address, address, name, advertisement.address, told)
        self.call_detection_callbacks(device, told)


def _dashed(uuid: str) -> str:
    text = uuid.lower().replace("-", "").removeprefix("uuid:")
    if len(text) < 32:
        text = text[:4].rjust(8, "0") + "00001000800000805f9b34fb"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


class VirtualClient(BaseBleakClient):
    """As bleak's client of a system."""

    desktop: ClassVar[Desktop]
    made: ClassVar[list[VirtualClient]] = []
    written: ClassVar[list[tuple[int, bool]]] = []

    def __init__(self, address_or_ble_device: BLEDevice | str, **more: Any) -> None:
        super().__init__(
            address_or_ble_device,
            disconnected_callback=more.get("disconnected_callback"),
            timeout=more.get("timeout") or 10,
        )
        self._connection: Connection | None = None
        self._peer: Peer | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        VirtualClient.made.append(self)

    async def _there(self, work: Any) -> Any:
        await self.desktop.gate()
        try:
            return await self.desktop.radio.awaited(work)
        except (asyncio.CancelledError, BleakError):
            raise
        except Exception as error:
            raise BleakError(f"{type(error).__name__}: {error}") from error

    @property
    def name(self) -> str:
        return self.address

    @property
    def mtu_size(self) -> int:
        return self._connection.att_mtu if self._connection else 23

    @property
    def is_connected(self) -> bool:
        return self._connection is not None

    async def connect(self, pair: bool, **kwargs: Any) -> None:
        self._loop = asyncio.get_running_loop()
        await self._there(self._connect(kwargs.get("timeout") or self._timeout))

    async def _connect(self, timeout_s: float) -> None:
        address = hci.Address(self.address, hci.Address.RANDOM_DEVICE_ADDRESS)
        try:
            connection = await self.desktop.device.connect(address, timeout=timeout_s)
        except Exception as error:
            raise BleakDeviceNotFoundError(
                self.address, f"{self.address} was not found ({error})."
            ) from error
        self._connection = connection
        connection.on("disconnection", lambda _reason: self._gone())
        self._peer = Peer(connection)
        await self._peer.request_mtu(self.desktop.ether.air.mtu)
        await self._peer.discover_services()
        collection = BleakGATTServiceCollection()
        for service in self._peer.services:
            made = BleakGATTService(service, service.handle, _dashed(service.uuid.to_hex_str("-")))
            collection.add_service(made)
            for one in await service.discover_characteristics():
                await one.discover_descriptors()
                collection.add_characteristic(self._characteristic(one, made))
        self.services = collection

    def _characteristic(self, one: CharacteristicProxy, service: BleakGATTService) -> BleakGATTCharacteristic:
        properties = [name for flag, name in PROPERTY_NAMES.items() if one.properties & flag]
        uuid = _dashed(one.uuid.to_hex_str("-"))
        return BleakGATTCharacteristic(
            one, one.handle, uuid, properties, lambda: self.mtu_size - HEADER, service
        )

    def _gone(self) -> None:
        self._connection = self._peer = None
        if self._disconnected_callback is not None and self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._disconnected_callback)

    async def disconnect(self) -> None:
        if self._connection is not None:
            with suppress(BleakError):
                await self._there(self._connection.disconnect())
        self._connection = None

    async def write_gatt_char(
        self, characteristic: BleakGATTCharacteristic, data: SizedBuffer, response: bool
    ) -> None:
        if self._connection is None:
            raise BleakError("Not connected")
        VirtualClient.written.append((len(data), bool(response)))
        needed = "write" if response else "write-without-response"
        if needed not in characteristic.properties:
            raise BleakError(f"the characteristic does not permit {needed}")
        await self._there(characteristic.obj.write_value(bytes(data), with_response=bool(response)))

    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: Any, **_more: Any
    ) -> None:
        loop = asyncio.get_running_loop()

        def heard(value: bytes) -> None:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(callback, bytearray(value))

        await self._there(characteristic.obj.subscribe(heard))

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        await self._there(characteristic.obj.unsubscribe())

    async def pair(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError

    async def unpair(self) -> None:
        raise NotImplementedError

    async def read_gatt_char(self, characteristic: Any, **kwargs: Any) -> bytearray:
        return bytearray(await self._there(characteristic.obj.read_value()))

    async def read_gatt_descriptor(self, descriptor: Any, **kwargs: Any) -> bytearray:
        raise NotImplementedError

    async def write_gatt_descriptor(self, descriptor: Any, data: SizedBuffer) -> None:
        raise NotImplementedError


@contextmanager
def in_place(desktop: Desktop) -> Iterator[None]:
    """bleak uses the virtual antenna as long as this lasts."""
    VirtualScanner.desktop = VirtualClient.desktop = desktop
    VirtualClient.made, VirtualClient.written = [], []
    with (
        mock.patch.object(bleak, "get_platform_client_backend_type", return_value=(VirtualClient, "virtual")),
        mock.patch.object(
            bleak, "get_platform_scanner_backend_type", return_value=(VirtualScanner, "virtual")
        ),
    ):
        yield
