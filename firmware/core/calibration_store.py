"""Keeps calibrations in two slots named `calibration`, and says which one holds for this tool and cell.

Loaded only while it is needed.
"""

from . import calibration_record as record
from . import errors, ids
from .slots import TwoSlots

VERSION = 1


class CalibrationStore:
    """The kept calibrations.

    Args:
        root: folder, without a slash at its end ("" is the top folder).
        identity: {field: value} for record.IDENTITY, as this tool is built.
        fs: the file system (files.Files).
    """

    def __init__(self, root: str, identity: dict, fs=None):
        self._slots = TwoSlots(root, "calibration", VERSION, fs)
        self._identity = identity

    def records(self) -> list:
        """All kept records, the first ever and then the last ones. Raises StorageError, NewerFormat."""
        return record.split(self._slots.load() or b"")

    def load(self):
        """(ids.FAULT_NONE, values of the calibration that holds), or (why none holds, None). Never raises."""
        try:
            kept = self.records()
        except errors.StorageError:
            return ids.FAULT_CALIBRATION_LOST, None
        if not kept:
            lost = self._slots.damaged or self._slots.version_found
            return (ids.FAULT_CALIBRATION_LOST if lost else ids.FAULT_UNCALIBRATED), None
        values = record.unpack(kept[-1])
        if not record.same_cell(values, self._identity):
            return ids.FAULT_CALIBRATION_FOREIGN, None
        return (ids.FAULT_NONE, values) if record.believable(values) else (ids.FAULT_CALIBRATION_LOST, None)

    def add(self, values: dict) -> None:
        """Keep a new calibration; a history of another tool or cell ends with it. Raises StorageError.

        Args:
            values: all fields but `number` and record.IDENTITY.
        """
        kept = self.records()
        if kept and not record.same_cell(record.unpack(kept[-1]), self._identity):
            kept = []
        values = dict(values)
        values.update(self._identity)
        values["number"] = (record.unpack(kept[-1])["number"] + 1) & 0xFFFF if kept else 1
        self._slots.save(record.join(record.added(kept, record.pack(values))))


def identity(board) -> dict:
    """Tool and cell of a board (boards.board.Board), as a record has them."""
    return {
        "device_id": board.device_id,
        "sensor": board.sensor_kind,
        "rate_sps": board.rate_sps,
        "gain": board.gain,
        "ldo_mv": board.ldo_mv,
        "nominal_counts_per_n": board.counts_per_n,
    }
