"""The board around the emulated chip: its wires, and what a person and a charger do to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from rp2040py.device.load_flash import load_uf2

from gentlepress.errors import ChipUnavailable

from .i2c_port import I2cPort, Twin
from .image import FILESYSTEM_BYTES, FILESYSTEM_OFFSET
from .mcu import FlashChip, Mcu
from .pwm_block import PwmBlock
from .usb_port import UsbPort

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

IMAGE_ADVICE = (
    "Give the path of a MicroPython image for the Raspberry Pi Pico: RPI_PICO, version 1.25 or later, a .uf2 "
    "file from MicroPython's downloads page."
)


_PWM_PERIPHERAL = 0x40050
_FUNCTION_PWM = 4
_FUNCTION_SIO = 5
_ADC_FULL_MV = 3300
_ADC_FIRST_GPIO = 26


@runtime_checkable
class SensorTwin(Twin, Protocol):
    """A twin on the bus with a data-ready pin."""

    drdy: int


@runtime_checkable
class PinTwin(Protocol):
    """A twin on two pins of its own, its clock and its data."""

    @property
    def dout(self) -> int:
        """Level of its data pin."""
        ...

    def set_sck(self, level: int, t_us: int) -> None:
        """Drive its clock pin at a time."""

    def advance(self, t_us: int) -> None:
        """Bring it to a time, in microseconds."""

    def next_event_us(self) -> int | None:
        """When its data pin may change by itself."""


class MotorTwin(Protocol):
    """A twin with a PWM input; on the bus, too, if it has an `ADDRESS`."""

    def advance(self, t_us: int) -> None:
        """Bring it to a time, in microseconds."""

    def set_pwm(self, duty_u16: int, freq_hz: int) -> None:
        """What the pin carries from now on."""


@dataclass(frozen=True)
class Wiring:
    """GPIO numbers of the Pico."""

    sda: int = 4
    scl: int = 5
    drdy: int = 6
    light: tuple[int, int, int] = (10, 11, 12)
    button: int = 15
    motor: int = 22
    usb_power: int = 24
    battery: int = 26
    sck: int = 7
    fsr: int = 27


class Board:
    """A Raspberry Pi Pico with the tool's chips soldered to it, its power still off.

    Attributes:
        usb: the serial port from the host's side; of no use while a `link` has it.
        flash: what was erased and programmed.
        resets: how often the watchdog has reset the chip.
    """

    def __init__(
        self,
        image: Path,
        filesystem: bytes,
        unique_id: bytes,
        wiring: Wiring,
        sensor: SensorTwin | PinTwin | None,
        motor: MotorTwin | None,
    ) -> None:
        """Wire it up; see `Chip`."""
        self.resets = 0
        self._wiring = wiring
        self._sensor = sensor
        self._motor = motor
        self._motor_pwm = (0, 0)
        self._inputs: dict[int, bool] = {}
        self._mcu = Mcu()
        _load(self._mcu, image, filesystem)
        self.flash = FlashChip(self._mcu, unique_id)
        self.usb = UsbPort(self._mcu)
        self._clock = self._mcu.clock
        self._wire()

    @property
    def now_us(self) -> int:
        """Microseconds since power-on; a reset does not put it back."""
        return int(self._clock.nanos // 1000)

    # What is outside

    def set_button(self, *, pressed: bool) -> None:
        """Press or release the button, which pulls its pin low."""
        self._set_input(self._wiring.button, level=not pressed)

    def set_usb_power(self, *, present: bool) -> None:
        """Give or take the supply of the USB connector, as its sensing pin shows it; the data lines stay."""
        self._set_input(self._wiring.usb_power, level=present)

    def _set_input(self, gpio: int, *, level: bool) -> None:
        if self._inputs.get(gpio) != level:
            self._inputs[gpio] = level
            self._mcu.gpio[gpio].set_input_value(level)

    def set_battery_mv(self, cell_mv: int) -> None:
        """Set the cell's voltage; the pin sees half of it."""
        self._set_analog(self._wiring.battery, cell_mv * 500)

    def set_fsr_uv(self, level_uv: int) -> None:
        """Set what a force-sensing resistor makes of its input, microvolts."""
        self._set_analog(self._wiring.fsr, level_uv)

    def _set_analog(self, gpio: int, level_uv: int) -> None:
        counts = min(level_uv * 4095 // (_ADC_FULL_MV * 1000), 4095)
        self._mcu.adc.channel_values[gpio - _ADC_FIRST_GPIO] = counts

    def pin(self, gpio: int) -> tuple[int, int] | None:
        """What a pin puts out: duty 0..65535 and frequency in Hz (0: a steady level); None: nothing."""
        pin = self._mcu.gpio[gpio]
        if pin.function_select == _FUNCTION_PWM:
            return self._pwm.output(gpio)
        if pin.function_select == _FUNCTION_SIO and pin.output_enable:
            return (65535 if pin.output_value else 0), 0
        return None

    @property
    def light(self) -> tuple[int, int, int]:
        """Brightness of red, green and blue, 0..255: a common anode, so a low pin is bright."""
        red, green, blue = (self._brightness(gpio) for gpio in self._wiring.light)
        return red, green, blue

    def _brightness(self, gpio: int) -> int:
        driven = self.pin(gpio)
        return 0 if driven is None else 255 - driven[0] // 257

    @property
    def filesystem(self) -> bytes:
        """The flash's file system as it is now: what is left when the power is cut."""
        return bytes(self._mcu.flash[FILESYSTEM_OFFSET : FILESYSTEM_OFFSET + FILESYSTEM_BYTES])

    @property
    def cycles(self) -> int:
        """Processor cycles spent on instructions since the last reset; sleeping costs none."""
        return self._mcu.core.cycles

    # Wires

    def _wire(self) -> None:
        mcu, wiring = self._mcu, self._wiring
        self._pwm = PwmBlock(mcu, self._motor_changed)
        mcu.pwm = self._pwm  # type: ignore[assignment]
        mcu.peripherals[_PWM_PERIPHERAL] = self._pwm
        twins: Sequence[Any] = [twin for twin in (self._sensor, self._motor) if hasattr(twin, "ADDRESS")]
        self._event_alarm = self._clock.create_alarm(self._sensor_event)
        self._bus = I2cPort(mcu, 0, wiring.sda, wiring.scl, twins, self._sensor_event)
        mcu.gpio[wiring.motor].add_listener(lambda *_: self._motor_changed())
        if hasattr(self._sensor, "set_sck"):
            mcu.gpio[wiring.sck].add_listener(lambda *_: self._sck_changed())
        mcu.watchdog.on_watchdog_trigger = self._watchdog_reset
        self.set_button(pressed=False)
        self.set_usb_power(present=False)
        self.set_battery_mv(3900)
        self._sensor_event()

    def _sensor_event(self) -> None:
        """Bring the sensor up to date, and its pin; come back when it may change by itself."""
        sensor = self._sensor
        if sensor is None:
            return
        sensor.advance(self.now_us)
        ready = sensor.drdy if isinstance(sensor, SensorTwin) else sensor.dout
        self._set_input(self._wiring.drdy, level=bool(ready))
        self._bus.lines.refresh()
        due_us = sensor.next_event_us()
        if due_us is None:
            self._event_alarm.cancel()
        else:
            self._event_alarm.schedule(max(due_us * 1000 - self._clock.nanos, 1000))

    def _sck_changed(self) -> None:
        driven = self.pin(self._wiring.sck)
        if not isinstance(self._sensor, PinTwin):
            return
        self._sensor.set_sck(1 if driven and driven[0] else 0, self.now_us)
        self._sensor_event()

    def _motor_changed(self) -> None:
        pwm = self.pin(self._wiring.motor) or (0, 0)  # a resistor pulls the pin low
        if self._motor is None or pwm == self._motor_pwm:
            return
        self._motor_pwm = pwm
        self._motor.advance(self.now_us)
        self._motor.set_pwm(*pwm)

    def _watchdog_reset(self) -> None:
        self.resets += 1
        self._mcu.enter_reset(from_watchdog=True)
        self._mcu.leave_reset()
        self._motor_changed()


def _load(mcu: Mcu, image: Path, filesystem: bytes) -> None:
    if len(filesystem) != FILESYSTEM_BYTES:
        raise ChipUnavailable(f"flash has {len(filesystem)} bytes, not {FILESYSTEM_BYTES}")
    try:
        load_uf2(image, mcu)
    except OSError as error:
        raise ChipUnavailable(f"image {image}: {error.strerror}", IMAGE_ADVICE) from error
    except ValueError as error:
        raise ChipUnavailable(f"image {image}: no UF2 file ({error})", IMAGE_ADVICE) from error
    if mcu.flash[:4] == b"\xff" * 4:
        raise ChipUnavailable(f"image {image}: not made for the RP2040", IMAGE_ADVICE)
    mcu.flash[FILESYSTEM_OFFSET : FILESYSTEM_OFFSET + FILESYSTEM_BYTES] = filesystem
