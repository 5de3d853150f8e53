"""Unified diffs of the project's files, applied in memory, and the function that each changes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


class PatchError(Exception):
    """A patch does not fit the file it is for."""


@dataclass(frozen=True)
class Hunk:
    """One change: the lines that must be there, those that take their place, and where the first change is."""

    old: str
    new: str
    first: int


def _hunks(lines: list[str]) -> Iterator[Hunk]:
    starts = [number for number, line in enumerate(lines) if line.startswith("@@")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        body = lines[start + 1 : end]
        old = "".join(line[1:] for line in body if line[:1] in " -")
        new = "".join(line[1:] for line in body if line[:1] in " +")
        yield Hunk(old, new, next(at for at, line in enumerate(body) if line[:1] in "-+"))


def parse(patch: str) -> tuple[str, list[Hunk]]:
    """(file from the project's folder, its hunks) of a diff of one file."""
    lines = patch.splitlines(keepends=True)
    return lines[1].split()[1].removeprefix("b/"), list(_hunks(lines[2:]))


def read(path: str) -> str:
    """Text of a file of the project. Raises PatchError when it is not there."""
    if not (ROOT / path).is_file():
        raise PatchError(f"there is no {path}")
    return (ROOT / path).read_text(encoding="utf-8")


def changed(path: str, text: str, hunks: list[Hunk]) -> str:
    """The text with the changes. Raises PatchError.

    Line numbers of the patch do not matter: what it takes away, with its context, must be there exactly once.
    """
    whole = text
    for hunk in hunks:
        if text.count(hunk.old) != 1:
            raise PatchError(f"{path} has {text.count(hunk.old)} places for it; make the patch anew")
        text = text.replace(hunk.old, hunk.new)
    if text == whole:
        raise PatchError("it changes nothing")
    return text


def patched(patch: str) -> dict[str, str]:
    """{file: its text with the change} of a patch. Raises PatchError."""
    path, hunks = parse(patch)
    return {path: changed(path, read(path), hunks)}


def _named(node: ast.AST) -> str:
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return getattr(node, "name", "")


def names_at(text: str, line: int) -> list[str]:
    """Class, function or constant around a line, from the outside in."""
    found: list[str] = []
    body: list[ast.stmt] = ast.parse(text).body
    while body:
        around = [node for node in body if node.lineno <= line <= (node.end_lineno or 0) and _named(node)]
        found += [_named(node) for node in around]
        body = getattr(around[0], "body", []) if around else []
    return found


def place(patch: str) -> str:
    """The function that a patch changes, as "file:Class.function". Raises PatchError."""
    path, hunks = parse(patch)
    text = read(path)
    changed(path, text, hunks)
    line = text[: text.index(hunks[0].old)].count("\n") + hunks[0].first + 1
    name = ".".join(names_at(text, line))
    return f"{path}:{name}" if name else path


def is_there(where: str) -> bool:
    """Whether the file of "file:Class.function" (or a file alone) is there, with that name in it."""
    path, _, name = where.partition(":")
    if not (ROOT / path).exists():
        return False
    if not name:
        return True
    body: list[ast.stmt] = ast.parse(read(path)).body
    for part in name.split("."):
        node = next((node for node in body if _named(node) == part), None)
        if node is None:
            return False
        body = getattr(node, "body", [])
    return True
