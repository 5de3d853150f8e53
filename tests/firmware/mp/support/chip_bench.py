"""A bench for chips: a clock, a waiting that costs no time, a wire to a twin without any driver."""


class Clock:
    """Virtual microseconds."""

    def __init__(self):
        self.now_us = 0

    def advance_us(self, dt_us):
        self.now_us += dt_us


class FakeAsyncio:
    """Stands in a driver's `asyncio`: a sleep moves the clock and is over."""

    def __init__(self, clock):
        self._clock = clock

    async def sleep_ms(self, ms):
        self._clock.advance_us(ms * 1000)


def run(coroutine):
    """Run a coroutine that never really waits; its result."""
    try:
        while True:
            coroutine.send(None)
    except StopIteration as stop:
        return stop.value


class Wire:
    """Bytes to one twin, as the data sheet draws them."""

    def __init__(self, twin):
        self.twin = twin
        self.now_us = 0
        twin.advance(0)

    def wait_us(self, dt_us):
        self.now_us += dt_us
        self.twin.advance(self.now_us)

    def wait_ms(self, ms):
        self.wait_us(ms * 1000)

    def write(self, *sent):
        """Start, address, bytes, stop; true if all were acknowledged."""
        good = self.twin.i2c_start(False)
        for byte in sent:
            good = good and self.twin.i2c_write(byte)
        self.twin.i2c_stop()
        return good

    def read(self, register, n=1):
        """Start, address, register, repeated start, `n` bytes, stop."""
        assert self.twin.i2c_start(False)
        assert self.twin.i2c_write(register)
        assert self.twin.i2c_start(True)
        got = [self.twin.i2c_read() for _ in range(n)]
        self.twin.i2c_stop()
        return got[0] if n == 1 else got

    def result(self):
        """Registers 0x12-0x14 as one signed number."""
        high, middle, low = self.read(0x12, 3)
        raw = high << 16 | middle << 8 | low
        return raw - (1 << 24) if raw & 0x800000 else raw


class FakePwm:
    """`machine.PWM` that shows a twin what it does."""

    def __init__(self, twin=None):
        self.twin = twin
        self.duty = None
        self.hz = 0
        self.history = []

    def duty_u16(self, duty):
        self.duty = duty
        self.history.append(duty)
        self._show()

    def freq(self, hz):
        self.hz = hz
        self._show()

    def _show(self):
        if self.twin is not None:
            self.twin.set_pwm(self.duty or 0, self.hz)


def raises(kind, call, *args):
    """Call; the error it raised, which must be of that kind."""
    try:
        call(*args)
    except kind as error:
        return error
    raise AssertionError("no " + kind.__name__)
