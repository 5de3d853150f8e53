"""The list before a session and the warning signs, in plain words; docs/before-and-after.md repeats it."""

from __future__ import annotations

from gentlepress.errors import UsageError
from gentlepress.firmware.core import ids

REASONS = {
    "skin": "broken, bruised, blistered or newly scarred skin",
    "bleeding": "a clotting problem, or medicine that thins the blood",
    "filler": "Botox or filler in the last 2 weeks",
    "surgery": "surgery, laser or a peel on the face not long ago",
    "flare": "cold sores, sunburn, or a flare of acne, rosacea or eczema",
    "eyes": "glaucoma, or surgery on an eye not long ago",
    "vessels": "disease of the arteries in the neck, a stroke, or fainting",
    "jaw": "a broken jaw, or an infected tooth",
    "pregnancy": "pregnancy",
    "age": "younger than 18",
}
"""Any of these: ask a professional first."""

SIGNS = {
    "strong_pain": "strong pain",
    "dizziness": "dizziness",
    "faintness": "feeling faint",
    "vision_change": "a change in what you see",
    "numbness": "a place that goes numb",
    "fast_swelling": "swelling that comes fast",
    "lasting_redness": "redness that stays",
}
"""By their names of core/ids.py. Any of these: stop at once."""

LOCK_S = 72 * 3600


def number_of(sign: str) -> int:
    """ids.SYMPTOM_* of a sign's name."""
    return next(number for number, name in ids.SYMPTOM_NAMES.items() if name == sign)


def chosen(words: list[str], table: dict[str, str], what: str) -> list[str]:
    """Names of a table for what a person wrote: names, or numbers from 1 on; in the table's order.

    Args:
        words: what was written.
        table: REASONS or SIGNS.
        what: the argument's name, for messages.

    Raises:
        UsageError: one of them is no name and no number of the table.
    """
    names = list(table)
    found = set()
    for word in words:
        plain = word.strip().lower().replace("-", "_")
        if plain.isascii() and plain.isdigit() and 1 <= int(plain[:3]) <= len(names):
            plain = names[int(plain[:3]) - 1]
        if plain not in table:
            raise UsageError(
                f"{what} = {word[:24]!r}: there is no such name.", "Use one of: " + ", ".join(names) + "."
            )
        found.add(plain)
    return [name for name in names if name in found]


def listed(table: dict[str, str]) -> list[str]:
    """A table as numbered lines.

    Args:
        table: REASONS or SIGNS.
    """
    return [f"{number:>3}  {name:<17}{words}" for number, (name, words) in enumerate(table.items(), 1)]
