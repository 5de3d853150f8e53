"""A simulated I2C bus with the calls of `machine.I2C`: what the chips see is bytes."""

import errno

from . import parameters


class SimI2C:
    """A bus master over twins.

    `clock` has `now_us` and `advance_us(dt_us)`; each transfer first brings the addressed chip up to it.
    With `charge` a transfer also takes its wire time from the clock. Errors are those of MicroPython:
    `OSError(EIO)` when nothing acknowledges, `OSError(ETIMEDOUT)` while a chip holds SDA low.

    `readfrom_mem_into` allocates nothing but the exception it may raise.
    """

    def __init__(self, clock, twins, charge: bool = False):
        """Put the twins, a list, on one bus."""
        self._clock = clock
        self.twins = twins
        self.charge = charge
        self.transfers = 0
        self.timeout_us = 0
        values = parameters.values()
        self._byte_ns = 9 * values["i2c.bit_ns"]
        self._overhead_us = values["i2c.overhead_us"]

    def readfrom_mem_into(self, addr: int, memaddr: int, buf, addrsize: int = 8) -> None:  # noqa: ARG002
        """Fill `buf` from the registers at `memaddr` on."""
        twin = self._begin(addr, len(buf) + 3)
        self._address(twin, 0)
        self._put(twin, memaddr)
        self._address(twin, 1)
        self._get(twin, buf)

    def readfrom_mem(self, addr: int, memaddr: int, nbytes: int, addrsize: int = 8) -> bytes:
        """`nbytes` from the registers at `memaddr` on."""
        buf = bytearray(nbytes)
        self.readfrom_mem_into(addr, memaddr, buf, addrsize)
        return bytes(buf)

    def writeto_mem(self, addr: int, memaddr: int, buf, addrsize: int = 8) -> None:  # noqa: ARG002
        """Write `buf` to the registers at `memaddr` on."""
        twin = self._begin(addr, len(buf) + 2)
        self._address(twin, 0)
        self._put(twin, memaddr)
        for byte in buf:
            self._put(twin, byte)
        twin.i2c_stop()

    def writeto(self, addr: int, buf, stop: bool = True) -> int:
        """Write `buf` as it stands; returns how many bytes were acknowledged."""
        twin = self._begin(addr, len(buf) + 1)
        self._address(twin, 0)
        for byte in buf:
            self._put(twin, byte)
        if stop:
            twin.i2c_stop()
        return len(buf)

    def readfrom_into(self, addr: int, buf, stop: bool = True) -> None:  # noqa: ARG002
        """Fill `buf` from where the chip's pointer stands."""
        twin = self._begin(addr, len(buf) + 1)
        self._address(twin, 1)
        self._get(twin, buf)

    def readfrom(self, addr: int, nbytes: int, stop: bool = True) -> bytes:
        """`nbytes` from where the chip's pointer stands."""
        buf = bytearray(nbytes)
        self.readfrom_into(addr, buf, stop)
        return bytes(buf)

    def scan(self) -> list:
        """The addresses that acknowledge."""
        found = []
        for twin in self.twins:
            try:
                self.writeto(twin.ADDRESS, b"")
                found.append(twin.ADDRESS)
            except OSError as error:
                if error.args[0] != errno.EIO:
                    raise
        return sorted(found)

    def clock_pulse(self) -> None:
        """One pulse on SCL outside a transfer, for bus recovery."""
        for twin in self.twins:
            twin.clock_pulse()

    def sda_stuck(self) -> bool:
        """Whether a chip holds SDA low."""
        for twin in self.twins:  # noqa: SIM110 (a generator would allocate)
            if twin.stuck_sda:
                return True
        return False

    def _begin(self, addr: int, wire_bytes: int):
        self.transfers += 1
        if self.charge:
            self._clock.advance_us(wire_bytes * self._byte_ns // 1000 + self._overhead_us)
        if self.sda_stuck():
            raise OSError(errno.ETIMEDOUT)
        for twin in self.twins:
            if addr == twin.ADDRESS:
                twin.advance(self._clock.now_us)
                return twin
        raise OSError(errno.EIO)

    def _address(self, twin, reading: int) -> None:
        if not twin.i2c_start(reading):
            twin.i2c_stop()
            raise OSError(errno.EIO)

    def _put(self, twin, byte: int) -> None:
        if not twin.i2c_write(byte):
            twin.i2c_stop()
            raise OSError(errno.EIO)

    def _get(self, twin, buf) -> None:
        for i in range(len(buf)):
            buf[i] = twin.i2c_read()
        twin.i2c_stop()
