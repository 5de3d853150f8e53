"""What the tests of the whole share."""

from __future__ import annotations

import pytest

ONE_STEP = """format = 1
name = "One step"

[[steps]]
zone = "{zone}"
side = "left"
hold_ms = 2000
presses = 1
"""


@pytest.fixture
def short_routine(tmp_path):
    """Writes a routine of a single short press; give the zone."""

    def write(zone: str = "cheeks"):
        path = tmp_path / f"{zone}.toml"
        path.write_text(ONE_STEP.format(zone=zone), encoding="utf-8")
        return path

    return write
