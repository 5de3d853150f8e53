"""Drivers: one file per chip; each takes ready-made bus, pin and timer objects and imports no board."""
