"""Sync over a bad link with the real firmware on MicroPython: each session once in the database, none forgotten."""

from __future__ import annotations

import gzip
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from gentlepress import sim
from gentlepress.client import ToolClient
from gentlepress.errors import GentlepressError, PortClosed, PortSilent
from gentlepress.firmware.core import wire
from gentlepress.links import Link, open_link
from gentlepress.sim import SimOptions
from gentlepress.store import Store, open_store
from gentlepress.sync import sync
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.proof.kept import Kept
from tests.system import rough_link
from tests.system.rough_link import RoughLink

ROOT = Path(__file__).parents[2]
IMAGE = ROOT / "tests/golden/flash/format-2.img.gz"
HOSTS = ("desk-a", "desk-b")
IN_THE_IMAGE = "desk"
ATTEMPT_S = 0.12
ATTEMPTS = 8
FRAMES = 26  # of a calm sync of these sessions
EXAMPLES = 20
MANY_EXAMPLES = 400
PARTS = 30
SHARES = 8

pytestmark = [pytest.mark.micropython, pytest.mark.xdist_group("rough-sync"), pytest.mark.timeout(300)]


@dataclass
class Desk:
    """The tool on a table: its port, and each session as it lies there."""

    path: str
    sessions: dict[int, bytes]

    def client(self, link: Link) -> ToolClient:
        return ToolClient(link, attempt_s=ATTEMPT_S, attempts=ATTEMPTS)

    def on_tool(self) -> dict[int, bytes]:
        """All sessions, read over a good link."""
        with open_link(self.path) as link:
            tool = ToolClient(link)
            return {
                entry.id: tool.download(wire.session_path(entry.id), size=entry.size, crc=entry.crc)
                for entry in tool.sessions(0)
            }

    def forget_desktops(self) -> None:
        with open_link(self.path) as link:
            tool = ToolClient(link)
            for host in (*HOSTS, IN_THE_IMAGE):
                with suppress(GentlepressError):
                    tool.owner.forget(host)

    def acknowledged(self) -> bool:
        """Whether the tool waits for none of its desktops."""
        with open_link(self.path) as link:
            return ToolClient(link).health().unacknowledged == 0


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("flash")
    (folder / "flash.img").write_bytes(gzip.decompress(IMAGE.read_bytes()))
    with sim.launch(SimOptions(runtime="micropython", flash=folder), notice=lambda _text: None) as tool:
        tool.wait_started()
        found = Desk(tool.path, {})
        found.sessions = found.on_tool()
        assert sorted(found.sessions) == [1, 2, 3, 4]
        yield found


def opened(folder: Path, host: str) -> Store:
    store = open_store(str(folder / f"{host}.db"))
    store.host_id = lambda: host  # the tool knows at most eight
    return store


def rough_sync(desk: Desk, store: Store, **weather) -> RoughLink | None:
    """One sync in such weather; it may fail, with a reason and a next step."""
    with open_link(desk.path) as link:
        rough = RoughLink(link, **weather)
        try:
            sync(desk.client(rough), store)
        except GentlepressError as error:
            assert str(error)
        return rough


def calm_sync(desk: Desk, store: Store, wait_s: float = 0) -> None:
    """What a user does then: once more, when the tool is there again."""
    until = time.monotonic() + wait_s
    while True:
        try:
            with open_link(desk.path) as link:
                sync(ToolClient(link), store)
            return
        except GentlepressError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def holds_each_once(desk: Desk, store: Store) -> None:
    held = [row.session_id for row in store.sessions(newest_first=False)]
    assert held == sorted(desk.sessions), "each once"
    for number, data in desk.sessions.items():
        assert store.session(number).data == data
    assert all(row.acknowledged for row in store.sessions())


PLAN = st.dictionaries(
    st.integers(0, FRAMES),
    st.sampled_from([kind for kind in rough_link.KINDS if kind != rough_link.RESET]),
    max_size=8,
)
TURNS = st.lists(st.tuples(st.sampled_from(HOSTS), PLAN, PLAN), min_size=1, max_size=3)


def weather(examples: int):
    return settings(
        max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )


def take_turns(desk: Desk, folder: Path, turns) -> None:
    """Two desktops sync in their turns in bad weather, then each once more in good."""
    desk.forget_desktops()
    with opened(folder, HOSTS[0]) as first, opened(folder, HOSTS[1]) as second:
        stores = dict(zip(HOSTS, (first, second), strict=True))
        for host, requests, replies in turns:
            store = stores[host]
            rough_sync(desk, store, requests=requests, replies=replies)
            kept = {row.session_id: store.session(row.session_id).data for row in store.sessions()}
            assert kept.items() <= desk.sessions.items(), "nothing false, even now"
        for store in stores.values():
            calm_sync(desk, store)
            holds_each_once(desk, store)
    assert desk.acknowledged()
    assert desk.on_tool() == desk.sessions, "the tool forgot nothing"


@weather(EXAMPLES)
@given(TURNS)
def test_two_desktops_in_any_weather(desk: Desk, tmp_path_factory, turns) -> None:
    take_turns(desk, tmp_path_factory.mktemp("db"), turns)


def kept(what: str, part: int) -> Kept:
    """What a share of a long test has found so far, for as long as firmware and desktop stay as they are."""
    folders = (ROOT / "firmware", ROOT / "host/gentlepress")
    sources = [path for folder in folders for path in sorted(folder.rglob("*.py"))]
    return Kept(ROOT / f"build/proof/{what}-{part}.json", sources, resume=True)


def in_shares(what: str):
    """The shares of a long test, which may run side by side."""
    shares = [pytest.param(n, marks=pytest.mark.xdist_group(f"{what}-{n}")) for n in range(SHARES)]
    return pytest.mark.parametrize("part", shares)


@pytest.mark.proof
@pytest.mark.timeout(7200)
@in_shares("weather")
def test_two_desktops_in_much_weather(desk: Desk, tmp_path_factory, part: int) -> None:
    """Goes on where the last run stopped."""
    done = kept("weather", part)

    @seed(part)
    @weather(MANY_EXAMPLES // SHARES)
    @given(TURNS)
    def all_turns(turns) -> None:
        take_turns(desk, tmp_path_factory.mktemp("db"), turns)

    if not done.found:
        all_turns()
        done.add({part: ""})


@pytest.mark.parametrize("kind", [kind for kind in rough_link.KINDS if kind != rough_link.RESET])
@pytest.mark.parametrize("way", ["requests", "replies"])
def test_each_mishap_comes_to_pass_and_costs_only_time(
    desk: Desk, tmp_path: Path, way: str, kind: str
) -> None:
    desk.forget_desktops()
    with opened(tmp_path, HOSTS[0]) as store:
        rough = rough_sync(desk, store, **{way: dict.fromkeys(range(2, FRAMES, 4), kind)})
        assert rough.befell
        calm_sync(desk, store)
        holds_each_once(desk, store)


def calm_bytes(desk: Desk, folder: Path) -> int:
    """Bytes of a whole sync, both ways."""
    desk.forget_desktops()
    with opened(folder, "desk-a") as store:
        with open_link(desk.path) as link:
            ToolClient(link).set_clock()  # a hello with a clock that is set is shorter
            rough = RoughLink(link)
            sync(ToolClient(rough), store)
        holds_each_once(desk, store)
        return rough.bytes


def test_each_cut_is_one_that_a_sync_has(desk: Desk, tmp_path: Path) -> None:
    whole = calm_bytes(desk, tmp_path)
    assert whole > 4 * sum(len(data) for data in desk.sessions.values()) // 3, (
        "base64 of each session at least"
    )
    (tmp_path / "more").mkdir()
    with opened(tmp_path / "more", "desk-b") as store:
        assert rough_sync(desk, store, cut_after=whole // 2).bytes <= whole // 2
        assert len(store.sessions()) < len(desk.sessions)


def cut_and_go_on(desk: Desk, folder: Path, cut_after: int) -> None:
    """The cable is pulled after so many bytes; the next sync completes what was begun."""
    folder.mkdir()
    with opened(folder, "desk-a") as store:
        with open_link(desk.path) as link, pytest.raises((PortClosed, PortSilent)):
            sync(desk.client(RoughLink(link, cut_after=cut_after)), store)
        calm_sync(desk, store)
        holds_each_once(desk, store)


def test_the_cable_is_pulled_here_and_there(desk: Desk, tmp_path: Path) -> None:
    whole = calm_bytes(desk, tmp_path)
    for part in range(PARTS):
        cut_and_go_on(desk, tmp_path / str(part), part * whole // PARTS)
    assert desk.on_tool() == desk.sessions


@pytest.mark.proof
@pytest.mark.timeout(7200)
@in_shares("cable")
def test_the_cable_is_pulled_at_every_byte(desk: Desk, tmp_path: Path, part: int) -> None:
    """Goes on where the last run stopped."""
    done = kept("cable", part)
    for byte in range(part, calm_bytes(desk, tmp_path) - 1, SHARES):
        if byte not in done.found:
            cut_and_go_on(desk, tmp_path / str(byte), byte)
            shutil.rmtree(tmp_path / str(byte))
            done.add({byte: ""})
    assert desk.on_tool() == desk.sessions


@pytest.mark.parametrize("frame", [3, 7, 12])
def test_the_tool_restarts_in_mid_transfer(desk: Desk, tmp_path: Path, frame: int) -> None:
    desk.forget_desktops()
    with opened(tmp_path, "desk-a") as store:
        rough = rough_sync(desk, store, requests={frame: rough_link.RESET})
        assert rough_link.RESET in rough.befell
        calm_sync(desk, store, wait_s=20)
        holds_each_once(desk, store)
    assert desk.on_tool() == desk.sessions
