"""Running time, and the time of day when somebody has told it."""

from . import ids, wire

_TICKS_MASK = (1 << 30) - 1  # MicroPython's ticks wrap at 2^30, or at a multiple of it
UNIX_MIN_S = 1704067200  # 2024-01-01
UNIX_MAX_S = 4102444800  # 2100-01-01


class WallClock:
    """The tool's clock.

    Args:
        ticks_ms: function that returns wrapping milliseconds (time.ticks_ms).
        start_ms: running time before the first call, where a deep sleep kept it.

    Attributes:
        quality: ids.TIME_UNKNOWN, TIME_SET (told since power-up) or TIME_KEPT (a clock that runs without
            power).
        settings: how often it was told the time since power-up.
    """

    def __init__(self, ticks_ms, start_ms: int = 0):
        self._ticks_ms = ticks_ms
        self._last = ticks_ms()
        self._uptime_ms = start_ms
        self._base_s = 0
        self._least_base_s = self._most_base_s = 0
        self.settings = 0
        self.quality = ids.TIME_UNKNOWN

    def poll(self) -> None:
        """Follow the wrapping ticks; needed at least once in twelve days."""
        now = self._ticks_ms()
        self._uptime_ms += (now - self._last) & _TICKS_MASK
        self._last = now

    def uptime_ms(self) -> int:
        """Running time since power-up; it only grows."""
        self.poll()
        return self._uptime_ms

    def uptime_s(self) -> int:
        """Running time in whole seconds."""
        return self.uptime_ms() // 1000

    def set(self, unix_s: int) -> int:
        """Take the time of day. ERR_OK, or ERR_INVALID outside 2024 to 2099 (nothing changes then)."""
        return self._take(unix_s, ids.TIME_SET)

    def keep(self, unix_s: int) -> int:
        """Take the time of a clock that ran without power, at start. ERR_OK or ERR_INVALID."""
        return self._take(unix_s, ids.TIME_KEPT)

    def _take(self, unix_s: int, quality: int) -> int:
        if not isinstance(unix_s, int) or not UNIX_MIN_S <= unix_s < UNIX_MAX_S:
            return wire.ERR_INVALID
        base_s = unix_s - self.uptime_s()
        if self.quality == ids.TIME_UNKNOWN:
            self._least_base_s = self._most_base_s = base_s
        self._base_s = base_s
        self._least_base_s = min(self._least_base_s, base_s)
        self._most_base_s = max(self._most_base_s, base_s)
        self.settings += 1
        self.quality = quality
        return wire.ERR_OK

    def read(self) -> int:
        """The time of day in Unix seconds, 0 when it is not known."""
        return self._told(self._base_s)

    def dose_s(self) -> int:
        """The earliest that it can be by anything told since power-up: rests are counted by it.

        So no later setting puts it forward. 0 when not known.
        """
        return self._told(self._least_base_s)

    def latest_s(self) -> int:
        """The latest that it can be by anything told since power-up: what is dated by it never looks too old.

        0 when not known.
        """
        return self._told(self._most_base_s)

    def _told(self, base_s: int) -> int:
        return 0 if self.quality == ids.TIME_UNKNOWN else base_s + self.uptime_s()
