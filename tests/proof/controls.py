"""Each safety control disabled in turn: the test that guards it must fail, and others must not.

    python -m tests.proof.controls [--json] [PATCH ...]

The list is controls.toml; a patch is a unified diff of one file of firmware/, applied in memory.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.proof import whole_tool
from tests.proof.trial import FAILED, PASSED, Bench, Outcome, Test

HERE = Path(__file__).resolve().parent
LIST = HERE / "controls.toml"
PATCHES = HERE / "controls"
LAST = HERE / "last.json"


class PatchError(Exception):
    """A patch does not fit the file it is for."""


@dataclass(frozen=True)
class Result:
    """What one patch did."""

    patch: str
    hazard: int
    what: str
    test: str
    ok: bool
    said: str


def _hunks(lines: list[str]) -> list[tuple[list[str], list[str]]]:
    """(old lines, new lines) of each hunk of a unified diff."""
    found: list[tuple[list[str], list[str]]] = []
    for line in lines:
        if line.startswith("@@"):
            found.append(([], []))
        elif found:
            mark, text = line[:1], line[1:]
            if mark in " -":
                found[-1][0].append(text)
            if mark in " +":
                found[-1][1].append(text)
    return found


def patched(patch: str, texts: dict[str, str]) -> dict[str, str]:
    """{module: text with the change} of a patch; texts by module name. Raises PatchError.

    Line numbers of the patch do not matter: what it takes away, with its context, must be there exactly once.
    """
    lines = patch.splitlines(keepends=True)
    target = lines[1].split()[1].removeprefix("b/firmware/")
    module = target.removesuffix(".py").replace("/", ".")
    if module not in texts:
        raise PatchError(f"there is no firmware/{target}")
    text = texts[module]
    for old, new in _hunks(lines[2:]):
        before = "".join(old)
        if text.count(before) != 1:
            raise PatchError(f"firmware/{target} has {text.count(before)} places for it; make the patch anew")
        text = text.replace(before, "".join(new))
    if text == texts[module]:
        raise PatchError("it changes nothing")
    return {module: text}


def load() -> dict:
    """The list of controls. Raises PatchError when it and the folder disagree."""
    listed = tomllib.loads(LIST.read_text(encoding="utf-8"))
    named = sorted(control["patch"] for control in listed["control"])
    there = sorted(path.name for path in PATCHES.glob("*.patch"))
    if named != there:
        raise PatchError(f"controls.toml and controls/ differ: {sorted(set(named) ^ set(there))}")
    return listed


def parse_test(name: str) -> Test:
    """The test of a line "script:function"."""
    script, function = name.split(":")
    return Test(script, function)


def _outcome(bench: Bench, test: Test, texts: dict[str, str]) -> Outcome:
    return whole_tool.run(test, texts) if whole_tool.is_needed(test) else bench.run([test], texts)


def _said(bench: Bench, control: dict, others: list[Test]) -> tuple[bool, str]:
    """Whether a control is guarded, and what to say of it."""
    test = parse_test(control["test"])
    try:
        texts = patched((PATCHES / control["patch"]).read_text(encoding="utf-8"), bench.sources.texts)
    except PatchError as error:
        return False, str(error)
    whole = _outcome(bench, test, {})
    if whole.what != PASSED:
        return False, f"fails without the patch: {whole.detail}"
    broken = _outcome(bench, test, texts)
    if broken.what != FAILED or "AssertionError" not in broken.detail:
        return False, f"the test does not notice ({broken.what} {broken.detail})"
    beside = bench.run(others, texts)
    if beside.what != PASSED:
        return False, f"{beside.test} fails too: {beside.detail}"
    return True, "noticed"


def run(names: list[str]) -> list[Result]:
    """Try the controls named (all without names)."""
    listed = load()
    bench = Bench()
    others = [parse_test(name) for name in listed["others"]]
    found = []
    for control in listed["control"]:
        if names and control["patch"] not in names:
            continue
        ok, said = _said(bench, control, others)
        found.append(Result(control["patch"], control["hazard"], control["what"], control["test"], ok, said))
    return found


def table(results: list[Result], hazards: dict[str, str]) -> str:
    """The results as text."""
    rows = []
    for result in sorted(results, key=lambda one: (one.hazard, one.patch)):
        mark = "ok    " if result.ok else "FAILED"
        rows.append(f"{mark} {result.hazard:>2} {hazards[str(result.hazard)][:28]:<29}{result.what}")
        rows.append(f"          {result.patch} -> {result.test}: {result.said}")
    guarded = sum(result.ok for result in results)
    return "\n".join([*rows, f"{guarded} of {len(results)} controls are guarded"])


def record(results: list[Result]) -> None:
    """Write date and counts of a whole run."""
    last = json.loads(LAST.read_text(encoding="utf-8")) if LAST.is_file() else {}
    last["controls"] = {
        "date": dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "controls": len(results),
        "guarded": sum(result.ok for result in results),
    }
    LAST.write_text(json.dumps(last, indent=2) + "\n", encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Run; 1 when a control is not guarded."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof.controls", description=__doc__)
    parser.add_argument("patches", nargs="*", metavar="PATCH", help="only these")
    parser.add_argument("--json", action="store_true", help="print JSON; record nothing")
    options = parser.parse_args(arguments)
    results = run(options.patches)
    if options.json:
        print(json.dumps([asdict(result) for result in results]))
    else:
        print(table(results, load()["hazards"]))
        if not options.patches:
            record(results)
    return 0 if results and all(result.ok for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
