"""What a link over the air is handed in place of the server: it answers only who has proved a key, and only sealed.

A stranger gets a short hello and may try to prove a key; everything else is refused before the server sees it. How the
key is proved and what a sealed message is: docs/keys.md. Loaded only on boards with a radio.
"""

import hashlib
import os
import time

from core import channel, guest, wire

from . import frames
from .errors import SHARED, SmpError, data, of_tool, whole
from .replies import HEADER
from .seal import Seal
from .server import REFUSAL_COST, REST_COST

STRANGER_MOST = 12
"""Messages of one link that are answered without a proof; it needs three."""

STRANGER_BYTES = 96
"""Longest message of a stranger that is looked into; a proof has 49."""

TRIES_MOST = 5
TRY_BACK_MS = 10000
"""Challenges without a right answer: at first so many, then one more each 10 s. Not kept over a restart: a stranger
shall wear no flash, and can lock nobody out for longer than he stays."""

FORGED_MOST = 8
"""Sealed messages that are not to be believed; after so many the channel ends."""

SEALED_COST = 1088
"""Heap that unsealing a request and sealing its reply cost at most on a 32-bit chip, beside the request itself
(tests/system/test_chip_seal.py)."""

PROOF_COST = 20480
REFUSED_COST = 256
"""The same of checking a proof against all keys, with what is loaded for it; and of a stranger's refusal, at rest."""

DENIED = "prove a key first"
_CABLE_ONLY = (wire.TOOL_PAIR, wire.TOOL_FACTORY_RESET)
_PACKAGE = __name__.rsplit(".", 1)[0]


class PrivateChannel:
    """A server (smp.server.Server) behind a proof, with the same interface.

    Args:
        server: answers what was proved to come from a paired desktop; no other link may use it meanwhile.
        random: makes so many random bytes.

    Attributes:
        mtu: what the hello tells of the link; the link sets it.
        forged: sealed messages since power-up that were not to be believed.
    """

    LATER = -1

    def __init__(self, server, random=os.urandom):
        self.reply_buf = server.reply_buf
        self.buf_size = server.buf_size
        self.mtu = 0
        self.forged = 0
        self._server = server
        self._tool = server.tool
        self._random = random
        self._commands = {
            wire.TOOL_HELLO: (self._hello, None),
            wire.TOOL_CHALLENGE: (None, self._challenge),
            wire.TOOL_PROVE: (None, self._prove),
        }
        self._message = None
        self._inside = False
        self._challenges = 0
        self._tries = TRIES_MOST
        self._tries_ms = time.ticks_ms()
        self._left = self._links = 0
        self._forget()

    def _forget(self) -> None:
        self._links = (self._links + 1) & 0x3FFFFFFF
        self._seal = None
        self._forged_left = FORGED_MOST
        self._key_changes = 0
        self._nonces = None
        self._nonces_ms = 0
        self._proved = None

    def window_opened(self) -> None:
        """Somebody at the tool opens the window for its radio: all tries are there again."""
        self._tries = TRIES_MOST

    def opened(self) -> None:
        """A connection begins: nothing is proved yet."""
        self._forget()
        self._left = STRANGER_MOST

    def closed(self) -> None:
        """A connection ends: its keys are forgotten."""
        self._forget()
        self._left = 0

    def is_proven(self) -> bool:
        """Whether the other side has proved a key that is still paired."""
        if self._seal is not None and self._key_changes != self._tool.key_changes:
            self._forget()
        return self._seal is not None

    def answer(self, message) -> int:
        """As Server.answer; the message, a writable memoryview, is decrypted where it lies."""
        if len(message) < HEADER or message[0] & 7 not in (wire.OP_READ, wire.OP_WRITE):
            return 0
        self._message = message
        self._inside = _is_tools(message) and message[7] == wire.TOOL_SEALED and self.is_proven()
        return self._answer_sealed(message) if self._inside else self._answer_stranger(message)

    async def finish(self) -> int:
        """As Server.finish."""
        message, server = self._message, self._server
        if self._inside:
            await self._tool.afford(SEALED_COST)
            return self._sealed(await server.finish())
        if not self._is_known(message):
            await self._tool.afford(REFUSED_COST)
            return server.refuse(message, _denied(message))
        await self._tool.afford(PROOF_COST if message[7] == wire.TOOL_PROVE else REST_COST)
        return await server.serve(message, self._commands)

    def reply_sent(self) -> None:
        """As Server.reply_sent."""
        self._server.reply_sent()

    # strangers

    def _answer_stranger(self, message) -> int:
        if not self._left:
            return 0
        self._left -= 1
        tool = self._tool
        if not _is_scarce(tool):
            return self.LATER
        if not self._is_known(message) or not tool.spend_refusing(REFUSAL_COST):
            return 0
        code = wire.ERR_BUSY_CONTACT if tool.in_contact() else wire.ERR_BUSY_SESSION
        return self._server.refuse_busy(message, code)

    def _is_known(self, message) -> bool:
        """Whether a stranger's message is one that is answered."""
        return _is_tools(message) and message[7] in self._commands and len(message) <= STRANGER_BYTES

    def _hello(self, _body: dict, out) -> None:
        whole_hello = self._tool.hello()
        hello = {name: whole_hello[name] for name in ("proto_min", "proto_max", "device_id", "name")}
        hello["cap"] = []
        hello["buf"] = self.buf_size
        hello["window"] = self._server.window
        hello["mtu"] = self.mtu
        out.value(hello)

    def _challenge(self, body: dict, out) -> None:
        nonce = _exactly(body, "nonce", channel.NONCE_BYTES)
        if self._nonces is None or self._nonces[0] != nonce or self._is_late():
            self._take_try()
            self._nonces = (nonce, self._make_nonce())
            self._nonces_ms = time.ticks_ms()
            self._proved = None
        out.map(1)
        out.pair("nonce", self._nonces[1])

    def _take_try(self) -> None:
        now_ms = time.ticks_ms()
        since_ms = time.ticks_diff(now_ms, self._tries_ms)
        back = since_ms // TRY_BACK_MS if since_ms >= 0 else TRIES_MOST  # ticks wrap after 12 days
        if self._tries + back >= TRIES_MOST:
            self._tries, self._tries_ms = TRIES_MOST, now_ms
        else:
            self._tries += back
            self._tries_ms = time.ticks_add(self._tries_ms, back * TRY_BACK_MS)
        if not self._tries:
            raise of_tool(wire.ERR_KEY_WAIT, wire.GROUP_TOOL)
        self._tries -= 1

    def _make_nonce(self) -> bytes:
        """No two are the same even if the chip's random numbers are: the power-up and a count are in it."""
        self._challenges += 1
        made = "%d %d %d" % (self._tool.hello()["boot"], self._challenges, time.ticks_us())
        return hashlib.sha256(self._random(channel.NONCE_BYTES) + made.encode()).digest()[
            : channel.NONCE_BYTES
        ]

    def _is_late(self) -> bool:
        return not 0 <= time.ticks_diff(time.ticks_ms(), self._nonces_ms) < channel.CHALLENGE_MS

    async def _prove(self, body: dict, out) -> None:
        claimed = _exactly(body, "proof", channel.PROOF_BYTES)
        if self._proved is None or self._proved[0] != claimed:  # else its reply was lost
            await self._check(claimed)
        out.map(1)
        out.pair("proof", self._proved[1])

    async def _check(self, claimed: bytes) -> None:
        if self._nonces is None or self._is_late():
            raise of_tool(wire.ERR_CHALLENGE, wire.GROUP_TOOL)
        nonces, self._nonces = self._nonces, None
        links, changes = self._links, self._tool.key_changes
        found = await self._tool.in_gap(lambda: self._find(nonces, claimed))
        if links != self._links:  # what proved it has gone meanwhile
            raise of_tool(wire.ERR_CHALLENGE, wire.GROUP_TOOL)
        if found is None:
            raise of_tool(wire.ERR_KEY_WRONG, wire.GROUP_TOOL)
        self._seal = Seal(found[1])
        self._proved = (claimed, found[0])
        self._key_changes = changes
        self._forged_left = FORGED_MOST
        self._tries, self._left = TRIES_MOST, STRANGER_MOST

    def _find(self, nonces, claimed: bytes):
        hello = self._tool.hello()
        device_id = bytes.fromhex(hello["device_id"])
        info = channel.info(device_id, hello["proto_min"], hello["proto_max"])
        try:
            key_proof = guest.load("key_proof", _PACKAGE)
            return key_proof.check(self._tool.desktop_keys(), nonces[0], nonces[1], info, claimed)
        finally:
            guest.forget("key_proof", _PACKAGE)

    # a paired desktop

    def _answer_sealed(self, message) -> int:
        tool, server = self._tool, self._server
        if _is_scarce(tool) and not (
            tool.spend(SEALED_COST) or tool.spend_refusing(SEALED_COST) or self._seal.is_warning(message)
        ):
            return 0
        inner = self._seal.unseal(message)
        if inner is None:
            self._count_forged()
            return 0
        server.use(self.buf_size - channel.OVERHEAD)
        if _is_cable_only(inner) and not _is_scarce(tool):
            return self._sealed(server.refuse(inner, of_tool(wire.ERR_CABLE_ONLY, wire.GROUP_TOOL)))
        length = server.answer(inner)
        return self.LATER if length == self.LATER else self._sealed(length)

    def _count_forged(self) -> None:
        self.forged = (self.forged + 1) & 0x3FFFFFFF
        self._forged_left -= 1
        if not self._forged_left:
            self._forget()

    def _sealed(self, length: int) -> int:
        self._server.use(self.buf_size)
        if not length or self._seal is None:
            return 0
        return self._seal.seal(self.reply_buf, frames.PREFIX, length, self._message)


def _is_tools(message) -> bool:
    return message[4] << 8 | message[5] == wire.GROUP_TOOL


def _is_cable_only(message) -> bool:
    return _is_tools(message) and message[7] in _CABLE_ONLY and message[0] & 7 == wire.OP_WRITE


def _is_scarce(tool) -> bool:
    """Whether garbage must not pile up now."""
    return tool.in_contact() or tool.testing()


def _denied(message) -> SmpError:
    """The refusal for a stranger; made without loading anything."""
    if _is_tools(message) and message[0] >> 3 & 3:
        return SmpError(wire.GROUP_TOOL, wire.ERR_KEY_NEEDED, wire.MGMT_ACCESS_DENIED)
    return SmpError(SHARED, wire.MGMT_ACCESS_DENIED, wire.MGMT_ACCESS_DENIED, DENIED)


def _exactly(body: dict, name: str, size: int) -> bytes:
    value = bytes(data(body, name))
    whole({name: len(value)}, name, size, size)
    return value
