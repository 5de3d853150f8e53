"""The serial link over streams that stall, close and fail."""

import asyncio
import time
from select import POLLIN, POLLOUT

from links import usb_serial
from smp import frames
from smp.server import Server
from wire_fake import FakeTool
from wire_golden import body_of, request

STATE = request(0, 65, 3)


class Port:
    """Both streams and their poll object in one."""

    def __init__(self, data=b""):
        self.data = data
        self.sent = b""
        self.reads = 0
        self.writable = True
        self.ended = False
        self.fails = False

    def readinto(self, buf, count):
        assert count == 1
        self.reads += 1
        if self.fails:
            raise OSError(5)
        if not self.data:
            return 0
        buf[0] = self.data[0]
        self.data = self.data[1:]
        return 1

    def write(self, piece):
        assert self.writable and len(piece) <= frames.LINE_MAX
        self.sent += bytes(piece)
        return len(piece)

    def poll_object(self):
        return Poll(self)


class Poll:
    def __init__(self, port):
        self._port = port
        self._mask = 0

    def register(self, _stream, mask):
        self._mask = mask

    def poll(self, _timeout_ms):
        port = self._port
        ready = bool(port.data) or port.ended if self._mask == POLLIN else port.writable
        return [(port, self._mask)] if ready else []


async def for_a_while(port, duration_ms, server=None):
    link = usb_serial.UsbSerial(port, port, port.poll_object)
    task = asyncio.create_task(link.run(server or Server(FakeTool())))
    await asyncio.sleep_ms(duration_ms)
    assert not task.done()
    task.cancel()
    return link


def replies_of(data):
    decoder = frames.Decoder(2048)
    return [body_of(bytes(decoder.message)) for byte in data if decoder.push(byte)]


def test_masks_differ():
    assert POLLIN != POLLOUT


async def test_answers_in_order():
    port = Port(b"noise\n" + b"".join([frames.encode(request(2, 0, 0, {"d": str(i)}, i)) for i in range(4)]))
    await for_a_while(port, 600)
    assert replies_of(port.sent) == [{"r": str(i)} for i in range(4)]


async def test_no_request_is_begun_in_a_block_of_others():
    tool = FakeTool()
    tool.is_blocking = True
    port = Port(frames.encode(STATE))
    server = Server(tool)
    await for_a_while(port, 30, server)
    assert port.sent == b"" and port.reads == 0, "it lies in the port"
    tool.is_blocking = False
    await for_a_while(port, 200, server)
    assert len(replies_of(port.sent)) == 1


async def test_other_tasks_run_while_a_host_never_reads():
    port = Port(frames.encode(STATE))
    port.writable = False
    turns = []

    async def other():
        while True:
            turns.append(time.ticks_ms())
            await asyncio.sleep_ms(5)

    task = asyncio.create_task(other())
    link = await for_a_while(port, usb_serial.WRITE_TIMEOUT_MS + 200)
    task.cancel()
    assert link.dropped == 1
    assert port.sent == b""
    assert max([time.ticks_diff(b, a) for a, b in zip(turns, turns[1:])]) < 60


async def test_the_reply_after_a_stall_is_whole():
    port = Port(frames.encode(STATE))
    port.writable = False
    link = usb_serial.UsbSerial(port, port, port.poll_object)
    task = asyncio.create_task(link.run(Server(FakeTool())))
    await asyncio.sleep_ms(usb_serial.WRITE_TIMEOUT_MS + 100)
    port.writable = True
    port.data = frames.encode(STATE)
    await asyncio.sleep_ms(150)
    task.cancel()
    assert len(replies_of(port.sent)) == 1


async def test_a_closed_port_is_no_busy_loop():
    port = Port()
    port.ended = True
    await for_a_while(port, 350)
    assert 2 <= port.reads <= 8
    port = Port()
    port.ended = port.fails = True
    await for_a_while(port, 350)
    assert 2 <= port.reads <= 8


async def test_a_port_that_comes_back_is_heard():
    port = Port()
    port.ended = True
    link = usb_serial.UsbSerial(port, port, port.poll_object)
    task = asyncio.create_task(link.run(Server(FakeTool())))
    await asyncio.sleep_ms(50)
    port.ended = False
    port.data = frames.encode(STATE)
    await asyncio.sleep_ms(300)
    task.cancel()
    assert len(replies_of(port.sent)) == 1


async def test_a_failing_write_drops_the_reply():
    port = Port(frames.encode(STATE) + frames.encode(STATE))

    def broken(_piece):
        raise OSError(5)

    port.write = broken
    link = await for_a_while(port, 150)
    assert link.dropped == 2
