"""The study of look-ahead in the book: its numbers, its picture, and the firmware that they were measured on."""

from __future__ import annotations

import json

import pytest
from gentlepress.firmware.core import ids, limits, rates
from PIL import Image

from tests.bench import look_ahead_figure, look_ahead_study
from tests.bench.bench_look_ahead import SWEPT
from tests.docs.book import table, text_of

NUMBERS = json.loads(look_ahead_study.LAST.read_text(encoding="utf-8"))


def overshoot_rows() -> list[list[str]]:
    """The table of medians, as the page shows it."""
    rows = []
    for rate in look_ahead_study.RATES_MN_S:
        middle = look_ahead_study.Median(**NUMBERS["together"][str(rate)])
        forces = [f"{middle.overshoot_mn[mode] / 1000:.2f}" for mode in look_ahead_study.MODES]
        shares = [f"{middle.ratio(mode):.2f}" for mode in ("with", "at touch")]
        times = [str(middle.over_ms[mode]) for mode in ("with", "without")]
        rows.append([str(rate // 1000), *forces, *shares, *times])
    return rows


def sweep_rows() -> list[list[str]]:
    """The table of the worst of the sweep, as the page shows it."""
    rows = []
    for what, unit, _goal, of in SWEPT:
        found = {name: of(row) for name, row in NUMBERS["sweep"].items()}
        worst = max(found, key=lambda name: found[name])
        name, _, share = worst.partition(" x ")
        which = f"`{name}` x {share}" if share else "any"
        rows.append(
            [
                what if unit == "ratio" else f"{what}, {unit}",
                f"{found['as it stands']:.3g}",
                f"{found[worst]:.3g}",
                which,
            ]
        )
    return rows


def test_tables():
    assert table("limits", "How much it helps") == overshoot_rows()
    assert table("limits", "If the simulated world were another") == sweep_rows()


def test_figures_in_the_text():
    text = " ".join(text_of("limits").split())
    window = rates.RATES[320][rates.WINDOW]
    long = rates.LONG_WINDOWS * window
    for said in (
        f"{NUMBERS['presses']:,} presses with look-ahead",
        f"{window} samples (25 ms) | {limits.NOISE_MN_S / 1000} N/s for noise; {limits.TREMOR_PERMILLE_S // 1000} N/s",
        f"{long} samples (75 ms) | {limits.LONG_NOISE_MN_S / 1000} N/s for noise",
        f"Warn begins {limits.NOISE_MN} mN above",
    ):
        assert said in text, said


def test_goals_of_the_study_were_met():
    for rate in look_ahead_study.RATES_MN_S:
        if rate <= look_ahead_study.UP_TO_MN_S:
            assert look_ahead_study.Median(**NUMBERS["together"][str(rate)]).ratio() <= 0.5, rate
    assert NUMBERS["presses"] >= 1000 and max(NUMBERS["holds"].values()) <= 1
    assert all(row["unfounded"] == 0 for row in NUMBERS["traces"].values())


@pytest.mark.timeout(300)
def test_numbers_are_those_of_this_firmware():
    """Two zones measured anew, at rates of each kind, and one row of the sweep."""
    zones, rates = (ids.CHEEKS, ids.CROWS_FEET), (3000, 10_000)
    found = look_ahead_study.pressed(zones, rates)
    for zone in zones:
        for rate in rates:
            kept = NUMBERS["zones"][ids.ZONE_NAMES[zone]][str(rate)]
            assert look_ahead_study.median_of(found[zone][rate]) == look_ahead_study.Median(**kept), (
                zone,
                rate,
            )
    job = look_ahead_study.job("swept", scale={})
    assert look_ahead_study.run([job]) == [NUMBERS["sweep"]["as it stands"]]


def test_picture_shows_these_numbers():
    with Image.open(look_ahead_figure.PICTURE) as picture:
        assert picture.text[look_ahead_figure.DIGEST] == look_ahead_figure.digest(NUMBERS)
