"""Whether two makings of a file are the same, as far as tools and dates let them be."""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image, ImageChops, ImageStat

PIXELS_OFF = 0.02
"""Share of a picture's full brightness by which two renderings may differ on average: fonts of another release."""


def difference(first: Path, second: Path, mask: tuple[str, ...] = ()) -> str:
    """What differs, in words; an empty text if nothing does."""
    if first.suffix == ".png":
        return pictures_differ(first, second)
    if first.suffix == ".stl":
        return "" if first.read_bytes() == second.read_bytes() else f"{first.name}: other triangles"
    return texts_differ(first, second, mask)


def texts_differ(first: Path, second: Path, mask: tuple[str, ...]) -> str:
    """The first line that differs, with what the masks name taken out."""
    lines = []
    for path in (first, second):
        text = path.read_text(encoding="utf-8")
        for pattern in mask:
            text = re.sub(pattern, "", text)
        lines.append(text.splitlines())
    for number, (one, other) in enumerate(zip(*lines, strict=False), 1):
        if one != other:
            return f"{first.name}, line {number}: {one[:80]!r} is now {other[:80]!r}"
    lengths = [len(text) for text in lines]
    return "" if lengths[0] == lengths[1] else f"{first.name}: {lengths[0]} lines are now {lengths[1]}"


def pictures_differ(first: Path, second: Path) -> str:
    """Size or mean difference of two pictures."""
    with Image.open(first) as one, Image.open(second) as other:
        if one.size != other.size:
            return f"{first.name}: {one.size} is now {other.size}"
        apart = ImageStat.Stat(ImageChops.difference(one.convert("L"), other.convert("L"))).mean[0] / 255
    return "" if apart <= PIXELS_OFF else f"{first.name}: brightness is off by {apart:.1%}"
