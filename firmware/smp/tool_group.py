"""SMP group 65, the tool's own: hello, sessions, acknowledgement, state, samples, tare, refusals, calibration."""

from core import ids, wire

from . import frames
from .cbor import CborError
from .errors import check, refuse_in_contact, text, whole

SESSIONS_MOST = 32
_SESSION_BYTES = 64  # more than one takes in a list
_ID_MAX = 0xFFFFFFFF
_HOST_MAX = 64
_STEP_MAX = 16
_REFUSALS_MOST = 23  # an array's head of one byte
_ARRAY_HEAD = 0x80


class _ToolGroup:
    def __init__(self, server):
        self._server = server
        self._tool = server.tool

    def hello(self, _body: dict, out) -> None:
        hello = self._tool.hello()
        hello["buf"] = self._server.buf_size
        hello["window"] = self._server.window
        hello["line"] = frames.LINE_MAX
        out.value(hello)

    def sessions(self, body: dict, out) -> None:
        refuse_in_contact(self._tool, wire.GROUP_TOOL)
        after = whole(body, "after", 0, _ID_MAX, 0)
        most = whole(body, "most", 1, _ID_MAX, SESSIONS_MOST)
        fit = self._server.buf_size // _SESSION_BYTES
        listed, more = self._tool.sessions(after, min(most, SESSIONS_MOST, fit))
        out.map(2)
        out.pair("sessions", listed)
        out.pair("more", bool(more))

    def acknowledge(self, body: dict, out) -> None:
        refuse_in_contact(self._tool, wire.GROUP_TOOL)
        session_id = whole(body, "id", 1, _ID_MAX)
        crc = whole(body, "crc", 0, _ID_MAX)
        host = text(body, "host", _HOST_MAX)
        check(self._tool.acknowledge(session_id, crc, host), wire.GROUP_TOOL)
        out.map(0)

    def state(self, _body: dict, out) -> None:
        self._tool.tell_state(out)

    def samples(self, body: dict, out) -> None:
        self._tool.tell_samples(out, whole(body, "since", 0, _ID_MAX, 0))

    def tare(self, _body: dict, out) -> None:
        refuse_in_contact(self._tool, wire.GROUP_TOOL)
        code, zero_mn = self._tool.tare()
        check(code, wire.GROUP_TOOL)
        out.map(1)
        out.pair("zero_mn", zero_mn)

    def calibrate(self, body: dict, out) -> None:
        """No slope comes over the wire: a step to measure, and the mass that lies on the tip."""
        refuse_in_contact(self._tool, wire.GROUP_TOOL)
        step = text(body, "step", _STEP_MAX)
        mass_mg = whole(body, "mass_mg", 0, _ID_MAX, 0)
        check(self._tool.calibrate(step, mass_mg), wire.GROUP_TOOL)
        out.map(0)

    def calibration_status(self, _body: dict, out) -> None:
        refuse_in_contact(self._tool, wire.GROUP_TOOL)
        out.value(self._tool.calibration_status())

    def calibration(self, _body: dict, out) -> None:
        refuse_in_contact(self._tool, wire.GROUP_TOOL)
        out.value(self._tool.calibration())

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

    def refusals(self, _body: dict, out) -> None:
        out.map(1)
        out.text("refusals")
        head = out.at
        out.array(0)
        count = 0
        for refusal in self._tool.refusals()[:_REFUSALS_MOST]:
            start = out.at
            try:
                out.value(refusal)
            except CborError:
                out.at = start
                break
            count += 1
        out.buf[head] = _ARRAY_HEAD + count


def handlers(server) -> dict:
    """{command: (handler of reads, handler of writes)}."""
    group = _ToolGroup(server)
    return {
        wire.TOOL_HELLO: (group.hello, None),
        wire.TOOL_SESSIONS: (group.sessions, None),
        wire.TOOL_ACKNOWLEDGE: (None, group.acknowledge),
        wire.TOOL_STATE: (group.state, None),
        wire.TOOL_SAMPLES: (group.samples, None),
        wire.TOOL_TARE: (None, group.tare),
        wire.TOOL_REFUSAL: (group.refusals, None),
        wire.TOOL_CALIBRATE: (group.calibration_status, group.calibrate),
        wire.TOOL_CALIBRATION: (group.calibration, None),
        wire.TOOL_SELF_TEST: (group.self_test, group.begin_self_test),
        wire.TOOL_SYMPTOM: (group.symptom, group.report_symptom),
    }
