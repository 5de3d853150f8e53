"""Which test runs which line of which module, and how long it takes: a mutant meets only tests that can see it."""

from __future__ import annotations

import ast
import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from types import FrameType

from tests.proof.trial import PASSED, ROOT, SCRIPTS, Bench, Outcome, Test, fork, outcome_of, reap

# Quick ones only: those that move a whole rig take too long for thousands of mutants.
PROPERTIES = {
    "test_core_properties": (
        "test_effective_limits_never_pass_the_compiled_ones",
        "test_asking_for_more_gentleness_never_widens",
        "test_each_narrowing_has_its_reason",
        "test_routine_check_survives_anything",
        "test_an_accepted_routine_keeps_every_ceiling",
    ),
    "test_core_narrowing": (
        "test_reasons_tell_every_narrowing_exactly",
        "test_what_is_gentler_in_anything_is_wider_in_nothing",
    ),
}
SLOW_S = 0.4
PROPERTY_S = 3.0
KEPT = ROOT / "build" / "proof" / "reach.json"
# {test: (CPU seconds, {module: lines it runs})}
Reach = dict[Test, tuple[float, dict[str, set[int]]]]


def _literal(tree: ast.Module, name: str, default: object) -> object:
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return ast.literal_eval(node.value)
    return default


def script_tests() -> list[Test]:
    """Every function of the plain scripts that CPython runs as they are."""
    found = []
    for path in sorted(SCRIPTS.glob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if "cpython" not in _literal(tree, "RUNTIMES", ("cpython",)) or _literal(tree, "PATH", ()):
            continue
        names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        found += [Test(path.stem, name) for name in names if name.startswith("test_")]
    return found


def property_tests() -> list[Test]:
    """The quick property tests."""
    return [Test(script, name) for script, names in PROPERTIES.items() for name in names]


def steady_hypothesis() -> None:
    """Property tests without chance, memory or shrinking."""
    from hypothesis import Phase, settings

    settings.register_profile(
        "proof", database=None, derandomize=True, deadline=None, max_examples=60, phases=(Phase.generate,)
    )
    settings.load_profile("proof")


def _tracer(files: dict[str, str], hit: dict[str, set[int]]) -> Callable:
    def line(frame: FrameType, event: str, _argument: object) -> Callable:
        if event == "line":
            hit[files[frame.f_code.co_filename]].add(frame.f_lineno)
        return line

    def call(frame: FrameType, _event: str, _argument: object) -> Callable | None:
        if frame.f_code.co_filename not in files:
            return None
        hit[files[frame.f_code.co_filename]].add(frame.f_lineno)
        return line

    return call


def _answers(works: list[tuple[Callable[[], object], float]], jobs: int) -> Iterator[object]:
    """What each returned in a process of its own, a few at a time; None of one that did not end in its CPU seconds."""
    running: list[tuple[int, int]] = []
    for work, cpu_s in works:
        if len(running) == jobs:
            yield reap(*running.pop(0))
        running.append(fork(work, cpu_s))
    for pid, reader in running:
        yield reap(pid, reader)


def _most_s(test: Test) -> float:
    return PROPERTY_S if test.script in PROPERTIES else SLOW_S


def _timed(test: Test) -> tuple[dict, float]:
    return vars(outcome_of([test])), time.process_time()


def _traced(test: Test, files: dict[str, str]) -> dict[str, list[int]]:
    hit: dict[str, set[int]] = {module: set() for module in files.values()}
    sys.settrace(_tracer(files, hit))
    with contextlib.suppress(Exception):
        outcome_of([test])
    sys.settrace(None)
    return {module: sorted(lines) for module, lines in hit.items()}


def lines_of(bench: Bench, tests: list[Test], modules: Sequence[str], jobs: int) -> Reach:
    """Of tests that pass in time: CPU seconds and lines. Prints those that do not pass or take too long."""
    files = {str(bench.sources.paths[f"core.{module}"]): module for module in modules}
    seconds: dict[Test, float] = {}
    timed = _answers([(partial(_timed, test), _most_s(test)) for test in tests], jobs)
    for test, answer in zip(tests, timed, strict=True):
        outcome = Outcome(**answer[0]) if isinstance(answer, list) else Outcome("late")
        if outcome.what == PASSED:
            seconds[test] = answer[1]
        else:
            print(f"left out: {test}: {outcome.what} {outcome.detail}")
    found = {}
    traced = _answers([(partial(_traced, test, files), 10 * _most_s(test)) for test in seconds], jobs)
    for test, lines in zip(seconds, traced, strict=True):
        if isinstance(lines, dict):
            found[test] = (seconds[test], {module: set(numbers) for module, numbers in lines.items()})
        else:
            print(f"left out: {test}: too slow to trace")
    return found


def kept(digest: str) -> Reach | None:
    """What was found before with the same text of everything."""
    said = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.is_file() else {}
    if said.get("digest") != digest:
        return None
    rows = said["reach"].items()
    return {
        Test(*name.split(":")): (cost, {module: set(lines) for module, lines in hit.items()})
        for name, (cost, hit) in rows
    }


def keep(digest: str, reach: Reach) -> None:
    """Keep it for the next run on the same text."""
    rows = {
        str(test): (cost, {module: sorted(lines) for module, lines in hit.items()})
        for test, (cost, hit) in reach.items()
    }
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    KEPT.write_text(json.dumps({"digest": digest, "reach": rows}), encoding="utf-8")
