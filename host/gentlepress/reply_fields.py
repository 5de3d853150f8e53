"""Checks a tool's reply field by field before anyone relies on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gentlepress.errors import ProtocolError
from gentlepress.smp.text import clean

_UPDATE = "Update the tool and this program to the same version."
INT_MAX = 2**63 - 1


class Fields:
    """Reads a reply field by field.

    Args:
        what: what the reply answers, for messages.
        body: the reply's map.
    """

    def __init__(self, what: str, body: Mapping[str, Any]) -> None:
        self._what = what
        self._body = body

    def integer(self, name: str, low: int = 0, high: int = INT_MAX, default: int | None = None) -> int:
        """A whole number between two bounds; a flag counts as 0 or 1.

        Raises:
            ProtocolError: the field is missing without a default, of another type, or out of bounds.
        """
        value = self._get(name, default)
        if not isinstance(value, int) or not low <= value <= high:
            raise self._wrong(name, value, f"a whole number from {low} to {high}")
        return int(value)

    def text(self, name: str, most: int = 64, default: str | None = None) -> str:
        """A text, cleaned and cut to `most` characters."""
        value = self._get(name, default)
        if not isinstance(value, (str, bytes)):
            raise self._wrong(name, value, "a text")
        return clean(value, most)

    def named(self, name: str, table: Mapping[int, str]) -> int | str:
        """A number of a table of core/ids.py, sent as a number or as its word; an unknown word stays a word."""
        value = self._get(name, 0)
        if not isinstance(value, str):
            return self.integer(name, -INT_MAX, default=0)
        found = [number for number, word in table.items() if word == value]
        return found[0] if found else clean(value, 24)

    def data(self, name: str) -> bytes:
        """A byte string."""
        value = self._get(name, None)
        if not isinstance(value, bytes):
            raise self._wrong(name, value, "bytes")
        return value

    def items(self, name: str, default: list[Any] | None = None) -> list[Any]:
        """A list."""
        value = self._get(name, default)
        if not isinstance(value, (list, tuple)):
            raise self._wrong(name, value, "a list")
        return list(value)

    def maps(self, name: str) -> list[Fields]:
        """A list of maps."""
        items = self.items(name)
        for item in items:
            if not isinstance(item, Mapping):
                raise self._wrong(name, item, "a list of maps")
        return [Fields(f"{self._what}.{name}", item) for item in items]

    def _get(self, name: str, default: Any) -> Any:
        return self._body.get(name, default)

    def _wrong(self, name: str, value: object, rule: str) -> ProtocolError:
        got = "nothing" if value is None else clean(repr(value), 40)
        return ProtocolError(
            f"The tool's answer to {self._what} has {got} as {name}; it must be {rule}.", _UPDATE
        )


def name_of(table: Mapping[int, str], number: int | str) -> str:
    """The word for a number of core/ids.py; one that the table does not have is shown as it is."""
    return table.get(number, str(number)) if isinstance(number, int) else number
