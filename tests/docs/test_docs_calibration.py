"""The page on calibration, and what the simulator's page says of its jig, against the code."""

from __future__ import annotations

import re

from gentlepress.firmware.core import calibration, calibration_fit, calibration_reasons, calibration_record
from gentlepress.firmware.sim import jig

from tests.docs.book import FIRMWARE, coded, constant, section, table, text_of

TYPES = {"B": "u8", "H": "u16", "h": "i16", "I": "u32", "i": "i32", "8s": "8 bytes", "7s": "7 bytes"}


def words(text: str) -> str:
    return " ".join(text.split())


class TestReasons:
    def test_table(self):
        rows = [(coded(row[0])[0], row[1], row[2]) for row in table("calibration", "Reasons to reject")]
        assert rows == [
            (name, words(found), words(what)) for name, found, what in calibration_reasons.TABLE.values()
        ]
        assert len(rows) >= 16

    def test_every_number_has_a_name_and_is_given_by_the_tool(self):
        numbers = {
            name: value
            for name, value in vars(calibration_reasons).items()
            if name.isupper() and isinstance(value, int) and name != "NONE"
        }
        assert sorted(numbers.values()) == sorted(calibration_reasons.TABLE)
        sources = "".join(
            (FIRMWARE / "core" / f"{name}.py").read_text(encoding="utf-8")
            for name in ("calibration", "calibration_fit", "calibration_run", "calibration_desk")
        )
        assert set(re.findall(r"why\.([A-Z_]+)", sources)) - {"NONE", "SAME_STEP"} == set(numbers)
        for name, number in numbers.items():
            assert calibration_reasons.name_of(number) == name.lower()

    def test_those_that_repeat_the_step(self):
        text = words(section("calibration", "Reasons to reject"))
        said = text[text.index("After `") :]
        assert coded(said) == [
            calibration_reasons.name_of(number) for number in calibration_reasons.SAME_STEP
        ]


class TestProcedure:
    def test_steps(self):
        assert tuple(coded(row[0])[0] for row in table("calibration", "The steps")) == calibration.STEPS

    def test_figures(self):
        text = words(text_of("calibration"))
        still = "core/stillness.py"
        for said in (
            f"masses from {calibration_fit.MASS_MIN_MG // 1000} to {calibration_fit.MASS_MAX_MG // 1000} g",
            f"Calm is {constant(still, 'BLOCKS') / 2} s in which each half second",
            f"spreads less than {calibration.CALM_MN / 1000} N",
            f"the three means lie within {calibration.CREEP_MN / 1000} N",
            f"Each step has {calibration.MEASURE_MS // 1000} s for that",
            f"during {calibration.WAIT_MS // 60000} min the calibration ends",
            f"less than {calibration.ZERO_FAR_MN // 1000} N of the cell's own offset",
            f"back within {calibration.ZERO_MOVED_MN / 1000} N of the zero",
            f"a slope within {calibration_fit.SLOPE_OFF_PCT} % of the nominal one",
            f"within {calibration_fit.VERIFY_PCT} % of what was named",
            f"g = {calibration_fit.G_UN_PER_100_KG / 100000} m/s²",
            f"moved by {constant('core/session_log.py', 'ZERO_STEP_MN') / 1000} N or more",
        ):
            assert said in text, said
        assert calibration_record.SLOPE_OFF_PCT == calibration_fit.SLOPE_OFF_PCT


class TestKept:
    def test_record(self):
        rows = [(coded(row[0])[0], row[1]) for row in table("storage", "Calibrations")]
        assert rows == [(name, TYPES[code]) for name, code in calibration_record.FIELDS]
        text = words(section("storage", "Calibrations"))
        assert f"records of {calibration_record.SIZE} bytes" in text
        assert calibration_record.HISTORY == 8
        assert "then the last eight" in text


class TestJig:
    def test_kinds(self):
        assert {row[0] for row in table("simulator", "At the calibration jig")} == set(jig.KINDS)

    def test_endings_are_reasons_or_done(self):
        names = {entry[0] for entry in calibration_reasons.TABLE.values()} | {"done"}
        for row in table("simulator", "At the calibration jig"):
            assert coded(row[2])[0] in names
