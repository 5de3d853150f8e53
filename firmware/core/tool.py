"""The tool: core around a board. Starts and ends sessions, and feeds the watchdog while both worlds live."""

import asyncio
import gc
import time

from . import button, dose, ids, limits, patterns, self_test, session_log
from .button import Button
from .clock import WallClock
from .counters import Counters
from .errors import StorageError, StorageFull
from .force_filter import ForceFilter
from .journal import Journal
from .player import Player
from .rings import INTERVAL_MS
from .routine_store import RoutineStore
from .session import Session
from .settings import Settings
from .trace_coder import TraceCoder
from .watch import Watch

TICK_MS = 20
GAP_US = 300000
BATTERY_START_PCT = 20
BATTERY_STOP_PCT = 8
SLOW_LOOK_MS = 1000
RESULT_SHOWN_MS = 3000
GARBAGE_BYTES = 24 * 1024
"""What tasks may allocate in one contact: a fifth of what is free on a Pico, so that no collection is forced."""


class Tool:
    """Core on a board (boards.board.Board). `start` once, then `run` for ever."""

    def __init__(self, board):
        self.board = board
        self.clock = WallClock(time.ticks_ms)
        self.settings = Settings(board.root)
        self.routines = RoutineStore(board.root)
        self.counters = Counters(board.root)
        self.journal = Journal(board.root)
        self.player = Player(board.motor, board.light)
        force = ForceFilter(board.counts_per_n, board.zero_counts)
        self.watch = Watch(board.sensor, self.player, force, time.ticks_us)
        self.button = Button()
        self.mode = ids.IDLE
        self.session = None
        self.log = None
        self.refused = ""
        self.memory_fault = ""
        self.fault = ids.FAULT_NONE
        self.started = False
        self.travel_lock = False
        self.battery_pct = 100
        self.usb_power = False
        self.reset_asked = False
        self.pace = (limits.PACE_FIRST, limits.BY_FIRST_WEEK)
        self._garbage = 0
        self._gap_work = []
        self._slow_ms = 0
        self._result_ms = 0
        self._idle_ms = 0
        self._undated = True
        self._testing = None
        self._watchdog = None
        self._beats = -1

    async def start(self) -> None:
        """Recover the memory, start sensor and motor, begin to watch."""
        self._recover()
        self.counters.boot()
        self._apply_settings()
        motor_fault = await self.board.start_motor()
        self.fault = await self.board.start_sensor() or motor_fault
        self.watch.first_limits(self.outside_limits())
        self.board.attach(self.watch.on_ready, self.watch.on_timer)
        self.watch.start()
        self._look_slowly()
        self._show_idle()
        self._collect()
        self.started = True

    def _recover(self) -> None:
        """Find the sessions in the memory; a tool whose memory cannot be used still warns."""
        try:
            self.journal.recover()
        except StorageError as error:
            self.memory_fault = str(error)

    def settings_changed(self) -> None:
        """Settings were written: they hold from now on."""
        self._apply_settings()
        if self.session is None:
            self.watch.use_limits(self.outside_limits())

    def _apply_settings(self) -> None:
        self.player.haptic_pct = self.settings.value("haptic_pct")
        self.player.light_pct = self.settings.value("light_pct")

    async def run(self) -> None:
        """The main loop."""
        self._watchdog = self.board.watchdog()
        last_ms = time.ticks_ms()
        while not self.reset_asked:
            await asyncio.sleep_ms(TICK_MS)
            now_ms = time.ticks_ms()
            self.tick(time.ticks_diff(now_ms, last_ms))
            last_ms = now_ms
        self.player.silence()
        self.board.reset()

    def tick(self, dt_ms: int) -> None:
        """One turn of the main loop."""
        self.clock.poll()
        self._feed()
        self._slow_ms += dt_ms
        if self._slow_ms >= SLOW_LOOK_MS:
            self._slow_ms = 0
            self._look_slowly()
        gesture = self.button.tick(self.board.button.active(), self.clock.uptime_ms())
        if gesture:
            self._gesture(gesture)
        if self.session is not None:
            self._tick_session(dt_ms)
        else:
            self._tick_idle(dt_ms)

    def _feed(self) -> None:
        beats = self.watch.beats
        if beats != self._beats and not self.button.recovery:
            self._watchdog.feed()
        self._beats = beats

    def _look_slowly(self) -> None:
        self.usb_power = self.board.usb_power.active()
        self.battery_pct = self.board.battery.percent(self.board.battery.read_mv())
        session = self.session
        if session is None or session.over():
            return
        if self.usb_power:
            session.end(ids.END_USB_POWER)
        elif self.battery_pct < BATTERY_STOP_PCT:
            session.end(ids.END_BATTERY)

    # between sessions

    def _tick_idle(self, dt_ms: int) -> None:
        if self.mode in (ids.DONE, ids.STOPPED, ids.ABORTED):
            self._result_ms += dt_ms
            if self._result_ms >= RESULT_SHOWN_MS:
                self._show_idle()
        elif self.mode in (ids.IDLE, ids.PRACTICE, ids.LOCKED) and self._testing is None:
            self.mode = self._resting_mode()
            self._keep_time()

    def _keep_time(self) -> None:
        """Once the clock is known: date the sessions that were pressed before."""
        if not self._undated or not self.clock.dose_s() or self.watch.judge.contact or self.player.busy():
            return
        self._undated = False
        try:
            self._blocked(lambda: self.counters.keep_time(self.clock))
        except StorageError as error:
            self.memory_fault = str(error)

    def _resting_mode(self) -> int:
        if self.travel_lock:
            return ids.LOCKED
        return ids.PRACTICE if self.usb_power else ids.IDLE

    def _show_idle(self) -> None:
        self.mode = self._resting_mode()
        self.player.eye = False
        dark = self.travel_lock or self.fault
        self.player.scene(patterns.OFF if dark else patterns.WHITE_DIM, 0, True)

    def _gesture(self, gesture: int) -> None:
        if self.session is not None:
            self.session.gesture(gesture)
            if gesture == button.LONG:
                self.travel_lock = True
        elif gesture == button.LONG:
            self.travel_lock = not self.travel_lock
            self._show_idle()
        elif gesture == button.SHORT and self._testing is None:
            self.refused = self._why_not_now()
            if self.refused:
                self.player.ask(ids.CUE_FAULT)
            else:
                self.mode = ids.SELF_TEST
                self._testing = asyncio.create_task(self._test_and_begin())

    def _why_not_now(self) -> str:
        """Why no session may begin now, with the next step; an empty text when one may."""
        if self.travel_lock:
            return "the travel lock is on; hold the button for 3 to 8 s"
        if self.usb_power:
            return "USB power is on: practice only; unplug the cable to start a session"
        if self.battery_pct < BATTERY_START_PCT:
            return "the battery is at %d %%; charge it to %d %% or more" % (
                self.battery_pct,
                BATTERY_START_PCT,
            )
        if self.memory_fault:
            return "the tool's memory cannot be used (%s): practice only" % self.memory_fault
        zones = [step.zone for step in self.routines.load().steps]
        allowed, text = dose.session_allowed(self.counters, self.clock, self.settings, zones)
        return "" if allowed else text

    async def _test_and_begin(self) -> None:
        self.fault = await self_test.run(self.watch, self.board.sensor, self.board.motor)
        self._testing = None
        if self.fault:
            self.refused = "the self-test failed: " + ids.FAULT_NAMES[self.fault]
            self.player.ask(ids.CUE_FAULT)
            self._show_idle()
            return
        try:
            self._begin()
        except StorageFull:
            self._refuse_for("the tool's memory is full; sync it with the desktop first")
        except StorageError as error:
            self._refuse_for("the tool's memory cannot be written: " + str(error))

    def _refuse_for(self, text: str) -> None:
        self.refused = text
        self.session = self.log = None
        self.player.ask(ids.CUE_FAULT)
        self._show_idle()

    def _begin(self) -> None:
        """Open the log and run the routine's first step."""
        routine = self.routines.load()
        self.pace = dose.pace(self.counters, self.clock, self.settings)
        self._blocked(lambda: self._open_log(routine))
        watch = self.watch
        watch.session_start_ms = watch.t_ms
        watch.fault_count = 0
        watch.sample_count = 0
        watch.events.lost = watch.intervals.lost = 0
        self.log = session_log.SessionLog(self.journal, watch, TraceCoder(INTERVAL_MS))
        session_ms = min(self.pace[0][2], self.settings.value("session_max_min") * 60000)
        self._gap_work = []
        self.session = Session(
            watch, self.player, self.log, routine, self.limits_of, session_ms, self._rested
        )

    def _open_log(self, routine) -> None:
        self.journal.make_room()
        self.counters.session_begins([step.zone for step in routine.steps], self.clock)
        try:
            self.journal.begin(self._header(routine))
        except StorageError:
            self.counters.session_ended([], self.clock, {})
            raise

    def _header(self, routine) -> dict:
        person = {
            "user_slot": 0,
            "profile": self.settings.value("profile"),
            "sensor": self.board.sensor_kind,
            "pace": (limits.PACE_FIRST, limits.PACE_LATER, limits.PACE_STRICT).index(self.pace[0]),
            "rate_sps": self.board.rate_sps,
        }
        name = (routine.name, self.routines.crc())
        boot = self.counters.boots()
        return session_log.header(self.board.device_id, self.clock, boot, person, self.watch.force, name)

    def limits_of(self, step):
        """Limits in force for a step (core.routine.Step), or outside any step for None."""
        if step is None:
            return self.outside_limits()
        pace, reason = self.pace
        profile = self.settings.value("profile")
        return limits.step_limits(
            step.zone, step.point, profile, self.board.sensor_kind, pace, reason, step.asked
        )

    def outside_limits(self):
        """Limits outside a step."""
        return limits.outside_limits(self.settings.value("profile"), self.board.sensor_kind)

    def _rested(self, zone: int) -> bool:
        return dose.zone_rested(self.counters, self.clock, self.settings, zone)[0]

    # in a session

    def _tick_session(self, dt_ms: int) -> None:
        session = self.session
        session.tick(dt_ms)
        self.mode = session.mode
        if session.over():
            if session.may_close(dt_ms):
                self._close()
            return
        self._work_in_gap(session)

    def _work_in_gap(self, session) -> None:
        """One piece of blocking work in a gap without contact: write the log, look at the chips, collect garbage."""
        watch = self.watch
        if watch.judge.contact:
            self._gap_work = ["flush", "motor", "sensor", "collect"]
            return
        if not self._gap_work or watch.gap_us < GAP_US or self.player.busy():
            return
        work = self._gap_work.pop(0)
        if work == "flush":
            self._flush(session)
        elif work == "motor":
            self._check_motor(session)
        elif work == "sensor":
            self._check_sensor()
        else:
            self._blocked(self._collect)

    def spend(self, size: int) -> bool:
        """Take so many bytes from the contact's budget of garbage; False when it is spent."""
        if self._garbage + size > GARBAGE_BYTES:
            return False
        self._garbage += size
        return True

    def _collect(self) -> None:
        self._garbage = 0
        gc.collect()

    def _blocked(self, call):
        """Run a call that may block the watch, announced."""
        self.watch.block()
        try:
            return call()
        finally:
            self.watch.unblock()

    def _flush(self, session) -> None:
        self.log.drain()
        try:
            self._blocked(self.journal.flush)
        except StorageError:
            session.end(ids.END_STORAGE)

    def _check_motor(self, session) -> None:
        fault = self_test.motor_fault(self.board.motor.check())
        if fault:
            self.fault = fault
            self.watch.fault_count += 1
            session.end(ids.END_MOTOR)

    def _check_sensor(self) -> None:
        try:
            right = self.board.sensor.registers_ok()
        except OSError:
            right = False
        if not right:
            self.watch.latch(ids.FAULT_REGISTERS)

    def _close(self) -> None:
        """Close the log, count the dose."""
        session = self.session
        self.fault = self.watch.fault or self.fault
        pressed = [key[0] for key in session.pressed()]
        try:
            self._blocked(self._write_end)
            self._blocked(lambda: self.counters.session_ended(pressed, self.clock, self.log.totals))
        except StorageError as error:
            self.refused = "the session's log could not be closed: " + str(error)
        self.session = self.log = None
        self._undated = True
        self._result_ms = 0
        if self.battery_pct < BATTERY_START_PCT:
            self.player.ask(ids.CUE_LOW_BATTERY)

    def _write_end(self) -> None:
        self.log.close(self.session.end_reason, len(self.session.routine.steps), self.clock, self.fault)
