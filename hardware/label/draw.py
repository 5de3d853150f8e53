"""Draws the label of the tool, 50 x 20 mm, as SVG with the words of hardware/care.md.

python -m hardware.label.draw --into FOLDER
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from hardware.outputs import HARDWARE

WIDTH_MM, HEIGHT_MM = 50, 20
FIRST_MM, STEP_MM = 4.6, 2.75


def words() -> list[str]:
    """The label's sentences, as the page has them."""
    page = (HARDWARE / "care.md").read_text(encoding="utf-8")
    quoted = " ".join(line[2:] for line in page.splitlines() if line.startswith("> "))
    return re.findall(r"[^.]+\.", quoted)


def lines() -> list[tuple[str, float, str]]:
    """(words, size in mm, weight) line by line."""
    name, no_device, purpose, keep_off, stop, dark, charging, cell = (text.strip() for text in words())
    return [
        (name.removesuffix("."), 3.4, "bold"),
        (no_device.removesuffix("."), 2.5, "bold"),
        (purpose, 1.75, "normal"),
        (keep_off, 1.75, "normal"),
        (f"{stop} {cell}", 1.75, "normal"),
        (f"{dark} {charging}", 1.75, "bold"),
    ]


def drawing() -> str:
    """The SVG."""
    size = f'width="{WIDTH_MM}mm" height="{HEIGHT_MM}mm" viewBox="0 0 {WIDTH_MM} {HEIGHT_MM}"'
    frame = f'<rect x="0.3" y="0.3" width="{WIDTH_MM - 0.6}" height="{HEIGHT_MM - 0.6}" rx="1.6"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
        f'{frame} fill="white" stroke="black" stroke-width="0.25"/>',
    ]
    for number, (text, height, weight) in enumerate(lines()):
        y = FIRST_MM + STEP_MM * number
        parts.append(
            f'<text x="{WIDTH_MM / 2}" y="{y:.2f}" font-family="DejaVu Sans, sans-serif" font-size="{height}"'
            f' font-weight="{weight}" text-anchor="middle">{text}</text>'
        )
    return "\n".join([*parts, "</svg>", ""])


def main(argv: list[str] | None = None) -> int:
    """Write the label."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--into", type=Path, required=True)
    folder = parser.parse_args(argv).into / "label"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "label.svg").write_text(drawing(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
