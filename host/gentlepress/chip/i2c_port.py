"""The chip's I2C block with simulated chips on its bus: byte by byte, at the bus's speed, NACKs and all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from rp2040py.peripherals.i2c import (
    ENABLE,
    IC_ENABLE,
    IC_RAW_INTR_STAT,
    IC_RXFLR,
    IC_STATUS,
    IC_TXFLR,
    R_TX_EMPTY,
    RPI2C,
    TX_EMPTY_CTRL,
    I2CMode,
    I2CState,
)

from .soft_bus import SoftBus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .mcu import Mcu

_BASES = (0x40044, 0x40048)
_POLLED = frozenset((IC_RAW_INTR_STAT, IC_RXFLR, IC_TXFLR, IC_STATUS))


class Twin(Protocol):
    """A simulated chip on the bus. Times are microseconds since power-on and never go back."""

    @property
    def ADDRESS(self) -> int:  # noqa: N802  (a class constant of the twins)
        """Its 7-bit address."""
        ...

    def advance(self, t_us: int) -> None:
        """Bring the chip to this time."""

    def next_event_us(self) -> int | None:
        """When one of its output pins may change next by itself; None: not by itself."""

    def i2c_start(self, reading: bool) -> bool:
        """Address byte after a start or a repeated start; false when it is not acknowledged."""
        ...

    def i2c_write(self, byte: int) -> bool:
        """One byte to the chip; false when it is not acknowledged."""
        ...

    def i2c_read(self) -> int:
        """One byte from the chip."""
        ...

    def i2c_stop(self) -> None:
        """Stop condition."""


class I2cPort(RPI2C):
    """One of the two I2C blocks, in the model's place, with twins on its bus.

    A transfer takes its bits' time. The processor would spend that time asking whether it is over; each time
    it asks, the clock jumps to the end of the byte on the wire instead. So other interrupts come up to 25 us
    late during a transfer at 400 kHz, and a transfer costs little to emulate.
    """

    def __init__(
        self, mcu: Mcu, index: int, sda: int, scl: int, twins: Iterable[Twin], on_transfer: Callable[[], None]
    ) -> None:
        """Replace block `index` of `mcu`; `lines` is then the bus as seen from the two pins.

        Args:
            mcu: the chip.
            index: 0 or 1.
            sda: GPIO number of the data line.
            scl: GPIO number of the clock line.
            twins: what is on the bus.
            on_transfer: called after each stop condition.
        """
        replaced = mcu.i2c[index]
        super().__init__(mcu, replaced.name, replaced.irq)
        mcu.i2c[index] = self
        mcu.peripherals[_BASES[index]] = self
        self.transfers = 0
        self._twins = {twin.ADDRESS: twin for twin in twins}
        self._twin: Twin | None = None
        self._on_transfer = on_transfer
        self._clock = mcu.clock
        self._alarm = mcu.clock.create_alarm(self._due)
        self._due_ns = 0.0
        self._step: Callable[[], None] | None = None
        self.on_start = self._start
        self.on_connect = self._connect
        self.on_write_byte = self._write_byte
        self.on_read_byte = self._read_byte
        self.on_stop = self._stop_condition
        self.lines = SoftBus(mcu.gpio[sda], mcu.gpio[scl], self._twins, self._advanced)

    def reset(self) -> None:
        """Registers and what was on the wire; the bus and its chips stay as they are."""
        self._alarm.cancel()
        self._step = None
        super().reset()

    def read_uint32(self, offset: int) -> int:
        """A register, as the processor reads it; asking for progress makes progress."""
        if self._step is not None and offset & 0xFFF in _POLLED:
            self._clock.tick(self._due_ns - self._clock.nanos + 1)
        return super().read_uint32(offset)

    def write_uint32(self, offset: int, value: int) -> None:
        """A register, as the processor writes it; disabling the block ends what was on the wire."""
        if offset == IC_ENABLE and not value & ENABLE and self._busy:
            self._alarm.cancel()
            self._step = None
            self._state = I2CState.IDLE
            self._busy = self._stop = self._pending_restart = False
        super().write_uint32(offset, value)

    # What the block asks of the bus, and when it is done

    def _later(self, bits: int, step: Callable[[], None]) -> None:
        wait_ns = bits * (self.scl_high_period + self.scl_low_period) * 1e9 / self.rp2040.clk_sys
        self._step = step
        self._due_ns = self._clock.nanos + wait_ns
        self._alarm.schedule(wait_ns)

    def _due(self) -> None:
        step, self._step = self._step, None
        if step is not None:
            step()

    def _start(self, _repeated: bool) -> None:
        if not self.lines.stuck:
            self._later(1, self.complete_start)

    def _connect(self, address: int, mode: I2CMode) -> None:
        def done() -> None:
            twin = self._twins.get(address)
            if self._twin is not None and self._twin is not twin:
                self._twin.i2c_stop()
            self._twin = twin
            ack = twin is not None and self._advanced(twin).i2c_start(mode == I2CMode.READ)
            self.complete_connect(ack)
            if not ack:
                super(I2cPort, self)._set_interrupts(R_TX_EMPTY)

        self._later(9, done)

    def _write_byte(self, value: int) -> None:
        def done() -> None:
            ack = self._twin is not None and self._advanced(self._twin).i2c_write(value)
            if not ack or self._tx_fifo.item_count <= self.tx_threshold:
                super(I2cPort, self)._set_interrupts(R_TX_EMPTY)
            self.complete_write(ack)

        self._later(9, done)

    def _read_byte(self, _ack: bool) -> None:
        def done() -> None:
            twin = self._twin
            self.complete_read(0xFF if twin is None else self._advanced(twin).i2c_read())

        self._later(9, done)

    def _stop_condition(self) -> None:
        def done() -> None:
            if self._twin is not None:
                self._twin.i2c_stop()
                self._twin = None
            self.transfers += 1
            self.complete_stop()
            self.lines.refresh()
            self._on_transfer()

        self._later(1, done)

    def _advanced(self, twin: Twin) -> Twin:
        twin.advance(int(self._clock.nanos // 1000))
        return twin

    def _set_interrupts(self, mask: int) -> None:
        # With TX_EMPTY_CTRL the flag waits for the byte on the wire (RP2040 data sheet, 4.3.17, IC_CON).
        if mask == R_TX_EMPTY and self._step is not None and self.control & TX_EMPTY_CTRL:
            return
        super()._set_interrupts(mask)
