"""Sessions as append-only files of records: begun, filled through a buffer in RAM, closed.

Only `recover`, `begin`, `flush`, `close`, `acknowledge`, `forget_host`, `make_room` and `ease` write to the memory;
they are for times without contact. How it survives a power cut at any point: docs/storage.md.
"""

import binascii
import struct

from . import errors, files, ids, records, session_file, shelf, slots, wire

BUFFER_BYTES = 4096
RESERVE_BYTES = 1024  # kept free of events and traces, so that STEP and SUMMARY always find room
SUMMARY_BYTES = records.OVERHEAD + records.PAYLOAD_MAX  # kept free of everything but the SUMMARY
ID_JUMP = 1000  # session numbers passed over when the counter of them is lost
_IDS_VERSION = 1


class Journal(shelf.Shelf):
    """All sessions of the tool.

    Args:
        root: folder that holds /sessions, without a slash at its end ("" is the top folder).
        fs: the file system (files.Files).

    Attributes:
        lost_events, lost_intervals: dropped from this session because the buffer was full.
    """

    def __init__(self, root: str, fs=None):
        super().__init__(root, fs)
        self._counter = slots.TwoSlots(root, "ids", _IDS_VERSION, self._fs)
        self._buffer = bytearray(BUFFER_BYTES)
        self._view = memoryview(self._buffer)
        self._forget_session()
        self.lost_events = 0
        self.lost_intervals = 0

    def _forget_session(self) -> None:
        self.session = 0
        self._used = self._size = self._crc = self._sequence = 0
        self._is_torn = False

    # At boot.

    def recover(self, end_reason: int = ids.END_POWER_LOSS) -> list:
        """Find all sessions and close those that were cut off.

        Args:
            end_reason: what their SUMMARY says.

        Returns:
            Ids of the sessions closed now. A file that cannot be closed is listed in `unreadable`.

        Raises StorageError when the folder cannot be made or read, NewerFormat when newer firmware wrote the
        list of acknowledgements (sessions are found all the same).
        """
        folder = self._root + wire.PATH_SESSIONS
        files.make_folder(self._fs, folder)
        try:
            names = self._fs.listdir(folder)
        except OSError as error:
            raise errors.from_os(error, folder, "list")
        self._ids = []
        self._thinned = []
        self._facts = {}
        self.unreadable = []
        for name in names:
            if name.endswith(".tmp"):
                files.remove_quietly(self._fs, folder + "/" + name)
        closed_now = [
            number for number in sorted(shelf.numbers(names)) if self._recover_one(number, end_reason)
        ]
        self._find_summaries()
        self._acks.load()
        return closed_now

    def _find_summaries(self) -> None:
        """A session that also has its whole file was being thinned: the file counts."""
        found, foreign = shelf.with_archive(lambda archive: archive.find(self._fs, self._root))
        self._thinned = [
            number for number in found if number not in self._ids and number not in self.unreadable
        ]
        self.unreadable += [number for number in foreign if number not in self._ids + self.unreadable]
        self.unreadable.sort()

    def _recover_one(self, session_id: int, end_reason: int) -> bool:
        path = self._path(session_id)
        try:
            what, totals, used = session_file.examine(self._fs, path)
            if what == session_file.OPEN:
                summary = records.pack(records.SUMMARY, totals.summary(end_reason))
                version = totals.header["format_version"]
                tail = records.frame(records.SUMMARY, totals.count, summary, version)
                session_file.rewrite(self._fs, path, used, tail)
        except errors.StorageError:
            what = session_file.UNREADABLE
        if what == session_file.UNREADABLE:
            self.unreadable.append(session_id)
        elif what == session_file.EMPTY:
            files.remove_quietly(self._fs, path)
        else:
            self._ids.append(session_id)
        return what == session_file.OPEN

    # Recording.

    def begin(self, header: dict) -> int:
        """Begin a session.

        Args:
            header: fields of the HEADER; format_version and session_id are filled in here.

        Returns:
            The session's id, larger than any before it in the life of the tool.

        Raises StorageFull, NewerFormat, StorageError; then no session is open.
        """
        if self.session:
            raise errors.StorageError("session %d is still open; end it first" % self.session)
        session_id = self._take_id()
        self._forget_session()
        self.lost_events = self.lost_intervals = 0
        header["format_version"] = records.FORMAT_VERSION
        header["session_id"] = session_id
        path = self._path(session_id)
        self._put(records.HEADER, records.pack(records.HEADER, header))
        try:
            files.write_all(self._fs, path, "wb", self._view[: self._used])
        except errors.StorageError:
            files.remove_quietly(self._fs, path)
            raise
        self._written()
        self.session = session_id
        return session_id

    def _take_id(self) -> int:
        payload = self._counter.load()
        highest = max(self._present(), default=0)
        following = struct.unpack("<I", payload)[0] if payload else 1
        if self._counter.damaged:
            following = highest + ID_JUMP
        session_id = max(following, highest + 1)
        self._counter.save(struct.pack("<I", session_id + 1))
        return session_id

    def append(self, kind: int, payload) -> bool:
        """Put a record into the buffer; never raises. False when it was dropped, which is counted.

        Args:
            kind: records.STEP, EVENTS or TRACE.
            payload: at most records.PAYLOAD_MAX bytes.
        """
        reserve = SUMMARY_BYTES if kind == records.STEP else RESERVE_BYTES
        free = BUFFER_BYTES - reserve - self._used
        if self.session and len(payload) <= records.PAYLOAD_MAX and len(payload) + records.OVERHEAD <= free:
            self._put(kind, payload)
            return True
        if kind == records.TRACE:
            self.lost_intervals += payload[6]
        else:
            self.lost_events += len(payload) // records.EVENT_SIZE if kind == records.EVENTS else 1
        return False

    def pending(self) -> int:
        """Bytes in the buffer that are not yet in the memory."""
        return self._used

    def _put(self, kind: int, payload) -> None:
        at = self._used
        end = at + 4 + len(payload)
        struct.pack_into("<BBH", self._buffer, at, kind, len(payload), self._sequence)
        self._view[at + 4 : end] = payload
        crc = records.check(self._view[at : at + 4], self._view[at + 4 : end], records.FORMAT_VERSION)
        struct.pack_into("<I", self._buffer, end, crc)
        self._used = end + 4
        self._sequence = (self._sequence + 1) & 0xFFFF

    def flush(self) -> None:
        """Write the buffer to the file in one burst. Only without contact.

        Raises StorageFull, StorageError; what is in the buffer stays there for the next try.
        """
        if not self.session or not (self._used or self._is_torn):
            return
        path = self._path(self.session)
        data = self._view[: self._used]
        if self._is_torn:
            session_file.rewrite(self._fs, path, self._size, data)
        else:
            self._is_torn = True
            files.write_all(self._fs, path, "ab", data)
        self._written()

    def _written(self) -> None:
        for at in range(0, self._used, files.PIECE):
            self._crc = (
                binascii.crc32(self._view[at : min(self._used, at + files.PIECE)], self._crc) & 0xFFFFFFFF
            )
        self._size += self._used
        self._used = 0
        self._is_torn = False

    def close(self, summary: dict) -> None:
        """End the session: write what is in the buffer and the SUMMARY.

        Args:
            summary: fields of the SUMMARY; lost_events and lost_intervals grow by what was dropped here.

        Raises StorageFull, StorageError; the session is then closed by the next `recover`.
        """
        session_id = self.session
        values = dict(summary)
        values["lost_events"] += self.lost_events
        values["lost_intervals"] += self.lost_intervals
        self._put(records.SUMMARY, records.pack(records.SUMMARY, session_file.fitted(values)))
        try:
            self.flush()
        except errors.StorageError:
            self.unreadable.append(session_id)
            self._forget_session()
            raise
        self._ids.append(session_id)
        self._remember(session_id, (self._size, self._crc, values["end_reason"]))
        self._forget_session()
