"""A routine: what it may say, and every reason to refuse one.

On the wire and in the tool's memory a routine is a JSON object; the desktop makes it from a TOML file with the same
keys (docs/routines.md). Desktop and tool run this same check. A routine can only be gentler than the tool's limits:
what asks for more is refused, never clamped. The check itself lies in core/routine_check.py. Plain module.
"""

from . import guest, limits

FORMAT_VERSION = 1
NAME_MAX = 24
TOP_KEYS = ("format", "name", "about", "session_ms", "steps")
STEP_KEYS = (
    "zone",
    "side",
    "point",
    "hold_ms",
    "presses",
    "target_lo_mn",
    "target_hi_mn",
    "warn_mn",
    "limit_mn",
    "zone_ms",
)
HOLD_MS = (limits.HOLD_FLOOR_MS, 20000)
SESSION_MS = (60000, limits.SESSION_CEILING_MS)
ZONE_MS = (5000, 90000)
ABOUT_MAX = 200
_SHOWN_MAX = 40


class Step:
    """One step: zone, side and point ids, presses of `hold_ms` in-band time each, and what it asks to be gentler."""

    def __init__(self, zone: int, side: int, point: int, hold_ms: int, presses: int, asked: dict):
        self.zone = zone
        self.side = side
        self.point = point
        self.hold_ms = hold_ms
        self.presses = presses
        self.asked = asked


class Routine:
    """A checked routine: name, longest session (ms) and its steps."""

    def __init__(self, name: str, session_ms: int, steps: list):
        self.name = name
        self.session_ms = session_ms
        self.steps = steps


class Problem:
    """One reason to refuse: the field's path, its value as text, the rule it breaks, and what to do."""

    def __init__(self, field: str, value, rule: str, next_step: str):
        self.field = field
        self.value = show(value)
        self.rule = rule
        self.next_step = next_step


def show(value) -> str:
    """A value as short printable text, safe to show whoever wrote it."""
    if isinstance(value, int) and not -(1 << 64) < value < 1 << 64:
        return "a number of more than 64 bits"
    text = value if isinstance(value, str) else repr(value)
    text = "".join([c if c >= " " else "?" for c in text[:_SHOWN_MAX]])
    return text if len(text) < _SHOWN_MAX else text[: _SHOWN_MAX - 3] + "..."


def check(data):
    """Check a routine.

    Args:
        data: what the JSON or TOML text says.

    Returns:
        (routine, problems): a Routine, or None when the list of Problem is not empty.
    """
    checker = guest.load("routine_check")
    try:
        return checker.check(data)
    finally:
        guest.forget("routine_check")
