"""The page on the wire, against the code and the golden bytes."""

from __future__ import annotations

import base64
import binascii
import json
import re

from gentlepress.firmware.core import calibration, ids, self_test, settings, wire, wire_texts

from tests.bench import bench_chip_copy, bench_sync, clients
from tests.docs.book import FIRMWARE, ROOT, coded, constant, keys_of, section, table, tables, text_of

BOTH = "read, write"
OPERATIONS = {
    "TOOL_ACKNOWLEDGE": "write",
    "TOOL_TARE": "write",
    "TOOL_CALIBRATE": BOTH,
    "TOOL_HEALTH": BOTH,
    "TOOL_SELF_TEST": BOTH,
    "TOOL_SYMPTOM": BOTH,
    "TOOL_FACTORY_RESET": BOTH,
    "TOOL_HOSTS": BOTH,
    "TOOL_PAIR": BOTH,
    "TOOL_CHALLENGE": "write",
    "TOOL_PROVE": "write",
    "TOOL_SEALED": "write",
}


class TestWire:
    def test_own_codes(self):
        names = {
            getattr(wire, name): name for name in dir(wire) if name.startswith("ERR_") and name[4:] != "TEXTS"
        }
        rows = table("wire", "Refusals", 1)
        assert [(int(row[0]), row[1], row[3]) for row in rows] == [
            (code, names[code], text) for code, text in wire_texts.ERR_TEXTS.items()
        ]
        pairs = re.findall(
            r"wire\.(ERR_\w+): wire\.(MGMT_\w+)", (FIRMWARE / "smp/errors.py").read_text(encoding="utf-8")
        )
        nearest = {own: getattr(wire, common) for own, common in pairs}
        assert [int(row[2]) for row in rows] == [nearest.get(row[1], wire.MGMT_UNKNOWN) for row in rows]

    def test_shared_codes(self):
        rows = {row[1]: int(row[0]) for row in table("wire", "Refusals", 2)}
        assert rows.pop("the request's SMP version is newer than 1") == constant("smp/server.py", "TOO_NEW")
        assert rows == {name: getattr(wire, name) for name in dir(wire) if name.startswith("MGMT_")}

    def test_commands(self):
        rows = table("wire", "The tool's group")
        told = {re.sub(r"\W.*", "", row[1].strip("[")): (int(row[0]), row[2]) for row in rows}
        assert told == {
            name.lower().removeprefix("tool_") + ("s" if name == "TOOL_REFUSAL" else ""): (
                getattr(wire, name),
                OPERATIONS.get(name, "read"),
            )
            for name in dir(wire)
            if name.startswith("TOOL_")
        }

    def test_hello(self):
        told = {word for row in table("wire", "hello") for word in coded(row[0])}
        assert told == keys_of("core/service.py", "hello") | {"buf", "window", "line"}

    def test_state(self):
        told = [{word for row in rows for word in coded(row[0])} for rows in tables(section("wire", "state"))]
        whole = keys_of("core/live_desk.py", "_tell", "put")
        assert told[0] | told[1] == whole
        assert told[2] == keys_of("core/live_desk.py", "_tell_step", "put")
        words = {row[0]: coded(row[2]) for row in table("wire", "state")}
        assert words["`mode`"] == list(ids.MODE_NAMES.values())
        assert words["`force_state`"] == list(ids.FORCE_STATE_NAMES.values())

    def test_samples(self):
        told = {word for row in table("wire", "samples") for word in coded(row[0])}
        assert told == keys_of("core/live_desk.py", "tell_samples", "out.pair") | {"force"}

    def test_health(self):
        told = {word for row in table("wire", "health") for word in coded(row[0])}
        parts = ("_sensor", "_reaction", "_watching", "_life", "_memory")
        assert told == {key for part in parts for key in keys_of("core/health.py", part, "found")}

    def test_self_test(self):
        rows = table("wire", "self test")
        told = {word for row in rows for word in coded(row[0])}
        assert told == keys_of("core/service.py", "self_test") - {"part"}
        [parts] = [row for row in rows if row[0] == "`parts`"]
        assert coded(parts[2]) == ["part", "fault", *self_test.PART_NAMES.values()]

    def test_symptom(self):
        told = {word for row in table("wire", "warning signs") for word in coded(row[0])}
        assert told == keys_of("core/service.py", "symptom")
        assert {int(row[0]): row[1] for row in table("wire", "warning signs", 1)} == ids.SYMPTOM_NAMES

    def test_owner(self):
        told = {word for row in table("wire", "users") for word in coded(row[0])}
        assert told == keys_of("core/owner_desk.py", "_user")
        told = {word for row in table("wire", "factory reset") for word in coded(row[0])}
        assert told == keys_of("core/owner_desk.py", "factory_reset")
        states = [
            constant("core/factory_reset.py", name)
            for name in ("WAITING", "RUNNING", "DONE", "EXPIRED", "FAILED")
        ]
        assert coded(table("wire", "factory reset")[0][2]) == ["none", *states]
        told = {word for row in table("wire", "hosts") for word in coded(row[0])}
        assert told == keys_of("core/owner_desk.py", "hosts") - {"hosts", "one_copy"}
        days = constant("core/acknowledgements.py", "ABSENT_S") // 86400
        assert f"not been seen for {days} days" in text_of("wire")

    def test_pair(self):
        told = {word for row in table("wire", "pair") for word in coded(row[0])}
        assert told == keys_of("core/owner_desk.py", "paired")

    def test_over_the_air(self):
        text = section("wire", "hello over the air")
        told = set(coded(text.split("only")[1].split("\n\n")[0])) | {
            coded(table("wire", "hello over the air")[0][0])[0]
        }
        written = keys_of("smp/private_channel.py", "_hello", "hello")
        assert told == written | {"proto_min", "proto_max", "device_id", "name"}
        assert f"{constant('smp/private_channel.py', 'STRANGER_MOST')} of them a connection" in " ".join(
            text_of("wire").split()
        )

    def test_calibrate(self):
        asked, told = tables(section("wire", "calibrate"))
        assert coded(asked[0][2]) == [wire.CALIBRATE_BEGIN, *calibration.STEPS, wire.CALIBRATE_CANCEL]
        assert {coded(row[0])[0] for row in told} == keys_of("core/calibration_desk.py", "_status")
        assert coded(told[0][2]) == ["off", "starting", *calibration.PHASES]
        kept = {coded(row[0])[0] for row in table("wire", "calibration")}
        assert kept == keys_of("core/calibration_desk.py", "kept")

    def test_settings(self):
        expected = []
        for name in settings.Settings("").names():
            if name in settings._TEXTS:
                value = settings._TEXTS[name]
                expected.append([f"`{name}`", f"1 to {settings.NAME_MAX} characters", value, value])
            elif name in settings._WORDS:
                default, gentlest, words = settings._WORDS[name]
                expected.append([f"`{name}`", ", ".join(words.values()), words[default], words[gentlest]])
            else:
                default, gentlest, least, most = settings._NUMBERS[name]
                expected.append([f"`{name}`", f"{least} to {most}", str(default), str(gentlest)])
        assert table("wire", "Settings") == expected

    def test_limits(self):
        told = {row[0]: int(row[1].split()[0]) for row in table("wire", "Limits")}
        assert told == {
            "message, either way": constant("smp/server.py", "BUF_SIZE"),
            "message in contact": constant("smp/server.py", "CONTACT_REQUEST_MAX"),
            "requests on their way": constant("smp/server.py", "WINDOW"),
            "sessions a reply": constant("smp/tool_group.py", "SESSIONS_MOST"),
            "samples a reply": constant("core/live_desk.py", "SAMPLES_MOST"),
            "refusals a reply": constant("smp/tool_group.py", "_REFUSALS_MOST"),
            "name of a setting": constant("smp/settings_group.py", "NAME_MAX"),
            "value of a setting": constant("smp/settings_group.py", "VALUE_MAX"),
            "name of a desktop": constant("core/acknowledgements.py", "NAME_MAX"),
            "routine": wire.ROUTINE_MAX_BYTES,
            "CBOR items of a request": constant("smp/cbor_reader.py", "ITEMS_MAX"),
            "nesting of CBOR": constant("smp/cbor_writer.py", "DEPTH_MAX"),
        }

    def test_examples_are_golden_bytes(self):
        golden = set()
        for file in (ROOT / "tests/golden/wire").glob("*.json"):
            for entry in json.loads(file.read_text(encoding="utf-8")):
                golden |= {entry["request"], entry["reply"]}
        blocks = [
            block
            for block in re.findall(r"```text\n(.*?)```", text_of("wire"), re.DOTALL)
            if "request" in block
        ]
        assert len(blocks) >= 5
        for block in blocks:
            for message in messages(block):
                assert message in golden, message

    def test_example_of_a_frame(self):
        [message, _reply] = messages(section("wire", "Console frames").split("```text\n")[1])
        [line] = re.findall(r'06 09 "(.+)" 0a', text_of("wire"))
        raw = bytes.fromhex(message)
        size, crc = (len(raw) + 2).to_bytes(2, "big"), binascii.crc_hqx(raw, 0).to_bytes(2, "big")
        assert base64.b64decode(line) == size + raw + crc


def messages(block: str) -> list[str]:
    """Requests and replies of an example: the hexadecimal words after their label, also on more lines."""
    found: list[str] = []
    for line in block.splitlines():
        label, words = line[:10].strip(), line[10:].split("  ")[0].split()
        if label in ("request", "reply", "refused"):
            found.append("")
        elif label or not words or not is_hex(words):
            continue
        found[-1] += "".join(words)
    return found


def is_hex(words: list[str]) -> bool:
    return all(re.fullmatch(r"(?:[0-9a-f]{2})+", word) for word in words)


def test_how_fast():
    said = " ".join(section("wire", "How fast").split())
    assert f"{clients.payload_share():.0%}".replace("%", " percent are a file's at best") in said
    assert f"at least {bench_sync.SHARE} of what the link carries" in said
    assert {model.name: goal for model, goal in bench_chip_copy.LATENCIES}["10 ms one way"] == 3
    rates = [row.model.bytes_s for row in bench_sync.ROWS]
    assert sorted(rates) == [0, 0, 115_200 // 10, 63_000]
