"""Starts the tool: picks the board, builds the tool on it, and runs the watch, the session and the wire.

A file named `safe` (left by Ctrl-C, or made by hand) starts the REPL instead, once, without the watchdog. So does a
button that is held through the start, whatever else is broken.
"""

import gc
import sys
import time

import micropython

TELLING_MS = 200
"""For USB to carry what broke to the desktop, before the restart takes the port away."""

LOADING_THRESHOLD = 16 * 1024
"""Collect so often while modules are loaded, so that the heap is left in large pieces; later only by hand, without
contact."""

LISTEN_MS = 50

WIRE = (
    ("core.version", "core.wire", "core.live_desk"), ("core.desks",), ("core.service",), ("smp.crc16", "smp.base64"),
    ("smp.frames",), ("smp.cbor_writer",), ("smp.cbor_reader", "smp.cbor"), ("smp.errors",), ("smp.files_group",),
    ("smp.tool_group", "smp.replies"), ("smp.server",), ("links.usb_serial",),
)  # fmt: skip
"""The wire's modules in the order in which they need each other, as many at a time as load within two sector erases."""

AIR = (
    ("core.air", "smp.packets"), ("links.ble",), ("core.channel", "smp.mac"), ("smp.seal",), ("smp.private_channel",),
)  # fmt: skip
"""What the radio's link needs beside the wire, in the same way."""

PIECES_A_COLLECTION = 3


def pick_board():
    """The board this interpreter runs on."""
    if sys.platform == "rp2":
        if " W" in sys.implementation._machine:  # noqa: SLF001
            from boards import pico_w as board
        else:
            from boards import pico as board
    elif sys.platform == "esp32":
        from boards import xiao_esp32s3 as board
    else:
        from boards import simulator as board
    return board.build()


def simulate() -> None:
    """On the unix port: asyncio's queue goes by simulated time."""
    from sim import task_queue

    sys.modules["_asyncio"] = task_queue


def load_wire(board, tool):
    """The wire of a tool: (link, server)."""
    import select

    from core.service import Service
    from links.usb_serial import UsbSerial
    from smp.server import BUF_SIZE, SMALL_BUF_SIZE, Server

    service = Service(tool)
    director = getattr(board, "director", None)
    if director is not None:
        director.attach(service)
    stream_in, stream_out = board.streams()
    size = SMALL_BUF_SIZE if board.is_small else BUF_SIZE
    return UsbSerial(stream_in, stream_out, select.poll), Server(service, size)


async def load_modules(tool, pieces) -> None:
    """Modules, as many at a time as belong to a piece; each piece in a gap."""
    for count, names in enumerate(pieces):
        await tool.gaps.run(lambda names=names: [__import__(name) for name in names])
        if count % PIECES_A_COLLECTION == 0:
            await tool.gaps.collect_in_gap()


async def load_in_pieces(board, tool):
    """`load_wire` in gaps without contact, so that a touch is felt between the pieces."""
    await load_modules(tool, WIRE)
    wire = await tool.gaps.run(lambda: load_wire(board, tool))
    await tool.gaps.collect_in_gap()
    return wire


class Wire:
    """The wire of a tool, for both links; loaded once, by whoever needs it first."""

    def __init__(self, board, tool):
        self._board = board
        self._tool = tool
        self._loading = False
        self.link = self.server = None

    def load(self) -> None:
        """At once: before the watch begins."""
        self.link, self.server = load_wire(self._board, self._tool)

    async def needed(self) -> None:
        """In pieces; returns when it is there."""
        import asyncio

        if not self._loading and self.server is None:
            self._loading = True
            self.link, self.server = await load_in_pieces(self._board, self._tool)
        while self.server is None:
            await asyncio.sleep_ms(LISTEN_MS)


async def listen(board, wire) -> None:
    """Load the wire once somebody speaks: where memory is small, a session has it for itself."""
    import asyncio
    import select

    poller = select.poll()
    poller.register(board.streams()[0], select.POLLIN)
    heard = False
    while not heard:
        await asyncio.sleep_ms(LISTEN_MS)
        for _ in poller.ipoll(0):
            heard = True

    await wire.needed()
    await wire.link.run(wire.server)


async def listen_to_air(tool, wire) -> None:
    """Load the radio's link once its window is opened."""
    import asyncio

    while not tool.air.wanted():
        await asyncio.sleep_ms(LISTEN_MS)
    await wire.needed()
    await load_modules(tool, AIR)
    link, channel = await tool.gaps.run(lambda: load_air(tool, wire.server))
    await tool.gaps.collect_in_gap()
    await link.run(channel)


def load_air(tool, server):
    """(link over the air, what stands before the server there: nothing without a key)."""
    import bluetooth
    from links.ble import Ble
    from smp.private_channel import PrivateChannel

    return Ble(bluetooth.BLE(), bluetooth.UUID, tool, server), PrivateChannel(server)


async def serve(board, tool) -> None:
    """Run a tool (core.tool.Tool) and its wire until a restart is asked for."""
    import asyncio

    wire = Wire(board, tool)
    if board.is_small:
        await tool.start()
        asyncio.create_task(listen(board, wire))
    else:
        wire.load()
        await tool.start()
        asyncio.create_task(wire.link.run(wire.server))
    if tool.air is not None:
        asyncio.create_task(listen_to_air(tool, wire))
    gc.threshold(-1)
    tool.gaps.collect()
    await tool.run()


def leave(board, tool) -> None:
    """Ctrl-C: close the session and ask for safe mode, however often it comes again (mpremote sends it twice)."""
    while True:
        try:
            micropython.kbd_intr(-1)
            for _ in range(4):  # one that waits already comes here
                pass
            break
        except KeyboardInterrupt:
            continue
    from core.ids import RESET_SAFE_MODE

    tool.leaving = RESET_SAFE_MODE
    tool.interrupted()
    try:
        board.ask_safe_mode()
    except OSError:
        return  # without the flag a held button leads there


def main() -> None:
    """Run; Ctrl-C closes the session and leads to safe mode. However it ends: motor off, session closed, restart."""
    if sys.platform == "linux":
        simulate()
    gc.threshold(LOADING_THRESHOLD)
    board = pick_board()
    if board.take_safe_mode() or board.is_held():
        sys.stdout.write("Gentlepress: safe mode. The tool is not watching; do not press.\n")
        return
    import asyncio

    from core.ids import END_BROKEN
    from core.tool import Tool

    tool = Tool(board)
    try:
        asyncio.run(serve(board, tool))
    except KeyboardInterrupt:
        leave(board, tool)
    except Exception as error:  # noqa: BLE001  (at the start; the main loop closes by itself)
        tool.broke(error)
        tool.interrupted(END_BROKEN)
    finally:
        board.motor.off()
    if tool.broken is not None:
        sys.print_exception(tool.broken)
        time.sleep_ms(TELLING_MS)
    board.reset()


if __name__ == "__main__":
    main()
