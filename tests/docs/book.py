"""Reading the book's pages, and constants of the firmware they repeat."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from gentlepress.firmware.core import ids

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FIRMWARE = ROOT / "firmware"
PAGES = sorted(DOCS.glob("*.md"))


def text_of(page: str) -> str:
    return (DOCS / f"{page}.md").read_text(encoding="utf-8")


def section(page: str, heading: str) -> str:
    """What stands under a heading, up to the next one of any level."""
    found = re.search(rf"^#+ {re.escape(heading)}$(.*?)(?=^#+ |\Z)", text_of(page), re.MULTILINE | re.DOTALL)
    assert found, f"{page}.md has no section {heading}"
    return found.group(1)


def tables(text: str) -> list[list[list[str]]]:
    """All tables of a text: rows of cells, without heads and rules."""
    found: list[list[list[str]]] = []
    inside = False
    for line in text.splitlines():
        if not line.startswith("|"):
            inside = False
        elif not inside:
            inside = True
            found.append([])
        elif not set(line) <= set("|- "):
            found[-1].append([cell.strip() for cell in line.strip().strip("|").split("|")])
    return found


def table(page: str, heading: str, number: int = 0) -> list[list[str]]:
    return tables(section(page, heading))[number]


def constant(file: str, name: str):
    """A plain constant of a firmware file, read without importing it."""
    for node in ast.parse((FIRMWARE / file).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        else:
            targets = node.targets if isinstance(node, ast.Assign) else []
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            value = node.value
            if isinstance(value, ast.Call) and getattr(value.func, "id", "") == "const":
                value = value.args[0]
            return ast.literal_eval(value)
    raise AssertionError(f"{file} has no {name}")


def keys_of(file: str, function: str, name: str = "") -> set[str]:
    """Keys that a function of a firmware file puts into a dictionary, or writes with `name(key, ...)`."""
    tree = ast.parse((FIRMWARE / file).read_text(encoding="utf-8"))
    [body] = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == function]
    found = set()
    for node in ast.walk(body):
        if isinstance(node, ast.Dict):
            found |= {key.value for key in node.keys if isinstance(key, ast.Constant)}
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == name:
            found.add(ast.literal_eval(node.slice))
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == name:
            found.add(ast.literal_eval(node.args[0]))
    return found


def zone_word(zone: int) -> str:
    return "crow's feet" if zone == ids.CROWS_FEET else ids.ZONE_NAMES[zone].replace("_", " ")


def coded(cell: str) -> list[str]:
    """The words in code style of a cell."""
    return re.findall(r"`([^`]+)`", cell)
