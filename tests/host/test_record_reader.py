"""Session files: what is read, what is refused, and that no bytes break the reader."""

from __future__ import annotations

import binascii
from dataclasses import fields

import pytest
from gentlepress.errors import ExitCode, SessionCorrupt, SessionTooNew
from gentlepress.firmware.core import ids, records
from gentlepress.record_reader import Event, Header, Step, Summary, name_of, read_session, step_title
from hypothesis import given
from hypothesis import strategies as st

from tests.host.session_maker import header, session_bytes

DATA = session_bytes(7)


@pytest.mark.parametrize(
    ("kind", "table"),
    [
        (Header, records.HEADER_FIELDS),
        (Step, records.STEP_FIELDS),
        (Summary, records.SUMMARY_FIELDS),
        (Event, records.EVENT_FIELDS),
    ],
)
def test_typed_values_have_the_fields_of_the_format(kind: type, table: tuple) -> None:
    assert [field.name for field in fields(kind)] == [name for name, _code in table]


def test_a_session_is_read() -> None:
    session = read_session(DATA)
    assert session.header.device_id == "0011223344556677"
    assert session.header.routine_name == "First week"
    assert session.header.firmware == "0.1.0"
    assert len(session.steps) == 6
    assert session.summary is not None
    assert session.crc == binascii.crc32(DATA)
    assert session.torn_bytes == 0
    assert step_title(session.steps[1]) == "step for crows feet, left"
    first, second = session.trace[:2]
    assert second.t_ms - first.t_ms == first.interval_ms


def test_a_session_that_was_never_closed() -> None:
    session = read_session(session_bytes(7, closed=False) + b"\x05\x10torn")
    assert session.summary is None
    assert session.torn_bytes == 6


@given(st.integers(0, len(DATA) - 1))
def test_any_cut_reads_as_far_as_it_is_whole(at: int) -> None:
    try:
        session = read_session(DATA[:at])
    except SessionCorrupt:
        assert at < records.OVERHEAD + 96
        return
    assert session.summary is None
    assert session.size == at


@given(st.integers(0, len(DATA) - 1), st.integers(1, 255))
def test_a_changed_byte_never_yields_other_figures(at: int, change: int) -> None:
    damaged = bytearray(DATA)
    damaged[at] ^= change
    whole = read_session(DATA)
    try:
        session = read_session(bytes(damaged))
    except SessionCorrupt:
        return
    assert session.steps == whole.steps[: len(session.steps)]
    assert session.summary is None
    assert session.torn_bytes > 0


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(noise: bytes) -> None:
    with pytest.raises(SessionCorrupt):
        read_session(noise)


@given(st.lists(st.tuples(st.integers(0, 9), st.binary(max_size=240)), max_size=6))
def test_no_records_break_the_reader(rest: list) -> None:
    first = (records.HEADER, records.pack(records.HEADER, header(1, "x", 0)))
    data = b"".join(records.frame(kind, n, payload) for n, (kind, payload) in enumerate([first, *rest]))
    try:
        read_session(data)
    except SessionCorrupt as error:
        assert error.next_step


def test_newer_format_is_refused() -> None:
    payload = records.pack(records.HEADER, header(1, "x", 0) | {"format_version": 3})
    with pytest.raises(SessionTooNew, match="format 3") as told:
        read_session(records.frame(records.HEADER, 0, payload + b"more"))
    assert told.value.exit_code == ExitCode.INVALID_DATA
    assert "Update this program" in told.value.next_step


def test_nothing_follows_the_summary() -> None:
    count = len(records.parse(DATA)[0])
    with pytest.raises(SessionCorrupt, match="none may follow"):
        read_session(DATA + records.frame(records.EVENTS, count, b""))


def test_unknown_numbers_and_records_pass_through() -> None:
    assert name_of(ids.ZONE_NAMES, 200) == "200"
    payload = records.pack(records.HEADER, header(1, "x", 0) | {"sensor": 77})
    data = records.frame(records.HEADER, 0, payload + b"newer field") + records.frame(99, 1, b"unknown")
    assert read_session(data).header.sensor == 77
