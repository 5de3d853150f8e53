"""Mutants that survived the last whole run, and why no test can or need notice them.

survivors.txt is written by a whole run of tests.proof.mutants; survivors.toml is written by whoever read them.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIST = HERE / "survivors.txt"
REASONS = HERE / "survivors.toml"
MARK = "  |  "


@dataclass(frozen=True, order=True)
class Survivor:
    """One of them: module, text of the changed line, and the change."""

    module: str
    line: str
    change: str

    @classmethod
    def parse(cls, text: str) -> Survivor:
        """Of one line of survivors.txt."""
        module, change, line = text.rstrip("\n").split(MARK)
        return cls(module, line, change)

    def text(self) -> str:
        """Its line in survivors.txt."""
        return MARK.join((self.module, self.change, self.line))


def load() -> list[Survivor]:
    """Those of the last whole run."""
    return [Survivor.parse(line) for line in LIST.read_text(encoding="utf-8").splitlines() if line]


def write(found: list[Survivor]) -> None:
    """Keep those of a whole run."""
    LIST.write_text("".join(one.text() + "\n" for one in sorted(found)), encoding="utf-8")


class Reasons:
    """What was found out about survivors, by the text of their line, so that it stays right when lines move."""

    def __init__(self) -> None:
        said = tomllib.loads(REASONS.read_text(encoding="utf-8"))
        self.kinds: dict[str, str] = said["kinds"]
        self._rows = said["survivor"]

    def kind(self, one: Survivor) -> str:
        """Its kind, or an empty text when nobody has explained it."""
        return self._row(one).get("kind", "")

    def why_equivalent(self, one: Survivor) -> str:
        """Why the change changes nothing that the tool does; an empty text where it might."""
        return self._row(one).get("why", "")

    def _row(self, one: Survivor) -> dict:
        for row in self._rows:
            here = one.module in row.get("modules", [one.module])
            on_line = one.line in row.get("lines", [one.line])
            so = one.change in row.get("changes", [one.change])
            if here and on_line and so:
                return row
        return {}


def by_kind(found: list[Survivor], reasons: Reasons) -> dict[str, list[Survivor]]:
    """{kind: survivors}, the unexplained under an empty text."""
    groups: dict[str, list[Survivor]] = {kind: [] for kind in ("", *reasons.kinds)}
    for one in sorted(found):
        groups[reasons.kind(one)].append(one)
    return {kind: ones for kind, ones in groups.items() if ones}
