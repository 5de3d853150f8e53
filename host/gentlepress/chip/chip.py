"""A Raspberry Pi Pico, emulated: a real image and file system, chips on its bus, its USB as a serial port."""

from __future__ import annotations

import queue
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from rp2040py.device.load_flash import load_uf2
from rp2040py.execute_batch import execute_batch

from gentlepress.errors import ChipUnavailable

from .i2c_port import I2cPort, Twin
from .image import FILESYSTEM_BYTES, FILESYSTEM_OFFSET
from .mcu import FlashChip, Mcu
from .pwm_block import PwmBlock
from .usb_port import UsbPort

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from .pty_link import PtyLink

_Result = TypeVar("_Result")

IMAGE_ADVICE = (
    "Give the path of a MicroPython image for the Raspberry Pi Pico: RPI_PICO, version 1.25 or later, a .uf2 "
    "file from MicroPython's downloads page."
)

_TICK_BATCH = 1  # the clock moves with every instruction; batches of them cost more than they save
_SLICE_NS = 1e6
_AHEAD_S = 0.002
_PWM_PERIPHERAL = 0x40050
_FUNCTION_PWM = 4
_FUNCTION_SIO = 5
_ADC_FULL_MV = 3300
_ADC_FIRST_GPIO = 26


class SensorTwin(Twin, Protocol):
    """A twin with a data-ready pin."""

    drdy: int


class MotorTwin(Twin, Protocol):
    """A twin with a PWM input."""

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


class _Run:
    """What the model's instruction loop asks for, in slots because it asks at every instruction."""

    __slots__ = ("clock", "rp2040", "stopped")

    def __init__(self, mcu: Mcu) -> None:
        self.rp2040 = mcu
        self.clock = mcu.clock
        self.stopped = False


class Chip:
    """The board, switched on. Its time runs in `run_for`, in `run_until`, and between `start` and `stop`.

    Everything but `call` belongs to one thread at a time: while `start` has it running, use `call`.

    Attributes:
        usb: the serial port from the host's side; of no use while a `link` has it.
        flash: what was erased and programmed.
        resets: how often the watchdog has reset the chip.
        before_slice: called before each millisecond of the chip's time, so that what is outside can change.
    """

    def __init__(
        self,
        image: Path,
        filesystem: bytes,
        *,
        sensor: SensorTwin | None = None,
        motor: MotorTwin | None = None,
        link: PtyLink | None = None,
        wiring: Wiring | None = None,
        unique_id: bytes = bytes.fromhex("e6605c2a9b3d1702"),
    ) -> None:
        """Wire the board up and switch it on.

        Args:
            image: a MicroPython image, .uf2.
            filesystem: what `build_filesystem` or an earlier `Chip.filesystem` gave.
            sensor: on the bus, its DRDY on its pin.
            motor: on the bus, its input on the PWM pin.
            link: the terminal that carries the USB serial port.
            wiring: other pins than the Pico board's.
            unique_id: the flash chip's serial number, eight bytes.

        Raises:
            ChipUnavailable: the image can't be read, or is none.
        """
        self._wiring = wiring or Wiring()
        self._sensor = sensor
        self._motor = motor
        self._link = link
        self.resets = 0
        self.before_slice: Callable[[], None] | None = None
        self._motor_pwm = (0, 0)
        self._inputs: dict[int, bool] = {}
        self._mcu = Mcu()
        _load(self._mcu, image, filesystem)
        self.flash = FlashChip(self._mcu, unique_id)
        self.usb = UsbPort(self._mcu)
        self._clock = self._mcu.clock
        self._wire()
        self._run = _Run(self._mcu)
        self._slice_alarm = self._clock.create_alarm(self._end_slice)
        self._calls: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._failure: BaseException | None = None
        self._mcu.power_on()

    # Time

    @property
    def now_us(self) -> int:
        """Microseconds since power-on; a reset does not put it back."""
        return int(self._clock.nanos // 1000)

    def run_for(self, duration_us: int) -> None:
        """Let so much of the chip's time pass."""
        end_ns = self._clock.nanos + duration_us * 1000
        while self._clock.nanos < end_ns:
            self._slice(min(_SLICE_NS, end_ns - self._clock.nanos))

    def run_until(self, condition: Callable[[], bool], timeout_s: float) -> bool:
        """Let time pass until the condition holds; it is asked once a millisecond of the chip's time.

        Returns:
            whether it holds; false after `timeout_s` seconds of the chip's time.
        """
        end_ns = self._clock.nanos + timeout_s * 1e9
        while not condition():
            if self._clock.nanos >= end_ns:
                return False
            self._slice(_SLICE_NS)
        return True

    def start(self, pace: float | None = 1.0) -> None:
        """Let time pass in a thread of its own.

        Args:
            pace: seconds of the chip's time a second at most; None: as fast as it goes.
        """
        self._stopping.clear()
        self._thread = threading.Thread(target=self._serve, args=(pace,), name="chip", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether the thread of `start` is at work."""
        return self._thread is not None and self._thread.is_alive()

    def stop(self) -> None:
        """Stop the thread, if there is one; time stands still then. Raises what ended the thread before."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def call(self, action: Callable[[], _Result]) -> _Result:
        """Do something with the chip while its thread runs, between two instructions; what it returns."""
        if self._thread is None:
            return action()
        done: Future[_Result] = Future()
        self._calls.put((action, done))
        while self._thread.is_alive():
            try:
                return done.result(timeout=0.1)
            except TimeoutError:
                continue
        return done.result(timeout=0)

    def _serve(self, pace: float | None) -> None:
        try:
            real_s, chip_ns = time.monotonic(), self._clock.nanos
            while not self._stopping.is_set():
                self._answer_calls()
                self._slice(_SLICE_NS)
                if pace is not None:
                    ahead_s = (self._clock.nanos - chip_ns) / 1e9 / pace - (time.monotonic() - real_s)
                    real_s -= min(ahead_s, 0)
                    if ahead_s > _AHEAD_S:
                        self._rest(ahead_s)
        except BaseException as failure:  # noqa: BLE001 - handed to the thread that calls stop()
            self._failure = failure

    def _answer_calls(self) -> None:
        while not self._calls.empty():
            action, done = self._calls.get()
            try:
                done.set_result(action())
            except BaseException as failure:  # noqa: BLE001 - handed to the thread that called
                done.set_exception(failure)

    def _rest(self, seconds: float) -> None:
        if self._link is None:
            time.sleep(seconds)
        else:
            self._link.wait(seconds)

    def _slice(self, length_ns: float) -> None:
        if self.before_slice is not None:
            self.before_slice()
        self._slice_alarm.schedule(length_ns)
        self._run.stopped = False
        while not self._run.stopped:
            execute_batch(self._run, _TICK_BATCH)  # type: ignore[arg-type]
        self._pump()

    def _end_slice(self) -> None:
        self._run.stopped = True

    def _pump(self) -> None:
        if self._link is None:
            return
        if self.usb.to_send == 0:
            data = self._link.read()
            if data:
                self.usb.write(data)
        waiting = self.usb.peek()
        if waiting:
            self.usb.take(self._link.write(waiting))

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
        counts = min(cell_mv * 4095 // (2 * _ADC_FULL_MV), 4095)
        self._mcu.adc.channel_values[self._wiring.battery - _ADC_FIRST_GPIO] = counts

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
        twins: Sequence[Twin] = [twin for twin in (self._sensor, self._motor) if twin is not None]
        self._event_alarm = self._clock.create_alarm(self._sensor_event)
        self._bus = I2cPort(mcu, 0, wiring.sda, wiring.scl, twins, self._sensor_event)
        mcu.gpio[wiring.motor].add_listener(lambda *_: self._motor_changed())
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
        now_us = self.now_us
        sensor.advance(now_us)
        self._set_input(self._wiring.drdy, level=bool(sensor.drdy))
        self._bus.lines.refresh()
        due_us = sensor.next_event_us()
        if due_us is None:
            self._event_alarm.cancel()
        else:
            self._event_alarm.schedule(max(due_us * 1000 - self._clock.nanos, 1000))

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
