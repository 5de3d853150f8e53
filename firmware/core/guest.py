"""Modules of core that serve only rest time: loaded for one use, then forgotten, so that they cost no memory else."""

import sys

_PACKAGE = __name__.rsplit(".", 1)[0]


def load(name: str):
    """A module of core by its name; `forget` it after use."""
    return __import__(_PACKAGE + "." + name, None, None, (name,))


def forget(name: str) -> None:
    """Let a module go that `load` gave; the next collection frees it."""
    sys.modules.pop(_PACKAGE + "." + name, None)
    package = sys.modules[_PACKAGE]
    if hasattr(package, name):
        delattr(package, name)
