"""The page on faults, against the table that the stories go by."""

from __future__ import annotations

import re

from gentlepress.firmware.core import doubts, gap_work, ids, supply

from tests.docs.book import table, text_of
from tests.proof.storms import fault_table

faults = fault_table()


def found(fault) -> str:
    """When a fault is found, in words."""
    if fault.when == faults.NEVER:
        return "harmless"
    if not fault.within_ms:
        return fault.when
    span = f"{fault.within_ms} ms" if fault.within_ms < 1000 else f"{fault.within_ms / 1000:g} s"
    return f"{fault.when}, {span}"


def row(fault) -> list[str]:
    """A fault's row of the page."""
    return [
        fault.name,
        ", ".join(f"`{knob}`" for knob, _value in fault.knobs),
        found(fault) + (", from power-up on" if fault.strikes == faults.AT_POWER_UP else ""),
        ", ".join(fault.ends) or "-",
        ", ".join(fault.told) or "-",
        fault.motor,
        fault.light,
    ]


class TestFaults:
    def test_every_fault(self):
        assert table("faults", "All faults") == [row(fault) for fault in faults.FAULTS]

    def test_clock_starts(self):
        assert [cells[0] for cells in table("faults", "Ticks")] == [name for name, _us in faults.TICKS]

    def test_names_are_known(self):
        for fault in faults.FAULTS:
            assert set(fault.ends) <= set(ids.END_REASON_NAMES.values()), fault.name
            assert set(fault.told) <= set(ids.FAULT_NAMES.values()), fault.name

    def test_knobs_are_told_in_the_simulators_page(self):
        told = set(re.findall(r"`(\w+)(?:\(n?\))?`", text_of("simulator")))
        for fault in faults.FAULTS:
            for knob, _value in fault.knobs:
                owner, name = knob.split(".")[0], knob.split(".")[-1].removesuffix("()")
                assert owner in {"task", "flash", "tool"} or name in told, knob

    def test_figures_in_the_text(self):
        text = " ".join(text_of("faults").split())
        for said in (
            f"under {-gap_work.ZERO_LOST_MN / 1000:g} N below zero",
            f"lasts {doubts.CONTACT_MOST_US // 1_000_000} s",
            f"under {supply.BATTERY_STOP_PCT} %",
            f"still for {supply.MOTOR_STILL_MS} ms",
        ):
            assert said in text, said
