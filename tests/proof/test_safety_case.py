"""The safety case is fresh and leaves nothing open; a proof goes on where it stopped."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.proof import __main__ as proof
from tests.proof import listing, safety_case, survivors
from tests.proof.survivors import Reasons, Survivor

LISTING = listing.load()
ROW = LISTING.controls[0]


def test_the_page_is_made_of_its_sources() -> None:
    fresh = safety_case.PAGE.read_text(encoding="utf-8") == safety_case.page()
    assert fresh, "run python -m tests.proof.safety_case"


def test_nothing_is_left_open() -> None:
    assert listing.missing(LISTING) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cause": ""}, "no cause"),
        ({"cannot": ""}, "no cannot"),
        ({"hazards": (), "rules": ()}, "neither hazard nor rule"),
        ({"hazards": (99,)}, "no hazard 99"),
        ({"rules": ("99",)}, "no rule 99"),
        ({"patch": ""}, "neither patch nor why"),
        (
            {"control": "firmware/core/judge.py:Judge.nothing"},
            "there is no firmware/core/judge.py:Judge.nothing",
        ),
    ],
)
def test_what_a_row_leaves_open_is_told(change: dict, said: str) -> None:
    found = listing.missing(replace(LISTING, controls=[replace(ROW, **change), *LISTING.controls[1:]]))
    assert any(said in line for line in found), found


def test_a_hazard_or_rule_without_a_row_is_told() -> None:
    found = listing.missing(replace(LISTING, controls=[], unpatched=[]))
    assert {f"hazard {number} has no row" for number in range(1, 19)} <= set(found)
    assert {f"rule {number} has no row" for number in range(1, 24)} <= set(found)


def test_a_survivor_is_explained_by_its_line_and_change() -> None:
    reasons = Reasons()
    assert reasons.kind(Survivor("button", "self._level_ms = 0", "0 to 1")) == "unseen"
    assert reasons.kind(Survivor("judge", "self._level_ms = 0", "0 to 1")) == ""
    assert reasons.kind(Survivor("any", "return False", "return None")) == "untrue"
    assert reasons.kind(Survivor("any", "return False", "False to True")) == ""


def test_a_survivor_is_kept_and_read_as_it_is(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(survivors, "LIST", tmp_path / "survivors.txt")
    found = [Survivor("b", "x = a | b", "BitOr to BitAnd"), Survivor("a", "y", "z")]
    survivors.write(found)
    assert survivors.load() == sorted(found)


def test_every_survivor_is_explained() -> None:
    assert survivors.by_kind(survivors.load(), Reasons()).get("", []) == []


@pytest.fixture
def parts(tmp_path, monkeypatch) -> list[str]:
    """Parts of a proof that only note that they ran; "weak" never holds."""
    ran: list[str] = []
    monkeypatch.setattr(proof, "PARTS", {"strong": [], "weak": [], "last": []})
    monkeypatch.setattr(proof, "DONE", tmp_path / "done.json")
    monkeypatch.setattr(proof, "state", lambda: "this")
    monkeypatch.setattr(proof.safety_case, "write", lambda: None)
    monkeypatch.setattr(proof, "run", lambda part: ran.append(part) or part != "weak")
    return ran


def test_a_proof_goes_on_where_it_stopped(parts: list[str], monkeypatch) -> None:
    assert proof.main([]) == 1
    assert parts == ["strong", "weak", "last"]
    assert proof.main([]) == 1
    assert parts[3:] == ["weak"], "what passed on this state is not run again"
    monkeypatch.setattr(proof, "state", lambda: "another")
    assert proof.main(["strong"]) == 0
    assert parts[4:] == ["strong"]
    assert proof.main(["strong", "--again"]) == 0
    assert parts[5:] == ["strong"]
    assert json.loads(proof.DONE.read_text(encoding="utf-8"))["strong"] == "another"


def test_a_part_that_is_not_known_is_refused(parts: list[str]) -> None:
    with pytest.raises(SystemExit):
        proof.main(["nothing"])


def test_the_state_changes_with_any_file_but_those_that_a_proof_writes(tmp_path, monkeypatch) -> None:
    (tmp_path / "firmware").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.setattr(proof, "ROOT", tmp_path)
    empty = proof.state()
    (tmp_path / "firmware" / "a.py").write_text("1")
    one = proof.state()
    (tmp_path / "docs" / "safety-case.md").write_text("written")
    assert proof.state() == one != empty
    (tmp_path / "firmware" / "a.py").write_text("2")
    assert proof.state() != one
