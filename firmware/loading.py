"""Loads the wire and its links: at once, or where memory is small in pieces, once somebody speaks.

A module of its own, because a board without a radio needs none of it once the wire is there.
"""

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


async def listen(board, wire, heard) -> None:
    """Load the wire once somebody speaks: where memory is small, a session has it for itself."""
    await heard(board)
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


async def begin(board, tool, heard) -> None:
    """Start the tool, and serve the wire on each of its links from then on.

    Args:
        board: boards.board.Board.
        tool: core.tool.Tool.
        heard: awaited with the board, returns when somebody speaks on its port.
    """
    import asyncio

    wire = Wire(board, tool)
    if board.is_small:
        await tool.start()
        asyncio.create_task(listen(board, wire, heard))
    else:
        wire.load()
        await tool.start()
        asyncio.create_task(wire.link.run(wire.server))
    if tool.air is not None:
        asyncio.create_task(listen_to_air(tool, wire))
