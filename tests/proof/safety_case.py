"""docs/safety-case.md, made from controls.toml, last.json and the words of safety_case_top.md.

    python -m tests.proof.safety_case [--missing]

With --missing it only prints what the list of controls leaves open.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.proof import last, listing, survivors
from tests.proof.listing import Listing, Row
from tests.proof.patches import ROOT

HERE = Path(__file__).resolve().parent
TOP = HERE / "safety_case_top.md"
PAGE = ROOT / "docs" / "safety-case.md"
SCRIPTS = "tests/firmware/mp"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").split())


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(map(_cell, row)) + " |" for row in rows]


def _link(where: str) -> str:
    """A link to "file:name"."""
    path, _, name = where.partition(":")
    shown = f"{Path(path).name}: {name}" if name else path
    return f"[`{shown}`](../{path})"


def test_file(test: str) -> tuple[str, str]:
    """(file, function) of a row's test."""
    if "::" in test:
        path, _, name = test.partition("::")
        return path, name.split("::")[-1].split("[")[0]
    script, _, name = test.partition(":")
    folder = "tests/firmware" if script.startswith("test_core_") else SCRIPTS
    return (f"{folder}/{script}.py", name) if name else (test, "")


def _guard(row: Row) -> str:
    """What shows that the control works."""
    path, name = test_file(row.test) if row.test else ("", "")
    test = f"[`{name or path}`](../{path})" if path else "none"
    return f"{test}, patch `{row.patch}`" if row.patch else f"{test}; no patch: {row.why}"


def _rows_of(rows: list[Row]) -> list[str]:
    head = ["Cause", "Control", "Where", "Test", "What it cannot do"]
    return _table(
        head,
        [
            [row.cause, row.what, _link(row.place()), _guard(row), row.cannot]
            for row in sorted(rows, key=lambda row: (not row.patch, row.patch))
        ],
    )


def _hazards(found: Listing) -> list[str]:
    lines = ["## Hazards", ""]
    for number, name in found.hazards.items():
        rows = [row for row in found.rows if number in row.hazards]
        lines += [f"### {number}. {name}", "", *(_rows_of(rows) if rows else ["Nothing yet."]), ""]
    return lines


def _held_by(row: Row) -> str:
    return f"{row.what} (`{row.patch.split('-')[0]}`)" if row.patch else f"{row.what} (no patch)"


def _rules(found: Listing) -> list[str]:
    lines = ["## Rules", "", "The number in brackets is that of the patch, which the tables above name.", ""]
    rows = []
    for name, words in found.rules.items():
        held = [_held_by(row) for row in found.rows if name in row.rules]
        rows.append([name, words, "; ".join(held) or "nothing yet"])
    return [*lines, *_table(["Rule", "What it says", "Held by"], rows), ""]


def _rest(found: Listing) -> list[str]:
    """Controls that belong to rules only."""
    rows = [row for row in found.rows if not row.hazards]
    return ["### Behind the rules alone", "", *_rows_of(rows), ""] if rows else []


def _figures(part: dict) -> str:
    return ", ".join(f"{key} {value}" for key, value in part.items() if not isinstance(value, dict | list))


def _results() -> list[str]:
    parts = last.load()
    lines = ["## Last results", "", "The last whole run of each part of `make proof`.", ""]
    lines += _table(["Part", "Result"], [[name, _figures(part)] for name, part in parts.items()])
    modules = parts.get("mutants", {}).get("modules", {})
    heads = ("mutants", "killed", "survived", "equivalent", "percent")
    counts = [[f"`{name}`", *(str(row.get(head, 0)) for head in heads)] for name, row in modules.items()]
    lines += ["", "Percent are of the mutants that are not equivalent to what they were made from.", ""]
    return [*lines, *_table(["Module", *(head.capitalize() for head in heads)], counts), ""]


def _survivors() -> list[str]:
    lines = ["## Surviving mutants", ""]
    lines += ["Each was read. The names of the kinds are those of `tests/proof/survivors.toml`.", ""]
    reasons = survivors.Reasons()
    for kind, found in survivors.by_kind(survivors.load(), reasons).items():
        why = reasons.kinds.get(kind, "Nobody has explained these yet.")
        rows = [
            [f"`{one.module}`", f"`{one.line}`", f"`{one.change}`", reasons.why_equivalent(one)]
            for one in found
        ]
        lines += [f"### {kind or 'unexplained'} ({len(found)})", "", why, ""]
        lines += [*_table(["Module", "Line", "Change", "Why it is equivalent, where it is"], rows), ""]
    return lines


def page() -> str:
    """The whole page. Raises PatchError where a patch does not fit."""
    found = listing.load()
    top = TOP.read_text(encoding="utf-8").rstrip()
    lines = [top, "", *_results(), *_hazards(found), *_rules(found), *_rest(found), *_survivors()]
    return "\n".join(lines).rstrip() + "\n"


def _unexplained() -> list[str]:
    groups = survivors.by_kind(survivors.load(), survivors.Reasons())
    return [f"a survivor without its kind: {one.text()}" for one in groups.get("", [])]


def write() -> None:
    """Make the page anew."""
    PAGE.write_text(page(), encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Make the page, or say what is missing."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof.safety_case", description=__doc__)
    parser.add_argument("--missing", action="store_true", help="print what the list leaves open")
    options = parser.parse_args(arguments)
    if not options.missing:
        write()
        return 0
    open_points = [*listing.missing(listing.load()), *_unexplained()]
    print("\n".join([*open_points, f"{len(open_points)} open points"]))
    return 1 if open_points else 0


if __name__ == "__main__":
    sys.exit(main())
