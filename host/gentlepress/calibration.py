"""Calibration as the desktop sees it: asking for steps, and reading how they went and what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gentlepress.errors import CalibrationRejected, ProtocolError
from gentlepress.firmware.core import calibration, calibration_fit, calibration_reasons, ids, wire
from gentlepress.firmware.core import calibration_record as layout
from gentlepress.reply_fields import Fields, name_of
from gentlepress.smp.session import Request, Session
from gentlepress.transfer import checked

STEPS = calibration.STEPS
MASS_STEPS = tuple(STEPS[number] for number in calibration.WITH_MASS)
MASS_MIN_G, MASS_MAX_G = calibration_fit.MASS_MIN_MG / 1000, calibration_fit.MASS_MAX_MG / 1000
CALM_N = calibration.CALM_MN / 1000
_REASONS = {name: (found, what_to_do) for name, found, what_to_do in calibration_reasons.TABLE.values()}
_SAME_STEP = {calibration_reasons.name_of(number) for number in calibration_reasons.SAME_STEP}


@dataclass(frozen=True)
class Progress:
    """Where a calibration stands; force above the zero and its spread in N, the spread None before the first."""

    phase: str
    step: str
    reason: str
    progress_pct: int
    force_n: float
    spread_n: float | None

    @property
    def calm(self) -> bool:
        """Whether the last half second was calm enough to measure."""
        return self.spread_n is not None and self.spread_n < CALM_N

    @property
    def same_step(self) -> bool:
        """Whether only the step must be repeated."""
        return self.phase == "waiting" and self.reason in _SAME_STEP


@dataclass(frozen=True)
class Record:
    """One calibration that the tool keeps. Masses in g, shares in percent; `made_at` is None with its clock not set."""

    number: int
    made_at: datetime | None
    time_quality: str
    boot: int
    counts_per_n: int
    nominal_counts_per_n: int
    zero_counts: int
    masses_g: tuple[float, float, float]
    residual_pct: float
    verify_error_pct: float
    zero_moved_n: float
    sensor: str

    @property
    def by_factory(self) -> bool:
        """Whether it came with the tool."""
        return not any(self.masses_g)

    @property
    def from_nominal_pct(self) -> float:
        """The slope against the nominal one."""
        return 100 * (self.counts_per_n / self.nominal_counts_per_n - 1)

    def slope_drift_pct(self, first: Record) -> float:
        """The slope against that of another record."""
        return 100 * (self.counts_per_n / first.counts_per_n - 1)

    def zero_drift_n(self, first: Record) -> float:
        """The zero against that of another record."""
        return (self.zero_counts - first.zero_counts) / self.counts_per_n


@dataclass(frozen=True)
class Kept:
    """What the tool keeps: why no calibration holds (else "none"), and records: the first ever and the last ones."""

    fault: str
    nominal: int
    records: tuple[Record, ...]


class CalibrationDesk:
    """Calibration of one tool.

    Args:
        session: the conversation with it.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def begin(self) -> None:
        """Begin; raises ToolBusy in contact, in a session, or while one is under way."""
        self._ask("to calibrate", {"step": wire.CALIBRATE_BEGIN})

    def measure(self, step: str, mass_g: float = 0.0) -> None:
        """Have a step measured; `progress` then tells how it goes.

        Args:
            step: one of STEPS.
            mass_g: what lies on the tip.
        """
        body = {"step": step, "mass_mg": round(mass_g * 1000)}
        self._ask(f"the calibration step {step}", body)

    def cancel(self) -> None:
        """End it; nothing is changed then."""
        self._ask("to cancel the calibration", {"step": wire.CALIBRATE_CANCEL})

    def _ask(self, what: str, body: dict[str, Any]) -> None:
        request = Request(wire.OP_WRITE, wire.GROUP_TOOL, wire.TOOL_CALIBRATE, body)
        checked(self._session.request(request), what)

    def progress(self) -> Progress:
        """Where it stands."""
        request = Request(wire.OP_READ, wire.GROUP_TOOL, wire.TOOL_CALIBRATE, {})
        return read_progress(checked(self._session.request(request), "the calibration's state"))

    def kept(self) -> Kept:
        """What holds, and the history; raises ToolBusy in contact."""
        request = Request(wire.OP_READ, wire.GROUP_TOOL, wire.TOOL_CALIBRATION, {})
        return read_kept(checked(self._session.request(request), "its calibration"))


def read_progress(body: Mapping[str, Any]) -> Progress:
    """Check and take over the answer to a read of `calibrate`."""
    fields = Fields("calibrate", body)
    spread_mn = fields.integer("spread_mn", -1, 10**6)
    return Progress(
        fields.text("phase", 12),
        fields.text("step", 12),
        fields.text("reason", 24),
        fields.integer("progress_pct", 0, 100),
        fields.integer("force_mn", -(10**6), 10**6) / 1000,
        None if spread_mn < 0 else spread_mn / 1000,
    )


def read_kept(body: Mapping[str, Any]) -> Kept:
    """Check and take over the answer to `calibration`."""
    fields = Fields("calibration", body)
    records = tuple(_record(item) for item in fields.items("records"))
    return Kept(fields.text("fault", 24), fields.integer("nominal", 1), records)


def _record(data: object) -> Record:
    if not isinstance(data, bytes) or len(data) < layout.SIZE:
        raise ProtocolError("The tool sent a calibration that is none.", "Update tool and program.")
    values = layout.unpack(data)
    unix_s = values["unix_s"]
    return Record(
        values["number"],
        datetime.fromtimestamp(unix_s, UTC) if unix_s else None,
        name_of(ids.TIME_QUALITY_NAMES, values["time_quality"]),
        values["boot"],
        max(1, values["counts_per_n"]),
        max(1, values["nominal_counts_per_n"]),
        values["zero_counts"],
        (values["first_mg"] / 1000, values["second_mg"] / 1000, values["verify_mg"] / 1000),
        values["residual"] / 100,
        values["verify_error"] / 100,
        values["zero_moved_mn"] / 1000,
        name_of(ids.SENSOR_NAMES, values["sensor"]),
    )


def explain(reason: str) -> tuple[str, str]:
    """What was found and what to do, for a reason's name; one that this program does not know is told as it is."""
    return _REASONS.get(
        reason, (f"the tool says {reason}", "update this program; it does not know this reason")
    )


def rejected(reason: str) -> CalibrationRejected:
    """The error for a calibration that was rejected."""
    found, what_to_do = explain(reason)
    old = "What held before still holds."
    message = f"The tool rejected the calibration ({reason}): {found}. {old}"
    return CalibrationRejected(message, what_to_do[0].upper() + what_to_do[1:] + ".", reason)
