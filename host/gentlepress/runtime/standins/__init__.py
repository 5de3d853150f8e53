"""What lets CPython run the firmware: put `FOLDER` on the path, then call `on_cpython.install()`."""

from pathlib import Path

FOLDER = Path(__file__).parent
