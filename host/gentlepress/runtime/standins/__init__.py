"""What lets CPython run the firmware: put `FOLDER` on the path, then call `on_cpython.install()`.

It goes before all else on the path, or `take_micropython` is called: Blinka, which the Bluetooth driver needs, brings a
module `micropython` of its own, whose decorators refuse what the firmware does with them.
"""

import importlib.util
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def take_micropython() -> None:
    """From now on `import micropython` finds the stand-in, whatever else is installed under that name."""
    file = FOLDER / "micropython.py"
    spec = importlib.util.spec_from_file_location("micropython", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["micropython"] = module
    spec.loader.exec_module(module)
