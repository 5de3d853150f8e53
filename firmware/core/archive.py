"""Summaries of sessions whose trace had to go, 25 in a file that takes one block of flash.

Session N lies at place N % 25 of the file named by N - N % 25; a place without a session is zeros. What lies there is a
session file of its own: HEADER, THINNED, SUMMARY. See docs/storage.md.
"""

import binascii

from . import errors, files, records

PLACE = 160
"""The longest such session: records of 85, 16 and 59 bytes."""

PLACES = 25
FOLDER = "/summaries"
"""A folder of its own: beside the sessions, each file would hold two blocks of their folder after they have gone."""

_SUFFIX = ".old"
_KINDS = [records.HEADER, records.THINNED, records.SUMMARY]


def path_of(root: str, session_id: int) -> str:
    """The file in which a session has its place."""
    return "%s%s/%08d%s" % (root, FOLDER, session_id - session_id % PLACES, _SUFFIX)


def read(fs, root: str, session_id: int):
    """The file of a session that lies here, None when none does. Raises StorageError."""
    path = path_of(root, session_id)
    if files.size_of(fs, path) < 0:
        return None
    place = bytearray(PLACE)
    files.read_part(fs, path, session_id % PLACES * PLACE, place, PLACE)
    return _session(place, session_id)


def _session(place, session_id: int):
    found, used = records.parse(place)
    if [record[0] for record in found] != _KINDS or found[0][2][0] > records.FORMAT_VERSION:
        return None
    return (
        bytes(place[:used])
        if records.unpack(records.HEADER, found[0][2])["session_id"] == session_id
        else None
    )


def facts(data):
    """(size, crc, end reason, crc of the whole file before its trace went) of such a session."""
    found, _used = records.parse(data)
    crc = binascii.crc32(data) & 0xFFFFFFFF
    return len(data), crc, found[2][2][0], records.unpack(records.THINNED, found[1][2])["crc"]


def find(fs, root: str):
    """([ids], [ids]), rising: sessions that have their place here, and unreadable ones. Raises StorageError."""
    found, foreign = [], []
    for name in sorted(_names(fs, root + FOLDER)):
        if not name.endswith(_SUFFIX):
            files.remove_quietly(fs, root + FOLDER + "/" + name)
            continue
        _look(fs, path_of(root, int(name[:8])), int(name[:8]), found, foreign)
    return found, foreign


def _look(fs, path: str, session_id: int, found: list, foreign: list) -> None:
    """Sort the sessions of one file, which is opened once: there may be hundreds."""
    place = bytearray(PLACE)
    try:
        file = fs.open(path, "rb")
        try:
            while file.readinto(place) == PLACE:
                if any(place):
                    here = found if _session(place, session_id) else foreign
                    here.append(session_id)
                session_id += 1
        finally:
            file.close()
    except OSError as error:
        raise errors.from_os(error, path, "read")


def _names(fs, folder: str):
    """Names of the files here and of what a cut left of them."""
    try:
        names = fs.listdir(folder)
    except OSError:
        return []
    return [name for name in names if name[:8].isdigit() and name[8:] in (_SUFFIX, _SUFFIX + ".tmp")]
