"""Each safety control disabled in turn: the test that guards it must fail, and others must not.

    python -m tests.proof.controls [--json] [--only-patched] [PATCH ...]

The list is controls.toml; a patch is a unified diff of one file of firmware/ or host/, applied in memory or on a copy.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass

from tests.proof import copied_tree, last, listing, safety_case, whole_tool
from tests.proof.listing import Row
from tests.proof.patches import PatchError, patched
from tests.proof.trial import FAILED, PASSED, Bench, Outcome, Test


@dataclass(frozen=True)
class Result:
    """What one patch did."""

    patch: str
    hazard: int
    what: str
    test: str
    ok: bool
    said: str


def parse_test(name: str) -> Test:
    """The test of a line "script:function"."""
    script, function = name.split(":")
    return Test(script, function)


def is_node(test: str) -> bool:
    """Whether a test is one of pytest, not a function of a plain script."""
    return "::" in test


def modules_of(texts: dict[str, str]) -> dict[str, str]:
    """{module: text} of {file of firmware/: text}."""
    return {
        path.removeprefix("firmware/").removesuffix(".py").replace("/", "."): text
        for path, text in texts.items()
        if path.startswith("firmware/")
    }


def _outcome(bench: Bench, name: str, texts: dict[str, str]) -> Outcome:
    if is_node(name):
        return copied_tree.run(name, texts)
    test = parse_test(name)
    if whole_tool.is_needed(test):
        return whole_tool.run(test, modules_of(texts))
    return bench.run([test], modules_of(texts))


def _said(bench: Bench, row: Row, others: list[Test], only_patched: bool) -> tuple[bool, str]:
    """Whether a control is guarded, and what to say of it."""
    try:
        texts = patched(row.diff)
    except PatchError as error:
        return False, str(error)
    if not only_patched:
        whole = _outcome(bench, row.test, {})
        if whole.what != PASSED:
            return False, f"fails without the patch: {whole.detail}"
    broken = _outcome(bench, row.test, texts)
    if broken.what != FAILED or "AssertionError" not in broken.detail:
        return False, f"the test does not notice ({broken.what} {broken.detail})"
    beside = bench.run(others, modules_of(texts))
    if beside.what != PASSED:
        return False, f"{beside.test} fails too: {beside.detail}"
    return True, "noticed"


def run(names: list[str], only_patched: bool = False) -> list[Result]:
    """Try the controls named (all without names); only_patched: not also without their patches."""
    listed = listing.load()
    bench = Bench()
    others = [parse_test(name) for name in listed.others]
    found = []
    for row in listed.controls:
        if names and row.patch not in names:
            continue
        ok, said = _said(bench, row, others, only_patched)
        found.append(Result(row.patch, min(row.hazards, default=0), row.what, row.test, ok, said))
    return found


def table(results: list[Result], hazards: dict[int, str]) -> str:
    """The results as text."""
    rows = []
    for result in sorted(results, key=lambda one: (one.hazard, one.patch)):
        mark = "ok    " if result.ok else "FAILED"
        rows.append(f"{mark} {result.hazard:>2} {hazards.get(result.hazard, '')[:28]:<29}{result.what}")
        rows.append(f"          {result.patch} -> {result.test}: {result.said}")
    guarded = sum(result.ok for result in results)
    return "\n".join([*rows, f"{guarded} of {len(results)} controls are guarded"])


def main(arguments: list[str] | None = None) -> int:
    """Run; 1 when a control is not guarded."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof.controls", description=__doc__)
    parser.add_argument("patches", nargs="*", metavar="PATCH", help="only these")
    parser.add_argument("--json", action="store_true", help="print JSON; record nothing")
    parser.add_argument("--only-patched", action="store_true", help="don't try the tests without the patches")
    options = parser.parse_args(arguments)
    results = run(options.patches, options.only_patched)
    guarded = sum(result.ok for result in results)
    if options.json:
        print(json.dumps([asdict(result) for result in results]))
    else:
        print(table(results, listing.load().hazards))
        if not options.patches:
            last.record("controls", {"controls": len(results), "guarded": guarded})
            safety_case.write()
    return 0 if results and guarded == len(results) else 1


if __name__ == "__main__":
    sys.exit(main())
