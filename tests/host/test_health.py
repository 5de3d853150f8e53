"""Health and self-test: what the tool says as typed values, the verdict of each line, and the commands."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from gentlepress.cli import App, cli
from gentlepress.cli import health as command
from gentlepress.client import connect
from gentlepress.errors import ExitCode, PortSilent, ProtocolError, ToolBusy
from gentlepress.firmware.core import ids, self_test, wire
from gentlepress.tool_health import Health, Part, read_health, read_self_test, read_symptom
from gentlepress.verdicts import BAD, LOOK, OK, RULES, judge, worst

from tests.docs.book import coded, table
from tests.host import fake_device
from tests.host.fake_tool import HEALTHY, FakeTool

WELL = Health(**HEALTHY)


def line(name: str, **changes):
    return next(line for line in judge(dataclasses.replace(WELL, **changes)) if line.name == name)


def test_a_healthy_tool_is_all_well():
    lines = judge(WELL)
    assert [found.name for found in lines] == list(RULES)
    assert {found.verdict for found in lines} == {OK} and worst(lines) == OK
    assert not any(found.advice for found in lines)


@pytest.mark.parametrize(
    ("name", "changes", "verdict"),
    [
        ("sample rate", {"rate_mhz": 0}, LOOK),
        ("sample rate", {"rate_mhz": 329_600}, OK),
        ("sample rate", {"rate_mhz": 329_700}, LOOK),
        ("sample rate", {"rate_mhz": 310_300}, LOOK),
        ("sample rate", {"rate_mhz": 310_400}, OK),
        ("sample rate", {"rate_mhz": 339_300}, BAD),
        ("sample rate", {"rate_mhz": 300_700}, BAD),
        ("sample rate", {"rate_mhz": 80_000, "rate_sps": 80}, OK),
        ("reaction", {"contact": (0,) * 5, "contact_worst_us": 0}, OK),
        ("reaction", {"contact_worst_us": 5001}, LOOK),
        ("reaction", {"contact": (0, 980, 0, 20, 0)}, LOOK),
        ("reaction", {"contact": (0, 980, 10, 10, 0)}, OK),
        ("reaction", {"contact": (0, 980, 0, 0, 20)}, LOOK),
        ("reaction", {"contact_worst_us": 25_001}, BAD),
        ("zero", {"zero_mn": 100}, OK),
        ("zero", {"zero_mn": -101}, LOOK),
        ("zero", {"zero_mn": 141}, BAD),
        ("blackout", {"block_worst_us": 90_000}, OK),
        ("blackout", {"block_worst_us": 90_100}, LOOK),
        ("blackout", {"block_worst_us": 500_100}, BAD),
        ("blackout", {"blocks": 0, "block_worst_us": 0}, OK),
        ("faults", {"faults": {"stale": 1, "stuck": 4}}, LOOK),
        ("faults", {"faults": {"stale": 5}}, BAD),
        ("bus", {"bus_errors": 10}, OK),
        ("bus", {"bus_errors": 11}, LOOK),
        ("bus", {"bus_errors": 1001}, BAD),
        ("events", {"events_lost": 1}, LOOK),
        ("starts", {"resets": {"power_on": 99, "watchdog": 1}}, LOOK),
        ("starts", {"resets": {"power_on": 18, "watchdog": 1, "broken_task": 1}}, LOOK),
        ("starts", {"resets": {"power_on": 17, "watchdog": 1, "broken_task": 1}}, BAD),
        ("starts", {"resets": {"power_on": 1, "watchdog": 1}}, LOOK),
        ("battery", {"battery_pct": 30}, OK),
        ("battery", {"battery_pct": 29}, LOOK),
        ("battery", {"battery_pct": 19}, BAD),
        ("memory", {"flash_free": 24 * 1024 + 20 * 8192}, OK),
        ("memory", {"flash_free": 24 * 1024 + 20 * 8192 - 1}, LOOK),
        ("memory", {"flash_free": 24 * 1024 - 1}, BAD),
        ("not copied", {"unacknowledged": 20}, OK),
        ("not copied", {"unacknowledged": 21}, LOOK),
        ("RAM", {"heap_free": 32 * 1024}, OK),
        ("RAM", {"heap_free": 32 * 1024 - 1}, LOOK),
        ("RAM", {"heap_free": 16 * 1024 - 1}, BAD),
        ("cleaning", {"uncleaned": 1}, LOOK),
        ("cleaning", {"uncleaned": 6}, BAD),
    ],
)
def test_each_line_has_its_edges(name, changes, verdict):
    found = line(name, **changes)
    assert found.verdict == verdict
    assert bool(found.advice) == (verdict != OK)


def test_the_rate_is_said_to_be_within_3_percent_or_not():
    assert line("sample rate").text == "318.4 a second, set to 320 (-0.5 %, within 3 %)"
    assert "not within 3 %" in line("sample rate", rate_mhz=300_000).text


def test_the_rules_are_those_of_the_book():
    assert table("health", "What is looked at") == [
        [name, rule.look, rule.bad] for name, rule in RULES.items()
    ]
    assert {coded(row[0])[0] for row in table("health", "Starts")} == set(ids.RESET_NAMES.values())
    parts = table("health", "Self-test")
    assert [row[0] for row in parts] == list(self_test.PART_NAMES.values()) == list(command.PARTS)
    assert {word for row in parts for word in coded(row[2])} <= set(ids.FAULT_NAMES.values())


class Bench:
    def __init__(self) -> None:
        self.tool = FakeTool()

    def run(self, *words: str):
        app = App(connect=lambda _address: self.tool)
        return CliRunner().invoke(cli, list(words), obj=app, env={"COLUMNS": "80"})


@pytest.fixture
def bench(monkeypatch):
    monkeypatch.setattr(command, "POLL_S", 0.001)
    monkeypatch.setattr(command, "MEASURE_S", 0.001)
    return Bench()


def test_health_is_a_page_with_advice(bench):
    shown = bench.run("health")
    assert shown.exit_code == 0 and "All is well." in shown.output
    bench.tool.health_now = dataclasses.replace(WELL, uncleaned=2, faults={"sensor_deaf": 7})
    shown = bench.run("health")
    assert "bad: faults. See which part it is: gentlepress selftest" in shown.output
    assert "7 sensor deaf" in shown.output and "look: cleaning. Clean the tip" in shown.output
    assert max(map(len, shown.output.splitlines())) <= 80
    data = json.loads(bench.run("health", "--json").stdout)
    assert data["verdict"] == BAD and data["health"]["uncleaned"] == 2
    assert {found["name"] for found in data["lines"]} == set(RULES)


def test_the_reaction_is_told_in_words_and_as_a_histogram(bench):
    assert line("reaction").text == "half within 0.5 ms, 99 % within 1.5 ms, worst 3.0 ms"
    shown = bench.run("health").output
    [row] = [row.split() for row in shown.splitlines() if "up to 500 us" in row]
    assert row == ["up", "to", "500", "us", "9000", "█" * 12, "70000", "█" * 12]
    assert "longer" in shown and max(map(len, shown.splitlines())) <= 80
    bench.tool.health_now = dataclasses.replace(WELL, contact=(), free=(), edges_us=())
    assert "sample to motor" not in bench.run("health").output


def test_a_rate_that_is_not_measured_yet_is_asked_for_once_more(bench):
    answers = [dataclasses.replace(WELL, rate_mhz=0), WELL]
    bench.tool.health = lambda: answers.pop(0)
    assert "318.4" in bench.run("health").output and not answers


def test_selftest_passes(bench):
    done = bench.run("selftest")
    assert done.exit_code == 0
    assert "hears the bridge" in done.output and "felt the motor with 3.4 mN." in done.output
    bench.tool.test = dataclasses.replace(bench.tool.test, felt_least_un=1700)
    assert "felt the motor with 3.4 mN (1.7 mN at least)." in bench.run("selftest").output
    bench.tool.test = dataclasses.replace(bench.tool.test, felt_un=900)
    done = bench.run("selftest")
    assert done.exit_code == 0, "it decides nothing"
    assert "less than 1.7 mN: have motor and sensor looked at" in done.output
    assert json.loads(bench.run("selftest", "--json").stdout)["fault"] == "none"


@pytest.mark.parametrize(
    ("part", "fault", "advice"),
    [
        ("hearing", "sensor_deaf", "four wires"),
        ("motor", "motor_of_another_kind", "have it replaced"),
        ("zero", "zero_off", "load off the tip"),
        ("later", "unheard_of", "wiring"),
    ],
)
def test_selftest_says_which_part_failed(bench, part, fault, advice):
    passed = [Part(name, "none") for name in command.PARTS if name != part][:1]
    bench.tool.test = dataclasses.replace(
        bench.tool.test, fault=fault, parts=(*passed, Part(part, fault)), felt_un=-1
    )
    done = bench.run("selftest")
    assert done.exit_code == ExitCode.NOT_TODAY
    assert f"failed at: {part} ({fault.replace('_', ' ')})" in done.stderr and advice in done.stderr
    assert "not tried" in done.stdout and "felt" not in done.stdout


def test_a_self_test_without_end_is_told(bench, monkeypatch):
    monkeypatch.setattr(command, "TEST_SECONDS", 0.01)
    bench.tool.self_test = lambda: dataclasses.replace(bench.tool.test, running=True)
    done = bench.run("selftest")
    assert done.exit_code == PortSilent.exit_code and "did not end" in done.stderr


def test_clean_counts(bench):
    bench.tool.health_now = dataclasses.replace(WELL, uncleaned=3)
    assert bench.run("clean").output == "Cleaning 10 is counted.\n"
    assert bench.tool.health_now.uncleaned == 0


# On the wire


def test_the_client_speaks_the_wire():
    fake = fake_device.FakeTool()
    with fake_device.FakeDevice(fake) as device, connect(f"serial:{device.path}") as tool:
        found = tool.health()
        assert (found.rate_mhz, found.zero_mn, found.faults) == (318_000, -12, {"sa t": 2})
        assert all(len(name) <= 32 for name in found.resets)
        tool.note_cleaned()
        tool.begin_self_test()
        told = tool.self_test()
        assert (told.running, told.fault, told.parts) == (
            False,
            "sensor_deaf",
            (Part("hearing", "sensor_deaf"),),
        )
        assert tool.report_symptom(ids.SYMPTOM_DIZZY).kept is False
        assert tool.symptom().name == "dizziness"
        assert fake.care == [{"cleaned": 1}, {"symptom": 2}]
        fake.busy = wire.ERR_BUSY_CONTACT
        for ask in (tool.health, tool.note_cleaned, tool.begin_self_test):
            with pytest.raises(ToolBusy, match="in contact"):
                ask()


def test_what_is_no_answer_is_refused():
    for wrong in ({"faults": {"x": -1}}, {"rate_mhz": "fast"}, {"heap_free": -1}):
        with pytest.raises(ProtocolError):
            read_health(wrong)
    assert read_health({"faults": 7}).faults == {}
    with pytest.raises(ProtocolError):
        read_self_test({"running": False, "count": 1, "fault": "none", "parts": [3]})
    with pytest.raises(ProtocolError):
        read_symptom({"symptom": 1})
    assert read_symptom({"symptom": 99, "left_s": 5}).name == "99"
    assert read_symptom({"left_s": 0}).name == ""


def test_golden_bytes_are_read():
    from gentlepress.smp.message import decode

    rows = json.loads((Path(__file__).parents[1] / "golden/wire/care.json").read_text())
    bodies = {row["what"]: decode(bytes.fromhex(row["reply"])).body for row in rows}
    assert read_health(bodies["health"]).resets == {"power_on": 30, "watchdog": 1}
    assert read_self_test(bodies["result of the last self-test"]).fault == "sensor_deaf"
    assert read_symptom(bodies["a warning sign"]).left_s == 259_200
