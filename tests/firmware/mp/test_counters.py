"""The over-use counters alone: power-ups, lost counters, sessions cut off, dates to the second."""

import json

from core import counters, dose, ids, limits, wire
from core.counters import BOOT_JUMP, SHARED, WEEK_S
from core.errors import StorageError
from core.slots import encode
from dose_rig import DAY_S, NOON_S, Rig
from memory_files import MemoryFiles

SESSION_S = 600


def moments(rig):
    return rig.counters._data["users"]["0"]["ends"]


def test_figures():
    assert (counters.VERSION, counters.USERS_MAX, WEEK_S, BOOT_JUMP) == (1, 4, 604800, 10000)
    assert counters._SESSION_S == SESSION_S and SHARED == 0


def test_each_power_up_has_its_number_and_keeps_it():
    rig = Rig()
    for number in range(1, 5):
        assert rig.counters.boots() == number
        rig.power_up()
    rig.counters.boot(True)
    assert rig.counters.boots() == 5, "a deep sleep is the same power-up"
    fresh = counters.Counters("/r", MemoryFiles())
    fresh.boot(True)
    assert fresh.boots() == 1


def test_a_new_tool_has_had_no_session_without_a_time():
    rig = Rig()
    assert not rig.counters.is_unknown_used() and rig.counters.unknown_sessions() == 0


def test_lost_counters_count_as_a_session_just_now():
    fs = MemoryFiles()
    for name in ("/r/dose.a", "/r/dose.b"):
        fs.files[name] = b"torn"
    rig = Rig(fs)
    assert rig.counters.boots() == 1 + BOOT_JUMP
    assert moments(rig) == [[0, 1 + BOOT_JUMP, 0]]
    for zone in limits.ZONES:
        assert rig.counters.zone_ends(zone) == [[0, 1 + BOOT_JUMP, 0]]
    assert not dose.zone_rested(rig.counters, rig.clock, rig.settings, ids.CHEEKS)[0]


def test_a_payload_that_is_no_table_is_lost():
    for payload in (b"[]", b"{", b'{"users": 3}', b"3"):
        fs = MemoryFiles()
        fs.files["/r/dose.a"] = encode(1, 1, payload)
        assert Rig(fs).counters.boots() == 1 + BOOT_JUMP, payload


def test_a_cut_session_ends_as_late_as_it_can_have():
    for clock_set in (False, True):
        rig = Rig()
        if clock_set:
            assert rig.clock.set(NOON_S) == wire.ERR_OK
        rig.pass_s(100)
        rig.counters.session_begins([ids.CHEEKS], rig.clock)
        unix_s = rig.clock.dose_s()
        rig.power_up()
        wanted = [unix_s + SESSION_S if clock_set else 0, 1, 100]
        assert moments(rig) == [wanted] and rig.counters.zone_ends(ids.CHEEKS) == [wanted]
        rig.power_up()
        assert moments(rig) == [wanted], "it is counted once"


def test_a_session_that_ends_without_a_beginning_counts():
    rig = Rig()
    rig.counters.session_ended([ids.CHEEKS], rig.clock)
    assert rig.counters.total() == 1 and len(moments(rig)) == 1
    assert rig.counters.lifetime("over") == rig.counters.lifetime("cleanings") == 0
    rig.counters.session_ended([ids.CHEEKS], rig.clock, {})
    assert rig.counters.lifetime("over") == 0 and rig.counters.total() == 2


def test_an_end_without_a_beginning_uses_up_the_session_of_this_power_up():
    rig = Rig()
    rig.press([ids.CHEEKS])
    rig.power_up()
    rig.counters.session_ended([], rig.clock)
    assert rig.counters.unknown_sessions() == 0 and not rig.counters.is_unknown_used()
    rig.counters.session_ended([ids.CHEEKS], rig.clock)
    assert rig.counters.unknown_sessions() == 1 and rig.counters.is_unknown_used()


def test_a_session_without_contact_leaves_nothing_open():
    rig = Rig()
    rig.counters.session_begins([ids.CHEEKS], rig.clock)
    rig.counters.session_ended([], rig.clock)
    rig.power_up()
    assert rig.counters.session_ends() == [] and rig.counters.total() == 0


def test_ends_are_dated_once_the_clock_is_known():
    rig = Rig()
    rig.press([ids.CHEEKS])
    ended_s = rig.clock.uptime_s()
    assert rig.counters.keep_time(rig.clock) is False
    rig.pass_s(1000)
    rig.clock.set(NOON_S)
    assert rig.counters.keep_time(rig.clock) is True
    dated = NOON_S - (rig.clock.uptime_s() - ended_s)
    assert moments(rig)[0][0] == dated
    assert rig.counters.keep_time(rig.clock) is False, "nothing new"
    rig.power_up()
    assert moments(rig)[0] == [dated, 1, ended_s], "it was written"
    rig.clock.set(NOON_S + DAY_S)
    assert rig.counters.keep_time(rig.clock) is False, "a dated end of another power-up stays"
    assert moments(rig)[0][0] == dated


def test_small_steps_of_the_clock_write_nothing():
    for step_s, written in ((1, False), (-1, False), (2, True), (-2, True), (3, True)):
        rig = Rig()
        rig.clock.set(NOON_S)
        rig.press([ids.CHEEKS])
        moments(rig)[0][0] += step_s
        rig.counters._data["users"]["0"]["zones"] = {}
        assert rig.counters.keep_time(rig.clock) is written, step_s


def test_the_end_of_a_session_dates_those_before():
    rig = Rig()
    rig.press([ids.CHEEKS])
    rig.clock.set(NOON_S)
    rig.press([ids.JAWLINE])
    assert moments(rig)[0][0] > 0


def test_a_save_that_fails_at_power_up_is_told():
    rig = Rig()
    assert rig.counters.unsaved is None
    real = rig.counters._slots.save
    rig.counters._slots.save = lambda _payload: (_ for _ in ()).throw(StorageError("full"))
    rig.counters._save_if_possible()
    assert str(rig.counters.unsaved).find("full") >= 0
    rig.counters._slots.save = real


def test_waiting_times_are_told_rounded_up():
    for seconds, text in (
        (1, "1 min"), (60, "1 min"), (61, "2 min"), (3540, "59 min"), (3541, "1 h 0 min"), (3660, "1 h 1 min"),
        (7260, "2 h 1 min"), (172740, "47 h 59 min"), (172741, "2 days 0 h"), (266400, "3 days 2 h"),
    ):  # fmt: skip
        assert dose._span(seconds) == text, seconds


def test_of_two_resting_zones_the_first_to_be_free_is_told():
    rig = Rig()
    rig.clock.set(NOON_S)
    rig.press([ids.CHEEKS])
    rig.pass_s(7200)
    rig.press([ids.JAWLINE])
    allowed, text = dose.session_allowed(rig.counters, rig.clock, rig.settings, (ids.JAWLINE, ids.CHEEKS))
    assert not allowed and "cheeks" in text
    ok, wait_ms, text = dose.zone_rested(rig.counters, rig.clock, rig.settings, ids.JAWLINE)
    assert (ok, wait_ms) == (False, 48 * 3600 * 1000) and "rests 48 h" in text and "2 days 0 h" in text


def test_other_firmwares_keys_outlast_this_one():
    rig = Rig()
    rig.press([ids.CHEEKS])
    rig.counters._data["of_newer_firmware"] = [1, 2]
    rig.press([ids.JAWLINE])
    rig.power_up()
    assert rig.counters._data["of_newer_firmware"] == [1, 2], (
        "a downgrade and an update later it is there still"
    )


def test_counters_of_before_the_running_time_are_read():
    fs = MemoryFiles()
    old = {
        "boot": 7, "unknown": 2, "unknown_boot": 7, "over": 1, "cleanings": 0,
        "users": {"0": {"total": 3, "zones": {"4": [0, 7, 500]}, "ends": [[0, 7, 500]]}},
        "open": {"slot": 0, "zones": [5], "at": [0, 7, 600]},
    }  # fmt: skip
    fs.files["/r/dose.a"] = encode(1, 1, json.dumps(old).encode())
    rig = Rig(fs)
    assert rig.counters.boots() == 8 and rig.counters.total() == 3 and rig.counters.unknown_sessions() == 2
    assert [moment[1] for moment in moments(rig)] == [7, 7], "and the open one is closed"
    rig.pass_s(49 * 3600)
    rig.clock.set(NOON_S)
    assert dose.zone_rested(rig.counters, rig.clock, rig.settings, ids.CHEEKS)[0]


def test_running_time_is_kept_hourly_for_a_week_after_a_session():
    rig = Rig()
    assert not rig.counters.is_life_due(rig.clock)
    rig.pass_s(2 * DAY_S)
    assert not rig.counters.is_life_due(rig.clock), "no session: nothing to date"
    rig.press([ids.CHEEKS])
    for seconds, due in ((3599, False), (1, True), (7 * DAY_S - 7200, True), (7199, True), (1, False)):
        rig.ticks += seconds * 1000
        rig.clock.poll()
        assert rig.counters.is_life_due(rig.clock) is due, seconds
