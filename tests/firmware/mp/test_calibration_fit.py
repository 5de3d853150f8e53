"""Edges of the numbers that a calibration is judged by."""

from core import calibration_fit as fits
from core import calibration_reasons as why

MASS_MG = 100_000  # 980,665 uN
SLOPE = 100_000_000  # by which that reads as 98,066,500 counts
WHOLE = 98_066_500


def test_figures():
    assert (fits.SLOPE_OFF_PCT, fits.RESIDUAL_MAX, fits.VERIFY_PCT) == (15, 200, 3)
    assert (fits.NO_LOAD_PCT, fits.SAME_PCT) == (20, 10)
    assert fits.weight_un(MASS_MG) == 980_665


def test_near_nominal():
    for slope, near in ((84, False), (85, True), (115, True), (116, False)):
        assert fits.near_nominal(slope, 100) is near


def test_a_load_that_is_missing():
    for counts, reason in (
        (196_133, why.NONE), (196_132, why.NO_LOAD), (-196_133, why.NO_LOAD), (-196_134, why.WRONG_SIGN),
    ):  # fmt: skip
        assert fits.load_missing(counts, MASS_MG, 1_000_000) == reason, counts
    for counts, reason in ((196_132_900, why.NO_LOAD), (196_133_100, why.NONE)):
        assert fits.load_missing(counts, MASS_MG, 1_000_000_000) == reason, counts


def test_a_load_that_is_the_same():
    for counts, same in ((90_000, False), (90_001, True), (109_999, True), (110_000, False)):
        assert fits.unchanged(counts, 100_000) is same


def test_a_line_through_zero():
    assert fits.fit([(10_000_000, 1_000_000), (20_000_000, 2_000_000)]) == (10_000_000, 0)
    slope, residual = fits.fit([(10_200_000, 1_000_000), (20_000_000, 2_000_000)])
    assert (slope, residual) == (10_040_000, 159)


def pair(residual):
    """Two loads of 1 and 2 N at 1,000,000 counts/N whose line leaves so much."""
    for off in range(20_000, 60_000, 10):
        points = [(1_000_000 + off, 1_000_000), (2_000_000, 2_000_000)]
        if fits.fit(points)[1] == residual:
            return points
    raise AssertionError("no such pair")


def test_how_straight_a_line_must_be():
    assert fits.judge(pair(200), 1_000_000)[0] == why.NONE
    assert fits.judge(pair(201), 1_000_000)[0] == why.TILTED
    assert fits.judge(pair(200), 2_000_000)[0] == why.WRONG_CELL


def test_masses_swapped():
    for residual, reason in ((200, why.MASSES_SWAPPED), (201, why.WRONG_MASS)):
        (first, first_un), (second, second_un) = pair(residual)
        assert fits.judge([(second, first_un), (first, second_un)], 1_000_000)[0] == reason


def test_a_wrong_mass_is_one_that_alone_is_far_off():
    for first, reason in (
        (115_000_000, why.TILTED), (115_000_001, why.WRONG_MASS), (85_000_000, why.TILTED),
        (84_999_999, why.WRONG_MASS),
    ):  # fmt: skip
        points = [(first, 1_000_000), (200_000_000, 2_000_000)]
        assert fits.judge(points, 100_000_000)[0] == reason, first


def test_verification():
    off = 2_941_995  # 3 % of it
    for counts, good in (
        (WHOLE + off, True), (WHOLE + off + 1, False), (WHOLE - off, True), (WHOLE - off - 1, False),
    ):  # fmt: skip
        assert fits.verified(counts, MASS_MG, SLOPE) is good


def test_verification_error_in_hundredths_of_a_percent():
    one = 980_665  # 1 % of it
    for counts, error in (
        (WHOLE, 0), (WHOLE + one, 100), (WHOLE + one - 1, 99), (WHOLE - one, -100), (2 * WHOLE, 10_000),
    ):  # fmt: skip
        assert fits.verification_error(counts, MASS_MG, SLOPE) == error
