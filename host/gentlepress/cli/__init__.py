"""The command `gentlepress`: one file per group of commands."""

from __future__ import annotations

import sys

from gentlepress.cli.app import App
from gentlepress.cli.root import cli


def main() -> None:
    """Run the command line and exit with one of the codes of docs/exit-codes.md."""
    cli.main(sys.argv[1:], prog_name="gentlepress", obj=App())


__all__ = ["App", "cli", "main"]
