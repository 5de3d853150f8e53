"""The simulated tool: the real firmware in a process of its own, behind a serial port made of a pty."""

from gentlepress.errors import RuntimeUnavailable
from gentlepress.sim.options import HANDS, RUNTIMES, SimOptions, parse_options
from gentlepress.sim.process import SimulatedTool, SimulatorFailed, launch

__all__ = [
    "HANDS",
    "RUNTIMES",
    "SimOptions",
    "SimulatedTool",
    "SimulatorFailed",
    "launch",
    "parse_options",
    "start",
]


def start(args: str) -> SimulatedTool:
    """Start a simulated tool for the address `sim:ARGS`.

    Args:
        args: what follows `sim:`, see `parse_options`.

    Raises:
        UsageError: the arguments make no sense.
        RuntimeUnavailable: the firmware can't be started.
    """
    tool = launch(parse_options(args))
    try:
        tool.wait_started()
    except RuntimeUnavailable:
        tool.close()
        raise
    return tool
