"""Which of the paired desktops has proved its key, and the keys of its channel. A guest of the memory (core.guest).

Keys are derived by HKDF-SHA256 (RFC 5869), which binds them to both nonces, the tool and its versions of the protocol.
"""

# Machine code takes buffers as pointers.
# pyright: reportArgumentType=false

from core import channel

from .mac import Mac, same


def extract(salt: bytes, key: bytes) -> bytes:
    """HKDF's first step."""
    return Mac(salt).of(key)


def expand(pseudo_key: bytes, info: bytes, length: int) -> bytes:
    """HKDF's second step."""
    mac = Mac(pseudo_key)
    made = last = b""
    while len(made) < length:
        last = mac.of(last + info + bytes((len(made) // 32 + 1,)))
        made += last
    return made[:length]


def derive(key: bytes, host_nonce: bytes, tool_nonce: bytes, info: bytes) -> bytes:
    """The keys of a channel (channel.DERIVED), one after the other."""
    return expand(extract(host_nonce + tool_nonce, key), info, channel.DERIVED_BYTES)


def _proofs(keys, host_nonce: bytes, tool_nonce: bytes, info: bytes):
    """The desktop's proof with each key in turn: only what it takes of the derived keys is made."""
    salted = Mac(host_nonce + tool_nonce)
    first = info + b"\1"
    said = channel.HOST_LABEL + host_nonce + tool_nonce + info
    for key in keys:
        yield Mac(Mac(salted.of(key)).of(first)).of(said)


def proof(derived: bytes, label: bytes, host_nonce: bytes, tool_nonce: bytes, info: bytes) -> bytes:
    """What shows that a side has the key: of the desktop, or of the tool, by the label."""
    return Mac(derived[: channel.DERIVED[0][1]]).of(label + host_nonce + tool_nonce + info)


def check(keys, host_nonce: bytes, tool_nonce: bytes, info: bytes, claimed):
    """(the tool's own proof, the keys of the channel) when one of the keys was proved, else None.

    All keys are tried, whichever fits, so that the time tells nothing.

    Args:
        keys: of the paired desktops.
        host_nonce: of this challenge, the desktop's.
        tool_nonce: the tool's.
        info: channel.info.
        claimed: the desktop's proof, channel.PROOF_BYTES.
    """
    found = None
    nonces = (host_nonce, tool_nonce, info)
    for place, wanted in enumerate(_proofs(keys, *nonces)):
        if same(claimed, wanted, channel.PROOF_BYTES):
            found = place
    if found is None:
        return None
    derived = derive(keys[found], *nonces)
    return proof(derived, channel.TOOL_LABEL, *nonces), derived
