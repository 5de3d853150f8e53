"""Properties of what the tool keeps, for any content, any cut and any damage."""

from __future__ import annotations

import binascii
import contextlib
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from gentlepress.firmware.core import ids, limits, records, routine_store, session_file, slots, wire
from gentlepress.firmware.core.clock import WallClock
from gentlepress.firmware.core.counters import Counters
from gentlepress.firmware.core.dose import zone_rested
from gentlepress.firmware.core.errors import StorageError
from gentlepress.firmware.core.journal import Journal
from gentlepress.firmware.core.settings import Settings
from gentlepress.firmware.core.trace_coder import TraceCoder
from hypothesis import given
from hypothesis import strategies as st

SUPPORT = Path(__file__).parent / "mp" / "support" / "memory_files.py"
RANGES = {
    "B": (0, 0xFF),
    "H": (0, 0xFFFF),
    "I": (0, 0xFFFFFFFF),
    "Q": (0, (1 << 64) - 1),
    "i": (-(1 << 31), (1 << 31) - 1),
}


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


memory_files = _load(SUPPORT)
MemoryFiles = memory_files.MemoryFiles
PowerCut = memory_files.PowerCut


def fields(table: tuple) -> st.SearchStrategy[dict]:
    def of(code: str) -> st.SearchStrategy:
        if code.endswith("s"):
            return st.binary(min_size=int(code[:-1]), max_size=int(code[:-1]))
        return st.integers(*RANGES[code])

    return st.fixed_dictionaries({name: of(code) for name, code in table})


HEADERS = fields(records.HEADER_FIELDS)
STEPS = fields(records.STEP_FIELDS)
SUMMARIES = fields(records.SUMMARY_FIELDS)
EVENTS = st.lists(
    st.tuples(
        st.integers(0, 0xFFFFFFFF),
        st.integers(0, 255),
        st.integers(0, 255),
        st.integers(-(1 << 31), (1 << 31) - 1),
    ),
    max_size=records.EVENTS_PER_RECORD,
)
FORCES = st.integers(-100, 40000)
TRACES = st.lists(st.tuples(FORCES, FORCES, st.booleans()), min_size=1, max_size=40)


def trace_payload(intervals: list) -> bytes:
    coder = TraceCoder(50)
    for index, interval in enumerate(intervals):
        coder.add(50 * index, *interval)
    return bytes(coder.end())


APPENDS = st.lists(
    st.one_of(
        st.tuples(st.just(records.STEP), STEPS.map(lambda values: records.pack(records.STEP, values))),
        st.tuples(st.just(records.EVENTS), EVENTS.map(records.pack_events)),
        st.tuples(st.just(records.TRACE), TRACES.map(trace_payload)),
        st.just((0, b"")),
    ),
    max_size=25,
)


def opened(fs: object) -> Journal:
    journal = Journal("/r", fs)
    journal.recover()
    return journal


def write_session(journal: Journal, header: dict, appends: list, summary: dict) -> None:
    journal.begin(dict(header))
    for kind, payload in appends:
        if kind:
            journal.append(kind, payload)
        else:
            journal.flush()
    journal.close(summary)


@given(HEADERS, APPENDS, SUMMARIES)
def test_what_is_logged_is_read_back(header: dict, appends: list, summary: dict) -> None:
    fs = MemoryFiles()
    journal = opened(fs)
    write_session(journal, header, appends, summary)
    data = bytes(fs.files["/r" + wire.session_path(1)])
    found, used = records.parse(data)
    assert used == len(data)
    assert [(kind, payload) for kind, _sequence, payload in found[1:-1]] == [one for one in appends if one[0]]
    assert records.unpack(records.HEADER, found[0][2]) == {**header, "format_version": 2, "session_id": 1}
    entry = journal.list(0, 1)[0][0]
    assert entry == opened(fs).list(0, 1)[0][0]
    assert entry["crc"] == binascii.crc32(data)
    assert entry["end"] == summary["end_reason"]


@given(HEADERS, APPENDS, SUMMARIES, st.integers(1, 90), st.booleans())
def test_a_cut_anywhere_leaves_closed_sessions_as_they_were(
    header: dict, appends: list, summary: dict, cut_at: int, at_close: bool
) -> None:
    fs = MemoryFiles(at_close)
    write_session(opened(fs), header, appends, summary)
    first = bytes(fs.files["/r" + wire.session_path(1)])
    fs.heal()
    fs.cut_at = cut_at
    with contextlib.suppress(PowerCut):
        write_session(opened(fs), header, appends, summary)
    fs.heal()
    journal = opened(fs)
    assert bytes(fs.files["/r" + wire.session_path(1)]) == first
    assert not journal.unreadable
    for entry in journal.list(1, 9)[0]:
        data = bytes(fs.files["/r" + wire.session_path(entry["id"])])
        found, used = records.parse(data)
        assert used == len(data)
        assert found[-1][0] == records.SUMMARY
        logged = [(kind, payload) for kind, _sequence, payload in found[1:-1]]
        assert logged == [one for one in appends if one[0]][: len(logged)]


@given(st.binary(max_size=2000))
def test_any_file_in_place_of_a_session_is_survived(data: bytes) -> None:
    fs = MemoryFiles()
    opened(fs)
    fs.files["/r" + wire.session_path(3)] = bytearray(data)
    journal = opened(fs)
    assert journal.begin(
        dict.fromkeys([name for name, code in records.HEADER_FIELDS if "s" not in code], 0) | NAMES
    )
    journal.close(dict.fromkeys([name for name, _code in records.SUMMARY_FIELDS], 0))
    if journal.unreadable:
        assert fs.files["/r" + wire.session_path(3)] == data


NAMES = {"device_id": b"", "routine_name": b""}


@given(HEADERS, APPENDS, SUMMARIES, st.data())
def test_a_damaged_session_is_recovered_up_to_the_damage(
    header: dict, appends: list, summary: dict, data: st.DataObject
) -> None:
    fs = MemoryFiles()
    write_session(opened(fs), header, appends, summary)
    path = "/r" + wire.session_path(1)
    whole = bytes(fs.files[path])
    cut = data.draw(st.integers(0, len(whole)))
    junk = data.draw(st.binary(max_size=300))
    fs.files[path] = bytearray(whole[:cut] + junk)
    kept, _used = records.parse(whole[:cut])
    journal = opened(fs)
    if not kept:
        return
    found, _used = records.parse(bytes(fs.files[path]))
    assert found[: len(kept)] == kept
    if journal.list(0, 1)[0]:
        assert found[-1][0] == records.SUMMARY


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=6), st.integers(1, 12), st.booleans())
def test_slots_give_the_last_or_the_one_before(payloads: list, cut_at: int, at_close: bool) -> None:
    fs = MemoryFiles(at_close)
    for payload in payloads[:-1]:
        slots.TwoSlots("/r", "x", 1, fs).save(payload)
    fs.heal()
    fs.cut_at = cut_at
    try:
        slots.TwoSlots("/r", "x", 1, fs).save(payloads[-1])
        expected = [payloads[-1]]
    except PowerCut:
        expected = [payloads[-2] if len(payloads) > 1 else None, payloads[-1]]
    fs.heal()
    assert slots.TwoSlots("/r", "x", 1, fs).load() in expected


@given(st.binary(max_size=400), st.binary(max_size=400))
def test_any_bytes_in_slots_are_survived(a: bytes, b: bytes) -> None:
    fs = MemoryFiles()
    fs.files = {"/r/x.a": bytearray(a), "/r/x.b": bytearray(b)}
    kept = slots.TwoSlots("/r", "x", 1, fs)
    try:
        kept.load()
        kept.save(b"new")
    except StorageError:
        assert fs.files == {"/r/x.a": a, "/r/x.b": b}
    else:
        assert kept.load() == b"new"


@given(st.integers(0, 255), st.integers(0, (1 << 32) - 1), st.binary(max_size=3000))
def test_slot_bytes_come_back(version: int, generation: int, payload: bytes) -> None:
    assert slots.decode(slots.encode(version, generation, payload)) == (version, generation, payload)


@given(st.lists(st.tuples(st.integers(1, 400), FORCES, FORCES, st.booleans()), max_size=400))
def test_traces_come_back_in_time_and_peak(steps: list) -> None:
    coder = TraceCoder(50)
    t_ms = 0
    given_, payloads = [], []
    for wait_ms, peak, mean, motor in steps:
        t_ms += wait_ms
        given_.append((t_ms, peak, motor))
        payloads.append(coder.add(t_ms, peak, mean, motor))
    payloads.append(coder.end())
    found = []
    for payload in filter(None, payloads):
        assert len(payload) <= records.PAYLOAD_MAX
        start_ms, interval_ms, intervals = records.unpack_trace(bytes(payload))
        found += [
            (start_ms + interval_ms * i, peak, motor) for i, (peak, _mean, motor) in enumerate(intervals)
        ]
    assert [one[1:] for one in found] == [one[1:] for one in given_]
    assert all(abs(one[0] - other[0]) <= 25 for one, other in zip(found, given_, strict=True))


@given(st.lists(st.one_of(STEPS, EVENTS), max_size=12), HEADERS)
def test_the_summary_of_a_cut_session_always_fits(parts: list, header: dict) -> None:
    totals = session_file.Totals()
    totals.visit(records.HEADER, records.pack(records.HEADER, header))
    for part in parts:
        if isinstance(part, dict):
            totals.visit(records.STEP, records.pack(records.STEP, part))
        else:
            totals.visit(records.EVENTS, records.pack_events(part))
    records.pack(records.SUMMARY, totals.summary(ids.END_POWER_LOSS))


@given(st.binary(max_size=600))
def test_any_routine_text_is_checked_or_refused(text: bytes) -> None:
    found, problems = routine_store.check(text)
    assert (found is None) == bool(problems)


@given(
    st.sampled_from(["name", "profile", "strict", "haptic_pct", "rest_h", "weekly_max", "x"]),
    st.binary(max_size=30),
)
def test_any_setting_is_taken_in_range_or_refused(name: str, value: bytes) -> None:
    settings = Settings("/r", MemoryFiles())
    code = settings.write(name, value)
    assert code in (wire.ERR_OK, wire.ERR_REFUSED)
    assert bool(settings.problems) == (code == wire.ERR_REFUSED)
    assert settings.value("haptic_pct") >= 70
    assert settings.value("rest_h") >= limits.REST_FLOOR_H
    assert settings.value("weekly_max") <= limits.WEEKLY_CEILING


HOUR_S = 3600
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("pass"), st.integers(0, 30 * HOUR_S)),
        st.tuples(st.just("set"), st.integers(-90 * 24 * HOUR_S, 90 * 24 * HOUR_S)),
        st.tuples(st.just("date"), st.just(0)),
    ),
    max_size=12,
)


@given(ACTS)
def test_no_setting_of_the_clock_ends_a_rest_of_this_power_up_nor_makes_it_longer(acts: list) -> None:
    ticks = [0]
    clock = WallClock(lambda: ticks[0] % (1 << 30))
    fs = MemoryFiles()
    counters = Counters("/r", fs)
    counters.boot()
    settings = Settings("/r", fs)
    counters.session_ended([ids.CHEEKS], clock)
    passed_s = 0
    for act, value in acts:
        if act == "pass":
            ticks[0] += value * 1000
            passed_s += value
        elif act == "set":
            assert clock.set(1790000000 + value) == wire.ERR_OK
        else:
            counters.keep_time(clock)
        clock.poll()
        ok, wait_ms, _text = zone_rested(counters, clock, settings, ids.CHEEKS)
        assert ok == (passed_s >= 48 * HOUR_S)
        assert wait_ms == max(0, 48 * HOUR_S - passed_s) * 1000


@pytest.mark.parametrize("name", [name for name, code in records.SUMMARY_FIELDS if code != "I"])
def test_a_summary_field_beyond_its_place_is_held_at_its_top(name: str) -> None:
    values = dict.fromkeys([name for name, _code in records.SUMMARY_FIELDS], 1 << 40)
    assert session_file.fitted(values)[name] in (0xFF, 0xFFFF)
