"""A plain vibration motor (ERM) behind a transistor on a PWM pin: nothing reads it back.

A low pin is off, by a pull-down also in reset. There is no brake: the weight runs down by itself.

The figures are those of a typical 10 mm coin motor of 3 V: it starts at 2.3 V, takes 60-80 mA turning and 120 mA for
the first 50 ms, and rises in 50-250 ms, less with overdrive at the start. Measure your own.

What its test can prove: while it starts the cell's voltage dips, and less so once it turns, because a turning motor
takes less current. The dip shows that a current flows, its falling that something turns. It does not show that the
motor is felt, and between tests nothing is known of it.
"""

import asyncio

PWM_HZ = 20_000
"""Above hearing; the transistor's diode carries the current on."""

KIND = "erm"
"""Chooses its patterns (core/patterns.py)."""

KICK_US = 60_000
"""Full drive at each start, whatever the strength: the weight is moving before it is asked to move slowly."""

DUTY_LEAST = 36_000
"""Of 65535: 1.8 V of 3.3 V keep a running motor running (it stops near half of its rated voltage)."""

FAULT_OVER_CURRENT = 0x40
"""`check`: the last test found a motor that stands: its current did not fall."""

DIP_LEAST_MV = 4
"""Smallest dip of the cell that is a current: 60 mA and 0.1 ohm of cell and wires give 6 mV."""

FALL_PERCENT = 85
"""A turning motor takes at most so much of its start current (75 of 120 mA is 63 %)."""

START_MS = 8
RUN_MS = 300
REST_MS = 100
READS = 8


class ErmMotor:
    """The motor's pin. Only `drive`, `tick` and `off` belong to the watch.

    Attributes:
        level: strength asked, 0..255. dip_mv, run_dip_mv: of the last test, at the start and once it turned.
    """

    kind = KIND

    def __init__(self, pwm, battery, usb_power):
        """Take the PWM on the transistor's pin, hold it low at once; for the test battery and sense of USB power."""
        self._pwm = pwm
        self._battery = battery
        self._usb_power = usb_power
        self._kick_us = 0
        self._standing = False
        self.level = 0
        self.dip_mv = 0
        self.run_dip_mv = 0
        pwm.duty_u16(0)
        pwm.freq(PWM_HZ)
        pwm.duty_u16(0)

    def drive(self, level: int) -> None:
        """Set the strength, 0 (off) to 255 (full); a start begins with a kick at full drive, which `tick` ends."""
        if level <= 0:
            self.off()
            return
        if level > 255:
            level = 255
        if self.level == 0:
            self._kick_us = KICK_US
        self.level = level
        self._pwm.duty_u16(0xFFFF if self._kick_us else self._duty())

    def _duty(self) -> int:
        return DUTY_LEAST + (0xFFFF - DUTY_LEAST) * self.level // 255

    def tick(self, dt_us: int) -> None:
        """Time goes on: end the kick when it is over."""
        if self._kick_us:
            self._kick_us = max(0, self._kick_us - dt_us)
            if not self._kick_us and self.level:
                self._pwm.duty_u16(self._duty())

    def off(self) -> None:
        """Stop driving; the weight runs on for a tenth of a second."""
        self.level = 0
        self._kick_us = 0
        self._pwm.duty_u16(0)

    async def start(self) -> None:
        """Off; there is nothing to set up and nothing that answers."""
        self.off()

    async def diagnose(self) -> bool:
        """Run it for 0.3 s and watch the cell: whether a current flows and falls. Motor off before and after.

        True under USB power, which hides the dip: nothing is known then, and no session can begin.
        """
        self.off()
        await asyncio.sleep_ms(REST_MS)
        rest_mv = self._cell_mv()
        self.drive(255)
        await asyncio.sleep_ms(START_MS)
        self.dip_mv = rest_mv - self._cell_mv()
        await asyncio.sleep_ms(RUN_MS)
        self.run_dip_mv = rest_mv - self._cell_mv()
        self.off()
        if self._usb_power.active():
            self._standing = False
            return True
        flows = self.dip_mv >= DIP_LEAST_MV * READS
        self._standing = flows and self.run_dip_mv * 100 > self.dip_mv * FALL_PERCENT
        self.dip_mv //= READS
        self.run_dip_mv //= READS
        return flows and not self._standing

    def _cell_mv(self) -> int:
        """Sum of READS readings, mV."""
        total_mv = 0
        for _ in range(READS):
            total_mv += self._battery.read_mv()
        return total_mv

    def check(self) -> int:
        """What the last test found; nothing can be read back."""
        return FAULT_OVER_CURRENT if self._standing else 0

    def standby(self) -> None:
        """Motor off."""
        self.off()

    def wake(self) -> None:
        """Nothing sleeps."""
