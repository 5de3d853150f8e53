"""Signals, limits, log format and storage in the book, against the code."""

from __future__ import annotations

import json
import re

import pytest
from gentlepress.firmware.core import (
    button,
    ids,
    limits,
    patterns,
    patterns_erm,
    points,
    rates,
    records,
    slots,
)
from gentlepress.firmware.core.counters import Counters

from tests.docs.book import FIRMWARE, ROOT, coded, constant, section, table, tables, text_of, zone_word

TYPES = {"B": "u8", "H": "u16", "I": "u32", "Q": "u64", "i": "i32", "8s": "8 bytes", "24s": "24 bytes"}
BYTES = {"B": 1, "H": 2, "I": 4, "Q": 8, "i": 4, "8s": 8, "24s": 24}


class TestSignals:
    @pytest.mark.parametrize(
        ("heading", "table_of"), [("Vibration", patterns.PATTERNS), ("A plain motor", patterns_erm.PATTERNS)]
    )
    def test_vibration(self, heading, table_of):
        expected = []
        for cue, (repeats, pulses) in table_of.items():
            written = ", ".join(f"{on}/{off}" for on, off, _level in pulses)
            levels = patterns.WARN_LEVEL if cue == ids.CUE_WARN else {level for _on, _off, level in pulses}
            strength = "-".join(map(str, levels))
            expected.append(
                [ids.CUE_NAMES[cue], written + ("" if repeats else ", again and again"), f"{strength} %"]
            )
        assert [row[:3] for row in table("signals", heading)] == expected

    def test_order_is_the_rank(self):
        names = [row[0] for row in table("signals", "Vibration")]
        assert names == [ids.CUE_NAMES[cue] for cue in sorted(ids.CUE_NAMES) if cue]

    def test_colours(self):
        assert table("signals", "Colours of the zones") == [
            [zone_word(zone), ", ".join(map(str, colour))] for zone, colour in patterns.ZONE_COLOURS.items()
        ]

    def test_times_in_the_text(self):
        text = text_of("signals")
        for said in (
            f"{patterns.HEARTBEAT_DIM_MS} ms of dark every {patterns.HEARTBEAT_MS} ms",
            f"{patterns.BLINK_MS} ms dark in a cycle of {patterns.BLINK_CYCLE_MS} ms",
            f"lasts {patterns.REST_AFTER_MS // 1000} s rests {patterns.REST_MS} ms",
            f"light comes {patterns.EYE_LEAD_MS} ms before",
            f"weaker than {patterns.LEVEL_FLOOR} %",
            f"shorter than {button.SHORT_MAX_MS / 1000} s",
            f"when {button.NEXT_CLICK_MS / 1000} s pass",
            f"held {button.MEDIUM_MS // 1000} to {button.LONG_MS // 1000} s",
            f"held {button.LONG_MS // 1000} to {button.RECOVERY_MS // 1000} s",
            f"held over {button.RECOVERY_MS // 1000} s",
        ):
            assert said in text, said

    def test_every_gesture_is_told(self):
        gestures = [row[0] for row in table("signals", "Button")]
        assert [getattr(button, name.upper()) for name in gestures] == list(range(1, button.RECOVERY + 1))


class TestLimits:
    def test_pace(self):
        first, later = limits.PACE_FIRST, limits.PACE_LATER
        rows = [row[1:] for row in table("limits", "Pace and rest")]
        assert rows == [
            [f"{first[0] // 1000} s", f"{later[0] // 1000} s", "the zone's"],
            [f"{first[1] // 1000} s", f"{later[1] // 1000} s", "the zone's"],
            [
                f"{first[2] // 60000} min",
                f"{later[2] // 60000} min",
                f"{limits.SESSION_CEILING_MS // 60000} min",
            ],
            [f"{first[3]} h", f"{later[3]} h", f"never under {limits.REST_FLOOR_H} h"],
            [str(first[4]), str(later[4]), str(limits.WEEKLY_CEILING)],
        ]

    def test_figures_in_the_text(self):
        text = " ".join(text_of("limits").split())
        for said in (
            f"ceiling of {limits.GLOBAL_CEILING_MN / 1000} N",
            f"At {limits.OVERLOAD_MN // 1000} N the session ends",
            f"{limits.JAB_MN_S // 1000} N/s",
            f"slope times {limits.LOOK_AHEAD_MS / 1000} s",
            f"begins at {limits.CONTACT_BEGIN_MN / 1000} N and ends at {limits.CONTACT_END_MN / 1000} N",
            f"force {limits.RELEASE_BELOW_TOP_MN / 1000} N under the target's top",
            f"{limits.WARN_LEAVE_MS} ms without any of these",
            f"top of the target under {limits.LEAST_TOP_MN / 1000} N",
            f"its bottom under {limits.LEAST_BOTTOM_MN / 1000} N",
            f"within {constant('core/force_filter.py', 'ZERO_TRACK_MAX_MN') / 1000} N of the factory zero",
            f"every {rates.RATES[320][rates.TRACK]} samples",
            f"mean of {rates.RATES[320][rates.WINDOW]} samples",
        ):
            assert said in text, said

    def test_rates(self):
        told = [[*row[:7], row[7] == "yes"] for row in table("limits", "Sample rates")]
        assert told == [
            [
                str(rate),
                *map(str, row[:4]),
                *(str(us // 1000) for us in row[4:]),
                rate >= rates.SESSION_LEAST_SPS,
            ]
            for rate, row in rates.RATES.items()
        ]


class TestLogFormat:
    @pytest.mark.parametrize(
        ("heading", "fields"),
        [
            ("HEADER", records.HEADER_FIELDS),
            ("STEP", records.STEP_FIELDS),
            ("SUMMARY", records.SUMMARY_FIELDS),
            ("EVENTS", records.EVENT_FIELDS),
            ("THINNED", records.THINNED_FIELDS),
        ],
    )
    def test_fields(self, heading, fields):
        at, expected = 0, []
        for name, code in fields:
            expected.append([str(at), f"`{name}`", TYPES[code]])
            at += BYTES[code]
        assert [row[:3] for row in table("log-format", heading)] == expected

    def test_kinds(self):
        kinds = {row[1]: int(row[0]) for row in table("log-format", "Frame of a record", 1)}
        assert kinds == {name: getattr(records, name) for name in kinds}
        assert len(kinds) == 6

    @pytest.mark.parametrize(
        ("heading", "names"),
        [
            ("End reasons", ids.END_REASON_NAMES),
            ("Faults", ids.FAULT_NAMES),
            ("Time quality", ids.TIME_QUALITY_NAMES),
            ("Zones and sides", ids.ZONE_NAMES),
            ("What narrowed", limits.REASON_TEXTS),
        ],
    )
    def test_numbers(self, heading, names):
        assert {int(row[0]): row[1] for row in table("log-format", heading)} == names

    def test_events(self):
        assert {int(row[0]): row[1] for row in table("log-format", "EVENTS", 1)} == ids.EVENT_NAMES
        assert f"at most {records.EVENTS_PER_RECORD} in a record" in text_of("log-format")

    def test_points(self):
        told = {int(row[0]): (row[1].replace("–", ""), row[2]) for row in table("log-format", "Points")}
        assert told == {number: entry[:2] for number, entry in points.POINTS.items()}

    def test_the_examples_are_the_golden_bytes(self):
        golden = json.loads((ROOT / "tests/golden/log/records-2.json").read_text(encoding="utf-8"))
        text = section("log-format", "An example")
        blocks = ["".join(block.split()) for block in re.findall(r"```text\n(.*?)```", text, re.DOTALL)]
        decoded = ["".join(coded(row[0])[0] for row in rows) for rows in tables(text)]
        assert blocks == decoded == [golden["header"]["hex"], golden["trace"]["hex"]]

    def test_the_example_is_decoded_rightly(self):
        header = json.loads((ROOT / "tests/golden/log/records-2.json").read_text(encoding="utf-8"))["header"]
        told = " ".join(row[1] for row in tables(section("log-format", "An example"))[0])
        for name, value in header["values"].items():
            written = {"device_id": "", "routine_name": "First week"}.get(name, str(value))
            assert f"{name} {written}".strip() in told


class TestStorage:
    def test_slot_example(self):
        golden = json.loads((ROOT / "tests/golden/log/slots.json").read_text(encoding="utf-8"))["ids"]
        [block] = re.findall(r"```text\n(.*?)```", section("storage", "Two slots"), re.DOTALL)
        assert "".join(block.split()) == golden["hex"]
        assert str(slots.PAYLOAD_MAX) in section("storage", "Two slots")

    def test_slots_of_the_firmware(self):
        told = {coded(row[0])[0] for row in tables(text_of("storage"))[0] if row[1] == "two slots"}
        sources = "".join(path.read_text(encoding="utf-8") for path in (FIRMWARE / "core").glob("*.py"))
        assert told == set(re.findall(r"TwoSlots\([\w.]+, \"(\w+)\"", sources))

    def test_counters(self, tmp_path):
        counters = Counters(str(tmp_path))
        assert [coded(row[0])[0] for row in table("storage", "Over-use counters")] == list(counters._data)

    def test_figures_in_the_text(self):
        text = " ".join(text_of("storage").split())
        journal = "core/journal.py"
        for said in (
            f"buffer of {constant(journal, 'BUFFER_BYTES')} bytes",
            f"{constant(journal, 'RESERVE_BYTES')} bytes of it are kept free",
            f"and {records.OVERHEAD + records.PAYLOAD_MAX} of everything",
            f"lost number of sessions jumps by {constant(journal, 'ID_JUMP')}",
            f"number jumps by {constant('core/counters.py', 'BOOT_JUMP')}",
            f"At most {constant('core/acknowledgements.py', 'HOSTS_MAX')} desktops",
            f"more than {constant('core/files.py', 'PIECE')} bytes at a time",
        ):
            assert said in text, said
