"""What the tool draws from its cell and how long that lasts, by arithmetic; hardware/power.md shows the tables.

python -m hardware.power    prints them
"""

from __future__ import annotations

import sys
from typing import NamedTuple

CAPACITY_MAH = 400
USABLE_PERCENT = 85
"""Between full and the firmware's stop at 3.4 V, when new."""

MOTOR_DUTY_PERCENT = 15
SESSION_MIN, SESSIONS_A_DAY = 10, 2
AWAKE_MIN = 4
"""A day beside the sessions: two minutes before or after each."""


class Draw(NamedTuple):
    """One consumer: mA in session, awake and idle, or asleep, and where the figures come from.

    Asleep the firmware puts sensor and motor driver into standby; the processor goes on waiting for the button.
    """

    what: str
    session_ma: float
    idle_ma: float
    sleep_ma: float
    basis: str


MOTOR_MA = 80
COMMON = (
    Draw("NAU7802", 2.1, 2.1, 0.0002, "Nuvoton V1.7: 2.1 mA with its regulator, 0.2 uA powered down"),
    Draw("cell, 3.0 V on 1 kohm", 3.0, 3.0, 0.0, "Ohm's law; a 350 ohm cell takes 8.6"),
    Draw("DRV2605L", 0.5, 0.5, 0.004, "TI SLOS854D: quiescent 0.5 mA, standby 4 uA"),
    Draw(
        f"LRA, {MOTOR_DUTY_PERCENT} % of the time",
        MOTOR_MA * MOTOR_DUTY_PERCENT / 100,
        0.0,
        0.0,
        "80 mA: unverified",
    ),
    Draw("light", 3.0, 0.5, 0.0, "R6 to R8: 3 to 4 mA a colour; idle is a slow heartbeat"),
    Draw("battery sense", 0.0095, 0.0095, 0.0095, "4.2 V on 440 kohm"),
)
BOARDS = {
    "XIAO, radio off": Draw("board", 30.0, 30.0, 25.0, "25 to 35 mA awake: unverified"),
    "XIAO, radio on": Draw(
        "board", 90.0, 90.0, 90.0, "60 to 115 mA with stock firmware: unverified, measure first"
    ),
    "Pico W, radio off": Draw("board", 30.0, 30.0, 25.0, "30 to 33 mA awake: unverified"),
    "Pico W, radio on": Draw("board", 40.0, 40.0, 40.0, "35 to 45 mA: unverified"),
}


class Life(NamedTuple):
    """What a build draws and how long a cell lasts: pressing on and on, used daily and switched off, left to sleep."""

    build: str
    session_ma: float
    idle_ma: float
    sleep_ma: float
    session_h: float
    days: float
    sleep_h: float


def life(build: str) -> Life:
    """The sums of a build, and the cell over them."""
    draws = (BOARDS[build], *COMMON)
    session, idle, sleep = (sum(draw[column] for draw in draws) for column in (1, 2, 3))
    usable_mah = CAPACITY_MAH * USABLE_PERCENT / 100
    a_day_mah = (session * SESSION_MIN * SESSIONS_A_DAY + idle * AWAKE_MIN) / 60
    return Life(build, session, idle, sleep, usable_mah / session, usable_mah / a_day_mah, usable_mah / sleep)


def draw_rows() -> list[list[str]]:
    """The table of what draws what."""
    named = [draw._replace(what=build) for build, draw in BOARDS.items()]
    return [
        [draw.what, f"{draw.session_ma:.1f}", f"{draw.idle_ma:.1f}", f"{draw.sleep_ma:.3f}", draw.basis]
        for draw in (*named, *COMMON)
    ]


def life_rows() -> list[list[str]]:
    """The table of how long a cell lasts."""
    return [
        [
            found.build,
            f"{found.session_ma:.0f}",
            f"{found.idle_ma:.0f}",
            f"{found.sleep_ma:.0f}",
            f"{found.session_h:.1f}",
            f"{found.days:.1f}",
            f"{found.sleep_h:.1f}",
        ]
        for found in map(life, BOARDS)
    ]


def main() -> int:
    """Print both tables as they stand in the page."""
    for rows in (draw_rows(), life_rows()):
        print("\n".join(f"| {' | '.join(row)} |" for row in rows), end="\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
