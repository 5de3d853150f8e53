"""The lock after a warning sign: no session for 72 h of the tool's own running time.

Only time ends it, and only time that the tool has counted itself: the time of day, which can be set, has no say. It
lies among the counters, so it outlasts all that they do.
"""

from . import ids

LOCK_S = 72 * 3600
_KEY = "symptom"
_WHY = "a warning sign was reported (%s): no session for %d h of running time; ask a professional first"


class SymptomLock:
    """Kept as [ids.SYMPTOM_*, running seconds of the tool's life at its end].

    Args:
        counters: core.counters.Counters, which keep it.
        clock: core.clock.WallClock.
    """

    def __init__(self, counters, clock):
        self._counters = counters
        self._clock = clock
        self._unkept = False

    def lock(self, symptom: int) -> None:
        """Lock, at once; the whole time begins anew. `keep` it as soon as there is no contact."""
        self._counters.put(_KEY, [symptom, self._counters.life_s(self._clock) + LOCK_S])
        self._unkept = True

    def symptom(self) -> int:
        """What was reported (ids.SYMPTOM_*), 0 when nothing locks."""
        return self._counters.lifetime(_KEY)[0] if self.left_s() else 0

    def left_s(self) -> int:
        """Seconds until the lock ends, 0 without one."""
        entry = self._counters.lifetime(_KEY)
        return 0 if entry is None else max(0, entry[1] - self._counters.life_s(self._clock))

    def why(self) -> str:
        """Why no session may begin, with the next step; an empty text without a lock."""
        left_s = self.left_s()
        if not left_s:
            return ""
        return _WHY % (ids.SYMPTOM_NAMES[self.symptom()].replace("_", " "), (left_s + 3599) // 3600)

    def kept(self) -> bool:
        """Whether what was reported outlasts a power cut."""
        return not self._unkept

    def keep(self) -> None:
        """Write it. Raises StorageError."""
        self._counters.put("life", self._counters.life_s(self._clock))
        self._counters.keep()
        self._unkept = False
