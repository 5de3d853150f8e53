"""Which test runs which line of which module, and how long it takes: a mutant meets only tests that can see it."""

from __future__ import annotations

import ast
import contextlib
import sys
import time
from collections.abc import Callable
from types import FrameType

from tests.proof.trial import PASSED, SCRIPTS, Bench, Outcome, Test, fork, outcome_of, reap

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
SLOW_S = 4.0


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


def lines_of(bench: Bench, tests: list[Test], modules: list[str]) -> dict[Test, tuple[float, dict]]:
    """{test: (CPU seconds, {module: lines})}, for tests that pass in time. Prints those that do not."""
    files = {str(bench.sources.paths[f"core.{module}"]): module for module in modules}
    found = {}
    for test in tests:

        def plain(one: Test = test) -> tuple[dict, float]:
            return vars(outcome_of([one])), time.process_time()

        def traced(one: Test = test) -> dict[str, list[int]]:
            hit: dict[str, set[int]] = {module: set() for module in modules}
            sys.settrace(_tracer(files, hit))
            with contextlib.suppress(Exception):
                outcome_of([one])
            sys.settrace(None)
            return {module: sorted(lines) for module, lines in hit.items()}

        answer = reap(*fork(plain, SLOW_S))
        outcome = Outcome(**answer[0]) if isinstance(answer, list) else Outcome("late")
        if outcome.what != PASSED:
            print(f"left out: {test}: {outcome.what} {outcome.detail}")
            continue
        lines = reap(*fork(traced, SLOW_S * 10))
        if lines is None:
            print(f"left out: {test}: too slow to trace")
            continue
        found[test] = (answer[1], {module: set(numbers) for module, numbers in lines.items()})
    return found
