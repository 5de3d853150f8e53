"""Time of day on the wire: `2026-03-31T07:05:09`, UTC, as SMP's OS group writes it.

The calendar is counted here because `time.gmtime` starts in 1970 on some boards and in 2000 on others.
"""

_DAY_S = 86400
_LENGTH = 19


def days_of(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 to a date of the Gregorian calendar."""
    year -= month <= 2
    shifted = (month + 9) % 12
    return year * 365 + year // 4 - year // 100 + year // 400 + (153 * shifted + 2) // 5 + day - 719469


def write(unix_s: int) -> str:
    """Seconds since 1970 as text."""
    days, second = unix_s // _DAY_S, unix_s % _DAY_S
    year = 1970 + days // 366
    while days_of(year + 1, 1, 1) <= days:
        year += 1
    month = 12
    while days_of(year, month, 1) > days:
        month -= 1
    day = days - days_of(year, month, 1) + 1
    return "%04d-%02d-%02dT%02d:%02d:%02d" % (
        year,
        month,
        day,
        second // 3600,
        second // 60 % 60,
        second % 60,
    )


def read(text: str) -> int:
    """Text as seconds since 1970; fractions are dropped, a zone (`Z`, `+01:00`) is counted in. Raises ValueError."""
    if (
        len(text) < _LENGTH
        or text[4] != "-"
        or text[7] != "-"
        or text[10] not in "T "
        or text[13] + text[16] != "::"
    ):
        raise ValueError("write the time as 2026-03-31T07:05:09")
    year, month, day = _number(text[0:4]), _number(text[5:7]), _number(text[8:10])
    hour, minute, second = _number(text[11:13]), _number(text[14:16]), _number(text[17:19])
    if not (1970 <= year <= 2105 and 1 <= month <= 12 and 1 <= day <= 31):
        raise ValueError("there is no such date")
    days = days_of(year, month, day)
    after = days_of(year + (month == 12), month % 12 + 1, 1)
    if days >= after or hour > 23 or minute > 59 or second > 59:
        raise ValueError("there is no such date or time")
    return days * _DAY_S + hour * 3600 + minute * 60 + second - _zone_s(text[_LENGTH:])


def _number(text: str) -> int:
    for letter in text:
        if not "0" <= letter <= "9":
            raise ValueError("a digit is needed where %s stands" % letter)
    return int(text)


def _zone_s(rest: str) -> int:
    if rest[:1] == ".":
        at = 1
        while at < len(rest) and "0" <= rest[at] <= "9":
            at += 1
        rest = rest[at:]
    if rest in ("", "Z"):
        return 0
    digits = rest[1:].replace(":", "")
    if rest[0] not in "+-" or len(digits) != 4:
        raise ValueError("the zone must be Z or like +01:00")
    zone_s = _number(digits[:2]) * 3600 + _number(digits[2:]) * 60
    return zone_s if rest[0] == "+" else -zone_s
