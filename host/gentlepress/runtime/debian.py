"""Fetches MicroPython's Debian or Ubuntu package and unpacks it into a folder of the user's, without root.

The machine's own mirror and its own keyring are used, with the name of a release that has the package; apt
checks the signatures as always. The package's libraries come along and are used through their own loader, so
that the machine's are neither needed nor touched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gentlepress.errors import MicroPythonUnavailable

PACKAGE = "micropython"
PROGRAM = "usr/bin/micropython"
ETC_APT = Path("/etc/apt")
APT_SECONDS = 300


@dataclass(frozen=True)
class Release:
    """A distribution's release that has a new enough package."""

    suite: str
    components: str
    recognised_by: frozenset[str]


# Debian 13 is the first Debian with the package; Ubuntu has it in its universe.
RELEASES = (
    Release(
        "trixie", "main", frozenset({"bullseye", "bookworm", "trixie", "forky", "stable", "testing", "sid"})
    ),
    Release(
        "resolute", "main universe", frozenset({"focal", "jammy", "noble", "plucky", "questing", "resolute"})
    ),
)


@dataclass(frozen=True)
class Mirror:
    """One source of packages as the machine's apt knows it."""

    uris: str
    suites: tuple[str, ...]
    signed_by: str


def installed(folder: Path) -> tuple[str, ...] | None:
    """The arguments that start the copy in a folder, or None if there is no whole copy.

    Args:
        folder: where `fetch` put it.
    """
    root = folder / "root"
    program = root / PROGRAM
    loaders = sorted(root.glob("usr/lib/*/ld-linux*.so.*"))
    if not program.is_file() or not loaders:
        return None
    return (str(loaders[0]), "--library-path", str(loaders[0].parent), str(program))


def fetch(
    folder: Path, tell: Callable[[str], None], usable: Callable[[Sequence[str]], bool], etc: Path = ETC_APT
) -> tuple[str, ...]:
    """Download and unpack the interpreter, once even if several processes ask for it.

    Args:
        folder: where it goes; made if needed, and complete or absent at any time.
        tell: gets one line of text before each slow step.
        usable: says whether the arguments that start a copy do start it.
        etc: apt's settings.

    Returns:
        The arguments that start it.

    Raises:
        MicroPythonUnavailable: this machine has no apt or no fitting mirror, or the download failed.
    """
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise MicroPythonUnavailable(f"there is no {tool} on this machine.")
    mirror, release = choose(read_mirrors(etc))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder / "lock"):
            prefix = installed(folder)
            if prefix and usable(prefix):
                return prefix
            with tempfile.TemporaryDirectory(prefix="fetch-", dir=folder) as scratch:
                _download(Path(scratch), mirror, release, tell)
                _put(Path(scratch) / "root", folder / "root")
    except OSError as failed:
        raise MicroPythonUnavailable(f"{folder} can't be filled: {failed}.") from failed
    prefix = installed(folder)
    if prefix is None:
        raise MicroPythonUnavailable(f"the packages from {mirror.uris} hold no {PROGRAM}.")
    return prefix


def read_mirrors(etc: Path = ETC_APT) -> list[Mirror]:
    """Every binary package source in apt's settings.

    Args:
        etc: apt's settings: `sources.list`, and `*.list` and `*.sources` in `sources.list.d`.
    """
    mirrors: list[Mirror] = []
    parts = etc / "sources.list.d"
    for path in (etc / "sources.list", *sorted(parts.glob("*.list")), *sorted(parts.glob("*.sources"))):
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        mirrors += _stanzas(text) if path.suffix == ".sources" else _lines(text)
    return mirrors


def choose(mirrors: Sequence[Mirror]) -> tuple[Mirror, Release]:
    """The first mirror of a known distribution, and that distribution's release with the package.

    Args:
        mirrors: from `read_mirrors`.

    Raises:
        MicroPythonUnavailable: none of them is a Debian or Ubuntu mirror.
    """
    for mirror in mirrors:
        for release in RELEASES:
            if release.recognised_by.intersection(mirror.suites) and not mirror.uris.startswith("cdrom:"):
                return mirror, release
    raise MicroPythonUnavailable(
        f"none of apt's {len(mirrors)} package sources is a Debian or Ubuntu mirror."
    )


def _lines(text: str) -> Iterator[Mirror]:
    """The older form: `deb [option=value ...] uri suite component ...`."""
    for line in text.splitlines():
        words = line.split("#", 1)[0].split()
        if words[:1] != ["deb"]:
            continue
        options, rest = _options(words[1:])
        if len(rest) >= 2:
            yield Mirror(rest[0], (rest[1],), options.get("signed-by", ""))


def _options(words: Sequence[str]) -> tuple[Mapping[str, str], Sequence[str]]:
    if not words or not words[0].startswith("["):
        return {}, words
    end = next((at for at, word in enumerate(words) if word.endswith("]")), len(words) - 1)
    pairs = " ".join(words[: end + 1]).strip("[]").split()
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair), words[end + 1 :]


def _stanzas(text: str) -> Iterator[Mirror]:
    """The newer form: paragraphs of `Field: value`, continued on indented lines."""
    kept = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for paragraph in kept.split("\n\n"):
        fields = _fields(paragraph)
        suites = tuple(fields.get("suites", "").split())
        off = fields.get("enabled", "yes").lower() in {"no", "false", "0"}
        if "deb" in fields.get("types", "").split() and suites and fields.get("uris") and not off:
            yield Mirror(fields["uris"], suites, fields.get("signed-by", ""))


def _fields(paragraph: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    name = ""
    for line in paragraph.splitlines():
        if line[:1] in {" ", "\t"} and name:
            fields[name] += "\n" + line
        elif ":" in line:
            name, value = line.split(":", 1)
            name = name.strip().lower()
            fields[name] = value.strip()
    return fields


def _download(scratch: Path, mirror: Mirror, release: Release, tell: Callable[[str], None]) -> None:
    apt = _apt(scratch, mirror, release)
    tell(
        f"Fetching MicroPython ({release.suite}) from this machine's package mirror: 14 MB, once, no root ..."
    )
    _run([*apt, "update"])
    tell("  packages ...")
    _run([*apt, "--yes", "--no-install-recommends", "--download-only", "install", PACKAGE])
    root = scratch / "root"
    for archive in sorted((scratch / "cache" / "archives").glob("*.deb")):
        _run(["dpkg-deb", "--extract", str(archive), str(root)])
    shutil.rmtree(root / "usr/share", ignore_errors=True)


def _apt(scratch: Path, mirror: Mirror, release: Release) -> list[str]:
    """Apt with state of its own: an empty list of installed packages makes it bring every library along."""
    for name in ("sources", "state/lists/partial", "cache/archives/partial"):
        (scratch / name).mkdir(parents=True)
    (scratch / "state/status").touch()
    signed = f"Signed-By: {mirror.signed_by}\n" if mirror.signed_by else ""
    source = f"Types: deb\nURIs: {mirror.uris}\nSuites: {release.suite}\nComponents: {release.components}\n"
    (scratch / "sources/mirror.sources").write_text(source + signed, encoding="utf-8")
    options = {
        "Dir::State": scratch / "state",
        "Dir::State::status": scratch / "state/status",
        "Dir::Cache": scratch / "cache",
        "Dir::Etc::sourcelist": "/dev/null",
        "Dir::Etc::sourceparts": scratch / "sources",
        "Acquire::Languages": "none",
        "APT::Sandbox::User": "root",
    }
    return [
        "apt-get",
        "--quiet",
        *(word for key, value in options.items() for word in ("-o", f"{key}={value}")),
    ]


def _run(argv: Sequence[str]) -> None:
    try:
        done = subprocess.run(
            argv,
            capture_output=True,
            text=True,
            timeout=APT_SECONDS,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"},
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise MicroPythonUnavailable(f"{argv[0]} took longer than {APT_SECONDS} s.") from late
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip())[-400:]
        raise MicroPythonUnavailable(f"{argv[0]} failed ({done.returncode}): {said}")


def _put(new: Path, place: Path) -> None:
    """Move a whole copy into place; an unusable one that is there goes first."""
    if place.exists():
        place.rename(new.parent / "unusable")
    new.rename(place)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    import fcntl  # noqa: PLC0415  (not on Windows, where there is no apt either)

    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
