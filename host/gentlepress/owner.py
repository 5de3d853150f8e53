"""What only the owner of a tool asks for: user slots, the desktops that copy it and their keys, the factory reset."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gentlepress.errors import DeviceRefused
from gentlepress.firmware.core import wire
from gentlepress.reply_fields import Fields
from gentlepress.smp.session import Request, Session
from gentlepress.smp.text import clean
from gentlepress.transfer import checked

ABSENT_DAYS = 90
_KEYS_CEILING = 255


@dataclass(frozen=True)
class User:
    """One user slot (0: everybody): whose, how gentle, sessions ever, and done and allowed in seven days."""

    slot: int
    name: str
    profile: str
    sessions: int
    pace: str
    week: int
    week_most: int


@dataclass(frozen=True)
class Desktop:
    """A desktop that copies the tool; `counts` is False once it has not been seen for 90 days."""

    host: str
    seen: datetime | None
    counts: bool


@dataclass(frozen=True)
class Desktops:
    """All of them, and whether the owner has said that a session copied by one of them is safe enough."""

    desktops: tuple[Desktop, ...]
    one_is_enough: bool

    @property
    def absent(self) -> tuple[Desktop, ...]:
        """Those that the tool waits for no longer."""
        return tuple(desktop for desktop in self.desktops if not desktop.counts)


@dataclass(frozen=True)
class ResetState:
    """A request for a factory reset: none, waiting, running, done, expired, failed; seconds left to hold the button."""

    state: str
    left_s: float


class OwnerDesk:
    """Made by `ToolClient.owner`. `session`: the conversation with the tool."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def users(self) -> list[User]:
        """The user slots; a single one, 0, when none are set up."""
        fields = Fields("users", self._ask("its users", wire.OP_READ, wire.TOOL_USERS))
        return [
            User(
                one.integer("slot", 0, 255),
                one.text("name", 24, ""),
                one.text("profile", 24, ""),
                one.integer("sessions", default=0),
                one.text("pace", 24, ""),
                one.integer("week", default=0),
                one.integer("week_most", default=0),
            )
            for one in fields.maps("users")
        ]

    def desktops(self) -> Desktops:
        """The desktops. Asking is being told: those not seen for 90 days count no longer from now on."""
        fields = Fields("desktops", self._ask("its desktops", wire.OP_READ, wire.TOOL_HOSTS))
        found = [
            Desktop(
                one.text("host", 64), _time(one.integer("seen", default=0)), bool(one.integer("counts", 0, 1))
            )
            for one in fields.maps("hosts")
        ]
        return Desktops(tuple(found), bool(fields.integer("one_copy", 0, 1, 0)))

    def seen(self, host: str) -> bool:
        """Tell the tool that this desktop is here; False when it does not know it, having acknowledged nothing yet."""
        try:
            self._ask("to note this desktop", wire.OP_WRITE, wire.TOOL_HOSTS, {"seen": host})
        except DeviceRefused as error:
            if (error.group, error.code) == (wire.GROUP_TOOL, wire.ERR_NO_HOST):
                return False
            raise
        return True

    def forget(self, host: str) -> None:
        """Let the tool wait for a desktop no longer."""
        self._ask(f"to forget the desktop {host}", wire.OP_WRITE, wire.TOOL_HOSTS, {"forget": host})

    def paired(self) -> tuple[list[str], int]:
        """(names of the desktops that have a key, how many there may be: 0 without a radio)."""
        fields = Fields("keys", self._ask("its paired desktops", wire.OP_READ, wire.TOOL_PAIR))
        return [clean(item, 64) for item in fields.items("hosts")[:_KEYS_CEILING]], fields.integer(
            "most", 0, 255, 0
        )

    def pair(self, host: str, key: bytes) -> None:
        """Give the tool a key for a desktop, over the cable only.

        Args:
            host: identity of the desktop.
            key: 16 random bytes.

        Raises:
            ToolBusy: in contact or in a session.
            DeviceRefused: as many as it can remember are paired, it has no radio, or this is no cable.
        """
        self._ask("to pair this desktop", wire.OP_WRITE, wire.TOOL_PAIR, {"host": host, "key": key})

    def unpair(self, host: str) -> bool:
        """Take a desktop's key away, over the cable only; False when it had none."""
        try:
            self._ask(f"to unpair the desktop {host}", wire.OP_WRITE, wire.TOOL_PAIR, {"forget": host})
        except DeviceRefused as error:
            if (error.group, error.code) == (wire.GROUP_TOOL, wire.ERR_NOT_PAIRED):
                return False
            raise
        return True

    def ask_factory_reset(self) -> None:
        """For a minute from now on, the button held for 8 s resets the tool."""
        self._ask("a factory reset", wire.OP_WRITE, wire.TOOL_FACTORY_RESET)

    def factory_reset(self) -> ResetState:
        """How the request stands."""
        body = self._ask("the state of its factory reset", wire.OP_READ, wire.TOOL_FACTORY_RESET)
        fields = Fields("factory reset", body)
        return ResetState(fields.text("state", 16), fields.integer("left_ms", default=0) / 1000)

    def _ask(self, what: str, op: int, command: int, body: dict[str, Any] | None = None) -> dict[str, Any]:
        return checked(self._session.request(Request(op, wire.GROUP_TOOL, command, body or {})), what)


def _time(unix_s: int) -> datetime | None:
    return datetime.fromtimestamp(min(unix_s, 2**32 - 1), UTC) if unix_s else None
