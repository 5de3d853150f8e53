"""Sync over a bad radio with the real firmware: each session once in the database, none forgotten."""

from __future__ import annotations

import gzip
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from gentlepress.air.comeback import Comeback, Pace
from gentlepress.client import ToolClient, connect
from gentlepress.errors import GentlepressError
from gentlepress.firmware.core import wire
from gentlepress.links import ble, open_link
from gentlepress.sim import SimOptions
from gentlepress.store import open_store
from gentlepress.sync import sync
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.radio.ether import Air
from tests.radio.world import World, world

IMAGE = Path(__file__).parents[1] / "golden/flash/format-2.img.gz"
QUICK = Air(interval_s=0.0075, packets=6)
HOSTS = ("air-a", "air-b")
PACE = Pace(first_s=0.05, most_s=0.4, patience_s=45)
EXAMPLES = 2
MANY_EXAMPLES = 150
PACKETS = 70  # of a calm sync, at least

pytestmark = [pytest.mark.micropython, pytest.mark.xdist_group("radio-sync"), pytest.mark.timeout(300)]


class Desk:
    """The tool, and each session as it lies there, read over the cable."""

    def __init__(self, around: World) -> None:
        self.around = around
        self.sessions = self.on_tool()

    def on_tool(self) -> dict[int, bytes]:
        with open_link(self.around.tool.path) as link:
            tool = ToolClient(link)
            return {
                entry.id: tool.download(wire.session_path(entry.id), size=entry.size, crc=entry.crc)
                for entry in tool.sessions(0)
            }

    def holds_each_once(self, store) -> None:
        held = [row.session_id for row in store.sessions(newest_first=False)]
        assert held == sorted(self.sessions), "each once"
        for number, data in self.sessions.items():
            assert store.session(number).data == data
        assert all(row.acknowledged for row in store.sessions())


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("flash")
    (folder / "flash.img").write_bytes(gzip.decompress(IMAGE.read_bytes()))
    options = SimOptions(runtime="micropython", flash=folder)
    with world(options, QUICK) as around:
        found = Desk(around)
        around.antenna.hold(3.5)  # it lies there with its travel lock on
        yield found


@contextmanager
def opened(folder: Path, host: str):
    with open_store(str(folder / f"{host}.db")) as store:
        store.host_id = lambda: host
        yield store


def sync_in(desk: Desk, store, driver: str, air: Air, cuts: list[int]) -> Comeback:
    """A sync in such air, begun again after each loss as the command does."""
    around = desk.around
    around.ether.air = air
    around.open_window()
    around.ether.cut_after(cuts)
    comeback = Comeback(lambda: connect(f"ble+{driver}:", attempt_s=0.6, keys=around.keys), pace=PACE)
    try:
        comeback.run(lambda tool: sync(tool, store))
    finally:
        around.ether.cuts = []
        around.ether.air = QUICK
    return comeback


@pytest.mark.parametrize("driver", ble.DRIVERS)
def test_a_calm_sync(desk: Desk, tmp_path: Path, driver: str) -> None:
    with opened(tmp_path, HOSTS[0]) as store:
        began = desk.around.ether.packets
        sync_in(desk, store, driver, QUICK, [])
        assert desk.around.ether.packets - began > PACKETS
        desk.holds_each_once(store)


@pytest.mark.parametrize("mtu", [23, 185])
def test_with_a_small_mtu(desk: Desk, tmp_path: Path, mtu: int) -> None:
    with opened(tmp_path, HOSTS[0]) as store:
        sync_in(desk, store, "bleak", replace(QUICK, mtu=mtu), [])
        desk.holds_each_once(store)


@pytest.mark.parametrize("driver", ble.DRIVERS)
def test_the_link_breaks_in_the_middle_and_the_sync_goes_on(desk: Desk, tmp_path: Path, driver: str) -> None:
    with opened(tmp_path, HOSTS[0]) as store:
        comeback = sync_in(desk, store, driver, QUICK, [60, 60])
        assert comeback.losses >= 1
        desk.holds_each_once(store)


AIRS = st.builds(
    Air,
    interval_s=st.sampled_from([0.0075, 0.015]),
    packets=st.integers(1, 6),
    mtu=st.sampled_from([185, 247]),
    loss=st.sampled_from([0.0, 0.1, 0.4]),
    seed=st.integers(0, 99),
)
TURNS = st.lists(
    st.tuples(
        st.sampled_from(HOSTS),
        st.sampled_from(ble.DRIVERS),
        AIRS,
        st.lists(st.integers(1, PACKETS), max_size=3),
    ),
    min_size=1,
    max_size=2,
)


def weather(examples: int):
    return settings(
        max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )


def take_turns(desk: Desk, folder: Path, turns) -> None:
    """Two desktops sync in their turns over a bad radio, then each once more over a good one."""
    with opened(folder, HOSTS[0]) as first, opened(folder, HOSTS[1]) as second:
        stores = dict(zip(HOSTS, (first, second), strict=True))
        for host, driver, air, cuts in turns:
            store = stores[host]
            try:
                sync_in(desk, store, driver, air, cuts)
            except GentlepressError as error:
                assert error.next_step
            kept = {row.session_id: store.session(row.session_id).data for row in store.sessions()}
            assert kept.items() <= desk.sessions.items(), "nothing false, even now"
        for store in stores.values():
            sync_in(desk, store, "bleak", QUICK, [])
            desk.holds_each_once(store)
    assert desk.on_tool() == desk.sessions, "the tool forgot nothing"


@weather(EXAMPLES)
@given(TURNS)
def test_two_desktops_in_any_air(desk: Desk, tmp_path_factory, turns) -> None:
    take_turns(desk, tmp_path_factory.mktemp("db"), turns)


@pytest.mark.proof
@pytest.mark.timeout(7200)
@weather(MANY_EXAMPLES)
@given(TURNS)
def test_two_desktops_in_much_air(desk: Desk, tmp_path_factory, turns) -> None:
    take_turns(desk, tmp_path_factory.mktemp("db"), turns)


def test_at_the_edge_of_range_the_link_is_lost_and_comes_back(desk: Desk, tmp_path: Path) -> None:
    around = desk.around
    around.open_window()
    with connect("ble+bleak:", attempt_s=0.5, keys=around.keys) as tool:
        around.ether.air = replace(QUICK, loss=1.0)
        before = time.monotonic()
        with pytest.raises(GentlepressError) as told:
            tool.echo("too far")
        assert "button twice" in told.value.next_step
        assert time.monotonic() - before < 5
    around.ether.air = QUICK
    with opened(tmp_path, HOSTS[1]) as store:
        sync_in(desk, store, "bleak", QUICK, [])
        desk.holds_each_once(store)
