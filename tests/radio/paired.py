"""A desktop that is paired with a simulated tool, over its cable."""

from __future__ import annotations

import secrets
from pathlib import Path

from gentlepress.client import connect
from gentlepress.firmware.core.desktop_keys import KEY_BYTES
from gentlepress.key_store import KeyStore

HOST = "radio-desk"


def pair(path: str, folder: Path, host: str = HOST) -> KeyStore:
    """Keys of a desktop, with one for the tool at a port.

    Args:
        path: of the tool's serial port.
        folder: where the keys are kept.
        host: name of the desktop.
    """
    keys = KeyStore(folder / "keys.json", ring=lambda: None)
    with connect(path) as tool:
        key = secrets.token_bytes(KEY_BYTES)
        tool.owner.pair(host, key)
        keys.put(tool.hello.device_id, key)
    return keys
