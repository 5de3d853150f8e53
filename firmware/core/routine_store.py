"""The routine on the tool: taken piece by piece, checked whole, and only then switched to."""

import binascii
import json

from . import builtin, errors, routine, slots, wire

VERSION = 1
_QUOTE = 0x22
_BACKSLASH = 0x5C


class RoutineStore:
    """The active routine: the last one that passed the check, else the built-in one.

    Kept, byte for byte as it came, in two slots named `routine`.

    Args:
        root: folder, without a slash at its end ("" is the top folder).
        fs: the file system (files.Files).

    Attributes:
        fault: the StorageError at loading, or None; the built-in routine is then active.
        problems: why the last one was refused: list of routine.Problem.
    """

    def __init__(self, root: str, fs=None):
        self._slots = slots.TwoSlots(root, "routine", VERSION, fs)
        self._text = None
        self._upload = bytearray()
        self._received = 0
        self.fault = None
        self.problems = []
        self._load()

    def _load(self) -> None:
        try:
            text = self._slots.load()
        except errors.StorageError as error:
            self.fault = error
            return
        if text is not None and check(text)[0] is not None:
            self._text = text

    def load(self):
        """The active routine, as a routine.Routine."""
        return check(self.text())[0]

    def text(self) -> bytes:
        """The active routine as JSON."""
        return json.dumps(builtin.ROUTINE).encode() if self._text is None else self._text

    def clear(self) -> int:
        """Back to the built-in routine: ERR_OK, or the code of a StorageError."""
        try:
            self._slots.save(b"")
        except errors.StorageError as error:
            return error.code
        self._text = None
        self.fault = None
        return wire.ERR_OK

    def crc(self) -> int:
        """CRC-32 of `text`."""
        return binascii.crc32(self.text()) & 0xFFFFFFFF

    def received(self) -> int:
        """Bytes of the upload under way that have arrived."""
        return self._received

    def write(self, offset: int, data, total: int) -> int:
        """Take a piece of a new routine; the last one has it checked, kept and made active.

        Args:
            offset: where the piece belongs; 0 begins anew. A piece that came before is taken again.
            data: its bytes.
            total: bytes of the whole routine, the same with every piece.

        Returns:
            ERR_OK, ERR_REFUSED (see `problems`; the active routine stays), ERR_INVALID (not the next piece),
            or the code of a StorageError.
        """
        if offset == 0:
            code = self._begin(total)
            if code != wire.ERR_OK:
                return code
        end = offset + len(data)
        if offset < 0 or end > total:
            return wire.ERR_INVALID
        if not self._upload:
            return wire.ERR_OK if self._is_repeat(offset, data, total) else wire.ERR_INVALID
        if total != len(self._upload) or offset > self._received:
            return wire.ERR_INVALID
        self._upload[offset:end] = data
        self._received = max(self._received, end)
        return self._finish() if self._received == total else wire.ERR_OK

    def _begin(self, total: int) -> int:
        self.problems = []
        self._upload = bytearray()
        self._received = 0
        if not 0 < total <= wire.ROUTINE_MAX_BYTES:
            rule = "a routine has 1 to %d bytes" % wire.ROUTINE_MAX_BYTES
            self.problems = [
                routine.Problem("routine", "%d bytes" % total, rule, "use fewer steps, or a shorter text")
            ]
            return wire.ERR_REFUSED
        self._upload = bytearray(total)
        return wire.ERR_OK

    def _is_repeat(self, offset: int, data, total: int) -> bool:
        """Whether this is a piece of what was just switched to, sent again because the answer was lost."""
        text = self._text or b""
        return offset > 0 and total == len(text) and text[offset : offset + len(data)] == bytes(data)

    def _finish(self) -> int:
        text = bytes(self._upload)
        self._upload = bytearray()
        self._received = 0
        found, self.problems = check(text)
        if found is None:
            return wire.ERR_REFUSED
        try:
            self._slots.save(text)
        except errors.StorageError as error:
            return error.code
        self._text = text
        self.fault = None
        return wire.ERR_OK


def check(text):
    """(routine.Routine or None, problems) of a routine's JSON bytes, whatever they are."""
    try:
        data = json.loads(bytes(text).decode())
    except (ValueError, RuntimeError, MemoryError):
        data = None
    if data is None or not _brackets_close(text):
        rule = "this is not a whole JSON text"
        size = "%d bytes" % len(text)
        return None, [routine.Problem("routine", size, rule, "push it with the desktop again")]
    return routine.check(data)


def _brackets_close(text) -> bool:
    """Whether each bracket outside strings finds its own end; MicroPython's parser does not insist on it."""
    expected = []
    is_string = is_escaped = False
    for byte in text:
        if is_string:
            is_string = is_escaped or byte != _QUOTE
            is_escaped = byte == _BACKSLASH and not is_escaped
        elif byte == _QUOTE:
            is_string = True
        elif byte in b"[{":
            expected.append(byte + 2)
        elif byte in b"]}" and (not expected or expected.pop() != byte):
            return False
    return not expected and not is_string
