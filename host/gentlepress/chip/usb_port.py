"""The chip's USB serial port from the host's side: a queue each way, nothing lost, no empty polls."""

# ruff: noqa: SLF001

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rp2040py.usb.cdc import USBCDC

if TYPE_CHECKING:
    from .mcu import Mcu

_PACKET = 64
_ENOUGH = 4096


class UsbPort:
    """What a USB host does for a serial port.

    The model answers each of the chip's requests after 10 us, with an empty packet if there is nothing, and
    the chip asks again: two thirds of all instructions went there. Here a request waits until there is
    something, as on a real bus, where the controller handles the empty rounds by itself.
    """

    def __init__(self, mcu: Mcu) -> None:
        """Plug the cable in."""
        self._usb: Any = mcu.usb_ctrl
        self._cdc: Any = USBCDC(mcu.usb_ctrl)
        self._incoming = bytearray()
        self._outgoing = bytearray()
        self._wanted = 0
        self._held = False
        self.connected = False
        self._cdc.on_serial_data = self._incoming.extend
        self._cdc.on_device_connected = self._enumerated
        self._control_read = self._usb.on_endpoint_read
        self._usb.on_endpoint_read = self._chip_reads
        self._ready = self._usb._indicate_buffer_ready
        self._usb._indicate_buffer_ready = self._packet_done
        self._cdc_reset = self._usb.on_reset
        self._usb.on_reset = self._reset

    @property
    def to_send(self) -> int:
        """Bytes that wait for the chip to take them."""
        return len(self._outgoing)

    def write(self, data: bytes) -> None:
        """Queue bytes for the chip; it takes them as fast as its firmware reads."""
        self._outgoing += data
        self._feed()

    def peek(self) -> bytes:
        """The bytes that came from the chip, without taking them."""
        return bytes(self._incoming)

    def take(self, n: int | None = None) -> bytes:
        """Take up to `n` bytes that came from the chip (default: all)."""
        n = len(self._incoming) if n is None else n
        data = bytes(self._incoming[:n])
        del self._incoming[:n]
        if self._held and len(self._incoming) < _ENOUGH:
            self._held = False
            self._ready(self._cdc._in_endpoint, False)  # noqa: FBT003 - the model's own signature
        return data

    def _enumerated(self) -> None:
        self.connected = True

    def _reset(self) -> None:
        self.connected = False
        self._wanted = 0
        self._held = False
        self._outgoing.clear()
        self._cdc_reset()

    def _chip_reads(self, endpoint: int, size: int) -> None:
        if endpoint != self._cdc._out_endpoint:
            self._control_read(endpoint, size)
            return
        self._wanted = size
        self._feed()

    def _feed(self) -> None:
        if not self._wanted or not self._outgoing:
            return
        n = min(self._wanted, _PACKET)
        packet = bytes(self._outgoing[:n])
        del self._outgoing[:n]
        self._wanted = 0
        self._usb.endpoint_read_done(self._cdc._out_endpoint, packet)

    def _packet_done(self, endpoint: int, out: bool) -> None:
        """Tell the chip that a packet went, or let it wait while nobody takes what it sent before."""
        if not out and endpoint == self._cdc._in_endpoint and len(self._incoming) >= _ENOUGH:
            self._held = True
        else:
            self._ready(endpoint, out)
