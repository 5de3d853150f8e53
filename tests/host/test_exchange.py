"""Export and import: what goes out comes back, in every format, whatever a session holds."""

from __future__ import annotations

import csv
import dataclasses
import json
import stat
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from gentlepress.errors import ExitCode, ExportInvalid, UsageError
from gentlepress.exchange import FORMATS, cells, read_export, tables, write_export
from gentlepress.firmware.core import ids, records
from gentlepress.record_reader import Event, Interval, Step, read_session
from gentlepress.store import ToolRow, open_store
from gentlepress.store.adding import Offered
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.host.session_maker import header, session_bytes, trace_payloads
from tests.host.test_store import undated

TOOL = ToolRow("0011223344556677", "Rose", "fake", "0.1.0", 1_700_000_000, 1_800_000_000, 0)
OTHER = dataclasses.replace(TOOL, device_id="ffff", name="Lily")
KINDS = sorted(FORMATS)
SIZES = {"B": 8, "H": 16, "I": 32, "Q": 64, "i": 31}


def fields(table, **fixed):
    """Values of a record, each from the whole range of its type."""
    kinds = {}
    for name, code in table:
        if code.endswith("s"):
            kinds[name] = st.binary(min_size=int(code[:-1]), max_size=int(code[:-1]))
        else:
            low = -(2**31) if code == "i" else 0
            kinds[name] = st.integers(low, 2 ** SIZES[code] - 1)
    return st.fixed_dictionaries(kinds | fixed)


names = st.text(st.characters(codec="utf-8"), max_size=8).map(
    lambda text: text.encode()[:24].ljust(24, b"\0")
)
headers = fields(
    records.HEADER_FIELDS, format_version=st.sampled_from((1, records.FORMAT_VERSION)), routine_name=names
)
steps = fields(records.STEP_FIELDS)
summaries = fields(records.SUMMARY_FIELDS)
events = st.tuples(
    st.integers(0, 2**32 - 1), st.integers(0, 255), st.integers(0, 255), st.integers(-(2**31), 2**31 - 1)
)
parts = st.tuples(st.integers(0, 65535), st.integers(0, 65535), st.booleans())


@st.composite
def session_files(draw, number: int) -> bytes:
    """A file of any records that the format allows, some of a kind that nobody knows, perhaps torn."""
    head = draw(headers) | {"session_id": number}
    out = [(records.HEADER, records.pack(records.HEADER, head))]
    out += [(records.STEP, records.pack(records.STEP, step)) for step in draw(st.lists(steps, max_size=3))]
    if found := draw(st.lists(events, max_size=records.EVENTS_PER_RECORD)):
        out.append((records.EVENTS, records.pack_events(found)))
    pressed = [(at * 50, *part) for at, part in enumerate(draw(st.lists(parts, max_size=40)))]
    out += [(records.TRACE, payload) for payload in trace_payloads(pressed)]
    if draw(st.booleans()):
        out.append((99, draw(st.binary(max_size=50))))
    if draw(st.booleans()):
        out.append((records.SUMMARY, records.pack(records.SUMMARY, draw(summaries))))
    whole = b"".join(
        records.frame(kind, at, payload, head["format_version"]) for at, (kind, payload) in enumerate(out)
    )
    return whole + draw(st.binary(max_size=7))


seconds = st.integers(0, 2**32 - 1)
starts = st.one_of(
    st.just((None, ids.TIME_UNKNOWN)),
    st.tuples(seconds, st.integers(0, 255).filter(lambda quality: quality != ids.TIME_UNKNOWN)),
)
texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=12)
tools = st.builds(
    ToolRow,
    st.just(TOOL.device_id),
    texts,
    texts,
    texts,
    seconds,
    seconds,
    st.just(0),
    st.sampled_from([(), (("Ada", 0),), (("Ada", 1), ("Ben", 2))]),
)


@st.composite
def histories(draw):
    """Tools and sessions of a database."""
    found = [draw(tools), dataclasses.replace(draw(tools), device_id="ffff", owners=())]
    offered = [
        Offered(
            draw(st.sampled_from(found)).device_id, draw(session_files(number)), draw(seconds), *draw(starts)
        )
        for number in range(1, draw(st.integers(2, 4)))
    ]
    return found, offered


def content(store) -> dict:
    """All that a person could miss, but what is this desktop's own: keys, acknowledgements, cursors."""
    rows = store.sessions(newest_first=False)
    sessions = {
        (row.device_id, row.session_id): (dataclasses.replace(row, key=0, acknowledged=False), data)
        for row, data in store.files(rows)
    }
    used = {row.device_id for row in rows}
    return {"sessions": sessions, "tools": {tool for tool in store.tools() if tool.device_id in used}}


def filled(folder: Path, name: str, found, offered):
    store = open_store(str(folder / name))
    store.add_all(found, offered)
    return store


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25)
@given(histories())
def test_what_goes_out_comes_back(kind: str, history) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with filled(folder, "one.db", *history) as one, open_store(str(folder / "two.db")) as two:
            write_export(one, one.sessions(), folder / "out", kind)
            found, offered = read_export(folder / "out")
            added = two.add_all(found, offered)
            assert (added.new, added.there, added.conflicts) == (len(history[1]), 0, [])
            assert content(two) == content(one)


@settings(max_examples=25)
@given(histories())
def test_the_tables_say_what_the_sessions_hold(history) -> None:
    """Read by their headings alone, without the sessions' files."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with filled(folder, "one.db", *history) as one:
            write_export(one, one.sessions(), folder / "out", "csv")
            expected = {
                (row.device_id, row.session_id): read_session(data) for row, data in one.files(one.sessions())
            }
        lines = {
            table: table_of(folder / "out" / f"{table}.csv") for table in ("sessions", "steps", "events")
        }
        assert len(lines["sessions"]) == len(expected)
        for (device_id, number), session in expected.items():
            mine = {"device_id": device_id, "session_id": str(number)}
            of = {
                name: [line for line in found if mine.items() <= line.items()]
                for name, found in lines.items()
            }
            assert tuple(typed(Step, line) for line in of["steps"]) == session.steps
            assert tuple(typed(Event, line) for line in of["events"]) == session.events
            trace = table_of(folder / "out" / "traces" / f"{device_id}-{number:08d}.csv")
            assert tuple(typed(Interval, line) for line in trace) == session.trace
            [line] = of["sessions"]
            assert line["routine_name"].removeprefix("'") == session.header.routine_name
            assert int(line["start_uptime_ms"]) == session.header.start_uptime_ms
            assert line["peak_mN"] == ("" if session.summary is None else str(session.summary.peak_mn))


def table_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def typed(kind, line: dict[str, str]):
    """A step, an event or an interval from its line: numbers, or the words for them."""
    values = {}
    for name in kind.__dataclass_fields__:
        text = line[tables.heading(name)]
        values[name] = tables.number_of(name, text) if name in tables._WORDS else int(text)
    return kind(**values)


@given(st.text(), seconds)
def test_cells(text: str, when: int) -> None:
    assert cells.from_cell(cells.to_cell(text, tables.TEXT), tables.TEXT) == text
    assert not cells.to_cell(text, tables.TEXT).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cells.from_cell(cells.to_cell(when, tables.TIME), tables.TIME) == when
    assert datetime.fromisoformat(cells.iso(when)) == datetime.fromtimestamp(when, UTC)
    assert cells.from_iso("2026-11-24T19:30:00+01:00") == cells.from_iso("2026-11-24T18:30:00Z")


@pytest.fixture
def store(tmp_path: Path):
    offered = [
        Offered(TOOL.device_id, session_bytes(7), 1_795_000_500, 1_795_000_000, ids.TIME_SET),
        Offered(TOOL.device_id, undated(8), 1_795_000_500, None, ids.TIME_UNKNOWN),
    ]
    with filled(
        tmp_path, "s.db", [dataclasses.replace(TOOL, name="=1+1", owners=(("Ada", 0),))], offered
    ) as made:
        yield made


def test_units_are_in_the_headings_and_times_are_iso(store, tmp_path: Path) -> None:
    write_export(store, store.sessions(), tmp_path / "out", "csv")
    head = (tmp_path / "out" / "sessions.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    assert {
        "peak_mN",
        "impulse_mN_s",
        "in_band_ms",
        "rate_per_s",
        "counts_per_N",
        "size_bytes",
        "start_utc",
    } <= set(head)
    undated_line, dated = sorted(
        table_of(tmp_path / "out" / "sessions.csv"), key=lambda line: line["start_utc"]
    )
    assert (dated["start_utc"], dated["start_quality"]) == ("2026-11-18T11:06:40Z", "set")
    assert (undated_line["start_utc"], undated_line["start_quality"]) == ("", "unknown")
    assert undated_line["copied_utc"] == "2026-11-18T11:15:00Z"
    assert dated["tool_name"] == "'=1+1"
    assert dated["owners"] == "Ada"
    assert (tmp_path / "out" / "files" / "0011223344556677-00000007.gps").read_bytes() == session_bytes(7)


def test_an_unset_clock_gives_no_date_even_if_the_tool_wrote_one(tmp_path: Path) -> None:
    values = header(9, "r", 1_000_000) | {"time_quality": ids.TIME_UNKNOWN, "boot": 2}
    data = records.frame(records.HEADER, 0, records.pack(records.HEADER, values))
    with filled(tmp_path, "u.db", [TOOL], [Offered(TOOL.device_id, data, 5, None, ids.TIME_UNKNOWN)]) as made:
        write_export(made, made.sessions(), tmp_path / "u.jsonl", "jsonl")
    line = json.loads((tmp_path / "u.jsonl").read_text(encoding="utf-8").splitlines()[2])
    assert (line["start_utc"], line["tool_start_utc"], line["tool_start_quality"]) == (None, None, "unknown")


@pytest.mark.parametrize("kind", KINDS)
def test_exports_are_private_and_never_half_there(store, tmp_path: Path, kind: str, monkeypatch) -> None:
    target = tmp_path / "out"
    write_export(store, store.sessions(), target, kind)
    for path in [target, *target.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    with pytest.raises(UsageError, match="there already"):
        write_export(store, store.sessions(), target, kind)
    monkeypatch.setattr(tables, "event_values", lambda _whole: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        write_export(store, store.sessions(), tmp_path / "broken", kind)
    assert not [path for path in tmp_path.iterdir() if "broken" in path.name]


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def damage_csv(folder: Path, what: str) -> None:
    sessions = folder / "sessions.csv"
    if what == "no table":
        sessions.rename(folder / "sessions.parquet.csv")
    elif what == "no file":
        (folder / "files" / "0011223344556677-00000008.gps").unlink()
    elif what == "flipped":
        path = folder / "files" / "0011223344556677-00000008.gps"
        path.write_bytes(path.read_bytes()[:-1] + b"?")
    elif what == "made-up date":
        change(sessions, ",,unknown,", ",2026-01-01T00:00:00Z,unknown,")
    elif what == "no zone":
        change(sessions, "2026-11-18T11:06:40Z", "2026-11-18T11:06:40")
    elif what == "no column":
        change(sessions, "crc32", "crc")
    elif what == "no number":
        change(sessions, ",8,", ",eight,")
    elif what == "no UTF-8":
        sessions.write_bytes(sessions.read_bytes() + b"\xff\xfe")
    elif what == "other tool":
        change(folder / "tools.csv", "0011223344556677", "ffff")


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("no table", "neither sessions.csv"),
        ("no file", "00000008.gps can't be read"),
        ("flipped", "session 8 is damaged"),
        ("made-up date", "only an unknown start has no date"),
        ("no zone", "start_utc = '2026-11-18T11:06:40' is no time"),
        ("no column", "no column crc32"),
        ("no number", "session_id = 'eight' is no whole"),
        ("no UTF-8", "no CSV file in UTF-8"),
        ("other tool", "not among the tools"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_taken(store, tmp_path: Path, what: str, said: str) -> None:
    write_export(store, store.sessions(newest_first=False), tmp_path / "out", "csv")
    damage_csv(tmp_path / "out", what)
    refused(tmp_path, said)


def refused(folder: Path, said: str) -> None:
    with open_store(str(folder / "new.db")) as new:
        with pytest.raises(ExportInvalid) as told:
            new.add_all(*read_export(folder / "out"))
        assert said in told.value.message
        assert "Nothing was imported" in told.value.next_step
        assert told.value.exit_code == ExitCode.INVALID_DATA
        assert new.tools() == [] and new.sessions() == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"gentlepress export"', '"something"', "does not say that this is an export"),
        ('"format":1', '"format":2', "reads up to 1; update it"),
        ('"crc32":', '"crc":', "no crc32"),
        ('"session_id":7', '"session_id":"7"', "session_id = '7' is no whole"),
        ('"file_base64":"', '"file_base64":"!', "no base64"),
        ('{"record":"session"', '{{"record":"session"', 'does not begin with {"record"'),
        ('"start_quality":"set"', '"start_quality":"sat"', "start_quality = 'sat' is not known"),
        ('"motor_on":[]}}', '"motor_on":[', "no JSON"),
    ],
)
def test_json_lines_that_are_wrong(store, tmp_path: Path, old: str, new: str, said: str) -> None:
    write_export(store, store.sessions(newest_first=False), tmp_path / "out", "jsonl")
    change(tmp_path / "out", old, new)
    refused(tmp_path, said)


@pytest.mark.parametrize("separators", [(", ", ": "), (",", ":")])
def test_json_in_any_order_and_spacing_is_read(store, tmp_path: Path, separators: tuple[str, str]) -> None:
    """A line that another program wrote again."""
    write_export(store, store.sessions(), tmp_path / "out", "jsonl")
    lines = [json.loads(line) for line in (tmp_path / "out").read_text(encoding="utf-8").splitlines()]
    again = [{"record": line.pop("record")} | dict(reversed(line.items())) for line in lines]
    (tmp_path / "out").write_text(
        "\n".join(json.dumps(line, separators=separators) for line in again), encoding="utf-8"
    )
    with open_store(str(tmp_path / "new.db")) as new:
        assert new.add_all(*read_export(tmp_path / "out")).new == 2
        assert content(new) == content(store)


@pytest.mark.parametrize("name", ["tools.parquet", "sessions.parquet"])
def test_parquet_files_that_are_none(store, tmp_path: Path, name: str) -> None:
    write_export(store, store.sessions(), tmp_path / "out", "parquet")
    (tmp_path / "out" / name).write_bytes(b"PAR1 nonsense")
    refused(tmp_path, f"{name}: it can't be read")


def test_without_pyarrow_the_next_step_is_told(store, tmp_path: Path, monkeypatch) -> None:
    write_export(store, store.sessions(), tmp_path / "there", "parquet")
    monkeypatch.delitem(sys.modules, "gentlepress.exchange.parquet_folder")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match="pyarrow") as told:
        write_export(store, store.sessions(), tmp_path / "out", "parquet")
    assert "pip install 'gentlepress[parquet]'" in told.value.next_step
    with pytest.raises(UsageError, match="pyarrow"):
        read_export(tmp_path / "there")
    assert not (tmp_path / "out").exists()


def test_parquet_has_types(store, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    write_export(store, store.sessions(), tmp_path / "out", "parquet")
    found = pq.read_table(tmp_path / "out" / "sessions.parquet")
    assert str(found.schema.field("start_utc").type) == "timestamp[ms, tz=UTC]"
    assert str(found.schema.field("peak_mN").type) == "int64"
    assert sorted(found["end_reason"].to_pylist(), key=str) == [None, "done"]
    assert len(pq.read_table(tmp_path / "out" / "traces.parquet")) == len(
        read_session(session_bytes(7)).trace
    )


def test_disk_full_leaves_nothing(store, tmp_path: Path, monkeypatch) -> None:
    def full(*_args) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(UsageError, match="No space left"):
        write_export(store, store.sessions(), tmp_path / "out", "csv")
    assert [path.name for path in tmp_path.iterdir() if "out" in path.name] == []
