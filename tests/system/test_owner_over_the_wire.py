"""User slots, desktops and the factory reset of a simulated tool, over its serial port and by the commands."""

from __future__ import annotations

import pytest
from gentlepress.client import connect
from gentlepress.firmware.core import ids

from tests.system.support import gentlepress, simulator

pytestmark = pytest.mark.micropython


def test_whose_session_it_was_is_chosen_logged_and_shown(tmp_path):
    flash, link, db = ("--flash", tmp_path / "flash"), tmp_path / "port", tmp_path / "sessions.db"
    port = f"serial:{link}"
    with simulator(*flash, "--link", link):
        assert len(gentlepress("users", "count", "2", "--port", port, "--json").json) == 2
        named = gentlepress(
            "users", "set", "1", "--name", "Ann", "--profile", "sensitive", "--port", port, "--json"
        )
        assert [user["profile"] for user in named.json] == ["sensitive", "normal"]
    pressed = gentlepress("simulate", "--hand", "gentle", "--clock", "virtual", *flash, "--exit-when-done")
    assert pressed.code == 0, pressed.err
    with simulator(*flash, "--link", link):
        synced = gentlepress("sync", "--db", db, "--port", port, "--json").json
        assert synced["new"] == 1
        assert synced["absent_desktops"] == []
        [desktop] = gentlepress("desktops", "list", "--db", db, "--port", port, "--json").json["desktops"]
        assert desktop["is_this_one"]
        assert desktop["counts"]
        assert [user["sessions"] for user in gentlepress("users", "list", "--port", port, "--json").json] == [
            1,
            0,
        ]
        assert "Ann: 1 of 3" in gentlepress("info", "--port", port).out
        gone = gentlepress("desktops", "forget", desktop["host"], "--db", db, "--port", port, "--json")
        assert gone.json["desktops"] == []
    shown = gentlepress("show", "last", "--db", db, "--json").json["header"]
    assert (shown["user_slot"], shown["profile"]) == (1, ids.PROFILE_SENSITIVE)
    assert "user 1" in gentlepress("show", "last", "--db", db).out


def test_a_factory_reset_waits_for_the_button(tmp_path):
    link = tmp_path / "port"
    with simulator("--link", link), connect(f"serial:{link}") as tool:
        tool.write_setting("name", "Mine")
        assert tool.owner.factory_reset().state == "none"
        tool.owner.ask_factory_reset()
        asked = tool.owner.factory_reset()
        assert asked.state == "waiting"
        assert 50 < asked.left_s <= 60
        assert tool.read_setting("name") == "Mine"
