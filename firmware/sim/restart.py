"""Starts the simulated tool's process anew, as a reset does a chip: same files, same port, nothing of its memory."""

import sys


def again(argv: list) -> None:
    """Become a new process of these arguments, the program first; without a way to, end."""
    sys.stdout.flush() if hasattr(sys.stdout, "flush") else None
    if sys.implementation.name == "cpython":
        import os

        os.execv(argv[0], argv)
    try:
        import ffi
    except ImportError:
        sys.exit(0)
    _execv(ffi, argv)
    sys.exit("the simulated tool could not be restarted")


def _execv(ffi, argv: list) -> None:
    """As execv(3): it takes an array of addresses, closed by 0."""
    from array import array

    import uctypes

    texts = [word.encode() + b"\0" for word in argv]
    addresses = array("L", [uctypes.addressof(text) for text in texts] + [0])
    ffi.open(None).func("i", "execv", "sP")(argv[0], addresses)
