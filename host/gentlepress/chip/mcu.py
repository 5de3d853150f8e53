"""The RP2040: rp2040py's model, made quick, quiet, and as slow at flash as the real part.

Four things are changed, each from outside, so that the package stays as it was released:

* At every memory access the compiled core looks its own method up by name. A slot that answers takes less
  than half the time of a bound method.
* The two PIO blocks, which nothing here uses, are no longer asked after each instruction.
* The divider computes when its result is read, not at each operand (`divider`).
* An erased sector and a programmed page cost the time that the flash chip takes, with the processor waiting.
"""

# What has to be changed is private to the model.
# ruff: noqa: SLF001

from __future__ import annotations

import logging
import types
from typing import TYPE_CHECKING, Any, Self

from rp2040py.device.bootrom import BOOTROM_B1
from rp2040py.memory_map import FLASH_START_ADDRESS
from rp2040py.peripherals.peripheral import BasePeripheral
from rp2040py.peripherals.ssi import CMD_BLOCK_ERASE, CMD_PAGE_PROGRAM, CMD_SECTOR_ERASE
from rp2040py.rp2040 import RP2040

from .divider import QuickSio

if TYPE_CHECKING:
    from collections.abc import Callable

_LOG = logging.getLogger(__name__)

_BUS_CALLS = ("read_uint8", "read_uint16", "read_uint32", "write_uint8", "write_uint16", "write_uint32")
_COMPILED = not isinstance(RP2040.__dict__["read_uint16"], types.FunctionType)

SECTOR_ERASE_NS = 45e6
BLOCK_ERASE_NS = 150e6
PAGE_PROGRAM_NS = 0.4e6
"""Typical times of the Pico's flash chip: Winbond W25Q16JV, data sheet revision G, section 9.6."""

_FLASH_COST_NS = {
    CMD_SECTOR_ERASE: SECTOR_ERASE_NS,
    CMD_BLOCK_ERASE: BLOCK_ERASE_NS,
    CMD_PAGE_PROGRAM: PAGE_PROGRAM_NS,
}
_CMD_UNIQUE_ID = 0x4B
_UNIQUE_ID_AT = 5  # one command byte and four dummies come first

_PLL_SYS = 0x40028
_PLL_USB = 0x4002C
_PLL_LOCK = 1 << 31


class Mcu(RP2040):
    """An RP2040 with its boot ROM loaded and its flash erased."""

    if _COMPILED:
        __slots__ = _BUS_CALLS

    def __new__(cls) -> Self:
        """Make the chip and fill the slots before anything runs."""
        self = super().__new__(cls)
        if _COMPILED:
            for name in _BUS_CALLS:
                setattr(self, name, RP2040.__dict__[name])
        return self

    def __init__(self) -> None:
        super().__init__()
        self.logger: Any = _Log()
        self.load_bootrom(BOOTROM_B1)
        self.peripherals[_PLL_SYS] = _Pll(self, "PLL_SYS")
        self.peripherals[_PLL_USB] = _Pll(self, "PLL_USB")
        QuickSio(self)
        self.pio, self._parked = [], self.pio

    def reset(self, *, preserve_flash: bool = False, from_watchdog: bool = False) -> None:
        """Reset what this kind of reset covers; as the model does, with the PIO blocks in their place."""
        parked = getattr(self, "_parked", None)
        if parked is None:
            super().reset(preserve_flash=preserve_flash, from_watchdog=from_watchdog)
            return
        self.pio = parked
        super().reset(preserve_flash=preserve_flash, from_watchdog=from_watchdog)
        self.pio = []

    def power_on(self) -> None:
        """Start at the flash's first instruction, where the boot ROM jumps to."""
        self.core.pc = FLASH_START_ADDRESS


class _Log:
    """Hands what the model has to say to `logging`, except for what it says at every step."""

    def debug(self, *_: str) -> None:
        pass

    def info(self, component: str, message: str) -> None:
        _LOG.debug("%s: %s", component, message)

    def warning(self, component: str, message: str) -> None:
        _LOG.debug("%s: %s", component, message)

    def error(self, component: str, message: str) -> None:
        _LOG.error("%s: %s", component, message)


class _Pll(BasePeripheral):
    """A clock generator that locks at once."""

    def __init__(self, mcu: RP2040, name: str) -> None:
        super().__init__(mcu, name)
        self._words: dict[int, int] = {}

    def read_uint32(self, offset: int) -> int:
        word = self._words.get(offset & 0xFFF, 0)
        return word | _PLL_LOCK if offset & 0xFFF == 0 else word

    def write_uint32(self, offset: int, value: int) -> None:
        self._words[offset] = value & 0xFFFFFFFF


class FlashChip:
    """The flash chip's manners: its times, its number, and counts of what was done to it.

    Attributes:
        erased_sectors: 4 KB sectors erased since the start.
        programmed_pages: pages of up to 256 bytes programmed since the start.
    """

    def __init__(self, mcu: Mcu, unique_id: bytes) -> None:
        """Attach to the chip's flash interface. `unique_id`: eight bytes, the board's serial number."""
        self.erased_sectors = 0
        self.programmed_pages = 0
        self._clock = mcu.clock
        self._ssi: Any = mcu.ssi
        self._unique_id = unique_id
        self._apply: Callable[[], None] = self._ssi._apply_command
        self._shift: Callable[[int], int] = self._ssi._shift_byte
        self._ssi._apply_command = self._timed_apply
        self._ssi._shift_byte = self._shift_with_id

    def _timed_apply(self) -> None:
        command = self._ssi._tx_buffer[0] if self._ssi._tx_buffer else 0
        works = self._ssi._write_enabled
        self._apply()
        cost_ns = _FLASH_COST_NS.get(command)
        if cost_ns is None or not works:
            return
        if command == CMD_PAGE_PROGRAM:
            self.programmed_pages += 1
        else:
            self.erased_sectors += 1 if command == CMD_SECTOR_ERASE else 16
        # The boot ROM polls the chip with interrupts off: for everything else time just passes.
        self._clock.tick(cost_ns)

    def _shift_with_id(self, byte: int) -> int:
        answer = self._shift(byte)
        sent = self._ssi._tx_buffer
        if sent[0] != _CMD_UNIQUE_ID:
            return answer
        at = len(sent) - 1 - _UNIQUE_ID_AT
        return self._unique_id[at] if 0 <= at < len(self._unique_id) else 0xFF
