"""The world outside the firmware, simulated: chips at register level, buses, a hand. Never on a board."""
