"""Calibration step by step: zero, a first mass, a heavier second one, the empty tip again, a mass as verification.

The tool alone computes the slope, from its own readings; a desktop starts it and names the masses. Knows no chip: it
takes readings and the running time. Loaded only while it is needed (docs/calibration.md).
"""

from . import calibration_fit as fits
from . import calibration_reasons as why
from . import wire
from .stillness import MORE_NOISE, Stillness

ZERO, FIRST, SECOND, EMPTY, VERIFY = range(5)
STEPS = ("zero", "first", "second", "empty", "verify")
WITH_MASS = (FIRST, SECOND, VERIFY)
WAITING, MEASURING, DONE, REJECTED = range(4)
PHASES = ("waiting", "measuring", "done", "rejected")

CALM_MN = 20
"""A still block spreads less: three times what the converter's noise alone makes, well under a tare's 50 mN."""
CREEP_MN = 5
ZERO_FAR_MN = 5000
ZERO_MOVED_MN = 30
MEASURE_MS = 10_000
WAIT_MS = 120_000
SILENT_MS = 100
RAIL_SAMPLES = 12
STUCK_SAMPLES = 96
LEAST_RATE_PCT = 60
RAW_MAX = 0x7FFFFF
RAW_MIN = -0x800000


class Calibration:
    """One calibration.

    Args:
        nominal: counts per newton of the cell. rate_sps: samples a second. t_ms: running time.

    Attributes:
        step, phase, reason: where it stands (constants above; calibration_reasons). force_mn: by the nominal slope.
        counts_per_n, zero, residual, verify_error, zero_moved_mn, masses_mg: the result once `phase` is DONE.
    """

    def __init__(self, nominal: int, rate_sps: int, t_ms: int):
        self._nominal = nominal
        self._rate_sps = rate_sps
        self._still = Stillness(nominal, rate_sps)
        self.step = ZERO
        self.phase = WAITING
        self.reason = why.NONE
        self.zero = 0
        self.counts_per_n = self.residual = self.verify_error = self.zero_moved_mn = 0
        self.masses_mg = [0, 0, 0]
        self._loads = []
        self._mass_mg = 0
        self._since_ms = self._sample_ms = t_ms
        self._samples = self._rails = self._same = 0
        self._raw = RAW_MIN

    # asked by the desktop

    def ask(self, step: int, mass_mg: int, t_ms: int) -> int:
        """Measure a step now; wire.ERR_OK, or ERR_ORDER when another step is due. `reason` tells of a wrong mass."""
        if self.over() or step != self.step:
            return wire.ERR_ORDER
        if self.phase == MEASURING:
            return wire.ERR_OK
        self.reason = self._mass_problem(mass_mg) if step in WITH_MASS else why.NONE
        self._since_ms = t_ms
        if self.reason == why.NONE:
            self._mass_mg = mass_mg
            self.phase = MEASURING
            self._samples = 0
            self._still.restart()
        return wire.ERR_OK

    def _mass_problem(self, mass_mg: int) -> int:
        if not fits.in_range(mass_mg):
            return why.MASS_RANGE
        if self.step == SECOND and not fits.heavier(mass_mg, self.masses_mg[0]):
            return why.MASS_ORDER
        return why.NONE

    def stop(self, reason: int) -> None:
        """End it without a result."""
        if not self.over():
            self.fail(reason)

    def fail(self, reason: int) -> None:
        """Take a result back: it could not be kept."""
        self.reason = reason
        self.phase = REJECTED

    def over(self) -> bool:
        """Whether it has ended, one way or the other."""
        return self.phase == DONE or self.phase == REJECTED

    def progress_pct(self) -> int:
        """How much of the step's measurement is done."""
        return self._still.progress_pct(CALM_MN) if self.phase == MEASURING else 0

    def force_mn(self) -> int:
        """Force of the last half second above the zero, by the nominal slope."""
        return 0 if self._still.spread_mn == MORE_NOISE else self._still.mn(self._still.mean - self.zero)

    def spread_mn(self) -> int:
        """How much it moved in the last half second; -1 before there was one."""
        return -1 if self._still.spread_mn == MORE_NOISE else self._still.spread_mn

    # fed by the tool

    def take(self, raw: int, t_ms: int) -> None:
        """Take a reading, counts, at a running time."""
        if self.over():
            return
        self._sample_ms = t_ms
        self._samples += 1
        self._same = self._same + 1 if raw == self._raw else 0
        self._raw = raw
        self._rails = self._rails + 1 if raw >= RAW_MAX or raw <= RAW_MIN else 0
        if self._rails >= RAIL_SAMPLES or self._same >= STUCK_SAMPLES:
            self.stop(why.SENSOR_FAULT)
        elif self._still.add(raw) and self.phase == MEASURING:
            mean = self._still.settled(CALM_MN, CREEP_MN)
            if mean is not None:
                self._measured(mean, t_ms)

    def tick(self, t_ms: int) -> None:
        """Let time pass: silence of the sensor, and what took too long."""
        if self.over():
            return
        waited_ms = t_ms - self._since_ms
        if t_ms - self._sample_ms > SILENT_MS:
            self.stop(why.SENSOR_FAULT)
        elif self.phase == WAITING and waited_ms > WAIT_MS:
            self.stop(why.TIMED_OUT)
        elif self.phase == MEASURING and waited_ms > MEASURE_MS:
            self._too_late(t_ms)

    def _too_late(self, t_ms: int) -> None:
        if 100_000 * self._samples < LEAST_RATE_PCT * self._rate_sps * MEASURE_MS:
            self.stop(why.TOO_FEW_SAMPLES)
        elif self._still.progress_pct(CALM_MN) == 100:
            self._again(why.DRIFTING, t_ms)
        else:
            self._again(why.LOAD_UNSTABLE if self.step in WITH_MASS else why.ZERO_UNSTABLE, t_ms)

    def _again(self, reason: int, t_ms: int) -> None:
        """Wait for the same step once more."""
        self.phase = WAITING
        self.reason = reason
        self._since_ms = t_ms

    def _measured(self, mean: int, t_ms: int) -> None:
        reason = (self._zero, self._first, self._second, self._empty, self._verify)[self.step](mean)
        if reason in why.SAME_STEP:
            self._again(reason, t_ms)
        elif reason:
            self.stop(reason)
        elif self.step == VERIFY:
            self.phase = DONE
        else:
            self.step += 1
            self._again(why.NONE, t_ms)

    # what each step measured

    def _zero(self, mean: int) -> int:
        if abs(self._still.mn(mean)) > ZERO_FAR_MN:
            return why.ZERO_FAR
        self.zero = mean
        return why.NONE

    def _load(self, counts: int) -> int:
        return fits.load_missing(counts, self._mass_mg, self._nominal)

    def _first(self, mean: int) -> int:
        counts = mean - self.zero
        reason = self._load(counts)
        if reason == why.NONE:
            self._loads = [(counts, fits.weight_un(self._mass_mg))]
            self.masses_mg[0] = self._mass_mg
        return reason

    def _second(self, mean: int) -> int:
        counts = mean - self.zero
        reason = self._load(counts)
        if reason:
            return reason
        if fits.unchanged(counts, self._loads[0][0]):
            return why.SAME_LOAD
        self._loads.append((counts, fits.weight_un(self._mass_mg)))
        self.masses_mg[1] = self._mass_mg
        reason, self.counts_per_n, self.residual = fits.judge(self._loads, self._nominal)
        return reason

    def _empty(self, mean: int) -> int:
        moved_mn = self._still.mn(mean - self.zero)
        if 3 * (mean - self.zero) > self._loads[0][0]:
            return why.STILL_LOADED
        self.zero_moved_mn = moved_mn
        if abs(moved_mn) > ZERO_MOVED_MN:
            return why.ZERO_MOVED
        self.zero = mean
        return why.NONE

    def _verify(self, mean: int) -> int:
        counts = mean - self.zero
        reason = self._load(counts)
        if reason:
            return reason
        self.masses_mg[2] = self._mass_mg
        self.verify_error = fits.verification_error(counts, self._mass_mg, self.counts_per_n)
        return why.NONE if fits.verified(counts, self._mass_mg, self.counts_per_n) else why.VERIFICATION_OFF
