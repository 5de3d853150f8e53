"""The study of look-ahead: jobs for `on_cpython/look_ahead.py`, two at a time, and what their results add up to."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gentlepress import press_file
from gentlepress.firmware.core import ids

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).resolve().parent / "on_cpython" / "look_ahead.py"
LAST = Path(__file__).resolve().parent / "look_ahead.json"
OWN_TRACE = ROOT / "host" / "gentlepress" / "presses" / "evening.csv"

MODES = ("with", "without", "at touch")
RATES_MN_S = (1000, 2000, 3000, 4000, 5000, 6000, 8000, 10_000, 12_000, 15_000, 18_000, 20_000)
UP_TO_MN_S = 10_000
ZONES = (ids.FOREHEAD, ids.CROWS_FEET, ids.SMILE_LINES, ids.CHEEKS, ids.JAWLINE, ids.NECK)
COURSE_MN_S = 6000
SHARES = (500, 1500)
SWEPT = (
    "hand.reaction_low_ms",
    "hand.reaction_high_ms",
    "hand.tremor_mhz",
    "hand.tremor_permille",
    "hand.wander_mhz",
    "hand.wander_permille",
    "hand.felt_permille",
    "hand.muscle_ms",
    "hand.release_mn_s",
    "hand.nudge_permille",
    "cell.n_per_mm",
    "cell.quality",
    "tip.mass_mg",
    "skin.n_per_m",
    "motor.rise_us",
    "motor.push_mn",
    "motor.shaken_g",
    "motor.lra_mhz",
    "motor.dip_mv",
    "nau7802.dip_nv_per_mv",
    "nau7802.noise_320",
)
"""Rows of the parameter table that bear on a press; a hand that does not press on has rows of its own."""
TRACE_ZONES = (ids.SMILE_LINES, ids.CHEEKS, ids.JAWLINE)


def job(part: str, **arguments: Any) -> dict[str, Any]:
    return {"part": part, "arguments": arguments}


def run(jobs: Iterable[dict[str, Any]], at_once: int = 2) -> list[Any]:
    """The results of all jobs, each in a process of its own; the same every time."""
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(_run, jobs))


def _run(one: dict[str, Any]) -> Any:
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    argv = [sys.executable, str(SCRIPT), json.dumps(one)]
    done = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=900, check=False)
    if done.returncode:
        raise RuntimeError(f"{one}: {done.stderr[-2000:]}")
    return json.loads(done.stdout)


@dataclass(frozen=True)
class Median:
    """Of presses at one rate in one zone: median overshoot (mN) and time over the limit (ms), by mode."""

    overshoot_mn: dict[str, int]
    over_ms: dict[str, int]

    def ratio(self, mode: str = "with") -> float:
        """Overshoot against that without look-ahead; 0 when there is none either way."""
        without = self.overshoot_mn["without"]
        return round(self.overshoot_mn[mode] / without, 2) if without else 0.0


def pressed(
    zones: Sequence[int] = ZONES, rates: Sequence[int] = RATES_MN_S, **more: Any
) -> dict[int, dict[int, dict[str, list[list[int]]]]]:
    """Zone, rate, mode: (overshoot mN, ms over) of each press."""
    asked = [(zone, mode) for zone in zones for mode in MODES]
    results = run(
        job("presses", zone=zone, mode=mode, rates_mn_s=list(rates), **more) for zone, mode in asked
    )
    found: dict[int, dict[int, dict[str, list[list[int]]]]] = {z: {r: {} for r in rates} for z in zones}
    for (zone, mode), result in zip(asked, results, strict=True):
        for rate in rates:
            found[zone][rate][mode] = result[str(rate)]
    return found


def median_of(by_mode: dict[str, list[list[int]]]) -> Median:
    """The middle of one zone's and rate's presses."""
    middle = {
        mode: [round(statistics.median(column)) for column in zip(*rows, strict=True)]
        for mode, rows in by_mode.items()
    }
    return Median({m: v[0] for m, v in middle.items()}, {m: v[1] for m, v in middle.items()})


def pooled(found: dict[int, dict[int, dict[str, list[list[int]]]]], rates: Iterable[int]) -> Median:
    """The middle of all zones' presses at these rates together."""
    wanted = set(rates)
    by_mode: dict[str, list[list[int]]] = {mode: [] for mode in MODES}
    for of_zone in found.values():
        for rate, modes in of_zone.items():
            if rate in wanted:
                for mode, rows in modes.items():
                    by_mode[mode] += rows
    return median_of(by_mode)


def all_numbers() -> dict[str, Any]:
    """What docs/limits.md tells of the study, as it stands in `LAST`."""
    found = pressed()
    by_zone = {
        ids.ZONE_NAMES[zone]: {str(rate): asdict(median_of(modes)) for rate, modes in of_zone.items()}
        for zone, of_zone in found.items()
    }
    together = {str(rate): asdict(pooled(found, [rate])) for rate in RATES_MN_S}
    courses = {
        mode: run([job("course", zone=ids.CHEEKS, mode=mode, rate_mn_s=COURSE_MN_S, ms=1500)])[0]
        for mode in MODES[:2]
    }
    return {
        "presses": sum(len(modes["with"]) for of_zone in found.values() for modes in of_zone.values()),
        "together": together,
        "zones": by_zone,
        "holds": holds(),
        "approaches": approaches(),
        "traces": traces(),
        "courses": courses,
        "sweep": sweep(),
    }


def holds(minutes: float = 10) -> dict[str, int]:
    """Alerts of presses held in each zone's band for so long."""
    found = run(job("holds", zone=zone, minutes=minutes) for zone in ZONES)
    return {ids.ZONE_NAMES[zone]: one["alerts"] for zone, one in zip(ZONES, found, strict=True)}


def approaches() -> dict[str, dict[str, float]]:
    """Share of presses warned on their way to an aim in the band, by zone and rate."""
    found = run(job("approaches", zone=zone, rates_mn_s=[1000, 2000, 3000, 4000, 6000]) for zone in ZONES)
    return {ids.ZONE_NAMES[zone]: one for zone, one in zip(ZONES, found, strict=True)}


def traces(minutes: float = 2) -> dict[str, dict[str, int]]:
    """Alerts of recorded forces and of the drawn one that comes along, over the zones whose bands they lie in."""
    files = [*recorded(), OWN_TRACE]
    asked = [(path, zone, tilt) for path in files for zone in TRACE_ZONES for tilt in (0, 1000)]
    found = run(
        job("trace", zone=zone, points=points_of(path), minutes=minutes, tilt_permille=tilt)
        for path, zone, tilt in asked
    )
    sums: dict[str, dict[str, int]] = {}
    for (path, _zone, _tilt), one in zip(asked, found, strict=True):
        row = sums.setdefault(path.name, {"alerts": 0, "unfounded": 0, "in_vain": 0, "minutes": 0})
        for name in row:
            row[name] += one[name]
    return sums


def sweep() -> dict[str, dict[str, float]]:
    """The key results with each row of the parameter table at half and at one and a half, and as it stands."""
    names = [f"{row} x {share / 1000:g}" for row in SWEPT for share in SHARES]
    scales = [{row: share} for row in SWEPT for share in SHARES]
    found = run(job("swept", scale=scale) for scale in [{}, *scales])
    return dict(zip(["as it stands", *names], found, strict=True))


def recorded() -> list[Path]:
    """Recorded human forces: CSV files in a folder `traces` beside the project."""
    return sorted(ROOT.glob("../*/traces/*.csv"))


def points_of(path: Path) -> list[list[float]]:
    """Seconds and newtons of a trace."""
    return [[t_us / 1e6, force_mn / 1e3] for t_us, force_mn in press_file.read(path).samples]
