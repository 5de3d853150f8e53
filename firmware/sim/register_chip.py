"""What the simulated I2C chips share: a register pointer that increments, and faults of the bus."""


class RegisterChip:
    """A chip with up to 128 byte registers. A subclass gives `ADDRESS`, `_load`, `_store` and `advance`.

    Knobs, set at any time:
    `nack_forever` the chip is gone;
    `stuck_sda` it holds SDA low: the whole bus is dead;
    `stuck_clocks` how many clocks it then wants before it lets go (0: it never does).
    """

    ADDRESS = 0

    def __init__(self):
        """A chip that answers, its pointer at register 0."""
        self.nack_forever = False
        self.stuck_sda = False
        self.stuck_clocks = 9
        self._clocks = 0
        self._nacks = 0
        self._pointer = 0
        self._pointing = False

    def nack_next(self, n: int) -> None:
        """Leave the next `n` address bytes unanswered."""
        self._nacks = n

    def clock_pulse(self) -> None:
        """One pulse on SCL outside a transfer, as bus recovery gives."""
        if not self.stuck_sda:
            return
        self._clocks += 1
        if self._clocks == self.stuck_clocks:
            self._clocks = 0
            self.stuck_sda = False

    def i2c_start(self, reading: bool) -> bool:
        """Address byte after a start or a repeated start; false when it is not acknowledged."""
        if self.nack_forever:
            return False
        if self._nacks:
            self._nacks -= 1
            return False
        self._pointing = not reading
        return True

    def i2c_write(self, byte: int) -> bool:
        """One byte from the master: the register number first, then contents."""
        if self._pointing:
            self._pointing = False
            self._pointer = byte & 0x7F
        else:
            self._store(self._pointer, byte)
            self._pointer = self._pointer + 1 & 0x7F
        return True

    def i2c_read(self) -> int:
        """One byte to the master."""
        pointer = self._pointer
        self._pointer = pointer + 1 & 0x7F
        return self._load(pointer)

    def i2c_stop(self) -> None:
        """Stop condition: the pointer stays."""

    def advance(self, t_us: int) -> None:
        """Bring the chip to this time, in microseconds; it never goes back."""

    def next_event_us(self):
        """When an output of the chip may change by itself; `None` when it does not."""
        return

    def _load(self, register: int) -> int:
        raise NotImplementedError

    def _store(self, register: int, byte: int) -> None:
        raise NotImplementedError
