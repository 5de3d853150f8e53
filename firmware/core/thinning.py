"""Room in a full memory, a piece at a time: the oldest traces go first, then the oldest summaries."""

from . import archive, errors, files, records, session_file, wire


class Thinning:
    """What may go of the sessions that every desktop that counts has.

    Args:
        fs: the file system (files.Files).
        root: folder that holds /sessions, without a slash at its end ("" is the top folder).
        whole, thinned: rising ids of sessions with and without their trace; changed here as the memory is.
        foreign: ids of sessions that cannot be read.
        facts: gives (size, crc, ...) of a whole session.
        may_go: tells of a session's id whether it may go.
    """

    def __init__(self, fs, root: str, whole: list, thinned: list, foreign, facts, may_go):
        self._fs = fs
        self._root = root
        self._whole = whole
        self._thinned = thinned
        self._foreign = foreign
        self._facts = facts
        self._may_go = may_go

    def step(self) -> None:
        """One piece. Raises StorageFull when nothing may go; StorageError."""
        free = [session_id for session_id in self._whole if self._may_go(session_id)]
        for session_id in free:
            if self._thin(session_id):
                return
        for first in self._shelves():
            self._remove(archive.path_of(self._root, first))
            self._thinned[:] = [session_id for session_id in self._thinned if _shelf(session_id) != first]
            return
        if not free:
            raise errors.StorageFull(
                "no room for a session: sync every desktop that uses this tool, then try again"
            )
        self._remove(self._path(free[0]))
        self._whole.remove(free[0])

    def _thin(self, session_id: int) -> bool:
        """Write a session's summary, or, if that is there, remove its file; False when there is no room for it."""
        size, crc = self._facts(session_id)[:2]
        data = archive.read(self._fs, self._root, session_id)
        if data is None or archive.facts(data)[3] != crc:
            return self._write(session_id, size, crc)
        self._remove(self._path(session_id))
        self._whole.remove(session_id)
        self._thinned.append(session_id)
        self._thinned.sort()
        return True

    def _write(self, session_id: int, size: int, crc: int) -> bool:
        data = thinned(self._fs, self._path(session_id), size, crc)
        if data is None or len(data) > archive.PLACE:
            return False
        try:
            put(self._fs, self._root, session_id, data)
        except errors.StorageFull:
            return False
        return True

    def _shelves(self) -> list:
        """First ids of files of summaries all of which may go, oldest first."""
        kept = {_shelf(session_id) for session_id in self._foreign}
        kept.update([_shelf(session_id) for session_id in self._thinned if not self._may_go(session_id)])
        return sorted({_shelf(session_id) for session_id in self._thinned} - kept)

    def _path(self, session_id: int) -> str:
        return self._root + wire.session_path(session_id)

    def _remove(self, path: str) -> None:
        try:
            self._fs.remove(path)
        except OSError as error:
            raise errors.from_os(error, path, "remove")


def _shelf(session_id: int) -> int:
    return session_id - session_id % archive.PLACES


def thinned(fs, path: str, size: int, crc: int):
    """What is left of a session without its trace; None when its ends are damaged. Raises StorageError."""
    ends = {}

    def visit(kind, payload):
        if kind == records.HEADER or kind == records.SUMMARY:
            ends[kind] = bytes(payload)

    session_file.scan(fs, path, visit)
    if len(ends) < 2:
        return None
    version = ends[records.HEADER][0]
    parts = (
        (records.HEADER, ends[records.HEADER]),
        (records.THINNED, records.pack(records.THINNED, {"size": size, "crc": crc})),
        (records.SUMMARY, ends[records.SUMMARY]),
    )
    return b"".join([records.frame(kind, at, payload, version) for at, (kind, payload) in enumerate(parts)])


def put(fs, root: str, session_id: int, data) -> None:
    """Put a session into its place, in one step. Raises StorageError; then all is as before."""
    path = archive.path_of(root, session_id)
    copy = path + ".tmp"
    try:
        if files.size_of(fs, path) < 0:
            files.make_folder(fs, root + archive.FOLDER)
        file = fs.open(copy, "wb")
        try:
            for piece in _places(fs, path, session_id % archive.PLACES, data):
                file.write(piece)
        finally:
            file.close()
        fs.rename(copy, path)
    except errors.StorageError:
        files.remove_quietly(fs, copy)
        raise
    except OSError as error:
        files.remove_quietly(fs, copy)
        raise errors.from_os(error, path, "write")


def _places(fs, path: str, at: int, data):
    """Each place of the file as it is to be."""
    there = files.size_of(fs, path) // archive.PLACE
    for place in range(max(there, at + 1)):
        piece = bytearray(archive.PLACE)
        if place == at:
            piece[: len(data)] = data
        elif place < there:
            files.read_part(fs, path, place * archive.PLACE, piece, archive.PLACE)
        yield piece
