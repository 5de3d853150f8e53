"""Why the tool started, counted over its life."""

from core import ids
from core.counters import COUNT_MAX, Counters
from memory_files import MemoryFiles


def start(fs, cause):
    """Counters of a new power-up."""
    counters = Counters("/r", fs)
    counters.boot(cause=cause)
    return counters


def test_each_cause_has_its_count():
    fs = MemoryFiles()
    start(fs, ids.RESET_POWER_ON)
    start(fs, ids.RESET_WATCHDOG)
    counters = start(fs, ids.RESET_WATCHDOG)
    assert counters.lifetime("resets") == [1, 2]


def test_what_left_by_a_restart_had_said_why():
    for cause, leaving, counted in (
        (ids.RESET_WATCHDOG, ids.RESET_ASKED, ids.RESET_ASKED),
        (ids.RESET_POWER_ON, ids.RESET_ASKED, ids.RESET_POWER_ON),
        (ids.RESET_POWER_ON, ids.RESET_SAFE_MODE, ids.RESET_SAFE_MODE),
        (ids.RESET_OTHER, ids.RESET_BROKEN_TASK, ids.RESET_BROKEN_TASK),
    ):
        fs = MemoryFiles()
        start(fs, ids.RESET_POWER_ON).leave(leaving)
        before = start(MemoryFiles(), ids.RESET_POWER_ON).lifetime("resets")
        resets = start(fs, cause).lifetime("resets")
        before = before + [0] * (len(resets) - len(before))
        grown = [n for n, count in enumerate(resets) if count != before[n]]
        assert grown == [counted] and resets[counted] == before[counted] + 1, (cause, leaving)
        assert start(fs, ids.RESET_WATCHDOG).lifetime("resets")[ids.RESET_WATCHDOG] == 1, "said once"


def test_a_count_stays_at_its_top():
    assert COUNT_MAX == 1000000
    fs = MemoryFiles()
    counters = start(fs, ids.RESET_POWER_ON)
    counters.put("resets", [COUNT_MAX - 1])
    counters.keep()
    for _ in range(2):
        counters = start(fs, ids.RESET_POWER_ON)
        assert counters.lifetime("resets") == [COUNT_MAX]


def test_new_counters_have_felt_and_cleaned_nothing():
    counters = start(MemoryFiles(), ids.RESET_POWER_ON)
    assert counters.lifetime("felt") == 0 and counters.lifetime("cleaned") == 0
    assert counters.lifetime("leaving") is None


def test_nothing_is_written_before_it_was_loaded():
    fs = MemoryFiles()
    Counters("/r", fs).leave(ids.RESET_ASKED)
    assert fs.files == {}
