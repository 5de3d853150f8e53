"""Time of day on the wire."""

from smp import clock_text

KNOWN = (
    (0, "1970-01-01T00:00:00"),
    (951782400, "2000-02-29T00:00:00"),
    (1774940709, "2026-03-31T07:05:09"),
    (4102444799, "2099-12-31T23:59:59"),
)


def test_known_times_both_ways():
    for unix_s, text in KNOWN:
        assert clock_text.write(unix_s) == text, unix_s
        assert clock_text.read(text) == unix_s, text


def test_every_day_comes_back():
    for day in range(10957, 48000, 13):
        assert clock_text.read(clock_text.write(day * 86400 + 4000)) == day * 86400 + 4000


def test_zones_and_fractions():
    for text in ("2026-03-31T07:05:09.123456Z", "2026-03-31T09:05:09+02:00", "2026-03-31 05:35:09-0130"):
        assert clock_text.read(text) == 1774940709, text


def test_no_such_time():
    for text in (
        "", "yesterday", "2026-02-29T00:00:00", "2026-13-01T00:00:00", "2026-00-10T00:00:00", "2026-04-31T00:00:00",
        "2026-04-30T24:00:00", "2026-04-30T00:60:00", "2026-04-30T00:00:61", "2026-04-30T00:00:00X",
        "2026-04-3 T00:00:00",
        "2026-04-30T00:00:00+2", "+026-04-30T00:00:00",
    ):  # fmt: skip
        try:
            clock_text.read(text)
        except ValueError:
            continue
        raise AssertionError(text)
