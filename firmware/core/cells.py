"""State of the watch in arrays of whole numbers, so that machine code can work on it.

A class that owns such an array calls it `cells` and gives single cells names by `cell` and `flag`. Viper reads a cell
of an array as 32 bits without a sign; on a 64-bit interpreter a negative number then looks large. So cells that can be
negative are read as `int(s[AT]) << k >> k` with k from the first cell, SIGN: 0 on the chips, 32 where words are longer.
"""

import sys
from array import array

SIGN = 0
"""Index of the cell that holds the shift."""

SHIFT = 32 if sys.implementation.name == "micropython" and sys.maxsize > 0x7FFFFFFF else 0


def new_cells(count: int):
    """An array of so many cells, all 0 but the first, which holds the shift."""
    cells = array("i", [0] * count)
    cells[SIGN] = SHIFT
    return cells


def cell(at: int):
    """A cell as an attribute."""

    def read(self):
        return self.cells[at]

    def write(self, value):
        self.cells[at] = value

    return property(read, write)


def flag(at: int):
    """A cell as an attribute that is true or false."""

    def read(self):
        return self.cells[at] != 0

    def write(self, value):
        self.cells[at] = 1 if value else 0

    return property(read, write)
