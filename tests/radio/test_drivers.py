"""Both drivers over the air to the real firmware, and what a user is told."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason
from gentlepress.air import mishaps
from gentlepress.client import ToolClient, connect
from gentlepress.errors import (
    BluetoothOff,
    BluetoothUnavailable,
    ExitCode,
    PortBusy,
    PortClosed,
    PortMissing,
    PortPermission,
    PortSilent,
)
from gentlepress.firmware.core import air, wire
from gentlepress.links import ble
from gentlepress.links.ble import BleLink, open_in_air
from gentlepress.smp.message import Message, decode

from tests.radio.virtual_bleak import VirtualClient

pytestmark = [pytest.mark.micropython, pytest.mark.xdist_group("radio"), pytest.mark.timeout(120)]
HELLO = Message(wire.OP_READ, wire.GROUP_TOOL, wire.TOOL_HELLO, 7, {}).encode()


def soon(seconds: float = 5) -> float:
    return time.monotonic() + seconds


@pytest.fixture
def link(here, driver):
    (found,) = driver.scan(soon(), lambda _found: True)
    made = BleLink(found, driver)
    yield made
    made.close()


def whole(link: BleLink, seconds: float = 5) -> Message:
    data = b""
    until = soon(seconds)
    while len(data) < 8 or len(data) < 8 + int.from_bytes(data[2:4], "big"):
        data += link.receive(until)
    return decode(data)


def test_a_scan_tells_name_and_address_and_ends_early(here, driver) -> None:
    before = time.monotonic()
    (found,) = driver.scan(soon(8), lambda found: found.name == "Gentlepr")
    assert time.monotonic() - before < 6
    assert (found.name, found.address) == ("Gentlepr", here.antenna.address)


def test_a_scan_that_finds_nothing_ends_at_its_deadline(here, driver) -> None:
    before = time.monotonic()
    driver.scan(soon(0.6), lambda _found: False)
    assert 0.3 < time.monotonic() - before < 6


def test_bytes_go_both_ways(link) -> None:
    link.open()
    link.send(HELLO, soon())
    assert whole(link).body["name"] == "Gentlepress"


@pytest.mark.parametrize("mtu", [23, 185, 247])
def test_a_message_of_any_length_in_packets_of_the_mtu(here, link, mtu: int) -> None:
    here.ether.air.mtu = mtu
    link.open()
    del VirtualClient.written[:]
    tool = ToolClient(link, keys=here.keys)
    text = "x" * (3 * mtu)
    assert tool.echo(text) == text
    assert link.limits.line == mtu - air.MTU_HEAD, "as the tool has told"
    assert max(size for size, _response in VirtualClient.written) == mtu - air.MTU_HEAD


def test_packets_are_short_until_the_tool_has_told_more(link) -> None:
    assert link.limits.line == 20 and not link.limits.console and link.limits.private
    for nonsense in (0, 22, 248, 65535):
        link.use_mtu(nonsense)
        assert link.limits.line == 20


def test_a_lost_link_is_told(here, link) -> None:
    link.open()
    here.break_link()
    with pytest.raises(PortClosed) as told:
        for _ in range(20):
            link.send(HELLO, soon())
            link.receive(soon(0.1))
    assert told.value.exit_code == ExitCode.PORT and "button twice" in told.value.next_step


def test_a_tool_that_hangs_up_is_told(here, link) -> None:
    link.open()
    here.wait(lambda: here.antenna.connections)
    here.radio.call(here.antenna._hang_up(next(iter(here.antenna.connections)).to_bytes(2, "big")))
    with pytest.raises(PortClosed):
        link.receive(soon(5))


def test_it_can_be_opened_again_and_again(here, driver) -> None:
    for _ in range(3):
        with open_in_air("", driver) as link:
            link.send(HELLO, soon())
            assert whole(link).body["proto_min"] == 1
        assert here.wait(lambda: here.antenna.advertising)


def test_a_client_reads_the_tool(here, driver) -> None:
    with connect(f"ble+{driver.name}:", keys=here.keys) as tool:
        assert tool.hello.board == "simulator"
        assert tool.echo("through the air") == "through the air"
        assert tool.read_setting("live_air") == "0"
        tool_id, name = tool.hello.device_id, tool.hello.name
    for wanted in (name, name.upper(), tool_id):
        here.wait(lambda: here.antenna.advertising)
        with connect(f"ble+{driver.name}:{wanted}", keys=here.keys) as tool:
            assert tool.hello.device_id == tool_id


@pytest.mark.parametrize("wanted", ["Gentlepr", "0123456789abcdef", "Rose"])
def test_another_tool_is_not_taken_for_the_one(here, driver, monkeypatch, wanted: str) -> None:
    monkeypatch.setattr(ble, "SCAN_S", 0.6)
    with pytest.raises(PortMissing, match="in the air") as told:
        open_in_air(wanted, driver, lambda link: ToolClient(link, keys=here.keys).hello)
    assert "button twice" in told.value.next_step
    assert here.wait(lambda: not here.antenna.connections)


NOT_POWERED = BleakBluetoothNotAvailableReason.POWERED_OFF
DENIED = BleakBluetoothNotAvailableReason.DENIED_BY_USER
NONE = BleakBluetoothNotAvailableReason.NO_BLUETOOTH


@pytest.mark.parametrize(
    ("reason", "kind", "word"),
    [
        (NOT_POWERED, BluetoothOff, "is off"),
        (NONE, BluetoothOff, "has none"),
        (DENIED, PortPermission, "may not"),
    ],
)
def test_what_the_system_says(here, driver, reason, kind, word: str) -> None:
    here.desktop.refusal = BleakBluetoothNotAvailableError("no", reason)
    with pytest.raises(kind, match=word) as told:
        open_in_air("", driver)
    assert told.value.next_step and told.value.exit_code == ExitCode.PORT


def test_a_frozen_system_ends_at_the_deadline_and_the_next_call_is_made(here, driver, monkeypatch) -> None:
    monkeypatch.setattr(ble, "SCAN_S", 0.3)
    here.desktop.frozen = True
    before = time.monotonic()
    with pytest.raises(PortSilent, match="did not answer in time") as told:
        open_in_air("", driver)
    assert time.monotonic() - before < 12
    assert "turn it off and on" in told.value.next_step


LEAVES = """
import asyncio, sys, time
import bleak
from unittest import mock
from tests.radio import virtual_bleak
from gentlepress.links.ble import make_driver, open_in_air
from gentlepress.links import ble
ble.SCAN_S = 0.2
class Frozen(virtual_bleak.VirtualScanner):
    async def start(self):
        await asyncio.sleep(3600)
    async def stop(self):
        await asyncio.sleep(3600)
with mock.patch.object(bleak, "get_platform_scanner_backend_type", return_value=(Frozen, "frozen")):
    try:
        open_in_air("", make_driver(sys.argv[1]))
    except Exception as error:
        print(type(error).__name__, flush=True)
sys.exit(7)
"""


@pytest.mark.parametrize("name", ble.DRIVERS)
def test_the_process_leaves_though_the_system_is_frozen(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LEAVES, name], capture_output=True, text=True, timeout=90, check=False
    )
    assert (done.returncode, done.stdout) == (7, "PortSilent\n"), done.stderr


@pytest.mark.parametrize("name", ble.DRIVERS)
def test_a_library_that_is_not_installed(monkeypatch, name: str) -> None:
    for module in ("bleak", "_bleio", "adafruit_ble"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(BluetoothUnavailable, match="is not installed") as told:
        ble.make_driver(name)
    assert "gentlepress[ble]" in told.value.next_step
    assert told.value.exit_code == ExitCode.RUNTIME_UNAVAILABLE


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (OSError("[org.bluez.Error.InProgress] Operation already in progress"), PortBusy),
        (RuntimeError("org.bluez.Error.NotReady: Resource Not Ready, adapter not powered"), BluetoothOff),
        (PermissionError(13, "Permission denied"), PortPermission),
        (KeyError("device with address AA was not found"), PortMissing),
        (EOFError(), PortClosed),
        (ValueError("Not connected"), PortClosed),
        (TimeoutError(), PortSilent),
        (AttributeError("'NoneType' object has no attribute 'x'"), mishaps.PortError),
        (NotImplementedError(), mishaps.PortError),
    ],
)
def test_errors_of_the_libraries_become_ours(error: BaseException, kind: type) -> None:
    ours = mishaps.in_ours(error, "trying")
    assert type(ours) is kind
    assert ours.message and ours.next_step


def test_what_is_ours_stays() -> None:
    ours = PortBusy("x", "y")
    assert mishaps.in_ours(ours, "trying") is ours


def test_the_property_bit_of_bleio_is_still_wrong(here) -> None:
    """bleio takes NOTIFY (0x10 on the air) for its own WRITE, so it always writes with a response.

    When this fails, a release has mended it (its pull request 71): the characteristic may do without WRITE then.
    """
    with open_in_air("", ble.make_driver("adafruit")) as link:
        del VirtualClient.written[:]
        link.send(HELLO, soon())
        whole(link)
    assert [response for _size, response in VirtualClient.written] == [True]
