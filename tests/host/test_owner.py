"""User slots, desktops and factory reset: the client against a tool in a thread, the commands against one in memory."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from gentlepress.cli import factory_reset
from gentlepress.client import connect
from gentlepress.errors import DeviceRefused, ExitCode, ProtocolError, ToolBusy
from gentlepress.firmware.core import wire
from gentlepress.owner import Desktop, User
from gentlepress.replies import Refusal
from gentlepress.report.words import DASH
from gentlepress.smp.message import Message
from gentlepress.store import open_store
from gentlepress.sync import sync

from tests.host.fake_device import FakeDevice, FakeTool
from tests.host.session_maker import session_bytes
from tests.host.test_cli import Bench


@pytest.fixture
def device():
    with FakeDevice(FakeTool()) as made:
        yield made


@pytest.fixture
def owner(device):
    with connect(device.path, attempt_s=0.3) as made:
        yield made.owner


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


NOW = datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)


class TestClient:
    def test_users(self, owner) -> None:
        ann, other = owner.users()
        assert ann == User(1, "Ann?", "odd", 7, "later", 2, 5) or ann.name.isprintable()
        assert (ann.slot, ann.week, ann.week_most) == (1, 2, 5)
        assert other == User(2, "", "", 0, "", 0, 0)

    def test_desktops(self, owner) -> None:
        found = owner.desktops()
        assert found.one_is_enough
        assert found.desktops == (Desktop("desk", NOW, True), Desktop("old", None, False))
        assert [desktop.host for desktop in found.absent] == ["old"]

    def test_seen_and_forgotten(self, device, owner) -> None:
        assert owner.seen("desk")
        assert not owner.seen("nobody")
        owner.forget("old")
        with pytest.raises(DeviceRefused) as told:
            owner.forget("nobody")
        assert (told.value.group, told.value.code) == (wire.GROUP_TOOL, wire.ERR_NO_HOST)
        assert "list those that do" in told.value.next_step.lower()
        assert device.tool.hosts_told == [
            {"seen": "desk"},
            {"seen": "nobody"},
            {"forget": "old"},
            {"forget": "nobody"},
        ]

    def test_pairing(self, device, owner) -> None:
        names, most = owner.paired()
        assert (names[0], most) == ("desk", 8)
        assert names[1].isprintable()
        owner.pair("desk", bytes(range(16)))
        assert owner.unpair("old")
        assert not owner.unpair("nobody")
        assert device.tool.pairing == [
            {"host": "desk", "key": bytes(range(16))},
            {"forget": "old"},
            {"forget": "nobody"},
        ]

    @pytest.mark.parametrize(
        ("code", "kind", "advice"),
        [
            (wire.ERR_KEYS_FULL, DeviceRefused, "remove one"),
            (wire.ERR_NO_RADIO, DeviceRefused, "use the cable"),
            (wire.ERR_CABLE_ONLY, DeviceRefused, "plug the tool in"),
            (wire.ERR_BUSY_SESSION, ToolBusy, "end it"),
        ],
    )
    def test_pairing_refused(self, device, owner, code, kind, advice) -> None:
        device.tool.busy = code
        for call in (lambda: owner.pair("desk", bytes(16)), lambda: owner.unpair("desk")):
            with pytest.raises(kind) as told:
                call()
            assert advice in told.value.next_step.lower()

    def test_a_request_to_pair_has_the_golden_bytes(self) -> None:
        rows = json.loads((Path(__file__).parents[1] / "golden/wire/owner.json").read_text())
        [golden] = [row["request"] for row in rows if row["what"] == "pair a desktop"]
        body = {"host": "desk", "key": bytes(range(16))}
        assert Message(wire.OP_WRITE, wire.GROUP_TOOL, wire.TOOL_PAIR, 8, body).encode().hex() == golden

    def test_factory_reset(self, device, owner) -> None:
        owner.ask_factory_reset()
        assert device.tool.asked_reset
        assert owner.factory_reset().left_s == pytest.approx(41.2)

    @pytest.mark.parametrize(
        ("wrong", "field"), [({"users": 3}, "users"), ({"users": [{"slot": "x"}]}, "slot"), ({}, "users")]
    )
    def test_a_malformed_answer_names_the_field(self, device, owner, monkeypatch, wrong, field) -> None:
        monkeypatch.setattr(device.tool, "_g65_12", lambda _op, _body: wrong, raising=False)
        with pytest.raises(ProtocolError, match=field):
            owner.users()


class TestUsers:
    def test_one_tool_for_everybody(self, bench) -> None:
        said = bench.run("users", "list").output
        assert "everybody" in said
        assert "2 of 5" in said
        assert "users count 2" in said

    def test_two_people(self, bench) -> None:
        assert [user["slot"] for user in bench.json("users", "count", "2")] == [1, 2]
        assert bench.json("users", "set", "2", "--name", "Ann", "--profile", "sensitive")[1]["name"] == "Ann"
        assert bench.tool.values["profile2"] == "sensitive"
        assert "whose session" in bench.run("users", "list").output

    def test_what_cannot_be(self, bench) -> None:
        for words, hint in (
            (("set", "3", "--name", "Ann"), "users count 3"),
            (("set", "1"), "--name"),
            (("count", "5"), "--help"),
            (("set", "1", "--profile", "rough"), "--help"),
        ):
            done = bench.run("users", *words)
            assert done.exit_code == ExitCode.USAGE
            assert hint in done.stderr

    def test_a_name_that_the_tool_refuses_comes_with_its_reasons(self, bench) -> None:
        bench.json("users", "count", "2")
        bench.tool.reasons = [Refusal("user1", "?", "a plainer name is needed", "choose one")]
        done = bench.run("users", "set", "1", "--name", "Ä" * 40)
        assert "a plainer name is needed; choose one" in done.stderr
        assert done.exit_code == ExitCode.REFUSED


class TestWhoseSession:
    def test_sessions_and_show_tell_it_where_slots_are_used(self, bench) -> None:
        bench.synced()
        for words in (("sessions",), ("show",)):
            assert "user" not in bench.run(*words, "--db", bench.database).output.lower()
        bench.tool.files[2] = session_bytes(2, user_slot=3)
        bench.synced()
        lines = bench.run("sessions", "--db", bench.database).output.splitlines()
        assert lines[0].rstrip().endswith("user")
        ends = {line.split()[0]: line.split()[-1] for line in lines}
        assert (ends["2"], ends["1"]) == ("3", DASH)
        assert "user 3" in bench.run("show", "2", "--db", bench.database).output
        assert [row["user_slot"] for row in bench.json("sessions", "--db", bench.database)] == [3, 0]


class TestDesktops:
    def hosts(self, bench) -> None:
        bench.tool.owner.hosts = [
            Desktop("here", datetime.now(UTC) - timedelta(days=1, hours=2), True),
            Desktop("old", NOW, False),
            Desktop("new", None, True),
        ]

    def test_list(self, bench) -> None:
        assert "gentlepress sync" in bench.run("desktops", "list", "--db", bench.database).output
        self.hosts(bench)
        said = bench.run("desktops", "list", "--db", bench.database).output
        assert "1 days ago" in said
        assert "no, away for 90 days" in said
        assert "at an unknown time" in said
        with open_store(bench.database) as store:
            own = store.host_id()
        bench.tool.owner.hosts[0] = Desktop(own, datetime.now(UTC), True)
        assert f"{own} (this one)" in bench.run("desktops", "list", "--db", bench.database).output
        assert [
            row["counts"] for row in bench.json("desktops", "list", "--db", bench.database)["desktops"]
        ] == [True, False, True]

    def test_forget(self, bench) -> None:
        self.hosts(bench)
        assert len(bench.json("desktops", "forget", "old", "--db", bench.database)["desktops"]) == 2
        done = bench.run("desktops", "forget", "old")
        assert done.exit_code == ExitCode.USAGE
        assert "here, new" in done.stderr

    def test_info_and_sync_tell_of_absent_ones(self, bench) -> None:
        self.hosts(bench)
        for words in (("info",), ("sync", "--db", bench.database)):
            assert "Not seen for 90 days: old." in bench.run(*words).stderr
            assert bench.json(*words)["absent_desktops"] == ["old"]
        assert "Last 7 days" in bench.run("info").output

    def test_sync_says_that_this_desktop_is_here(self, bench) -> None:
        with open_store(bench.database) as store:
            result = sync(bench.tool, store)
            assert bench.tool.owner.met == [store.host_id()]
            assert result.desktops is not None

    def test_older_firmware_is_synced_all_the_same(self, bench, monkeypatch) -> None:
        def unknown(_host):
            raise DeviceRefused("The tool refused it.", "", wire.GROUP_TOOL, wire.MGMT_NOT_SUPPORTED)

        monkeypatch.setattr(bench.tool.owner, "seen", unknown)
        with open_store(bench.database) as store:
            assert sync(bench.tool, store).desktops is None


class TestFactoryReset:
    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch):
        monkeypatch.setattr(factory_reset, "POLL_S", 0)

    @pytest.mark.parametrize("states", [["waiting", "running", "done"], ["running", "gone"]])
    def test_done(self, bench, states) -> None:
        bench.tool.owner.states = states
        done = bench.run("factory-reset")
        assert done.exit_code == ExitCode.OK
        assert "hold the tool's button for 8 s" in done.stderr
        assert "as it came" in done.stdout

    @pytest.mark.parametrize(
        ("state", "word"),
        [("expired", "nothing was changed"), ("failed", "memory"), ("odd", "odd"), ("none", "restarted")],
    )
    def test_not_done(self, bench, state, word) -> None:
        bench.tool.owner.states = ["waiting", state]
        done = bench.run("factory-reset")
        assert done.exit_code == ExitCode.REFUSED
        assert word in done.stderr
        assert "gentlepress factory-reset" in done.stderr

    def test_a_port_that_goes_before_it_began_is_an_error(self, bench) -> None:
        bench.tool.owner.states = ["waiting", "gone"]
        assert bench.run("factory-reset").exit_code == ExitCode.PORT
