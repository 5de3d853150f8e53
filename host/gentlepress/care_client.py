"""The part of the tool's client that serves health: the tool's, and its user's."""

from __future__ import annotations

from typing import Any

from gentlepress.firmware.core import wire
from gentlepress.tool_health import (
    Health,
    SelfTest,
    SymptomLock,
    read_health,
    read_self_test,
    read_symptom,
)


class CareClient:
    """Commands of the wire for health, self-test, cleaning and warning signs; the rest is `client.ToolClient`."""

    def health(self) -> Health:
        """How the tool is.

        Raises:
            ToolBusy: in contact or in a session.
        """
        return read_health(self._read("how it is", wire.GROUP_TOOL, wire.TOOL_HEALTH))

    def note_cleaned(self) -> None:
        """Tell the tool that its tip was cleaned. Raises ToolBusy."""
        self._write("to count a cleaning", wire.GROUP_TOOL, wire.TOOL_HEALTH, {"cleaned": 1})

    def begin_self_test(self) -> None:
        """Let the tool test itself; ask `self_test` until it no longer runs. Raises ToolBusy."""
        self._write("to test itself", wire.GROUP_TOOL, wire.TOOL_SELF_TEST)

    def self_test(self) -> SelfTest:
        """The self-test that runs, or the last one."""
        return read_self_test(self._read("its self-test", wire.GROUP_TOOL, wire.TOOL_SELF_TEST))

    def report_symptom(self, symptom: int) -> SymptomLock:
        """Lock the tool's sessions after a warning sign.

        Args:
            symptom: ids.SYMPTOM_*.
        """
        body = self._write("a warning sign", wire.GROUP_TOOL, wire.TOOL_SYMPTOM, {"symptom": symptom})
        return read_symptom(body)

    def symptom(self) -> SymptomLock:
        """The lock after a warning sign."""
        return read_symptom(self._read("its lock", wire.GROUP_TOOL, wire.TOOL_SYMPTOM))

    def _read(
        self, what: str, group: int, command: int, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        raise NotImplementedError

    def _write(
        self, what: str, group: int, command: int, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        raise NotImplementedError
