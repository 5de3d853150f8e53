"""When the running time is kept, and what is logged of a clock that was set."""

from core import ids
from core.errors import StorageError
from core.timekeeper import LOOK_MS, Timekeeper

NOW_S = 1790000000


class Clock:
    settings = 0
    now_s = NOW_S

    def read(self):
        return self.now_s


class Counters:
    def __init__(self):
        self.due = False
        self.kept = 0
        self.error = None

    def is_life_due(self, _clock):
        return self.due

    def keep_time(self, _clock):
        self.kept += 1
        if self.error:
            raise self.error


class Gaps:
    def blocked(self, call):
        return call()


class Watch:
    def __init__(self):
        self.contact = False
        self.logged = []
        self.events = self

    def in_contact(self):
        return self.contact

    def session_ms(self):
        return 77

    def put(self, t_ms, kind, value):
        self.logged.append((t_ms, kind, value))


class Player:
    playing = False

    def busy(self):
        return self.playing


class Tool:
    def __init__(self):
        self.clock, self.counters, self.gaps = Clock(), Counters(), Gaps()
        self.watch, self.player = Watch(), Player()
        self.memory_fault = ""
        self.keeper = Timekeeper(self)

    def kept(self, dt_ms):
        before = self.counters.kept
        self.keeper.tick(dt_ms)
        return self.counters.kept - before


def test_it_looks_once_a_minute_and_keeps_what_is_due():
    assert LOOK_MS == 60000
    tool = Tool()
    tool.counters.due = True
    assert tool.kept(59999) == 0
    assert tool.kept(1) == 1
    assert tool.kept(59999) == 0, "a minute from the last look on"
    assert tool.kept(1) == 1
    tool.counters.due = False
    assert tool.kept(60000) == 0


def test_a_clock_that_was_set_is_kept_at_once_and_once():
    tool = Tool()
    tool.clock.settings = 1
    assert tool.kept(20) == 1
    assert tool.kept(20) == 0
    tool.clock.settings = 2
    assert tool.kept(20) == 1


def test_it_waits_for_a_lift_and_the_end_of_a_pattern():
    tool = Tool()
    tool.clock.settings = 1
    tool.watch.contact = True
    assert tool.kept(60000) == 0
    tool.watch.contact = False
    tool.player.playing = True
    assert tool.kept(60000) == 0
    tool.player.playing = False
    assert tool.kept(0) == 1


def test_a_memory_that_fails_is_told():
    tool = Tool()
    tool.clock.settings = 1
    tool.counters.error = StorageError("dead")
    tool.keeper.tick(20)
    assert tool.memory_fault == "dead"


def test_a_clock_set_in_a_session_is_logged_once():
    tool = Tool()
    tool.clock.settings = 1
    tool.keeper.session_begins()
    tool.keeper.tick_session()
    assert tool.watch.logged == [], "what was told before stands in the header"
    tool.clock.settings = 2
    tool.keeper.tick_session()
    tool.keeper.tick_session()
    assert tool.watch.logged == [(77, ids.EVENT_CLOCK_SET, NOW_S)]


def test_a_first_setting_in_a_session_without_a_beginning_is_logged():
    tool = Tool()
    tool.clock.settings = 1
    tool.keeper.tick_session()
    assert len(tool.watch.logged) == 1


def test_a_time_beyond_its_field_stays_at_its_top():
    tool = Tool()
    tool.clock.settings = 1
    tool.clock.now_s = 4000000000
    tool.keeper.tick_session()
    assert tool.watch.logged[0][2] == 0x7FFFFFFF
