"""Settings: short texts by name. None of them can widen a limit.

What is lost or not understood counts as the gentlest.
"""

import json

from . import errors, ids, routine, slots, wire
from .counters import SHARED, USERS_MAX

VERSION = 1
NAME_MAX = 24

# name: (default, gentlest, least, most); a number's text is its decimal form.
_NUMBERS = {
    "strict": (0, 1, 0, 1),
    "haptic_pct": (100, 100, 70, 100),
    "light_pct": (100, 100, 10, 100),
    "session_max_min": (10, 5, 1, 10),
    "rest_h": (12, 48, 12, 168),
    "weekly_max": (7, 3, 1, 7),
    "one_copy": (0, 0, 0, 1),
    "live_air": (0, 0, 0, 1),
    "users": (1, 1, 1, USERS_MAX),
}
_PROFILE = (ids.PROFILE_NORMAL, ids.PROFILE_SENSITIVE, ids.PROFILE_NAMES)
_SLOTS = range(1, USERS_MAX + 1)
_WORDS = {"profile": _PROFILE}
_WORDS.update([("profile%d" % slot, _PROFILE) for slot in _SLOTS])
_TEXTS = {"name": "Gentlepress"}
_TEXTS.update([("user%d" % slot, "User %d" % slot) for slot in _SLOTS])
NAMES = (
    "name", "profile", "strict", "haptic_pct", "light_pct", "session_max_min", "rest_h", "weekly_max", "one_copy",
    "live_air", "users", "user1", "user2", "user3", "user4", "profile1", "profile2", "profile3", "profile4",
)  # fmt: skip


class Settings:
    """The settings, kept as JSON in two slots named `settings`. Never raises: see `fault`.

    Args:
        root: folder, without a slash at its end ("" is the top folder).
        fs: the file system (files.Files).

    Attributes:
        fault: the StorageError at loading, or None; all values are then the gentlest.
        problems: why the last write was refused: list of routine.Problem.
    """

    def __init__(self, root: str, fs=None):
        self._slots = slots.TwoSlots(root, "settings", VERSION, fs)
        self._texts = {}
        self._is_lost = False
        self.fault = None
        self.problems = []
        self._load()

    def _load(self) -> None:
        try:
            payload = self._slots.load()
            self._is_lost = self._slots.damaged
            if payload is not None:
                self._texts = json.loads(payload)
        except errors.StorageError as error:
            self.fault = error
            self._is_lost = True
        except ValueError:
            self._is_lost = True

    def names(self) -> list:
        """Names of all settings."""
        return list(NAMES)

    def text(self, name: str) -> str:
        """A setting as text. Raises KeyError for an unknown name."""
        if name in _TEXTS:
            kept = self._texts.get(name, _TEXTS[name])
            return kept if _is_label(kept) else _TEXTS[name]
        value = self.value(name)
        return _WORDS[name][2][value] if name in _WORDS else str(value)

    def value(self, name: str) -> int:
        """A setting as number: profile is an id, strict is 0 or 1. Raises KeyError for another name."""
        default, gentlest = (_WORDS if name in _WORDS else _NUMBERS)[name][:2]
        if self._is_lost:
            return gentlest
        if name not in self._texts:
            return default
        found = _number_of(name, self._texts[name])
        return gentlest if found is None else found

    def profile_of(self, slot: int) -> int:
        """Profile of a user slot: its own or everybody's, whichever is gentler; without slots the gentlest of all."""
        slots_asked = _SLOTS if slot == SHARED else (slot,)
        found = [self.value("profile")] + [self.value("profile%d" % one) for one in slots_asked]
        return max(found)

    def clear(self) -> int:
        """All back to their defaults: ERR_OK, or the code of a StorageError."""
        return self._keep({})

    def read(self, name: str):
        """A setting as ASCII text in bytes, or None when there is no such."""
        return self.text(name).encode() if name in NAMES else None

    def write(self, name: str, value) -> int:
        """Change a setting.

        Args:
            name: its name.
            value: ASCII text, as bytes.

        Returns:
            ERR_OK, ERR_REFUSED (see `problems`), or the code of a StorageError.
        """
        self.problems = []
        text = _ascii(value)
        problem = _problem(name, text)
        if problem is not None:
            self.problems = [problem]
            return wire.ERR_REFUSED
        texts = self._whole()
        texts[name] = text
        return self._keep(texts)

    def delete(self, name: str) -> int:
        """Put a setting back to its default.

        ERR_OK, ERR_REFUSED (see `problems`), or the code of a StorageError.
        """
        self.problems = []
        if name not in NAMES:
            self.problems = [_unknown(name)]
            return wire.ERR_REFUSED
        texts = self._whole()
        texts.pop(name, None)
        if self._is_lost and name not in _TEXTS:
            texts[name] = _default_text(name)
        return self._keep(texts)

    def _whole(self) -> dict:
        """What to keep; after a loss all values in force, so that one write does not loosen the others."""
        return {name: self.text(name) for name in NAMES} if self._is_lost else dict(self._texts)

    def _keep(self, texts: dict) -> int:
        try:
            self._slots.save(json.dumps(texts).encode())
        except errors.StorageError as error:
            return error.code
        self._texts = texts
        self._is_lost = False
        self.fault = None
        return wire.ERR_OK


def _default_text(name: str) -> str:
    return _WORDS[name][2][_WORDS[name][0]] if name in _WORDS else str(_NUMBERS[name][0])


def _ascii(value) -> str:
    return "".join([chr(byte) if 32 <= byte < 127 else "?" for byte in bytes(value)])


def _is_label(text) -> bool:
    return (
        isinstance(text, str)
        and bool(text.strip())
        and len(text) <= NAME_MAX
        and _ascii(text.encode()) == text
    )


def _number_of(name: str, text):
    """Number of a setting's text, or None when it is none or out of range."""
    if not isinstance(text, str):
        return None
    if name in _WORDS:
        return {word: number for number, word in _WORDS[name][2].items()}.get(text)
    if not text.isdigit() or len(text) > 4:
        return None
    _default, _gentlest, least, most = _NUMBERS[name]
    return int(text) if least <= int(text) <= most else None


def _unknown(name: str):
    return routine.Problem(name, name, "there is no such setting", "use one of: " + ", ".join(NAMES))


def _problem(name: str, text: str):
    """Why a value is refused, or None."""
    if name not in NAMES:
        return _unknown(name)
    if name in _TEXTS:
        if _is_label(text) and "?" not in text:
            return None
        rule = "a name of 1 to %d plain ASCII characters is needed" % NAME_MAX
        return routine.Problem(name, text, rule, "choose a shorter or plainer name")
    if _number_of(name, text) is not None:
        return None
    if name in _WORDS:
        words = ", ".join(sorted(_WORDS[name][2].values()))
        return routine.Problem(name, text, "there is no such choice", "use one of: " + words)
    _default, _gentlest, least, most = _NUMBERS[name]
    rule = "a whole number from %d to %d is needed" % (least, most)
    return routine.Problem(name, text, rule, "choose a number in that range")
