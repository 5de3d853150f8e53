"""Finds the real MicroPython interpreter (unix port), or fetches it from the machine's own package mirror."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from platformdirs import user_cache_path

from gentlepress.errors import MicroPythonUnavailable, UsageError

MINIMUM_VERSION = (1, 24)
VARIABLE = "GENTLEPRESS_MICROPYTHON"
VERSION_PROBE = "import sys; i = sys.implementation; print(i.name, i.version[0], i.version[1], i.version[2])"
PROBE_SECONDS = 20

# Modules frozen into the interpreter (asyncio among them) sit behind this name on its path.
FROZEN = ".frozen"


class Launch(NamedTuple):
    """What to hand to `subprocess`: the arguments and the whole environment."""

    argv: list[str]
    env: dict[str, str]


@dataclass(frozen=True)
class MicroPython:
    """A MicroPython interpreter that can be started here.

    Attributes:
        argv_prefix: the arguments that start it (its own loader comes first where it was fetched).
        version: as (major, minor, micro).
        source: where it came from, for a person to read.
    """

    argv_prefix: tuple[str, ...]
    version: tuple[int, int, int]
    source: str

    def command(
        self,
        script: str | Path,
        args: Sequence[str] = (),
        path: Sequence[str | Path] = (),
        heap: str | None = None,
    ) -> Launch:
        """How to run a script.

        Args:
            script: the file to run.
            args: its arguments.
            path: folders to import from, first one first; a module there hides a built-in one of its name.
            heap: limit of the heap as the interpreter writes it ("200k"), or None for its own default.

        Raises:
            UsageError: a folder's name holds the separator of MICROPYPATH.
        """
        options = ["-X", f"heapsize={heap}"] if heap else []
        argv = [*self.argv_prefix, *options, str(script), *args]
        return Launch(argv, self.environment(path))

    def environment(
        self, path: Sequence[str | Path] = (), base: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """The environment in which these folders, then the frozen modules, are imported from.

        Args:
            path: folders, first one first.
            base: the environment to start from; None for this process's own.

        Raises:
            UsageError: a folder's name holds the separator of MICROPYPATH.
        """
        folders = [str(folder) for folder in path]
        for folder in folders:
            if ":" in folder:
                raise UsageError(
                    f"MicroPython can't import from {folder!r}: ':' separates the folders of its path.",
                    "Use a folder without ':' in its name.",
                )
        env = dict(os.environ if base is None else base)
        env["MICROPYPATH"] = ":".join([*folders, FROZEN])
        return env


def find_micropython(
    *, fetch: bool = True, cache: Path | None = None, tell: Callable[[str], None] | None = None
) -> MicroPython:
    """Find a MicroPython of at least `MINIMUM_VERSION`, or fetch one.

    Looked at in this order: the program named by GENTLEPRESS_MICROPYTHON, `micropython` on the PATH, the copy
    fetched before, and the package mirror of a Debian or Ubuntu machine (no root needed).

    Args:
        fetch: False to leave the network alone.
        cache: folder of the fetched copy; None for the user's cache folder.
        tell: gets one line of text before each slow step; None writes them to stderr.

    Raises:
        MicroPythonUnavailable: none was found; the message says what was tried.
    """
    named = os.environ.get(VARIABLE)
    if named:
        return _named(named)
    tried: list[str] = []
    folder = cache or user_cache_path("gentlepress") / "micropython"
    found = _on_path(tried) or _cached(folder, tried)
    if found:
        return found
    if fetch:
        return _fetched(folder, tried, tell or _tell_stderr)
    tried.append("fetching: not allowed here")
    raise _unavailable(tried)


def _named(program: str) -> MicroPython:
    try:
        return probe((program,), source=f"{VARIABLE}={program}")
    except MicroPythonUnavailable as unusable:
        raise MicroPythonUnavailable(
            f"{VARIABLE}={program} can't be used: {unusable.message}",
            f"Point {VARIABLE} at a MicroPython of {_dotted(MINIMUM_VERSION)} or later, or unset it.",
        ) from unusable


def _on_path(tried: list[str]) -> MicroPython | None:
    program = shutil.which("micropython")
    if program is None:
        tried.append("PATH: no program named micropython")
        return None
    try:
        return probe((program,), source=f"PATH ({program})")
    except MicroPythonUnavailable as unusable:
        tried.append(f"PATH: {unusable.message}")
        return None


def _cached(folder: Path, tried: list[str]) -> MicroPython | None:
    from gentlepress.runtime import debian  # noqa: PLC0415  (not needed where a program is on the PATH)

    try:
        prefix = debian.installed(folder)
        return probe(prefix, source=f"fetched copy ({folder})") if prefix else None
    except MicroPythonUnavailable as unusable:
        tried.append(f"fetched copy: {unusable.message}")
        return None


def _fetched(folder: Path, tried: list[str], tell: Callable[[str], None]) -> MicroPython:
    from gentlepress.runtime import debian  # noqa: PLC0415

    try:
        prefix = debian.fetch(folder, tell, usable=_usable)
        return probe(prefix, source=f"fetched copy ({folder})")
    except MicroPythonUnavailable as failed:
        tried.append(f"fetching: {failed.message}")
        raise _unavailable(tried) from failed


def _usable(prefix: Sequence[str]) -> bool:
    try:
        probe(prefix, source="")
    except MicroPythonUnavailable:
        return False
    return True


def probe(argv_prefix: Sequence[str], source: str) -> MicroPython:
    """Start an interpreter and ask its version.

    Args:
        argv_prefix: the arguments that start it.
        source: where it came from.

    Raises:
        MicroPythonUnavailable: it does not start, is not MicroPython, or is too old.
    """
    program = argv_prefix[-1]
    try:
        answer = subprocess.run(
            [*argv_prefix, "-c", VERSION_PROBE],
            capture_output=True,
            text=True,
            timeout=PROBE_SECONDS,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as failed:
        raise MicroPythonUnavailable(f"{program} does not start ({failed}).") from failed
    words = answer.stdout.split()
    numbers = [word for word in words[1:] if word.isdecimal()]
    if answer.returncode or words[:1] != ["micropython"] or len(numbers) != 3:
        said = (answer.stderr.strip() or answer.stdout.strip())[:200]
        raise MicroPythonUnavailable(f"{program} is not a MicroPython that works: {said!r}.")
    version = (int(numbers[0]), int(numbers[1]), int(numbers[2]))
    if version < MINIMUM_VERSION:
        raise MicroPythonUnavailable(
            f"{program} is MicroPython {_dotted(version)}; {_dotted(MINIMUM_VERSION)} or later is needed."
        )
    return MicroPython(tuple(argv_prefix), version, source)


def _unavailable(tried: Sequence[str]) -> MicroPythonUnavailable:
    lines = "".join(f"\n  - {line}" for line in tried)
    installer = "`brew install micropython`" if sys.platform == "darwin" else "the package `micropython`"
    return MicroPythonUnavailable(
        f"No MicroPython {_dotted(MINIMUM_VERSION)} or later. Tried:{lines}",
        f"Install {installer}, or set {VARIABLE} to a program, or run the simulator with --runtime cpython.",
    )


def _dotted(version: Sequence[int]) -> str:
    return ".".join(str(part) for part in version)


def _tell_stderr(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201
