"""A Raspberry Pi Pico, emulated: a real image and file system, chips on its bus, its USB as a serial port."""

from __future__ import annotations

import queue
import threading
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar

from rp2040py.execute_batch import execute_batch

from .board import Board, MotorTwin, PinTwin, SensorTwin, Wiring

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .mcu import Mcu
    from .pty_link import PtyLink

_Result = TypeVar("_Result")

_TICK_BATCH = 1  # the clock moves with every instruction; batches of them cost more than they save
_SLICE_NS = 1e6
_AHEAD_S = 0.002


class _Run:
    """What the model's instruction loop asks for, in slots because it asks at every instruction."""

    __slots__ = ("clock", "rp2040", "stopped")

    def __init__(self, mcu: Mcu) -> None:
        self.rp2040 = mcu
        self.clock = mcu.clock
        self.stopped = False


UNIQUE_ID = bytes.fromhex("e6605c2a9b3d1702")
"""Serial number of the flash chip, unless another is given."""


class Chip(Board):
    """The board, switched on. Its time runs in `run_for`, in `run_until`, and between `start` and `stop`.

    Everything but `call` belongs to one thread at a time: while `start` has it running, use `call`.

    Attributes:
        before_slice: called before each millisecond of the chip's time, so that what is outside can change.
    """

    def __init__(
        self,
        image: Path,
        filesystem: bytes,
        *,
        sensor: SensorTwin | PinTwin | None = None,
        motor: MotorTwin | None = None,
        link: PtyLink | None = None,
        wiring: Wiring | None = None,
        unique_id: bytes = UNIQUE_ID,
    ) -> None:
        """Wire the board up and switch it on.

        Args:
            image: a MicroPython image, .uf2.
            filesystem: what `build_filesystem` or an earlier `Chip.filesystem` gave.
            sensor: on the bus, its DRDY on its pin, or on two pins of its own.
            motor: its input on the PWM pin, and on the bus if it has an address.
            link: the terminal that carries the USB serial port.
            wiring: other pins than the Pico board's.
            unique_id: the flash chip's serial number, eight bytes.

        Raises:
            ChipUnavailable: the image can't be read, or is none.
        """
        super().__init__(image, filesystem, unique_id, wiring or Wiring(), sensor, motor)
        self._link = link
        self.before_slice: Callable[[], None] | None = None
        self._run = _Run(self._mcu)
        self._slice_alarm = self._clock.create_alarm(self._end_slice)
        self._calls: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._failure: BaseException | None = None
        self._mcu.power_on()

    # Time

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
