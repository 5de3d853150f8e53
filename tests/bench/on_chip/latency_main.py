"""Runs on the chip as its main.py: the tool as it is, which leaves its latencies in a file when the session is over."""

import gc
import json

gc.threshold(16384)  # as the program itself does while it loads

import program
from core import tool as tool_module


class Measured(tool_module.Tool):
    """The tool, with a report."""

    def __init__(self, board):
        super().__init__(board)
        board.watchdog = NoWatchdog

    async def _close(self):
        watch = self.watch
        report = {"blackout_us": watch.worst_block_us, "samples": watch.sample_count, "fault": watch.fault}
        for name, latency in (("contact", watch.latency_contact), ("free", watch.latency_free)):
            report[name] = [latency.worst_us, latency.count] + list(latency.buckets)
        await super()._close()
        with open("/latency.json", "w") as file:
            json.dump(report, file)


class NoWatchdog:
    """The emulation's steps while somebody looks are no hunger."""

    def feed(self):
        """Nothing to feed."""


tool_module.Tool = Measured
program.main()
