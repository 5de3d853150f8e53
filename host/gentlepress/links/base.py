"""The contract that every link keeps; tests/host/test_link_contract.py holds it against each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self


@dataclass(frozen=True)
class Limits:
    """What a link can carry.

    Attributes:
        console: messages travel in console frames (a serial line) and not bare (a packet link).
        line: longest line or packet, bytes.
        burst: bytes the far side takes without a pause.
        pause_s: pause after each burst, seconds.
        private: whoever is near can reach the tool this way: a key must be proved, and messages are sealed.
    """

    console: bool = True
    line: int = 127
    burst: int = 256
    pause_s: float = 0.002
    private: bool = False


def use_mtu(link: object, mtu: int) -> None:
    """Tell a link over the air what the tool has told of its MTU; other links have none."""
    use = getattr(link, "use_mtu", None)
    if use is not None:
        use(mtu)


class Link(Protocol):
    """A byte stream to one tool. Blocking; deadlines are times of `time.monotonic()`.

    Every method but `close` may raise PortMissing, PortBusy, PortPermission or PortClosed; `close` raises nothing
    and may be called twice.
    """

    name: str
    limits: Limits

    def open(self) -> None:
        """Take the port for this program alone."""
        ...

    def close(self) -> None:
        """Give the port back."""
        ...

    def send(self, data: bytes, deadline: float) -> None:
        """Send everything, or raise PortSilent when the far side has not taken it by the deadline."""
        ...

    def receive(self, deadline: float) -> bytes:
        """Whatever has come in, waiting for at least one byte; PortSilent when there is none by the deadline."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_error: object) -> None: ...
