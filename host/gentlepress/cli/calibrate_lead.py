"""Leads a person through the steps of a calibration, and shows how still the tool stands."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rich.live import Live
from rich.text import Text

from gentlepress.calibration import MASS_STEPS, STEPS, CalibrationDesk, Kept, Progress, explain
from gentlepress.cli.app import App
from gentlepress.errors import DeviceRefused, GentlepressError, ToolBusy, UsageError

POLL_S = 0.15
FELT_S = 20.0
TRIES = 3
KEPT_S = 60.0
BAR_CELLS = 24
FELT_SHARE = 0.2
STANDARD_GRAVITY = 9.80665  # m/s2


@dataclass(frozen=True)
class Plan:
    """Masses in grams: the first, the heavier second, that of the verification."""

    first: float
    second: float
    verify: float

    def grams(self, step: str) -> float:
        """What lies on the tip in a step."""
        return {"first": self.first, "second": self.second, "verify": self.verify}.get(step, 0.0)

    def prompt(self, step: str) -> str:
        """What a person is to do."""
        return {
            "zero": "Stand the tool upright, tip up, in its holder. Nothing on the tip, hands off.",
            "first": f"Put {self.first:g} g on the tip, and let go.",
            "second": f"Put {self.second:g} g on instead, and let go.",
            "empty": "Take everything off, and let go.",
            "verify": f"Verification: put {self.verify:g} g on anew, and let go.",
        }[step]


class Leader:
    """One calibration, led step by step.

    Args:
        app: where to show it.
        desk: the tool's calibration.
        plan: the masses.
        hands_free: True to measure when the tip has felt the change, without a key.
    """

    def __init__(self, app: App, desk: CalibrationDesk, plan: Plan, *, hands_free: bool) -> None:
        self._app = app
        self._desk = desk
        self._plan = plan
        self._hands_free = hands_free
        self._force_n = 0.0
        self._keys = None if hands_free else _Keys()

    def lead(self) -> str:
        """Lead through all steps.

        Returns:
            the name of the reason it was rejected for, or an empty text.
        """
        self._desk.begin()
        try:
            self._until(("waiting", "rejected", "done"))
            for number, step in enumerate(STEPS, 1):
                self._say(f"{number} of {len(STEPS)}  {self._plan.prompt(step)}")
                reason = self._step(step)
                if reason:
                    return reason
        finally:
            self._cancel()
        return ""

    def kept(self) -> Kept:
        """What the tool keeps now; with the mass still on the tip it is in contact, so ask for it to be taken off."""
        self._say("Take the mass off.")
        deadline = time.monotonic() + KEPT_S
        while True:
            try:
                return self._desk.kept()
            except ToolBusy:
                if time.monotonic() > deadline:
                    raise
                time.sleep(POLL_S)

    def _cancel(self) -> None:
        """Leave no calibration behind; when it is over this changes nothing, and a tool that has gone needs none."""
        try:
            self._desk.cancel()
        except GentlepressError:
            return

    def _step(self, step: str) -> str:
        """Measure a step, again where that helps; the reason for a rejection."""
        tries = 0
        while True:
            seen = self._wait_for_hands(step)
            if seen.phase == "rejected":
                return seen.reason
            seen = self._measure(step)
            tries += 1
            if not seen.same_step:
                return self._passed(step, seen)
            found, what_to_do = explain(seen.reason)
            self._app.note(f"        {seen.reason}: {found}. Next: {what_to_do}.")
            if self._hands_free and tries >= TRIES:
                return seen.reason

    def _passed(self, step: str, seen: Progress) -> str:
        if seen.phase == "rejected":
            return seen.reason
        self._force_n = seen.force_n
        if self._app.as_json:
            self._app.line({"measured": step, "force_n": seen.force_n, "spread_n": seen.spread_n})
        else:
            self._app.show({}, f"        measured: {_reading(seen)}")
        return ""

    def _measure(self, step: str) -> Progress:
        try:
            self._desk.measure(step, self._plan.grams(step))
        except DeviceRefused:
            seen = self._desk.progress()
            if seen.phase != "rejected":
                raise
            return seen
        return self._until(("waiting", "rejected", "done"))

    def _until(self, phases: tuple[str, ...]) -> Progress:
        with self._line() as show:
            while True:
                seen = self._desk.progress()
                if seen.phase in phases:
                    return seen
                show(seen)
                time.sleep(POLL_S)

    def _wait_for_hands(self, step: str) -> Progress:
        """Until a key was pressed, or, hands free, the tip has felt the change and stands still."""
        if self._keys is not None:
            self._keys.ask()
            self._say("        Press Enter when it stands still.")
        end = time.monotonic() + FELT_S
        with self._line() as show:
            while True:
                seen = self._desk.progress()
                if seen.phase != "waiting":
                    return seen
                show(seen)
                if self._keys.pressed() if self._keys is not None else self._felt(step, seen, end):
                    return seen
                time.sleep(POLL_S)

    def _felt(self, step: str, seen: Progress, end: float) -> bool:
        if time.monotonic() > end:
            return True
        grams = self._plan.grams(step if step in MASS_STEPS else "first")
        least_n = FELT_SHARE * grams * STANDARD_GRAVITY / 1000
        return seen.calm and (step == "zero" or abs(seen.force_n - self._force_n) > least_n)

    def _say(self, text: str) -> None:
        if not self._app.as_json:
            self._app.show({}, text)

    @contextmanager
    def _line(self) -> Iterator[Any]:
        """A line that shows the present reading, where there is a terminal."""
        console = self._app.console()
        if self._app.as_json or not console.is_terminal:
            yield lambda _seen: None
            return
        with Live(console=console, transient=True, refresh_per_second=8) as live:
            yield lambda seen: live.update(_picture(seen))


def _picture(seen: Progress) -> Text:
    text = Text("        ")
    if seen.phase == "measuring":
        cells = seen.progress_pct * BAR_CELLS // 100
        text.append("█" * cells + "░" * (BAR_CELLS - cells) + "  ", style="green")
    text.append(_reading(seen))
    if seen.spread_n is not None:
        text.append("  still" if seen.calm else "  moving", style="green" if seen.calm else "yellow")
    return text


def _reading(seen: Progress) -> str:
    if seen.phase == "starting":
        return "the sensor starts ..."
    if seen.spread_n is None:
        return "..."
    return f"{seen.force_n:+.3f} N, spread {seen.spread_n:.3f} N"


class _Keys:
    """Waits for Enter in a thread of its own, so that the reading can be shown meanwhile."""

    def __init__(self) -> None:
        self._ended = threading.Event()
        self._asked: threading.Thread | None = None
        self._line = ""

    def ask(self) -> None:
        """Wait for a line from now on."""
        self._ended.clear()
        self._asked = threading.Thread(target=self._read, daemon=True)
        self._asked.start()

    def _read(self) -> None:
        self._line = sys.stdin.readline()
        self._ended.set()

    def pressed(self) -> bool:
        """Whether a line has come.

        Raises:
            UsageError: there is nobody to press a key.
        """
        if not self._ended.is_set():
            return False
        if not self._line:
            raise UsageError("There is no terminal to press Enter on.", "Give --yes to go on without a key.")
        return True
