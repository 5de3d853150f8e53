"""The same bus when the processor moves the two lines itself: probes, scans, and freeing a stuck bus.

MicroPython does so for a transfer without data (`I2C.scan`) and after a failed one; the firmware, to recover.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp2040py.gpio_pin import GPIOPinState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rp2040py.gpio_pin import GPIOPin

    from .i2c_port import Twin

_FUNCTION_SIO = 5
_BITS = 8


class SoftBus:
    """Follows the lines' edges and answers for the twins."""

    def __init__(
        self, sda: GPIOPin, scl: GPIOPin, twins: Mapping[int, Twin], ask: Callable[[Twin], Twin]
    ) -> None:
        """Attach to the pins.

        Args:
            sda: the data line's pin.
            scl: the clock line's pin.
            twins: chips by address.
            ask: brings a chip up to the present and gives it back.
        """
        self._sda = sda
        self._scl = scl
        self._twins = twins
        self._ask = ask
        self._twin: Twin | None = None
        self._busy = False
        self._addressed = False
        self._direction = False
        self._reading = False
        self._bits = 0
        self._byte = 0
        self._holding = False
        self._low: bool | None = None
        scl.set_input_value(True)
        sda.add_listener(self._sda_changed)
        scl.add_listener(self._scl_changed)
        self.refresh()

    @property
    def stuck(self) -> bool:
        """Whether a chip holds the data line low, come what may."""
        return any(getattr(twin, "stuck_sda", False) for twin in self._twins.values())

    def refresh(self) -> None:
        """Put the data line's level on its pin."""
        low = self._holding or self.stuck
        if low != self._low:
            self._low = low
            self._sda.set_input_value(not low)

    def _hold(self, *, low: bool) -> None:
        self._holding = low
        self.refresh()

    def _by_hand(self) -> bool:
        return _FUNCTION_SIO in (self._sda.function_select, self._scl.function_select)

    def _sda_changed(self, state: GPIOPinState, before: GPIOPinState) -> None:
        falls, rises = state == GPIOPinState.LOW, before == GPIOPinState.LOW
        if falls == rises or not self._by_hand() or self._scl.value == GPIOPinState.LOW or self.stuck:
            return
        if rises and self._twin is not None:
            self._twin.i2c_stop()
            self._twin = None
        self._busy, self._addressed, self._reading = falls, False, False
        self._bits = self._byte = 0
        self._hold(low=False)

    def _scl_changed(self, state: GPIOPinState, before: GPIOPinState) -> None:
        falls, rises = state == GPIOPinState.LOW, before == GPIOPinState.LOW
        if falls == rises or not self._by_hand():
            return
        if self.stuck:
            if rises:
                self._pulse()
        elif self._busy and rises:
            self._sample()
        elif self._busy:
            self._drive()

    def _pulse(self) -> None:
        for twin in self._twins.values():
            pulse = getattr(twin, "clock_pulse", None)
            if pulse is not None:
                pulse()
        self._busy = False
        self._hold(low=False)

    def _sample(self) -> None:
        """The clock rose: take the master's bit."""
        level = self._sda.value != GPIOPinState.LOW
        if not self._reading and self._bits < _BITS:
            self._byte = self._byte << 1 | level
        elif self._reading and self._bits == _BITS and level:
            self._twin = None  # the master wants no more
        self._bits += 1

    def _drive(self) -> None:
        """The clock fell: put the next bit or the acknowledgement on the line."""
        if self._bits == _BITS and not self._reading:
            self._hold(low=self._acknowledged())
        elif self._bits <= _BITS and self._reading and self._bits:
            self._hold(low=self._bits < _BITS and not self._byte >> (_BITS - 1 - self._bits) & 1)
        elif self._bits > _BITS:
            self._next_byte()

    def _acknowledged(self) -> bool:
        if self._addressed:
            return self._twin is not None and self._ask(self._twin).i2c_write(self._byte)
        self._addressed = True
        self._direction = bool(self._byte & 1)
        twin = self._twins.get(self._byte >> 1)
        self._twin = twin if twin is not None and self._ask(twin).i2c_start(self._direction) else None
        return self._twin is not None

    def _next_byte(self) -> None:
        self._reading = self._direction
        self._bits = self._byte = 0
        if self._reading and self._twin is not None:
            self._byte = self._ask(self._twin).i2c_read()
            self._hold(low=not self._byte & 0x80)
        else:
            self._hold(low=False)
