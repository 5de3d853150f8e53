"""Mutants of the core's safety modules, and which of them the tests notice.

    python -m tests.proof.mutants [--module NAME] [--sample N] [--resume] [--jobs N]

Each mutant is one small change of one module, made in the memory of a forked process that runs the tests which reach
the changed line. Killed: a test failed, or did not end. The results lie in build/proof/mutants.json; with --resume
what was killed before is not tried again while its test is there, nor is a survivor unless the tests changed. A whole
run writes its counts to tests/proof/last.json.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import sys
import time
from collections import Counter

from tests.proof import coverage_map, last, safety_case, survivors
from tests.proof.mutations import Mutant, mutants
from tests.proof.survivors import Reasons, Survivor
from tests.proof.trial import LATE, PASSED, ROOT, Bench, Sources, Test

MODULES = (
    "limits", "judge", "force_filter", "pipeline", "sampling", "step_run", "session", "tally", "player", "watch",
    "button", "routine", "routine_check", "dose", "moments", "counters", "starter", "symptom", "timekeeper",
    "clock", "acknowledgements", "chooser", "calibration",
    "calibration_fit", "calibration_record", "calibration_store", "stillness",
    "latency", "rings", "calibrator", "calibration_run", "doubts", "supply",
)  # fmt: skip
LEAST_PERCENT = 95
RESULTS = ROOT / "build" / "proof" / "mutants.json"
KILLED, SURVIVED = "killed", "survived"
SAVE_EVERY_S = 10


class Module:
    """One module's mutants and their results."""

    def __init__(self, bench: Bench, name: str, kept: dict, tests_digest: str, tests: set[str]):
        self.bench = bench
        self.name = name
        self.text = bench.sources.texts[f"core.{name}"]
        self.mutants = mutants(self.text)
        self.digest = bench.sources.digest([f"core.{name}"])
        same = kept.get("source") == self.digest
        old = kept.get("mutants", {}) if same else {}
        if kept.get("tests") != tests_digest:
            killers = {f"{KILLED} by {test}" for test in tests | {LATE}}
            old = {key: how for key, how in old.items() if how in killers}
        self.results: dict[str, str] = {m.key: old[m.key] for m in self.mutants if m.key in old}
        self.tests_digest = tests_digest

    def waiting(self) -> list[Mutant]:
        """Mutants without a result."""
        return [mutant for mutant in self.mutants if mutant.key not in self.results]

    def row(self) -> dict[str, object]:
        """What is kept."""
        return {"source": self.digest, "tests": self.tests_digest, "mutants": self.results}

    def survived(self) -> list[Survivor]:
        """Those that no test noticed."""
        lines = self.text.splitlines()
        return [
            Survivor(self.name, lines[mutant.line - 1].strip(), mutant.what)
            for mutant in self.mutants
            if self.results.get(mutant.key) == SURVIVED
        ]

    def counts(self) -> dict[str, float]:
        """Killed, survived, those of them that are equivalent, and the share killed of the others in percent."""
        reasons = Reasons()
        survived = self.survived()
        equivalent = sum(bool(reasons.why_equivalent(one)) for one in survived)
        killed = len(self.results) - len(survived)
        others = len(self.results) - equivalent
        return {
            "mutants": len(self.results),
            "killed": killed,
            "survived": len(survived),
            "equivalent": equivalent,
            "percent": round(100 * killed / others, 1) if others else 0.0,
        }


class Hunt:
    """Runs trials, a few at a time."""

    def __init__(self, bench: Bench, reach: coverage_map.Reach, jobs: int):
        self.bench = bench
        self.reach = reach
        self.jobs = jobs
        self.kills: Counter[str] = Counter()
        self.running: dict[int, tuple[int, Module, Mutant]] = {}
        self.tried = 0

    def _tests_for(self, module: str, mutant: Mutant) -> list[Test]:
        """Tests that reach the line, the cheapest and the most successful first."""
        near = [test for test, (_s, lines) in self.reach.items() if mutant.line in lines[module]]
        return sorted(near, key=lambda test: self.reach[test][0] / (1 + self.kills[f"{module} {test}"]))

    def start(self, module: Module, mutant: Mutant) -> None:
        """Try a mutant as soon as there is a place for it."""
        while len(self.running) >= self.jobs:
            self.finish_one()
        tests = self._tests_for(module.name, mutant)
        if not tests:
            module.results[mutant.key] = SURVIVED
            return
        name = f"core.{module.name}"

        def change(sources: Sources) -> None:
            sources.codes[name] = compile(mutant.tree(module.text), name, "exec", dont_inherit=True)

        pid, reader = self.bench.start(tests, change, lambda test: 1.0 + 4 * self.reach[test][0])
        self.running[pid] = (reader, module, mutant)
        self.tried += 1

    def finish_one(self) -> None:
        """Wait for the oldest trial."""
        pid = next(iter(self.running))
        reader, module, mutant = self.running.pop(pid)
        outcome = self.bench.finish(pid, reader)
        if outcome.what == PASSED:
            module.results[mutant.key] = SURVIVED
        else:
            module.results[mutant.key] = f"{KILLED} by {outcome.test or outcome.what}"
            self.kills[f"{module.name} {outcome.test}"] += 1

    def finish(self) -> None:
        """Wait for all."""
        while self.running:
            self.finish_one()


def load() -> dict:
    """Results of the runs before."""
    return json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}


def save(kept: dict) -> None:
    """Keep the results, whole or not at all."""
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    fresh = RESULTS.with_suffix(".new")
    fresh.write_text(json.dumps(kept, indent=1), encoding="utf-8")
    fresh.replace(RESULTS)


def hunt(modules: list[Module], found: Hunt, kept: dict, sample: int) -> None:
    """Try all mutants, or a sample of each module's, that have no result yet."""
    saved = time.monotonic()
    for module in modules:
        waiting = module.waiting()
        if sample:
            waiting = random.Random(1).sample(waiting, min(sample, len(waiting)))
        for mutant in waiting:
            found.start(module, mutant)
            if time.monotonic() - saved > SAVE_EVERY_S:
                saved = time.monotonic()
                kept[module.name] = module.row()
                save(kept)
        found.finish()
        kept[module.name] = module.row()
        save(kept)
        counts = module.counts()
        print(
            f"{module.name:<14}{counts['mutants']:>5} mutants{counts['killed']:>6} killed"
            f"{counts['survived']:>5} survived{counts['equivalent']:>5} equivalent{counts['percent']:>7} %",
            flush=True,
        )


def survived(modules: list[Module]) -> list[Survivor]:
    """Those that no test noticed."""
    return [one for module in modules for one in module.survived()]


def record(modules: list[Module], tests: int) -> None:
    """Write the counts of a whole run."""
    counts = {module.name: module.counts() for module in modules}
    survivors.write(survived(modules))
    last.record("mutants", {"python": platform.python_version(), "tests": tests, "modules": counts})
    safety_case.write()


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof.mutants", description=__doc__)
    parser.add_argument("--module", choices=MODULES, action="append", help="only this one; may be repeated")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="at most N mutants of each module")
    parser.add_argument("--resume", action="store_true", help="go on from the last run")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at a time")
    return parser.parse_args(arguments)


def reached(bench: Bench, jobs: int) -> coverage_map.Reach:
    """Which test runs which line; found anew when any text has changed."""
    digest = bench.sources.digest(bench.sources.texts)
    reach = coverage_map.kept(digest)
    if reach is None:
        tests = coverage_map.script_tests() + coverage_map.property_tests()
        reach = coverage_map.lines_of(bench, tests, MODULES, jobs)
        coverage_map.keep(digest, reach)
    return reach


def main(arguments: list[str] | None = None) -> int:
    """Run; 1 when too many mutants of a guarded module survived."""
    options = parse(arguments)
    os.nice(10)
    start = time.monotonic()
    coverage_map.steady_hypothesis()
    bench = Bench()
    names = options.module or list(MODULES)
    reach = reached(bench, max(1, options.jobs))
    digest = bench.sources.digest(name for name in bench.sources.texts if "." not in name)
    kept = load()
    old = kept if options.resume else {}
    modules = [
        Module(bench, name, old.get(name, {}), digest, {str(test) for test in reach}) for name in names
    ]
    found = Hunt(bench, reach, max(1, options.jobs))
    print(f"{len(reach)} tests, ready after {time.monotonic() - start:.0f} s", flush=True)
    hunt(modules, found, kept, options.sample)
    lines = [one.text() for one in survived(modules)]
    (RESULTS.parent / "survivors.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{found.tried} tried in {time.monotonic() - start:.0f} s; survivors: build/proof/survivors.txt")
    if set(names) == set(MODULES) and not options.sample:
        record(modules, len(reach))
    weak = [m.name for m in modules if m.counts()["percent"] < LEAST_PERCENT]
    if weak and not options.sample:
        print(f"Under {LEAST_PERCENT} %: {', '.join(weak)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
