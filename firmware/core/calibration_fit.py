"""The slope from a zero and two known masses, and what is wrong with them. Pure numbers, no float."""

from . import calibration_reasons as why

G_UN_PER_100_KG = 980665
"""Standard gravity 9.80665 m/s2 (CGPM 1901): 100 mg press with 980.665 uN."""

MASS_MIN_MG = 50_000
MASS_MAX_MG = 500_000
SLOPE_OFF_PCT = 15
RESIDUAL_MAX = 200
"""In hundredths of a percent."""
VERIFY_PCT = 3

NO_LOAD_PCT = 20
SAME_PCT = 10


def weight_un(mass_mg: int) -> int:
    """Force of a mass in micronewtons."""
    return mass_mg * G_UN_PER_100_KG // 100_000


def in_range(mass_mg: int) -> bool:
    """Whether a mass may be used."""
    return MASS_MIN_MG <= mass_mg <= MASS_MAX_MG


def heavier(mass_mg: int, first_mg: int) -> bool:
    """Whether a second mass is so much heavier that two points make a line."""
    return 2 * mass_mg >= 3 * first_mg


def near_nominal(counts_per_n: int, nominal: int) -> bool:
    """Whether a slope lies within +/-15 % of the nominal one (safety rule of docs/calibration.md)."""
    return 100 * abs(counts_per_n - nominal) <= SLOPE_OFF_PCT * nominal


def load_missing(counts: int, mass_mg: int, nominal: int) -> int:
    """why.WRONG_SIGN or why.NO_LOAD when a load reads as none, else why.NONE."""
    expected = weight_un(mass_mg) * nominal // 1_000_000
    if 100 * counts < -NO_LOAD_PCT * expected:
        return why.WRONG_SIGN
    return why.NO_LOAD if 100 * counts < NO_LOAD_PCT * expected else why.NONE


def unchanged(counts: int, before: int) -> bool:
    """Whether a second load reads as the first one still did."""
    return 100 * abs(counts - before) < SAME_PCT * before


def fit(points):
    """(counts per newton, residual in hundredths of a percent) of a line through zero.

    Args:
        points: two of (counts above zero, force in micronewtons), all positive.
    """
    above = sum([counts * un for counts, un in points])
    below = sum([un * un for _counts, un in points])
    slope = (2 * above * 1_000_000 + below) // (2 * below)
    off = [abs(counts * 1_000_000 - slope * un) * 10_000 // (slope * un) for counts, un in points]
    return slope, max(off)


def judge(points, nominal: int):
    """(why.NONE or the reason, counts per newton, residual) for two loads.

    Args:
        points: as for `fit`, the lighter named mass first.
        nominal: counts per newton of the cell.
    """
    slope, residual = fit(points)
    if residual <= RESIDUAL_MAX:
        return why.NONE if near_nominal(slope, nominal) else why.WRONG_CELL, slope, residual
    return _not_in_line(points, nominal), slope, residual


def _not_in_line(points, nominal: int) -> int:
    (first, first_un), (second, second_un) = points
    slope, residual = fit([(first, second_un), (second, first_un)])
    if residual <= RESIDUAL_MAX and near_nominal(slope, nominal):
        return why.MASSES_SWAPPED
    for counts, un in points:
        if not near_nominal(counts * 1_000_000 // un, nominal):
            return why.WRONG_MASS
    return why.TILTED


def verification_error(counts: int, mass_mg: int, slope: int) -> int:
    """How far a load reads from its named force by a slope, in hundredths of a percent."""
    wanted = slope * weight_un(mass_mg)
    return (counts * 1_000_000 - wanted) * 10_000 // wanted


def verified(counts: int, mass_mg: int, slope: int) -> bool:
    """Whether a load reads within 3 % of its named force by a slope."""
    wanted = slope * weight_un(mass_mg)
    return 100 * abs(counts * 1_000_000 - wanted) <= VERIFY_PCT * wanted
