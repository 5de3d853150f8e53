"""Requests and their replies over a link that may lose, double, delay or damage them."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gentlepress.errors import PortClosed, PortError, PortGarbage, PortSilent, ProtocolError, UsageError
from gentlepress.links.base import Link
from gentlepress.smp import bare, framing
from gentlepress.smp.message import Message, decode, peek_key
from gentlepress.smp.text import clean

if TYPE_CHECKING:
    from gentlepress.smp.private_channel import Seal

ATTEMPTS = 4
ATTEMPT_S = 1.0
WINDOW_MAX = 16
_AFTER_DAMAGE_S = 0.05


@dataclass(frozen=True)
class Request:
    """What to ask.

    Attributes:
        op: wire.OP_READ or wire.OP_WRITE.
        group: command group.
        command: command within the group.
        body: the CBOR map.
    """

    op: int
    group: int
    command: int
    body: dict[str, Any] = field(default_factory=dict)


@dataclass
class _Pending:
    message: bytes
    index: int
    due: float
    attempts: int = 1
    hurried: bool = False


class Channel:
    """A link with its frames and counters.

    Args:
        link: an open link, with console frames or packets of bare messages.
        attempt_s: seconds that sending may take.

    Attributes:
        received: bytes that came in so far.
        dropped: whole messages that belonged to no request.
        repeats: requests sent again.
        frames: finds messages in what comes in.
        seal: seals what is sent and unseals what comes, once a key was proved; without it nothing is sealed.
    """

    def __init__(self, link: Link, attempt_s: float) -> None:
        self.link = link
        self.attempt_s = attempt_s
        self.received = 0
        self.dropped = 0
        self.repeats = 0
        self.frames = framing.FrameReader() if link.limits.console else bare.BareReader()
        self.seal: Seal | None = None
        self._sequence = secrets.randbelow(256)

    def send(self, message: bytes, lead: bytes = b"") -> None:
        """Send a message as the link carries it; sealed, where there is a seal, with a counter of its own."""
        if self.seal is not None:
            message = self.seal.wrap(message)
        frame = lead + framing.encode(message) if self.link.limits.console else message
        self.link.send(frame, time.monotonic() + self.attempt_s)

    def resend(self, message: bytes) -> None:
        """Send a message once more: what is held of a broken one gets in the way of none."""
        self.repeats += 1
        self.frames.drop()
        self.send(message, b"\n")

    def receive(self, until: float) -> list[bytes]:
        """Messages that came in; none when it stays silent until then (time.monotonic())."""
        try:
            data = self.link.receive(until)
        except PortSilent:
            return []
        self.received += len(data)
        messages = self.frames.feed(data)
        if self.seal is None:
            return messages
        opened = [self.seal.unwrap(message) for message in messages]
        self.dropped += opened.count(None)
        return [message for message in opened if message is not None]

    def next_sequence(self) -> int:
        """Sequence number of the next request; the first is random, so that a tool mistakes none for an old one."""
        self._sequence = (self._sequence + 1) & 0xFF
        return self._sequence


class Session:
    """One conversation with a tool: one caller at a time, sequence numbers, repeats, and a window of requests.

    A repeat carries the same sequence number and bytes, so that the tool can answer it from memory instead of doing
    the work twice. Replies that belong to no request in flight (late, doubled, unsolicited) are dropped.

    Args:
        link: an open link, with console frames or packets of bare messages.
        attempt_s: seconds until a request is sent again.
        attempts: how often a request is sent before the session gives up.

    Attributes:
        channel: the link with its counters.
    """

    def __init__(self, link: Link, attempt_s: float = ATTEMPT_S, attempts: int = ATTEMPTS) -> None:
        self.channel = Channel(link, attempt_s)
        self._attempts = attempts
        self._lock = threading.RLock()
        self._message_max = framing.ONE_LINE_MESSAGE
        self._window = 1

    @property
    def window(self) -> int:
        """Requests that may be in flight at once."""
        return self._window

    @property
    def message_max(self) -> int:
        """Longest message the tool takes, bytes; one line until the tool has told more."""
        return self._message_max

    def widen(self, message_max: int, window: int) -> None:
        """Take over what the tool says it can hold.

        Args:
            message_max: bytes of the longest message.
            window: requests in flight; at least one is used, at most WINDOW_MAX.
        """
        self._message_max = max(framing.ONE_LINE_MESSAGE, min(message_max, framing.MESSAGE_MAX))
        self._window = max(1, min(window, WINDOW_MAX))

    def close(self) -> None:
        """Close the link."""
        self.channel.link.close()

    def request(self, request: Request) -> dict[str, Any]:
        """Ask and wait for the body of the reply.

        Raises:
            PortSilent: nothing came in, however often it was asked.
            PortGarbage: something came in, but no frame.
            ProtocolError: a frame holds no valid reply.
        """
        (body,) = self.request_many([request], window=1)
        return body

    def request_many(
        self, requests: Iterable[Request], window: int | None = None
    ) -> Iterator[dict[str, Any]]:
        """Ask with several requests in flight.

        Args:
            requests: taken one by one as room in the window permits.
            window: requests in flight; by default what the tool allows.

        Yields:
            The body of each reply, in the order of the requests.
        """
        with self._lock:
            exchange = _Exchange(self.channel, iter(requests), self._attempts, self._message_max)
            yield from exchange.run(window or self._window)


class _Exchange:
    """The requests of one call that are in flight, and the replies that came before their turn."""

    def __init__(
        self, channel: Channel, requests: Iterator[Request], attempts: int, message_max: int
    ) -> None:
        self._channel = channel
        self._requests = requests
        self._attempts = attempts
        self._message_max = message_max
        self._in_flight: dict[tuple[int, int, int, int], _Pending] = {}
        self._early: dict[int, dict[str, Any]] = {}
        self._issued = 0
        self._received_before = channel.received
        self._damaged = channel.frames.damaged

    def run(self, window: int) -> Iterator[dict[str, Any]]:
        turn = 0
        self._fill(turn + window)
        while turn < self._issued:
            while turn not in self._early:
                self._wait()
            body = self._early.pop(turn)
            turn += 1
            self._fill(turn + window)  # on their way while the caller is at work
            yield body
            self._fill(turn + window)

    def _fill(self, until: int) -> None:
        while self._issued < until:
            request = next(self._requests, None)
            if request is None:
                return
            self._issue(request)

    def _issue(self, request: Request) -> None:
        sequence = self._channel.next_sequence()
        message = Message(request.op, request.group, request.command, sequence, request.body)
        data = message.encode()
        if len(data) > self._message_max:
            raise UsageError(
                f"A request of {len(data)} bytes is longer than the {self._message_max} bytes the tool takes.",
                "Send it in smaller pieces.",
            )
        self._channel.send(data)
        self._in_flight[message.key] = _Pending(
            data, self._issued, time.monotonic() + self._channel.attempt_s
        )
        self._issued += 1

    def _wait(self) -> None:
        due = min(pending.due for pending in self._in_flight.values())
        for data in self._channel.receive(due):
            self._take(data)
        if self._channel.frames.damaged != self._damaged:
            self._damaged = self._channel.frames.damaged
            self._hurry()
        self._repeat()

    def _take(self, data: bytes) -> None:
        pending = self._in_flight.get(peek_key(data))
        if pending is None:
            self._channel.dropped += 1
            return
        reply = decode(data)
        del self._in_flight[reply.own_key]
        self._early[pending.index] = reply.body
        self._have_patience()

    def _have_patience(self) -> None:
        """The tool answers one after another: on a slow line the others are still on their way."""
        due = time.monotonic() + self._channel.attempt_s
        for pending in self._in_flight.values():
            if not pending.hurried:
                pending.due = max(pending.due, due)

    def _hurry(self) -> None:
        """A damaged frame was probably an awaited reply: ask again soon, within the allowed number of tries."""
        soon = time.monotonic() + _AFTER_DAMAGE_S
        for pending in self._in_flight.values():
            if pending.attempts < self._attempts:
                pending.due = min(pending.due, soon)
                pending.hurried = True

    def _repeat(self) -> None:
        now = time.monotonic()
        for pending in self._in_flight.values():
            if now < pending.due:
                continue
            if pending.attempts >= self._attempts:
                raise self._no_reply()
            pending.attempts += 1
            pending.hurried = False
            pending.due = now + self._channel.attempt_s
            self._channel.resend(pending.message)

    def _no_reply(self) -> PortError:
        channel = self._channel
        name = channel.link.name
        if channel.seal is not None and channel.received != self._received_before:
            return PortClosed(
                f"What answers on {name} does not come from the tool that proved its key, or the tool let it go.",
                "Connect again. If it repeats, pair again over the USB cable: gentlepress pair",
            )
        if channel.received == self._received_before:
            return PortSilent(
                f"Nothing answered on {name} ({self._attempts} tries, {channel.attempt_s:g} s each).",
                "Wake the tool with its button and try again; if it stays silent, unplug it and plug it in again.",
            )
        text = clean(channel.frames.last_text, 60)
        return PortGarbage(
            f"What answers on {name} does not speak the tool's protocol"
            + (f" (it sent {text!r})." if text else "."),
            "Check that this is the tool's port. If it is, press its reset button; if it shows a Python prompt, its "
            "program is not running: restart it.",
        )


def reply_error(body: dict[str, Any]) -> tuple[int, int, bool, str] | None:
    """(group, code, whether the code is one that all groups share, reason) of a refusing reply, or None.

    Raises:
        ProtocolError: the error is not made as the protocol demands.
    """
    shared = "err" not in body
    error = body if shared else body["err"]
    group, code = (error.get("group", 0), error.get("rc", 0)) if isinstance(error, dict) else (None, None)
    if not isinstance(group, int) or not isinstance(code, int):
        raise ProtocolError(
            f"The tool sent an error that can't be read: {clean(body, 60)}.", "Update the tool."
        )
    return (group, code, shared, clean(body.get("rsn", ""), 160)) if code else None
