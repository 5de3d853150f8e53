"""The tool as the desktop sees it: every command of the wire, with typed arguments and results."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from gentlepress.calibration import CalibrationDesk
from gentlepress.care_client import CareClient
from gentlepress.errors import (
    DeviceRefused,
    PortClosed,
    PortSilent,
    ProtocolError,
    TransferFailed,
    UsageError,
)
from gentlepress.firmware.core import settings, wire
from gentlepress.key_store import KeyStore, open_keys
from gentlepress.links import Link, open_link
from gentlepress.owner import OwnerDesk
from gentlepress.proving import prove
from gentlepress.replies import (
    Hello,
    Parameters,
    Refusal,
    Samples,
    SessionEntry,
    check_protocol,
    read_hello,
    read_samples,
)
from gentlepress.reply_fields import Fields
from gentlepress.session_list import list_sessions
from gentlepress.smp.session import ATTEMPT_S, ATTEMPTS, Request, Session
from gentlepress.tool_state import State, read_state
from gentlepress.transfer import Partial, Progress, checked, digest_of, fetch, store_file, tool_digest

SETTING_NAMES = settings.NAMES
_NO_SETTING = {(wire.GROUP_SETTINGS, 3), (wire.GROUP_SETTINGS, 5)}
_CLOCK_NOT_SET = (wire.GROUP_OS, 4)


class ToolClient(CareClient):
    """One tool over one link. Made by `connect`; use it as a context manager.

    Args:
        link: an open link.
        attempt_s: seconds until a request is sent again.
        attempts: how often a request is sent.
        keys: for a link that is private; by default this user's.

    Attributes:
        hello: who the tool is, as of the last `refresh_hello`.
        session: the conversation; its channel has counters.
    """

    def __init__(
        self,
        link: Link,
        attempt_s: float = ATTEMPT_S,
        attempts: int = ATTEMPTS,
        keys: KeyStore | None = None,
    ) -> None:
        self.session = Session(link, attempt_s, attempts)
        if link.limits.private:
            prove(self.session, keys or open_keys())
        self.hello = self.refresh_hello()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the port back."""
        self.session.close()

    def refresh_hello(self) -> Hello:
        """Ask the tool who it is and what it can hold.

        Raises:
            VersionMismatch: no version of the protocol in common; the message names the side to update.
        """
        body = self._read("hello", wire.GROUP_TOOL, wire.TOOL_HELLO)
        check_protocol(body)
        self.hello = read_hello(body, time.time())
        self.session.widen(self.hello.buf, self.hello.window)
        return self.hello

    def echo(self, text: str) -> str:
        """Let the tool send a text back."""
        body = self._write("an echo", wire.GROUP_OS, wire.OS_ECHO, {"d": text})
        return Fields("echo", body).text("r", 1024)

    def read_clock(self) -> datetime | None:
        """The tool's clock in UTC; None when it is not set."""
        try:
            body = self._read("its clock", wire.GROUP_OS, wire.OS_DATETIME)
        except DeviceRefused as error:
            if (error.group, error.code) == _CLOCK_NOT_SET:
                return None
            raise
        text = Fields("clock", body).text("datetime", 40)
        try:
            when = datetime.fromisoformat(text)
        except ValueError as error:
            raise ProtocolError(
                f"The tool's clock reads {text!r}, which is no time.", "Set the clock."
            ) from error
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)

    def set_clock(self, when: datetime | None = None) -> None:
        """Set the tool's clock.

        Args:
            when: a time with a zone; by default this computer's time.
        """
        moment = (when or datetime.now(UTC)).astimezone(UTC) + timedelta(milliseconds=500)
        text = moment.strftime("%Y-%m-%dT%H:%M:%S")
        self._write("to set its clock", wire.GROUP_OS, wire.OS_DATETIME, {"datetime": text})

    def parameters(self) -> Parameters:
        """Message buffers of the tool."""
        fields = Fields("parameters", self._read("its parameters", wire.GROUP_OS, wire.OS_PARAMETERS))
        return Parameters(fields.integer("buf_size"), fields.integer("buf_count"))

    def os_info(self, fmt: str = "s") -> str:
        """The tool's own description, in the letters of SMP's info command ("a" for all)."""
        body = self._read("its description", wire.GROUP_OS, wire.OS_INFO, {"format": fmt})
        return Fields("info", body).text("output", 512)

    def reset(self) -> None:
        """Ask for an orderly restart; the tool may be gone before its answer arrives."""
        try:
            self._write("to restart", wire.GROUP_OS, wire.OS_RESET)
        except (PortClosed, PortSilent):
            return

    def read_setting(self, name: str) -> str | None:
        """Value of a setting as text; None when the tool has no such setting or no value for it."""
        try:
            body = self._read(
                f"the setting {name}", wire.GROUP_SETTINGS, wire.SETTINGS_READ_WRITE, {"name": name}
            )
        except DeviceRefused as error:
            if (error.group, error.code) in _NO_SETTING or error.code == wire.MGMT_NO_ENTRY:
                return None
            raise
        return Fields("setting", body).text("val", 64)

    def write_setting(self, name: str, value: str) -> None:
        """Change a setting.

        Raises:
            DeviceRefused: unknown name or a value out of its range; `refusals` tells why.
            ToolBusy: in contact or in a session.
        """
        what = f"the setting {name} = {value!r}"
        body = {"name": name, "val": value.encode()}
        self._write(what, wire.GROUP_SETTINGS, wire.SETTINGS_READ_WRITE, body)

    def delete_setting(self, name: str) -> None:
        """Return a setting to its default."""
        self._write(
            f"to delete the setting {name}", wire.GROUP_SETTINGS, wire.SETTINGS_DELETE, {"name": name}
        )

    def settings(self) -> dict[str, str]:
        """All known settings that have a value."""
        values = {name: self.read_setting(name) for name in SETTING_NAMES}
        return {name: value for name, value in values.items() if value is not None}

    def sessions(self, after: int = 0) -> list[SessionEntry]:
        """Closed sessions on the tool with a number above `after`, rising."""
        return list_sessions(self.session, after, self.hello.last_session)

    def download(
        self,
        path: str,
        *,
        size: int | None = None,
        crc: int | None = None,
        progress: Progress | None = None,
        partial: Partial | None = None,
        digest: str = "crc32",
    ) -> bytes:
        """Copy a file and check it.

        Args:
            path: path on the tool, for example from wire.session_path.
            size: bytes it must have, when known.
            crc: CRC-32 it must have; without it the tool is asked for the digest.
            progress: called with (bytes done, bytes in all).
            partial: what an earlier, broken download left; it is completed in place.
            digest: "crc32" or "sha256", for the case that the tool is asked.

        Raises:
            TransferFailed: the file changed under way, or its digest is wrong.
        """
        if digest not in {"crc32", "sha256"}:
            raise UsageError(f"digest {digest!r} is not one of crc32, sha256.", "Use one of them.")
        have = partial if partial is not None else Partial()
        resumed = bool(have.data)
        fetch(self.session, path, have, size, progress)
        if crc is None and not have.data:
            return b""  # the tool gives no digest of nothing
        wanted = crc if crc is not None else tool_digest(self.session, path, digest)
        if digest_of(have.data, "crc32" if crc is not None else digest) == wanted:
            return bytes(have.data)
        have.clear()
        if resumed:
            return self.download(path, size=size, crc=crc, progress=progress, partial=have, digest=digest)
        raise TransferFailed(
            f"{path} was copied, but its digest is not the tool's; the copy was thrown away.",
            "Try again; if it repeats, the tool's memory is damaged there: report it.",
        )

    def upload(self, path: str, data: bytes, progress: Progress | None = None) -> None:
        """Send a file (the routine); see `transfer.store_file` for errors."""
        store_file(self.session, path, data, progress)

    def acknowledgement(self, session_id: int, crc: int, host: str) -> Request:
        """The request that tells the tool that this desktop has a session safe.

        Args:
            session_id: number of the session.
            crc: CRC-32 of the file that was stored.
            host: identity of this desktop (Store.host_id).
        """
        body = {"id": session_id, "crc": crc, "host": host}
        return Request(wire.OP_WRITE, wire.GROUP_TOOL, wire.TOOL_ACKNOWLEDGE, body)

    def acknowledge(self, session_id: int, crc: int, host: str) -> None:
        """Tell the tool so; see `acknowledgement`."""
        body = self.session.request(self.acknowledgement(session_id, crc, host))
        checked(body, f"the acknowledgement of session {session_id}")

    def state(self) -> State:
        """What the tool is doing now."""
        return read_state(self._read("its state", wire.GROUP_TOOL, wire.TOOL_STATE))

    def samples(self, since: int = 0) -> Samples:
        """Force samples from number `since` on, as many as fit into a reply."""
        body = self._read("force samples", wire.GROUP_TOOL, wire.TOOL_SAMPLES, {"since": since})
        return read_samples(body)

    def tare(self) -> int:
        """Set the zero of the force sensor; returns its distance from the factory zero, mN.

        Raises:
            ToolBusy: the tip is in contact.
            DeviceRefused: not still, or too far from the factory zero.
        """
        body = self._write("to set its zero", wire.GROUP_TOOL, wire.TOOL_TARE)
        return Fields("tare", body).integer("zero_mn", -100_000, 100_000)

    @property
    def is_private(self) -> bool:
        """Whether it is reached over the air, where keys are needed and some commands are refused."""
        return self.session.channel.link.limits.private

    @property
    def owner(self) -> OwnerDesk:
        """What only its owner asks for: user slots, desktops, factory reset."""
        return OwnerDesk(self.session)

    @property
    def calibration(self) -> CalibrationDesk:
        """Its calibration: to lead through one, or to read what is kept."""
        return CalibrationDesk(self.session)

    def refusals(self) -> list[Refusal]:
        """Why the tool refused the last routine or setting."""
        body = self._read("its reasons", wire.GROUP_TOOL, wire.TOOL_REFUSAL)
        fields = Fields("refusals", body)
        pairs = zip(fields.maps("refusals"), fields.items("refusals"), strict=True)
        return [Refusal.read(item, raw) for item, raw in pairs]

    def _read(
        self, what: str, group: int, command: int, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        return checked(self.session.request(Request(wire.OP_READ, group, command, body or {})), what)

    def _write(
        self, what: str, group: int, command: int, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        return checked(self.session.request(Request(wire.OP_WRITE, group, command, body or {})), what)


def connect(
    address: str = "auto",
    attempt_s: float = ATTEMPT_S,
    attempts: int = ATTEMPTS,
    keys: KeyStore | None = None,
) -> ToolClient:
    """Open a link, prove a key where the link is private, and say hello.

    Args:
        address: see `links.open_link`.
        attempt_s: seconds until a request is sent again.
        attempts: how often a request is sent.
        keys: see ToolClient.
    """
    met: list[ToolClient] = []

    def probe(candidate: Link) -> Hello:
        in_air = candidate.limits.private
        times = (attempt_s, attempts) if in_air else (0.5, 2)
        met.append(ToolClient(candidate, *times, keys))
        return met[-1].hello

    link = open_link(address, probe)
    if link.limits.private and met:
        return met[-1]
    try:
        return ToolClient(link, attempt_s, attempts, keys)
    except BaseException:
        link.close()
        raise
