"""Files to and from the tool: in pieces, several at once, resumed by offset, checked by a digest."""

from __future__ import annotations

import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gentlepress.errors import TransferFailed
from gentlepress.firmware.core import wire
from gentlepress.refusals import refusal
from gentlepress.reply_fields import Fields
from gentlepress.smp.message import Message
from gentlepress.smp.session import Request, Session, reply_error

FILE_MAX = 16 * 1024 * 1024
Progress = Callable[[int, int], None]
_AGAIN = "Try again; nothing was changed."


@dataclass
class Partial:
    """What a download has so far; kept by a caller that wants to resume after an error.

    Attributes:
        data: the beginning of the file, without a gap.
        total: bytes of the file, -1 while unknown.
        piece: bytes the tool puts into a reply, 0 while unknown.
    """

    data: bytearray = field(default_factory=bytearray)
    total: int = -1
    piece: int = 0

    def clear(self) -> None:
        """Forget everything."""
        self.data.clear()
        self.total, self.piece = -1, 0


def checked(body: dict[str, Any], what: str) -> dict[str, Any]:
    """The body itself, unless it refuses; then the refusal is raised."""
    error = reply_error(body)
    if error is not None:
        raise refusal(what, *error)
    return body


def piece_request(path: str, offset: int) -> Request:
    """Ask for a file from an offset on."""
    return Request(wire.OP_READ, wire.GROUP_FILES, wire.FILES_TRANSFER, {"name": path, "off": offset})


def _begin(session: Session, path: str, partial: Partial, size: int | None) -> None:
    """Learn the file's size and how much fits into a reply."""
    body = checked(session.request(piece_request(path, 0)), f"to read {path}")
    fields = Fields("download", body)
    partial.clear()
    total = fields.integer("len", 0, FILE_MAX)
    if size is not None and total != size:
        raise TransferFailed(f"{path} has {total} bytes; the tool had announced {size}.", _AGAIN)
    partial.total = total
    _take(path, partial, body)
    partial.piece = len(partial.data)


def _take(path: str, partial: Partial, body: dict[str, Any]) -> None:
    """Append a piece; one that does not follow what is there is left for a later request."""
    fields = Fields("download", checked(body, f"to read {path}"))
    data = fields.data("data")
    if fields.integer("off", 0, FILE_MAX) != len(partial.data):
        return
    if len(partial.data) + len(data) > partial.total:
        raise TransferFailed(f"{path} grew while it was copied; it had {partial.total} bytes.", _AGAIN)
    partial.data += data


def fetch(session: Session, path: str, partial: Partial, size: int | None, progress: Progress | None) -> None:
    """Copy what is missing of a file into `partial`.

    Raises:
        TransferFailed: the file changed under way.
        DeviceRefused: the tool does not give the file.
    """
    if partial.total < 0 or partial.piece <= 0:
        _begin(session, path, partial, size)
    while len(partial.data) < partial.total:
        before = len(partial.data)
        offsets = range(before, partial.total, max(partial.piece, 1))
        for body in session.request_many(piece_request(path, offset) for offset in offsets):
            _take(path, partial, body)
            if progress is not None:
                progress(len(partial.data), partial.total)
        if len(partial.data) == before:
            raise TransferFailed(
                f"{path} ended at {before} of {partial.total} bytes: it shrank while it was copied.", _AGAIN
            )
    if progress is not None:
        progress(partial.total, partial.total)


def tool_digest(session: Session, path: str, kind: str) -> int | bytes:
    """Digest of a file as the tool computes it: a number for crc32, bytes for sha256."""
    request = Request(wire.OP_READ, wire.GROUP_FILES, wire.FILES_HASH, {"name": path, "type": kind})
    fields = Fields("file hash", checked(session.request(request), f"a digest of {path}"))
    return fields.integer("output", 0, 2**32 - 1) if kind == "crc32" else fields.data("output")


def digest_of(data: bytes | bytearray, kind: str) -> int | bytes:
    """The same digest of bytes that are here."""
    return binascii.crc32(data) if kind == "crc32" else hashlib.sha256(data).digest()


def store_file(session: Session, path: str, data: bytes, progress: Progress | None) -> None:
    """Send a whole file; the tool checks it and switches to it with the last piece.

    Raises:
        TransferFailed: the tool stopped taking pieces.
        DeviceRefused: the tool refused it.
        ToolBusy: it is in contact or in a session.
    """
    offset = 0
    while True:
        room = _room(session, path, offset, len(data))
        body = _upload_body(path, offset, data[offset : offset + room], len(data))
        request = Request(wire.OP_WRITE, wire.GROUP_FILES, wire.FILES_TRANSFER, body)
        reply = checked(session.request(request), f"to store {path}")
        taken = Fields("upload", reply).integer("off", 0, len(data))
        if progress is not None:
            progress(taken, len(data))
        if taken >= len(data):
            return
        if taken <= offset:
            raise TransferFailed(f"The tool stopped taking {path} at {taken} of {len(data)} bytes.", _AGAIN)
        offset = taken


def _upload_body(path: str, offset: int, piece: bytes, total: int) -> dict[str, Any]:
    body: dict[str, Any] = {"name": path, "off": offset, "data": piece}
    if offset == 0:
        body["len"] = total
    return body


def _room(session: Session, path: str, offset: int, total: int) -> int:
    """Bytes of data that fit into the longest message the tool takes."""
    empty = Message(wire.OP_WRITE, wire.GROUP_FILES, 0, 0, _upload_body(path, offset, b"", total)).encode()
    return max(session.message_max - len(empty) - 4, 16)
