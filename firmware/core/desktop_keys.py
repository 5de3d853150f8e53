"""Keys of the paired desktops, each for one desktop and this tool. A guest of the memory (core.guest).

What is removed is overwritten in both slots: the older one must not bring it back.
"""

import json

from . import acknowledgements, slots, wire

KEY_BYTES = 16
KEYS_MAX = 8
VERSION = 1


class DesktopKeys:
    """{desktop: key}, kept in two slots under `root`. A damaged memory knows no desktop: pair anew."""

    def __init__(self, root: str, fs=None):
        self._slots = slots.TwoSlots(root, "keys", VERSION, fs)

    def load(self) -> dict:
        """{desktop: key}. Raises NewerFormat, StorageError."""
        payload = self._slots.load()
        if payload is None:
            return {}
        return {host: bytes.fromhex(key) for host, key in json.loads(payload)["keys"].items()}

    def add(self, host: str, key: bytes) -> int:
        """Pair a desktop, anew if need be; wire.ERR_*. Raises NewerFormat, StorageFull, StorageError."""
        if not acknowledgements.is_name(host) or len(key) != KEY_BYTES:
            return wire.ERR_INVALID
        keys = self.load()
        if host not in keys and len(keys) >= KEYS_MAX:
            return wire.ERR_KEYS_FULL
        if keys.get(host) == key:
            return wire.ERR_OK
        renewed = host in keys
        keys[host] = key
        self._save(keys, renewed)
        return wire.ERR_OK

    def remove(self, host: str) -> int:
        """Forget the key of a desktop; wire.ERR_*. Raises NewerFormat, StorageFull, StorageError."""
        keys = self.load()
        if host not in keys:
            return wire.ERR_NOT_PAIRED
        del keys[host]
        self._save(keys, True)
        return wire.ERR_OK

    def clear(self) -> None:
        """Forget all keys in one of the slots; twice, and they are in neither. Raises StorageError."""
        if self._slots.load() is not None or self._slots.damaged:
            self._slots.save(_payload({}))

    def _save(self, keys: dict, removed: bool) -> None:
        self._slots.save(_payload(keys))
        if removed:
            self._slots.save(_payload(keys))


def _payload(keys: dict) -> bytes:
    return json.dumps({"keys": {host: key.hex() for host, key in keys.items()}}).encode()
