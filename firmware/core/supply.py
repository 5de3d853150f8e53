"""Battery and USB power, as the main loop sees them."""

from . import ids

BATTERY_STOP_PCT = 8
LOOK_MS = 1000
MOTOR_STILL_MS = 40
"""The motor makes the cell sag: its voltage is read once the motor has been still so long, which each pattern is."""

LATE_MS = 10000
"""If the motor has not been still for so long, the reading under load counts: a cell that is empty says so."""


class Supply:
    """What feeds the tool.

    Args:
        board: has `usb_power`, `battery` and `motor` (boards.board.Board).

    Attributes:
        usb_power: whether the USB connector has power, seen twice alike.
        battery_mv, battery_pct: the cell's voltage and charge left, read while the motor rests.
    """

    def __init__(self, board):
        self._board = board
        self.usb_power = False
        self.battery_mv = 0
        self.battery_pct = 100
        self._usb_seen = False
        self._since_ms = 0
        self._still_ms = 0

    def look(self) -> None:
        """Look at both at once, with the motor still."""
        self.usb_power = self._usb_seen = self._board.usb_power.active()
        self._read_battery()

    def tick(self, dt_ms: int) -> int:
        """Go on by dt_ms; why no session may go on (ids.END_*), else END_OPEN."""
        usb = self._board.usb_power.active()
        if usb == self._usb_seen:
            self.usb_power = usb
        self._usb_seen = usb
        self._since_ms += dt_ms
        self._still_ms = 0 if self._board.motor.level else self._still_ms + dt_ms
        if self._since_ms >= LOOK_MS and (self._still_ms >= MOTOR_STILL_MS or self._since_ms >= LATE_MS):
            self._read_battery()
        if self.usb_power:
            return ids.END_USB_POWER
        return ids.END_BATTERY if self.battery_pct < BATTERY_STOP_PCT else ids.END_OPEN

    def _read_battery(self) -> None:
        self._since_ms = 0
        battery = self._board.battery
        self.battery_mv = battery.read_mv()
        self.battery_pct = battery.percent(self.battery_mv)
