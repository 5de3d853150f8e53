"""Asks the tool why it refused something."""

from __future__ import annotations

from typing import Any

from gentlepress.errors import DeviceRefused, GentlepressError


class RefusedWithReasons(DeviceRefused):
    """The tool refused, and said why field by field."""


def explain(tool: Any, refused: DeviceRefused, next_step: str = "") -> DeviceRefused:
    """The refusal with the tool's own reasons.

    Args:
        tool: the connected tool.
        refused: what it answered.
        next_step: for the user, where the tool's reasons name none.
    """
    try:
        reasons = tool.refusals()
    except GentlepressError:
        reasons = []
    listed = "".join(f"\n  - {r.field} = {r.value}: {r.rule}; {r.next}" for r in reasons)
    if not listed:
        return refused
    return RefusedWithReasons(
        refused.message + listed, next_step or refused.next_step, refused.group, refused.code
    )
