"""The long check: what it accepts and rejects, and its page."""

from __future__ import annotations

import re

import pytest
from gentlepress.firmware.core import calibration, calibration_reasons

from hardware.calibration import verify
from hardware.outputs import HARDWARE
from tests.docs.book import tables

FOLDER = HARDWARE / "calibration"
PAGE = (FOLDER / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def rows() -> list[verify.Row]:
    return verify.read(FOLDER / "example.csv")


def names(rows: list[verify.Row]) -> set[str]:
    return {reason.name for reason in verify.reasons(rows)}


def changed(rows, which, change):
    """Rows with other readings where `which` says so."""
    return [row._replace(reading_n=change(row)) if which(row) else row for row in rows]


def test_the_example_is_accepted(rows, capsys):
    assert verify.main([str(FOLDER / "example.csv")]) == 0
    assert capsys.readouterr().out.startswith("accepted: slope 1.004")


LOADED = {"up", "down"}
REJECTED = {
    "a mass left out": (
        "too_few_samples",
        lambda rows: [row for row in rows if (row.run, row.mass_g) != (2, 530)],
    ),
    "no wedge": ("too_few_samples", lambda rows: [row for row in rows if row.step != "tilt"]),
    "no wait": ("too_few_samples", lambda rows: [row for row in rows if row.step != "drift"]),
    "wires swapped": ("wrong_sign", lambda rows: changed(rows, lambda r: True, lambda r: -r.reading_n)),
    "slope off": (
        "verification_off",
        lambda rows: changed(rows, lambda r: r.step in LOADED, lambda r: r.reading_n * 1.04),
    ),
    "spring in the way": ("tilted", lambda rows: changed(rows, lambda r: r.mass_g > 600, lambda r: 7.0)),
    "stem sticks": (
        "hysteresis",
        lambda rows: changed(rows, lambda r: r.step == "down" and r.mass_g, lambda r: r.reading_n + 0.3),
    ),
    "zero lost": (
        "zero_moved",
        lambda rows: changed(rows, lambda r: r.step == "down" and not r.mass_g, lambda r: r.reading_n + 0.05),
    ),
    "creep": ("drifting", lambda rows: [*rows, verify.Row("drift", 1, 0, 0, 0.09)]),
    "friction at 10 degrees": (
        "tilted",
        lambda rows: changed(rows, lambda r: r.tilt_deg == 10, lambda r: r.force_n * 0.94),
    ),
    "friction at 20 degrees": (
        "tilted",
        lambda rows: changed(rows, lambda r: r.tilt_deg == 20, lambda r: r.force_n * 0.87),
    ),
}


@pytest.mark.parametrize("what", REJECTED)
def test_rejected(rows, what):
    name, spoil = REJECTED[what]
    assert name in names(spoil(rows))


def test_just_inside_each_limit(rows):
    exact = changed(rows, lambda row: True, lambda row: row.force_n)
    assert names(exact) == set()
    for tilt, percent in verify.TILT_PERCENT.items():
        inside = changed(
            exact, lambda r, t=tilt: r.tilt_deg == t, lambda r, p=percent: r.force_n * (1.001 - p / 100)
        )
        assert names(inside) == set()
    assert names(changed(exact, lambda r: r.step in LOADED, lambda r: r.force_n * 1.029)) == set()


def test_a_rejection_names_reason_figures_and_advice(rows, tmp_path, capsys):
    path = tmp_path / "record.csv"
    text = (
        (FOLDER / "example.csv").read_text(encoding="utf-8").replace("drift,1,0,0,0.002", "drift,1,0,0,0.2")
    )
    path.write_text(text, encoding="utf-8")
    assert verify.main([str(path)]) == 1
    assert capsys.readouterr().out == (
        "rejected: drifting: 0.209 N in ten minutes: let tool and room stand for ten minutes, then repeat the step\n"
    )


@pytest.mark.parametrize("text", ["", "step,run\nup,1\n", "step,run,mass_g,tilt_deg,reading_n\nup,1,a,0,0\n"])
def test_what_is_no_record_is_said(tmp_path, capsys, text):
    path = tmp_path / "record.csv"
    path.write_text(text, encoding="utf-8")
    code = verify.main([str(path)])
    heard = capsys.readouterr()
    assert (code == 2 and "is no record" in heard.err) or (code == 1 and "too_few_samples" in heard.out)


def test_names_are_those_of_the_tools_own_calibration():
    own = {entry[0] for entry in calibration_reasons.TABLE.values()}
    used = set(re.findall(r"why\.([A-Z_]+)", (FOLDER / "verify.py").read_text(encoding="utf-8"))) - {"TABLE"}
    assert {name.lower() for name in used} <= own
    assert set(verify.ADVICE) == own | {verify.HYSTERESIS}


def test_limits_are_not_looser_than_the_tools():
    assert calibration.ZERO_MOVED_MN / 1000 == verify.ZERO_N


def test_the_page_has_the_limits():
    [table] = tables(PAGE)
    said = {(row[2].strip("`"), row[1]) for row in table}
    line, mass, way, tilt = (
        f"{percent:g} % of the force, or {least:g} N"
        for percent, least in (
            (verify.LINE_PERCENT, verify.LINE_N),
            (verify.VERIFY_PERCENT, verify.VERIFY_N),
            (verify.HYSTERESIS_PERCENT, verify.HYSTERESIS_N),
            (verify.TILT_PERCENT[10], verify.VERIFY_N),
        )
    )
    assert said >= {("tilted", line), ("verification_off", mass), ("hysteresis", way), ("tilted", tilt)}
    assert said >= {("zero_moved", f"{verify.ZERO_N:g} N"), ("drifting", f"{verify.DRIFT_N:g} N")}
    assert ("tilted", f"{verify.TILT_PERCENT[20]:g} % of the force, or {verify.VERIFY_N:g} N") in said
    assert f"masses from {verify.BYPASS_G} g" in PAGE
    assert "100, 200, 500 and 1000 g" in PAGE and verify.MASSES_G == (0, 100, 200, 500, 1000)
