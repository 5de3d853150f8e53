"""Files and folders that only their owner may read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO


def folder(path: Path) -> Path:
    """Make a folder of mode 0700."""
    path.mkdir(mode=0o700)
    return path


def binary(path: Path) -> IO[bytes]:
    """Open a new file of mode 0600 for bytes."""
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")


def text(path: Path) -> IO[str]:
    """Open a new file of mode 0600 for UTF-8; lines end as they are written."""
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    return os.fdopen(handle, "w", encoding="utf-8", newline="")
