"""Starts the tool: picks the board, builds the tool on it, and runs the watch, the session and the wire.

A file named `safe` (left by Ctrl-C, or made by hand) starts the REPL instead, once, without the watchdog.
"""

import gc
import sys

LOADING_THRESHOLD = 16 * 1024
"""Collect so often while modules are loaded, so that the heap is left in large pieces; later only by hand, without
contact."""


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


async def serve(board, tool) -> None:
    """Run a tool (core.tool.Tool) and its wire until a restart is asked for."""
    import asyncio
    import select

    from core.service import Service
    from links.usb_serial import UsbSerial
    from smp.server import Server

    service = Service(tool)
    await tool.start()
    director = getattr(board, "director", None)
    if director is not None:
        director.attach(service)
    stream_in, stream_out = board.streams()
    link = UsbSerial(stream_in, stream_out, select.poll)
    asyncio.create_task(link.run(Server(service, spend=service.spend)))
    gc.threshold(-1)
    tool.gaps.collect()
    await tool.run()


def main() -> None:
    """Run; Ctrl-C closes the session and leads to safe mode. However it ends, the motor is off first."""
    if sys.platform == "linux":
        simulate()
    gc.threshold(LOADING_THRESHOLD)
    board = pick_board()
    if board.take_safe_mode():
        sys.stdout.write("Gentlepress: safe mode. The tool is not watching; do not press.\n")
        return
    import asyncio

    from core.tool import Tool

    tool = Tool(board)
    try:
        asyncio.run(serve(board, tool))
    except KeyboardInterrupt:
        tool.interrupted()
        board.ask_safe_mode()
    finally:
        board.motor.off()
    board.reset()


if __name__ == "__main__":
    main()
