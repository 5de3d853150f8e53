"""What motor and light say, as data: docs/signals.md shows it to people.

A pattern is (repeats, pulses): the pulses (on_ms, off_ms, level in hundredths), played `repeats` times
(0 = while it is asked for). An LRA's figures; those of a plain motor (ERM) are in core/patterns_erm.py. Long vibration
numbs: no pattern drives more than half of any ten seconds.
"""

from . import ids

FULL = 100
SOFT = 55

PATTERNS = {
    ids.CUE_LIGHT_TOUCH: (1, ((40, 160, SOFT),)),
    ids.CUE_STEP: (1, ((300, 200, 85),)),
    ids.CUE_LIFT: (1, ((150, 150, 85), (150, 150, 85))),
    ids.CUE_NEXT_ZONE: (1, ((300, 200, 85),)),
    ids.CUE_DONE: (1, ((150, 150, 85), (150, 150, 85), (150, 150, 85))),
    ids.CUE_LOW_BATTERY: (1, ((60, 120, 85),) * 5),
    ids.CUE_WARN: (0, ((60, 140, 0),)),
    ids.CUE_OVER: (0, ((60, 60, FULL),)),
    ids.CUE_FAULT: (1, ((400, 150, FULL), (120, 150, FULL), (400, 600, FULL))),
}


def of_motor(kind: str) -> dict:
    """Patterns for a kind of motor: "erm", or the LRA's."""
    if kind != "erm":
        return PATTERNS
    from . import patterns_erm

    return patterns_erm.PATTERNS


# After this long of one unbroken over alert, each second of it rests for REST_MS: numb skin feels no alarm.
REST_AFTER_MS = 2000
REST_EACH_MS = 1000
REST_MS = 200

WARN_LEVEL = (55, 95)
EYE_LEVEL = 50
EYE_LEAD_MS = 80
LEVEL_FLOOR = 35

OFF = (0, 0, 0)
WHITE_DIM = (40, 40, 40)
AMBER = (255, 110, 0)
RED = (255, 0, 0)
PAUSE = (90, 40, 60)
CHOICE = (255, 255, 255)
AIR_BLINKS = 3  # dips that tell of an open window for the radio
ZONE_COLOURS = {
    ids.ZONE_NONE: WHITE_DIM,
    ids.FOREHEAD: (0, 60, 255),
    ids.CROWS_FEET: (140, 0, 200),
    ids.SMILE_LINES: (0, 180, 180),
    ids.CHEEKS: (0, 200, 60),
    ids.JAWLINE: (110, 180, 220),
    ids.NECK: (200, 0, 110),
}

HEARTBEAT_MS = 2000
HEARTBEAT_DIM_MS = 160
BLINK_MS = 160
BLINK_CYCLE_MS = 1800
