"""Proving a key to a tool over the air, and the tool to this desktop; from then on every message is sealed."""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING, Any

from gentlepress.errors import DeviceRefused, KeyMissing, KeyRefused, ProtocolError
from gentlepress.firmware.core import channel, wire
from gentlepress.links.base import use_mtu
from gentlepress.replies import check_protocol, device_number
from gentlepress.reply_fields import Fields
from gentlepress.smp.session import Request, Session
from gentlepress.transfer import checked

if TYPE_CHECKING:
    from gentlepress.key_store import KeyStore
    from gentlepress.smp.private_channel import Nonces

_PAIR = "Plug it in with a USB cable, then pair it: gentlepress pair"
_UNKNOWN = {(wire.GROUP_TOOL, wire.ERR_KEY_WRONG), (wire.GROUP_TOOL, wire.ERR_KEY_NEEDED)}


def prove(session: Session, keys: KeyStore) -> None:
    """Prove the key for the tool at the other end, and have it prove that it has the key, too.

    Args:
        session: over a link that is private.
        keys: of this desktop.

    Raises:
        KeyMissing: there is no key for this tool.
        KeyRefused: the tool does not know the key, or is not the one that it says it is.
    """
    from gentlepress.smp.private_channel import Seal, derive  # noqa: PLC0415  (loads a library of ciphers)

    body = checked(
        session.request(Request(wire.OP_READ, wire.GROUP_TOOL, wire.TOOL_HELLO)), "to say who it is"
    )
    check_protocol(body)
    fields = Fields("hello", body)
    device_id = device_number(fields)
    use_mtu(session.channel.link, fields.integer("mtu", 0, 65535, 0))
    key = keys.get(device_id)
    if key is None:
        name = fields.text("name", 32, "")
        raise KeyMissing(f"This desktop is not paired with the tool {name} ({device_id}).", _PAIR)
    nonces = _challenge(session, _info(fields, device_id))
    derived = derive(key, nonces)
    claimed = derived.prove(channel.HOST_LABEL, nonces)
    found = _ask(session, wire.TOOL_PROVE, {"proof": claimed})
    shown = Fields("proof", found).data("proof")
    if not hmac.compare_digest(shown, derived.prove(channel.TOOL_LABEL, nonces)):
        raise KeyRefused(
            f"What answers says that it is the tool {device_id}, but can't prove it; nothing was told to it.",
            f"Another device may pose as your tool. If it is yours: {_PAIR[0].lower()}{_PAIR[1:]}",
        )
    session.channel.seal = Seal(derived)


def _info(fields: Fields, device_id: str) -> bytes:
    """What keys are bound to."""
    versions = fields.integer("proto_min", 0, 255), fields.integer("proto_max", 0, 255)
    return channel.info(bytes.fromhex(device_id.zfill(16)), *versions)


def _challenge(session: Session, info: bytes) -> Nonces:
    from gentlepress.smp.private_channel import Nonces  # noqa: PLC0415  (as above)

    ours = secrets.token_bytes(channel.NONCE_BYTES)
    theirs = Fields("challenge", _ask(session, wire.TOOL_CHALLENGE, {"nonce": ours})).data("nonce")
    if len(theirs) != channel.NONCE_BYTES:
        raise ProtocolError(
            f"The tool's nonce has {len(theirs)} bytes; it must have {channel.NONCE_BYTES}.",
            "Update the tool.",
        )
    return Nonces(ours, theirs, info)


def _ask(session: Session, command: int, body: dict[str, Any]) -> dict[str, Any]:
    request = Request(wire.OP_WRITE, wire.GROUP_TOOL, command, body)
    try:
        return checked(session.request(request), "to prove a key")
    except DeviceRefused as refused:
        if (refused.group, refused.code) in _UNKNOWN:
            raise KeyRefused("The tool does not know this desktop's key.", _PAIR) from refused
        raise
