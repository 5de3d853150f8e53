"""Small things kept in two slots: the older one is written whole and read back, and only then counts.

A slot file is `magic "GP2S" | version u8 | generation u32 | length u32 | payload | crc32 u32`, little endian,
the CRC over all before it. This frame never changes; `version` is the payload's. See docs/storage.md.
"""

import binascii
import struct

from . import errors, files

MAGIC = b"GP2S"
_HEAD = "<4sBII"
HEAD_SIZE = struct.calcsize(_HEAD)
OVERHEAD = HEAD_SIZE + 4
PAYLOAD_MAX = 8192


def encode(version: int, generation: int, payload: bytes) -> bytes:
    """Bytes of a slot file."""
    body = struct.pack(_HEAD, MAGIC, version, generation, len(payload)) + payload
    return body + struct.pack("<I", _crc(body))


def decode(data):
    """(version, generation, payload) of a slot file's bytes, or None when they are torn or something else."""
    if len(data) < OVERHEAD:
        return None
    magic, version, generation, length = struct.unpack(_HEAD, data[:HEAD_SIZE])
    end = HEAD_SIZE + length
    if magic != MAGIC or len(data) != end + 4:
        return None
    if struct.unpack("<I", data[end:])[0] != _crc(memoryview(data)[:end]):
        return None
    return version, generation, bytes(data[HEAD_SIZE:end])


def _crc(data) -> int:
    view = memoryview(data)
    crc = 0
    for at in range(0, len(view), files.PIECE):
        crc = binascii.crc32(view[at : at + files.PIECE], crc)
    return crc & 0xFFFFFFFF


class TwoSlots:
    """NAME.a and NAME.b in a folder.

    Args:
        root: the folder, without a slash at its end ("" is the top folder).
        name: first part of the files' names.
        version: the newest payload version that this firmware understands.
        fs: the file system (files.Files).

    Attributes:
        version_found: payload version of what `load` returned; 0 when there was nothing.
        damaged: both files are there and neither is whole, so what was kept is lost.
    """

    def __init__(self, root: str, name: str, version: int, fs=None):
        self._paths = (root + "/" + name + ".a", root + "/" + name + ".b")
        self._version = version
        self._fs = fs or files.Files()
        self.version_found = 0
        self.damaged = False

    def load(self):
        """The newest whole payload, or None when there is none. Raises NewerFormat, StorageError."""
        found = self._read_both()
        newest = _newest(found)
        if newest is None:
            self.version_found = 0
            return None
        self.version_found = found[newest][0]
        return found[newest][2]

    def save(self, payload: bytes) -> None:
        """Keep a payload in place of the older slot. On any failure the last one kept still counts.

        Raises NewerFormat (nothing is written), StorageFull, StorageError.
        """
        if len(payload) > PAYLOAD_MAX:
            raise errors.StorageError(
                "%s: %d bytes are more than a slot holds" % (self._paths[0], len(payload))
            )
        found = self._read_both()
        newest = _newest(found)
        target = 0 if newest is None else 1 - newest
        generation = 1 if newest is None else found[newest][1] + 1
        path = self._paths[target]
        data = encode(self._version, generation, payload)
        files.write_all(self._fs, path, "wb", data)
        if self._read(path) != data:
            files.remove_quietly(self._fs, path)
            raise errors.StorageError("%s: it reads back wrong; the last one kept still counts" % path)
        self.version_found = self._version
        self.damaged = False

    def _read_both(self) -> list:
        present = 0
        found = []
        for path in self._paths:
            data = self._read(path)
            present += data is not None
            slot = decode(data) if data is not None else None
            if slot is not None and slot[0] > self._version:
                text = "%s: format %d is newer than %d, the newest known here; update the tool"
                raise errors.NewerFormat(text % (path, slot[0], self._version))
            found.append(slot)
        self.damaged = present == 2 and found[0] is None and found[1] is None
        return found

    def _read(self, path: str):
        size = files.size_of(self._fs, path)
        if size < 0:
            return None
        data = bytearray(min(size, PAYLOAD_MAX + OVERHEAD))
        got = files.read_part(self._fs, path, 0, data, len(data))
        return bytes(data[:got])


def _newest(found):
    """Index of the whole slot with the higher generation, or None."""
    if found[0] is None and found[1] is None:
        return None
    if found[0] is None or found[1] is None:
        return 0 if found[1] is None else 1
    return 0 if found[0][1] > found[1][1] else 1
