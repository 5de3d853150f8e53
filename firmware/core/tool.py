"""The tool: core around a board. Its main loop, its button, its light between sessions, its watchdog."""

import asyncio
import os
import time

from . import button, guest, ids, patterns
from .button import Button
from .calibrator import Calibrator
from .chooser import Chooser
from .clock import WallClock
from .counters import SHARED, Counters
from .doubts import Doubts
from .errors import StorageError
from .force_filter import ForceFilter
from .gap_work import GapWork
from .journal import Journal
from .player import Player
from .routine_store import RoutineStore
from .settings import Settings
from .slots import TwoSlots
from .starter import BATTERY_START_PCT, Starter
from .supply import Supply
from .symptom import SymptomLock
from .timekeeper import Timekeeper
from .vitals import Vitals
from .watch import Watch

TICK_MS = 20
TICKS_MASK = 0x3FFFFFFF
SLOW_LOOK_MS = 1000
RESULT_SHOWN_MS = 3000
RECOVERY_PATIENCE_MS = 1400
"""Of the 2 s that the watchdog gives: the rest is for closing the log."""

AUTO_OFF_MS = 120000
LOCK_VERSION = 1
FACTORY_FLAG = "factory"
LOCKED, UNLOCKED = b"1", b"0"
RESTING = (ids.IDLE, ids.PRACTICE, ids.LOCKED)
RESULTS = (ids.DONE, ids.STOPPED, ids.ABORTED)


class Tool:
    """Core on a board (boards.board.Board). `start` once, then `run` for ever.

    Attributes:
        mode: ids.IDLE .... session, log: of the session that runs, or None. fault: ids.FAULT_* of the last test.
        memory_fault: why nothing can be kept, or an empty text. supply: battery, USB power. travel_lock: as it is now.
        broken: the exception that ended it, or None. air: core.air_window.AirWindow on boards with a radio, or None.
    """

    def __init__(self, board):
        self.board = board
        self.clock = WallClock(time.ticks_ms)
        self.settings = Settings(board.root)
        self.routines = RoutineStore(board.root)
        self.counters = Counters(board.root)
        self.journal = Journal(board.root)
        self._lock_slots = TwoSlots(board.root, "lock", LOCK_VERSION)
        self.player = Player(board.motor, board.light)
        force = ForceFilter(board.counts_per_n, board.zero_counts)
        self.watch = Watch(board.sensor, self.player, force, time.ticks_us)
        self.gaps = GapWork(self.watch, self.player, board.motor, board.sensor)
        self.vitals = Vitals()
        self.symptoms = SymptomLock(self.counters, self.clock)
        self.starter = Starter(self)
        self.chooser = Chooser(self)
        self.timekeeper = Timekeeper(self)
        self.calibrator = Calibrator(self)
        self.button = Button()
        self.mode = ids.IDLE
        self.session = None
        self.log = None
        self.factory_reset = None
        self.fault = ids.FAULT_NONE
        self.memory_fault = ""
        self.started = False
        self.travel_lock = False
        self._lock_wanted = False
        self.supply = Supply(board)
        self.doubts = Doubts(self.watch, board)
        self.reset_asked = False
        self.leaving = ids.RESET_ASKED
        self.safe_asked = False
        self._recovering = False
        self._recovery_ms = 0
        self._busy = None
        self._slow_ms = self._result_ms = self._idle_ms = 0
        self._watchdog = None
        self._beats = -1
        self.broken = None
        self.air = self._window() if getattr(board, "has_radio", False) else None

    def _window(self):
        """Of the radio: only boards that have one load it."""
        from .air_window import AirWindow

        return AirWindow(self)

    @property
    def battery_pct(self) -> int:
        """Charge left, percent."""
        return self.supply.battery_pct

    @property
    def battery_mv(self) -> int:
        """The cell's voltage while the motor rests."""
        return self.supply.battery_mv

    @property
    def usb_power(self) -> bool:
        """Whether the USB connector has power."""
        return self.supply.usb_power

    async def start(self) -> None:
        """Recover the memory, start sensor and motor, begin to watch."""
        cause = self.board.reset_cause()
        try:  # an orderly restart, which rp2 cannot tell from the watchdog's, leaves nothing open
            self.journal.recover(ids.END_WATCHDOG if cause == ids.RESET_WATCHDOG else ids.END_POWER_LOSS)
            self.travel_lock = self._lock_slots.load() == LOCKED
            self._finish_factory_reset()
        except StorageError as error:
            self.memory_fault = str(error)
        self.counters.boot(cause=cause)
        self.calibrator.call("take")
        self._apply_settings()
        await self._start_chips()
        self.vitals.count(self.fault)
        self.starter.refused = self.board.practice_only or self.calibrator.why_not
        self.watch.first_limits(self.starter.limits_of(None))
        self.board.attach(self.watch.on_ready, self.watch.on_timer, self.watch.edges.stamp)
        self.start_watch()
        self.supply.look()
        self._look_at_samples()
        self._show_rest()
        self.gaps.collect()
        self.started = True

    def _finish_factory_reset(self) -> None:
        """One that a power cut broke off leaves its flag."""
        if FACTORY_FLAG not in os.listdir(self.board.root or "/"):
            return
        for step in guest.load("factory_reset").steps(self):
            step()
        guest.forget("factory_reset")

    async def _start_chips(self) -> None:
        motor_fault = await self.board.start_motor()
        self.fault = await self.board.start_sensor() or motor_fault

    def start_watch(self) -> None:
        """Watch, from now on, by the tool's running time."""
        if self.board.blind:
            return
        self.watch.t_ms = self.clock.uptime_ms() & TICKS_MASK
        self.watch.use_rate(self.board.rate_sps)
        self.watch.start()
        self.calibrator.latch()

    async def calibrated(self) -> None:
        """A calibration has ended: watch again, by the one that holds now."""
        await self._start_chips()
        self.watch.clear_fault()
        self.start_watch()
        self._show_rest()
        self.gaps.collect()

    def settings_changed(self) -> None:
        """Settings were written: they hold from now on."""
        self._apply_settings()
        if self.session is None:
            self.watch.use_limits(self.starter.limits_of(None))

    def _apply_settings(self) -> None:
        self.player.haptic_pct = self.settings.value("haptic_pct")
        self.player.light_pct = self.settings.value("light_pct")

    async def run(self) -> None:
        """The main loop, until a restart is asked for; it then closes what is open.

        A task that breaks off, or this one, asks for one, too: the tool goes on whole or not at all.
        """
        asyncio.get_event_loop().set_exception_handler(self._task_broke)
        self._watchdog = self.board.watchdog()
        try:
            await self._turns()
        except Exception as error:  # noqa: BLE001  (whatever it is: closed and restarted)
            self.broke(error)
        asked = ids.END_BUTTON if self._recovering else ids.END_INTERRUPTED
        self.interrupted(asked if self.broken is None else ids.END_BROKEN)
        if self._recovering and not self.safe_asked:
            self._ask_safe_mode()

    async def _turns(self) -> None:
        last_ms = time.ticks_ms()
        while not self.reset_asked:
            await asyncio.sleep_ms(TICK_MS)
            now_ms = time.ticks_ms()
            self.tick(time.ticks_diff(now_ms, last_ms))
            last_ms = now_ms

    def _task_broke(self, _loop, context) -> None:
        self.broke(context["exception"])
        context["future"] = None  # asyncio keeps it: what the task hoarded is needed to close the log

    def broke(self, error) -> None:
        """An exception that nobody caught: close and restart."""
        self.broken = error
        self.leaving = ids.RESET_BROKEN_TASK
        self.reset_asked = True

    def tick(self, dt_ms: int) -> None:
        """One turn of the main loop."""
        self.clock.poll()
        self._feed()
        self.vitals.notice(self.watch.fault)
        self._look(dt_ms)
        if self.air is not None and self.air.tick(dt_ms):
            self.rest_changed()
        gesture = self.button.tick(self.board.button.active(), self.clock.uptime_ms())
        if gesture:
            self._gesture(gesture)
        if self.session is not None:
            self._tick_session(dt_ms)
        elif self._busy is None:
            self._tick_rest(dt_ms)

    def _feed(self) -> None:
        """Feed the watchdog while watch and main loop both live and nobody holds the button for recovery."""
        beats = self.watch.beats
        taken = self.factory_reset is not None and self.factory_reset.takes_hold()
        if self._recovering or (self.button.recovery and not taken):
            self._recover()
        elif beats != self._beats:
            self._watchdog.feed()
        self._beats = beats

    def _recover(self) -> None:
        """The button was held: the watchdog starves; once the log is closed the next start is safe mode.

        A tip that stays on the skin does not keep it away: then the main loop ends and closes, with nobody watching.
        """
        if not self._recovering:
            self._recovering = True
            self._recovery_ms = self.clock.uptime_ms()
        if self.session is not None:
            self.session.end(ids.END_BUTTON)
        elif not self.safe_asked and not self.watch.in_contact():
            self.player.silence()
            self.gaps.blocked(self._ask_safe_mode)
            self.leaving = ids.RESET_SAFE_MODE
            self.gaps.blocked(self._leave)
        if not self.safe_asked and self.clock.uptime_ms() - self._recovery_ms >= RECOVERY_PATIENCE_MS:
            self.leaving = ids.RESET_SAFE_MODE
            self.reset_asked = True

    def _ask_safe_mode(self) -> None:
        self.safe_asked = True
        try:
            self.board.ask_safe_mode()
        except OSError as error:  # a button that is still held leads there without the flag
            self.memory_fault = str(error)

    def _leave(self) -> None:
        """Note why the next start will be one. Never raises: without the note it counts as the watchdog's."""
        try:
            self.counters.leave(self.leaving)
        except Exception as error:  # noqa: BLE001  (whatever it is, the tool must restart)
            self.memory_fault = str(error)

    def _look(self, dt_ms: int) -> None:
        """At power and sensor; what they find ends a session."""
        poor = self.supply.tick(dt_ms)
        if poor and self.session is not None:
            self.session.end(poor)
        self.doubts.tick(dt_ms)
        if self.doubts.is_endless():
            if self.session is not None:
                self.session.end(ids.END_LONG_CONTACT)
            self.watch.latch(ids.FAULT_ZERO)
        self._slow_ms += dt_ms
        if self._slow_ms >= SLOW_LOOK_MS:
            self._slow_ms = 0
            self._look_at_samples()

    def _look_at_samples(self) -> None:
        watch = self.watch
        self.vitals.look(watch.sample_count, self.gaps.blocks, watch.running and not watch.fault)

    # between sessions

    def _tick_rest(self, dt_ms: int) -> None:
        self.timekeeper.tick(dt_ms)
        self._keep_lock()
        if self.chooser.slot:
            if self.chooser.tick(dt_ms):
                self._busy = asyncio.create_task(self._begin())
        elif self.mode in RESULTS:
            self._result_ms += dt_ms
            if self._result_ms >= RESULT_SHOWN_MS:
                self._show_rest()
        elif self.mode in RESTING:
            if self.mode != self._resting_mode() or (self.watch.fault and not self.fault):
                self.fault = self.fault or self.watch.fault
                self._show_rest()
            self.gaps.tick_at_rest(dt_ms)
            kept_awake = self.watch.in_contact() or (self.air is not None and self.air.connected)
            self._idle_ms = 0 if kept_awake else self._idle_ms + dt_ms
            if self._idle_ms >= AUTO_OFF_MS:
                self._sleep()

    def report_symptom(self, symptom: int) -> None:
        """A warning sign (ids.SYMPTOM_*): no session any more, not even this one."""
        self.symptoms.lock(symptom)
        if self.session is not None:
            self.session.end(ids.END_SYMPTOM)

    def _keep_lock(self) -> None:
        if self.memory_fault or self.symptoms.kept() or self.watch.in_contact() or self.player.busy():
            return
        try:
            self.gaps.blocked(self.symptoms.keep)
        except StorageError as error:
            self.memory_fault = str(error)

    def _resting_mode(self) -> int:
        if self.travel_lock:
            return ids.LOCKED
        return ids.PRACTICE if self.usb_power or self.board.practice_only else ids.IDLE

    def _show_rest(self) -> None:
        """Light between sessions: a slow heartbeat says that the tool watches; dark says not to press."""
        self.mode = self._resting_mode()
        self._idle_ms = 0
        blinks = patterns.AIR_BLINKS if self.air is not None and self.air.shows() else 0
        self.player.eye = False
        dark = self.travel_lock or self.fault
        self.player.scene(patterns.OFF if dark else patterns.WHITE_DIM, blinks, True)

    def rest_changed(self) -> None:
        """What the light tells between sessions is another now."""
        if self.mode in RESTING and self.session is None:
            self._show_rest()

    def _sleep(self) -> None:
        """Dark and not watching, until the button wakes it."""
        self.mode = ids.ASLEEP
        self.player.silence()
        self.watch.stop()
        self.player.dark()
        try:
            self.board.sensor.standby()
            self.board.motor.standby()
        except OSError:
            self.fault = ids.FAULT_BUS

    async def _wake(self) -> None:
        self.fault = await self.board.wake() or self.fault
        self.watch.clear_fault()
        self.start_watch()
        self._show_rest()
        await self._start()

    # the button

    def _gesture(self, gesture: int) -> None:
        if self.session is not None:
            self.session.gesture(gesture)
            if gesture == button.LONG:
                self._lock_wanted = True
        elif self.calibrator.under_way:
            self.calibrator.call("stop", True)
        elif self._busy is None:
            self._gesture_at_rest(gesture)

    def _gesture_at_rest(self, gesture: int) -> None:
        if self.chooser.slot:
            if self.chooser.gesture(gesture):
                return
            self._show_rest()
        if gesture == button.LONG:
            self._busy = asyncio.create_task(self._set_lock(not self.travel_lock))
        elif gesture == button.MEDIUM and self.mode != ids.ASLEEP:
            self._sleep()
        elif gesture == button.DOUBLE and self.air is not None and self.air.open():
            self._show_rest()
        elif gesture == button.SHORT:
            self._idle_ms = 0
            self._busy = asyncio.create_task(self._wake() if self.mode == ids.ASLEEP else self._start())

    async def _set_lock(self, locked: bool) -> None:
        """Travel lock on or off, kept over power cycles."""
        self.travel_lock = locked
        try:
            await self.gaps.run(lambda: self._lock_slots.save(LOCKED if locked else UNLOCKED))
        except StorageError as error:
            self.memory_fault = str(error)
        self._busy = None
        if self.mode != ids.ASLEEP:
            self._show_rest()

    def begin_self_test(self) -> bool:
        """Test at a host's request, USB power or not; False while something else is begun."""
        if self.session is not None or self._busy is not None:
            return False
        self._busy = asyncio.create_task(self._test(self.mode == ids.ASLEEP))
        self.mode = ids.SELF_TEST
        return True

    async def _test(self, asleep: bool) -> None:
        if asleep:
            self.fault = await self.board.wake() or self.fault
            self.start_watch()
        await self.starter.test(True)
        self.calibrator.latch()
        self._busy = None
        self._show_rest()

    def take_over(self, work) -> bool:
        """Run a coroutine function in place of whatever the button begins; False while something is begun."""
        if self.session is not None or self._busy is not None or self.chooser.slot:
            return False
        self._busy = asyncio.create_task(self._work(work))
        return True

    async def _work(self, work) -> None:
        await work()
        self._busy = None

    async def _start(self) -> None:
        """A click at rest: whose session it is, where that can be told; then begin."""
        if self.chooser.begin():
            self._busy = None
        else:
            await self._begin()

    async def _begin(self) -> None:
        """Begin a session, or say by pattern that none may begin."""
        starter = self.starter
        starter.refused = starter.why_not()
        if not starter.refused:
            if self.air is not None:
                await self.air.leave()
            self.mode = ids.SELF_TEST
            self.session, self.log = await starter.begin()
            self.timekeeper.session_begins()
        self._busy = None
        if self.session is None:
            self.starter.slot = SHARED
            self.player.ask(ids.CUE_FAULT)
            self._show_rest()

    # in a session

    def _tick_session(self, dt_ms: int) -> None:
        session = self.session
        session.tick(dt_ms)
        self.timekeeper.tick_session()
        self.mode = session.mode
        if not session.over():
            self.gaps.tick(dt_ms, session, self.log)
        elif self._busy is None and session.may_close():
            self._busy = asyncio.create_task(self._close())

    def _write_log(self) -> None:
        session = self.session
        self.log.close(session.end_reason, len(session.routine.steps), self.clock, self.fault)

    def _count_dose(self) -> None:
        pressed = [key[0] for key in self.session.pressed()]
        self.counters.session_ended(pressed, self.clock, self.log.totals, self.starter.slot)

    def interrupted(self, reason: int = ids.END_INTERRUPTED) -> None:
        """The main loop ends (a restart, Ctrl-C, an exception): motor off, watch no more, close what is open.

        Never raises: what cannot be closed now is closed at the next start.
        """
        self.player.silence()
        self.watch.stop()
        self.gaps.collect()
        try:
            if self.session is None:
                self.starter.give_up(reason)
            else:
                self._close_now(reason)
        except Exception as error:  # noqa: BLE001  (what broke may be what is closed here)
            self.memory_fault = str(error)
        self.player.silence()
        self._leave()

    def _close_now(self, reason: int) -> None:
        try:
            self.session.end(reason)
        finally:  # its end reason stands before anything can break
            if self.journal.session:
                self._write_log()
        self._count_dose()  # not after an exception: then the next start counts it as cut off

    async def _close(self) -> None:
        """Close the log, count the dose."""
        self.fault = self.watch.fault or self.gaps.motor_fault
        self.vitals.count(self.gaps.motor_fault)
        self.gaps.motor_fault = ids.FAULT_NONE
        try:
            await self.gaps.run(self._write_log)
            await self.gaps.run(self._count_dose)
        except StorageError as error:
            self.memory_fault = str(error)
        self.session = self.log = self._busy = None
        self.starter.slot = SHARED
        self.watch.use_limits(self.starter.limits_of(None))
        self._result_ms = 0
        if self._lock_wanted:
            self._lock_wanted = False
            self._busy = asyncio.create_task(self._set_lock(True))
        if self.battery_pct < BATTERY_START_PCT:
            self.player.ask(ids.CUE_LOW_BATTERY)
