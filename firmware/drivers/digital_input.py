"""A two-state input: the button, the sense of USB power."""


class DigitalInput:
    """A pin with a meaning. Bounce is the reader's business: this tells what the pin says now."""

    def __init__(self, pin, active_low: bool):
        """Take an input pin, with whatever pull the board gives it, and the level that means active."""
        self._pin = pin
        self._active_level = 0 if active_low else 1

    def active(self) -> bool:
        """Whether the button is held, or the power is there."""
        return self._pin.value() == self._active_level
