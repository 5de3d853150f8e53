"""`pair` and `unpair`: give a tool a key for this desktop over the cable, so that they may speak over the air."""

from __future__ import annotations

import secrets
from typing import Any

import click

from gentlepress.cli.app import App, db_option, json_option, pass_app, port_option
from gentlepress.errors import DeviceRefused, GentlepressError, StoreError, UsageError
from gentlepress.firmware.core import wire
from gentlepress.firmware.core.desktop_keys import KEY_BYTES
from gentlepress.firmware.core.routine import show as printable


@click.command()
@port_option
@db_option
@json_option
@pass_app
def pair(app: App, port: str, db: str | None) -> None:
    """Pair this desktop with the tool, over the USB cable.

    Both keep a new random key. With it this desktop may speak with the tool over Bluetooth; without it nobody may.
    """
    keys = app.keys()
    keys.tools()  # a list of keys that can't be read is told before anything is changed
    host = _host(app, db)
    with app.connect(port) as tool:
        _need_cable(tool)
        device_id = tool.hello.device_id
        key = secrets.token_bytes(KEY_BYTES)
        try:
            tool.owner.pair(host, key)
        except DeviceRefused as refused:
            raise _with_names(tool, refused) from refused
        where = _keep(tool, keys, host, key)
        name = tool.hello.name or device_id
    data = {"device_id": device_id, "name": tool.hello.name, "host": host, "kept_in": where}
    app.show(data, f"Paired with {name} ({device_id}). The key is kept in {where}.")


@click.command()
@click.argument("name", required=False)
@port_option
@db_option
@json_option
@pass_app
def unpair(app: App, port: str, db: str | None, name: str | None) -> None:
    """Take the key of this desktop (or of the one of that NAME) from the tool, over the USB cable.

    For a desktop that was sold or lost. What they say over Bluetooth ends at once.
    """
    own = _host(app, db)
    host = name or own
    with app.connect(port) as tool:
        _need_cable(tool)
        removed = tool.owner.unpair(host)
        if not removed and host != own:
            raise _unknown(host, tool.owner.paired()[0])
        device_id = tool.hello.device_id
    here = host == own and app.keys().remove(device_id)
    done = f"{host} is no longer paired with {device_id}." if removed or here else "It was not paired."
    app.show({"device_id": device_id, "host": host, "removed": removed, "removed_here": here}, done)


def _host(app: App, db: str | None) -> str:
    with app.open_store(db) as store:
        return str(store.host_id())


def _need_cable(tool: Any) -> None:
    if tool.is_private:
        raise UsageError(
            "Pairing is done over the USB cable only.", "Plug the tool in, and name its port with --port."
        )


def _keep(tool: Any, keys: Any, host: str, key: bytes) -> str:
    """Where the key is kept; if it can't be, the tool does not keep it, either."""
    try:
        return str(keys.put(tool.hello.device_id, key))
    except StoreError:
        tool.owner.unpair(host)
        raise


def _with_names(tool: Any, refused: DeviceRefused) -> GentlepressError:
    """A refusal for want of room, with the names of those that are paired; any other as it is."""
    if (refused.group, refused.code) != (wire.GROUP_TOOL, wire.ERR_KEYS_FULL):
        return refused
    names = ", ".join(tool.owner.paired()[0])
    return DeviceRefused(
        refused.message, f"Remove one of {names}: gentlepress unpair NAME", refused.group, refused.code
    )


def _unknown(host: str, paired: list[str]) -> UsageError:
    hint = f"Use one of: {', '.join(paired)}." if paired else "None is paired."
    return UsageError(f"name = {printable(host)}: no desktop of this name is paired with this tool.", hint)
