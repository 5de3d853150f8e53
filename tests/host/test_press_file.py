"""Force traces: what is read, and every way in which one is refused."""

from __future__ import annotations

from itertools import pairwise

import pytest
from gentlepress import press_file
from gentlepress.press_file import PressFileError, parse
from hypothesis import given
from hypothesis import strategies as st

GOOD = "t_s,force_n\n0.00,0.00\n0.10,1.25\n0.90,-0.01\n"


def test_reads_times_from_zero_in_microseconds_and_millinewtons():
    press = parse(b"# made by hand\nt_s,force_n\n5.0,0\n5.1,1.25\n\n5.9,-0.01\n", "x.csv")
    assert press.samples == ((0, 0), (100_000, 1250), (900_000, -10))
    assert press.duration_s == pytest.approx(0.9)
    assert press.peak_n == pytest.approx(1.25)


@pytest.mark.parametrize("text", [GOOD.replace("\n", "\r\n"), "\ufeff" + GOOD, GOOD.replace("t_s,", "T_s, ")])
def test_accepts_what_spreadsheets_write(text):
    assert len(parse(text.encode(), "x.csv").samples) == 3


BAD = {
    "empty": ("", None, "the first row is t_s,force_n"),
    "only remarks": ("# a\n\n# b\n", None, "the first row is"),
    "no header": ("0.0,1.0\n0.1,1.0\n", 1, "the first row must be t_s,force_n"),
    "other header": ("time,force\n0,1\n1,1\n", 1, "the first row must be"),
    "no rows": ("t_s,force_n\n", None, "at least two rows"),
    "one row": ("t_s,force_n\n0,1\n", None, "at least two rows"),
    "gap": ("t_s,force_n\n0,1\n0.5,1\n1.501,1\n", 4, "at most 1 s apart"),
    "nan": ("t_s,force_n\n0,1\n0.1,nan\n", 3, "finite"),
    "infinite": ("t_s,force_n\n0,1\ninf,1\n", 3, "finite"),
    "text": ("t_s,force_n\n0,1\n0.1,soft\n", 3, "must be a number"),
    "nothing": ("t_s,force_n\n0,1\n0.1,\n", 3, "must be a number"),
    "underscore": ("t_s,force_n\n0,1\n0.1,1_0\n", 3, "must be a number"),
    "three columns": ("t_s,force_n\n0,1\n0.1,1,2\n", 3, "two numbers"),
    "semicolons": ("t_s,force_n\n0;1\n0,1;1\n", 2, "two numbers"),
    "back in time": ("t_s,force_n\n0,1\n0.2,1\n0.1,1\n", 4, "must rise"),
    "same time": ("t_s,force_n\n0,1\n0.2,1\n0.2,1\n", 4, "must rise"),
    "below": ("t_s,force_n\n0,1\n0.1,-1.01\n", 3, "from -1 to 60 N"),
    "above": ("t_s,force_n\n0,1\n0.1,60.5\n", 3, "from -1 to 60 N"),
    "huge time": ("t_s,force_n\n1e300,1\n2e300,1\n", 2, "a time is at most"),
}


@pytest.mark.parametrize("name", BAD)
def test_refuses_and_names_row_rule_and_next_step(name):
    text, row, rule = BAD[name]
    with pytest.raises(PressFileError, match=r"x\.csv") as caught:
        parse(text.encode(), "x.csv")
    assert caught.value.row == row
    assert rule in caught.value.rule
    assert caught.value.next_step
    assert caught.value.exit_code == 5


def test_gap_names_its_length():
    with pytest.raises(PressFileError, match=r"a gap of 1\.001 s"):
        parse(BAD["gap"][0].encode(), "x.csv")


def test_refuses_bytes_that_are_not_text():
    with pytest.raises(PressFileError, match="row 3: byte 0xff"):
        parse(b"t_s,force_n\n0,1\n0.1,\xff\n", "x.csv")


def test_refuses_more_than_ten_megabytes_without_reading_on(tmp_path):
    path = tmp_path / "big.csv"
    path.write_bytes(b"t_s,force_n\n" + b"0.001,1\n" * 1_300_000)
    with pytest.raises(PressFileError, match="more than 10 MB"):
        press_file.read(path)


def test_refuses_too_many_rows():
    rows = "".join(f"{i / 1000:.3f},1\n" for i in range(press_file.ROWS_MAX + 1))
    with pytest.raises(PressFileError, match="at most 100000 rows"):
        parse(("t_s,force_n\n" + rows).encode(), "x.csv")


def test_refuses_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(PressFileError, match="No such file"):
        press_file.read(tmp_path / "none.csv")
    with pytest.raises(PressFileError, match="not a file"):
        press_file.read(tmp_path)


def test_shipped_trace_is_a_human_like_press():
    press = press_file.shipped()
    forces = [force for _t, force in press.samples]
    assert 11 <= press.duration_s <= 13
    assert 2.2 <= press.peak_n <= 2.5
    assert sum(800 <= force <= 1800 for force in forces) > 0.7 * len(forces)
    assert max(forces[:5] + forces[-5:]) < 150


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(raw):
    check_read_or_refused(b"t_s,force_n\n" + raw)


cell = st.one_of(
    st.floats(-5, 70).map(str),
    st.floats().map(str),
    st.integers(-3, 99).map(str),
    st.text("0123456789.e+-nai \t", max_size=6),
)


@given(st.lists(st.tuples(cell, cell), max_size=12))
def test_any_rows_are_read_or_refused(rows):
    text = "t_s,force_n\n" + "".join(f"{t},{force}\n" for t, force in rows)
    check_read_or_refused(text.encode())


def check_read_or_refused(raw: bytes) -> None:
    samples, error = (), None
    try:
        samples = parse(raw, "x.csv").samples
    except PressFileError as refused:
        error = refused
    if error is None:
        check_samples(samples)
    else:
        assert error.rule
        assert error.next_step


def check_samples(samples) -> None:
    times = [t for t, _ in samples]
    assert times[0] == 0
    assert all(0 < later - earlier <= 1_000_001 for earlier, later in pairwise(times))
    assert all(-1000 <= force <= 60_000 for _, force in samples)
