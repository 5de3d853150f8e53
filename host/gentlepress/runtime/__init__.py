"""Where the firmware can run without a board."""
