"""Blocks of half a second, to the count."""

from core.stillness import BLOCKS, GROUP, MORE_NOISE, Stillness

NOMINAL = 1000  # so a count is a mN


def new(rate_sps=32):
    """Blocks of two groups of eight."""
    return Stillness(NOMINAL, rate_sps)


def block(still, first, second=None):
    """A block whose two groups add up to these sums."""
    for total in (first, first if second is None else second):
        for raw in (total, 0, 0, 0, 0, 0, 0, 0):
            ended = still.add(raw)
    return ended


def test_figures_and_a_new_one():
    assert (MORE_NOISE, GROUP, BLOCKS) == (1 << 30, 8, 3)
    still = new()
    assert (still.spread_mn, still.mean, still.progress_pct(5)) == (MORE_NOISE, 0, 0)
    assert still.settled(5, 5) is None


def test_a_block_is_half_a_second_of_whole_groups():
    for rate, size in ((32, 16), (320, 160), (50, 24), (10, 8)):
        still = new(rate)
        assert [still.add(0) for _ in range(size)] == [False] * (size - 1) + [True]


def test_spread_is_from_the_lowest_to_the_highest_mean_of_a_group():
    still = new()
    assert block(still, 8, 351) and still.spread_mn == 43 - 1
    assert still.mean == 359 // 16
    block(still, 8 * 40, 8 * 40 - 1)
    assert still.spread_mn == 1, "nothing of the group before is left"
    block(still, -8, 8)
    assert still.spread_mn == 2


def test_counts_as_mn():
    still = Stillness(42950, 320)
    assert (still.mn(42950), still.mn(-42950), still.mn(42950000)) == (1000, -1000, 1000000)


def test_calm_blocks_count_from_the_end():
    still = new()
    for spread, pct in ((0, 33), (8 * 9, 66), (8 * 10, 0), (0, 33), (0, 66), (0, 100), (0, 100)):
        block(still, 0, spread)
        assert still.progress_pct(10) == pct, "a spread of 10 mN is not below 10 mN"


def test_settled_means_agree():
    for last, mean in ((8 * 5, 5 // 3), (8 * 6, None)):
        still = new()
        for level in (0, 0, last):
            block(still, level)
        assert still.settled(10, 5) == mean
