"""The book says what the code does: tables, examples and links; every console block is run."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from gentlepress import routine_file
from gentlepress.errors import ExitCode
from gentlepress.exchange import tables
from gentlepress.firmware.core import ids, limits, points, routine

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
CONSOLE = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


def table(page: str, first_heading: str) -> list[list[str]]:
    """Rows of the first table whose head begins with a word."""
    rows, inside = [], False
    for line in (ROOT / "docs" / f"{page}.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if cells and cells[0] == first_heading and not rows:
            inside = True
        elif inside and not cells:
            return rows
        elif inside and not set(cells[0]) <= {"-"}:
            rows.append(cells)
    return rows


def zone_word(zone: int) -> str:
    return "crow's feet" if zone == ids.CROWS_FEET else ids.ZONE_NAMES[zone].replace("_", " ")


def newtons(mn: int) -> str:
    return f"{mn / 1000:.1f}"


def test_limits_are_those_of_the_table():
    expected = [
        [
            zone_word(zone),
            f"{newtons(lo)}-{newtons(hi)}",
            newtons(warn),
            newtons(limit),
            f"{zone_ms // 1000} s",
            f"{hold_ms // 1000} s",
            "opt-in" if zone in limits.OPT_IN_ZONES else "on",
        ]
        for zone, (lo, hi, warn, limit, zone_ms, hold_ms) in limits.ZONES.items()
    ]
    assert table("limits", "Zone") == expected


def test_points_are_those_of_the_table():
    listed = {row[0]: row[1:4] for row in table("points", "Code")}
    assert listed == {
        code: [name, zone_word(zone), "pair" if pair else "midline"]
        for number, (code, name, zone, pair) in points.POINTS.items()
        if number
    }


def test_forbidden_points_are_those_of_the_table():
    text = (ROOT / "docs" / "points.md").read_text().split("## Points that are never pressed")[1]
    rows = re.findall(r"^\| ([A-Z]+\d+) \| (\w+) \|", text, re.MULTILINE)
    assert {code for code, _name in rows} == set(points.FORBIDDEN)
    assert all(points.why_forbidden(name) == points.FORBIDDEN[code] for code, name in rows)


def test_exit_codes_are_those_of_the_program():
    assert {(int(row[0]), row[1]) for row in table("exit-codes", "Code")} == {
        (int(c), c.name) for c in ExitCode
    }


def test_the_example_routine_is_accepted_and_every_field_told():
    text = (ROOT / "docs" / "routines.md").read_text()
    example = re.search(r"```toml\n(.*?)```", text, re.DOTALL).group(1)
    assert routine_file.check_text(example.encode(), "example").routine.name == "Before sleep"
    assert all(f"`{key}`" in text for key in (*routine.TOP_KEYS, *routine.STEP_KEYS))


def test_the_columns_of_an_export_are_told():
    text = (ROOT / "docs" / "history.md").read_text() + (ROOT / "docs" / "log-format.md").read_text()
    headings = {tables.heading(field) for field in re.findall(r"`(\w+)`", text)}
    for table in (tables.TOOLS, tables.SESSIONS, tables.STEPS, tables.EVENTS, tables.TRACE):
        assert {column.name for column in table} - headings == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text()):
        if not target.startswith(("http:", "https:")):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize(
    "page", [page for page in PAGES if CONSOLE.search(page.read_text())], ids=lambda page: page.name
)
@pytest.mark.micropython
def test_console_blocks_run_as_shown(page, tmp_path):
    """Every command ends with 0, and every line shown under it is among what it printed."""
    folders = {"XDG_CACHE_HOME": str(cache_folder()), "XDG_DATA_HOME": str(tmp_path / "data")}
    env = os.environ | folders | {"HOME": str(tmp_path), "COLUMNS": "100"}
    for block in CONSOLE.findall(page.read_text()):
        for part in block.split("$ ")[1:]:
            command, *shown = part.strip().splitlines()
            words = shlex.split(command)
            assert words[0] == "gentlepress", command
            done = subprocess.run(
                [sys.executable, "-m", *words],
                cwd=tmp_path,
                env=env,
                capture_output=True,
                text=True,
                timeout=100,
                check=False,
            )
            assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
            for line in shown:
                assert line in done.stdout, f"{command}\n{done.stdout}"


def cache_folder() -> Path:
    """The real cache: the interpreter is fetched once, not once a page."""
    from platformdirs import user_cache_path

    return user_cache_path()
