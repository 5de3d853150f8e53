"""Every command of the tool client against a tool in a thread, good answers and bad ones."""

from __future__ import annotations

import binascii
import time
from datetime import UTC, datetime, timedelta

import pytest
from gentlepress.client import ToolClient, connect
from gentlepress.errors import (
    DeviceRefused,
    ExitCode,
    PortClosed,
    ProtocolError,
    ToolBusy,
    TransferFailed,
    UsageError,
    VersionMismatch,
)
from gentlepress.firmware.core import ids, limits, wire, wire_texts
from gentlepress.links import open_link
from gentlepress.refusals import refusal
from gentlepress.smp.session import Request
from gentlepress.transfer import Partial

from tests.host.fake_device import DEVICE_ID, FakeDevice, FakeTool, Faults

DATA = bytes(range(256)) * 16


@pytest.fixture
def device():
    with FakeDevice(FakeTool(files={"/f": DATA})) as made:
        yield made


@pytest.fixture
def tool(device):
    with connect(device.path, attempt_s=0.3) as made:
        yield made


def test_hello(tool: ToolClient) -> None:
    hello = tool.hello
    assert (hello.device_id, hello.board, hello.capabilities) == (DEVICE_ID, "fake", ("sessions",))
    assert hello.name.isprintable()
    assert len(hello.name) <= 32
    assert (tool.session.message_max, tool.session.window) == (512, 4)


@pytest.mark.parametrize(
    ("low", "high", "side"), [(2, 9, "Update this program"), (0, 0, "Update the tool's firmware")]
)
def test_protocol_range(low: int, high: int, side: str) -> None:
    with FakeDevice(FakeTool(hello={"proto_min": low, "proto_max": high})) as device:
        with pytest.raises(VersionMismatch) as told:
            connect(device.path)
        assert side in told.value.next_step
        assert told.value.exit_code == ExitCode.REFUSED


@pytest.mark.parametrize(
    "wrong",
    [
        {"device_id": "../../x"},
        {"device_id": 5},
        {"boot": -1},
        {"boot": "3"},
        {"proto_min": None},
        {"cap": 3},
    ],
)
def test_malformed_hello_names_the_field(wrong: dict) -> None:
    with FakeDevice(FakeTool(hello=wrong)) as device, pytest.raises(ProtocolError, match=next(iter(wrong))):
        connect(device.path)


@pytest.mark.parametrize("wild", [{"buf": 2**40, "window": 2**30}, {"buf": 0, "window": 0}])
def test_wild_sizes_are_bounded(wild: dict) -> None:
    with FakeDevice(FakeTool(hello=wild, files={"/f": DATA})) as device, connect(device.path) as tool:
        assert tool.download("/f") == DATA


def test_standard_commands(tool: ToolClient, device: FakeDevice) -> None:
    assert tool.echo("grüß") == "grüß"
    assert tool.parameters().buf_size == 512
    assert tool.os_info("a") == "Gentlepress a"
    tool.reset()
    assert device.tool.resets == 1


def test_clock(tool: ToolClient, device: FakeDevice) -> None:
    assert tool.read_clock() is None
    tool.set_clock(datetime(2026, 1, 2, 4, 4, 5, 600_000, tzinfo=UTC))
    assert device.tool.clock == "2026-01-02T04:04:06"
    assert tool.read_clock() == datetime(2026, 1, 2, 4, 4, 6, tzinfo=UTC)
    tool.set_clock()
    read = tool.read_clock()
    assert read is not None
    assert abs(read - datetime.now(UTC)) < timedelta(seconds=3)
    device.tool.clock = "soon"
    with pytest.raises(ProtocolError, match="soon"):
        tool.read_clock()


def test_settings(tool: ToolClient, device: FakeDevice) -> None:
    assert tool.settings() == {"name": "Rose", "strict": "0"}
    tool.write_setting("strict", "1")
    assert tool.read_setting("strict") == "1"
    tool.delete_setting("strict")
    assert tool.read_setting("strict") is None
    device.tool.busy = wire.ERR_BUSY_CONTACT
    with pytest.raises(ToolBusy, match="contact") as told:
        tool.write_setting("strict", "1")
    assert told.value.exit_code == ExitCode.BUSY
    assert told.value.next_step == "Lift the tool and try again."


def test_state_passes_unknown_numbers_through(tool: ToolClient) -> None:
    state = tool.state()
    assert (state.mode, state.mode_name) == (ids.PRESSING, "pressing")
    assert (state.zone_name, state.side, state.side_name) == ("99", "above", "above")
    assert (state.cue_name, state.contact) == ("warn", 1)
    assert state.why == (limits.REASON_TEXTS[5], "30")
    assert state.locked_by == "rest"


def test_samples_tare_refusals(tool: ToolClient, device: FakeDevice) -> None:
    samples = tool.samples(5)
    assert (samples.force_mn, samples.next, samples.lost) == ((1, -1, 10000), 8, 2)
    assert tool.tare() == -12
    assert tool.refusals()[0].value == "9"
    assert tool.refusals()[0].rule == "r"
    device.tool.busy = wire.ERR_BUSY_SESSION
    with pytest.raises(ToolBusy):
        tool.tare()


def test_session_pages(tool: ToolClient, device: FakeDevice) -> None:
    device.tool.sessions = {number: bytes([number]) for number in range(1, 9)}
    assert [entry.id for entry in tool.sessions()] == list(range(1, 9))
    assert [entry.id for entry in tool.sessions(5)] == [6, 7, 8]


@pytest.mark.parametrize(
    "reply",
    [
        {"sessions": [{"id": 3, "size": 1, "crc": 1}, {"id": 3, "size": 1, "crc": 1}], "more": False},
        {"sessions": [{"id": 3, "size": -1, "crc": 1}], "more": False},
        {"sessions": [7], "more": False},
        {"sessions": "x", "more": True},
    ],
)
def test_malformed_session_lists(tool: ToolClient, device: FakeDevice, reply: dict) -> None:
    device.tool._g65_1 = lambda _op, _body: reply
    with pytest.raises(ProtocolError):
        tool.sessions()


def test_download_digests_and_progress(tool: ToolClient) -> None:
    seen: list[tuple[int, int]] = []
    assert tool.download("/f", progress=lambda done, total: seen.append((done, total))) == DATA
    assert seen == sorted(seen)
    assert seen[-1] == (len(DATA), len(DATA))
    assert tool.download("/f", digest="sha256") == DATA
    assert tool.download("/f", size=len(DATA), crc=binascii.crc32(DATA)) == DATA
    with pytest.raises(UsageError):
        tool.download("/f", digest="md5")


def test_download_of_an_empty_file(tool: ToolClient, device: FakeDevice) -> None:
    device.tool.files["/empty"] = b""
    assert tool.download("/empty") == b""


def test_download_refusals(tool: ToolClient, device: FakeDevice) -> None:
    with pytest.raises(DeviceRefused, match="no such file"):
        tool.download("/nothing")
    with pytest.raises(TransferFailed, match="announced 5"):
        tool.download("/f", size=5)
    with pytest.raises(TransferFailed, match="digest"):
        tool.download("/f", crc=1)
    device.tool.crc_lie = 1
    with pytest.raises(TransferFailed, match="digest"):
        tool.download("/f")


@pytest.mark.parametrize("size", [700, 9000])
def test_file_that_changes_under_way_ends(tool: ToolClient, device: FakeDevice, size: int) -> None:
    def change(done: int, _total: int) -> None:
        device.tool.files["/f"] = b"z" * size

    with pytest.raises(TransferFailed):
        tool.download("/f", progress=change)


def test_pieces_that_vary_in_size(tool: ToolClient, device: FakeDevice) -> None:
    real, count = device.tool.answer, 0

    def vary(request):
        nonlocal count
        count += 1
        device.tool.piece = 50 + 31 * count % 150
        return real(request)

    device.tool.answer = vary
    assert tool.download("/f") == DATA


def test_the_next_requests_are_on_their_way_while_a_reply_is_worked_on(
    tool: ToolClient, device: FakeDevice
) -> None:
    before = len(device.handled)
    asked = [Request(wire.OP_WRITE, wire.GROUP_OS, wire.OS_ECHO, {"d": str(number)}) for number in range(9)]
    replies = tool.session.request_many(asked, window=4)
    assert next(replies) == {"r": "0"}
    until = time.monotonic() + 5
    while len(device.handled) < before + 5 and time.monotonic() < until:
        time.sleep(0.01)
    assert len(device.handled) == before + 5, "one more than the window, for the one that is here"
    assert [body["r"] for body in replies] == [str(number) for number in range(1, 9)]


def test_a_slow_line_is_given_its_time() -> None:
    """The last of a window's replies comes long after a single one would be asked for again."""
    tool = FakeTool(files={"/f": DATA}, piece=100)
    with FakeDevice(tool, Faults(delay_s=0.06)) as device, open_link(device.path) as link:
        client = ToolClient(link, attempt_s=0.15)
        assert client.download("/f") == DATA
        assert client.session.channel.repeats == 0


def test_download_resumes_after_the_port_went_away() -> None:
    tool = FakeTool(files={"/f": DATA}, piece=200)
    partial = Partial()
    faults = Faults(close_after=12)
    with FakeDevice(tool, faults) as device, connect(device.path) as client, pytest.raises(PortClosed):
        client.download("/f", partial=partial)
    had = len(partial.data)
    assert 0 < had < len(DATA)
    with FakeDevice(tool) as device, connect(device.path) as client:
        assert client.download("/f", partial=partial) == DATA
        pieces = [entry for entry in device.handled if entry[1:] == (wire.GROUP_FILES, wire.FILES_TRANSFER)]
        assert len(pieces) == -(-(len(DATA) - had) // tool.piece)


def test_resumed_download_of_another_file_starts_again(tool: ToolClient) -> None:
    partial = Partial(bytearray(b"wrong" * 100), len(DATA), 200)
    assert tool.download("/f", partial=partial) == DATA


def test_upload(tool: ToolClient, device: FakeDevice) -> None:
    tool.upload(wire.PATH_ROUTINE, DATA)
    assert device.tool.files[wire.PATH_ROUTINE] == DATA
    device.tool.refuse_upload = wire.ERR_REFUSED
    with pytest.raises(DeviceRefused) as told:
        tool.upload(wire.PATH_ROUTINE, DATA)
    assert (told.value.group, told.value.code) == (wire.GROUP_TOOL, wire.ERR_REFUSED)


def test_upload_over_a_bad_wire() -> None:
    tool = FakeTool()
    faults = Faults(lose_every=5, flip_every=7, double_every=3)
    with FakeDevice(tool, faults) as device, open_link(device.path) as link:
        ToolClient(link, attempt_s=0.1, attempts=6).upload("/routine", DATA)
    assert tool.files["/routine"] == DATA


def test_upload_that_stalls(tool: ToolClient, device: FakeDevice) -> None:
    device.tool._upload = lambda _path, _offset, _body: {"off": 0}
    with pytest.raises(TransferFailed, match="stopped taking"):
        tool.upload("/routine", DATA)


def test_standard_groups_tell_the_tools_code_by_its_text() -> None:
    error = refusal("it", 0, wire.MGMT_INVALID, shared=True, reason=wire_texts.ERR_TEXTS[wire.ERR_REFUSED])
    assert isinstance(error, DeviceRefused)
    assert (error.group, error.code) == (wire.GROUP_TOOL, wire.ERR_REFUSED)
    told = refusal("it", 0, wire.MGMT_TOO_LARGE, shared=True, reason="a routine has at most 4096 bytes")
    assert "4096" in told.message


@pytest.mark.parametrize("code", wire_texts.ERR_TEXTS)
def test_every_code_of_the_tool_has_a_next_step(code: int) -> None:
    error = refusal("it", wire.GROUP_TOOL, code)
    assert wire_texts.ERR_TEXTS[code].split(";")[0] in error.message
    assert error.next_step.endswith(".")


def test_unknown_codes_are_told_as_numbers() -> None:
    assert "error 250 of group 65" in refusal("it", 65, 250).message
    assert "error 99" in refusal("it", 0, 99, shared=True).message
    assert isinstance(refusal("it", 0, wire.MGMT_BUSY, shared=True), ToolBusy)
