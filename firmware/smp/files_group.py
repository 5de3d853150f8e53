"""SMP group 8, files: closed sessions to read, the routine to read and write. All of it waits for the tip's lift."""

import asyncio
import binascii
import hashlib

from core import wire

from .errors import SmpError, check, data, refuse_in_contact, refuse_in_session, shared, text, whole

_BAD_NAME = 2
_NOT_FOUND = 3
_FOLDER = 4
_READ_FAILED = 7
_OFFSET_NOT_VALID = 11
_OFFSET_TOO_LARGE = 12
_NO_SUCH_HASH = 13
_READ_ONLY = 15
_EMPTY = 16

_NAME_MAX = 64
_ANY_SIZE = 0x3FFFFFFF
_PIECE = 1024  # longest single digest or read
_READ_COST = 1792  # bytes of heap that reading a piece leaves behind (tests/system/test_chip_garbage.py)

_NUMBER = 0
_BYTES = 1
_TYPES = (("crc32", _NUMBER, 4), ("sha256", _BYTES, 32))


def _error(rc: int, shared_rc: int, reason: str) -> SmpError:
    return SmpError(wire.GROUP_FILES, rc, shared_rc, reason)


def _path(body: dict) -> str:
    path = text(body, "name", _NAME_MAX)
    if not path.startswith("/") or ".." in path:
        raise _error(_BAD_NAME, wire.MGMT_INVALID, "a name begins with / and has no ..")
    if path in ("/", wire.PATH_SESSIONS, wire.PATH_SESSIONS + "/"):
        raise _error(_FOLDER, wire.MGMT_INVALID, "this is a folder")
    return path


def _is_session(path: str) -> bool:
    digits = path[len(wire.PATH_SESSIONS) + 1 : -len(wire.SESSION_SUFFIX)]
    for letter in digits:
        if not "0" <= letter <= "9":
            return False
    return len(digits) == 8 and path == wire.PATH_SESSIONS + "/" + digits + wire.SESSION_SUFFIX


class _FilesGroup:
    def __init__(self, server):
        self._tool = server.tool
        self._server = server
        self._piece = memoryview(server.reply_buf)[:_PIECE]  # no reply is in it yet while its digest is made
        self._upload_size = 0
        self._upload_next = 0

    def _existing(self, body: dict):
        refuse_in_contact(self._tool, wire.GROUP_FILES)
        path = _path(body)
        size = self._tool.files.size(path) if path == wire.PATH_ROUTINE or _is_session(path) else -1
        if size < 0:
            raise _error(_NOT_FOUND, wire.MGMT_NO_ENTRY, "there is no such file")
        return path, size

    def download(self, body: dict, out) -> None:
        path, size = self._existing(body)
        offset = whole(body, "off", 0, _ANY_SIZE, 0)
        if offset > size:
            raise _error(_OFFSET_TOO_LARGE, wire.MGMT_INVALID, "the file has %d bytes" % size)
        count = min(self._server.buf_size - wire.PIECE_OVERHEAD, size - offset)
        out.map(2 if offset else 3)
        out.pair("off", offset)
        out.text("data")
        if self._tool.files.read_into(path, offset, out.data_space(count), count) != count:
            raise _error(_READ_FAILED, wire.MGMT_UNKNOWN, "the file could not be read")
        if not offset:
            out.pair("len", size)

    def upload(self, body: dict, out) -> None:
        refuse_in_session(self._tool, wire.GROUP_FILES)
        if _path(body) != wire.PATH_ROUTINE:
            raise _error(_READ_ONLY, wire.MGMT_ACCESS_DENIED, "only %s is written" % wire.PATH_ROUTINE)
        offset, piece = whole(body, "off", 0, _ANY_SIZE), data(body, "data")
        if offset == 0:
            self._begin_upload(body)
        end = offset + len(piece)
        if offset != self._upload_next or end > self._upload_size:
            self._check_repeated(end)
        else:
            self._take_piece(offset, piece)
        out.map(1)
        out.pair("off", end)

    def _begin_upload(self, body: dict) -> None:
        self._upload_next = 0
        self._upload_size = 0
        size = whole(body, "len", 1, _ANY_SIZE)
        if size > wire.ROUTINE_MAX_BYTES:
            raise shared(wire.MGMT_TOO_LARGE, "a routine has at most %d bytes" % wire.ROUTINE_MAX_BYTES)
        self._upload_size = size

    def _check_repeated(self, end: int) -> None:
        if not 0 < end == self._upload_next:
            reason = "the next piece begins at %d of %d" % (self._upload_next, self._upload_size)
            raise _error(_OFFSET_NOT_VALID, wire.MGMT_INVALID, reason)

    def _take_piece(self, offset: int, piece) -> None:
        size = self._upload_size
        code = self._tool.files.write(wire.PATH_ROUTINE, offset, piece, size)
        if code != wire.ERR_OK:
            self._upload_next = self._upload_size = 0
        check(code, wire.GROUP_FILES)
        self._upload_next = offset + len(piece)

    def status(self, body: dict, out) -> None:
        out.value({"len": self._existing(body)[1]})

    async def digest(self, body: dict, out) -> None:
        path, size = self._existing(body)
        kind = text(body, "type", _NAME_MAX, "sha256")
        if kind not in ("crc32", "sha256"):
            raise _error(_NO_SUCH_HASH, wire.MGMT_INVALID, "the types are crc32 and sha256")
        start = whole(body, "off", 0, _ANY_SIZE, 0)
        if not size:
            raise _error(_EMPTY, wire.MGMT_INVALID, "the file is empty")
        if start >= size:
            raise _error(_OFFSET_TOO_LARGE, wire.MGMT_INVALID, "the file has %d bytes" % size)
        end = min(size, start + whole(body, "len", 1, _ANY_SIZE, _ANY_SIZE))
        output = await self._sum(path, start, end, kind)
        out.map(4 if start else 3)
        out.pair("type", kind)
        if start:
            out.pair("off", start)
        out.pair("len", end - start)
        out.pair("output", output)

    async def _sum(self, path: str, at: int, end: int, kind: str):
        crc, sha = 0, hashlib.sha256()
        while at < end:
            await self._tool.afford(_READ_COST)
            refuse_in_contact(self._tool, wire.GROUP_FILES)
            count = min(len(self._piece), end - at)
            piece = self._piece[:count]
            if self._tool.files.read_into(path, at, piece, count) != count:
                raise _error(_READ_FAILED, wire.MGMT_UNKNOWN, "the file could not be read")
            if kind == "crc32":
                crc = binascii.crc32(piece, crc)
            else:
                sha.update(piece)
            at += count
            await asyncio.sleep_ms(0)
        return crc & 0xFFFFFFFF if kind == "crc32" else sha.digest()

    def types(self, _body: dict, out) -> None:
        out.map(1)
        out.text("types")
        out.map(len(_TYPES))
        for name, form, size in _TYPES:
            out.text(name)
            out.map(2)
            out.pair("format", form)
            out.pair("size", size)

    def close(self, _body: dict, out) -> None:
        self._upload_next = self._upload_size = 0
        out.map(0)


def handlers(server) -> dict:
    """{command: (handler of reads, handler of writes)}."""
    group = _FilesGroup(server)
    return {
        wire.FILES_TRANSFER: (group.download, group.upload),
        wire.FILES_STATUS: (group.status, None),
        wire.FILES_HASH: (group.digest, None),
        wire.FILES_HASH_TYPES: (group.types, None),
        wire.FILES_CLOSE: (None, group.close),
    }
