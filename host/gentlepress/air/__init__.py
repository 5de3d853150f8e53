"""Bluetooth on the desktop: two drivers behind one contract, a link over either, and coming back after a loss."""
