"""Chart, page and table of a session."""

from __future__ import annotations

import io
import re
import struct
from html.parser import HTMLParser

import pytest
from gentlepress.errors import UsageError
from gentlepress.firmware.core import ids, records
from gentlepress.record_reader import read_session
from gentlepress.report import facts, marks, steps_table, write_chart
from gentlepress.report.table import notes
from rich.console import Console

from tests.host.session_maker import session_bytes


@pytest.fixture(scope="module")
def session():
    return read_session(session_bytes())


def test_html_needs_nothing_from_outside(session, tmp_path):
    write_chart(session, tmp_path / "s.html")
    text = (tmp_path / "s.html").read_text()
    assert text.count("<svg") == 1
    assert not re.search(r"""(?:src|href)\s*=\s*["']\s*(?:https?:)?//""", text)
    assert not re.search(r"<(?:script|link|img|iframe|object)\b|@import|url\((?!#)", text)
    for word in ("How to read", "smile lines, left LI20", "crow&#x27;s feet", "Limits in force", "0.42"):
        assert word in text


class Tags(HTMLParser):
    """Open tags that were never closed; SVG and void elements aside."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_html_is_well_formed(session, tmp_path):
    write_chart(session, tmp_path / "s.html")
    parser = Tags()
    parser.feed((tmp_path / "s.html").read_text())
    assert parser.open == []


def test_html_escapes_what_the_tool_says(tmp_path):
    hostile = read_session(session_bytes(routine="<script>x</script>"))
    write_chart(hostile, tmp_path / "s.html")
    assert "<script" not in (tmp_path / "s.html").read_text()


def png_size(path) -> tuple[int, int]:
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", data[16:24])


def test_png_is_of_readable_size(session, tmp_path):
    write_chart(session, tmp_path / "s.png")
    width, height = png_size(tmp_path / "s.png")
    assert 1200 <= width <= 2000
    assert 600 <= height <= 1200
    assert 20_000 < (tmp_path / "s.png").stat().st_size < 1_000_000


@pytest.mark.parametrize("steps", [(), ((99, 7, 200),), ((ids.NECK, ids.LEFT, 17),)])
@pytest.mark.parametrize("kind", ["html", "png"])
def test_odd_sessions_are_drawn_too(steps, kind, tmp_path):
    known = tuple(step for step in steps if step[0] != 99)
    data = session_bytes(steps=known, closed=bool(known))
    if len(known) != len(steps):
        data = rename_zone(session_bytes(steps=((ids.CHEEKS, ids.LEFT, 3),)))
    write_chart(read_session(data), tmp_path / f"s.{kind}")
    assert (tmp_path / f"s.{kind}").stat().st_size > 5000


def rename_zone(data: bytes) -> bytes:
    """The same file with a zone, side and point of a newer firmware."""
    out = []
    for kind, number, payload in records.parse(data)[0]:
        if kind == records.STEP:
            other = records.unpack(kind, payload) | {"zone": 99, "side": 7, "point": 200}
            out.append(records.frame(kind, number, records.pack(kind, other)))
        else:
            out.append(records.frame(kind, number, payload))
    return b"".join(out)


def test_unknown_numbers_are_shown_as_such():
    shown = text_of(steps_table(read_session(rename_zone(session_bytes(steps=((ids.CHEEKS, ids.LEFT, 3),))))))
    assert "99" in shown


def test_other_endings_are_refused(session, tmp_path):
    with pytest.raises(UsageError, match=r"\.pdf is not known"):
        write_chart(session, tmp_path / "s.pdf")


def test_an_unwritable_place_is_refused_and_leaves_nothing(session, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="can't be written"):
        write_chart(session, tmp_path / "file" / "s.png")


def text_of(renderable) -> str:
    console = Console(width=80, color_system=None, file=io.StringIO())
    console.print(renderable)
    return console.file.getvalue()


def test_table_fits_eighty_columns_and_cuts_nothing(session):
    shown = text_of(steps_table(session))
    assert max(len(line) for line in shown.splitlines()) <= 80
    assert "…" not in shown
    assert "smile lines L" in shown
    assert "1/1/1" in shown


def test_facts_and_notes_say_what_is_known(session):
    assert dict(facts(session))["Routine"] == "First week"
    assert "For 2.0 s there was no force data." in notes(session)
    torn = read_session(session_bytes(closed=False) + b"torn")
    assert dict(facts(torn))["Length"].endswith("never closed")
    assert any("4 bytes" in note for note in notes(torn))
    unset = read_session(session_bytes(start_unix_s=0))
    assert dict(facts(unset))["Started"].startswith("unknown")


def test_marks_are_worked_out_from_events_and_trace(session):
    assert len(marks.alerts(session, ids.EVENT_OVER)) == 5
    assert all(force > 2000 for _t, force in marks.alerts(session, ids.EVENT_OVER))
    assert len(marks.reactions(session)) == 5
    assert [(span.start_ms, span.end_ms) for span in marks.blind(session)] == [(64_000, 66_000)]
    assert len(marks.contacts(session)) == 12
    assert len(marks.motor(session)) == 5
