"""Sync: whatever breaks whenever, the next one completes it, and nothing is lost or doubled."""

from __future__ import annotations

import binascii

import pytest
from gentlepress.acknowledging import Acknowledging
from gentlepress.client import ToolClient
from gentlepress.copying import Copies
from gentlepress.errors import (
    DeviceRefused,
    GentlepressError,
    PortClosed,
    SessionConflict,
    SessionCorrupt,
    SessionTooNew,
    ToolBusy,
    TransferFailed,
)
from gentlepress.firmware.core import records, wire
from gentlepress.links import open_link
from gentlepress.report.table import notes
from gentlepress.store import Store
from gentlepress.sync import SyncProgress, Taken, sync

from tests.host.fake_device import DEVICE_ID, FakeDevice, FakeTool, Faults
from tests.host.session_maker import header, session_bytes

SHORT = ((1, 0, 1),)
PIECE = FakeTool().piece


def made(*numbers: int) -> dict[int, bytes]:
    return {number: session_bytes(number, SHORT) for number in numbers}


def run(tool: FakeTool, store: Store, faults: Faults | None = None, **more):
    with FakeDevice(tool, faults) as device, open_link(device.path) as link:
        return sync(ToolClient(link, attempt_s=0.1, attempts=8), store, **more)


def holds_all(tool: FakeTool, store: Store) -> None:
    assert {row.session_id: store.session(row.session_id).data for row in store.sessions()} == tool.sessions
    assert {number for number, _crc, _host in tool.acknowledged} == set(tool.sessions)
    assert all(row.acknowledged for row in store.sessions())


def test_first_and_second_sync(store: Store) -> None:
    tool = FakeTool(sessions=made(1, 2, 3, 4, 5))
    seen: list[SyncProgress] = []
    first = run(tool, store, progress=seen.append)
    assert (first.new, first.already_here, first.clock_set, first.session_ids) == (
        5,
        0,
        True,
        (1, 2, 3, 4, 5),
    )
    assert tool.clock
    assert (seen[0].index, seen[0].count, seen[-1].index) == (1, 5, 5)
    assert seen[-1].done_bytes == seen[-1].total_bytes == len(tool.sessions[5])
    holds_all(tool, store)
    assert tool.acknowledged[0] == (1, binascii.crc32(tool.sessions[1]), store.host_id())
    second = run(tool, store)
    assert (second.new, second.already_here) == (0, 5)
    tool.sessions |= made(6)
    assert run(tool, store).session_ids == (6,)
    assert store.cursor(DEVICE_ID) == 6


def test_nothing_to_copy(store: Store) -> None:
    assert run(FakeTool(), store).new == 0


def test_the_tool_is_told_only_what_is_committed(store: Store, monkeypatch) -> None:
    order: list[str] = []
    real_add, real_ack = Store.add_session, ToolClient.acknowledgement
    monkeypatch.setattr(Store, "add_session", lambda *a, **k: (real_add(*a, **k), order.append("commit"))[0])
    monkeypatch.setattr(
        ToolClient, "acknowledgement", lambda *a: (order.append("acknowledge"), real_ack(*a))[1]
    )
    run(FakeTool(sessions=made(1, 2)), store)
    assert order == ["commit", "acknowledge"] * 2


def test_all_come_in_one_stream(store: Store, monkeypatch) -> None:
    monkeypatch.delattr(ToolClient, "download")
    tool = FakeTool(sessions=made(*range(1, 30)) | {30: session_bytes(30)})
    assert run(tool, store).new == 30
    holds_all(tool, store)


def test_a_tool_that_gives_less_at_a_time_than_it_should(store: Store) -> None:
    tool = FakeTool(sessions=made(*range(1, 9)), piece=99)
    with FakeDevice(tool) as device, open_link(device.path) as link:
        sync(ToolClient(link), store)
        pieces = sum(entry[1:] == (wire.GROUP_FILES, wire.FILES_TRANSFER) for entry in device.handled)
    holds_all(tool, store)
    needed = sum(-(-len(data) // 99) for data in tool.sessions.values())
    assert pieces <= needed + 2 * tool.window, "only the first ones are copied anew"


def refusing(monkeypatch, refused: int, code: int) -> None:
    take = FakeTool._g65_2

    def answer(self, op, body):
        if body["id"] == refused:
            return {"err": {"group": wire.GROUP_TOOL, "rc": code}}
        return take(self, op, body)

    monkeypatch.setattr(FakeTool, "_g65_2", answer)


def test_a_tool_that_knows_too_many_desktops_is_copied_all_the_same(store: Store, monkeypatch) -> None:
    refusing(monkeypatch, 1, wire.ERR_HOSTS_FULL)
    assert run(FakeTool(sessions=made(1, 2)), store).new == 2
    assert {row.session_id: row.acknowledged for row in store.sessions()} == {1: False, 2: True}


def test_a_refused_acknowledgement_is_told_after_all_others(store: Store, monkeypatch) -> None:
    tool = FakeTool(sessions=made(1, 2, 3))
    with monkeypatch.context() as patch:
        refusing(patch, 2, wire.ERR_STORAGE)
        with pytest.raises(DeviceRefused):
            run(tool, store)
    assert {row.session_id: row.acknowledged for row in store.sessions()} == {1: True, 2: False, 3: True}
    assert store.cursor(DEVICE_ID) == 1
    assert run(tool, store).new == 0
    holds_all(tool, store)


def test_a_tool_that_is_taken_up_meanwhile_ends_the_sync(store: Store, monkeypatch) -> None:
    tool = FakeTool(sessions=made(1, 2, 3))
    with monkeypatch.context() as patch:
        refusing(patch, 2, wire.ERR_BUSY_CONTACT)
        with pytest.raises(ToolBusy):
            run(tool, store)
    assert 1 <= len(store.sessions()) <= 3
    run(tool, store)
    holds_all(tool, store)


class Killed(BaseException):
    """The process ends here."""


STEPS = [
    (ToolClient, "set_clock"),
    (ToolClient, "sessions"),
    (Copies, "_take"),
    (ToolClient, "download"),
    (Store, "add_session"),
    (ToolClient, "acknowledgement"),
    (Acknowledging, "_answered"),
    (Store, "mark_acknowledged"),
    (Store, "move_cursor"),
]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("hit", [1, 2])
@pytest.mark.parametrize(("owner", "name"), STEPS)
def test_kill_at_each_step(store: Store, monkeypatch, owner: type, name: str, hit: int, after: bool) -> None:
    tool = FakeTool(sessions=made(1, 2, 3), piece=60 if name == "download" else PIECE)
    real, calls = getattr(owner, name), 0

    def killed(*args, **more):
        nonlocal calls
        calls += 1
        if calls != hit:
            return real(*args, **more)
        if after:
            real(*args, **more)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, killed)
        try:
            run(tool, store)
        except Killed:
            assert calls == hit
        assert calls, "it is a step"
    before = len(store.sessions())
    result = run(tool, store)
    assert result.new == 3 - before
    assert result.already_here == before
    holds_all(tool, store)


@pytest.mark.parametrize(
    ("piece", "replies"), [(60, n) for n in range(3, 24, 4)] + [(PIECE, n) for n in range(3, 9)]
)
def test_port_closing_in_mid_transfer(store: Store, piece: int, replies: int) -> None:
    tool = FakeTool(sessions=made(1, 2), piece=piece)
    taken = Taken()
    with pytest.raises(PortClosed) as told:
        run(tool, store, Faults(close_after=replies), taken=taken)
    assert told.value.next_step
    assert taken.new == [row.session_id for row in sorted(store.sessions(), key=lambda row: row.session_id)]
    result = run(tool, store, taken=taken)
    assert (result.new, result.already_here, result.session_ids) == (2, 0, (1, 2)), "of both tries"
    holds_all(tool, store)


def test_a_bad_wire_only_costs_time(store: Store) -> None:
    tool = FakeTool(sessions=made(1, 2, 3))
    faults = Faults(lose_every=9, double_every=4, flip_every=7, noise_every=5, stray_every=3)
    assert run(tool, store, faults).new == 3
    holds_all(tool, store)


def test_conflict_overwrites_nothing_and_holds_up_nobody(store: Store) -> None:
    tool = FakeTool(sessions=made(1, 2))
    run(tool, store)
    old = dict(tool.sessions)
    tool.sessions = {1: old[1], 2: session_bytes(2, SHORT, excess=False)} | made(3)
    tool.acknowledged = []
    with pytest.raises(SessionConflict, match="session 2"):
        run(tool, store)
    assert store.session(2).data == old[2]
    assert store.session(3).data == tool.sessions[3]
    assert 2 not in {number for number, _crc, _host in tool.acknowledged}


def test_tool_that_lost_its_memory_is_noticed(store: Store) -> None:
    run(FakeTool(sessions=made(1, 2, 3)), store)
    with pytest.raises(SessionConflict):
        run(FakeTool(sessions={1: session_bytes(1, SHORT, excess=False)}), store)
    assert len(store.sessions()) == 3


def test_wrong_digest_stores_nothing(store: Store) -> None:
    tool = FakeTool(sessions=made(1), crc_lie=1)
    with pytest.raises(TransferFailed, match="digest"):
        run(tool, store)
    assert store.sessions() == []
    assert tool.acknowledged == []
    tool.crc_lie = 0
    assert run(tool, store).new == 1


def newer() -> bytes:
    payload = records.pack(records.HEADER, header(2, "x", 0) | {"format_version": 9})
    return records.frame(records.HEADER, 0, payload)


@pytest.mark.parametrize(
    ("bad", "kind"),
    [(b"junk" * 20, SessionCorrupt), (newer(), SessionTooNew), (session_bytes(8), SessionCorrupt)],
)
def test_a_bad_session_holds_up_nobody_and_is_tried_again(store: Store, bad: bytes, kind: type) -> None:
    tool = FakeTool(sessions=made(1, 3) | {2: bad})
    with pytest.raises(kind) as told:
        run(tool, store)
    assert told.value.next_step
    assert [row.session_id for row in store.sessions(newest_first=False)] == [1, 3]
    assert {number for number, _crc, _host in tool.acknowledged} == {1, 3}
    tool.sessions[2] = session_bytes(2, SHORT)
    assert run(tool, store).session_ids == (2,)
    assert store.cursor(DEVICE_ID) == 3


def test_deleted_sessions_are_not_copied_again(store: Store) -> None:
    tool = FakeTool(sessions=made(1, 2))
    run(tool, store)
    store.delete(2)
    result = run(tool, store)
    assert (result.new, len(store.sessions())) == (0, 1)


def test_acknowledging_what_the_tool_dropped(store: Store, monkeypatch) -> None:
    tool = FakeTool(sessions=made(1))
    with monkeypatch.context() as patch:
        patch.setattr(ToolClient, "acknowledgement", lambda *_a: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            run(tool, store)
    tool.sessions = made(2)
    assert run(tool, store).new == 1
    assert store.unacknowledged(DEVICE_ID) == []


def test_a_clock_that_can_not_be_set_stops_nothing(store: Store, monkeypatch) -> None:
    def refuse(*_args):
        raise DeviceRefused("no", "", 0, wire.MGMT_BUSY)

    monkeypatch.setattr(ToolClient, "set_clock", refuse)
    result = run(FakeTool(sessions=made(1)), store)
    assert (result.new, result.clock_set) == (1, False)


def test_a_store_that_fails_leaves_the_session_on_the_tool(store: Store, monkeypatch) -> None:
    tool = FakeTool(sessions=made(1))

    def fail(*_args):
        raise GentlepressError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "add_session", fail)
        with pytest.raises(GentlepressError, match="disk full"):
            run(tool, store)
    assert tool.acknowledged == []
    assert run(tool, store).new == 1


def thinned(data: bytes) -> bytes:
    found, _used = records.parse(data)
    left = records.pack(records.THINNED, {"size": len(data), "crc": binascii.crc32(data)})
    parts = ((records.HEADER, found[0][2]), (records.THINNED, left), (records.SUMMARY, found[-1][2]))
    return b"".join(records.frame(kind, at, payload) for at, (kind, payload) in enumerate(parts))


def without_trace(sessions: dict[int, bytes], *numbers: int) -> FakeTool:
    now = sessions | {number: thinned(sessions[number]) for number in numbers}
    return FakeTool(sessions=now, whole={number: binascii.crc32(sessions[number]) for number in numbers})


def test_a_whole_session_here_outlives_its_trace_on_the_tool(store: Store) -> None:
    sessions = made(1, 2, 3)
    run(FakeTool(sessions=sessions), store)
    for tool in (without_trace(sessions, 1), without_trace(sessions, 1, 2, 3)):
        assert run(tool, store).new == 0
        assert all(store.session(number).data == data for number, data in sessions.items())


def test_a_desktop_that_comes_late_gets_what_is_left(store: Store) -> None:
    sessions = made(1, 2)
    tool = without_trace(sessions, 1)
    assert run(tool, store).session_ids == (1, 2)
    holds_all(tool, store)
    left = store.session(1).session
    assert left.whole_crc == binascii.crc32(sessions[1])
    assert (left.steps, left.trace, left.events) == ((), (), ())
    assert any("only the sums" in note for note in notes(left))
    assert left.summary is not None and left.summary.steps_total == 1
    assert run(tool, store).new == 0
