"""`check` and `symptom`: what speaks against pressing, before a session and after one."""

from __future__ import annotations

import time
from typing import Any

import click

from gentlepress.before_pressing import LOCK_S, REASONS, SIGNS, chosen, listed, number_of
from gentlepress.cli.app import App, db_option, json_option, pass_app, port_option
from gentlepress.errors import GentlepressError, NotToday, PortError, UsageError
from gentlepress.store.models import KIND_CHECK, KIND_SYMPTOM
from gentlepress.tool_health import SymptomLock

ASK_FIRST = "Ask a doctor or another professional who knows you before you press again."
KEPT_SECONDS = 20.0
POLL_S = 0.25


@click.command()
@click.argument("reasons", nargs=-1, metavar="[REASON]...")
@click.option("--none", "nothing", is_flag=True, help="Nothing of the list is true for you today.")
@db_option
@json_option
@pass_app
def check(app: App, reasons: tuple[str, ...], db: str | None, *, nothing: bool) -> None:
    """Go through the list of what speaks against a session, and remember the answer.

    Without REASON and --none it asks. REASON is a name or number of the list.
    """
    if nothing and reasons:
        raise UsageError("--none and a REASON contradict each other.", "Give one of them.")
    found = _answer(app, reasons) if not nothing else []
    with app.open_store(db) as store:
        store.add_report(KIND_CHECK, found)
    if found and not app.as_json:
        app.show(None, *[f"  {REASONS[name]}" for name in found])
    if found:
        raise NotToday("Do not press today: " + ", ".join(found) + ".", ASK_FIRST)
    app.show(
        {"reasons": found},
        "Nothing speaks against a session. Clean face, hands and tip, and begin gently.",
    )


def _answer(app: App, reasons: tuple[str, ...]) -> list[str]:
    if reasons:
        return chosen(list(reasons), REASONS, "reason")
    if app.as_json:
        raise UsageError("With --json nothing is asked.", "Give --none, or the names of what is true.")
    app.show(None, "Is any of this true for you today?", "", *listed(REASONS), "")
    said = click.prompt("Numbers or names, or Enter for none", default="", show_default=False)
    return chosen(said.replace(",", " ").split(), REASONS, "reason")


@click.command()
@click.argument("signs", nargs=-1, metavar="[SIGN]...")
@port_option
@db_option
@json_option
@pass_app
def symptom(app: App, signs: tuple[str, ...], port: str, db: str | None) -> None:
    """Report a warning sign: the tool begins no session for 72 hours.

    Without SIGN it asks. SIGN is a name or number of the list. If the tool is not there, the report is kept and
    given to it at the next sync.
    """
    found = _sign(app, signs)
    lock, device_id, away = None, "", None
    try:  # the tool first: it is what keeps from pressing
        with app.connect(port) as tool:
            lock, device_id = tell(tool, found), tool.hello.device_id
    except GentlepressError as error:
        away = error
    with app.open_store(db) as store:
        number = store.add_report(KIND_SYMPTOM, found)
        if device_id:
            store.mark_told(number, device_id)
    if lock is None or away is not None:
        raise _later(away)
    data = {"signs": found, "left_s": lock.left_s, "kept": lock.kept}
    app.show(
        data,
        f"The tool begins no session for {lock.left_s / 3600:.0f} h of its running time.",
        *_next(lock),
    )


def _sign(app: App, signs: tuple[str, ...]) -> list[str]:
    if not signs:
        if app.as_json:
            raise UsageError("With --json nothing is asked.", "Give the name of the sign.")
        app.show(None, "Which of these do you have, or had after pressing?", "", *listed(SIGNS), "")
        signs = tuple(click.prompt("Numbers or names").replace(",", " ").split())
    found = chosen(list(signs), SIGNS, "sign")
    if not found:
        raise UsageError("No sign was named.", "Use one of: " + ", ".join(SIGNS) + ".")
    return found


def tell(tool: Any, signs: list[str]) -> SymptomLock:
    """Lock the tool, and wait until the lock outlasts a power cut.

    Args:
        tool: the connected tool.
        signs: names of SIGNS, one at least; the first stands for all of them.
    """
    lock: SymptomLock = tool.report_symptom(number_of(signs[0]))
    deadline = time.monotonic() + KEPT_SECONDS
    while not lock.kept and time.monotonic() < deadline:
        time.sleep(POLL_S)
        lock = tool.symptom()
    return lock


def _next(lock: SymptomLock) -> list[str]:
    kept = [] if lock.kept else ["Lift the tip and leave the tool on: the lock is not in its memory yet."]
    return [
        *kept,
        "Nothing but time ends this. Leave the tool on, awake or asleep: it counts.",
        ASK_FIRST,
        "If the sign is strong or does not pass, get help now.",
    ]


def _later(away: GentlepressError | None) -> GentlepressError:
    """The error of a tool that could not be told, with what that means."""
    kind, why = (type(away), away.message) if away else (PortError, "it went away.")
    return kind(
        f"The report is kept here, but the tool could not be told: {why}",
        f"Do not press. Connect the tool within {LOCK_S // 3600} h and run: gentlepress sync. {ASK_FIRST}",
    )


def deliver(tool: Any, store: Any) -> int:
    """Tell the tool of signs that were reported while it was away; how many.

    Args:
        tool: the connected tool.
        store: the open database.
    """
    waiting = store.waiting_reports(int(time.time()) - LOCK_S)
    for number, signs in waiting:
        known = [name for name in signs if name in SIGNS]
        if known:
            tell(tool, known)
        store.mark_told(number, tool.hello.device_id)
    return len(waiting)
