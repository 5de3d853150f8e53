"""Links over a cable: what only they have, and what a user is told when a port is not usable."""

from __future__ import annotations

import errno
import os
import time
from types import SimpleNamespace

import pytest
import serial
from gentlepress.client import connect
from gentlepress.errors import (
    ExitCode,
    GentlepressError,
    PortBusy,
    PortClosed,
    PortMissing,
    PortPermission,
    PortSilent,
    RuntimeUnavailable,
    UsageError,
)
from gentlepress.links import address, open_link
from gentlepress.links import serial as serial_link
from gentlepress.links.address import make_link
from gentlepress.links.serial import SerialLink
from gentlepress.links.sim import SimLink

from tests.host.fake_device import FakeDevice, Faults


class Started:
    """A simulated tool that echoes nothing by itself."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.closed = 0

        self.ended: GentlepressError | None = None

    def check(self) -> None:
        if self.ended:
            raise self.ended

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def far_end():
    """Both ends of a pseudo-terminal: (number of the far end, path of the near end)."""
    import pty
    import tty

    master, slave = pty.openpty()
    tty.setraw(slave)
    yield SimpleNamespace(number=master, path=os.ttyname(slave), slave=slave)
    for number in (master, slave):
        try:
            os.close(number)
        except OSError:
            continue


MAKERS = {"serial": SerialLink, "sim": lambda path: SimLink("x", lambda _args: Started(path))}


@pytest.fixture(params=MAKERS)
def link(request, far_end):
    made = MAKERS[request.param](far_end.path)
    yield made
    made.close()


def soon(seconds: float = 0.2) -> float:
    return time.monotonic() + seconds


def test_a_peer_that_takes_nothing_ends_at_the_deadline(link) -> None:
    link.open()
    before = time.monotonic()
    with pytest.raises(PortSilent):
        link.send(bytes(400_000), soon(0.2))
    assert time.monotonic() - before < 2


def test_hanging_up_is_told(link, far_end) -> None:
    link.open()
    os.close(far_end.slave)
    os.close(far_end.number)
    with pytest.raises(PortClosed) as told:
        for _ in range(20):
            link.send(b"x", soon())
            link.receive(soon())
    assert told.value.exit_code == ExitCode.PORT
    assert "cable" in told.value.next_step


def test_second_opening_is_busy(link, far_end) -> None:
    link.open()
    with pytest.raises(PortBusy, match="in use") as told, open_link(far_end.path):
        pass
    assert told.value.exit_code == ExitCode.PORT
    link.close()
    with open_link(far_end.path):
        pass


def test_opening_drops_old_input(link, far_end) -> None:
    os.write(far_end.number, b"old")
    link.open()
    os.write(far_end.number, b"new")
    assert link.receive(soon()) == b"new"


def test_sim_stops_its_tool() -> None:
    with FakeDevice() as device:
        started = Started(device.path)
        sim = SimLink("a b", lambda args: started if args == "a b" else None)
        with sim:
            sim.open()
        assert started.closed == 1


def test_sim_that_does_not_come_up_is_stopped() -> None:
    started = Started("/dev/does-not-exist")
    sim = SimLink("", lambda _args: started)
    with pytest.raises(PortMissing):
        sim.open()
    assert started.closed == 1


def test_sim_that_ended_says_why() -> None:
    started = Started("/dev/does-not-exist")
    started.ended = RuntimeUnavailable("its last words")
    with pytest.raises(RuntimeUnavailable, match="last words"):
        SimLink("", lambda _args: started).open()
    assert started.closed == 1


@pytest.mark.parametrize("path", ["/dev/no-such-port", "/etc/passwd", "/tmp", "/etc/passwd/x", "no\x00name"])
def test_what_is_no_port(path: str) -> None:
    with pytest.raises(PortMissing) as told:
        open_link(f"serial:{path}")
    assert told.value.next_step


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.EACCES, PortPermission),
        (errno.EPERM, PortPermission),
        (errno.EBUSY, PortBusy),
        (errno.EIO, None),
    ],
)
def test_what_the_system_says(monkeypatch, number, kind) -> None:
    def refuse(*_args, **_more):
        raise serial.SerialException(number, os.strerror(number))

    monkeypatch.setattr(serial_link.serial, "Serial", refuse)
    with pytest.raises(kind or GentlepressError) as told:
        open_link("/dev/ttyX")
    assert told.value.exit_code == ExitCode.PORT
    assert told.value.next_step


@pytest.mark.parametrize("text", ["usb:x", "tcp://1.2.3.4", "serail:/dev/ttyACM0"])
def test_unknown_scheme_names_the_known(text: str) -> None:
    with pytest.raises(UsageError, match="serial:, sim:"):
        make_link(text)


def test_addresses() -> None:
    assert make_link("/dev/ttyACM3").name == "serial:/dev/ttyACM3"
    assert make_link("serial:COM3").name == "serial:COM3"
    assert make_link("COM3").name == "serial:COM3"
    assert make_link("sim:--hand gentle").name == "sim:--hand gentle"
    with pytest.raises(UsageError):
        make_link("serial:")


def ports(monkeypatch, *paths: str) -> None:
    found = [SimpleNamespace(device=path, vid=1) for path in paths]
    found.append(SimpleNamespace(device="/dev/ttyS0", vid=None))
    monkeypatch.setattr(address.list_ports, "comports", lambda: found)


def test_auto_finds_the_tool_among_others(monkeypatch) -> None:
    with FakeDevice(faults=Faults(babble=b"OK\r\n")) as other, FakeDevice() as device:
        ports(monkeypatch, other.path, "/dev/gone", device.path)
        with connect("auto") as tool:
            assert tool.hello.board == "fake"


def test_auto_without_ports(monkeypatch) -> None:
    ports(monkeypatch)
    with pytest.raises(PortMissing, match="No USB serial port"):
        connect("auto")


def test_auto_without_a_tool_tells_each_port(monkeypatch) -> None:
    with FakeDevice(faults=Faults(silent=True)) as device:
        ports(monkeypatch, device.path, "/dev/gone")
        with pytest.raises(PortMissing) as told:
            connect("auto")
        assert device.path in told.value.message
        assert "/dev/gone" in told.value.message


def test_auto_with_the_tool_in_use(monkeypatch) -> None:
    with FakeDevice() as device, connect(device.path):
        ports(monkeypatch, device.path)
        with pytest.raises(PortBusy):
            connect("auto")
