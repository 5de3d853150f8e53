"""Keys of the tools that this desktop is paired with: in the system's keyring where there is one, else in a file.

The file `keys.json` in the program's data folder lists the tools in either case, has mode 0600, and is replaced whole.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, cast

from gentlepress.errors import StoreCorrupt, StoreReadOnly
from gentlepress.firmware.core.desktop_keys import KEY_BYTES
from gentlepress.store.places import data_folder

NAME = "keys.json"
SERVICE = "gentlepress"
_IN_RING = "keyring"
_OTHERS = 0o077
_AGAIN = "Pair the tool again over the USB cable: gentlepress pair"


class Ring(Protocol):
    """What is used of a backend of the package `keyring`."""

    def get_password(self, service: str, username: str) -> str | None:
        """A secret, or None."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Remove a secret."""
        ...


def system_ring() -> Ring | None:
    """The system's keyring; None where there is none, or the package is not installed."""
    try:
        import keyring  # noqa: PLC0415  (it looks for services; only who needs keys shall wait for it)
        from keyring.backends import chainer, fail, null  # noqa: PLC0415

        found = keyring.get_keyring()
    except Exception:  # noqa: BLE001  (a broken keyring is as good as none)
        return None
    if isinstance(found, chainer.ChainerBackend) and not found.backends:
        return None
    return None if isinstance(found, (fail.Keyring, null.Keyring)) else cast("Ring", found)


class KeyStore:
    """Keys by the tools' numbers (`device_id`). Made by `open_keys`.

    Args:
        path: of the file.
        ring: finds the system's keyring; asked only when a key is needed.
    """

    def __init__(self, path: Path, ring: Callable[[], Ring | None] = system_ring) -> None:
        self._path = path
        self._ring = ring

    def tools(self) -> list[str]:
        """Numbers of the paired tools."""
        return sorted(self._read())

    def get(self, device_id: str) -> bytes | None:
        """The key for a tool; None when there is none, or the keyring does not give it.

        Args:
            device_id: of the tool.

        Raises:
            StoreCorrupt: the file is no list of keys.
        """
        kept = self._read().get(device_id)
        if kept is None:
            return None
        text = self._from_ring(device_id) if kept == _IN_RING else kept
        return _key(text)

    def put(self, device_id: str, key: bytes) -> str:
        """Keep a key.

        Args:
            device_id: of the tool.
            key: KEY_BYTES.

        Returns:
            Where it is kept, for people.

        Raises:
            StoreReadOnly, StoreCorrupt: it is not kept.
        """
        tools = self._read()
        in_ring = self._into_ring(device_id, key.hex())
        tools[device_id] = _IN_RING if in_ring else key.hex()
        self._write(tools)
        return "the system's keyring" if in_ring else str(self._path)

    def remove(self, device_id: str) -> bool:
        """Forget the key for a tool; False when there was none.

        Args:
            device_id: of the tool.
        """
        tools = self._read()
        kept = tools.pop(device_id, None)
        if kept is None:
            return False
        if kept == _IN_RING:
            self._out_of_ring(device_id)
        self._write(tools)
        return True

    def clear(self) -> list[str]:
        """Forget all keys, and overwrite and remove the file; what was removed, for people."""
        if not self._path.exists():
            return []
        try:
            tools = self._read()
        except StoreCorrupt:
            tools = {}
        for device_id, kept in tools.items():
            if kept == _IN_RING:
                self._out_of_ring(device_id)
        _shred(self._path)
        with contextlib.suppress(OSError):
            self._path.parent.rmdir()
        return [str(self._path), *(f"the key of {device_id}" for device_id in tools)]

    def _read(self) -> dict[str, str]:
        try:
            if self._path.stat().st_mode & _OTHERS:
                self._path.chmod(0o600)
            data = json.loads(self._path.read_text(encoding="utf-8"))
            tools = data["tools"]
            whole = all(isinstance(kept, str) for kept in tools.values())
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise StoreReadOnly(
                f"{self._path} can't be read ({error.strerror}).", "Make it yours and readable."
            ) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._damaged() from error
        if not whole:
            raise self._damaged()
        return dict(tools)

    def _damaged(self) -> StoreCorrupt:
        return StoreCorrupt(f"{self._path} is no list of keys.", f"Move it away. {_AGAIN}")

    def _write(self, tools: dict[str, str]) -> None:
        """Whole or not at all, and never for others to read: a temporary file of mode 0600 takes its place."""
        folder = self._path.parent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, part = tempfile.mkstemp(prefix=f".{NAME}.", dir=folder)
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    json.dump({"version": 1, "tools": tools}, file)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(part, self._path)  # noqa: PTH105  (atomic)
            except BaseException:
                Path(part).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise StoreReadOnly(
                f"{self._path} can't be written ({error.strerror}).", "Make its folder yours and writable."
            ) from error

    def _into_ring(self, device_id: str, text: str) -> bool:
        ring = self._ring()
        if ring is None:
            return False
        try:
            ring.set_password(SERVICE, device_id, text)
            return ring.get_password(SERVICE, device_id) == text
        except Exception:  # noqa: BLE001  (locked, no service, refused: backends raise what they like)
            return False

    def _from_ring(self, device_id: str) -> str | None:
        ring = self._ring()
        try:
            return None if ring is None else ring.get_password(SERVICE, device_id)
        except Exception:  # noqa: BLE001  (as above)
            return None

    def _out_of_ring(self, device_id: str) -> None:
        ring = self._ring()
        if ring is not None:
            with contextlib.suppress(Exception):
                ring.delete_password(SERVICE, device_id)


def open_keys() -> KeyStore:
    """The keys of this user."""
    return KeyStore(data_folder() / NAME)


def _key(text: str | None) -> bytes | None:
    try:
        key = bytes.fromhex(text or "")
    except ValueError:
        return None
    return key if len(key) == KEY_BYTES else None


def _shred(path: Path) -> None:
    """Overwrite and remove."""
    from gentlepress.store.erase import shred  # noqa: PLC0415  (loads the database)

    shred(path)
