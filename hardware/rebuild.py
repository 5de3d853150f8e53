"""Makes every output of hardware/ anew and records what it was made from (`make hardware`).

python -m hardware.rebuild [--stale] [FOLDER | FOLDER/NAME ...]
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hardware import outputs


def missing_commands(output: outputs.Output) -> list[str]:
    """What must be installed from Debian before an output can be made, as lines to print."""
    return [
        f"{output.folder}/{output.name} needs `{command}`: apt install {package}"
        for command, package in output.needs.items()
        if shutil.which(command) is None
    ]


def make(output: outputs.Output, into: Path) -> None:
    """Run a generator into a folder; raises RuntimeError if it fails or makes other files than it says."""
    argv = [sys.executable, "-m", output.module, "--into", str(into)]
    for name in output.makes:
        (into / name).parent.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(argv, cwd=outputs.ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(argv[1:3])} failed:\n{done.stdout}{done.stderr}")
    made = {path.relative_to(into).as_posix() for path in into.rglob("*") if path.is_file()}
    if made != set(output.makes):
        raise RuntimeError(f"{output.module} made {sorted(made)}, its registry says {sorted(output.makes)}")


def take(output: outputs.Output) -> None:
    """Make an output and put it into the tree, with its entry in the lock."""
    with tempfile.TemporaryDirectory() as scratch:
        make(output, Path(scratch))
        for name in output.makes:
            (outputs.HARDWARE / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(Path(scratch) / name, outputs.HARDWARE / name)
    lock = outputs.read_lock(output.folder)
    lock[output.name] = outputs.entry_of(output)
    names = {other.name for other in outputs.registered() if other.folder == output.folder}
    kept = {name: lock[name] for name in sorted(lock) if name in names}
    path = outputs.HARDWARE / output.folder / outputs.LOCK
    path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def chosen(only: list[str]) -> list[outputs.Output]:
    """Outputs of the folders and names given, or all."""
    return [
        output
        for output in outputs.registered()
        if not only or output.folder in only or f"{output.folder}/{output.name}" in only
    ]


def main(argv: list[str] | None = None) -> int:
    """Make what was asked for; 1 if one fails, 2 if something must be installed first."""
    parser = argparse.ArgumentParser(prog="python -m hardware.rebuild", description=__doc__.splitlines()[0])
    parser.add_argument("only", nargs="*", metavar="FOLDER[/NAME]")
    parser.add_argument("--stale", action="store_true", help="only what is not fresh")
    options = parser.parse_args(argv)
    todo = chosen(options.only)
    lacking = [line for output in todo for line in missing_commands(output)]
    if lacking:
        print("\n".join(dict.fromkeys(lacking)), file=sys.stderr)
        return 2
    for output in todo:
        # Asked only now: what was made before may be a source of this.
        if options.stale and not outputs.complaints(output):
            continue
        start = time.monotonic()
        try:
            take(output)
        except RuntimeError as error:
            print(error, file=sys.stderr)
            return 1
        print(f"  {output.folder}/{output.name:<20}{time.monotonic() - start:6.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
