"""Reading a session file piece by piece, and the summary of one that was cut off."""

import struct

from . import errors, files, ids, records

_HEADER_SIZE = records.OVERHEAD + struct.calcsize(
    "<" + "".join([code for _name, code in records.HEADER_FIELDS])
)
_SUMMARY_SIZE = records.OVERHEAD + struct.calcsize(
    "<" + "".join([code for _name, code in records.SUMMARY_FIELDS])
)
_U16 = 0xFFFF
_U32 = 0xFFFFFFFF

CLOSED = 0
OPEN = 1
EMPTY = 2
UNREADABLE = 3


def scan(fs, path: str, visit) -> int:
    """Call `visit(kind, payload)` for each whole record; returns the bytes they take. Raises StorageError."""
    used = count = 0
    version = version_of(fs, path)
    try:
        file = fs.open(path, "rb")
        try:
            while True:
                record = _record(file, count & _U16, version)
                if record is None:
                    break
                visit(record[0], record[4:-4])
                used += len(record)
                count += 1
        finally:
            file.close()
    except OSError as error:
        raise errors.from_os(error, path, "read")
    return used


def version_of(fs, path: str) -> int:
    """Format of a session file (records.version_of). Raises StorageError."""
    begin = bytearray(5)
    return records.version_of(begin[: files.read_part(fs, path, 0, begin, 5)])


def _record(file, sequence: int, version: int):
    head = file.read(4)
    if len(head) < 4 or struct.unpack("<H", head[2:])[0] != sequence:
        return None
    rest = file.read(head[1] + 4)
    if len(rest) < head[1] + 4:
        return None
    record = head + rest
    return record if _is_whole(record, version) else None


def _is_whole(record, version: int) -> bool:
    return struct.unpack("<I", record[-4:])[0] == records.check(record[:4], record[4:-4], version)


def end_of(fs, path: str, size: int, version: int = 0) -> int:
    """End reason of a closed session from its SUMMARY, -1 when there is none. Raises StorageError.

    Args:
        fs: the file system (files.Files).
        path: the file.
        size: its bytes.
        version: its format where that is known.
    """
    tail = bytearray(_SUMMARY_SIZE)
    if size < _HEADER_SIZE + _SUMMARY_SIZE:
        return -1
    if files.read_part(fs, path, size - _SUMMARY_SIZE, tail, _SUMMARY_SIZE) == _SUMMARY_SIZE:
        fits = tail[0] == records.SUMMARY and tail[1] == _SUMMARY_SIZE - records.OVERHEAD
        if fits and _is_whole(bytes(tail), version or version_of(fs, path)):
            return tail[4]
    totals = Totals()
    scan(fs, path, totals.visit)
    return totals.closed_with


def examine(fs, path: str):
    """What a session file is: (CLOSED | OPEN | EMPTY | UNREADABLE, Totals or None, bytes of whole records).

    EMPTY was cut off inside its HEADER; UNREADABLE has a newer format, or does not begin with a HEADER.
    """
    size = files.size_of(fs, path)
    begin = bytearray(5)
    got = files.read_part(fs, path, 0, begin, 5)
    if got == 5 and begin[0] == records.HEADER and begin[4] > records.FORMAT_VERSION:
        return UNREADABLE, None, 0
    if end_of(fs, path, size, records.version_of(begin)) >= 0:
        return CLOSED, None, size
    totals = Totals()
    used = scan(fs, path, totals.visit)
    if totals.header is not None:
        return OPEN, totals, used
    return (EMPTY if size < _HEADER_SIZE else UNREADABLE), None, 0


def rewrite(fs, path: str, keep: int, tail) -> None:
    """Replace a file, in one step, by its first `keep` bytes and `tail`.

    Raises StorageError; the file is then as before.
    """
    copy = path + ".tmp"
    try:
        _copy(fs, path, copy, keep, tail)
        fs.rename(copy, path)
    except errors.StorageError:
        files.remove_quietly(fs, copy)
        raise
    except OSError as error:
        files.remove_quietly(fs, copy)
        raise errors.from_os(error, path, "write")


def _copy(fs, path: str, copy: str, keep: int, tail) -> None:
    piece = bytearray(files.PIECE)
    view = memoryview(piece)
    files.write_all(fs, copy, "wb", b"")
    for at in range(0, keep, files.PIECE):
        count = min(files.PIECE, keep - at)
        if files.read_part(fs, path, at, piece, count) != count:
            raise errors.StorageError("%s: it is shorter than it was; restart the tool" % path)
        files.write_all(fs, copy, "ab", view[:count])
    files.write_all(fs, copy, "ab", tail)
    if files.size_of(fs, copy) != keep + len(tail):
        raise errors.StorageError("%s: its copy came out short; sync the tool, then try again" % path)


class Totals:
    """What the records of a session add up to.

    Attributes:
        header: fields of the HEADER, or None.
        count: number of whole records.
        closed_with: end reason of the SUMMARY, or -1.
    """

    def __init__(self):
        self.header = None
        self.count = 0
        self.closed_with = -1
        self._sums = {
            "steps_done": 0,
            "contact_ms": 0,
            "in_band_ms": 0,
            "over_ms": 0,
            "blind_ms": 0,
            "warn_count": 0,
            "over_count": 0,
            "jab_count": 0,
            "impulse_mn_s": 0,
        }
        self._seen = {"warn_count": 0, "over_count": 0, "jab_count": 0, "fault_count": 0, "lost_events": 0}
        self._steps = self._end_ms = self._peak_mn = self._fault = 0

    def visit(self, kind: int, payload: bytes) -> None:
        """Take one record; kinds that are not known are only counted."""
        first = self.count == 0
        self.count += 1
        if first and kind == records.HEADER:
            self.header = records.unpack(kind, payload)
        elif kind == records.STEP:
            self._step(records.unpack(kind, payload))
        elif kind == records.EVENTS:
            for event in records.unpack_events(payload):
                self._event(event)
        elif kind == records.TRACE:
            self._trace(payload)
        elif kind == records.SUMMARY:
            self.closed_with = payload[0]

    def _step(self, step: dict) -> None:
        self._reach(step["start_ms"] + step["duration_ms"])
        self._steps = max(self._steps, step["step"] + 1)
        self._peak_mn = max(self._peak_mn, step["peak_mn"])
        for name in self._sums:
            if name != "steps_done":
                self._sums[name] += step[name]
        self._sums["steps_done"] += step["end_reason"] == ids.END_DONE

    def _event(self, event) -> None:
        t_ms, kind, step, value = event
        self._reach(t_ms)
        name = _COUNTED.get(kind)
        if name:
            self._seen[name] += value if kind == ids.EVENT_LOST else 1
        if kind == ids.EVENT_STEP_START:
            self._steps = max(self._steps, step + 1)
        elif kind == ids.EVENT_FAULT:
            self._fault = value & 0xFF

    def _trace(self, payload: bytes) -> None:
        t_ms, interval_ms, intervals = records.unpack_trace(payload)
        self._reach(t_ms + interval_ms * len(intervals))
        for peak_mn, _mean_mn, _motor_on in intervals:
            self._peak_mn = max(self._peak_mn, peak_mn)

    def _reach(self, t_ms: int) -> None:
        self._end_ms = max(self._end_ms, t_ms)

    def summary(self, end_reason: int) -> dict:
        """Fields of a SUMMARY. Counts are the larger of the steps' sum and the events'; the unknown are 0."""
        start_unix_s = self.header["start_unix_s"]
        values = {name: 0 for name, _code in records.SUMMARY_FIELDS}
        values.update(self._sums)
        for name in self._seen:
            values[name] = max(values[name], self._seen[name])
        values["end_reason"] = end_reason
        values["fault"] = self._fault
        values["duration_ms"] = self._end_ms
        values["steps_total"] = self._steps
        values["peak_mn"] = self._peak_mn
        values["end_unix_s"] = start_unix_s + self._end_ms // 1000 if start_unix_s else 0
        values["time_quality"] = self.header["time_quality"]
        return fitted(values)


_COUNTED = {
    ids.EVENT_WARN: "warn_count",
    ids.EVENT_OVER: "over_count",
    ids.EVENT_OVER_REPEAT: "over_count",
    ids.EVENT_JAB: "jab_count",
    ids.EVENT_FAULT: "fault_count",
    ids.EVENT_LOST: "lost_events",
}
_TOPS = {"B": 0xFF, "H": _U16, "I": _U32}


def fitted(values: dict) -> dict:
    """A SUMMARY's fields, each held within what its place can take."""
    return {name: max(0, min(values[name], _TOPS[code])) for name, code in records.SUMMARY_FIELDS}
