"""What only an owner asks for: user slots, desktops, keys, factory reset. A guest of the memory (core.guest)."""

from . import dose, guest, ids, limits, wire
from .counters import SHARED
from .errors import StorageError

_PACES = {id(limits.PACE_FIRST): "first", id(limits.PACE_LATER): "later", id(limits.PACE_STRICT): "strict"}


def users(tool) -> dict:
    """How many user slots there are, and of each: whose, how gentle, and what is left this week."""
    count = tool.settings.value("users")
    slots = range(1, count + 1) if count > 1 else (SHARED,)
    return {"count": count, "users": [_user(tool, slot) for slot in slots]}


def _user(tool, slot: int) -> dict:
    given = (tool.counters, tool.clock, tool.settings)
    return {
        "slot": slot,
        "name": tool.settings.text("user%d" % slot) if slot else "everybody",
        "profile": ids.PROFILE_NAMES[tool.settings.profile_of(slot)],
        "sessions": tool.counters.total(slot),
        "pace": _PACES[id(dose.pace(*given, slot)[0])],
        "week": dose.this_week(tool.counters, tool.clock, slot),
        "week_most": dose.weekly(*given, slot),
    }


def hosts(tool) -> dict:
    """Desktops that copy this tool; those not seen for 90 days count no longer, now that it is told."""
    absent = tool.journal.tell_absent(tool.clock.dose_s())
    listed = [
        {"host": host, "seen": seen, "counts": host not in absent} for host, seen in tool.journal.hosts()
    ]
    return {"hosts": listed, "one_copy": tool.settings.value("one_copy") == 1}


def seen_host(tool, host: str) -> int:
    """A desktop is there, with nothing to acknowledge. wire.ERR_*."""
    return _of_host(lambda: tool.journal.see_host(host, tool.clock.latest_s()))


def forget_host(tool, host: str) -> int:
    """The owner says that a desktop does not count any more. wire.ERR_*."""
    return _of_host(lambda: tool.journal.forget_host(host))


def paired(tool) -> dict:
    """Desktops that have a key to speak with over the air, and how many there may be."""
    if not getattr(tool.board, "has_radio", False):
        return {"hosts": [], "most": 0}
    keys = _keys()
    return {"hosts": sorted(keys.DesktopKeys(tool.board.root).load()), "most": keys.KEYS_MAX}


def pair_host(tool, host: str, key: bytes) -> int:
    """A desktop has a key from now on. wire.ERR_*."""
    return _of_keys(tool, lambda keys: keys.add(host, key))


def unpair_host(tool, host: str) -> int:
    """A desktop has a key no more. wire.ERR_*."""
    return _of_keys(tool, lambda keys: keys.remove(host))


def _of_keys(tool, change) -> int:
    if not getattr(tool.board, "has_radio", False):
        return wire.ERR_NO_RADIO
    try:
        return change(_keys().DesktopKeys(tool.board.root))
    except StorageError as error:
        return error.code


def _keys():
    try:
        return guest.load("desktop_keys")
    finally:
        guest.forget("desktop_keys")


def _of_host(call) -> int:
    try:
        return wire.ERR_OK if call() else wire.ERR_NO_HOST
    except StorageError as error:
        return error.code


def ask_factory_reset(tool) -> int:
    """From now on, for a minute, the button held for 8 s resets the tool. wire.ERR_*."""
    tool.factory_reset = guest.load("factory_reset").FactoryReset(tool)
    guest.forget("factory_reset")
    return wire.ERR_OK


def factory_reset(tool) -> dict:
    """How the last request for a factory reset stands, and how long the button may still be waited for."""
    asked = tool.factory_reset
    if asked is None:
        return {"state": "none", "left_ms": 0}
    return {"state": asked.state, "left_ms": asked.left_ms()}
