"""One contract for every link: a serial port, a simulated tool's, and the air through either driver."""

from __future__ import annotations

import os
import pty
import time
import tty
from collections.abc import Iterator
from contextlib import suppress

import pytest
from gentlepress.air.contract import Found
from gentlepress.errors import ExitCode, PortClosed, PortError, PortSilent
from gentlepress.links.base import Link
from gentlepress.links.ble import BleLink, make_driver
from gentlepress.links.serial import SerialLink
from gentlepress.links.sim import SimLink

from tests.radio.plain_tool import PlainTool

LINKS = ("serial", "sim", "adafruit", "bleak")
BYTES = b"\x00\x03\r\n\xff\x06\x09\x11\x13"
pytestmark = [pytest.mark.xdist_group("radio-contract"), pytest.mark.timeout(60)]


class PtyEnd:
    """The far end of a pseudo-terminal."""

    def __init__(self) -> None:
        self._number, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        self._got = b""

    @property
    def got(self) -> bytes:
        """All that came so far."""
        os.set_blocking(self._number, False)
        with suppress(BlockingIOError):
            self._got += os.read(self._number, 4096)
        return self._got

    def say(self, data: bytes) -> None:
        """Send."""
        os.write(self._number, data)

    def hang_up(self) -> None:
        """Pull the cable."""
        for number in (self._slave, self._number):
            with suppress(OSError):
                os.close(number)


class Started:
    """A simulated tool that is a path only."""

    def __init__(self, path: str) -> None:
        self.path = path

    def check(self) -> None:
        """It has not ended."""

    def close(self) -> None:
        """Nothing to stop."""


@pytest.fixture(scope="module")
def plain() -> Iterator[PlainTool]:
    with PlainTool() as made:
        yield made


@pytest.fixture(params=LINKS)
def ends(request) -> Iterator[tuple[Link, PtyEnd | PlainTool]]:
    """(an unopened link, its far end)."""
    if request.param in {"serial", "sim"}:
        far = PtyEnd()
        link: Link = (
            SerialLink(far.path)
            if request.param == "serial"
            else SimLink("x", lambda _args: Started(far.path))
        )
    else:
        far = request.getfixturevalue("plain")
        far.got = b""
        driver = make_driver(request.param)
        (found,) = driver.scan(soon(5), lambda one: bool(one.address))
        assert isinstance(found, Found)
        link = BleLink(found, driver)
    yield link, far
    link.close()
    far.hang_up()


def soon(seconds: float = 2) -> float:
    return time.monotonic() + seconds


def received(link: Link, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += link.receive(soon())
    return data


def came(far, data: bytes) -> bool:
    until = soon()
    while far.got != data and time.monotonic() < until:
        time.sleep(0.01)
    return far.got == data


def test_bytes_go_both_ways_in_order(ends) -> None:
    link, far = ends
    link.open()
    for _ in range(3):
        link.send(BYTES, soon())
    assert came(far, BYTES * 3)
    for _ in range(3):
        far.say(BYTES)
    assert received(link, 3 * len(BYTES)) == BYTES * 3


def test_more_than_a_packet_is_whole(ends) -> None:
    link, far = ends
    link.open()
    data = bytes(range(256)) * 2
    link.send(data, soon(5))
    assert came(far, data)


@pytest.mark.parametrize("wait_s", [0.0, 0.15])
def test_silence_ends_at_the_deadline(ends, wait_s: float) -> None:
    link, _far = ends
    link.open()
    before = time.monotonic()
    with pytest.raises(PortSilent):
        link.receive(soon(wait_s))
    assert time.monotonic() - before < wait_s + 1


def test_hanging_up_is_told_with_a_next_step(ends) -> None:
    link, far = ends
    link.open()
    far.hang_up()
    with pytest.raises(PortClosed) as told:
        for _ in range(20):
            link.send(b"x", soon())
            with suppress(PortSilent):
                link.receive(soon(0.1))
    assert told.value.exit_code == ExitCode.PORT and told.value.next_step


def test_close_is_harmless_and_final(ends) -> None:
    link, _far = ends
    link.close()
    link.open()
    link.close()
    link.close()
    with pytest.raises(PortClosed):
        link.receive(soon())
    with pytest.raises(PortClosed):
        link.send(b"x", soon())


def test_it_can_be_opened_again_and_what_was_before_is_gone(ends) -> None:
    link, far = ends
    link.open()
    link.close()
    with suppress(PortError):
        far.say(b"old")
    link.open()
    far.say(b"new")
    assert received(link, 3) == b"new"


def test_a_context_closes_it(ends) -> None:
    link, _far = ends
    with link:
        link.open()
    with pytest.raises(PortClosed):
        link.send(b"x", soon())


def test_limits_and_name(ends) -> None:
    link, _far = ends
    assert link.limits.console != link.limits.private, "who is near needs a key, who has the cable none"
    assert link.limits.line == (127 if link.limits.console else 20)
    assert ":" in link.name
