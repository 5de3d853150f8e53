"""Whose session it is, to the click and the millisecond."""

from core import button, ids, patterns
from core.chooser import TAKEN_MS, Chooser
from core.counters import SHARED


class Settings:
    users = 3

    def value(self, name):
        assert name == "users"
        return self.users


class Player:
    def __init__(self):
        self.shown = []

    def scene(self, colour, blinks, heartbeat):
        assert (colour, heartbeat) == (patterns.CHOICE, False)
        self.shown.append(blinks)


class Starter:
    slot = 9
    nobody = ""

    def why_nobody(self):
        return self.nobody


class Tool:
    def __init__(self, users=3):
        self.settings, self.player, self.starter = Settings(), Player(), Starter()
        self.settings.users = users
        self.button = button.Button()
        self.mode = ids.IDLE
        self.chooser = Chooser(self)


def test_a_new_one_has_no_choice_under_way():
    assert Tool().chooser.slot == SHARED


def test_one_that_was_never_begun_chooses_nobody():
    tool = Tool()
    assert tool.chooser.tick(0) is True and tool.starter.slot == SHARED
    assert tool.chooser.gesture(button.SHORT) is True and tool.chooser.slot == 1


def test_there_is_a_choice_from_two_users_on():
    for users, chosen in ((0, False), (1, False), (2, True), (4, True)):
        tool = Tool(users)
        assert tool.chooser.begin() is chosen, users
        assert tool.starter.slot == SHARED
        assert tool.chooser.slot == (1 if chosen else SHARED)
        assert tool.mode == (ids.CHOOSING if chosen else ids.IDLE)
        assert tool.player.shown == ([1] if chosen else [])


def test_where_nobody_may_begin_there_is_nothing_to_choose():
    tool = Tool()
    tool.starter.nobody = "the travel lock is on"
    assert tool.chooser.begin() is False and tool.player.shown == []


def test_clicks_step_on_and_round():
    tool = Tool(3)
    tool.chooser.begin()
    for gesture, slot in ((button.SHORT, 2), (button.SHORT, 3), (button.SHORT, 1), (button.DOUBLE, 3)):
        assert tool.chooser.gesture(gesture) is True
        assert tool.chooser.slot == slot and tool.player.shown[-1] == slot
    assert tool.chooser.gesture(button.TRIPLE) is True and tool.chooser.slot == 3


def test_in_four_slots_each_number_of_clicks_is_its_own():
    for gesture, slot in ((button.SHORT, 2), (button.DOUBLE, 3), (button.TRIPLE, 4)):
        tool = Tool(4)
        tool.chooser.begin()
        tool.chooser.gesture(gesture)
        assert tool.chooser.slot == slot


def test_a_hold_ends_the_choice():
    tool = Tool()
    tool.chooser.begin()
    assert tool.chooser.gesture(button.MEDIUM) is False and tool.chooser.slot == SHARED


def test_the_slot_shown_is_taken_after_four_seconds_without_a_click():
    assert TAKEN_MS == 4000
    tool = Tool()
    tool.chooser.begin()
    assert tool.chooser.tick(3999) is False
    tool.chooser.gesture(button.SHORT)
    assert tool.chooser.tick(3999) is False and tool.chooser.slot == 2
    assert tool.chooser.tick(1) is True
    assert (tool.starter.slot, tool.chooser.slot) == (2, SHARED)


def test_a_button_that_is_down_may_still_mean_something():
    tool = Tool()
    tool.chooser.begin()
    tool.button.down = True
    assert tool.chooser.tick(5000) is False
    tool.button.down = False
    assert tool.chooser.tick(4000) is True
