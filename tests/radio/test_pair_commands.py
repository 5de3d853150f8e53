"""The commands that pair, against the real firmware: over its cable, and what that means over the air."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner
from gentlepress.cli import App, cli
from gentlepress.errors import ExitCode

from tests.radio.world import World, world

pytestmark = [pytest.mark.micropython, pytest.mark.xdist_group("radio"), pytest.mark.timeout(180)]


class Desk:
    """A desktop with a data folder of its own and no keyring."""

    def __init__(self, here: World, folder: Path) -> None:
        self.here = here
        self.folder = folder
        self._env = {
            "XDG_DATA_HOME": str(folder),
            "HOME": str(folder),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        }

    def run(self, *words: str, by: str = "cable"):
        """A command over the cable or over the air; over the air the window is opened first."""
        port = self.here.tool.path
        if by == "air":
            self.here.open_window()
            port = "ble+bleak:"
        return CliRunner().invoke(cli, [*words, "--port", port, "--json"], obj=App(), env=self._env)

    def code(self, *words: str, by: str = "cable") -> int:
        return self.run(*words, by=by).exit_code

    @property
    def key_file(self) -> Path:
        return self.folder / "gentlepress" / "keys.json"


@pytest.fixture
def here():
    with world() as made:
        yield made


def test_pair_speak_over_the_air_and_unpair(here, tmp_path) -> None:
    desk, other = Desk(here, tmp_path / "desk"), Desk(here, tmp_path / "other")
    done = desk.run("pair")
    assert done.exit_code == ExitCode.OK, done.output
    assert json.loads(done.stdout)["kept_in"] == str(desk.key_file)
    assert stat.S_IMODE(desk.key_file.stat().st_mode) == 0o600
    said = desk.run("info", by="air")
    assert said.exit_code == ExitCode.OK, said.output
    assert json.loads(said.stdout)["hello"]["board"] == "simulator"

    refused = desk.run("pair", by="air")
    assert (refused.exit_code, "cable" in refused.stdout) == (ExitCode.USAGE, True)
    stranger = other.run("info", by="air")
    assert stranger.exit_code == ExitCode.KEY, stranger.output
    assert "gentlepress pair" in stranger.stdout

    name = json.loads(done.stdout)["host"]
    assert name in json.loads(other.run("desktops", "list").stdout)["only_paired"]
    assert other.code("unpair", name) == ExitCode.OK
    lost = desk.run("info", by="air")
    assert lost.exit_code == ExitCode.KEY, lost.output
    assert json.loads(lost.stdout)["error"]["kind"] == "KeyRefused"
    assert desk.code("pair") == ExitCode.OK
    assert desk.code("info", by="air") == ExitCode.OK
