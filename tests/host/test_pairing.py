"""Pairing: where keys are kept, the commands, and proving a key to a tool at the far end of a private link."""

from __future__ import annotations

import json
import os
import stat
import threading
import time

import pytest
from gentlepress import key_store
from gentlepress.client import ToolClient
from gentlepress.errors import (
    DeviceRefused,
    ExitCode,
    GentlepressError,
    KeyMissing,
    KeyRefused,
    PortClosed,
    PortSilent,
    ProtocolError,
    StoreCorrupt,
    StoreError,
    StoreReadOnly,
    ToolBusy,
)
from gentlepress.firmware.core import channel, wire
from gentlepress.key_store import KeyStore
from gentlepress.links.base import Limits
from gentlepress.smp import private_channel
from gentlepress.smp.message import Message, decode
from gentlepress.store import open_store

from tests.host.fake_device import DEVICE_ID
from tests.host.fake_device import FakeTool as Answers
from tests.host.test_cli import Bench

KEY, OTHER = bytes(range(16)), bytes(range(50, 66))
TOOLS = "0011223344556677", "8899aabbccddeeff"


class FakeRing:
    """A keyring in memory; `broken` makes every call fail as backends do, with an error of any kind."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.broken = False

    def _fail(self) -> None:
        if self.broken:
            raise RuntimeError("locked")

    def get_password(self, service, username):
        self._fail()
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self._fail()
        self.kept[service, username] = password

    def delete_password(self, service, username):
        self._fail()
        del self.kept[service, username]


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def file_store(tmp_path):
    return KeyStore(tmp_path / "data" / "keys.json", lambda: None)


@pytest.fixture
def ring():
    return FakeRing()


@pytest.fixture
def ring_store(tmp_path, ring):
    return KeyStore(tmp_path / "data" / "keys.json", lambda: ring)


class TestKeyStore:
    def test_several_tools(self, file_store) -> None:
        assert file_store.get(TOOLS[0]) is None
        assert file_store.tools() == []
        for tool, key in zip(TOOLS, (KEY, OTHER), strict=True):
            assert str(file_store._path) in file_store.put(tool, key)
        assert [file_store.get(tool) for tool in TOOLS] == [KEY, OTHER]
        assert file_store.remove(TOOLS[0])
        assert not file_store.remove(TOOLS[0])
        assert file_store.tools() == [TOOLS[1]]
        assert file_store.get(TOOLS[0]) is None

    def test_the_file_is_for_its_owner_only(self, file_store) -> None:
        before = os.umask(0)
        try:
            file_store.put(TOOLS[0], KEY)
            file_store.put(TOOLS[1], KEY)
        finally:
            os.umask(before)
        assert mode(file_store._path) == 0o600
        assert mode(file_store._path.parent) == 0o700
        assert [path.name for path in file_store._path.parent.iterdir()] == ["keys.json"]

    def test_a_file_that_others_may_read_is_closed_to_them(self, file_store) -> None:
        file_store.put(TOOLS[0], KEY)
        file_store._path.chmod(0o644)
        assert file_store.get(TOOLS[0]) == KEY
        assert mode(file_store._path) == 0o600

    def test_a_write_that_breaks_off_leaves_what_was(self, file_store, monkeypatch) -> None:
        file_store.put(TOOLS[0], KEY)

        def breaks(*_words):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(key_store.os, "replace", breaks)
        with pytest.raises(StoreReadOnly, match="No space"):
            file_store.put(TOOLS[0], OTHER)
        assert file_store.get(TOOLS[0]) == KEY
        assert [path.name for path in file_store._path.parent.iterdir()] == ["keys.json"]

    @pytest.mark.parametrize("text", ["", "{", "[]", '{"tools": 5}', '{"tools": {"x": 5}}', '{"version": 1}'])
    def test_a_damaged_file_is_told_and_left(self, file_store, text) -> None:
        file_store._path.parent.mkdir()
        file_store._path.write_text(text)
        for call in (file_store.tools, lambda: file_store.put(TOOLS[0], KEY), lambda: file_store.get("x")):
            with pytest.raises(StoreCorrupt) as told:
                call()
            assert "gentlepress pair" in told.value.next_step
        assert file_store._path.read_text() == text
        assert file_store.clear() == [str(file_store._path)]

    def test_a_keyring_holds_the_key_and_the_file_only_says_so(self, ring_store, ring) -> None:
        assert "keyring" in ring_store.put(TOOLS[0], KEY)
        assert ring.kept == {("gentlepress", TOOLS[0]): KEY.hex()}
        assert KEY.hex() not in ring_store._path.read_text()
        assert ring_store.get(TOOLS[0]) == KEY
        assert ring_store.remove(TOOLS[0])
        assert ring.kept == {}

    def test_a_keyring_that_refuses_is_as_good_as_none(self, ring_store, ring) -> None:
        ring.broken = True
        assert str(ring_store._path) in ring_store.put(TOOLS[0], KEY)
        assert ring_store.get(TOOLS[0]) == KEY
        ring.broken = False
        ring_store.put(TOOLS[1], KEY)
        ring.broken = True
        assert ring_store.get(TOOLS[1]) is None, "pair anew"
        assert ring_store.remove(TOOLS[1])
        ring.kept.clear()
        ring.broken = False
        ring_store.put(TOOLS[1], KEY)
        ring.kept["gentlepress", TOOLS[1]] = "no key"
        assert ring_store.get(TOOLS[1]) is None

    def test_clear_takes_all_of_it(self, ring_store, ring, monkeypatch) -> None:
        assert ring_store.clear() == []
        ring_store.put(TOOLS[0], KEY)
        ring_store.put(TOOLS[1], KEY)
        left = {}
        unlink = type(ring_store._path).unlink

        def spy(self, missing_ok=False):
            left[self.name] = self.read_bytes()
            unlink(self, missing_ok=missing_ok)

        monkeypatch.setattr(type(ring_store._path), "unlink", spy)
        said = ring_store.clear()
        assert [TOOLS[0] in line for line in said] == [False, True, False]
        assert ring.kept == {}
        assert left["keys.json"]
        assert not any(left["keys.json"])
        assert not ring_store._path.parent.exists()

    def test_the_systems_keyring_is_none_where_there_is_none(self, monkeypatch) -> None:
        import keyring
        from keyring.backends import fail, null

        for backend in (fail.Keyring(), null.Keyring()):
            monkeypatch.setattr(keyring, "get_keyring", lambda backend=backend: backend)
            assert key_store.system_ring() is None
        ring = FakeRing()
        monkeypatch.setattr(keyring, "get_keyring", lambda: ring)
        assert key_store.system_ring() is ring

        def breaks():
            raise RuntimeError("no service")

        monkeypatch.setattr(keyring, "get_keyring", breaks)
        assert key_store.system_ring() is None

    def test_open_keys_is_in_the_users_data_folder(self, tmp_path, monkeypatch) -> None:
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
        assert str(key_store.open_keys()._path).startswith(str(tmp_path))


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def own_name(bench) -> str:
    with open_store(bench.database) as store:
        return store.host_id()


class TestCommands:
    def test_pair(self, bench) -> None:
        done = bench.json("pair", "--db", bench.database)
        name = own_name(bench)
        assert done == {
            "device_id": DEVICE_ID,
            "name": "Blue",
            "host": name,
            "kept_in": str(bench.keys._path),
        }
        first = bench.tool.owner.keys[name]
        assert len(first) == 16
        assert bench.keys.get(DEVICE_ID) == first
        said = bench.run("pair", "--db", bench.database).output
        assert said.startswith("Paired with Blue (0011223344556677).")
        assert first.hex() not in said
        assert bench.keys.get(DEVICE_ID) == bench.tool.owner.keys[name] != first, "a new key each time"

    def test_the_key_is_never_shown(self, bench) -> None:
        done = bench.run("pair", "--json", "--db", bench.database)
        assert bench.keys.get(DEVICE_ID).hex() not in done.stdout + done.stderr

    def test_a_full_tool_names_those_that_are_paired(self, bench) -> None:
        bench.tool.owner.keys = {"old": KEY, "older": KEY}
        bench.tool.owner.keys_most = 2
        done = bench.run("pair", "--db", bench.database)
        assert done.exit_code == ExitCode.REFUSED
        assert "old, older: gentlepress unpair NAME" in done.stderr
        assert bench.keys.tools() == []

    def test_a_key_that_is_not_kept_here_is_not_kept_there(self, bench, monkeypatch) -> None:
        def breaks(_device_id, _key):
            raise StoreError("no", "make room")

        monkeypatch.setattr(bench.keys, "put", breaks)
        assert bench.run("pair", "--db", bench.database).exit_code == ExitCode.STORE
        assert bench.tool.owner.keys == {}

    def test_a_damaged_list_of_keys_is_told_before_the_tool_is_asked(self, bench) -> None:
        bench.keys._path.parent.mkdir()
        bench.keys._path.write_text("x")
        assert bench.run("pair", "--db", bench.database).exit_code == ExitCode.STORE
        assert bench.addresses == []

    def test_it_needs_the_cable(self, bench) -> None:
        bench.tool.is_private = True
        for command in ("pair", "unpair"):
            done = bench.run(command, "--db", bench.database)
            assert done.exit_code == ExitCode.USAGE
            assert "cable" in done.stderr
        assert bench.tool.owner.keys == {}

    def test_unpair(self, bench) -> None:
        bench.run("pair", "--db", bench.database)
        done = bench.json("unpair", "--db", bench.database)
        assert (done["removed"], done["removed_here"]) == (True, True)
        assert bench.tool.owner.keys == {}
        assert bench.keys.tools() == []
        assert "not paired" in bench.run("unpair", "--db", bench.database).output

    def test_unpair_another_one(self, bench) -> None:
        bench.run("pair", "--db", bench.database)
        bench.tool.owner.keys["lost"] = KEY
        assert bench.json("unpair", "lost", "--db", bench.database)["removed_here"] is False
        assert bench.keys.tools() == [DEVICE_ID]
        done = bench.run("unpair", "lost", "--db", bench.database)
        assert done.exit_code == ExitCode.USAGE
        assert own_name(bench) in done.stderr

    def test_desktops_shows_who_is_paired(self, bench) -> None:
        bench.run("pair", "--db", bench.database)
        bench.tool.owner.keys["lost"] = KEY
        found = bench.json("desktops", "list", "--db", bench.database)
        assert sorted(found["only_paired"]) == sorted(["lost", own_name(bench)])
        said = bench.run("desktops", "list", "--db", bench.database).output
        assert "has copied nothing" in said
        assert max(map(len, said.splitlines())) <= 80

    def test_desktops_of_older_firmware(self, bench, monkeypatch) -> None:
        def unknown():
            raise DeviceRefused("no")

        monkeypatch.setattr(bench.tool.owner, "paired", unknown)
        assert bench.json("desktops", "list", "--db", bench.database)["only_paired"] == []

    def test_delete_all_takes_the_keys(self, bench) -> None:
        bench.run("pair", "--db", bench.database)
        removed = bench.json("delete-all", "--yes", "--db", bench.database)["removed"]
        assert str(bench.keys._path) in removed
        assert not bench.keys._path.exists()


class PacketLink:
    """A private link of packets in memory; the far end is a tool made of a fake one behind a seal.

    Attributes:
        key: of the tool. mangle: called with each reply, gives what arrives instead, in packets.
        calls: requests that were heard inside a seal.
    """

    name = "packets:"
    limits = Limits(console=False, line=64, private=True)

    def __init__(self, key: bytes = KEY) -> None:
        self.key = key
        self.answers = Answers(buf=300)
        self.mangle = lambda reply: [reply]
        self.heard: list[bytes] = []
        self.inside: list[Message] = []
        self.refuse = 0
        self.proto = (1, 1)
        self.lie = b""
        self._inbox: list[bytes] = []
        self._held = b""
        self._tool: private_channel.Seal | None = None
        self._nonces = self._derived = None

    def open(self) -> None: ...

    def close(self) -> None: ...

    def send(self, data: bytes, deadline: float) -> None:
        self.heard.append(data)
        self._inbox += [
            packet
            for reply in self._reply(data)
            for packet in (reply[at : at + 20] for at in range(0, len(reply), 20))
        ]

    def receive(self, deadline: float) -> bytes:
        if self._inbox:
            return self._inbox.pop(0)
        time.sleep(max(0, deadline - time.monotonic()))
        raise PortSilent("nothing", "")

    def _reply(self, data: bytes) -> list[bytes]:
        request = decode(data)
        if request.command == wire.TOOL_SEALED and self._tool is not None:
            found = self._unsealed(data)
            return [] if found is None else self.mangle(self._sealed(found))
        body = self._open(request)
        return [Message(request.op + 1, request.group, request.command, request.sequence, body).encode()]

    def _open(self, request: Message) -> dict:
        if self.refuse and request.command != wire.TOOL_HELLO:
            return {"err": {"group": wire.GROUP_TOOL, "rc": self.refuse}}
        if request.command == wire.TOOL_HELLO:
            return {
                "proto_min": self.proto[0], "proto_max": self.proto[1], "device_id": DEVICE_ID, "name": "Rose",
                "cap": [], "buf": 300, "window": 4, "mtu": 23,
            }  # fmt: skip
        if request.command == wire.TOOL_CHALLENGE:
            info = channel.info(bytes.fromhex(DEVICE_ID), 1, 1)
            self._nonces = private_channel.Nonces(request.body["nonce"], bytes(range(16)), info)
            return {"nonce": bytes(range(16))[: 16 - len(self.lie)]}
        if request.command == wire.TOOL_PROVE:
            derived = private_channel.derive(self.key, self._nonces)
            right = derived.prove(channel.HOST_LABEL, self._nonces) == request.body["proof"]
            if not right and self.lie != b"any":
                return {"err": {"group": wire.GROUP_TOOL, "rc": wire.ERR_KEY_WRONG}}
            d = self._derived = derived
            mirrored = private_channel.Derived(d.proof, d.tool_cipher, d.tool_tag, d.host_cipher, d.host_tag)
            self._tool = private_channel.Seal(mirrored)
            return {"proof": derived.prove(channel.TOOL_LABEL, self._nonces)}
        return {"err": {"group": wire.GROUP_TOOL, "rc": wire.ERR_KEY_NEEDED}}

    def _unsealed(self, data: bytes) -> Message | None:
        """The host's seal makes requests; here one is read as if it were a reply."""
        inner = self._tool.unwrap(_turned(data, wire.OP_WRITE_REPLY, self._derived.host_tag))
        if inner is None:
            return None
        self.inside.append(decode(inner))
        return self.inside[-1]

    def _sealed(self, request: Message) -> bytes:
        body = self.answers.answer(request)
        reply = Message(request.op + 1, request.group, request.command, request.sequence, body).encode()
        return _turned(self._tool.wrap(reply), wire.OP_WRITE_REPLY, self._derived.tool_tag)


def _turned(data: bytes, op: int, key: bytes) -> bytes:
    """A sealed message with another operation, tagged anew."""
    body = bytes((data[0] & 0xF8 | op,)) + data[1 : -channel.TAG_BYTES]
    return body + private_channel._tag(key, body)


@pytest.fixture
def keys(tmp_path):
    store = KeyStore(tmp_path / "keys.json", lambda: None)
    store.put(DEVICE_ID, KEY)
    return store


def client_of(link, keys, attempt_s=0.05):
    return ToolClient(link, attempt_s, 3, keys)


class TestProving:
    def test_what_is_said_is_sealed(self, keys) -> None:
        link = PacketLink()
        tool = client_of(link, keys)
        assert tool.hello.board == "fake"
        assert tool.is_private
        tool.write_setting("name", "Secret rose")
        assert tool.read_setting("name") == "Secret rose"
        assert link.answers.settings["name"] == b"Secret rose"
        sealed = [data for data in link.heard if data[7] == wire.TOOL_SEALED]
        assert len(sealed) == len(link.heard) - 3
        assert all(b"Secret" not in data for data in link.heard)

    def test_no_key_and_nothing_is_tried(self, tmp_path) -> None:
        link = PacketLink()
        said = None
        try:
            client_of(link, KeyStore(tmp_path / "none.json", lambda: None))
        except GentlepressError as error:
            said = error
        assert isinstance(said, KeyMissing)
        assert said.exit_code == ExitCode.KEY
        assert "gentlepress pair" in said.next_step
        assert "Rose" in said.message
        assert len(link.heard) == 1

    def test_a_key_that_the_tool_does_not_know(self, keys) -> None:
        for link in (PacketLink(OTHER), PacketLink()):
            link.refuse = 0 if link.key == OTHER else wire.ERR_KEY_NEEDED
            with pytest.raises(KeyRefused) as told:
                client_of(link, keys)
            assert "gentlepress pair" in told.value.next_step
            assert told.value.exit_code == ExitCode.KEY

    def test_a_tool_that_cannot_prove_it_is_told_nothing(self, keys) -> None:
        link = PacketLink(OTHER)
        link.lie = b"any"
        link.answers = Answers()
        link._open = _short_nonce_fixed(link._open)
        try:
            client_of(link, keys)
        except GentlepressError as error:
            said = error
        assert isinstance(said, KeyRefused)
        assert "can't prove it" in said.message
        assert link.inside == []

    def test_a_hello_with_other_versions_than_the_tool_has_is_noticed(self, keys) -> None:
        link = PacketLink()
        link.proto = (1, 9)
        with pytest.raises(KeyRefused):
            client_of(link, keys)

    def test_a_nonce_of_another_length(self, keys) -> None:
        link = PacketLink()
        link.lie = b"x"
        with pytest.raises(ProtocolError, match="nonce has 15 bytes"):
            client_of(link, keys)

    def test_too_many_tries(self, keys) -> None:
        link = PacketLink()
        link.refuse = wire.ERR_KEY_WAIT
        with pytest.raises(ToolBusy) as told:
            client_of(link, keys)
        assert "ten seconds" in told.value.next_step

    def test_a_lost_reply_is_asked_for_again_under_a_new_counter(self, keys) -> None:
        link = PacketLink()
        tool = client_of(link, keys)
        lost = []
        link.mangle = lambda reply: [reply] if lost else lost.append(reply) or []
        assert tool.echo("hello") == "hello"
        first, again = link.heard[-2:]
        assert first != again
        assert link.inside[-1] == link.inside[-2], "the message inside is the same"

    def test_what_is_altered_doubled_or_made_up_is_not_believed(self, keys) -> None:
        link = PacketLink()
        tool = client_of(link, keys)
        old = []
        link.mangle = lambda reply: old.append(reply) or [reply]
        assert tool.echo("one") == "one"
        seal = tool.session.channel.seal
        made_up = Message(wire.OP_WRITE_REPLY, 0, 0, 0, {"r": "evil"})
        counted = iter(range(99))

        def first_time_bad(reply):
            if next(counted):
                return [reply]
            flipped = reply[:-1] + bytes((reply[-1] ^ 1,))
            plain = Message(made_up.op, 0, 0, link.inside[-1].sequence, made_up.body).encode()
            return [old[0], flipped, plain]

        link.mangle = first_time_bad
        assert tool.echo("two") == "two"
        assert seal.refused == 3
        assert tool.session.channel.dropped == 3

    def test_a_tool_that_lets_the_channel_go_is_told(self, keys) -> None:
        link = PacketLink()
        tool = client_of(link, keys)
        link._tool = None
        with pytest.raises(PortClosed) as told:
            tool.echo("x")
        assert "Connect again" in told.value.next_step

    def test_silence_stays_silence(self, keys) -> None:
        link = PacketLink()
        tool = client_of(link, keys)
        link.mangle = lambda _reply: []
        with pytest.raises(PortSilent):
            tool.echo("x")

    def test_requests_fit_the_message_inside(self, keys) -> None:
        link = PacketLink()
        link.answers.buf = 300 - channel.OVERHEAD
        tool = client_of(link, keys)
        assert tool.session.message_max == 300 - channel.OVERHEAD
        tool.echo("x" * 250)
        assert max(map(len, link.heard)) <= 300

    def test_several_in_flight(self, keys) -> None:
        link = PacketLink()
        link.answers.sessions = {1: bytes(range(256)) * 20}
        tool = client_of(link, keys)
        assert tool.download(wire.session_path(1)) == link.answers.sessions[1]

    def test_a_public_link_needs_no_key(self, keys) -> None:
        assert not Limits().private
        assert threading.active_count() < 20


def _short_nonce_fixed(open_):
    def answer(request):
        body = open_(request)
        return {"nonce": bytes(range(16))} if "nonce" in body else body

    return answer


def test_the_file_has_a_version(file_store) -> None:
    file_store.put(TOOLS[0], KEY)
    assert json.loads(file_store._path.read_text()) == {"version": 1, "tools": {TOOLS[0]: KEY.hex()}}
