"""Work that may block the watch: only in a gap without contact, announced, one piece at a time."""

import asyncio
import gc
import time

from . import ids, self_test
from .errors import StorageError

GAP_US = 300000
FEEL_MS = 60
"""After a block the filter fills anew within 25 ms; then a touch is felt again."""

SPENT_SHARE, REFUSED_SHARE = 2, 6
"""Of what is free, half goes to the requests that are served in one contact, a sixth to refusing more of them. The rest
is for the tool itself, which makes about 60 bytes a second (docs/firmware.md): in contact they force no collection."""

LOOK_MS = 10000
"""So often the heap is looked at between sessions; half of what was free gone is worth a collection."""

ZERO_LOST_MN = -250
"""A lifted tip that reads less has lost its zero: turning the tool over moves 5 g of tip by 0.1 N (docs/limits.md)."""

_FLUSH, _MOTOR, _SENSOR, _COLLECT = range(4)


class GapWork:
    """After each contact: write the log, look at the motor's driver and the sensor's registers, collect garbage.

    Args:
        watch: core.watch.Watch.
        player: core.player.Player.
        motor: has `check()`.
        sensor: has `registers_ok()`.

    Attributes:
        blocks, block_worst_us: announced blocks since power-up, and the longest.
        free: bytes of heap that were free after the last collection.
    """

    def __init__(self, watch, player, motor, sensor):
        self._watch = watch
        self._player = player
        self._motor = motor
        self._sensor = sensor
        self._next = _COLLECT + 1
        self._left = self._refusals_left = 0
        self.free = 0
        self._look_ms = 0
        self.motor_fault = ids.FAULT_NONE
        self.blocks = 0
        self.block_worst_us = 0
        self._block_us = 0

    def blocked(self, call):
        """Run a call that may block the watch, announced; what it returns."""
        self.block()
        try:
            return call()
        finally:
            self.unblock()

    def block(self) -> None:
        """Begin an announced block; `unblock` must follow."""
        self._block_us = time.ticks_us()
        self._watch.block()

    def unblock(self) -> None:
        """End it, and remember the longest."""
        self._watch.unblock()
        took_us = time.ticks_diff(time.ticks_us(), self._block_us)
        self.blocks = (self.blocks + 1) & 0x3FFFFFFF
        self.block_worst_us = max(self.block_worst_us, took_us)

    async def run(self, call):
        """`blocked` as soon as there is no contact, with time to feel one before and after; what it returns."""
        while True:
            await asyncio.sleep_ms(FEEL_MS)
            if not self._watch.in_contact():
                return self.blocked(call)

    def collect(self) -> None:
        """Collect garbage now; tasks may make as much again."""
        gc.collect()
        self.free = gc.mem_free()
        self._left = self.free // SPENT_SHARE
        self._refusals_left = self.free // REFUSED_SHARE

    def spend(self, size: int) -> bool:
        """Take so many bytes from the contact's budget of garbage; False when it is spent."""
        if size > self._left:
            return False
        self._left -= size
        return True

    def spend_refusing(self, size: int) -> bool:
        """Take so many bytes from what refusals may cost in a contact; False: say nothing any more."""
        if size > self._refusals_left:
            return False
        self._refusals_left -= size
        return True

    def tick_at_rest(self, dt_ms: int) -> None:
        """Between sessions: collect garbage after each contact, and before one when there is much."""
        watch = self._watch
        self._look_ms += dt_ms
        if watch.in_contact():
            self._next = _COLLECT
            return
        if watch.gap_us < GAP_US or self._player.busy():
            return
        if self._next <= _COLLECT or self._is_littered():
            self._next = _COLLECT + 1
            self.blocked(self.collect)

    def _is_littered(self) -> bool:
        if self._look_ms < LOOK_MS:
            return False
        self._look_ms = 0
        return gc.mem_free() < self.free // 2

    def tick(self, session, log) -> None:
        """Do one piece if there is a gap.

        Args:
            session: core.session.Session, which a failure ends.
            log: core.session_log.SessionLog.
        """
        watch = self._watch
        if watch.judge.contact:
            self._next = _FLUSH
            return
        if self._next > _COLLECT or watch.gap_us < GAP_US or self._player.busy():
            return
        work = self._next
        self._next += 1
        if work == _FLUSH:
            self._flush(session, log)
        elif work == _MOTOR:
            self._check_motor(session)
        elif work == _SENSOR:
            self._check_sensor()
        else:
            self.blocked(self.collect)

    def _flush(self, session, log) -> None:
        log.drain()
        try:
            self.blocked(log.journal.flush)
        except StorageError:
            session.end(ids.END_STORAGE)

    def _check_motor(self, session) -> None:
        fault = self_test.motor_fault(self._motor.check())
        if fault == ids.FAULT_MOTOR_MISSING:
            fault = self_test.motor_fault(self._motor.check())
        if fault:
            self.motor_fault = fault
            self._watch.fault_count += 1
            session.end(ids.END_MOTOR)

    def _check_sensor(self) -> None:
        if self._watch.force.force_mn < ZERO_LOST_MN:
            self._watch.latch(ids.FAULT_ZERO)
            return
        for _ in range(2):  # one call may go astray
            try:
                right = self._sensor.registers_ok()
            except OSError:
                continue
            if not right:
                self._watch.latch(ids.FAULT_REGISTERS)
            return
        self._watch.latch(ids.FAULT_BUS)
