"""Patterns for a plain motor (ERM): core/patterns.py's, twice as long, because it rises and runs down slowly.

Loaded only where such a motor is built in. As there: no pattern drives more than half of any ten seconds.
"""

from . import ids
from .patterns import FULL, SOFT

PATTERNS = {
    ids.CUE_LIGHT_TOUCH: (1, ((90, 240, SOFT),)),
    ids.CUE_STEP: (1, ((600, 300, 85),)),
    ids.CUE_LIFT: (1, ((300, 300, 85), (300, 300, 85))),
    ids.CUE_NEXT_ZONE: (1, ((600, 300, 85),)),
    ids.CUE_DONE: (1, ((300, 300, 85), (300, 300, 85), (300, 300, 85))),
    ids.CUE_LOW_BATTERY: (1, ((120, 240, 85),) * 5),
    ids.CUE_WARN: (0, ((120, 240, 0),)),
    ids.CUE_OVER: (0, ((120, 180, FULL),)),
    ids.CUE_FAULT: (1, ((700, 300, FULL), (250, 300, FULL), (700, 600, FULL))),
}
