"""A force filter fed with forces."""

from core.force_filter import ForceFilter

COUNTS = 16000  # counts a newton: one millinewton is 16 counts, one step of the filter
DT_US = 3125


class Feed:
    """A filter fed with forces; no two raw values in a row are the same."""

    def __init__(self, counts=COUNTS, zero=0, start_us=0):
        self.filter = ForceFilter(counts, zero)
        self.zero = zero
        self.t_us = start_us
        self.n = 0

    def take(self, force_mn, dt_us=DT_US):
        self.n += 1
        self.t_us = (self.t_us + dt_us) % (1 << 30)
        return self.filter.take(self.zero + force_mn * 16 + self.n % 2, self.t_us, dt_us)

    def many(self, force_mn, count):
        return [self.take(force_mn) for _ in range(count)]

    def rest(self, force_mn, count):
        """Samples without contact, as the watch takes them."""
        for _ in range(count):
            self.take(force_mn)
            self.filter.watch_still()
            self.filter.track_zero()


def filled(force_mn=0):
    feed = Feed()
    feed.many(force_mn, 16)
    return feed
