"""Reads a force trace (CSV `t_s,force_n`) that presses the simulated tool.

Lines that begin with `#` are remarks. Times are seconds from any start and must rise; forces are newtons.
Rows are named by their line in the file, as an editor counts them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from gentlepress.errors import TraceInvalid
from gentlepress.firmware.core.routine import show

HEADER = "t_s,force_n"
FILE_MAX_BYTES = 10 * 1000 * 1000
ROWS_MAX = 100_000
GAP_MAX_S = 1.0
FORCE_MIN_N = -1.0
FORCE_MAX_N = 60.0
TIME_MAX_S = 1e10


class PressFileError(TraceInvalid):
    """A force trace breaks a rule.

    Attributes:
        source: the file.
        row: line of the file, or None where the whole file is meant.
        value: what stands there, shortened.
        rule: the rule it breaks.
    """

    def __init__(self, source: str, row: int | None, value: str, rule: str, next_step: str) -> None:
        where = f"{source}, row {row}" if row is not None else source
        super().__init__(f"{where}: {value}: {rule}.", next_step)
        self.source = source
        self.row = row
        self.value = value
        self.rule = rule


@dataclass(frozen=True)
class Press:
    """A force trace as the simulator takes it.

    Attributes:
        source: the file it came from.
        samples: (t_us, force_mn), time from 0 and rising.
    """

    source: str
    samples: tuple[tuple[int, int], ...]

    @property
    def duration_s(self) -> float:
        """Time from the first to the last row."""
        return self.samples[-1][0] / 1e6

    @property
    def peak_n(self) -> float:
        """The highest force."""
        return max(force for _t, force in self.samples) / 1000


def read(path: Path) -> Press:
    """Read a trace.

    Args:
        path: the CSV file.

    Raises:
        PressFileError: the file can't be read or breaks a rule.
    """
    try:
        if path.exists() and not path.is_file():
            raise PressFileError(str(path), None, "not a file", "a trace is a CSV file", "Name a file.")
        with path.open("rb") as handle:
            raw = handle.read(FILE_MAX_BYTES + 1)
    except OSError as failed:
        reason = failed.strerror or str(failed)
        rule = "a trace is a readable CSV file"
        raise PressFileError(str(path), None, reason, rule, "Check the name after --press.") from failed
    return parse(raw, str(path))


def shipped(name: str = "evening") -> Press:
    """Read a trace that comes with the program.

    Args:
        name: its name without `.csv`.
    """
    file = resources.files("gentlepress") / "presses" / f"{name}.csv"
    return parse(file.read_bytes(), f"{name}.csv")


def parse(raw: bytes, source: str) -> Press:
    """Turn the bytes of a CSV file into a Press.

    Args:
        raw: the file's bytes.
        source: what to call it in errors.

    Raises:
        PressFileError: a rule is broken.
    """
    lines = _lines(_text(raw, source))
    if not lines:
        raise PressFileError(source, None, "it is empty", f"the first row is {HEADER}", _WRITE_HEADER)
    row, header = lines[0]
    if header.replace(" ", "").lower() != HEADER:
        raise PressFileError(
            source, row, repr(show(header)), f"the first row must be {HEADER}", _WRITE_HEADER
        )
    return Press(source, _samples(lines[1:], source))


_WRITE_HEADER = f"Write {HEADER} as the first row, then one row a sample, for example 0.010,1.25"


def _text(raw: bytes, source: str) -> str:
    if len(raw) > FILE_MAX_BYTES:
        value = f"more than {FILE_MAX_BYTES // 1_000_000} MB"
        rule = f"a trace has at most {FILE_MAX_BYTES} bytes"
        raise PressFileError(source, None, value, rule, "Cut it to the part you need.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        row = raw[: wrong.start].count(b"\n") + 1
        value = f"byte 0x{raw[wrong.start]:02x}"
        raise PressFileError(source, row, value, "a trace is UTF-8 text", "Save it as UTF-8.") from wrong


def _lines(text: str) -> list[tuple[int, str]]:
    """(line number, text) of every line that is neither empty nor a remark."""
    numbered = ((row, line.strip()) for row, line in enumerate(text.split("\n"), 1))
    return [(row, line) for row, line in numbered if line and not line.startswith("#")]


def _samples(lines: list[tuple[int, str]], source: str) -> tuple[tuple[int, int], ...]:
    if len(lines) < 2:
        value = "1 row" if lines else "no row"
        raise PressFileError(source, None, value, "a trace has at least two rows of data", "Record it again.")
    if len(lines) > ROWS_MAX:
        rule = f"a trace has at most {ROWS_MAX} rows of data"
        raise PressFileError(
            source, None, f"{len(lines)} rows", rule, "Take fewer samples a second, or cut it."
        )
    samples: list[tuple[int, int]] = []
    first_s = before_s = 0.0
    for row, line in lines:
        t_s, force_n = _row(row, line, source)
        if samples:
            _check_step(row, before_s, t_s, source)
        else:
            first_s = t_s
        before_s = t_s
        samples.append((round((t_s - first_s) * 1e6), round(force_n * 1000)))
    return tuple(samples)


def _row(row: int, line: str, source: str) -> tuple[float, float]:
    parts = line.split(",")
    if len(parts) != 2:
        value = repr(show(line))
        raise PressFileError(
            source, row, value, "a row is a time and a force: two numbers", "Correct the row."
        )
    t_s = _number(row, parts[0], "t_s", source)
    force_n = _number(row, parts[1], "force_n", source)
    if abs(t_s) > TIME_MAX_S:
        rule = f"a time is at most {TIME_MAX_S:.0e} s"
        raise PressFileError(source, row, f"t_s {t_s:g}", rule, "Write seconds, not milliseconds.")
    if not FORCE_MIN_N <= force_n <= FORCE_MAX_N:
        rule = f"a force is from {FORCE_MIN_N:g} to {FORCE_MAX_N:g} N"
        raise PressFileError(
            source,
            row,
            f"force_n {force_n:g}",
            rule,
            "Write newtons; pressing is positive; remove the zero offset.",
        )
    return t_s, force_n


def _number(row: int, text: str, name: str, source: str) -> float:
    try:
        value = float(text) if "_" not in text else None
    except ValueError:
        value = None
    if value is None:
        raise PressFileError(source, row, f"{name} {show(text)!r}", "it must be a number", "Correct the row.")
    if not math.isfinite(value):
        rule = "it must be a finite number"
        raise PressFileError(source, row, f"{name} {show(text)!r}", rule, "Remove the row, or fill it in.")
    return value


def _check_step(row: int, before_s: float, t_s: float, source: str) -> None:
    if round(t_s * 1e6) <= round(before_s * 1e6):
        value = f"t_s {t_s:g} after {before_s:g}"
        raise PressFileError(source, row, value, "time must rise from row to row", "Sort the rows by time.")
    if t_s - before_s > GAP_MAX_S:
        value = f"a gap of {t_s - before_s:.3f} s before t_s {t_s:g}"
        rule = f"rows are at most {GAP_MAX_S:g} s apart"
        raise PressFileError(source, row, value, rule, "Cut the trace at the gap, or record it again.")
