"""Makes the netlists: checks every combination of parts by SKiDL's rules and by ours, then writes those that are kept.

python -m hardware.circuit.netlists --into FOLDER
"""

from __future__ import annotations

import argparse
import contextlib
import io
import itertools
import os
import re
import sys
import tempfile
from pathlib import Path

from hardware.circuit import netlist, rules
from hardware.circuit.variants import BOARDS, MOTORS, SENSORS, VARIANTS, Variant

QUIET = ("KICAD", "KICAD6", "KICAD7", "KICAD8", "KICAD9", "KICAD10")


def prepare() -> None:
    """SKiDL looks for KiCad's symbols, which nothing here uses, and drops logs where it stands."""
    for name in QUIET:
        os.environ.setdefault(f"{name}_SYMBOL_DIR", tempfile.gettempdir())
    os.chdir(tempfile.mkdtemp())


def erc(variant: Variant):
    """(circuit, ERC's complaints) of a variant."""
    with contextlib.redirect_stderr(io.StringIO()):
        import skidl  # noqa: PLC0415  # after prepare(), and only where it is installed

        from hardware.circuit.design import Design  # noqa: PLC0415

        skidl.erc_logger.error.reset()
        skidl.erc_logger.warning.reset()
        circuit = Design(variant).circuit
        heard = io.StringIO()
        with contextlib.redirect_stderr(heard):
            circuit.ERC()
    found = skidl.erc_logger.error.count + skidl.erc_logger.warning.count
    return circuit, [f"{found} errors and warnings of ERC"] if found else []


def text_of(circuit) -> str:
    """The netlist of a circuit, without the date and with nothing that moves when a line of ours does."""
    with tempfile.TemporaryDirectory() as scratch, contextlib.redirect_stderr(io.StringIO()):
        path = Path(scratch) / "tool.net"
        circuit.generate_netlist(file_=str(path))
        text = path.read_text(encoding="utf-8")
    text = re.sub(r'\(date "[^"]*"\)', '(date "")', text)
    text = re.sub(r'\(source "[^"]*"\)', '(source "hardware/circuit/design.py")', text)
    text = re.sub(r'\s*\(field\s*\(name "SKiDL Line"\) "[^"]*"\)', "", text)
    return text.rstrip("\n") + "\n"


def main(argv: list[str] | None = None) -> int:
    """Check all combinations and write the kept ones; 1 with the complaints if there are any."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--into", type=Path, required=True)
    into = parser.parse_args(argv).into.resolve()
    prepare()
    texts, complaints = {}, []
    for variant in itertools.starmap(Variant, itertools.product(BOARDS, SENSORS, MOTORS)):
        circuit, found = erc(variant)
        texts[variant] = text_of(circuit)
        found += rules.complaints(netlist.parse(texts[variant], variant))
        complaints += [f"{'+'.join(variant)}: {line}" for line in found]
    print("\n".join(complaints), end="\n" if complaints else "")
    for name, variant in VARIANTS.items():
        path = into / netlist.file_of(name).relative_to(netlist.HARDWARE)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts[variant], encoding="utf-8")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
