"""A small repeatable random source, the same on every interpreter."""


class RandomSource:
    """Linear congruential generator of Numerical Recipes (32 bits; the top bits are used)."""

    def __init__(self, seed: int):
        self._state = (seed * 2654435761 + 1) & 0xFFFFFFFF

    def unit(self) -> float:
        """A number from 0 up to 1."""
        self._state = (self._state * 1664525 + 1013904223) & 0xFFFFFFFF
        return (self._state >> 8) / 16777216.0
