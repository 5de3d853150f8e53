"""Closed sessions: listed, copied, acknowledged, and dropped once every desktop has them.

Files lie at wire.session_path(id) under a root folder. A closed file never changes again.
"""

import binascii

from . import acknowledgements, errors, files, guest, session_file, wire

SESSION_BYTES = 24 * 1024
FACTS_MAX = 64


class Shelf:
    """The closed sessions of the tool.

    Args:
        root: folder that holds /sessions, without a slash at its end ("" is the top folder).
        fs: the file system (files.Files).

    Attributes:
        session: id of the session being recorded, 0 when none is.
        unreadable: rising ids of files that this firmware leaves alone: newer, damaged, or not closed for
            lack of room.
    """

    def __init__(self, root: str, fs=None):
        self._root = root
        self._fs = fs or files.Files()
        self._acks = acknowledgements.Acknowledgements(root, self._fs)
        self._ids = []
        self._thinned = []
        self._facts = {}
        self.session = 0
        self.unreadable = []

    def first(self) -> int:
        """Id of the oldest closed session, 0 when there is none."""
        return min(self._ids[:1] + self._thinned[:1], default=0)

    def last(self) -> int:
        """Id of the newest closed session, 0 when there is none."""
        return max(self._ids[-1:] + self._thinned[-1:], default=0)

    def size(self, path: str) -> int:
        """Size of a session's file, -1 when this is not the path of one to copy. Raises StorageError."""
        session_id = self._id_of(path)
        if session_id in self._thinned:
            return len(self._summary(session_id))
        return files.size_of(self._fs, self._root + path) if session_id else -1

    def read_into(self, path: str, offset: int, buf, n: int) -> int:
        """Read up to `n` bytes of a session's file at `offset` into `buf`.

        Returns how many were read, -1 when there is no such session. Raises StorageError.
        """
        session_id = self._id_of(path)
        if not session_id:
            return -1
        if session_id in self._thinned:
            piece = self._summary(session_id)[offset : offset + n]
            buf[: len(piece)] = piece
            return len(piece)
        return files.read_part(self._fs, self._root + path, offset, buf, n)

    def acknowledge(self, session_id: int, crc: int, host: str, now_unix_s: int = 0) -> int:
        """Note that a desktop has a session.

        Args:
            session_id: the session.
            crc: of the whole file, as the desktop has it; of a session that lost its trace also as it was before.
            host: id of the desktop, 1 to 32 printable ASCII characters.
            now_unix_s: the time, 0 when not known.

        Returns:
            ERR_OK, ERR_INVALID (host), ERR_HOSTS_FULL, ERR_NO_SESSION, ERR_DIGEST, or the
            code of a StorageError.
        """
        if not acknowledgements.is_name(host):
            return wire.ERR_INVALID
        if session_id not in self._ids and session_id not in self._thinned:
            return wire.ERR_NO_SESSION
        if not self._acks.room_for(host):
            return wire.ERR_HOSTS_FULL
        try:
            fact = self._fact(session_id)
            if crc != fact[1] and crc not in fact[3:]:
                return wire.ERR_DIGEST
            self._acks.add(host, session_id, self._present(), now_unix_s)
        except errors.StorageError as error:
            return error.code
        return wire.ERR_OK

    def hosts(self) -> list:
        """(desktop, last seen unix_s or 0) of each known desktop."""
        return self._acks.hosts()

    def see_host(self, host: str, now_unix_s: int) -> bool:
        """Note that a desktop is there; False when it is not known. Raises StorageError."""
        if host not in self._acks:
            return False
        self._acks.see(host, now_unix_s)
        return True

    def forget_host(self, host: str) -> bool:
        """Count a desktop no longer, at its owner's word; False when it is not known. Raises StorageError."""
        if host not in self._acks:
            return False
        self._acks.forget(host)
        return True

    def forget_all_hosts(self) -> None:
        """Count no desktop any longer; all sessions stay until they are acknowledged anew. Raises StorageError."""
        self._acks.clear()

    def tell_absent(self, now_unix_s: int) -> list:
        """Desktops not seen for 90 days. Whoever asks is to be told: they count no longer. Raises StorageError."""
        return self._acks.tell_absent(now_unix_s)

    def count(self) -> int:
        """How many closed sessions are here."""
        return len(self._ids) + len(self._thinned)

    def unacknowledged(self) -> int:
        """How many closed sessions some known desktop lacks, or every one."""
        return len([number for number in self._ids + self._thinned if not self._acks.all_have(number)])

    def space(self):
        """(free, whole) size of the memory in bytes. Raises StorageError."""
        try:
            facts = self._fs.statvfs(self._root or "/")
        except OSError as error:
            raise errors.from_os(error, self._root or "/", "look at")
        free = (
            facts[4] if facts[4] <= facts[2] else 0
        )  # LittleFS may count a block twice: less than none wraps
        return facts[1] * free, facts[1] * facts[2]

    def room(self) -> bool:
        """Whether a whole session fits. Raises StorageError."""
        return self.space()[0] >= SESSION_BYTES

    def make_room(self, now_unix_s: int = 0, one_is_enough: bool = False) -> list:
        """`ease` until a whole session fits. Raises StorageFull, StorageError.

        Returns:
            Rising ids of the sessions that lost their trace, or went.
        """
        whole, thinned = list(self._ids), list(self._thinned)
        while self.ease(now_unix_s, one_is_enough):
            pass
        lost = [number for number in whole if number not in self._ids]
        return sorted(lost + [number for number in thinned if number not in self._thinned])

    def ease(self, now_unix_s: int = 0, one_is_enough: bool = False) -> bool:
        """Make a piece of the room for a whole session; False when it is there.

        Of the sessions that every desktop that counts has, the oldest lose steps, events and trace; when none has any,
        the oldest summaries go.

        Args:
            now_unix_s: the time, 0 when not known: a desktop not seen for 90 days counts no longer, once that was
                told.
            one_is_enough: the owner's word that one of the desktops suffices.

        Raises StorageFull when there is no room and nothing that may go; StorageError.
        """
        if self.room():
            return False
        gone = self._acks.gone(now_unix_s)
        work = guest.load("thinning").Thinning(
            self._fs,
            self._root,
            self._ids,
            self._thinned,
            self.unreadable,
            self._fact,
            lambda number: self._acks.all_have(number, gone, one_is_enough),
        )
        try:
            work.step()
        finally:
            self._facts = {}
            guest.forget("thinning")
            guest.forget("archive")
        return True

    def _summary(self, session_id: int):
        data = with_archive(lambda archive: archive.read(self._fs, self._root, session_id))
        if data is None:
            raise errors.StorageError(
                "session %d: its summary is gone; restart the tool, then try again" % session_id
            )
        return data

    def _path(self, session_id: int) -> str:
        return self._root + wire.session_path(session_id)

    def _present(self) -> list:
        present = self._ids + self._thinned + self.unreadable
        if self.session:
            present.append(self.session)
        return sorted(present)

    def _id_of(self, path: str) -> int:
        for session_id in numbers([path[len(wire.PATH_SESSIONS) + 1 :]]):
            known = session_id in self._ids or session_id in self._thinned or session_id in self.unreadable
            if known and wire.session_path(session_id) == path:
                return session_id
        return 0

    def _fact(self, session_id: int):
        if session_id in self._thinned:
            data = self._summary(session_id)
            return with_archive(lambda archive: archive.facts(data))
        if session_id not in self._facts:
            path = self._path(session_id)
            size = files.size_of(self._fs, path)
            self._remember(
                session_id, (size, _file_crc(self._fs, path), session_file.end_of(self._fs, path, size))
            )
        return self._facts[session_id]

    def _remember(self, session_id: int, facts) -> None:
        if len(self._facts) >= FACTS_MAX:
            self._facts = {}
        self._facts[session_id] = facts

    def list(self, after: int, most: int):
        """Closed sessions with an id above `after`, rising, at most `most` of them.

        Returns:
            ([{"id", "size", "crc", "end"}], more): the CRC is over the whole file; more: others follow. A session that
            lost its trace also has "whole", the CRC of its file before.

        Raises StorageError.
        """
        found = sorted([session_id for session_id in self._ids + self._thinned if session_id > after])
        entries = []
        for session_id in found[:most]:
            fact = self._fact(session_id)
            entry = {"id": session_id, "size": fact[0], "crc": fact[1], "end": fact[2]}
            if len(fact) > 3:
                entry["whole"] = fact[3]
            entries.append(entry)
        return entries, len(found) > most


def with_archive(call):
    """What a call gives that takes core.archive; few tools ever need it, and then at rest."""
    try:
        return call(guest.load("archive"))
    finally:
        guest.forget("archive")


def numbers(names) -> list:
    """Session ids of those file names that are a session's."""
    stems = [name[: -len(wire.SESSION_SUFFIX)] for name in names if name.endswith(wire.SESSION_SUFFIX)]
    return [int(stem) for stem in stems if stem.isdigit() and int(stem) > 0]


def _file_crc(fs, path: str) -> int:
    piece = bytearray(files.PIECE)
    view = memoryview(piece)
    crc = 0
    try:
        file = fs.open(path, "rb")
        try:
            while True:
                got = file.readinto(piece)
                if not got:
                    return crc & 0xFFFFFFFF
                crc = binascii.crc32(view[:got], crc)
        finally:
            file.close()
    except OSError as error:
        raise errors.from_os(error, path, "read")
