"""The one table of force and time limits, and the narrowing of it with reasons.

The figures and how they were derived from pressure-pain thresholds: docs/limits.md. Nothing may widen a limit: every
rule goes through `Limits.narrow`, which ignores what is not narrower and remembers what was. Plain module, shared
with the desktop, so that both sides name the same reason.
"""

from . import ids, points

GLOBAL_CEILING_MN = 5000
OVERLOAD_MN = 8000
JAB_MN_S = 20000
LOOK_AHEAD_MS = 300

# What the converter's noise and a trembling hand can look like (docs/limits.md, look-ahead): no reason to warn.
NOISE_MN = 10
NOISE_MN_S = 500
LONG_NOISE_MN_S = 200
TREMOR_PERMILLE_S = 1000

CONTACT_BEGIN_MN = 250
CONTACT_END_MN = 150
RELEASE_BELOW_TOP_MN = 200

# A narrowed target must leave room for a hand (docs/limits.md, smallest target).
LEAST_TOP_MN = 600
LEAST_BOTTOM_MN = 350

WARN_SAMPLES = 2
WARN_LEAVE_MS = 150
EXCESS_REPEAT_MS = 2000
ZONE_LIMIT_EVENTS = 3
SESSION_LIMIT_EVENTS = 6
LIFT_MIN_MS = 2000
LONG_CONTACT_MS = 30000
PRESSES_CEILING = 5
STEPS_CEILING = 48

# zone: target bottom, target top, warn, limit (mN), zone time a side, hold ceiling (ms).
ZONES = {
    ids.FOREHEAD: (1000, 3000, 3800, 4500, 90000, 20000),
    ids.CROWS_FEET: (400, 1200, 1600, 2000, 30000, 10000),
    ids.SMILE_LINES: (600, 1800, 2100, 2500, 90000, 20000),
    ids.CHEEKS: (600, 1800, 2100, 2500, 90000, 20000),
    ids.JAWLINE: (800, 2200, 2600, 3000, 90000, 20000),
    ids.NECK: (500, 1300, 1600, 2000, 30000, 10000),
}
OPT_IN_ZONES = (ids.NECK,)

# pace: hold (ms), zone time a side (ms), session (ms), rest (h), sessions in 7 days.
PACE_FIRST = (10000, 30000, 300000, 48, 3)
PACE_LATER = (15000, 60000, 600000, 20, 5)
PACE_STRICT = (10000, 30000, 300000, 48, 1)
FIRST_SESSIONS = 6
SESSION_CEILING_MS = 600000
REST_FLOOR_H = 12
WEEKLY_CEILING = 7
HOLD_FLOOR_MS = 1000

# Who narrowed. The text completes "narrowed by ...".
BY_GLOBAL = 1
BY_POINT = 2
BY_PROFILE = 3
BY_SENSOR = 4
BY_FIRST_WEEK = 5
BY_ROUTINE = 6
BY_STEP_CHANGE = 7
BY_OUTSIDE_STEP = 8
BY_PACE = 9
BY_STRICT = 10
BY_SETTINGS = 11
REASON_TEXTS = {
    BY_GLOBAL: "the ceiling of the tool",
    BY_POINT: "the point (nerve or artery near)",
    BY_PROFILE: "the sensitive profile",
    BY_SENSOR: "the kind of force sensor",
    BY_FIRST_WEEK: "the first six sessions, or an unset clock",
    BY_ROUTINE: "the routine",
    BY_STEP_CHANGE: "the step before, until a lift of 2 s",
    BY_OUTSIDE_STEP: "no step is running (narrowest zone)",
    BY_PACE: "the usual pace",
    BY_STRICT: "the strict preset",
    BY_SETTINGS: "the settings",
}

FORCE_FIELDS = ("lo_mn", "hi_mn", "warn_mn", "limit_mn")
FIELDS = FORCE_FIELDS + ("zone_ms", "hold_ms")


class Limits:
    """Effective limits of a step: forces in millinewtons, times in milliseconds, and who narrowed what.

    `reasons` holds (reason, field, before, after) in the order in which they bit.
    """

    def __init__(self, lo_mn: int, hi_mn: int, warn_mn: int, limit_mn: int, zone_ms: int, hold_ms: int):
        self.lo_mn = lo_mn
        self.hi_mn = hi_mn
        self.warn_mn = warn_mn
        self.limit_mn = limit_mn
        self.zone_ms = zone_ms
        self.hold_ms = hold_ms
        self.reasons = []

    def narrow(self, field: str, value: int, reason: int) -> None:
        """Lower one field to `value` if that is lower than it is; remember the reason if so."""
        before = getattr(self, field)
        if value < before:
            setattr(self, field, value)
            self.reasons.append((reason, field, before, value))

    def scale(self, percent: int, reason: int) -> None:
        """Multiply every force by `percent` hundredths (below 100)."""
        for field in FORCE_FIELDS:
            self.narrow(field, getattr(self, field) * percent // 100, reason)

    def order(self) -> None:
        """Keep bottom <= top <= warn <= limit after single fields were lowered."""
        self.warn_mn = min(self.warn_mn, self.limit_mn)
        self.hi_mn = min(self.hi_mn, self.warn_mn)
        self.lo_mn = min(self.lo_mn, self.hi_mn)

    def mask(self) -> int:
        """Bit set of the reasons that bit, bit n for reason n."""
        bits = 0
        for reason, _field, _before, _after in self.reasons:
            bits |= 1 << reason
        return bits

    def last_reason(self, field: str) -> int:
        """The reason that gave a field its present value; 0 when nothing narrowed it."""
        found = 0
        for reason, name, _before, _after in self.reasons:
            if name == field:
                found = reason
        return found

    def too_narrow(self) -> str:
        """Name of the field that leaves no room for a hand, or an empty text."""
        if self.hi_mn < LEAST_TOP_MN:
            return "hi_mn"
        if self.lo_mn < LEAST_BOTTOM_MN:
            return "lo_mn"
        return ""

    def take_lower(self, other, reason: int) -> None:
        """Narrow every force to the lower of both (step change)."""
        for field in FORCE_FIELDS:
            self.narrow(field, getattr(other, field), reason)


def zone_limits(zone: int) -> Limits:
    """Compiled limits of a zone, under the global ceiling. Raises KeyError for an unknown zone."""
    lo, hi, warn, limit, zone_ms, hold_ms = ZONES[zone]
    limits = Limits(lo, hi, warn, limit, zone_ms, hold_ms)
    limits.narrow("limit_mn", GLOBAL_CEILING_MN, BY_GLOBAL)
    limits.order()
    return limits


def _narrow_by_person(limits: Limits, profile: int, sensor: int, pace, pace_reason: int) -> None:
    if profile != ids.PROFILE_NORMAL:
        limits.scale(70, BY_PROFILE)
    if sensor == ids.SENSOR_FSR:
        limits.scale(75, BY_SENSOR)
    limits.narrow("hold_ms", pace[0], pace_reason)
    limits.narrow("zone_ms", pace[1], pace_reason)


def step_limits(
    zone: int, point: int, profile: int, sensor: int, pace, pace_reason: int, asked=None
) -> Limits:
    """Limits in force during a step.

    Args:
        zone: its id.
        point: its id; 0 is the whole zone.
        profile: id of the user's profile; an unknown one counts as sensitive.
        sensor: id of the sensor's kind.
        pace: one of PACE_FIRST, PACE_LATER, PACE_STRICT.
        pace_reason: BY_* that chose it.
        asked: what the routine asks for: {field: value} with fields of FIELDS; it can only make the step gentler.
    """
    limits = zone_limits(zone)
    if point in points.REDUCED:
        limits.scale(70, BY_POINT)
    _narrow_by_person(limits, profile, sensor, pace, pace_reason)
    for field in FIELDS:
        if asked and field in asked:
            limits.narrow(field, asked[field], BY_ROUTINE)
    limits.order()
    return limits


def outside_limits(profile: int, sensor: int) -> Limits:
    """Limits outside a step: for each force the lowest of all zones."""
    limits = zone_limits(ids.FOREHEAD)
    for zone in ZONES:
        limits.take_lower(zone_limits(zone), BY_OUTSIDE_STEP)
    _narrow_by_person(limits, profile, sensor, PACE_FIRST, BY_OUTSIDE_STEP)
    limits.order()
    return limits
