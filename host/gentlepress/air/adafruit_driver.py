"""Driver on adafruit-circuitpython-ble.

None of that library's calls has a time limit, so each is made by one worker that can be left behind. Its own UART
service loses data above 4 kB/s; a `_bleio.PacketBuffer`, made before subscribing and never taken down, lost none.
"""

from __future__ import annotations

import atexit
import contextlib
import time
from collections.abc import Callable
from typing import Any, TypeVar

from gentlepress.air import mishaps
from gentlepress.air.contract import CLOSE_S, Found
from gentlepress.air.worker import Worker
from gentlepress.errors import PortSilent
from gentlepress.firmware.core import air

Result = TypeVar("Result")
PACKETS = 8192
"""Packets that may wait to be read: the oldest is dropped when there are more."""

POLL_S = 0.002
RSSI_LEAST = -127
_PACKET_MOST = 512

_WORKER = Worker("adafruit-ble")


def _call(function: Callable[[], Result], deadline: float, what: str) -> Result:
    """Have the worker make a call; errors as ours."""
    try:
        return _WORKER.call(function, deadline)
    except Exception as error:
        raise mishaps.in_ours(error, what) from error


class AdafruitConnection:
    """A connection of adafruit_ble, and the tool's packets."""

    def __init__(self, connection: Any, buffer: Any) -> None:
        self._connection = connection
        self._buffer = buffer
        self._packet = bytearray(_PACKET_MOST)
        self._closed = False

    def send(self, packet: bytes, deadline: float) -> None:
        """See `contract.Connection`."""
        self._check()
        _call(lambda: self._buffer.write(packet), deadline, "writing")

    def receive(self, deadline: float) -> bytes:
        """See `contract.Connection`."""
        while True:
            data = b"".join(iter(self._read, b""))
            if data:
                return data
            self._check()
            if time.monotonic() >= deadline:
                raise PortSilent("The tool sent nothing before the deadline.", mishaps.OPEN_WINDOW)
            time.sleep(POLL_S)

    def _read(self) -> bytes:
        """One packet out of the queue, which asks nobody; empty when there is none."""
        return bytes(self._packet[: self._buffer.readinto(self._packet)])

    def _check(self) -> None:
        """Raise PortClosed when the link is gone; the radio's own `connected` would not tell."""
        if self._closed or not self._connection.connected:
            raise mishaps.lost()

    def close(self) -> None:
        """See `contract.Connection`. Only once: the library's second time is an error."""
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(Exception):
            _WORKER.call(self._connection.disconnect, time.monotonic() + CLOSE_S)


class AdafruitDriver:
    """adafruit_ble, as a driver (`contract.Driver`)."""

    name = "adafruit"

    def __init__(self) -> None:
        self._service, self._advertisement, self._radio = _library()

    def scan(self, deadline: float, enough: Callable[[Found], bool]) -> list[Found]:
        """See `contract.Driver`."""
        return _call(lambda: self._scan(deadline, enough), deadline + CLOSE_S, "looking for the tool")

    def _scan(self, deadline: float, enough: Callable[[Found], bool]) -> list[Found]:
        found: dict[str, Found] = {}
        left_s = max(deadline - time.monotonic(), POLL_S)
        heard = self._radio.start_scan(self._advertisement, timeout=left_s, minimum_rssi=RSSI_LEAST)
        for advertisement in heard:
            if self._service not in advertisement.services:
                continue
            name = advertisement.complete_name or advertisement.short_name or ""
            address = advertisement.address.string
            found[address] = Found(name, address, advertisement)
            if enough(found[address]):
                break
        self._radio.stop_scan()
        return list(found.values())

    def connect(self, found: Found, deadline: float) -> AdafruitConnection:
        """See `contract.Driver`. The library looks for the tool again, so that it may take twice as long."""
        return _call(lambda: self._connect(found, deadline), deadline, "connecting")

    def _connect(self, found: Found, deadline: float) -> AdafruitConnection:
        left_s = max((deadline - time.monotonic()) / 2, POLL_S)
        connection = self._radio.connect(found.handle, timeout=left_s)
        try:
            return AdafruitConnection(connection, connection[self._service].packets)
        except BaseException:
            connection.disconnect()
            raise


def _library() -> tuple[Any, Any, Any]:
    """(service class, advertisement class, radio) of the library, set up as it must be."""
    try:
        import _bleio  # noqa: PLC0415  (it starts a thread, and only the extra `ble` has it)
        from adafruit_ble import BLERadio  # noqa: PLC0415
        from adafruit_ble.advertising.standard import ProvideServicesAdvertisement  # noqa: PLC0415
    except ImportError as error:
        raise mishaps.not_installed("adafruit-circuitpython-ble") from error
    adapter: Any = _bleio.adapter
    adapter.ble_backend = "bleak"  # else it may call hcitool
    # It would hang up at exit without a time limit: who opened a connection closes it.
    atexit.unregister(adapter._cleanup)  # noqa: SLF001  (there is no other way)
    return _service_class(_bleio), ProvideServicesAdvertisement, BLERadio()


def _service_class(bleio: Any) -> Any:
    from adafruit_ble.characteristics import Characteristic, ComplexCharacteristic  # noqa: PLC0415
    from adafruit_ble.services import Service  # noqa: PLC0415
    from adafruit_ble.uuid import VendorUUID  # noqa: PLC0415

    class Packets(ComplexCharacteristic):
        """The characteristic as packets both ways."""

        def bind(self, service: Any) -> Any:
            """Make the buffer first, then subscribe: what comes in between would be lost."""
            bound = super().bind(service)
            buffer = bleio.PacketBuffer(bound, buffer_size=PACKETS)
            bound.set_cccd(notify=True)
            return buffer

    class SmpService(Service):
        """SMP over Bluetooth."""

        uuid = VendorUUID(air.SERVICE)
        packets = Packets(
            uuid=VendorUUID(air.CHARACTERISTIC),
            properties=Characteristic.WRITE | Characteristic.WRITE_NO_RESPONSE | Characteristic.NOTIFY,
        )

    return SmpService
