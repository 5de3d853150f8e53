"""Why a routine is refused: every reason with field, value, rule and next step, and its line in the file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gentlepress.errors import RoutineInvalid
from gentlepress.firmware.core import routine

_STEP_FIELD = re.compile(r"steps\[(\d+)\]\.?(.*)")


@dataclass(frozen=True)
class Refusal:
    """One reason to refuse a routine.

    Attributes:
        field: path of the field, `steps[2].point`.
        value: what it holds, shortened.
        rule: the rule it breaks.
        next_step: what to write instead.
        line: line of the file it stands in, or None where it is not known.
    """

    field: str
    value: str
    rule: str
    next_step: str
    line: int | None = None

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        return f"{where}{self.field} = {self.value}: {self.rule}; {self.next_step}"


class RoutineRefused(RoutineInvalid):
    """A routine breaks at least one rule.

    Attributes:
        refusals: every reason, as Refusal.
    """

    def __init__(self, source: str, refusals: Sequence[Refusal]) -> None:
        listed = "".join(f"\n  - {refusal}" for refusal in refusals)
        count = "1 problem" if len(refusals) == 1 else f"{len(refusals)} problems"
        super().__init__(
            f"{source} is not a routine the tool accepts ({count}):{listed}",
            "Correct the fields named above and check it again: gentlepress routine check FILE",
        )
        self.refusals = list(refusals)


def refuse(
    source: str, field: str, value: str, rule: str, next_step: str, line: int | None = None
) -> RoutineRefused:
    """The error for one reason.

    Args:
        source: the file.
        field: path of the field.
        value: what it holds.
        rule: the rule it breaks.
        next_step: what to write instead.
        line: line of the file, or None.
    """
    return RoutineRefused(source, [Refusal(field, routine.show(value), rule, next_step, line)])


def with_line(refusal: Refusal, text: str) -> Refusal:
    """The same reason with the line that its field stands in.

    Args:
        refusal: the reason.
        text: the TOML text; empty where there is none.
    """
    return Refusal(
        refusal.field, refusal.value, refusal.rule, refusal.next_step, _line_of(refusal.field, text)
    )


def _line_of(field: str, text: str) -> int | None:
    """Line of a field in the usual layout ([[steps]] tables); None where it can't be told."""
    found = _STEP_FIELD.fullmatch(field)
    wanted_step, key = (int(found.group(1)), found.group(2)) if found else (0, field)
    step, table_line = 0, None
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped.startswith("[[steps]]"):
            step += 1
            table_line = number if step == wanted_step else table_line
        elif step == wanted_step and key and re.match(rf'"?{re.escape(key)}"?\s*=', stripped):
            return number
    return table_line
