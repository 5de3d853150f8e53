"""What may begin a session, in which order things are tried, and by which limits its steps go."""

from core import errors, ids, limits, routine, self_test
from core.calibrator import Calibrator
from core.clock import WallClock
from core.counters import Counters
from core.journal import Journal
from core.routine_store import RoutineStore
from core.settings import Settings
from core.starter import BATTERY_START_PCT, Starter
from core.symptom import SymptomLock
from core.vitals import Vitals
from core_rig import Rig
from memory_files import MemoryFiles

HEAP = "2m"
NOON_S = 1790000000


class Gaps:
    """Runs its work at once."""

    async def run(self, work):
        return work()

    async def collect_in_gap(self):
        pass


class Board:
    """Counts what is started anew."""

    device_id = b"12345678"
    sensor_kind = ids.SENSOR_NAU7802
    rate_sps = 320
    practice_only = ""
    sensor = motor = None

    def __init__(self):
        self.started = []
        self.still = ids.FAULT_NONE

    async def start_motor(self):
        self.started.append("motor")
        return self.still

    async def start_sensor(self):
        self.started.append("sensor")
        return self.still


class Tool:
    """What the starter sees of a tool."""

    def __init__(self, fs=None):
        fs = fs or MemoryFiles()
        rig = Rig()
        self.watch, self.player = rig.watch, rig.player
        self.board = Board()
        self.clock = WallClock(lambda: 12345)
        self.settings = Settings("/r", fs)
        self.counters = Counters("/r", fs)
        self.counters.boot()
        self.routines = RoutineStore("/r", fs)
        self.journal = Journal("/r", fs)
        self.journal.recover()
        self.gaps = Gaps()
        self.travel_lock = self.usb_power = False
        self.battery_pct = 100
        self.memory_fault = ""
        self.fault = ids.FAULT_NONE
        self.vitals = Vitals()
        self.symptoms = SymptomLock(self.counters, self.clock)
        self.watch_starts = 0
        self.starter = Starter(self)
        self.calibrator = Calibrator(self)
        self.calibrator.fault = ids.FAULT_NONE

    def start_watch(self):
        self.watch_starts += 1
        self.watch.start()


def finished(coroutine):
    """The value of a coroutine that waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("it waits")


def begin(tool, fault=ids.FAULT_NONE, at_test=None):
    """Begin with a self-test that finds `fault`."""

    async def run(feel):
        assert not feel, "the motor is not shaken before a session"
        if at_test is not None:
            at_test()
        return fault

    tool.starter.tests.run = run
    return finished(tool.starter.begin())


def test_a_new_starter_refuses_nothing_and_is_gentle():
    tool = Tool()
    assert tool.starter.refused == "" and tool.starter.why_not() == ""
    step = routine.Step(ids.CHEEKS, ids.LEFT, 0, 5000, 1, {})
    assert tool.starter.limits_of(step).zone_ms == limits.PACE_FIRST[1]


def test_the_battery_has_its_edge():
    tool = Tool()
    assert BATTERY_START_PCT == 20
    tool.battery_pct = 20
    assert tool.starter.why_not() == ""
    tool.battery_pct = 19
    assert tool.starter.why_not() == "the battery is at 19 %; charge it to 20 % or more"


def test_each_reason_refuses_and_the_first_is_told():
    tool = Tool()
    tool.memory_fault = "full of holes"
    assert tool.starter.why_not().startswith("the tool's memory failed (full of holes): practice only")
    tool.battery_pct = 5
    assert tool.starter.why_not().startswith("the battery")
    tool.usb_power = True
    assert tool.starter.why_not().startswith("USB power is on: practice only")
    tool.travel_lock = True
    assert tool.starter.why_not().startswith("the travel lock is on")
    tool.calibrator.fault = ids.FAULT_CALIBRATION_FOREIGN
    tool.calibrator.why_not = "of another tool"
    assert tool.starter.why_not() == "of another tool"
    tool.symptoms.lock(ids.SYMPTOM_NUMB)
    assert tool.starter.why_not().startswith("a warning sign was reported (numbness)")


def test_rest_refuses():
    tool = Tool()
    zones = sorted({step.zone for step in tool.routines.load().steps})
    tool.counters.session_begins(zones, tool.clock)
    tool.counters.session_ended(zones, tool.clock, {})
    assert "rests 48 h" in tool.starter.why_not()
    session, log = begin(tool)
    assert session is None and log is None and "rests 48 h" in tool.starter.refused
    assert tool.journal.session == 0


def test_a_session_begins_with_its_log_and_its_count():
    tool = Tool()
    tool.watch.t_ms = 500
    session, log = begin(tool)
    assert session.log is log and tool.journal.session == 1 and tool.starter.refused == ""
    assert tool.board.started == []
    assert tool.watch.session_ms() == 0 and session.session_ms == limits.PACE_FIRST[2]
    assert tool.counters._data["open"] is not None, "it counts before the first press"


def test_the_session_is_as_short_as_pace_and_settings_say():
    tool = Tool()
    tool.settings.write("session_max_min", b"2")
    session, _log = begin(tool)
    assert session.session_ms == 120000


def test_a_reason_that_comes_up_in_the_self_test_refuses():
    tool = Tool()

    def plug_in():
        tool.usb_power = True

    session, _log = begin(tool, at_test=plug_in)
    assert session is None and tool.starter.refused.startswith("USB power")
    assert tool.journal.session == 0


def test_a_failed_self_test_refuses_with_its_advice():
    for fault, advice in (
        (ids.FAULT_ZERO, "take all load off the tip"),
        (ids.FAULT_REGISTERS, "lost its supply"),
        (ids.FAULT_MOTOR_DIAGNOSTIC, "two wires checked"),
        (ids.FAULT_SENSOR_DEAF, "four wires checked"),
        (ids.FAULT_MOTOR_KIND, "have it replaced"),
        (ids.FAULT_MISSING, "have its wiring checked"),
    ):
        tool = Tool()
        assert begin(tool, fault) == (None, None) and tool.fault == fault
        assert tool.starter.refused.startswith("the self-test failed (%s): " % ids.FAULT_NAMES[fault])
        assert advice in tool.starter.refused and tool.journal.session == 0


def test_the_chip_that_failed_last_is_started_anew():
    for fault, started in (
        (ids.FAULT_NONE, []),
        (ids.FAULT_ZERO, []),
        (ids.FAULT_MOTOR_STANDBY, ["motor"]),
        (ids.FAULT_MOTOR_DIAGNOSTIC, ["motor"]),
        (ids.FAULT_STALE, ["sensor"]),
    ):
        tool = Tool()
        tool.fault = fault
        still = []
        tool.player.silence = lambda: still.append("player")
        tool.watch.stop = lambda: still.append("watch")
        begin(tool)
        assert tool.board.started == started and tool.watch_starts == len(started), fault
        assert still == (["player", "watch"] if started else []), fault


def test_a_chip_that_does_not_start_refuses_untested():
    tool = Tool()
    tool.fault = ids.FAULT_MOTOR_KIND
    tool.board.still = ids.FAULT_MOTOR_KIND
    assert begin(tool) == (None, None)
    assert tool.fault == ids.FAULT_MOTOR_KIND and "another_kind" in tool.starter.refused
    assert tool.starter.tests.parts == [(self_test.MOTOR, ids.FAULT_MOTOR_KIND)]
    assert tool.vitals.faults() == [(ids.FAULT_MOTOR_KIND, 1)]
    tool.fault = tool.board.still = ids.FAULT_MISSING
    assert begin(tool) == (None, None)
    assert tool.starter.tests.parts == [(self_test.SENSOR, ids.FAULT_MISSING)]


def test_a_fault_of_the_watch_starts_the_sensor_anew():
    tool = Tool()
    tool.watch.fault = ids.FAULT_STUCK
    begin(tool)
    assert tool.board.started == ["sensor"]


def failing(error):
    def ease(_now_unix_s, _one_is_enough):
        raise error

    return ease


def test_a_memory_that_takes_nothing_refuses():
    for error, said in (
        (errors.StorageFull("no room"), "the tool's memory is full; sync it with the desktop first"),
        (errors.StorageError("dead"), "the tool's memory cannot be written (dead)"),
    ):
        tool = Tool()
        tool.journal.ease = failing(error)
        assert begin(tool) == (None, None) and tool.starter.refused == said


def test_a_log_that_cannot_be_begun_is_no_session_counted():
    tool = Tool()

    def refuse(header):
        raise errors.StorageError("dead")

    tool.journal.begin = refuse
    assert begin(tool) == (None, None) and "dead" in tool.starter.refused
    assert tool.counters._data["open"] is None and tool.counters.session_ends() == []


def test_the_header_says_who_and_how():
    tool = Tool()
    tool.settings.write("strict", b"1")
    tool.settings.write("profile", b"sensitive")
    tool.clock.set(NOON_S)
    seen = []
    real = tool.journal.begin
    tool.journal.begin = lambda header: (seen.append(header), real(header))[1]
    begin(tool)
    header = seen[0]
    assert header["device_id"] == b"12345678" and header["rate_sps"] == 320
    assert (header["profile"], header["sensor"]) == (ids.PROFILE_SENSITIVE, ids.SENSOR_NAU7802)
    assert header["pace"] == 2 and header["user_slot"] == 0 and header["boot"] == 1
    assert header["time_quality"] == ids.TIME_SET and header["start_unix_s"] == NOON_S
    assert header["routine_name"] == b"Gentle start" and header["routine_crc"] == tool.routines.crc()


def test_an_unset_clock_is_told_as_unknown_time():
    tool = Tool()
    seen = []
    real = tool.journal.begin
    tool.journal.begin = lambda header: (seen.append(header), real(header))[1]
    begin(tool)
    assert (seen[0]["time_quality"], seen[0]["start_unix_s"]) == (ids.TIME_UNKNOWN, 0)
    assert seen[0]["pace"] == 0


def test_limits_of_a_step_are_those_of_person_and_pace():
    tool = Tool()
    tool.settings.write("profile", b"sensitive")
    step = routine.Step(ids.CHEEKS, ids.LEFT, 0, 5000, 1, {"hi_mn": 1000})
    found = tool.starter.limits_of(step)
    assert (found.limit_mn, found.hi_mn, found.hold_ms) == (1750, 1000, 10000)
    assert found.mask() & 1 << limits.BY_FIRST_WEEK
    outside = tool.starter.limits_of(None)
    assert outside.limit_mn == 1400, "outside a step the narrowest zone's, and the profile's"


def test_a_zone_that_rests_is_told_to_the_session():
    tool = Tool()
    tool.counters.session_begins([ids.CHEEKS], tool.clock)
    tool.counters.session_ended([ids.CHEEKS], tool.clock, {})
    assert not tool.starter._rested(ids.CHEEKS) and tool.starter._rested(ids.FOREHEAD)


def test_parts_that_allow_no_session_refuse():
    tool = Tool()
    tool.board.practice_only = "an FSR only shows contact"
    assert tool.starter.why_not() == "an FSR only shows contact"


def test_a_fault_is_counted_once_by_whoever_notices_it_first():
    for fault, of_watch, counted in (
        (ids.FAULT_NONE, ids.FAULT_NONE, []),
        (ids.FAULT_ZERO, ids.FAULT_NONE, [(ids.FAULT_ZERO, 1)]),
        (ids.FAULT_STUCK, ids.FAULT_STUCK, []),
    ):
        tool = Tool()

        def notice():
            tool.watch.fault = of_watch  # noqa: B023

        begin(tool, fault, notice)
        assert tool.vitals.faults() == counted, fault


def test_the_owners_word_on_copies_and_the_time_go_to_the_journal():
    for text, one_is_enough in ((b"0", False), (b"1", True)):
        tool = Tool()
        tool.clock.set(NOON_S)
        assert tool.settings.write("one_copy", text) == 0
        asked = []
        tool.journal.ease = lambda now_s, one: asked.append((now_s, one))  # noqa: B023
        begin(tool)
        assert asked == [(NOON_S, one_is_enough)]


def test_a_session_given_up_before_it_began_is_closed_and_not_counted():
    tool = Tool()
    finished(tool.starter._open_log(tool.routines.load()))
    assert tool.journal.session == 1
    tool.watch.t_ms = 500
    tool.starter.give_up(ids.END_INTERRUPTED)
    assert tool.journal.session == 0 and tool.watch.session_ms() == 0
    assert [(row["id"], row["end"]) for row in tool.journal.list(0, 4)[0]] == [(1, ids.END_INTERRUPTED)]
    assert tool.counters._data["open"] is None and tool.counters.total() == 0


def test_without_a_log_there_is_nothing_to_give_up():
    tool = Tool()
    tool.watch.t_ms = 500
    tool.starter.give_up(ids.END_INTERRUPTED)
    assert tool.watch.session_ms() == 500 and tool.journal.list(0, 4)[0] == []
