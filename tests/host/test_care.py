"""The check before a session, warning signs, and what a sync reminds of."""

from __future__ import annotations

import dataclasses
import json
import time

import pytest
from click.testing import CliRunner
from gentlepress.before_pressing import LOCK_S, REASONS, SIGNS
from gentlepress.cli import App, cli
from gentlepress.cli import care as command
from gentlepress.errors import DeviceRefused, ExitCode, PortMissing, ToolBusy
from gentlepress.firmware.core import ids
from gentlepress.firmware.core.symptom import LOCK_S as TOOL_LOCK_S
from gentlepress.store import open_store
from gentlepress.store.models import Report
from sqlalchemy import select

from tests.docs.book import coded, table
from tests.host.fake_tool import FakeTool


class Bench:
    def __init__(self, folder) -> None:
        self.tool = FakeTool()
        self.away = False
        self.database = str(folder / "sessions.db")

    def connect(self, _address: str):
        if self.away:
            raise PortMissing("There is no tool.", "Plug it in.")
        return self.tool

    def run(self, *words: str, said: str = ""):
        words = (*words, "--db", self.database)
        return CliRunner().invoke(
            cli, list(words), obj=App(connect=self.connect), env={"COLUMNS": "80"}, input=said
        )

    def reports(self) -> list[Report]:
        with open_store(self.database) as store, store.transaction() as database:
            return list(database.scalars(select(Report).order_by(Report.id)))


@pytest.fixture
def bench(tmp_path, monkeypatch):
    monkeypatch.setattr(command, "POLL_S", 0.001)
    return Bench(tmp_path)


def test_the_lists_are_those_of_the_book_and_of_the_tool():
    assert {coded(row[0])[0]: row[1] for row in table("before-and-after", "Ask first")} == REASONS
    assert {coded(row[0])[0]: row[1] for row in table("before-and-after", "Warning signs")} == SIGNS
    assert list(SIGNS) == list(ids.SYMPTOM_NAMES.values())
    assert LOCK_S == TOOL_LOCK_S


def test_a_check_without_a_find_is_kept(bench):
    for words, said in ((("check", "--none"), ""), (("check",), "\n")):
        done = bench.run(*words, said=said)
        assert done.exit_code == 0 and "Nothing speaks against a session" in done.output
    assert [(report.kind, report.names) for report in bench.reports()] == [("check", "")] * 2


@pytest.mark.parametrize(
    ("words", "said"),
    [(("check", "skin", "9"), ""), (("check",), "9, skin\n"), (("check", "PREGNANCY", "1"), "")],
)
def test_what_speaks_against_pressing_is_said_and_kept(bench, words, said):
    done = bench.run(*words, said=said)
    assert done.exit_code == ExitCode.NOT_TODAY
    assert "Do not press today: skin, pregnancy." in done.stderr and "Ask a doctor" in done.stderr
    assert [report.names for report in bench.reports()] == ["skin,pregnancy"]


def test_a_check_lists_everything_within_80_columns(bench):
    shown = bench.run("check", said="\n").output
    assert all(words in shown for words in REASONS.values())
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (("check", "nose"), "there is no such name"),
        (("check", "0"), "there is no such name"),
        (("check", "11"), "there is no such name"),
        (("check", "\u0663"), "there is no such name"),
        (("check", "--none", "skin"), "contradict"),
        (("check", "--json"), "nothing is asked"),
        (("symptom", "--json"), "nothing is asked"),
        (("symptom", "8"), "there is no such name"),
        (("symptom", "itch"), "there is no such name"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_kept(bench, words, rule):
    done = bench.run(*words)
    assert done.exit_code == ExitCode.USAGE
    assert rule in done.output + done.stderr
    assert bench.tool.signs == [] and bench.reports() == []


def test_a_sign_locks_the_tool_and_is_kept(bench):
    bench.tool.lifts_after = 3
    done = bench.run("symptom", "dizziness")
    assert done.exit_code == 0, done.output
    assert bench.tool.signs == [ids.SYMPTOM_DIZZY]
    for said in ("no session for 72 h", "Nothing but time ends this", "Ask a doctor", "get help now"):
        assert said in done.output
    [report] = bench.reports()
    assert (report.kind, report.names, report.device_id) == ("symptom", "dizziness", "0011223344556677")
    assert report.told_s is not None


def test_a_sign_can_be_asked_for(bench):
    done = bench.run("symptom", said="7 numbness\n")
    assert done.exit_code == 0 and all(words in done.output for words in SIGNS.values())
    assert bench.tool.signs == [ids.SYMPTOM_NUMB], "the first of the list stands for all"
    assert bench.reports()[0].names == "numbness,lasting_redness"
    assert json.loads(bench.run("symptom", "2", "--json").stdout) == {
        "signs": ["dizziness"],
        "left_s": LOCK_S,
        "kept": True,
    }


def test_a_lock_that_is_not_kept_yet_is_told(bench, monkeypatch):
    monkeypatch.setattr(command, "KEPT_SECONDS", 0.01)
    bench.tool.lifts_after = 10**6
    assert "Lift the tip" in bench.run("symptom", "2").output


def test_a_sign_of_a_tool_that_is_away_is_given_to_it_at_the_next_sync(bench):
    bench.away = True
    done = bench.run("symptom", "faintness")
    assert done.exit_code == ExitCode.PORT
    assert "kept here" in done.stderr and "gentlepress sync" in done.stderr and "Do not press" in done.stderr
    assert bench.reports()[0].told_s is None
    bench.away = False
    assert "told of a warning sign" in bench.run("sync").output
    assert bench.tool.signs == [ids.SYMPTOM_FAINT] and bench.reports()[0].told_s is not None
    assert "warning sign" not in bench.run("sync").output
    assert bench.tool.signs == [ids.SYMPTOM_FAINT], "once"


def test_a_refusal_of_an_older_tool_keeps_the_report_too(bench):
    def refuse(_symptom):
        raise DeviceRefused("The tool refused a warning sign.", "Update it.")

    bench.tool.report_symptom = refuse
    done = bench.run("symptom", "faintness")
    assert done.exit_code == ExitCode.REFUSED and "Do not press" in done.stderr
    assert bench.reports()[0].told_s is None


def test_a_report_older_than_the_lock_is_not_given_any_more(bench):
    with open_store(bench.database) as store:
        store.add_report("symptom", ["dizziness"], int(time.time()) - LOCK_S - 60)
        store.add_report("check", ["skin"])
    assert "warning sign" not in bench.run("sync").output and bench.tool.signs == []


def test_a_sync_reminds_of_cleaning(bench):
    assert "Clean" not in bench.run("sync").output
    bench.tool.health_now = dataclasses.replace(bench.tool.health_now, uncleaned=2)
    assert (
        "Clean the tip now and before the next session, then: gentlepress clean" in bench.run("sync").output
    )
    assert json.loads(bench.run("sync", "--json").stdout)["uncleaned"] == 2

    def busy():
        raise ToolBusy("The tip is in contact.", "Lift it.")

    bench.tool.health = busy
    done = bench.run("sync")
    assert done.exit_code == 0 and "Clean" not in done.output


def test_live_reminds_before_a_session(bench):
    done = CliRunner().invoke(
        cli, ["live", "--seconds", "0.01"], obj=App(connect=bench.connect), env={"COLUMNS": "80"}
    )
    assert "clean face, hands and tip" in done.stderr and "gentlepress check" in done.stderr
