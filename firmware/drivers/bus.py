"""Freeing an I2C bus on which a chip holds SDA low.

A chip that was interrupted inside a read waits for clocks before it lets SDA go (I2C-bus specification
UM10204, section 3.1.16: nine clock pulses).
"""

import time

HALF_PERIOD_US = 5
"""Half a clock at 100 kHz, the slowest of the two chips' bus speeds."""

CLOCKS = 9
"""Eight bits and the acknowledgement: after so many clocks any chip has let SDA go."""

STRETCH_STEPS = 100
"""Half periods to wait for a chip that stretches the clock."""


def recover(scl_pin, sda_pin) -> bool:
    """Clock a stuck chip until it releases SDA, then send a stop.

    Both pins must be open-drain outputs with pull-ups, with the I2C block detached from them; the caller
    makes its I2C object anew afterwards. Returns whether both lines are high at the end.
    """
    sda_pin.value(1)
    if not _raise_clock(scl_pin):
        return False
    for _ in range(CLOCKS):
        if sda_pin.value():
            break
        _clock(scl_pin)
    _stop(scl_pin, sda_pin)
    return bool(scl_pin.value() and sda_pin.value())


def _clock(scl_pin) -> None:
    scl_pin.value(0)
    time.sleep_us(HALF_PERIOD_US)
    _raise_clock(scl_pin)


def _raise_clock(scl_pin) -> bool:
    scl_pin.value(1)
    for _ in range(STRETCH_STEPS):
        time.sleep_us(HALF_PERIOD_US)
        if scl_pin.value():
            return True
    return False


def _stop(scl_pin, sda_pin) -> None:
    scl_pin.value(0)
    time.sleep_us(HALF_PERIOD_US)
    sda_pin.value(0)
    time.sleep_us(HALF_PERIOD_US)
    _raise_clock(scl_pin)
    sda_pin.value(1)
    time.sleep_us(HALF_PERIOD_US)
