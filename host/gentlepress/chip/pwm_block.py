"""The eight PWM slices as registers only: duty and frequency are read out of them, no edge is ever made.

An edge-true model costs three callbacks a period, tens of thousands a second, to say what three numbers say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp2040py.peripherals.peripheral import BasePeripheral

if TYPE_CHECKING:
    from collections.abc import Callable

    from rp2040py.rp2040 import RP2040

_STRIDE = 0x14
_CSR, _DIV, _CTR, _CC, _TOP = 0x00, 0x04, 0x08, 0x0C, 0x10
_EN = 0xA0
_INTR, _INTE, _INTF, _INTS = 0xA4, 0xA8, 0xAC, 0xB0
_CSR_EN = 1
_CSR_PH_CORRECT = 2
_CSR_INVERT_A = 4
_CSR_INVERT_B = 8
_RESET = {_CSR: 0, _DIV: 0x10, _CTR: 0, _CC: 0, _TOP: 0xFFFF}
_SLICES = 8


class PwmBlock(BasePeripheral):
    """The PWM block (RP2040 data sheet, section 4.5). Interrupts, counters and gated modes are not modelled.

    Attributes:
        on_change: called after any register changed.
        gpio_direction: mask of the pins that the block drives; the pins' model reads it.
        gpio_value: mask of their levels; always low, because no edges are made.
    """

    def __init__(self, mcu: RP2040, on_change: Callable[[], None]) -> None:
        super().__init__(mcu, "PWM")
        self.on_change = on_change
        self.gpio_direction = 0xFFFFFFFF
        self.gpio_value = 0
        self._slices = [dict(_RESET) for _ in range(_SLICES)]
        self._inte = 0

    def gpio_on_input(self, index: int) -> None:
        """Ignore a level on a pin: no gated mode is modelled."""

    def reset(self) -> None:
        """Return every slice to its power-on state."""
        for registers in self._slices:
            registers.update(_RESET)
        self._inte = 0
        self.on_change()

    def output(self, gpio: int) -> tuple[int, int]:
        """What the block puts on a pin: duty 0..65535 and frequency in Hz (0: its slice stands still)."""
        registers = self._slices[gpio >> 1 & 7]
        channel_b = gpio & 1
        level = registers[_CC] >> 16 if channel_b else registers[_CC] & 0xFFFF
        period = (registers[_TOP] & 0xFFFF) + 1
        csr = registers[_CSR]
        duty = min(level * 65535 // period, 65535) if csr & _CSR_EN else 0
        if csr & (_CSR_INVERT_B if channel_b else _CSR_INVERT_A):
            duty = 65535 - duty
        return duty, self._frequency_hz(registers, period) if csr & _CSR_EN else 0

    def _frequency_hz(self, registers: dict[int, int], period: int) -> int:
        divider_16 = registers[_DIV] & 0xFFF or 256 * 16
        passes = 2 if registers[_CSR] & _CSR_PH_CORRECT else 1
        return round(self.rp2040.clk_sys * 16 / (divider_16 * period * passes))

    def read_uint32(self, offset: int) -> int:
        """A register, as the processor reads it."""
        offset &= 0xFFF
        if offset < _EN:
            return self._slices[offset // _STRIDE][offset % _STRIDE]
        if offset == _EN:
            return sum((self._slices[i][_CSR] & _CSR_EN) << i for i in range(_SLICES))
        return self._inte if offset == _INTE else 0

    def write_uint32(self, offset: int, value: int) -> None:
        """A register, as the processor writes it."""
        if offset < _EN:
            self._slices[offset // _STRIDE][offset % _STRIDE] = value & 0xFFFFFFFF
        elif offset == _EN:
            for i in range(_SLICES):
                registers = self._slices[i]
                registers[_CSR] = registers[_CSR] & ~_CSR_EN | value >> i & 1
        elif offset == _INTE:
            self._inte = value & 0xFF
        self.on_change()
