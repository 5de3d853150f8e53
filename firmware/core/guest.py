"""Modules that serve only rest time: loaded for one use, then forgotten, so that they cost no memory else."""

import sys

_PACKAGE = __name__.rsplit(".", 1)[0]


def load(name: str, package: str = _PACKAGE):
    """A module of a package (core) by its name; `forget` it after use."""
    return __import__(package + "." + name, None, None, (name,))


def forget(name: str, package: str = _PACKAGE) -> None:
    """Let a module go that `load` gave; the next collection frees it."""
    sys.modules.pop(package + "." + name, None)
    within = sys.modules[package]
    if hasattr(within, name):
        delattr(within, name)
