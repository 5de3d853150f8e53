"""Every output made anew is what was committed. Needs the tools of `make hardware`."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardware import outputs, rebuild, same

pytestmark = [pytest.mark.hardware, pytest.mark.timeout(900)]


@pytest.mark.parametrize("output", outputs.registered(), ids=lambda output: f"{output.folder}-{output.name}")
def test_made_anew_it_is_the_same(output: outputs.Output, tmp_path: Path):
    assert rebuild.missing_commands(output) == []
    rebuild.make(output, tmp_path)
    differences = (
        same.difference(outputs.HARDWARE / name, tmp_path / name, output.mask) for name in output.makes
    )
    assert [line for line in differences if line] == []
