"""The page on keys, against the code and the golden bytes."""

from __future__ import annotations

import json

from gentlepress.firmware.core import channel, desktop_keys

from tests.docs.book import ROOT, coded, constant, section, table, tables, text_of


def test_vectors_are_the_golden_ones():
    golden = json.loads((ROOT / "tests/golden/channel/vectors.json").read_text(encoding="utf-8"))
    assert {coded(row[0])[0]: coded(row[1])[0] for row in table("keys", "Test vectors")} == golden


def test_derived_keys():
    assert [
        (row[1], int(row[0]))
        for row in tables(section("keys", "The way it goes").replace("\n   |", "\n|"))[0]
    ] == [*channel.DERIVED]
    assert sum(size for _name, size in channel.DERIVED) == channel.DERIVED_BYTES


def test_figures_in_the_text():
    text = " ".join(text_of("keys").split())
    file = "smp/private_channel.py"
    tries, back_s = constant(file, "TRIES_MOST"), constant(file, "TRY_BACK_MS") // 1000
    for said in (
        f"key of {8 * desktop_keys.KEY_BYTES} random bits",
        f"remembers {desktop_keys.KEYS_MAX} desktops",
        f"nonces of {channel.NONCE_BYTES} random bytes",
        f'"{channel.LABEL.decode()}" | ID | MIN | MAX',
        f"info, {channel.DERIVED_BYTES} bytes)",
        f'"{channel.HOST_LABEL.decode()}" | HN | TN | info',
        f'"{channel.TOOL_LABEL.decode()}" | HN | TN | info',
        f"within {channel.CHALLENGE_MS // 1000} s",
        f"at most {channel.OVERHEAD} bytes longer",
        f"end at {channel.COUNTER_MAX:,}",
        f"after {constant(file, 'FORGED_MOST')} such messages",
        f"{tries} times, then once in {back_s} s",
        f"| {channel.COUNTER_BYTES} | counter",
        f"| {channel.TAG_BYTES} | the first bytes of HMAC",
    ):
        assert said in text, said
