"""Writing a file for the user: whole or not at all, and for nobody else to read."""

from __future__ import annotations

import os
from pathlib import Path

from gentlepress.errors import UsageError


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file; folders that are missing are made.

    Args:
        path: the file; replaced if it exists.
        data: its content.

    Raises:
        UsageError: it can't be written; nothing of it stays behind.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            _write_private(part, data)
            os.replace(part, path)  # noqa: PTH105  (atomic)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as failed:
        raise UsageError(
            f"{path} can't be written: {failed.strerror}.", "Choose another file or folder."
        ) from failed


def _write_private(path: Path, data: bytes) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(data)
