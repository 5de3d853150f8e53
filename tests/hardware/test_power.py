"""The page on power against the arithmetic and the firmware."""

from __future__ import annotations

import pytest
from gentlepress.firmware.drivers.battery import BatteryAdc

from hardware import power
from hardware.circuit.firmware import constant
from hardware.circuit.kinds import KINDS
from hardware.outputs import HARDWARE
from tests.docs.book import tables

PAGE = (HARDWARE / "power.md").read_text(encoding="utf-8")


def test_tables():
    draws, lives, falling = tables(PAGE)
    assert draws == power.draw_rows()
    assert lives == power.life_rows()
    assert len(falling) == 5


def test_by_hand():
    found = power.life("XIAO, radio off")
    assert found.session_ma == pytest.approx(30 + 2.1 + 3.0 + 0.5 + 12 + 3.0 + 0.0095)
    assert found.session_h == pytest.approx(340 / 50.6, rel=0.01)
    assert found.days == pytest.approx(340 / (50.6 / 3 + 36.1 / 15), rel=0.01)
    for said in (f"{found.session_h:.1f} h", f"{found.days:.1f} days", "340 mAh"):
        assert said in PAGE


def test_figures_are_those_of_the_parts():
    assert KINDS["lipo"].facts["capacity_mah"] == power.CAPACITY_MAH
    assert KINDS["lra"].facts["run_ma"] == power.MOTOR_MA


def test_voltages_are_the_firmwares():
    percent = BatteryAdc(None, 2, 1).percent
    start = constant("core/starter.py", "BATTERY_START_PCT")
    stop = constant("core/supply.py", "BATTERY_STOP_PCT")
    for percents, volts in ((start, 3.61), (stop, 3.56), (0, 3.40)):
        assert abs(percent(round(volts * 1000)) - percents) <= 1
        assert f"{volts:.2f} V ({percents} %)" in PAGE
