"""The filter beside the same arithmetic written plainly, sample by sample, with words of 32 and of 64 bits."""

from core import limits, rates
from core.cells import SIGN, new_cells
from core.force_filter import SLOPE_CAP_MN_S, ForceFilter

COUNTS_PER_N = 42950
DT_US = 3125
PERIOD = 1 << 30


class Plain:
    """Means, slopes and the force ahead from lists of all that came."""

    def __init__(self, rate_sps):
        self.window = rates.of(rate_sps)[rates.WINDOW]
        self.long = rates.LONG_WINDOWS * self.window
        self.forces, self.means, self.shown, self.times = [], [], [], []

    def take(self, force, t_us):
        """(force, slope, ahead); slope and ahead are None until they are due."""
        window, long = self.window, self.long
        self.forces.append(force)
        self.times.append(t_us)
        count = len(self.forces)
        mean = sum(self.forces[-window:]) // window
        self.means.append(mean)
        self.shown.append(sum(self.forces) // count if count < window else mean)
        if count <= 2 * window:
            return self.shown[-1], None, None
        slope = self._slope(self.means, window, limits.NOISE_MN_S)
        rise = slope
        if slope > 0 and mean > 0:
            rise = max(0, slope - mean * limits.TREMOR_PERMILLE_S // 1000)
        ahead = sum(self.means[-window:]) // window + rise * limits.LOOK_AHEAD_MS // 1000
        if count > window + long:
            ahead = max(ahead, self._further(long))
        return mean, slope, ahead

    def _raw_slope(self, values, back):
        tenths_ms = max(1, (self.times[-1] - self.times[-1 - back]) // 100)
        return (values[-1] - values[-1 - back]) * 10000 // tenths_ms

    def _slope(self, values, back, noise):
        slope = self._raw_slope(values, back)
        if abs(slope) > SLOPE_CAP_MN_S:
            return SLOPE_CAP_MN_S if slope > 0 else -SLOPE_CAP_MN_S
        if abs(slope) <= noise:
            return 0
        return slope - noise if slope > 0 else slope + noise

    def _further(self, long):
        slope = min(self._raw_slope(self.shown, long), SLOPE_CAP_MN_S) - limits.LONG_NOISE_MN_S
        if slope <= 0:
            return -(1 << 29)
        return sum(self.shown[-long:]) // long + slope * limits.LOOK_AHEAD_MS // 1000


class Chance:
    """The same numbers each time."""

    def __init__(self, seed):
        self.state = seed

    def upto(self, most):
        self.state = (self.state * 1103515245 + 12345) % 2147483648
        return self.state // 65536 % most


def trace(seed, count):
    """Raw counts of a hand: ramps up, down and below nothing, rests, tremor; no jump that would be held back."""
    chance = Chance(seed)
    force, step = 0, 0
    found = []
    for n in range(count):
        if n % 40 == 0:
            up, slow = chance.upto(120), chance.upto(9)
            step = (0, 0, up, -up, slow, -slow, 300, -300)[chance.upto(8)]
        force = max(-900, min(9000, force + step))
        found.append(force * COUNTS_PER_N // 1000 + chance.upto(700) - 350)
    return found


def compared(rate_sps, shift, seed, dt_us=DT_US):
    """Whether filter and plain arithmetic agree on every sample of a trace; how many were due."""
    force_filter = ForceFilter(COUNTS_PER_N, 0, rate_sps)
    force_filter.cells[SIGN] = max(shift, force_filter.cells[SIGN])
    plain = Plain(rate_sps)
    due = 0
    t_us = PERIOD - 100 * dt_us
    for raw in trace(seed, 900):
        t_us += dt_us
        assert force_filter.take(raw, t_us % PERIOD, dt_us) == 0
        force, slope, ahead = plain.take((raw >> 4) * 1000 // (COUNTS_PER_N >> 4), t_us)
        assert force_filter.instant_mn == plain.forces[-1]
        assert force_filter.force_mn == force, len(plain.forces)
        if slope is not None:
            due += 1
            assert (force_filter.slope_mn_s, force_filter.ahead_mn) == (slope, ahead), len(plain.forces)
    return due


def test_a_hands_forces_slopes_and_look_ahead():
    for seed in (1, 2, 3):
        assert compared(320, 0, seed) == 900 - 16


def test_words_of_64_bits():
    for seed in (4, 5):
        assert compared(320, 32, seed) == 900 - 16


def test_other_rates():
    assert compared(80, 0, 6, 12500) == 900 - 4
    assert compared(100, 32, 7, 10000) == 900 - 6


def test_a_window_that_takes_no_time():
    assert compared(320, 0, 8, 5) == 900 - 16
    assert compared(320, 0, 9, 20) == 900 - 16


def rest(shift):
    """Still and zero of an unpressed tool that drifts, rises and falls."""
    force_filter = ForceFilter(COUNTS_PER_N, -3000)
    force_filter.cells[SIGN] = max(shift, force_filter.cells[SIGN])
    found = []
    for n, counts in enumerate(trace(11, 1200)):
        raw = -3000 + counts % 3000 - (4000 if n % 600 > 400 else 0)
        force_filter.take(raw, n * DT_US, DT_US)
        force_filter.watch_still()
        force_filter.track_zero()
        found.append((force_filter.still_pp_mn, force_filter.zero))
    return found


def test_still_and_zero_alike_with_words_of_64_bits():
    one, two = rest(0), rest(32)
    assert one == two
    assert len({zero for _pp, zero in one}) > 2 and min(pp for pp, _zero in one) < 100
    assert min(zero for _pp, zero in one) < -3000 < max(zero for _pp, zero in one) or one[-1][1] != -3000


def spikes(shift):
    """What becomes of readings that jump, up, down, to below nothing, and of some that stay."""
    force_filter = ForceFilter(COUNTS_PER_N, 0)
    force_filter.cells[SIGN] = max(shift, force_filter.cells[SIGN])
    found = []
    chance = Chance(21)
    level = 0
    for n in range(1500):
        if n % 97 == 0:
            level = (0, 3000, -1500, 6000)[chance.upto(4)]
        force = level
        if chance.upto(40) == 0:
            force = (9000, -4000, level + 2100, level - 2100)[chance.upto(4)]
        fault = force_filter.take(force * COUNTS_PER_N // 1000 + chance.upto(60), n * DT_US, DT_US)
        found.append((fault, force_filter.instant_mn, force_filter.spikes))
    return found


def test_spikes_alike_with_words_of_64_bits():
    one, two = spikes(0), spikes(32)
    assert one == two and max(count for _fault, _instant, count in one) >= 2


def stuck(shift):
    """A negative reading that stands still."""
    force_filter = ForceFilter(COUNTS_PER_N, 0)
    force_filter.cells[SIGN] = max(shift, force_filter.cells[SIGN])
    return [force_filter.take(-777, n * DT_US, DT_US) for n in range(120)]


def test_a_stuck_negative_reading_is_found_with_words_of_64_bits():
    assert stuck(0) == stuck(32) and stuck(0)[-1] != 0


def exact():
    """A filter in which sixteen counts are a millinewton."""
    return ForceFilter(16000, 0)


def fed(force_filter, forces, start=0):
    """Faults of samples with these forces."""
    return [
        force_filter.take((force << 4) + n % 3, (start + n) * DT_US, DT_US) for n, force in enumerate(forces)
    ]


def test_what_is_exactly_2_n_away_is_near():
    for force, believed in ((2000, True), (-2000, True), (2001, False), (-2001, False)):
        force_filter = exact()
        fed(force_filter, [0, 0, 5000 if force > 0 else -4900])
        assert force_filter.instant_mn == 0, "held back"
        fed(force_filter, [force], 3)
        assert (force_filter.instant_mn == force) is believed, force


def test_a_spike_while_the_window_fills_delays_nothing():
    force_filter = exact()
    fed(force_filter, [0, 0, 0, 5000, 0, 0, 0, 0])
    assert not force_filter.ready and force_filter.spikes == 1
    fed(force_filter, [0], 8)
    assert force_filter.ready and force_filter.force_mn == 0


def test_a_restart_leaves_no_slope_and_a_calibration_no_past():
    for begin_anew in (ForceFilter.restart, lambda force_filter: force_filter.calibrate(16000, 0)):
        force_filter = exact()
        fed(force_filter, range(0, 3000, 30))
        assert force_filter.slope_mn_s > 0 and force_filter.ready
        begin_anew(force_filter)
        assert not force_filter.ready
        fed(force_filter, [3000], 100)
        assert force_filter.slope_mn_s == 0


def test_stillness_is_from_the_lowest_to_the_highest_mean():
    force_filter = exact()
    shown = []
    for n in range(320):
        fed(force_filter, [-100 + n // 7 % 5], n)
        shown.append(force_filter.force_mn)
        force_filter.watch_still()
    assert force_filter.still_pp_mn == max(shown[160:]) - min(shown[160:]) < 10
    assert force_filter.cells[SIGN] == new_cells(1)[0]


def test_samples_in_no_time_go_by_a_tenth_of_a_millisecond():
    assert compared(320, 0, 10, 3) == 900 - 16


def test_a_jump_to_the_other_side_of_zero_is_held_back():
    for first, then in ((1500, -1500), (-1500, 1500)):
        force_filter = exact()
        fed(force_filter, [first] * 3)
        fed(force_filter, [then], 3)
        assert force_filter.instant_mn == first
