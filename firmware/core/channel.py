"""The private channel over the air: sizes and labels that tool and desktop must agree on (docs/keys.md).

Plain module: MicroPython and CPython import the same file.
"""

NONCE_BYTES = 16
PROOF_BYTES = 32
TAG_BYTES = 16
COUNTER_BYTES = 4
COUNTER_MAX = 0x3FFFFFFF

SEALED_HEAD = b"\xa1\x61\x64"
"""How the body of a sealed message begins: a map of one pair, whose key is the text "d"; its bytes follow."""

OVERHEAD = 34
"""A sealed message is at most so much longer than the message in it: header 8, head 3, length 3, counter 4, tag 16."""

LABEL = b"gentlepress channel 1"
HOST_LABEL = b"host"
TOOL_LABEL = b"tool"

# What is made of a key and two nonces, in this order: (name, bytes).
DERIVED = (("proof", 32), ("host cipher", 16), ("host tag", 32), ("tool cipher", 16), ("tool tag", 32))
DERIVED_BYTES = 128

CHALLENGE_MS = 5000
"""A challenge must be answered within this time."""


def info(device_id: bytes, proto_min: int, proto_max: int) -> bytes:
    """What a channel is bound to: the tool, and the versions of the protocol that it says it speaks."""
    return LABEL + device_id + bytes((proto_min, proto_max))
