"""Routines as TOML files: read, checked with every refusal explained, and turned into the tool's JSON.

The check itself is the tool's own (`firmware/core/routine.py`); here come the file's size, its text and its
line numbers. What the fields mean: docs/routines.md.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from gentlepress.errors import UsageError
from gentlepress.firmware.core import ids, limits, routine, wire
from gentlepress.routine_refusal import Refusal, RoutineRefused, refuse, with_line

FILE_MAX_BYTES = 64 * 1024
LIFT_MS = limits.LIFT_MIN_MS
RAMP_MS = 1000
_TOML_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_WHOLE_MAX = 2**63


@dataclass(frozen=True)
class CheckedRoutine:
    """A routine that passed the check.

    Attributes:
        source: file or name it came from.
        data: the fields as written.
        routine: the tool's own view of it.
    """

    source: str
    data: dict[str, Any]
    routine: Any

    @property
    def about(self) -> str:
        """The text for people; empty when there is none."""
        return str(self.data.get("about", ""))

    @property
    def estimated_ms(self) -> int:
        """How long it takes when every press goes well: ramp, hold and lift of each press."""
        return sum(step.presses * (RAMP_MS + step.hold_ms + LIFT_MS) for step in self.routine.steps)

    def to_json(self) -> bytes:
        """What the tool is sent: UTF-8 JSON of at most `wire.ROUTINE_MAX_BYTES`."""
        return _to_json(self.data)


def load(path: Path) -> CheckedRoutine:
    """Read and check a TOML file.

    Args:
        path: the file.

    Raises:
        RoutineRefused: it can't be read as TOML, or breaks a rule; every reason is listed.
    """
    return check_text(_read(path), str(path))


def check_text(raw: bytes, source: str) -> CheckedRoutine:
    """Check the text of a TOML file.

    Args:
        raw: the file's bytes.
        source: what to call it in errors.

    Raises:
        RoutineRefused: it is not TOML, or breaks a rule; every reason is listed.
    """
    if len(raw) > FILE_MAX_BYTES:
        raise refuse(
            source,
            "file",
            f"more than {FILE_MAX_BYTES} bytes",
            f"a routine has at most {FILE_MAX_BYTES} bytes",
            "shorten it",
        )
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as wrong:
        line = raw[: wrong.start].count(b"\n") + 1
        value = f"byte 0x{raw[wrong.start]:02x}"
        raise refuse(source, "file", value, "a routine is UTF-8 text", "save it as UTF-8", line) from wrong
    return check_data(_parse(text, source), source, text)


def check_data(data: dict[str, Any], source: str, text: str = "") -> CheckedRoutine:
    """Check the fields of a routine.

    Args:
        data: the fields, from TOML or from the tool's JSON.
        source: what to call it in errors.
        text: the TOML text, for line numbers.

    Raises:
        RoutineRefused: it breaks a rule; every reason is listed.
    """
    oversize = list(_oversize(data, ""))
    if oversize:
        raise RoutineRefused(source, [with_line(refusal, text) for refusal in oversize])
    checked, problems = routine.check(data)
    if problems:
        found = [Refusal(p.field, p.value, p.rule, p.next_step) for p in problems]
        raise RoutineRefused(source, [with_line(refusal, text) for refusal in found])
    size = len(_to_json(data))
    if size > wire.ROUTINE_MAX_BYTES:
        rule = f"the tool holds at most {wire.ROUTINE_MAX_BYTES} bytes"
        raise refuse(source, "routine", f"{size} bytes", rule, "leave out steps, or shorten the texts")
    return CheckedRoutine(source, data, checked)


def from_tool(raw: bytes) -> CheckedRoutine:
    """Check what the tool gave as its routine.

    Args:
        raw: JSON from the tool.

    Raises:
        RoutineRefused: it is not JSON, or breaks a rule of this version.
    """
    try:
        data = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as wrong:
        raise refuse(
            "the tool's routine", "text", "", f"it is not JSON ({wrong})", "push it again"
        ) from wrong
    return check_data(data, "the tool's routine")


def to_toml(data: dict[str, Any]) -> str:
    """The TOML text of a checked routine.

    Args:
        data: its fields.
    """
    head = [f"{key} = {_toml_value(data[key])}" for key in routine.TOP_KEYS if key in data and key != "steps"]
    blocks = ["\n".join(head)]
    for step in data["steps"]:
        lines = [f"{key} = {_toml_value(step[key])}" for key in routine.STEP_KEYS if key in step]
        blocks.append("\n".join(["[[steps]]", *lines]))
    return "\n\n".join(blocks) + "\n"


def shipped_names() -> list[str]:
    """Names of the routines that come with the program."""
    return sorted(
        item.name.removesuffix(".toml") for item in _shipped().iterdir() if item.name.endswith(".toml")
    )


def load_shipped(name: str) -> CheckedRoutine:
    """Read and check a routine that comes with the program.

    Args:
        name: one of `shipped_names`.

    Raises:
        UsageError: there is none of that name.
    """
    if name not in shipped_names():
        raise UsageError(
            f"There is no file and no shipped routine called {routine.show(name)!r}.",
            "Shipped routines: " + ", ".join(shipped_names()) + ".",
        )
    return check_text((_shipped() / f"{name}.toml").read_bytes(), name)


def load_any(given: str) -> CheckedRoutine:
    """Read a routine from a file, or by the name of a shipped one.

    Args:
        given: a path or a name.

    Raises:
        UsageError: neither a file nor a shipped routine.
        RoutineRefused: the file breaks a rule.
    """
    path = Path(given)
    if given in shipped_names() and not path.exists():
        return load_shipped(given)
    if path.exists() or path.suffix == ".toml" or len(path.parts) > 1:
        return load(path)
    return load_shipped(given)


def step_words(step: Any) -> str:
    """A step in words, "cheeks, left, SI18".

    Args:
        step: a step of a checked routine.
    """
    from gentlepress.firmware.core import points  # noqa: PLC0415

    words = [ids.ZONE_NAMES.get(step.zone, str(step.zone)).replace("_", " ")]
    words.append(ids.SIDE_NAMES.get(step.side, str(step.side)))
    code = points.POINTS.get(step.point, ("",))[0]
    return ", ".join([*words, code] if code else words)


def _shipped() -> Any:
    return resources.files("gentlepress") / "routines"


def _read(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise refuse(str(path), "file", "not a file", "a routine is a TOML file", "name a file")
        with path.open("rb") as handle:
            return handle.read(FILE_MAX_BYTES + 1)
    except OSError as failed:
        reason = failed.strerror or str(failed)
        raise refuse(str(path), "file", reason, "it must be a readable file", "check its name") from failed


def _parse(text: str, source: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        said = str(wrong)
        found = _TOML_LINE.search(said)
        line = int(found.group(1)) if found else None
        value = text.splitlines()[line - 1] if line and line <= len(text.splitlines()) else "end of file"
        rule = f"it is not TOML: {_TOML_LINE.sub('', said).strip().lower()}"
        raise refuse(source, "text", value, rule, "correct this line", line) from wrong
    except (ValueError, RecursionError) as wrong:
        rule = "numbers have at most 64 bits and tables are not nested so deep"
        raise refuse(source, "text", "", rule, "write plain fields as in docs/routines.md") from wrong


def _oversize(value: Any, path: str) -> list[Refusal]:
    """Whole numbers past TOML's 64 bits, which some parsers let through."""
    if isinstance(value, dict):
        return [
            r for key, item in value.items() for r in _oversize(item, f"{path}.{key}" if path else str(key))
        ]
    if isinstance(value, list):
        return [r for at, item in enumerate(value, 1) for r in _oversize(item, f"{path}[{at}]")]
    if isinstance(value, int) and not -_WHOLE_MAX <= value < _WHOLE_MAX:
        shown = f"a number of {value.bit_length()} bits"
        return [
            Refusal(routine.show(path), shown, "whole numbers have at most 64 bits", "write a smaller number")
        ]
    return []


def _to_json(data: dict[str, Any]) -> bytes:
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def _toml_value(value: Any) -> str:
    return (
        str(value)
        if isinstance(value, int)
        else json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    )
