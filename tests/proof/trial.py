"""Runs the firmware's plain-script tests in forked processes, with the text of some files replaced.

Nothing is written: firmware and tests are read once into memory, and each child compiles what is replaced. So the
tree may change meanwhile, and a trial takes milliseconds.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib.abc
import importlib.machinery
import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

from gentlepress.runtime import standins

ROOT = Path(__file__).resolve().parent.parent.parent
FIRMWARE = ROOT / "firmware"
TESTS = ROOT / "tests" / "firmware"
SCRIPTS = TESTS / "mp"
CPU_S = 20.0
MEMORY_BYTES = 2 << 30
PASSED, FAILED, LATE = "passed", "failed", "late"


@dataclass(frozen=True, order=True)
class Test:
    """One test function of a script."""

    script: str
    function: str

    def __str__(self) -> str:
        return f"{self.script}:{self.function}"


@dataclass(frozen=True)
class Outcome:
    """What became of the tests of one trial: the first that failed, if any, and how."""

    what: str
    test: str = ""
    detail: str = ""


class Sources(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Text of firmware and scripts by module name, imported from memory."""

    def __init__(self) -> None:
        self.paths: dict[str, Path] = {}
        for path in sorted(FIRMWARE.rglob("*.py")):
            parts = path.relative_to(FIRMWARE).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            if name and "shadow" not in parts:
                self.paths[name] = path
        for path in (*SCRIPTS.glob("*.py"), *SCRIPTS.glob("support/*.py"), *TESTS.glob("test_core_*.py")):
            self.paths[path.stem] = path
        self.texts = {name: path.read_text(encoding="utf-8") for name, path in self.paths.items()}
        self.codes: dict[str, CodeType] = {}

    def code(self, name: str) -> CodeType:
        """Compiled module, kept for the trials to come."""
        if name not in self.codes:
            self.codes[name] = compile(self.texts[name], str(self.paths[name]), "exec", dont_inherit=True)
        return self.codes[name]

    def digest(self, names: Iterable[str]) -> str:
        """Digest of some modules' text."""
        text = "\0".join(f"{name}\0{self.texts[name]}" for name in sorted(names))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def find_spec(self, fullname, path=None, target=None):
        """Find a module here before anywhere else."""
        if fullname not in self.paths:
            return None
        is_package = self.paths[fullname].name == "__init__.py"
        spec = importlib.machinery.ModuleSpec(
            fullname, self, origin=str(self.paths[fullname]), is_package=is_package
        )
        spec.has_location = True
        return spec

    def exec_module(self, module) -> None:
        """Run a module's code."""
        exec(self.code(module.__name__), module.__dict__)


def install() -> Sources:
    """Prepare this process to fork trials; imports no firmware."""
    sys.path[:0] = [str(standins.FOLDER)]
    import on_cpython

    on_cpython.install()
    sources = Sources()
    for name in sources.paths:
        sources.code(name)
    sys.meta_path.insert(0, sources)
    return sources


def _run(test: Test) -> None:
    made = getattr(importlib.import_module(test.script), test.function)()
    if hasattr(made, "send"):
        asyncio.run(made)


def outcome_of(tests: Iterable[Test], limit_s: Callable[[Test], float] | None = None) -> Outcome:
    """Run tests here, until one fails; one that takes more CPU time than `limit_s` says ends this process."""
    for test in tests:
        if limit_s is not None:
            signal.setitimer(signal.ITIMER_PROF, limit_s(test))
        try:
            _run(test)
        except BaseException as error:  # noqa: BLE001  (whatever a test raises is its outcome)
            if type(error).__name__ != "Skip":
                return Outcome(FAILED, str(test), f"{type(error).__name__}: {error}"[:200])
    return Outcome(PASSED)


def _quiet() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


def fork(work: Callable[[], object], cpu_s: float = CPU_S) -> tuple[int, int]:
    """Run `work` in a child: (its process id, pipe with the JSON of what it returned)."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return pid, reader
    try:
        os.close(reader)
        _quiet()
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        signal.setitimer(signal.ITIMER_PROF, cpu_s)
        os.write(writer, json.dumps(work()).encode())
    finally:
        os._exit(0)


def reap(pid: int, reader: int) -> object:
    """What a child returned; None when it ended without an answer."""
    with os.fdopen(reader, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(pid, 0)
    return json.loads(answer) if answer else None


class Bench:
    """Starts trials on the sources of this moment."""

    def __init__(self) -> None:
        self.sources = install()

    def start(
        self,
        tests: list[Test],
        change: Callable[[Sources], None] = lambda _sources: None,
        limit_s: Callable[[Test], float] | None = None,
    ) -> tuple[int, int]:
        """Fork a trial of tests, after `change` has replaced what it wants in the child's sources."""

        def work() -> dict[str, str]:
            change(self.sources)
            return vars(outcome_of(tests, limit_s))

        return fork(work)

    def finish(self, pid: int, reader: int) -> Outcome:
        """Wait for a trial."""
        answer = reap(pid, reader)
        return Outcome(**answer) if isinstance(answer, dict) else Outcome(LATE)

    def run(self, tests: list[Test], texts: dict[str, str] | None = None) -> Outcome:
        """One trial with other texts for some modules."""

        def change(sources: Sources) -> None:
            for name, text in (texts or {}).items():
                sources.texts[name] = text
                sources.codes.pop(name, None)

        return self.finish(*self.start(tests, change))
