"""What both ends of the air must agree on. Plain module: MicroPython and CPython import the same file.

The service and its characteristic are those of SMP over Bluetooth (Zephyr's documentation, SMP transport).
"""

SERVICE = "8D53DC1D-1DB7-4CD3-868B-8A527460AA84"
CHARACTERISTIC = "DA2E7828-FBCE-4E01-AE9E-261174997C48"

MTU = 247
"""The tool's largest, bytes: what fits into one packet on the air (Bluetooth core 4.2: 251 less L2CAP's head)."""

MTU_LEAST = 23
MTU_HEAD = 3  # of an MTU, what a write or a notification takes for itself

NAME_MOST = 8
"""Bytes of the tool's name in the 31 of an advertisement: flags take 3, the service 18, the name's own head 2."""

WINDOW_MS = 60000
UNPROVEN_MS = 6000
IDLE_MS = 30000
