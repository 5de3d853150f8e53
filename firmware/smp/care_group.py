"""Of SMP group 65 what serves the tool's and the user's health: health, self-test, warning signs."""

from core import ids, wire

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

    def self_test(self, _body: dict, out) -> None:
        out.value(self._tool.self_test())

    def begin_self_test(self, _body: dict, out) -> None:
        check(self._tool.begin_self_test(), wire.GROUP_TOOL)
        out.map(0)

    def symptom(self, _body: dict, out) -> None:
        out.value(self._tool.symptom())

    def report_symptom(self, body: dict, out) -> None:
        self._tool.report_symptom(whole(body, "symptom", 1, max(ids.SYMPTOM_NAMES)))
        out.value(self._tool.symptom())


def handlers(tool) -> dict:
    """{command: (handler of reads, handler of writes)}."""
    group = _CareGroup(tool)
    return {
        wire.TOOL_HEALTH: (group.health, group.note_care),
        wire.TOOL_SELF_TEST: (group.self_test, group.begin_self_test),
        wire.TOOL_SYMPTOM: (group.symptom, group.report_symptom),
    }
