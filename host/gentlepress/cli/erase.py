"""`delete-all`: erase everything that this program keeps of its user."""

from __future__ import annotations

import click

from gentlepress.cli.app import App, db_option, json_option, pass_app
from gentlepress.errors import UsageError
from gentlepress.store.erase import erase_all, what_is_there

_ELSEWHERE = (
    "Charts and routines that you saved elsewhere, backups, and the sessions on the tool itself "
    "are not touched."
)


@click.command("delete-all")
@click.option("--yes", is_flag=True, help="Do not ask.")
@db_option
@json_option
@pass_app
def delete_all(app: App, db: str | None, *, yes: bool) -> None:
    """Erase the local data: sessions, reports, keys, and what is known of your tools.

    It can't be undone. The database's files are overwritten and removed; tables of a database server are emptied.
    """
    there = what_is_there(db)
    if not yes:
        _ask(app, [*there.lines(), _ELSEWHERE, ""])
    removed = [*erase_all(db), *app.keys().clear()]
    app.show(
        {"removed": removed, "sessions": there.sessions}, *[f"Erased {name}" for name in removed], _ELSEWHERE
    )


def _ask(app: App, lines: list[str]) -> None:
    if app.as_json:
        raise UsageError("With --json nothing is asked.", "Give --yes to erase everything.")
    app.show(None, *lines)
    said = click.prompt("Type erase to go on", default="", show_default=False)
    if said.strip().lower() != "erase":
        raise UsageError("Nothing was erased.", "Type the word erase, or give --yes.")
