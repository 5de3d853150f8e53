"""Version of the firmware; the desktop package carries the same number."""

VERSION = (0, 1, 0)
TEXT = "0.1.0"
