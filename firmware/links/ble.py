"""The radio: SMP over one GATT characteristic, for one desktop at a time, while a window is open (core/air_window.py).

The stack's events come at any time and only leave a note; all that is done about them is done here, in turns. What can
block (starting the stack, advertising, hanging up) waits for a gap without contact. In contact messages are read and
answered only as long as the contact's budget of garbage lasts.
"""

import asyncio
import time

from core import air
from smp import frames, packets

FLAGS = 0x0008 | 0x0004 | 0x0010  # write, write without response, notify
ADVERTISE_US = 50000

HALF_MS = 800
"""A message that stays half for so long is given up; a desktop asks again after 1 s."""

SHORT = 256  # bytes, more than a sealed request of a download has
TURN_MS = 4
WAIT_MS = 50
PACE_MS = 2
FULL_MS = 5
"""Until the next try when the stack has no room for another notification."""

SEND_MS = 3000
COST = 768
"""Heap that a message costs beside its bytes and what its request costs anyway: tasks and slices."""

NOBODY = -1
_CONNECT, _DISCONNECT, _WRITE, _MTU_EXCHANGED = 1, 2, 3, 21  # events of MicroPython's bluetooth module


def advertisement(name: str, service: bytes) -> bytes:
    """Flags, the service's id and as much of the name as has room; all in the advertisement itself.

    Args:
        name: of the tool.
        service: 16 bytes, the last first.
    """
    shown = name.encode()[: air.NAME_MOST]
    kind = 9 if len(shown) == len(name) else 8
    return b"\x02\x01\x06\x11\x07" + service + bytes([len(shown) + 1, kind]) + shown


class Ble:
    """The link over the air.

    Args:
        radio: bluetooth.BLE().
        uuid: bluetooth.UUID.
        tool: core.tool.Tool; its `air` says when the radio is wanted.
        turn: the server (smp.server.Server) that this link shares with USB: `taken` while either is answered.

    Attributes:
        mtu: of the connection. dropped: replies given up. strangers: connections beside the first, hung up at once.
        thrown: connections hung up because they proved nothing, or said nothing for long.
    """

    def __init__(self, radio, uuid, tool, turn):
        self._radio = radio
        self._uuid = uuid
        self._tool = tool
        self._turn = turn
        self._air = tool.air
        self._handle = 0
        self._conn = self._stranger = NOBODY
        self._count = self._seen = self._writes = self._windows = 0
        self._tainted = self._advertising = False
        self._since_ms = self._heard_ms = self._half_ms = 0
        self._data = b""
        self._at = 0
        self.mtu = air.MTU_LEAST
        self.dropped = self.strangers = self.thrown = 0

    async def run(self, server) -> None:
        """Answer whoever comes, for ever.

        Args:
            server: as smp.server.Server, with `window_opened`, and `opened`, `closed` and `is_proven` of a connection.
        """
        self._server = server
        self._messages = packets.Assembler(server.buf_size)
        self._reply = memoryview(server.reply_buf)
        while True:
            if self._air.wanted():
                await self._while_wanted()
            await asyncio.sleep_ms(WAIT_MS)

    async def _while_wanted(self) -> None:
        gaps = self._tool.gaps
        try:
            await gaps.run(self._switch_on)
            while self._air.wanted():
                await self._turn_once()
        except OSError as error:
            self._air.fail("the radio does not answer (%s)" % error)
        await gaps.run(self._switch_off)
        self._look_at_changes()

    def _switch_on(self) -> None:
        """May take long: dark meanwhile, for nobody watches."""
        self._tool.player.dark()
        try:
            self._start()
        finally:
            self._tool.rest_changed()

    def _start(self) -> None:
        radio = self._radio
        self._conn = self._stranger = NOBODY
        self._air.on = True
        radio.active(True)
        radio.irq(self._on_event)
        radio.config(gap_name=self._tool.settings.text("name"), mtu=air.MTU)
        service = (self._uuid(air.SERVICE), ((self._uuid(air.CHARACTERISTIC), FLAGS),))
        ((self._handle,),) = radio.gatts_register_services((service,))
        # What a desktop may have on its way: so many requests of a download, or one of full length beside others.
        size = self._turn.buf_size + self._turn.window * SHORT
        radio.gatts_set_buffer(self._handle, size, True)

    def _switch_off(self) -> None:
        try:
            self._radio.active(False)
        except OSError as error:
            self._air.fail("the radio does not stop (%s)" % error)
        self._conn = NOBODY
        self._count += 1
        self._advertising = False
        self._air.on = self._air.connected = False

    def _on_event(self, event: int, data) -> None:
        """An event of the stack, at any time: only noted. No object is made."""
        conn = data[0]
        if event == _WRITE:
            self._writes += 1
            if conn != self._conn:
                self._tainted = True
        elif event == _CONNECT:
            if self._conn == NOBODY:
                self._conn = conn
                self.mtu = air.MTU_LEAST
                self._count += 1
            else:
                self._stranger = conn
            self._advertising = False  # a stack stops by itself
        elif event == _DISCONNECT:
            if conn == self._conn:
                self._conn = NOBODY
                self._count += 1
        elif event == _MTU_EXCHANGED and conn == self._conn:
            self.mtu = max(air.MTU_LEAST, min(air.MTU, data[1]))

    async def _turn_once(self) -> None:
        """What is due: a change, a stranger, somebody to hang up, a message."""
        gaps = self._tool.gaps
        self._look_at_changes()
        if self._windows != self._air.opened:
            self._windows = self._air.opened
            self._server.window_opened()
        if self._stranger != NOBODY:
            await gaps.run(self._hang_up_stranger)
        elif self._conn == NOBODY:
            if not self._advertising and self._air.left_ms:
                await gaps.run(self._advertise)
            await asyncio.sleep_ms(WAIT_MS)
        elif self._is_over():
            await gaps.run(self._hang_up)
        elif not await self._read():
            await asyncio.sleep_ms(TURN_MS)

    def _look_at_changes(self) -> None:
        """A connection has begun or ended: nothing of one is left to the next."""
        if self._seen == self._count:
            return
        self._seen = self._count
        self._messages.drop()
        self._data = b""
        self._at = 0
        self._server.closed()
        self._air.connected = self._conn != NOBODY
        if self._air.connected:
            self._since_ms = self._heard_ms = time.ticks_ms()
            self._server.opened()

    def _advertise(self) -> None:
        if self._conn != NOBODY:
            return
        self._radio.gatts_read(self._handle)  # what the last one left
        self._writes = 0
        self._tainted = False
        self._advertising = True
        name = self._tool.settings.text("name")
        service = bytes(reversed(_bytes_of(air.SERVICE)))
        self._radio.gap_advertise(ADVERTISE_US, advertisement(name, service))

    def _hang_up_stranger(self) -> None:
        """The second to come gets nothing; what lies in the buffer may be its own."""
        stranger, self._stranger = self._stranger, NOBODY
        self.strangers += 1
        self._tainted = True
        self._radio.gap_disconnect(stranger)

    def _is_over(self) -> bool:
        now_ms = time.ticks_ms()
        if not self._server.is_proven() and time.ticks_diff(now_ms, self._since_ms) > air.UNPROVEN_MS:
            return True
        return time.ticks_diff(now_ms, self._heard_ms) > air.IDLE_MS

    def _hang_up(self) -> None:
        if self._conn == NOBODY:
            return
        self.thrown += 1
        self._radio.gap_disconnect(self._conn)
        self._conn = NOBODY
        self._count += 1

    async def _read(self) -> bool:
        """Take what has come and answer the first whole message of it; False when there is nothing to do now."""
        if self._at == len(self._data) and not await self._fetch():
            self._give_up_half()
            return False
        while self._at < len(self._data):
            self._half_ms = time.ticks_ms()
            self._at = self._messages.push(self._data, self._at)
            if self._messages.whole():
                await self._answer()
                break
        return True

    async def _fetch(self) -> bool:
        """Read the stack's buffer; in contact only what the budget has room for."""
        writes = self._writes
        if not writes:
            return False
        tool, cost = self._tool, COST + writes * self.mtu
        if not tool.watch.in_contact():
            await tool.gaps.afford(cost)
        elif not tool.gaps.spend(cost):
            return False
        self._writes = 0
        self._data = self._radio.gatts_read(self._handle)
        self._at = 0
        if self._tainted:
            self._tainted = False
            self._messages.drop()
            self._data = b""
        return True

    def _give_up_half(self) -> None:
        if time.ticks_diff(time.ticks_ms(), self._half_ms) > HALF_MS:
            self._messages.drop()

    async def _answer(self) -> None:
        """Answer a message when the other link is not being answered."""
        turn, server, count = self._turn, self._server, self._count
        while turn.taken:
            await asyncio.sleep_ms(1)
        if count != self._count:
            return
        turn.taken = True
        try:
            self._heard_ms = time.ticks_ms()
            server.mtu = self.mtu
            length = server.answer(self._messages.message)
            if length == server.LATER:
                length = await asyncio.create_task(server.finish())
            if length and not await self._send(length, count):
                self.dropped += 1
            server.reply_sent()
        finally:
            turn.taken = False

    async def _send(self, length: int, count: int) -> bool:
        """Notify a reply in packets, as fast as the stack has room for them; whether all went out."""
        at, end = frames.PREFIX, frames.PREFIX + length
        step = self.mtu - air.MTU_HEAD
        start_ms = time.ticks_ms()
        while at < end:
            if count != self._count or time.ticks_diff(time.ticks_ms(), start_ms) > SEND_MS:
                return False
            try:
                self._radio.gatts_notify(self._conn, self._handle, self._reply[at : min(at + step, end)])
            except OSError:
                await asyncio.sleep_ms(FULL_MS)
                continue
            at += step
            start_ms = time.ticks_ms()
            await asyncio.sleep_ms(PACE_MS)
        return True


def _bytes_of(uuid: str) -> bytes:
    text = uuid.replace("-", "")
    return bytes([int(text[at : at + 2], 16) for at in range(0, len(text), 2)])
