"""What `gentlepress demo` leaves behind is real: chart, picture, database - and the tool's own bytes in it."""

from __future__ import annotations

import re
import time

import pytest
from gentlepress.chip.image import read_filesystem
from gentlepress.firmware.core import wire
from gentlepress.firmware.sim.flash import BLOCK, IMAGE
from gentlepress.record_reader import read_session
from gentlepress.store import open_store

from tests.system.support import gentlepress, simulator, user

pytestmark = pytest.mark.micropython

STEP = re.compile(r"^ *\d+ (?:forehead|crow's feet|smile lines|cheeks|jawline) [LRM]", re.MULTILINE)
FETCHES = re.compile(r"""<(?:script|link|iframe|img)\b|(?:src|href)=["'][^"'#]|url\([^)#]|@import""")


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """The demo, run once in an empty folder: (folder, what it printed, seconds)."""
    folder = tmp_path_factory.mktemp("demo")
    began = time.monotonic()
    done = user("demo", "--out", "out", cwd=folder, timeout_s=110)
    assert done.code == 0, done.err
    return folder / "out", done.out, time.monotonic() - began


def test_it_takes_less_than_a_minute_and_tells_both_syncs_and_every_step(shown):
    _folder, out, seconds = shown
    assert seconds < 60
    assert re.search(r"First sync:  1 new, 0 already here", out)
    assert re.search(r"Second sync: 0 new, 1 already here", out)
    assert len(STEP.findall(out)) == 11


def test_the_chart_is_one_file_that_needs_nothing_else(shown):
    page = (shown[0] / "session-1.html").read_text(encoding="utf-8")
    assert page.lower().startswith("<!doctype html>")
    assert "<svg" in page
    assert FETCHES.findall(page) == []
    for word in ("band", "limit", "warn"):
        assert word in page.lower()


def test_the_picture_is_one(shown):
    from PIL import Image

    with Image.open(shown[0] / "session-1.png") as picture:
        picture.load()
        assert picture.width >= 800
        assert len(picture.convert("RGB").getcolors(1 << 24)) > 50


def test_what_it_stored_is_a_whole_session(shown):
    with open_store(str(shown[0] / "demo.db"), writable=False) as store:
        stored = store.latest()
    session = stored.session
    assert session == read_session(stored.data)
    assert session.torn_bytes == 0
    assert session.summary.steps_total == len(session.steps) == 11
    assert stored.row.peak_mn == session.summary.peak_mn == max(step.peak_mn for step in session.steps)
    assert session.summary.over_ms == sum(step.over_ms for step in session.steps)


def test_the_database_holds_the_bytes_of_the_tools_flash(tmp_path, short_routine):
    flash, database, link = tmp_path / "flash", tmp_path / "s.db", tmp_path / "port"
    hand = ("--hand", "heavy", "--clock", "virtual", "--routine", short_routine())
    with simulator(*hand, "--flash", flash, "--link", link) as running:
        assert running.done()["reason"] == "session"
        first = gentlepress("sync", "--port", f"serial:{link}", "--db", database)
        second = gentlepress("sync", "--port", f"serial:{link}", "--db", database)
    assert first.out.startswith("1 new, 0 already here")
    assert second.out.startswith("0 new, 1 already here")
    with open_store(str(database), writable=False) as store:
        kept = store.session(1).data
    image = (flash / IMAGE).read_bytes()
    assert len(image) % BLOCK == 0
    assert read_filesystem(image)[wire.session_path(1).lstrip("/")] == kept
