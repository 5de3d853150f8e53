"""The error of an export that can't be imported."""

from __future__ import annotations

from gentlepress.errors import ExportInvalid

_NEXT = "Nothing was imported. Correct it, or export again from where the sessions are."


def bad(place: str, why: str) -> ExportInvalid:
    """Say where an export is wrong, and why.

    Args:
        place: file, and line or session.
        why: what is wrong there.
    """
    return ExportInvalid(f"{place}: {why}.", _NEXT)
