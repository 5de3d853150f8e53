"""`delete` and `undelete`: single sessions into the bin, back, or gone for good."""

from __future__ import annotations

import click

from gentlepress.cli.app import App, db_option, json_option, pass_app
from gentlepress.cli.sessions import session_number, tool_option
from gentlepress.errors import UsageError

_NUMBERS = click.argument("numbers", nargs=-1, required=True, metavar="ID...")


@click.command()
@_NUMBERS
@db_option
@json_option
@tool_option
@click.option("--for-good", is_flag=True, help="Erase them, so that they can't be brought back.")
@click.option("--yes", is_flag=True, help="With --for-good: do not ask.")
@pass_app
def delete(
    app: App, numbers: tuple[str, ...], db: str | None, device_id: str | None, *, for_good: bool, yes: bool
) -> None:
    """Delete sessions; `undelete` brings them back.

    They are not copied from the tool again. With --for-good they are erased, from the bin, too.
    """
    wanted = [session_number(text) for text in numbers]
    with app.open_store(db) as store, store.transaction():
        tool = store.tool_id(device_id) if device_id else None
        if for_good and not yes:
            _ask(app, wanted)
        for number in wanted:
            if for_good:
                store.erase(number, tool)
            else:
                store.delete(number, tool)
    named = " ".join(map(str, wanted))
    words = (
        f"Erased for good: {named}" if for_good else f"Deleted: {named}. Undo: gentlepress undelete {named}"
    )
    app.show({"deleted": wanted, "for_good": for_good}, words)


def _ask(app: App, numbers: list[int]) -> None:
    if app.as_json:
        raise UsageError("With --json nothing is asked.", "Give --yes to erase them for good.")
    which = ", ".join(map(str, numbers))
    if not click.confirm(f"Erase for good, without undo: {which}?"):
        raise UsageError("Nothing was erased.", "Leave --for-good away to put them into the bin.")


@click.command()
@_NUMBERS
@db_option
@json_option
@tool_option
@pass_app
def undelete(app: App, numbers: tuple[str, ...], db: str | None, device_id: str | None) -> None:
    """Bring deleted sessions back.

    One that was erased for good is copied again by the next sync, if the tool still has it.
    """
    wanted = [session_number(text) for text in numbers]
    with app.open_store(db) as store, store.transaction():
        tool = store.tool_id(device_id) if device_id else None
        back = [number for number in wanted if store.undelete(number, tool)]
    again = [number for number in wanted if number not in back]
    lines = []
    if back:
        lines.append(f"Back again: {' '.join(map(str, back))}")
    if again:
        named = " ".join(map(str, again))
        lines.append(f"Erased, so only the tool may still have them: {named}. Copy them: gentlepress sync")
    app.show({"back": back, "copied_again_at_sync": again}, *lines)
