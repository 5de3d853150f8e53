"""Texts that come from a tool, made fit to be shown, logged and stored."""

from __future__ import annotations


def clean(text: object, most: int = 120) -> str:
    """A peer's text without control characters and cut.

    Args:
        text: text, or bytes taken as UTF-8; anything else is written out by `str`.
        most: characters kept; a cut is shown by an ellipsis.
    """
    plain = text.decode("utf-8", "replace") if isinstance(text, (bytes, bytearray)) else str(text)
    plain = "".join(char if char.isprintable() else " " for char in plain[: 4 * most]).strip()
    return plain if len(plain) <= most else plain[: most - 1] + "…"
