"""The processor's divider, quick: MicroPython divides at every look-up of a name, some 300,000 times a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp2040py.sio import (
    CPUID,
    DIV_CSR,
    DIV_QUOTIENT,
    DIV_REMAINDER,
    DIV_SDIVIDEND,
    DIV_SDIVISOR,
    DIV_UDIVIDEND,
    DIV_UDIVISOR,
    RPSIO,
)
from rp2040py.utils.bit import s32

if TYPE_CHECKING:
    from .mcu import Mcu

_ALL_ONES = 0xFFFFFFFF
_READY_DIRTY = 0b11
_READY = 0b01


class QuickSio(RPSIO):
    """The single-cycle block with a divider that computes when its result is read (RP2040 data sheet, 2.3.1.5)."""

    def __init__(self, mcu: Mcu) -> None:
        """Replace the block of `mcu`."""
        super().__init__(mcu)
        mcu.sio = self
        self._unsigned = True
        self._due = False

    def read_uint32(self, offset: int) -> int | float:
        """A register, as the processor reads it."""
        if offset == DIV_CSR:
            return self.div_csr
        if offset in (DIV_REMAINDER, DIV_QUOTIENT):
            if self._due:
                self._divide()
            if offset == DIV_REMAINDER:
                return self.div_remainder
            self.div_csr = _READY
            return self.div_quotient
        return 0 if offset == CPUID else super().read_uint32(offset)

    def write_uint32(self, offset: int, value: int) -> None:
        """A register, as the processor writes it."""
        if offset in (DIV_UDIVIDEND, DIV_SDIVIDEND):
            self.div_dividend = value
        elif offset in (DIV_UDIVISOR, DIV_SDIVISOR):
            self.div_divisor = value
        else:
            if offset in (DIV_QUOTIENT, DIV_REMAINDER):
                self._due = False
            super().write_uint32(offset, value)
            return
        self._unsigned = offset <= DIV_UDIVISOR
        self._due = True
        self.div_csr = _READY_DIRTY

    def _divide(self) -> None:
        self._due = False
        if self._unsigned:
            dividend, divisor = self.div_dividend & _ALL_ONES, self.div_divisor & _ALL_ONES
            self.div_quotient, self.div_remainder = (
                divmod(dividend, divisor) if divisor else (_ALL_ONES, dividend)
            )
            return
        dividend, divisor = s32(self.div_dividend), s32(self.div_divisor)
        if divisor == 0:
            self.div_quotient, self.div_remainder = (1 if dividend < 0 else -1), dividend
            return
        quotient = abs(dividend) // abs(divisor)
        self.div_quotient = quotient if (dividend < 0) == (divisor < 0) else -quotient
        self.div_remainder = dividend - self.div_quotient * divisor
