"""The long check of a calibrated tool: all masses, up and down, leaning, and over time."""
