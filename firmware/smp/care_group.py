"""Of SMP group 65 how the tool is, and that it was cleaned."""

from core import wire

from .errors import check, refuse_in_session, whole


class _CareGroup:
    def __init__(self, tool):
        self._tool = tool

    def health(self, _body: dict, out) -> None:
        refuse_in_session(self._tool, wire.GROUP_TOOL)
        out.value(self._tool.health())

    def note_care(self, body: dict, out) -> None:
        refuse_in_session(self._tool, wire.GROUP_TOOL)
        whole(body, "cleaned", 1, 1)
        check(self._tool.cleaned(), wire.GROUP_TOOL)
        out.map(0)


def handlers(server) -> dict:
    """{command: (handler of reads, handler of writes)}."""
    group = _CareGroup(server.tool)
    return {
        wire.TOOL_HEALTH: (group.health, group.note_care),
    }
