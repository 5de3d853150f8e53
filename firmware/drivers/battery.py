"""Battery voltage behind a divider, and the charge that it means."""

REFERENCE_MV = 3300
"""Full scale of a converter that gives no calibrated voltage (on RP2040 and RP2350 the 3.3 V rail)."""

SAMPLES = 8
"""Readings averaged: the motor and the radio ripple the rail."""

CURVE = (
    (3950, 100),
    (3550, 6),
    (3400, 0),
)
"""(mV under load, percent), falling. A lithium-polymer cell gives 15/16 of its charge between 3.95 and 3.55 V
and falls fast below (discharge of a 2000 mAh cell recorded in Zephyr, samples/boards/nrf/battery/src/main.c);
empty is where the tool stops, above the cell's own protection.
"""


class BatteryAdc:
    """A cell on an analog input behind a resistor divider: cell voltage = pin voltage x num / den."""

    def __init__(self, adc, divider_num: int, divider_den: int):
        """Take the converter (`machine.ADC`) and the divider's ratio, for two equal resistors 2 and 1."""
        self._adc = adc
        self._num = divider_num
        self._den = divider_den
        self._calibrated = hasattr(adc, "read_uv")

    def read_mv(self) -> int:
        """The cell's voltage in millivolts, averaged. A few hundred microseconds."""
        total_mv = 0
        for _ in range(SAMPLES):
            total_mv += self._pin_mv()
        return total_mv * self._num // (self._den * SAMPLES)

    def _pin_mv(self) -> int:
        if self._calibrated:
            return self._adc.read_uv() // 1000
        return self._adc.read_u16() * REFERENCE_MV // 0xFFFF

    def percent(self, mv: int) -> int:
        """The charge left, 0..100, from the discharge curve."""
        above_mv, above_percent = CURVE[0]
        if mv >= above_mv:
            return above_percent
        for point_mv, point_percent in CURVE[1:]:
            if mv >= point_mv:
                span_mv = above_mv - point_mv
                return point_percent + (above_percent - point_percent) * (mv - point_mv) // span_mv
            above_mv, above_percent = point_mv, point_percent
        return 0
