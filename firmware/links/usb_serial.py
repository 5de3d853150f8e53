"""The USB serial port (on the simulator: standard input and output), shared with the interpreter's own prompt.

Only `poll` and single-byte reads never hold up the other tasks: longer reads of a slow sender block the whole loop.
"""

import asyncio
import time
from select import POLLIN, POLLOUT

from smp import frames

BURST = 64  # bytes read in one go before other tasks get their turn
BUSY_SLEEP_MS = 1
IDLE_SLEEP_MS = 10
BUSY_FOR_MS = 200
CLOSED_SLEEP_MS = 100
WRITE_TIMEOUT_MS = 300
SLOW_WRITE_MS = 100  # a piece that took longer met a host that does not read


class UsbSerial:
    """Frames in, frames out.

    Args:
        stream_in: has `readinto(buf, 1)`, as sys.stdin.buffer.
        stream_out: has `write(buf)`, as sys.stdout.buffer.
        poll: makes a poll object, as select.poll.

    `dropped` counts replies given up because the host did not read them; `decoder` has the counters of bad input.
    """

    def __init__(self, stream_in, stream_out, poll):
        self._in = stream_in
        self._out = stream_out
        self._poll_in = poll()
        self._poll_in.register(stream_in, POLLIN)
        self._poll_out = poll()
        self._poll_out.register(stream_out, POLLOUT)
        self._has_ipoll = hasattr(self._poll_in, "ipoll")
        self._byte = bytearray(1)
        self._closed = False
        self.dropped = 0
        self.decoder = None

    async def run(self, server) -> None:
        """Answer requests for ever."""
        decoder = self.decoder = frames.Decoder(server.buf_size)
        encoder = frames.Encoder(server.reply_buf)
        heard_ms = time.ticks_ms()
        while True:
            if server.tool.blocking():
                await asyncio.sleep_ms(BUSY_SLEEP_MS)
                continue
            whole = self._read_burst(decoder)
            if whole is None:
                await asyncio.sleep_ms(self._pause_ms(heard_ms))
                continue
            heard_ms = time.ticks_ms()
            if whole:
                while server.taken:  # the other link is being answered
                    await asyncio.sleep_ms(BUSY_SLEEP_MS)
                server.taken = True
                length = server.answer(decoder.message)
                if length == server.LATER:
                    length = await asyncio.create_task(server.finish())
                if length and not self._send(encoder, length):
                    await self._send_rest(encoder)
                server.reply_sent()
                server.taken = False
            await asyncio.sleep_ms(0)

    def _pause_ms(self, heard_ms) -> int:
        if self._closed:
            return CLOSED_SLEEP_MS
        idle = time.ticks_diff(time.ticks_ms(), heard_ms) > BUSY_FOR_MS
        return IDLE_SLEEP_MS if idle else BUSY_SLEEP_MS

    def _read_burst(self, decoder):
        """True: a message is whole; False: some bytes came; None: none did."""
        for count in range(BURST):
            if not self._ready(self._poll_in) or not self._read_byte():
                return False if count else None
            if decoder.push(self._byte[0]):
                return True
        return False

    def _read_byte(self) -> bool:
        try:
            got = self._in.readinto(self._byte, 1)
        except OSError:
            got = 0  # the other end of a pty is gone
        self._closed = got == 0
        return bool(got)

    def _ready(self, poller) -> bool:
        """Whether a stream is ready; `ipoll`, where there is one, makes no list of it."""
        if not self._has_ipoll:
            return bool(poller.poll(0))
        for _ in poller.ipoll(0):
            return True
        return False

    def _send(self, encoder, length: int) -> bool:
        """Send a reply as far as the host takes it at once; whether that was all. A coroutine would be garbage."""
        encoder.begin(length)
        while encoder.next_line():
            if not self._ready(self._poll_out):
                return False
            if not self._write(encoder.line):
                break
        return True

    async def _send_rest(self, encoder) -> None:
        """Send the present line and those after it, waiting for the host."""
        while await self._writable() and self._write(encoder.line):
            if not encoder.next_line():
                return

    async def _writable(self) -> bool:
        start_ms = time.ticks_ms()
        while not self._ready(self._poll_out):
            if time.ticks_diff(time.ticks_ms(), start_ms) > WRITE_TIMEOUT_MS:
                self.dropped += 1
                return False
            await asyncio.sleep_ms(BUSY_SLEEP_MS)
        return True

    def _write(self, line) -> bool:
        """Write a line; False when the reply is given up."""
        start_ms = time.ticks_ms()
        try:
            written = self._out.write(line)
        except OSError:
            written = 0
        done = written == len(line) and time.ticks_diff(time.ticks_ms(), start_ms) < SLOW_WRITE_MS
        if not done:
            self.dropped += 1
        return done
