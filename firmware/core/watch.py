"""The watch as tasks see it: what they may change in the real-time loop (core/sampling.py), and what it tells them.

Tasks read its fields; they change something only through the methods here.
"""

from array import array

from micropython import const

from . import ids
from .judge import Judge
from .pipeline import BLOCKED, DOUBT_US, LAST_US, RUNNING, SHOWN_US, STALE_US, TICK_US
from .sampling import Sampling

LIFT_US = const(2000000)
TIMER_LATE_US = const(25000)
_MASK = const(0x3FFFFFFF)


class Watch(Sampling):
    """The real-time loop with its switches.

    Attributes:
        worst_block_us: the longest announced block since the start.
    """

    def __init__(self, sensor, player, force, ticks_us):
        super().__init__(sensor, player, force, ticks_us)
        self.worst_block_us = 0
        self._pending = array("i", [0] * 4)
        self._has_pending = False

    def _report(self, news: int, force_mn: int) -> None:
        t_ms = self.session_ms()
        tally = self.tally
        if news & Judge.NEWS_CONTACT:
            self._touched(t_ms)
        if news & Judge.NEWS_LIFT:
            self._lifted(t_ms)
        if news & Judge.NEWS_WARN:
            tally.warn_count += 1
            self.events.put(t_ms, ids.EVENT_WARN, force_mn)
        if news & (Judge.NEWS_OVER | Judge.NEWS_OVER_AGAIN):
            tally.over_count += 1
            self.limit_events += 1
            self.events.put(
                t_ms, ids.EVENT_OVER if news & Judge.NEWS_OVER else ids.EVENT_OVER_REPEAT, force_mn
            )
        if news & Judge.NEWS_JAB:
            tally.jab_count += 1
            self.events.put(t_ms, ids.EVENT_JAB, self.force.slope_mn_s)
        if news & Judge.NEWS_RELEASED:
            tally.react(self.judge.reaction_ms)
            self.events.put(t_ms, ids.EVENT_RELEASED, self.judge.reaction_ms)
        if news & Judge.NEWS_OVERLOAD:
            self.overload = True

    def _touched(self, t_ms: int) -> None:
        self.events.put(t_ms, ids.EVENT_CONTACT, 0)
        self.contact_us = 0
        self.gap_before_us = self.gap_us
        if self._has_pending and self.gap_us >= LIFT_US:
            self._has_pending = False
            pending = self._pending
            self.judge.set_limits(pending[0], pending[1], pending[2], pending[3])

    def _lifted(self, t_ms: int) -> None:
        self.events.put(t_ms, ids.EVENT_LIFT, 0)
        self.intervals.end()

    def in_contact(self) -> bool:
        """Whether the tip is in contact, as far as the sensor is believed and watched."""
        return self.judge.contact and self.running and not self.fault

    def use_rate(self, rate_sps: int) -> None:
        """Go by what the sensor's rate asks for (core/rates.py); known once the sensor has started."""
        self.expect(rate_sps)
        self.edges.expect(rate_sps)
        self.force.use_rate(rate_sps)

    def start(self) -> None:
        """Begin to watch: the sensor converts and its interrupt and the timer are attached."""
        self.cells[LAST_US] = self.cells[TICK_US] = self._ticks_us()
        self.force.restart()
        self.running = True
        self.blocked = False

    def stop(self) -> None:
        """Watch no more (the sensor is about to sleep); `start` begins anew."""
        self.running = False

    def begin_session(self) -> None:
        """Count times, samples and losses from now on; what was pressed before is no part of the session."""
        self.session_start_ms = self.t_ms
        self.fault_count = 0
        self.sample_count = 0
        self.events.clear()
        self.intervals.clear()

    def block(self) -> None:
        """Announce a long call outside contact (flash, collection): motor off, silence is no fault until `unblock`."""
        self.blocked = True  # first: no tick of the watch between may start a pulse
        self.player.silence()

    def unblock(self) -> None:
        """End of the announced block."""
        now_us = self._ticks_us()
        silent_us = (now_us - self.cells[LAST_US]) & _MASK
        self.worst_block_us = max(self.worst_block_us, silent_us)
        if self.counting:
            self.tally.blind(silent_us)
        self.cells[LAST_US] = now_us
        self.force.restart()
        self.blocked = False

    def check_alive(self) -> None:
        """From the main loop: silence not even the timer has judged is a fault, and no pulse would find its end."""
        cells = self.cells
        last_us = cells[LAST_US]
        shown_us = cells[SHOWN_US]
        now_us = self._ticks_us()
        if self.fault or not cells[RUNNING] or cells[BLOCKED] or (now_us - shown_us) & _MASK < TIMER_LATE_US:
            return
        if (now_us - last_us) & _MASK >= cells[STALE_US]:
            self.player.silence()
            self.latch(ids.FAULT_STALE)

    def clear_fault(self) -> None:
        """Believe the sensor again (after a new self-test)."""
        self.bus_errors = 0
        self.cells[DOUBT_US] = 0
        self.force.restart()
        self.judge.restart()
        self.cells[LAST_US] = self._ticks_us()
        self.fault = ids.FAULT_NONE
        self.overload = False

    def use_limits(self, limits) -> None:
        """Hold the lower of the present and the new limits until a lift of 2 s and a new contact, then the new ones."""
        pending = self._pending
        self._has_pending = False
        pending[0] = limits.lo_mn
        pending[1] = limits.hi_mn
        pending[2] = limits.warn_mn
        pending[3] = limits.limit_mn
        judge = self.judge
        judge.set_limits(
            min(judge.lo_mn, limits.lo_mn),
            min(judge.hi_mn, limits.hi_mn),
            min(judge.warn_mn, limits.warn_mn),
            min(judge.limit_mn, limits.limit_mn),
        )
        self._has_pending = True

    def first_limits(self, limits) -> None:
        """Limits at start, with no step before."""
        self.judge.set_limits(limits.lo_mn, limits.hi_mn, limits.warn_mn, limits.limit_mn)

    def begin_step(self) -> None:
        """Clear the sums for a new step and count from now on."""
        self.counting = False
        self.tally.begin(self.session_ms())
        self.press_us = 0
        self.press_open = False
        self.counting = True

    def end_step(self) -> None:
        """Stop counting; the sums stay to be read."""
        self.counting = False
        self.press_open = False
        self.intervals.end()
