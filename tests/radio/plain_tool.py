"""A tool without firmware: a characteristic that keeps what is written and notifies what it is told."""

from __future__ import annotations

from typing import Self

from bumble.core import AdvertisingData
from bumble.device import Connection
from bumble.gatt import Characteristic, CharacteristicValue, Service
from gentlepress.firmware.core import air

from tests.radio.ether import Air, Ether, RadioLoop
from tests.radio.virtual_bleak import Desktop, in_place

ADDRESS = "E0:E1:E2:E3:E4:E5"
NAME = "Plain"
PROPERTIES = (
    Characteristic.Properties.WRITE
    | Characteristic.Properties.WRITE_WITHOUT_RESPONSE
    | Characteristic.Properties.NOTIFY
)


class PlainTool:
    """The far end of a link over the air, with both antennas; a context manager.

    Attributes:
        got: all that was written to it.
    """

    def __init__(self) -> None:
        self.got = b""
        self.radio = RadioLoop()
        self._ether = Ether(Air(interval_s=0.0075, packets=6))
        self._connections: list[Connection] = []
        self.radio.call(self._start())
        self._in_place = in_place(Desktop(self.radio, self._ether))

    async def _start(self) -> None:
        self._device = self._ether.device("plain", ADDRESS)
        value = CharacteristicValue(write=lambda _connection, data: self._written(data))
        self._characteristic = Characteristic(
            air.CHARACTERISTIC, PROPERTIES, Characteristic.Permissions.WRITEABLE, value
        )
        self._device.add_service(Service(air.SERVICE, [self._characteristic]))
        self._device.on("connection", self._connections.append)
        await self._device.power_on()
        service = bytes.fromhex(air.SERVICE.replace("-", ""))[::-1]
        fields = [
            (AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS, service),
            (AdvertisingData.COMPLETE_LOCAL_NAME, NAME.encode()),
        ]
        await self._device.start_advertising(
            advertising_data=bytes(AdvertisingData(fields)), auto_restart=True
        )

    def _written(self, data: bytes) -> None:
        self.got += data

    def say(self, data: bytes) -> None:
        """Send a packet."""
        self.radio.call(self._device.notify_subscribers(self._characteristic, data))

    def hang_up(self) -> None:
        """End the connection."""
        self.radio.call(self._hang_up())

    async def _hang_up(self) -> None:
        for connection in list(self._device.connections.values()):
            await connection.disconnect()

    def __enter__(self) -> Self:
        self._in_place.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._in_place.__exit__(None, None, None)
        self.radio.close()
