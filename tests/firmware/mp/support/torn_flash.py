"""A NOR flash in RAM that loses power before, in the middle of, or after any erase or program."""

BLOCK = 4096
PROGRAM = 256  # as the Raspberry Pi Pico mounts its file system
EIO = -5
BEFORE, TORN, AFTER = range(3)
_ERASED = b"\xff"


class TornFlash:
    """A block device; once the power is gone nothing reaches it.

    An error is returned, not raised: a file that could not be closed is closed again by the collector, where nothing
    may be allocated.

    Args:
        data: the bytes it holds.
        cut_at: which erase or program is hit, from 1; 0 none. how: BEFORE, TORN or AFTER it.
        seed: of what a torn one leaves.

    Attributes:
        dead: the power is gone. operations, erases, programmed: how many there were, and bytes programmed.
    """

    def __init__(self, data, cut_at=0, how=BEFORE, seed=1):
        self.data = data
        self.cut_at = cut_at
        self.how = how
        self.dead = False
        self.operations = self.erases = self.programmed = 0
        self._seed = seed * 2654435761 & 0x3FFFFFFF | 1

    def _random(self):
        self._seed = (self._seed * 1103515245 + 12345) & 0x7FFFFFFF
        return self._seed >> 12

    def _is_hit(self):
        self.operations += 1
        return self.operations == self.cut_at

    def readblocks(self, block, buf, offset=0):
        at = block * BLOCK + offset
        buf[:] = memoryview(self.data)[at : at + len(buf)]

    def writeblocks(self, block, buf, offset=0):
        if self.dead:
            return EIO
        at, end = block * BLOCK + offset, block * BLOCK + offset + len(buf)
        new = bytes(buf)
        if self.data[at:end] != _ERASED * len(buf):
            new = bytes(
                [old & bits for old, bits in zip(self.data[at:end], new)]
            )  # programming only clears bits
        if self._is_hit():
            self.dead = True
            if self.how == BEFORE:
                return EIO
            if self.how == TORN:
                new = self._torn_program(self.data[at:end], new)
        self.programmed += len(new)
        self.data[at:end] = new
        return EIO if self.dead else 0

    def _torn_program(self, old, new):
        """Some bytes are written, the next in part; or each byte in part."""
        if self._random() & 1:
            reached = self._random() % len(new)
            partly = new[reached] | (old[reached] & self._random() & 0xFF)
            return new[:reached] + bytes([partly]) + old[reached + 1 :]
        return bytes([new[n] | (old[n] & self._random() & 0xFF) for n in range(len(new))])

    def ioctl(self, command, argument):
        if command == 4:
            return len(self.data) // BLOCK
        if command == 5:
            return BLOCK
        if command == 6:
            return self._erase(argument)
        return 0

    def _erase(self, block):
        if self.dead:
            return EIO
        at = block * BLOCK
        new = _ERASED * BLOCK
        if self._is_hit():
            self.dead = True
            if self.how == BEFORE:
                return EIO
            if self.how == TORN:
                new = self._torn_erase(self.data[at : at + BLOCK])
        self.erases += 1
        self.data[at : at + BLOCK] = new
        return EIO if self.dead else 0

    def _torn_erase(self, old):
        """A part is erased; or the bits of each byte in part."""
        if self._random() & 1:
            reached = self._random() % BLOCK
            return _ERASED * reached + old[reached:]
        noise = bytes([self._random() & 0xFF for _ in range(64)])
        return bytes([old[n] | noise[n & 63] for n in range(BLOCK)])
