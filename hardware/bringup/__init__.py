"""Putting the firmware on a tool, and the first tries of its parts."""
