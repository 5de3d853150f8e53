"""Runs on the chip: loads the wire as the program does, then prints JSON of blocks and what requests cost in heap."""

import asyncio
import gc
import json
import struct
import sys
import time

gc.threshold(16384)
import program  # noqa: E402
from core.tool import Tool  # noqa: E402


class NoWatchdog:
    def feed(self):
        pass


class Sink:
    """Takes what is written."""

    def write(self, line):
        return len(line)


class Ready:
    """A poll object of a stream that is always ready."""

    def register(self, _stream, _mask):
        pass

    def ipoll(self, _timeout_ms):
        return _READY


_READY = (1,)


def framed(group, command, body=b"\xa0", op=0):
    from smp import frames

    return frames.encode(struct.pack(">BBHHBB", 8 | op, 0, len(body), group, 1, command) + body)


def cost(link, server, decoder, encoder, data):
    """Bytes of heap that the third of three equal requests leaves behind, length of the reply, microseconds."""
    for _ in range(3):
        gc.collect()
        before = gc.mem_alloc()
        for byte in data:
            whole = decoder.push(byte)
        start_us = time.ticks_us()
        assert whole
        length = server.answer(decoder.message)
        if length:
            link._send(encoder, length)
        took_us = time.ticks_diff(time.ticks_us(), start_us)
        spent = gc.mem_alloc() - before
    return spent, length, took_us


async def load(board, tool):
    """(server, what loading it took and left): the wire loaded as the program does."""
    import loading

    tool.gaps.block_worst_us = 0
    started_ms = time.ticks_ms()
    _link, server = await loading.load_in_pieces(board, tool)
    listed = [name for names in loading.WIRE for name in names]
    sys.modules.pop("loading")
    loading = None
    gc.collect()
    return server, {
        "loaded_ms": time.ticks_diff(time.ticks_ms(), started_ms),
        "block_worst_us": tool.gaps.block_worst_us,
        "free": gc.mem_free(),
        "not_listed": [
            name for name in sys.modules if name.startswith(("smp.", "links.")) and name not in listed
        ],
    }


def prices():
    """What the server takes from the contact's budget."""
    from smp import server

    return {"live": server.LIVE_COST, "other": server.CONTACT_COST, "refusal": server.REFUSAL_COST}


def answered(tool):
    """Requests that are answered in contact, by name."""
    since = struct.pack(">BH", 0x19, tool.watch.samples.next - 40 & 0xFFFF)
    return {
        "state": framed(65, 3),
        "samples": framed(65, 4, b"\xa1\x65since" + since),
        "all samples": framed(65, 4),
        "hello": framed(65, 0),
        "refusals": framed(65, 6),
        "self test": framed(65, 10),
        "symptom": framed(65, 11),
    }


def refused():
    """Requests that wait for the lift, by name."""
    return {
        "files": framed(8, 0, b"\xa1\x64name\x68/routine"),
        "sessions": framed(65, 1),
        "acknowledge": framed(65, 2, b"\xa1\x62id\x01", 2),
    }


def costs(server, asked):
    """{name: `cost`} of requests in contact."""
    from links.usb_serial import UsbSerial
    from smp import frames

    decoder, encoder = frames.Decoder(server.buf_size), frames.Encoder(server.reply_buf)
    link = UsbSerial(Sink(), Sink(), Ready)
    return {name: cost(link, server, decoder, encoder, data) for name, data in asked.items()}


def message(group, command, body=b"\xa0", op=0):
    return struct.pack(">BBHHBB", 8 | op, 0, len(body), group, 1, command) + body


def without_contact():
    """Requests that are answered without contact only, by name."""
    name = b"\x64name\x76/sessions/00000001.gps"
    return {
        "download": message(8, 0, b"\xa2" + name + b"\x63off\x18\x64"),
        "digest": message(8, 2, b"\xa1" + name),
        "sessions": message(65, 1),
        "parameters": message(0, 6),
        "settings": message(3, 0, b"\xa1\x64name\x6bhaptic_pct"),
        "health": message(65, 9),
        "users": message(65, 12),
        "calibration": message(65, 8),
        "hosts": message(65, 14),
        "live": message(65, 3),
    }


class Purse:
    """Counts what a request says beforehand, and collects nothing."""

    said = 0

    async def afford(self, size):
        self.said += size


async def free_cost(tool, server, data):
    """[bytes of heap left behind, bytes counted for them, length of the reply] of the third of three equal requests."""
    from core.gap_work import BLOCK_COST

    for _ in range(3):
        purse = Purse()
        server.tool.afford = purse.afford
        blocks = tool.gaps.blocks
        gc.collect()
        before = gc.mem_alloc()
        length = server.answer(data)
        if length == server.LATER:
            length = await asyncio.create_task(server.finish())
        spent = gc.mem_alloc() - before
    return spent, purse.said + BLOCK_COST * (tool.gaps.blocks - blocks), length


async def measure():
    board = program.pick_board()
    board.watchdog = NoWatchdog
    tool = Tool(board)
    await tool.start()
    gc.threshold(-1)
    loop = asyncio.create_task(tool.run())
    await asyncio.sleep_ms(1500)
    server, found = await load(board, tool)
    found["prices"] = prices()
    tool.watch.stop()
    found["free_costs"] = {}
    for name, data in without_contact().items():
        found["free_costs"][name] = await free_cost(tool, server, data)
    server.tool.in_contact = lambda: True
    found["refusals"] = costs(server, refused())
    server.tool.spend = lambda _size: True
    found["costs"] = costs(server, answered(tool))
    tool.reset_asked = True
    await loop
    board._timer.deinit()
    print(json.dumps(found))


asyncio.run(measure())
