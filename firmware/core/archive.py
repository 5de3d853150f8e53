"""Summaries of sessions whose trace had to go, 25 in a file that takes one block of flash.

Session N lies at place N % 25 of the file named by N - N % 25; a place without a session is zeros. What lies there is a
session file of its own: HEADER, THINNED, SUMMARY. See docs/storage.md.
"""

import binascii

from . import files, records

PLACE = 160
"""The longest such session: records of 85, 16 and 59 bytes."""

PLACES = 25
SUFFIX = ".old"
_KINDS = [records.HEADER, records.THINNED, records.SUMMARY]


def path_of(folder: str, session_id: int) -> str:
    """The file in which a session has its place."""
    return "%s/%08d%s" % (folder, session_id - session_id % PLACES, SUFFIX)


def read(fs, folder: str, session_id: int):
    """The file of a session that lies here, None when none does. Raises StorageError."""
    path = path_of(folder, session_id)
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


def find(fs, folder: str, names):
    """([ids], [ids]), rising: sessions that have their place in files of a folder, and those that cannot be read."""
    found, foreign = [], []
    for name in sorted(names):
        stem = name[: -len(SUFFIX)]
        if not name.endswith(SUFFIX) or not stem.isdigit():
            continue
        place = bytearray(PLACE)
        for at in range(PLACES):
            if files.read_part(fs, folder + "/" + name, at * PLACE, place, PLACE) < PLACE:
                break
            if any(place):
                here = found if _session(place, int(stem) + at) else foreign
                here.append(int(stem) + at)
    return found, foreign
