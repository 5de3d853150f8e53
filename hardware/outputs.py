"""Which files of hardware/ are made from which sources, and whether they still are.

Each folder names its outputs in `outputs.toml`; `outputs.lock.json` beside it holds the digests of sources and outputs
as they were when `make hardware` last made them. Needs nothing but Python's library: `make test` checks it, too.
"""

from __future__ import annotations

import ast
import hashlib
import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

HARDWARE = Path(__file__).parent
ROOT = HARDWARE.parent
REGISTRY = "outputs.toml"
LOCK = "outputs.lock.json"
MADE_SUFFIXES = {".net", ".png", ".step", ".stl", ".svg"}
"""Files of these kinds are never written by hand: each must stand in a registry."""


@dataclass(frozen=True)
class Output:
    """Files that one generator makes.

    Attributes:
        folder: of hardware/ whose registry names it. name: in that registry. module: run as
            `python -m MODULE --into FOLDER`. sources: patterns from the project's root, beside the module itself and
            all of hardware/ that it imports. makes: files, from hardware/. needs: command -> its Debian package.
        mask: regular expressions of what differs from run to run (a date), for the comparison.
    """

    folder: str
    name: str
    module: str
    makes: tuple[str, ...]
    sources: tuple[str, ...] = ()
    needs: dict[str, str] = field(default_factory=dict, hash=False)
    mask: tuple[str, ...] = ()

    def source_files(self) -> list[Path]:
        """Every file that the outputs are made from; raises ValueError for a pattern that finds none."""
        found = modules_behind(self.module)
        for pattern in self.sources:
            files = [path for path in ROOT.glob(pattern) if path.is_file()]
            if not files:
                raise ValueError(f"{self.folder}/{REGISTRY}: {self.name}: no file is named {pattern}")
            found.update(files)
        return sorted(found)


def registered() -> list[Output]:
    """All outputs, folder by folder, in the order of the registries."""
    found = []
    for path in sorted(HARDWARE.glob(f"*/{REGISTRY}")):
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["output"]:
            values = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
            found.append(Output(folder=path.parent.name, **values))
    return found


def module_file(module: str) -> Path | None:
    """The file of a module of this folder; None for any other."""
    if module.split(".", maxsplit=1)[0] != "hardware":
        return None
    path = ROOT.joinpath(*module.split("."))
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        if file.is_file():
            return file
    return None


def modules_behind(module: str) -> set[Path]:
    """Files of a module and of everything of hardware/ that it imports, directly or not."""
    found: set[Path] = set()
    waiting = [module]
    while waiting:
        file = module_file(waiting.pop())
        if file is None or file in found:
            continue
        found.add(file)
        waiting += imports(file)
    return found


def imports(file: Path) -> list[str]:
    """Modules that a file may import, by their full names."""
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return found


def digest(paths: list[Path]) -> str:
    """One digest of some files, names included."""
    total = hashlib.sha256()
    for path in paths:
        total.update(f"{path.relative_to(ROOT).as_posix()}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def read_lock(folder: str) -> dict:
    """What a folder's outputs were made from: name -> {"sources": digest, "makes": {file: digest}}."""
    path = HARDWARE / folder / LOCK
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def entry_of(output: Output) -> dict:
    """The lock's entry of an output as it stands in the tree."""
    return {
        "sources": digest(output.source_files()),
        "makes": {name: digest([HARDWARE / name]) for name in output.makes},
    }


def complaints(output: Output) -> list[str]:
    """Why an output is not fresh, in words; none if it is."""
    missing = [name for name in output.makes if not (HARDWARE / name).is_file()]
    if missing:
        return [f"{name} is missing: run `make hardware`" for name in missing]
    locked, now = read_lock(output.folder).get(output.name), entry_of(output)
    if locked is None:
        return [f"{output.folder}/{output.name} was never recorded: run `make hardware`"]
    found = []
    if locked["sources"] != now["sources"]:
        found.append(f"sources of {output.folder}/{output.name} changed: run `make hardware`")
    changed = [name for name in output.makes if locked["makes"].get(name) != now["makes"][name]]
    return [*found, *(f"{name} was changed by hand: run `make hardware`" for name in changed)]


def unregistered() -> list[str]:
    """Files of hardware/ that look made but stand in no registry."""
    known = {name for output in registered() for name in output.makes}
    files = (path for path in HARDWARE.rglob("*") if path.suffix in MADE_SUFFIXES)
    return sorted(name for path in files if (name := path.relative_to(HARDWARE).as_posix()) not in known)
