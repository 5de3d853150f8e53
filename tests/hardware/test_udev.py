"""The rule for the port and its page have the same numbers."""

from __future__ import annotations

import re

from hardware.outputs import HARDWARE
from tests.docs.book import tables

FOLDER = HARDWARE / "udev"
RULES = [
    line
    for line in (FOLDER / "70-gentlepress.rules").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


def test_rule_and_page_have_the_same_numbers():
    numbers = [re.findall(r'ATTRS\{id(?:Vendor|Product)\}=="([0-9a-f]{4})"', line) for line in RULES]
    [table] = tables((FOLDER / "README.md").read_text(encoding="utf-8"))
    assert [pair for pair in numbers if pair] == [row[:2] for row in table]


def test_every_line_is_one_that_udev_reads():
    word = r'[A-Z]+(\{\w+\})?(==|!=|=|\+=)"[^"]*"'
    for line in RULES:
        assert re.fullmatch(rf"{word}(, {word})*", line), line
    assert RULES[0].endswith('GOTO="gentlepress_end"') and RULES[-1] == 'LABEL="gentlepress_end"'


def test_each_device_is_kept_from_modem_manager():
    for line in RULES:
        if "ATTRS" in line:
            assert 'ENV{ID_MM_DEVICE_IGNORE}="1"' in line and 'TAG+="uaccess"' in line
