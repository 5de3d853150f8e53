"""The converter's digital filter: four running means of one conversion each, one after the other (sinc4).

The data sheet tells its bandwidth, 0.227 of the rate, and that four conversions settle it; both are a sinc4's. What is
slower than conversions goes in as one value each, joined by straight lines; what is faster, as SUB values each.
"""

SUB = 8


def _fast_weights() -> list:
    """What each of SUB values counts now and in each of the next three conversions, in 1 / SUB**4."""
    taps = [1]
    for _ in range(4):
        wider = [0] * (len(taps) + SUB - 1)
        for i, tap in enumerate(taps):
            for j in range(SUB):
                wider[i + j] += tap
        taps = wider
    taps += [0] * (4 * SUB - len(taps))
    return [taps[late * SUB : (late + 1) * SUB][::-1] for late in range(4)]


class Sinc4:
    """Integers only; `take` allocates nothing on MicroPython."""

    def __init__(self):
        self._slow = [0, 0, 0, 0, 0]
        self._weights = _fast_weights()
        self._late = [0, 0, 0, 0]

    def start(self, nv: int) -> None:
        """Settle at a value."""
        for i in range(5):
            self._slow[i] = nv
        for i in range(4):
            self._late[i] = 0

    def take(self, nv: int, fast) -> int:
        """Convert the slow input now and SUB values of the fast one since the last, or None: four times the result."""
        slow = self._slow
        slow[4] = slow[3]
        slow[3] = slow[2]
        slow[2] = slow[1]
        slow[1] = slow[0]
        slow[0] = nv
        # A corner between two straight lines, seen through four means, is a quintic spline.
        total = (slow[0] + slow[4] + 26 * (slow[1] + slow[3]) + 66 * slow[2]) // 30
        late = self._late
        late[0] = late[1]
        late[1] = late[2]
        late[2] = late[3]
        late[3] = 0
        if fast is not None:
            for behind in range(4):
                weights = self._weights[behind]
                for i in range(SUB):
                    late[behind] += weights[i] * fast[i]
        return total + 4 * late[0] // 4096
