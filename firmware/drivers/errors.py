"""What a driver can report. `code` is a small number for a log record, the text is for a reader.

A driver raises these only while it is started, calibrated or diagnosed. On the sampling path a failing bus
raises `OSError` as MicroPython does, and the caller counts it.
"""


class DriverError(Exception):
    """Root of all driver errors. `code` is stable over releases: it goes into logs."""

    code = 1

    def __str__(self) -> str:
        """The text given when raised, or the class name."""
        return str(self.args[0]) if self.args else self.__class__.__name__


class BusStuck(DriverError):
    """SDA stays low after nine clocks and a stop: no transfer is possible."""

    code = 2


class SensorMissing(DriverError):
    """The force sensor's converter does not answer, or is another chip."""

    code = 10


class SensorConfig(DriverError):
    """A setting the converter cannot have, or one that does not read back as written."""

    code = 11


class SensorTimeout(DriverError):
    """The converter answers but does not become ready, or delivers no result."""

    code = 12


class SensorCalibration(DriverError):
    """The converter's own offset calibration failed or did not end."""

    code = 13


class MotorMissing(DriverError):
    """The motor driver does not answer, or is another chip."""

    code = 20


class MotorConfig(DriverError):
    """A motor driver register does not read back as written."""

    code = 21


class MotorTimeout(DriverError):
    """The motor driver answers but a reset, calibration or diagnosis does not end."""

    code = 22


class MotorCalibration(DriverError):
    """Auto-calibration did not converge: no motor, a blocked one, or one of another kind."""

    code = 23
