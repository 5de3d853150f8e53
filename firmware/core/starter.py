"""Begins a session: whether it may, the self-test, the log, the first step."""

from . import dose, ids, limits, self_test, session_log
from .counters import SHARED
from .errors import StorageError, StorageFull
from .rings import INTERVAL_MS
from .session import Session
from .trace_coder import TraceCoder

BATTERY_START_PCT = 20


class Starter:
    """Begins sessions of a tool (core.tool.Tool).

    Attributes:
        refused: why the last session could not begin, with the next step; an empty text when it could.
        slot: user slot of the session that is begun or runs; counters.SHARED without slots, and at rest.
    """

    def __init__(self, tool):
        self._tool = tool
        self._pace = (limits.PACE_FIRST, limits.BY_FIRST_WEEK)
        self.tests = self_test.SelfTest(tool)
        self.refused = ""
        self.slot = SHARED

    def why_not(self) -> str:
        """Why no session of the slot may begin now, with the next step; an empty text when one may."""
        why = self.why_nobody()
        if why:
            return why
        tool = self._tool
        zones = [step.zone for step in tool.routines.load().steps]
        return dose.session_allowed(tool.counters, tool.clock, tool.settings, zones, self.slot)[1]

    def why_nobody(self) -> str:
        """Why no session of anybody may begin now; an empty text when one may."""
        tool = self._tool
        if tool.symptoms.left_s():
            return tool.symptoms.why()
        if tool.calibrator.fault:
            return tool.calibrator.why_not
        if tool.travel_lock:
            return "the travel lock is on; hold the button for 3 to 8 s"
        if tool.usb_power:
            return "USB power is on: practice only; unplug the cable to start a session"
        if tool.battery_pct < BATTERY_START_PCT:
            return "the battery is at %d %%; charge it to %d %% or more" % (
                tool.battery_pct,
                BATTERY_START_PCT,
            )
        if tool.memory_fault:
            return (
                "the tool's memory failed (%s): practice only; sync it, then switch it off and on"
                % tool.memory_fault
            )
        return tool.board.practice_only

    async def begin(self):
        """Test and begin: (session, log), or (None, None) with `refused` set."""
        tool = self._tool
        if await self.test():
            self.refused = self_test.told(tool.fault)
            return None, None
        self.refused = self.why_not()
        if self.refused:
            return None, None
        try:
            return await self._begin()
        except StorageFull:
            self.refused = "the tool's memory is full; sync it with the desktop first"
        except StorageError as error:
            self.refused = "the tool's memory cannot be written (%s)" % error
        return None, None

    async def test(self, feel: bool = False) -> int:
        """Mend what failed last and test all parts (core.self_test.SelfTest.run); the fault is the tool's, too."""
        tool = self._tool
        fault = await self._mend(tool.fault or tool.watch.fault)
        tool.fault = self.tests.failed(fault) if fault else await self.tests.run(feel)
        if tool.fault and tool.fault != tool.watch.fault:  # which is counted when it is noticed
            tool.vitals.count(tool.fault)
        return tool.fault

    async def _mend(self, fault: int) -> int:
        """Start the chip anew that failed last: a dip of its supply took its registers, and no test gives them back.

        The fault (ids.FAULT_*) of a chip that does not start.
        """
        tool = self._tool
        if fault == ids.FAULT_NONE or fault == ids.FAULT_ZERO:
            return ids.FAULT_NONE
        tool.player.silence()
        tool.watch.stop()
        if fault in self_test.MOTOR_FAULTS:
            fault = await tool.board.start_motor()
        else:
            fault = await tool.board.start_sensor()
        tool.start_watch()
        return fault

    async def _begin(self):
        tool = self._tool
        watch = tool.watch
        routine = tool.routines.load()
        self._pace = dose.pace(tool.counters, tool.clock, tool.settings, self.slot)
        await self._open_log(routine)
        watch.begin_session()
        log = session_log.SessionLog(tool.journal, watch, TraceCoder(INTERVAL_MS))
        session_ms = min(self._pace[0][2], tool.settings.value("session_max_min") * 60000)
        return Session(watch, tool.player, log, routine, self.limits_of, session_ms, self._rested), log

    async def _open_log(self, routine) -> None:
        """Write what must be there before the first press, one piece a gap."""
        tool = self._tool
        gaps = tool.gaps
        one_is_enough = tool.settings.value("one_copy") == 1
        await gaps.collect_in_gap()  # a file takes 1.1 KB in one piece
        while await gaps.run(lambda: tool.journal.ease(tool.clock.dose_s(), one_is_enough)):
            pass
        await gaps.run(
            lambda: tool.counters.session_begins([step.zone for step in routine.steps], tool.clock, self.slot)
        )
        try:
            await gaps.run(lambda: tool.journal.begin(self._header(routine)))
        except StorageError:
            await gaps.run(lambda: tool.counters.session_ended([], tool.clock, {}, self.slot))
            raise

    def give_up(self, reason: int) -> None:
        """The tool stops; if a session was just about to begin, close its log and take its mark back."""
        tool = self._tool
        if tool.journal.session:
            tool.watch.begin_session()
            log = session_log.SessionLog(tool.journal, tool.watch, TraceCoder(INTERVAL_MS))
            log.close(reason, len(tool.routines.load().steps), tool.clock, tool.fault)
            tool.counters.session_ended([], tool.clock, log.totals)

    def _header(self, routine) -> dict:
        tool = self._tool
        person = {
            "user_slot": self.slot,
            "profile": tool.settings.profile_of(self.slot),
            "sensor": tool.board.sensor_kind,
            "pace": (limits.PACE_FIRST, limits.PACE_LATER, limits.PACE_STRICT).index(self._pace[0]),
            "rate_sps": tool.board.rate_sps,
        }
        name = (routine.name, tool.routines.crc())
        boot = tool.counters.boots()
        return session_log.header(tool.board.device_id, tool.clock, boot, person, tool.watch.force, name)

    def limits_of(self, step):
        """Limits in force for a step (core.routine.Step), or outside any step for None."""
        tool = self._tool
        profile, sensor = tool.settings.profile_of(self.slot), tool.board.sensor_kind
        if step is None:
            return limits.outside_limits(profile, sensor)
        pace, reason = self._pace
        return limits.step_limits(step.zone, step.point, profile, sensor, pace, reason, step.asked)

    def _rested(self, zone: int) -> bool:
        tool = self._tool
        return dose.zone_rested(tool.counters, tool.clock, tool.settings, zone, self.slot)[0]
