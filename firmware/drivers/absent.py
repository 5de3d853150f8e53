"""Stands where no driver can be: a build whose parts are not known. Feels nothing, drives nothing."""

from .errors import MotorConfig, SensorConfig

_NO_ANSWER = 0x01
_EIO = 5


class AbsentSensor:
    """A force sensor that gives nothing."""

    rate_sps = 0

    def attach(self, on_ready, stamp=None) -> None:
        """Nothing will ever be ready."""

    def ready(self) -> bool:
        """Never."""
        return False

    def read_raw(self) -> int:
        """Raises `OSError`."""
        raise OSError(_EIO)

    def registers_ok(self) -> bool:
        """Never."""
        return False

    async def start(self, rate_sps: int = 0, gain: int = 0) -> None:  # noqa: ARG002 (as the other sensors)
        """Raises `SensorConfig`."""
        raise SensorConfig("no force sensor is known for this build")

    def standby(self) -> None:
        """Nothing to power down."""

    async def wake(self) -> None:
        """Nothing to wake."""


class AbsentMotor:
    """A motor that never runs; the pin it might hang on is held low by whoever made it."""

    level = 0

    def drive(self, level: int) -> None:
        """Nothing."""

    def off(self) -> None:
        """Nothing."""

    async def start(self) -> None:
        """Raises `MotorConfig`."""
        raise MotorConfig("no motor is known for this build")

    async def diagnose(self) -> bool:
        """Never a motor."""
        return False

    def check(self) -> int:
        """As a driver that does not answer."""
        return _NO_ANSWER

    def standby(self) -> None:
        """Nothing to power down."""

    def wake(self) -> None:
        """Nothing to wake."""
