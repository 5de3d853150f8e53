"""MicroPython's own module, as far as the firmware uses it, for CPython."""

from collections.abc import Callable
from typing import Any, TypeVar

Value = TypeVar("Value")


def const(value: Value) -> Value:
    """The value itself; MicroPython's compiler folds it."""
    return value


def native(function: Value) -> Value:
    """The function itself; MicroPython compiles it to machine code."""
    return function


viper = native


def schedule(function: Callable[[Any], object], argument: Any) -> None:
    """Run the function now: here nothing interrupts anything."""
    function(argument)


def alloc_emergency_exception_buf(size: int) -> None:
    """Nothing: CPython always has room for an exception."""


def heap_lock() -> int:
    """Nothing is locked; returns the depth 0."""
    return 0


def heap_unlock() -> int:
    """Nothing was locked; returns the depth 0."""
    return 0


def opt_level(level: int | None = None) -> int:
    """The optimisation level, which is always 0 here."""
    return 0


def kbd_intr(char: int) -> None:
    """Nothing: Ctrl-C is the terminal's business here."""


def mem_info(verbose: bool | None = None) -> None:
    """Nothing: CPython has no heap of a fixed size."""
