"""Work that may block the watch: only in a gap without contact, announced, one piece at a time."""

import asyncio
import gc
import time

from micropython import const

from . import ids, self_test
from .errors import StorageError

GAP_US = 300000
FEEL_MS = 60
"""After a block the filter fills anew within 25 ms; then a touch is felt again."""

BLOCK_COST = 4096
"""Bytes of heap that an announced call may leave as garbage: a file's buffers, the code of a module that was loaded."""

OWN_COST_S = 128
"""Bytes a second that the tool's own tasks may leave; measured are about 60 (docs/firmware.md)."""

SPENT_SHARE, REFUSED_SHARE = 2, 6
"""Of what is free, half is the budget of requests: what is made without contact takes from it, too, and once half of it
is gone there is a collection, so that the other half is left to be served in contact. A sixth goes to refusing more of
them. The rest is for the tool itself: in contact they force no collection."""

LOOK_MS = 10000
"""So often the heap is looked at between sessions, in case that somebody makes garbage who does not tell."""

ZERO_LOST_MN = -250
"""A lifted tip that reads less has lost its zero: turning the tool over moves 5 g of tip by 0.1 N (docs/limits.md)."""

_FLUSH, _MOTOR, _SENSOR, _COLLECT = range(4)


FRAME_WORDS = const(28)
HOLES_MOST = const(512)
_HOLE_BYTES = const(16)


def fill_holes() -> int:
    """Fill the heap's smallest holes: whatever is larger is looked for from the first of them on. How many.

    On a full Pico that takes up to 0.6 ms in one piece, which the watch would wait (docs/firmware.md).
    """
    count = 0
    roomy = id((None,) * FRAME_WORDS)
    for count in range(HOLES_MOST):
        if id((count,)) >= roomy:
            break
    return count


class GapWork:
    """After each contact: write the log, look at the motor's driver and the sensor's registers, collect garbage.

    Args:
        watch: core.watch.Watch.
        player: core.player.Player.
        motor: has `check()`.
        sensor: has `registers_ok()`.

    Attributes:
        blocking: whether a block is announced. blocks, block_worst_us: those since power-up, and the longest.
        free: bytes of heap that were free after the last collection.
    """

    def __init__(self, watch, player, motor, sensor):
        self._watch = watch
        self._player = player
        self._motor = motor
        self._sensor = sensor
        self._next = _COLLECT + 1
        self._left = self._refusals_left = self._share = 0
        self.free = 0
        self._look_ms = self._own_ms = 0
        self._unblocked_us = time.ticks_us()
        self.motor_fault = ids.FAULT_NONE
        self.blocking = False
        self._filled = True
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
        self.blocking = True
        self._watch.block()

    def unblock(self, cost: int = BLOCK_COST) -> None:
        """End it, remember the longest, and count the garbage it may have left (bytes)."""
        self._watch.unblock()
        self.blocking = False
        self._unblocked_us = time.ticks_us()
        took_us = time.ticks_diff(self._unblocked_us, self._block_us)
        self.blocks = (self.blocks + 1) & 0x3FFFFFFF
        self.block_worst_us = max(self.block_worst_us, took_us)
        self.charge(cost)

    async def run(self, call):
        """`blocked` as soon as there is no contact, with time to feel one before and after; what it returns."""
        await self._no_contact()
        return self.blocked(call)

    async def collect_in_gap(self) -> None:
        """`collect` as soon as there is no contact, with time to feel one before."""
        await self._no_contact()
        self.collect()

    async def _no_contact(self) -> None:
        while True:
            await asyncio.sleep_ms(FEEL_MS)
            if not self._watch.in_contact():
                return

    def collect(self) -> None:
        """Collect garbage now, announced; tasks may make as much again."""
        self.block()
        gc.collect()
        self.free = gc.mem_free()
        self.unblock(0)
        self._left = self.free // SPENT_SHARE
        self._share = self._left // 2
        self._refusals_left = self.free // REFUSED_SHARE
        self._filled = False

    def _collect_or_fill(self, due: bool) -> None:
        """In a gap: collect if that is due; a turn later fill the holes. What begins in between may use them."""
        if due or self._left < self._share:
            self.collect()
        elif not self._filled:
            self._filled = True
            self.charge(_HOLE_BYTES * fill_holes())

    async def afford(self, size: int) -> None:
        """Before a task without contact makes so many bytes of garbage: count them, and collect first if need be.

        What is left then is true when a touch comes, and it waits for no lift.
        """
        if size > self._left - self._share:
            await self._collect_soon()
        self.charge(size)

    async def _collect_soon(self) -> None:
        """Collect once there was time to feel a touch since the last block; not in contact."""
        felt_ms = time.ticks_diff(time.ticks_us(), self._unblocked_us) // 1000
        if 0 <= felt_ms < FEEL_MS:
            await asyncio.sleep_ms(FEEL_MS - felt_ms)
        if not self._watch.in_contact():
            self.collect()

    def charge(self, size: int) -> None:
        """Count so many bytes of garbage that were made, whether there is room for them or not."""
        self._left = max(0, self._left - size)

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
        if watch.in_contact():
            self._next = _COLLECT
            return
        self._count_own(dt_ms)
        if watch.gap_us < GAP_US or self._player.busy():
            return
        self._look()
        due = self._next <= _COLLECT
        self._next = _COLLECT + 1
        self._collect_or_fill(due)

    def _count_own(self, dt_ms: int) -> None:
        """Count what the tool's own tasks make without contact."""
        self._own_ms += dt_ms
        if self._own_ms >= 1000:
            self._look_ms += self._own_ms
            self._own_ms = 0
            self.charge(OWN_COST_S)

    def _look(self) -> None:
        if self._look_ms < LOOK_MS:
            return
        self._look_ms = 0
        self.block()
        free = gc.mem_free()
        self.unblock(0)
        self._left = min(self._left, free // SPENT_SHARE)

    def tick(self, dt_ms: int, session, log) -> None:
        """Do one piece if there is a gap.

        Args:
            dt_ms: since the last turn.
            session: core.session.Session, which a failure ends.
            log: core.session_log.SessionLog.
        """
        watch = self._watch
        if watch.judge.contact:
            self._next = _FLUSH
            return
        self._count_own(dt_ms)
        if watch.gap_us < GAP_US or self._player.busy():
            return
        if self._next > _COLLECT:
            self._collect_or_fill(False)
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
            self.collect()

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
