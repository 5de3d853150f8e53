"""Somebody at the calibration jig: reads which step is due and puts masses on the tip, rightly or wrongly."""

import math

STANDARD_GRAVITY = 9.80665  # m/s2, CGPM 1901

KINDS = {
    "right": {},
    "wrong_mass": {"second": 170},
    "swapped": {"first": 200, "second": 100},
    "shaky": {"shake_mn": 60},
    "tilted": {"tilt_deg": (0, 4, 14, 8, 10)},
    "leaning": {"tilt_deg": (12, 12, 12, 12, 12)},
    "wrong_cell": {"cell_permille": 500},
    "stiff_cell": {"cell_permille": 1100},
    "creeping": {"creep_mn_s": 12},
    "forgotten": {"first": 0},
    "not_changed": {"second": 100},
    "not_removed": {"empty": 100},
    "zero_loaded": {"zero": 200, "first": 0},
    "stuck_stem": {"stuck_mn": 45},
    "other_verification": {"verify": 110},
}
"""By name: grams on the tip in a step, where they are not as named (zero 0, first 100, second 200, empty 0, verify
100); and how the jig stands: `tilt_deg` in each step, `shake_mn` of a hand that holds on, `creep_mn_s` of a warm cell,
`stuck_mn` that the stem holds back, `cell_permille` of the nominal slope."""

_GRAMS = {"zero": 0, "first": 100, "second": 200, "empty": 0, "verify": 100}
_STEPS = ("zero", "first", "second", "empty", "verify")


class Jig:
    """`force_mn(t_us, vibration, light)` as sim.hand.Hand, following the tool's calibration.

    Args:
        kind: a name of KINDS, or such a dictionary. values: what `parameters.values` gives.
    """

    def __init__(self, kind, values: dict):
        how = KINDS[kind] if isinstance(kind, str) else kind
        self.cell_permille = how.get("cell_permille", 1000)
        self.tilt_permille = 1000  # tip up
        self._grams = {step: how.get(step, _GRAMS[step]) for step in _STEPS}
        self._tilt = how.get("tilt_deg", (0, 0, 0, 0, 0))
        self._shake_mn = how.get("shake_mn", 0)
        self._creep = how.get("creep_mn_s", 0)
        self._stuck_mn = how.get("stuck_mn", 0)
        self._friction = values["jig.friction_permille"] / 1000
        self._delay_us = values["jig.delay_ms"] * 1000
        self._ramp_us = values["jig.ramp_ms"] * 1000
        self._turn = 2 * math.pi * values["hand.tremor_mhz"] / 1000 / 1000000
        self._step = None
        self._since_us = 0
        self._from_mn = self._to_mn = 0
        self._now_mn = 0

    def read(self, status: dict, t_us: int) -> None:
        """See what the tool's calibration asks for (core.calibrator.Calibrator.status)."""
        step = status["step"] if status["phase"] in ("waiting", "measuring") else None
        if step == self._step:
            return
        self._step = step
        self._since_us = t_us
        self._from_mn = self._now_mn
        self._to_mn = self._weight_mn(step) if step else 0

    def _weight_mn(self, step: str) -> int:
        """What of a mass comes down the stem: its part along the axis, less what the leaning stem rubs off."""
        tilt = math.radians(self._tilt[_STEPS.index(step)])
        along = math.cos(tilt) - self._friction * math.sin(tilt)
        stuck_mn = self._stuck_mn if step == "empty" else 0
        return int(self._grams[step] * STANDARD_GRAVITY * along) + stuck_mn

    def force_mn(self, t_us: int, _vibration: float, _light) -> int:
        """Force on the tip, mN."""
        since_us = t_us - self._since_us - self._delay_us
        share = min(1.0, max(0.0, since_us / self._ramp_us))
        force = self._from_mn + (self._to_mn - self._from_mn) * share
        self._now_mn = int(force)
        if self._step is None:
            return self._now_mn
        if self._shake_mn:
            force += self._shake_mn * math.sin(self._turn * t_us)
        return int(force + self._creep * max(0, since_us) / 1000000)
