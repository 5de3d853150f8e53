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


async def measure():
    board = program.pick_board()
    board.watchdog = NoWatchdog
    tool = Tool(board)
    await tool.start()
    gc.threshold(-1)
    loop = asyncio.create_task(tool.run())
    await asyncio.sleep_ms(1500)
    tool.gaps.block_worst_us = 0
    started_ms = time.ticks_ms()
    link, server = await program.load_in_pieces(board, tool)
    found = {
        "loaded_ms": time.ticks_diff(time.ticks_ms(), started_ms),
        "block_worst_us": tool.gaps.block_worst_us,
        "free": tool.gaps.free,
    }
    listed = [name for names in program.WIRE for name in names]
    found["not_listed"] = [
        name for name in sys.modules if name.startswith(("smp.", "links.")) and name not in listed
    ]
    from links.usb_serial import UsbSerial
    from smp import frames
    from smp import server as server_module

    found["prices"] = {
        "live": server_module.LIVE_COST,
        "other": server_module.CONTACT_COST,
        "refusal": server_module.REFUSAL_COST,
    }
    decoder, encoder = frames.Decoder(server.buf_size), frames.Encoder(server.reply_buf)
    link = UsbSerial(Sink(), Sink(), Ready)
    tool.watch.stop()
    since = struct.pack(">B", 0x19) + struct.pack(">H", tool.watch.samples.next - 40 & 0xFFFF)
    asked = {
        "state": framed(65, 3),
        "samples": framed(65, 4, b"\xa1\x65since" + since),
        "all samples": framed(65, 4),
        "hello": framed(65, 0),
        "refusals": framed(65, 6),
        "self test": framed(65, 10),
        "symptom": framed(65, 11),
    }
    server.tool.in_contact = lambda: True
    server.tool.spend = lambda _size: True
    found["costs"] = {name: cost(link, server, decoder, encoder, data) for name, data in asked.items()}
    found["refusals"] = {
        "files": cost(link, server, decoder, encoder, framed(8, 0, b"\xa1\x64name\x68/routine")),
        "sessions": cost(link, server, decoder, encoder, framed(65, 1)),
        "acknowledge": cost(link, server, decoder, encoder, framed(65, 2, b"\xa1\x62id\x01", 2)),
    }
    tool.reset_asked = True
    await loop
    board._timer.deinit()
    print(json.dumps(found))


asyncio.run(measure())
