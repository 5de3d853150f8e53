"""The rows of controls.toml: what each control is for, where it stands, what it cannot do."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from tests.proof import patches
from tests.proof.patches import PatchError

HERE = Path(__file__).resolve().parent
LIST = HERE / "controls.toml"
PATCHES = HERE / "controls"
TEXTS = ("cause", "cannot")


@dataclass(frozen=True)
class Row:
    """One control.

    Attributes:
        what: the control in words.
        hazards: numbers of [hazards].
        rules: numbers and words of [rules].
        cause: how the hazard comes about without it.
        cannot: what it cannot do.
        test: the test that guards it: "script:function" of tests/firmware, or a node of pytest.
        patch: the file that disables it; "" where nothing can.
        control: "file:Class.function"; of a row with a patch the place that the patch changes.
        why: why there is no patch.
    """

    what: str
    hazards: tuple[int, ...]
    rules: tuple[str, ...]
    cause: str
    cannot: str
    test: str
    patch: str = ""
    control: str = ""
    why: str = ""

    @property
    def diff(self) -> str:
        """The patch's text."""
        return (PATCHES / self.patch).read_text(encoding="utf-8")

    def place(self) -> str:
        """Where it stands. Raises PatchError when the patch does not fit."""
        return self.control or patches.place(self.diff)


@dataclass(frozen=True)
class Listing:
    """All of controls.toml."""

    hazards: dict[int, str]
    rules: dict[str, str]
    others: list[str]
    controls: list[Row]
    unpatched: list[Row]

    @property
    def rows(self) -> list[Row]:
        """Those with a patch, then those without."""
        return [*self.controls, *self.unpatched]


def _row(said: dict) -> Row:
    hazards = said.get("hazards", [said["hazard"]] if "hazard" in said else [])
    texts = {key: said.get(key, "") for key in (*TEXTS, "what", "test", "patch", "control", "why")}
    return Row(hazards=tuple(hazards), rules=tuple(map(str, said.get("rules", ()))), **texts)


def load() -> Listing:
    """The list. Raises PatchError when it and the folder of patches disagree."""
    said = tomllib.loads(LIST.read_text(encoding="utf-8"))
    listing = Listing(
        {int(number): name for number, name in said["hazards"].items()},
        said["rules"],
        said["others"],
        [_row(row) for row in said["control"]],
        [_row(row) for row in said.get("unpatched", [])],
    )
    named = sorted(row.patch for row in listing.controls)
    there = sorted(path.name for path in PATCHES.glob("*.patch"))
    if named != there:
        raise PatchError(f"controls.toml and controls/ differ: {sorted(set(named) ^ set(there))}")
    return listing


def _faults_of(row: Row, listing: Listing) -> list[str]:
    found = [f"no {key}" for key in TEXTS if not getattr(row, key)]
    if not row.hazards and not row.rules:
        found.append("neither hazard nor rule")
    found += [f"no hazard {number} in [hazards]" for number in row.hazards if number not in listing.hazards]
    found += [f"no rule {name} in [rules]" for name in row.rules if name not in listing.rules]
    if not row.patch and not row.why:
        found.append("neither patch nor why")
    try:
        where = row.place() if row.patch or row.control else ""
        if where and not patches.is_there(where):
            found.append(f"there is no {where}")
    except PatchError as error:
        found.append(str(error))
    return found


def missing(listing: Listing) -> list[str]:
    """Lines that say what the list leaves open."""
    found = [
        f"{row.patch or row.what}: {fault}" for row in listing.rows for fault in _faults_of(row, listing)
    ]
    hazards = {number for row in listing.rows for number in row.hazards}
    rules = {name for row in listing.rows for name in row.rules}
    found += [f"hazard {number} has no row" for number in listing.hazards if number not in hazards]
    return found + [f"rule {name} has no row" for name in listing.rules if name not in rules]
