"""What a long part of the proof has found so far, kept in a file, for as long as what it depends on stays as it is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gentlepress.runtime.micropython import find_micropython


class Kept:
    """Findings by number.

    Args:
        path: of the file.
        sources: files that the findings depend on, beside the interpreter.
        resume: whether to go on with what is there.
    """

    def __init__(self, path: Path, sources: Iterable[Path], *, resume: bool) -> None:
        self._path = path
        self._digest = _digest(sources)
        there = json.loads(path.read_text(encoding="utf-8")) if resume and path.is_file() else {}
        same = there.get("digest") == self._digest
        self.found: dict[int, Any] = (
            {int(n): what for n, what in there.get("found", {}).items()} if same else {}
        )

    def add(self, found: dict[int, Any]) -> None:
        """Keep some, whole or not at all."""
        self.found |= found
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps({"digest": self._digest, "found": self.found}), encoding="utf-8")
        fresh.replace(self._path)


def _digest(sources: Iterable[Path]) -> str:
    whole = hashlib.sha256(str(find_micropython().version).encode())
    for path in sources:
        whole.update(path.read_bytes())
    return whole.hexdigest()
