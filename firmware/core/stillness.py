"""Means of half seconds of readings, and how calm each was: what calibration measures with."""

GROUP = 8
BLOCKS = 3
MORE_NOISE = 1 << 30


class Stillness:
    """Collects raw readings into blocks of half a second.

    Args:
        counts_per_n: nominal slope, for spreads in mN.
        rate_sps: samples a second.

    Attributes:
        spread_mn: from lowest to highest mean of 8 in the last block, mN; MORE_NOISE before the first.
        mean: of the last block, counts.
    """

    def __init__(self, counts_per_n: int, rate_sps: int):
        self._counts_per_n = counts_per_n
        self._size = max(GROUP, rate_sps // 2 // GROUP * GROUP)
        self.spread_mn = MORE_NOISE
        self.mean = 0
        self.restart()

    def restart(self) -> None:
        """Forget all blocks; the next sample begins one."""
        self._blocks = []
        self._begin_block()

    def _begin_block(self) -> None:
        self._sum = self._group = self._count = 0
        self._low = MORE_NOISE
        self._high = -MORE_NOISE

    def add(self, raw: int) -> bool:
        """Take a reading, counts; whether it ended a block."""
        self._sum += raw
        self._group += raw
        self._count += 1
        if self._count % GROUP == 0:
            self._end_group()
        if self._count < self._size:
            return False
        self.mean = self._sum // self._count
        self.spread_mn = self.mn(self._high - self._low)
        self._blocks.append((self.mean, self.spread_mn))
        self._blocks = self._blocks[-BLOCKS:]
        self._begin_block()
        return True

    def _end_group(self) -> None:
        mean = self._group // GROUP
        self._group = 0
        self._low = min(self._low, mean)
        self._high = max(self._high, mean)

    def mn(self, counts: int) -> int:
        """Counts as mN by the nominal slope."""
        return counts * 1000 // self._counts_per_n

    def progress_pct(self, calm_mn: int) -> int:
        """How much of a measurement the calm blocks at the end make up."""
        calm = 0
        for _mean, spread_mn in self._blocks:
            calm = calm + 1 if spread_mn < calm_mn else 0
        return calm * 100 // BLOCKS

    def settled(self, calm_mn: int, creep_mn: int):
        """Mean of the last BLOCKS blocks in counts if all were calm and they agree, else None.

        Args:
            calm_mn: each spread must be below.
            creep_mn: their means may differ by at most so much.
        """
        if self.progress_pct(calm_mn) < 100:
            return None
        means = [mean for mean, _spread in self._blocks]
        if self.mn(max(means) - min(means)) > creep_mn:
            return None
        return sum(means) // BLOCKS
