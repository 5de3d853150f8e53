"""The chip's USB serial port from the host's side: a queue each way, nothing lost, no empty polls."""

# What has to be changed is private to the model.
# ruff: noqa: SLF001

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rp2040py.peripherals.usb import INTE, INTR_DEV_SOF, SOF_RD, RPUSBController
from rp2040py.usb.cdc import USBCDC

if TYPE_CHECKING:
    from collections.abc import Callable

    from .mcu import Mcu

_PERIPHERAL = 0x50110
_PACKET = 64
_ENOUGH = 4096
_FRAME_NS = 1e6
_FRAMES = 0x7FF


class _Controller(RPUSBController):
    """The chip's controller with two things that the model lacks: start-of-frame, and a host that waits.

    MicroPython sends nothing for some frames after the port was opened, and counts them by their interrupts.
    """

    def __init__(self, mcu: Mcu) -> None:
        super().__init__(mcu, "USB")
        mcu.usb_ctrl = self
        mcu.peripherals[_PERIPHERAL] = self
        self.full: Callable[[int], bool] = lambda _endpoint: False
        self._frame_alarm = mcu.clock.create_alarm(self._frame)

    def read_uint32(self, offset: int) -> int:
        if offset & 0xFFF == SOF_RD:
            self._int_raw &= ~INTR_DEV_SOF
            self.check_interrupts()
        return super().read_uint32(offset)

    def write_uint32(self, offset: int, value: int) -> None:
        wanted = self._int_enable & INTR_DEV_SOF
        super().write_uint32(offset, value)
        if offset == INTE and self._int_enable & INTR_DEV_SOF and not wanted:
            self._frame_alarm.schedule(_FRAME_NS)

    def reset(self) -> None:
        self._frame_alarm.cancel()
        super().reset()

    def _frame(self) -> None:
        if self._int_enable & INTR_DEV_SOF:
            self._sof_frame_number = self._sof_frame_number + 1 & _FRAMES
            self._int_raw |= INTR_DEV_SOF
            self.check_interrupts()
            self._frame_alarm.schedule(_FRAME_NS)

    def _indicate_buffer_ready(self, endpoint: int, out: bool) -> None:
        if out or not self.full(endpoint):
            super()._indicate_buffer_ready(endpoint, out)

    def packet_taken(self, endpoint: int) -> None:
        """Tell the chip that the host took a packet it had to wait with."""
        super()._indicate_buffer_ready(endpoint, out=False)


class UsbPort:
    """What a USB host does for a serial port.

    The model answers each of the chip's requests after 10 us, with an empty packet if there is nothing, and
    the chip asks again: two thirds of all instructions went there. Here a request waits until there is
    something, as on a real bus, where the controller handles the empty rounds by itself.

    Attributes:
        connected: whether the chip has been enumerated and the port opened.
    """

    def __init__(self, mcu: Mcu) -> None:
        """Plug the cable in."""
        self._usb = _Controller(mcu)
        self._cdc: Any = USBCDC(self._usb)
        self._incoming = bytearray()
        self._outgoing = bytearray()
        self._wanted = 0
        self._held = False
        self.connected = False
        self._cdc.on_serial_data = self._incoming.extend
        self._cdc.on_device_connected = self._enumerated
        self._control_read: Any = self._usb.on_endpoint_read
        self._usb.on_endpoint_read = self._chip_reads
        self._usb.full = self._full
        self._cdc_reset: Any = self._usb.on_reset
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
            self._usb.packet_taken(self._cdc._in_endpoint)
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

    def _full(self, endpoint: int) -> bool:
        """Whether the chip has to wait with its next packet, because nobody takes what it sent before."""
        if endpoint != self._cdc._in_endpoint or len(self._incoming) < _ENOUGH:
            return False
        self._held = True
        return True
