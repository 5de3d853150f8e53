"""FSR: a force-sensing resistor on an analog input. It shows contact; it does not measure.

Source: Interlink Electronics, FSR 400 Series Data Sheet PDS-10004-C (about 0.2-20 N; one part repeats within 2 %, but
parts differ by 6 %, unloading lags by 10 %, and a held force drifts by 5 % a decade of time) and FSR Integration
Guide (conductance grows in proportion to force).

The sensor lies between the supply and the input, 10 k from the input to ground. At the sensor's own end 470 k lie
across it: so an unpressed sensor still gives 2 % of full scale, and a broken wire gives none.
"""

from .errors import SensorMissing

RAW_MIN = -0x800000
"""Reading of a broken wire."""

RAW_MAX = 0x7FFFFF
"""Reading of a shorted sensor."""

COUNTS_PER_N = 9600
"""30 uS/N, a step of 3.125 nS. Typical of an 18 mm sensor under an 11 mm dome; parts and mounts differ widely."""

ZERO_COUNTS = 681
"""470 k: 2.13 uS."""

SAMPLES = 8
"""Readings summed: the converters have 12 bits at best, and their noise makes the sum finer."""

_FULL = SAMPLES * 4095
_OPEN = _FULL // 100
_SHORT = _FULL * 98 // 100
_SCALE = 32_000  # 10 k: 100 uS in steps of 3.125 nS; times _FULL it stays under 2**30


class Fsr:
    """The sensor. `read_raw` and `ready` allocate nothing. It has no data-ready pin: the watch's timer asks it."""

    rate_sps = 100

    def __init__(self, adc):
        """Take the converter (`machine.ADC`)."""
        self._adc = adc
        self._asleep = False

    def attach(self, on_ready, stamp=None) -> None:
        """Nothing: no pin tells when it is ready."""

    def ready(self) -> bool:
        """Always: each look is a new reading."""
        return not self._asleep

    def registers_ok(self) -> bool:
        """Whether its wires are whole; it has nothing else to look at."""
        return _OPEN <= self._sum() <= _SHORT

    def read_raw(self) -> int:
        """Conductance in steps of 3.125 nS; at a rail when a wire is broken or shorted."""
        total = self._sum()
        if total < _OPEN:
            return RAW_MIN
        if total > _SHORT:
            return RAW_MAX
        return _SCALE * total // (_FULL - total)

    def _sum(self) -> int:
        adc = self._adc
        total = 0
        for _ in range(SAMPLES):
            total += adc.read_u16() >> 4
        return total

    async def start(self, rate_sps: int = 100, gain: int = 1) -> None:  # noqa: ARG002 (as the other sensors)
        """Look whether it is there. Raises `SensorMissing`."""
        self._asleep = False
        if not self.registers_ok():
            raise SensorMissing("FSR: its wires are broken or shorted, or the 470 k across it is missing")

    def standby(self) -> None:
        """It takes 7 uA; nothing to switch."""
        self._asleep = True

    async def wake(self) -> None:
        """Read again."""
        self._asleep = False
