"""The group that holds every command, and what becomes of errors."""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn

import click

from gentlepress import __version__
from gentlepress.errors import ExitCode, GentlepressError

# Each command and where it is; only the module of the one that is called is loaded.
COMMANDS = {
    "demo": "demo",
    "simulate": "simulate",
    "info": "tool",
    "live": "live",
    "sync": "sync",
    "sessions": "sessions",
    "show": "sessions",
    "delete": "deleting",
    "undelete": "deleting",
    "export": "exchange",
    "import": "exchange:import_sessions",
    "merge": "exchange",
    "tools": "people",
    "owners": "people",
    "routine": "routine",
    "settings": "settings",
    "users": "users",
    "desktops": "desktops",
    "pair": "pairing",
    "unpair": "pairing",
    "factory-reset": "factory_reset",
    "clock": "tool",
    "health": "health",
    "selftest": "health",
    "clean": "health",
    "check": "care",
    "symptom": "care",
    "delete-all": "erase",
    "calibrate": "calibrate",
}
_REPORT = "Report it, with the lines above and what you did; your sessions are as they were."


class ErrorMappingGroup(click.Group):
    """Turns every foreseen error into its exit code and two lines: what happened, and the next step."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's names)
        """Names of all commands.

        Args:
            ctx: of click.
        """
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load a command.

        Args:
            ctx: of click.
            cmd_name: as it is typed.
        """
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        loaded = importlib.import_module(f"gentlepress.cli.{module}")
        command: click.Command = getattr(loaded, attribute or cmd_name.replace("-", "_"))
        return command

    def main(  # type: ignore[override]
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> NoReturn:
        """Run and exit.

        Args:
            args: the words after the program's name.
            prog_name: its name.
            extra: handed to click.
        """
        words = list(sys.argv[1:] if args is None else args)
        extra["standalone_mode"] = False
        try:
            with _orderly_end():
                done = super().main(args=words, prog_name=prog_name, **extra)
                sys.stdout.flush()
        except GentlepressError as error:
            done = _tell(error.message, error.next_step, error.exit_code, type(error).__name__, words)
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            done = ExitCode.USAGE
        except click.ClickException as error:
            done = _tell(error.format_message(), _usage_hint(error), ExitCode.USAGE, "UsageError", words)
        except (KeyboardInterrupt, click.Abort):
            done = _tell("Stopped.", "", ExitCode.INTERRUPTED, "Interrupted", words)
        except BrokenPipeError:
            _drop_output()
            done = ExitCode.OK
        except Exception as error:  # noqa: BLE001  (the last stop: told like every other error, and in full)
            traceback.print_exc()
            if isinstance(error, OSError):
                _drop_unwritten()
            done = _tell(_in_words(error), _REPORT, ExitCode.UNEXPECTED, type(error).__name__, words)
        sys.exit(done if isinstance(done, int) else ExitCode.OK)


def _drop_output() -> None:
    """The reader of our output has gone; nothing may be flushed to it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _drop_unwritten() -> None:
    """Output that cannot be written now cannot be at exit, either: it would hide the exit code."""
    try:
        sys.stdout.flush()
    except OSError:
        _drop_output()


@contextmanager
def _orderly_end() -> Iterator[None]:
    """A request to terminate unwinds as Ctrl-C does, so that nothing stays behind: process, port, folder."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _terminated)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminated(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


def _in_words(error: Exception) -> str:
    return f"Nobody foresaw this: {type(error).__name__}: {error}"


def _usage_hint(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return f"See: {context.command_path} --help" if context else "See: gentlepress --help"


def _tell(message: str, next_step: str, code: ExitCode, kind: str, words: Sequence[str]) -> ExitCode:
    if "--json" in words:
        error = {"kind": kind, "message": message, "next_step": next_step, "exit_code": int(code)}
        click.echo(json.dumps({"error": error}, ensure_ascii=False))
    else:
        click.echo(f"gentlepress: {message}", err=True)
        if next_step:
            click.echo(f"Next: {next_step}", err=True)
    return code


@click.group(
    cls=ErrorMappingGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80}
)
@click.version_option(__version__, prog_name="gentlepress")
def cli() -> None:
    """A facial acupressure tool that keeps its user gentle: the desktop's side."""
