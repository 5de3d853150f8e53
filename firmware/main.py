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


async def heard(board) -> None:
    """Return once somebody speaks on the port."""
    import asyncio
    import select

    poller = select.poll()
    poller.register(board.streams()[0], select.POLLIN)
    while True:
        await asyncio.sleep_ms(LISTEN_MS)
        for _ in poller.ipoll(0):
            return


async def listen(board, tool) -> None:
    """Load the wire once somebody speaks, and let go what loaded it: a session has the memory for itself."""
    await heard(board)
    import loading

    link, server = await loading.load_in_pieces(board, tool)
    sys.modules.pop("loading")
    loading = None
    await link.run(server)


async def serve(board, tool) -> None:
    """Run a tool (core.tool.Tool) and its wire until a restart is asked for."""
    import asyncio

    if board.is_small and tool.air is None:
        await tool.start()
        asyncio.create_task(listen(board, tool))
    else:
        import loading

        await loading.begin(board, tool, heard)
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
