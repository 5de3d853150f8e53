"""Committed outputs of hardware/ are those of their sources, and the mechanism notices when they are not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hardware import outputs, rebuild, same

GENERATOR = """
import sys
from pathlib import Path
from hardware.box import help_words
into = Path(sys.argv[sys.argv.index("--into") + 1])
source = Path("hardware/box/words.txt").read_text()
(into / "box" / "words.svg").write_text(help_words.PREFIX + source)
"""
REGISTRY = """
[[output]]
name = "words"
module = "hardware.box.draw"
sources = ["hardware/box/words.txt"]
makes = ["box/words.svg"]
"""


def test_every_output_is_fresh():
    assert [line for output in outputs.registered() for line in outputs.complaints(output)] == []


def test_every_made_file_stands_in_a_registry():
    assert outputs.unregistered() == []


def test_no_file_is_made_twice():
    made = [name for output in outputs.registered() for name in output.makes]
    assert len(made) == len(set(made))


def test_modules_exist():
    assert all(outputs.module_file(output.module) for output in outputs.registered())


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one output, made."""
    box = tmp_path / "hardware" / "box"
    box.mkdir(parents=True)
    for folder in (box, box.parent):
        (folder / "__init__.py").write_text("")
    (box / "draw.py").write_text(GENERATOR)
    (box / "help_words.py").write_text("PREFIX = '>'\n")
    (box / "words.txt").write_text("one\n")
    (box / "outputs.toml").write_text(REGISTRY)
    monkeypatch.setattr(outputs, "ROOT", tmp_path)
    monkeypatch.setattr(outputs, "HARDWARE", tmp_path / "hardware")
    assert rebuild.main([]) == 0
    return box


def complaints() -> list[str]:
    [output] = outputs.registered()
    return outputs.complaints(output)


class TestMechanism:
    def test_made_is_fresh(self, project):
        assert (project / "words.svg").read_text() == ">one\n"
        assert complaints() == [] and outputs.unregistered() == []

    @pytest.mark.parametrize("source", ["words.txt", "draw.py", "help_words.py"])
    def test_a_changed_source_is_noticed_and_a_rebuild_cures_it(self, project, source):
        file = project / source
        file.write_text(file.read_text() + "\n")
        assert complaints() == ["sources of box/words changed: run `make hardware`"]
        assert rebuild.main(["--stale"]) == 0
        assert complaints() == []

    def test_an_output_changed_by_hand_is_noticed(self, project):
        (project / "words.svg").write_text("two\n")
        assert complaints() == ["box/words.svg was changed by hand: run `make hardware`"]

    def test_a_missing_output_is_noticed(self, project):
        (project / "words.svg").unlink()
        assert complaints() == ["box/words.svg is missing: run `make hardware`"]

    def test_an_output_without_a_record_is_noticed(self, project):
        (project / "outputs.lock.json").write_text("{}")
        assert complaints() == ["box/words was never recorded: run `make hardware`"]

    def test_a_file_outside_the_registry_is_noticed(self, project):
        (project / "other.png").write_bytes(b"")
        assert outputs.unregistered() == ["box/other.png"]

    def test_a_pattern_without_a_file_is_refused(self, project):
        (project / "words.txt").unlink()
        with pytest.raises(ValueError, match=r"no file is named hardware/box/words\.txt"):
            complaints()

    def test_a_generator_that_makes_something_else_is_refused(self, project, capsys):
        (project / "outputs.toml").write_text(REGISTRY.replace("words.svg", "word.svg"))
        assert rebuild.main([]) == 1
        assert "its registry says ['box/word.svg']" in capsys.readouterr().err

    def test_a_missing_debian_package_is_named_before_anything_is_made(self, project, capsys):
        (project / "outputs.toml").write_text(REGISTRY + 'needs = { no-such-tool = "graphviz" }\n')
        (project / "words.svg").unlink()
        assert rebuild.main([]) == 2
        assert capsys.readouterr().err == "box/words needs `no-such-tool`: apt install graphviz\n"
        assert not (project / "words.svg").exists()

    def test_only_what_was_asked_for(self, project):
        lock = json.loads((project / "outputs.lock.json").read_text())
        assert list(lock) == ["words"]
        assert [len(rebuild.chosen(only)) for only in (["box"], ["box/words"], ["bag"])] == [1, 1, 0]

    def test_fresh_ones_are_left_alone_if_asked(self, project, capsys):
        assert rebuild.main(["--stale"]) == 0
        assert capsys.readouterr().out == ""
        assert rebuild.main([]) == 0
        assert "box/words" in capsys.readouterr().out

    def test_what_is_made_from_a_made_file_is_made_after_it(self, project, capsys):
        more = (
            REGISTRY.replace('"words"', '"more"')
            .replace("box.draw", "box.copy")
            .replace("words.svg", "more.svg")
        )
        (project / "copy.py").write_text(
            GENERATOR.replace("words.txt", "words.svg").replace('"words.svg")', '"more.svg")')
        )
        (project / "outputs.toml").write_text(REGISTRY + more.replace("words.txt", "words.svg"))
        assert rebuild.main([]) == 0
        (project / "words.txt").write_text("two\n")
        assert rebuild.main(["--stale"]) == 0
        assert (project / "more.svg").read_text() == ">>two\n"


class TestSame:
    def test_masks_and_lines(self, tmp_path):
        first, second = tmp_path / "a.net", tmp_path / "b.net"
        first.write_text("(date 1)\nR1\n")
        second.write_text("(date 2)\nR1\n")
        assert same.difference(first, second, (r"\(date .*?\)",)) == ""
        assert same.difference(first, second) == "a.net, line 1: '(date 1)' is now '(date 2)'"
        second.write_text("(date 1)\nR1\nR2\n")
        assert same.difference(first, second) == "a.net: 2 lines are now 3"

    def test_pictures(self, tmp_path):
        from PIL import Image

        first, second = tmp_path / "a.png", tmp_path / "b.png"
        Image.new("L", (10, 10), 255).save(first)
        for shade, size, said in ((254, 10, ""), (0, 10, "100.0%"), (255, 11, "is now (11, 11)")):
            Image.new("L", (size, size), shade).save(second)
            difference = same.difference(first, second)
            assert difference.endswith(said) and bool(difference) == bool(said)


def test_the_command_says_what_it_takes():
    done = subprocess.run(
        [sys.executable, "-m", "hardware.rebuild", "--help"],
        cwd=outputs.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "--stale" in done.stdout
