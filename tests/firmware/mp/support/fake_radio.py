"""A radio that notes what it is told, with events by hand; and the link on it, in the whole tool."""

import asyncio

import sim_rig
from core import air
from links import ble
from smp.server import Server
from wire_fake import FakeTool

HANDLE = 9
CONNECT, DISCONNECT, WRITE, MTU = 1, 2, 3, 21


class FakeRadio:
    """As bluetooth.BLE().

    Attributes:
        calls: names of what was called that may block, with whether the tip was in contact then.
        sent: notifications. full: so many of the next are refused.
    """

    def __init__(self, tool):
        self._tool = tool
        self.calls = []
        self.sent = []
        self.buffer = b""
        self.size = 0
        self.on = False
        self.advert = None
        self.full = 0
        self.broken = False
        self.hung_up = []

    def _blocks(self, name):
        self.calls.append((name, self._tool.watch.in_contact()))
        if self.broken:
            raise OSError(5)

    def active(self, on):
        self._blocks("on" if on else "off")
        self.on = on
        self.advert = None

    def irq(self, handler):
        self.event = handler

    def config(self, **values):
        self.mtu = values["mtu"]

    def gatts_register_services(self, services):
        ((self.service, ((self.characteristic, self.flags),)),) = services
        return ((HANDLE,),)

    def gatts_set_buffer(self, handle, size, append):
        assert handle == HANDLE and append
        self.size = size

    def gatts_read(self, handle):
        assert handle == HANDLE
        data, self.buffer = self.buffer, b""
        return data

    def gatts_notify(self, conn, handle, data):
        assert handle == HANDLE
        if self.full:
            self.full -= 1
            raise OSError(12)
        self.sent.append((conn, bytes(data)))

    def gap_advertise(self, interval_us, data):
        self._blocks("advertise")
        self.advert = data

    def gap_disconnect(self, conn):
        self._blocks("hang up")
        self.hung_up.append(conn)
        self.event(DISCONNECT, (conn, 0, b""))

    # by hand

    def come(self, conn=1, mtu=None):
        self.advert = None
        self.event(CONNECT, (conn, 0, b""))
        if mtu:
            self.event(MTU, (conn, mtu))

    def write(self, data, conn=1):
        self.buffer = (self.buffer + data)[: self.size]
        self.event(WRITE, (conn, HANDLE))

    def reply(self):
        data = b"".join([piece for _conn, piece in self.sent])
        self.sent = []
        return data


class Gate:
    """The server as a desktop over the air is given it: lets in whoever it is told to."""

    def __init__(self, server):
        self._server = server
        self.LATER = server.LATER
        self.buf_size = server.buf_size
        self.reply_buf = server.reply_buf
        self.answer = server.answer
        self.finish = server.finish
        self.reply_sent = server.reply_sent
        self.told = []
        self.proven = True
        self.mtu = 0

    def window_opened(self):
        self.told.append("window")

    def opened(self):
        self.told.append("opened")

    def closed(self):
        self.told.append("closed")

    def is_proven(self):
        return self.proven


def run(script, options=None):
    """`script(tool, plant, radio, gate, link)` beside the tool's main loop and its link over the air."""
    from boards.board import Board

    Board.has_radio = True

    async def begin(tool, plant):
        radio = FakeRadio(tool)
        server = Server(FakeTool())
        gate = Gate(server)
        link = ble.Ble(radio, str, tool, server)
        task = asyncio.create_task(link.run(gate))
        await script(tool, plant, radio, gate, link)
        assert not task.done()
        task.cancel()

    return sim_rig.run(begin, options)


async def double(plant):
    await sim_rig.click(plant)
    await asyncio.sleep_ms(60)
    await sim_rig.click(plant)
    await asyncio.sleep_ms(500)


async def window(plant, radio):
    """Open it."""
    await double(plant)
    assert await sim_rig.until(lambda: radio.advert is not None, 3000)


async def visit(plant, radio, mtu=air.MTU, conn=1):
    """Open a window and come in."""
    await window(plant, radio)
    radio.come(conn, mtu)
    await asyncio.sleep_ms(100)
