"""The owner's part of SMP group 65: user slots, factory reset, desktops that copy the tool and their keys."""

from core import wire

from .errors import check, data, refuse_in_session, text

_HOST_MAX = 64


class _OwnerGroup:
    def __init__(self, tool):
        self._tool = tool

    def _read(self, what: str, out) -> None:
        refuse_in_session(self._tool, wire.GROUP_TOOL)
        out.value(self._tool.owner(what))

    def users(self, _body: dict, out) -> None:
        self._read("users", out)

    def hosts(self, _body: dict, out) -> None:
        self._read("hosts", out)

    def factory_reset(self, _body: dict, out) -> None:
        self._read("factory_reset", out)

    def change_host(self, body: dict, out) -> None:
        refuse_in_session(self._tool, wire.GROUP_TOOL)
        what = "forget" if "forget" in body else "seen"
        host = text(body, what, _HOST_MAX)
        check(self._tool.owner(what + "_host", host), wire.GROUP_TOOL)
        out.map(0)

    def paired(self, _body: dict, out) -> None:
        self._read("paired", out)

    def pair(self, body: dict, out) -> None:
        """A desktop is given a key, or has it taken away."""
        refuse_in_session(self._tool, wire.GROUP_TOOL)
        forgets = "forget" in body
        host = text(body, "forget" if forgets else "host", _HOST_MAX)
        check(self._tool.pair(host, None if forgets else bytes(data(body, "key"))), wire.GROUP_TOOL)
        out.map(0)

    def ask_factory_reset(self, _body: dict, out) -> None:
        refuse_in_session(self._tool, wire.GROUP_TOOL)
        check(self._tool.owner("ask_factory_reset"), wire.GROUP_TOOL)
        out.map(0)


def handlers(server) -> dict:
    """{command: (handler of reads, handler of writes)}."""
    group = _OwnerGroup(server.tool)
    return {
        wire.TOOL_USERS: (group.users, None),
        wire.TOOL_FACTORY_RESET: (group.factory_reset, group.ask_factory_reset),
        wire.TOOL_HOSTS: (group.hosts, group.change_host),
        wire.TOOL_PAIR: (group.paired, group.pair),
    }
