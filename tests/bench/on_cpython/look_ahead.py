"""One part of the study of look-ahead, on the firmware's own filter, judge and player, in a closed loop with a hand.

look_ahead.py JSON      JSON: {"part": name of a function below, "arguments": {...}}; the result is printed as JSON
"""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path

from gentlepress.runtime import standins

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = ("tests/firmware/mp", "tests/firmware/mp/support", "firmware")
for folder in (standins.FOLDER, *(ROOT / name for name in FOLDERS)):
    sys.path.insert(0, str(folder))

import on_cpython  # noqa: E402

on_cpython.install()

import test_alert_and_sensor as shaken  # noqa: E402
from core import limits  # noqa: E402
from core.ids import CHEEKS, CROWS_FEET, JAWLINE  # noqa: E402
from press_rig import PERIOD_US, PressRig, Script  # noqa: E402
from sim.zealous_hand import ZealousHand  # noqa: E402

WITH, WITHOUT, AT_TOUCH = "with", "without", "at touch"

# Of a person's middle reaction time; trembling from half to one and a half of the table's.
REACTIONS_PERMILLE = (650, 850, 1000, 1150, 1500)
TREMORS_PERMILLE = (500, 1000, 1500)
AIM_MN = 20_000


def _seed(*numbers: int) -> int:
    seed = 17
    for number in numbers:
        seed = (seed * 1_000_003 + number) & 0x7FFFFFFF
    return seed


def _rig(zone: int, scale: dict, mode: str, seed: int = 1) -> PressRig:
    rig = PressRig(zone, scale, seed, look_ahead=mode != WITHOUT)
    if mode == AT_TOUCH:
        rig.alert_at_touch()
    rig.run(250)
    return rig


def _reaction_us(values: dict) -> int:
    return (values["hand.reaction_low_ms"] + values["hand.reaction_high_ms"]) * 500


def presses(
    zone: int, mode: str, rates_mn_s: list, scale: dict | None = None, tremors: tuple = TREMORS_PERMILLE
) -> dict:
    """Overshoot (mN) and time over the limit (ms) of hands that press on at each rate, every reaction and tremor."""
    found: dict[int, list] = {rate: [] for rate in rates_mn_s}
    for tremor in tremors:
        scales = dict(scale or {})
        row = "hand.tremor_permille"
        scales[row] = scales.get(row, 1000) * tremor // 1000
        for rate in rates_mn_s:
            rig = _rig(zone, scales, mode)
            for share in REACTIONS_PERMILLE:
                found[rate].append(_press(rig, rate, share, _seed(tremor, rate, share)))
    return {str(rate): rows for rate, rows in found.items()}


def _press(rig: PressRig, rate_mn_s: int, share: int, seed: int) -> list:
    reaction_us = _reaction_us(rig.plant.values) * share // 1000
    done = rig.press(ZealousHand(rate_mn_s, AIM_MN, reaction_us, seed, rig.plant.values), most_ms=15000)
    assert done and rig.watch.fault == 0
    return [max(0, rig.peak_mn - rig.limits.limit_mn), rig.over_us // 1000]


def course(zone: int, mode: str, rate_mn_s: int, ms: int) -> list:
    """One press with neither tremor nor wander, sample by sample: [ms, true mN, motor 0..255, alert]."""
    rig = _rig(zone, {"hand.tremor_permille": 0, "hand.wander_permille": 0}, mode)
    hand = ZealousHand(rate_mn_s, AIM_MN, _reaction_us(rig.plant.values), 1, rig.plant.values)
    rig.plant.hand = hand
    start_us = rig.now_us
    hand.begin(start_us)
    rows = []
    for _ in range(ms * 1000 // PERIOD_US):
        rig.step()
        at_ms = (rig.now_us - start_us) / 1000
        rows.append([at_ms, rig.plant.force_mn, rig.motor.level, rig.watch.judge.alert])
    return rows


class Deaf(ZealousHand):
    """Holds on, whatever is felt."""

    def force_mn(self, t_us: int, vibration: float, light: tuple) -> int:
        return super().force_mn(t_us, 0.0 * vibration, light)


def holds(zone: int, minutes: float, aims: int = 12, scale: dict | None = None) -> dict:
    """Alerts of presses held still within the band, from its bottom to its top, trembling and wandering."""
    held = limits.zone_limits(zone)
    alerts = 0
    rig = _rig(zone, dict(scale or {}), WITH)
    values = rig.plant.values
    room = 1 + (values["hand.tremor_permille"] + values["hand.wander_permille"]) / 1000
    for n in range(aims):
        aim_mn = int(held.lo_mn + (held.hi_mn / room - held.lo_mn) * n / (aims - 1))
        rig.plant.hand = hand = Deaf(1000, aim_mn, 1, _seed(zone, n), values)
        hand.begin(rig.now_us + 1000)
        rig.run(aim_mn + 500)
        rig.alerts = 0
        rig.run(int(minutes * 60_000 / aims))
        alerts += rig.alerts
        rig.plant.hand = Script(lambda _ms: 0)
        rig.run(300)
    return {"alerts": alerts, "minutes": minutes}


def approaches(zone: int, rates_mn_s: list, scale: dict | None = None) -> dict:
    """Share of presses to an aim inside the band that are warned on their way, though they would have stopped."""
    held = limits.zone_limits(zone)
    rig = _rig(zone, dict(scale or {}), WITH)
    warned = {}
    for rate in rates_mn_s:
        alerts = 0
        for n in range(20):
            aim_mn = held.lo_mn + (held.hi_mn - held.lo_mn) * n // 20
            hand = Deaf(rate, max(100, aim_mn - rate * 40 // 1000), 1, _seed(zone, rate, n), rig.plant.values)
            rig.plant.hand = hand
            hand.begin(rig.now_us + 1000)
            rig.alerts = 0
            rig.run(aim_mn * 1000 // rate + 300)
            alerts += rig.alerts > 0
            rig.plant.hand = Script(lambda _ms: 0)
            rig.run(300)
        warned[str(rate)] = alerts / 20
    return warned


def trace(zone: int, points: list, minutes: float, tilt_permille: int = 0) -> dict:
    """A recorded force pressed again and again.

    Returns alerts, those `unfounded` (the trace's own force was not over warn, nor its force + slope x 0.3 s over the
    limit, in the 200 ms before), and those `in_vain` (the force was not over warn in the 500 ms after).
    """
    rig = _rig(zone, {}, WITH)
    rig.plant.hand = Script(_played(points), rig.now_us)
    rig.plant.tilt_permille = tilt_permille
    span = 200_000 // PERIOD_US
    forces, founded = [], []
    began = []
    for n in range(int(minutes * 60_000_000 / PERIOD_US)):
        before = rig.alerts
        rig.step()
        true_mn = rig.plant.force_mn
        ahead_mn = true_mn + (true_mn - (forces[-1] if forces else 0)) * 300_000 / PERIOD_US
        forces.append(true_mn)
        founded.append(true_mn > rig.limits.warn_mn or ahead_mn > rig.limits.limit_mn)
        if rig.alerts > before:
            began.append(n)
    assert rig.watch.fault == 0
    unfounded = sum(not any(founded[max(0, n - span) : n + 1]) for n in began)
    in_vain = sum(max(forces[n : n + 500_000 // PERIOD_US]) <= rig.limits.warn_mn for n in began)
    return {"alerts": len(began), "unfounded": unfounded, "in_vain": in_vain, "minutes": minutes}


def _played(points: list):
    """Force (mN) at a time (ms): the points (s, N) joined by straight lines, over and over, lifted for a second."""
    times = [t_s * 1000 for t_s, _ in points]
    forces = [force_n * 1000 for _, force_n in points]
    length = times[-1] + 2000

    def force(ms: float) -> float:
        at = ms % length + times[0]
        if at >= times[-1]:
            return max(0.0, forces[-1] * (1 - (at - times[-1]) / 300))
        low = max(0, next(i for i in range(len(times)) if times[i] > at) - 1)
        share = (at - times[low]) / (times[low + 1] - times[low])
        return max(0.0, forces[low] + (forces[low + 1] - forces[low]) * share)

    return force


def contact(scale: dict) -> list:
    """Milliseconds from 0.25 N of true force, rising at 2 N/s, to the touch, and from 0.15 N, falling, to the lift."""
    rig = _rig(CHEEKS, scale, WITH)
    start_us = rig.now_us
    rig.plant.hand = Script(lambda ms: 2 * min(ms, max(0, 2000 - ms)), start_us)
    touch = lift = 0.0
    for _ in range(2200 * 1000 // PERIOD_US):
        rig.step()
        ms = (rig.now_us - start_us) / 1000
        if rig.watch.judge.contact:
            touch = touch or ms - 125
            lift = ms + PERIOD_US / 1000 - 1925
    return [touch, lift]


def swept(scale: dict) -> dict:
    """The key results with some rows of the parameter table scaled (permille)."""
    over: dict[str, list] = {WITH: [], WITHOUT: []}
    for mode, column in over.items():
        for zone in (CROWS_FEET, CHEEKS):
            found = presses(zone, mode, [3000, 6000, 10_000], scale, (1000,))
            column += [row[0] for rows in found.values() for row in rows]
    alarm_us = warning_us = 0
    for zone in (CROWS_FEET, CHEEKS):
        held = limits.zone_limits(zone)
        end_mn = held.hi_mn - limits.RELEASE_BELOW_TOP_MN - shaken.ERROR_MN
        alarm_us = max(alarm_us, shaken.drop(zone, scale, held.limit_mn + 300, end_mn, 300)[0])
        middle_mn = (held.warn_mn + held.limit_mn) // 2
        warning_us = max(
            warning_us, shaken.drop(zone, scale, middle_mn, held.warn_mn - shaken.ERROR_MN, 300)[0]
        )
    touch, lift = contact(scale)
    return {
        "with_mn": statistics.median(over[WITH]),
        "without_mn": statistics.median(over[WITHOUT]),
        "false_alerts": sum(holds(zone, 2.5, 8, scale)["alerts"] for zone in (CHEEKS, JAWLINE)),
        "alarm_ends_ms": alarm_us / 1000,
        "warning_ends_ms": warning_us / 1000,
        "touch_ms": touch,
        "lift_ms": lift,
    }


def main() -> None:
    job = json.loads(sys.argv[1])
    print(json.dumps(globals()[job["part"]](**job["arguments"])))


if __name__ == "__main__":
    main()
