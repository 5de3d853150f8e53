"""A three-colour light on three PWM pins."""

PWM_HZ = 1_000
"""Fast enough not to flicker, slow enough for full resolution on every board."""


class RgbLight:
    """One light. With a common anode the pins sink current, so a high pin is dark."""

    def __init__(self, pwm_r, pwm_g, pwm_b, common_anode: bool = True):
        """Take the three PWMs and leave the light dark."""
        self._pwm_r = pwm_r
        self._pwm_g = pwm_g
        self._pwm_b = pwm_b
        self._invert = 0xFFFF if common_anode else 0
        pwm_r.freq(PWM_HZ)
        pwm_g.freq(PWM_HZ)
        pwm_b.freq(PWM_HZ)
        self.show(0, 0, 0)

    def show(self, r: int, g: int, b: int) -> None:
        """Set the three colours, 0..255 each, linear in mean current. Allocates nothing."""
        invert = self._invert
        self._pwm_r.duty_u16((r & 0xFF) * 257 ^ invert)
        self._pwm_g.duty_u16((g & 0xFF) * 257 ^ invert)
        self._pwm_b.duty_u16((b & 0xFF) * 257 ^ invert)
