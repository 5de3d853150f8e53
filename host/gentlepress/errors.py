"""Every error the host raises on purpose, each with a fixed exit code and the next step for the user."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the command `gentlepress` returns to its caller; scripts may rely on these numbers."""

    OK = 0
    UNEXPECTED = 1
    USAGE = 2
    PORT = 3
    REFUSED = 4
    INVALID_DATA = 5
    STORE = 6
    RUNTIME_UNAVAILABLE = 7
    BUSY = 8
    NOT_TODAY = 9
    KEY = 10
    INTERRUPTED = 130


class GentlepressError(Exception):
    """Root of the host's errors.

    Args:
        message: what happened: the field, the value and the rule.
        next_step: what the user can do about it; may be empty.

    Attributes:
        message: as given.
        next_step: as given.
        exit_code: the command's exit code for this class of error.
    """

    exit_code: ExitCode = ExitCode.UNEXPECTED

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message, next_step)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.message}\n{self.next_step}" if self.next_step else self.message


class UsageError(GentlepressError):
    """The command line or an argument makes no sense."""

    exit_code = ExitCode.USAGE


class PortError(GentlepressError):
    """The link to the tool failed."""

    exit_code = ExitCode.PORT


class PortMissing(PortError):
    """There is no such port, or no tool was found on any."""


class PortBusy(PortError):
    """Another program holds the port."""


class PortPermission(PortError):
    """This user may not open the port."""


class BluetoothOff(PortError):
    """This computer's Bluetooth is off, or it has none."""


class PortSilent(PortError):
    """Nothing answered within the deadline."""


class PortGarbage(PortError):
    """What came in is not the tool's protocol."""


class PortClosed(PortError):
    """The port went away in the middle of an exchange."""


class ProtocolError(GentlepressError):
    """The tool answered with something the protocol does not allow."""

    exit_code = ExitCode.REFUSED


class VersionMismatch(ProtocolError):
    """The tool and this program have no version of the protocol in common."""


class TransferFailed(ProtocolError):
    """A file changed while it was copied, or what arrived does not match its digest."""


class DeviceRefused(ProtocolError):
    """The tool understood the request and refused it.

    Args:
        message: what was refused and why.
        next_step: what the user can do about it.
        group: command group that gave the code; 0 for the codes all groups share.
        code: the tool's error code (firmware/core/wire.py).

    Attributes:
        group: as given.
        code: as given.
    """

    def __init__(self, message: str, next_step: str = "", group: int = 0, code: int = 0) -> None:
        super().__init__(message, next_step)
        self.group = group
        self.code = code


class CalibrationRejected(GentlepressError):
    """The tool did not take a calibration.

    Args:
        message: why.
        next_step: what the user can do about it.
        reason: its name in firmware/core/calibration_reasons.py.

    Attributes:
        reason: as given.
    """

    exit_code = ExitCode.REFUSED

    def __init__(self, message: str, next_step: str = "", reason: str = "") -> None:
        super().__init__(message, next_step)
        self.reason = reason


class DataError(GentlepressError):
    """A file or value given to the host is not valid."""

    exit_code = ExitCode.INVALID_DATA


class RoutineInvalid(DataError):
    """A routine breaks a rule of the tool."""


class TraceInvalid(DataError):
    """A force trace can't be used."""


class SessionCorrupt(DataError):
    """A session file is damaged, or newer than this program understands."""


class SessionTooNew(SessionCorrupt):
    """A session file has a format that is newer than this program understands."""


class ExportInvalid(DataError):
    """An export can't be imported."""


class SessionUnknown(UsageError):
    """The database holds no such session."""


class StoreError(GentlepressError):
    """The session database can't be used."""

    exit_code = ExitCode.STORE


class StoreLocked(StoreError):
    """Another program holds the database."""


class StoreReadOnly(StoreError):
    """The database can't be written."""


class StoreTooNew(StoreError):
    """The database was written by a newer version."""


class StoreMissing(StoreError):
    """The database, its folder or its driver is not there."""


class StoreOld(StoreMissing):
    """The database was written by an older version, and is opened only for reading."""


class StoreCorrupt(StoreError):
    """The file is damaged, or is no database of this program."""


class SessionConflict(StoreError):
    """A tool offers other bytes under the number of a session that is already in the database."""


class RuntimeUnavailable(GentlepressError):
    """A runtime for the firmware is missing."""

    exit_code = ExitCode.RUNTIME_UNAVAILABLE


class MicroPythonUnavailable(RuntimeUnavailable):
    """No usable MicroPython interpreter was found or could be fetched."""


class ChipUnavailable(RuntimeUnavailable):
    """The emulated chip can't run: its image or a package is missing."""


class BluetoothUnavailable(RuntimeUnavailable):
    """A library for Bluetooth is not installed."""


class ToolBusy(GentlepressError):
    """The tool is in a session and can't do this now."""

    exit_code = ExitCode.BUSY


class NotToday(GentlepressError):
    """Something speaks against pressing now: the check before a session, or a self-test that failed."""

    exit_code = ExitCode.NOT_TODAY


class KeyProblem(GentlepressError):
    """Over the air, tool and desktop could not prove a key to each other."""

    exit_code = ExitCode.KEY


class KeyMissing(KeyProblem):
    """This desktop has no key for the tool."""


class KeyRefused(KeyProblem):
    """The tool does not know this desktop's key, or could not prove that it has it."""


class Interrupted(GentlepressError):
    """The user stopped the command."""

    exit_code = ExitCode.INTERRUPTED
