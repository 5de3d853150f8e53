"""The options that say what presses a simulated tool, shared by `simulate` and `demo`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from gentlepress.sim.options import HANDS, RUNTIMES, SEED_MAX

Command = TypeVar("Command", bound=Callable[..., Any])


def press_options(command: Command) -> Command:
    """Add --press, --hand, --seed, --routine and --runtime.

    Args:
        command: the function to decorate.
    """
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.option(
        "--press",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Press with a force trace (CSV t_s,force_n).",
    ),
    click.option("--hand", type=click.Choice(HANDS), help="Press with a model of a hand."),
    click.option(
        "--seed", type=click.IntRange(0, SEED_MAX), default=1, show_default=True, help="Of the hand's model."
    ),
    click.option("--routine", metavar="FILE|NAME", help="Press this routine instead of the tool's own."),
    click.option(
        "--runtime",
        type=click.Choice(RUNTIMES),
        default="auto",
        show_default=True,
        help="What runs the firmware.",
    ),
)
