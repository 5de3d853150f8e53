"""Directs a simulation: presses the start button, chooses the pace, tells the outside what happens, ends it."""

import json
import sys

from core.wire import PATH_ROUTINE

from .clock import NEVER

START_AFTER_US = 500000
EVENT_US = 100000
GIVE_UP_US = 20000000
LEAVE_AFTER_US = 3000000


class Director:
    """A source on the simulated clock.

    Args:
        options: "clock": "virtual" or "real"; "events": path for one JSON object a line, about ten a simulated second;
            "exit_when_done": leave once the pressed session is over; "routine": path of a JSON routine to put on the
            tool first. With "press" or "hand" a session is started. "hang": "watch" or "main", once "hang_us" of
            simulated time have passed. "cause": what restarted the tool; then nothing of this is done again.
    """

    def __init__(self, options: dict, clock, world):
        self._clock = clock
        self._world = world
        self._cause = options.get("cause")
        self._pressing = bool(options.get("press") or options.get("hand"))
        self._hang = None if self._cause else options.get("hang")
        self._hang_us = options.get("hang_us") or 0
        self._virtual = options.get("clock", "real") == "virtual"
        self._routine = options.get("routine")
        self._leave = bool(options.get("exit_when_done"))
        self._out = open(options["events"], "wb", 0) if options.get("events") else None
        self._tool = None
        self._next_us = 0
        self._started_us = None
        self._seen_session = False
        self._done_us = None
        self._jig = bool(options.get("jig"))

    def attach(self, tool) -> None:
        """Begin to direct a tool (core.service.Service)."""
        self._tool = tool
        if self._routine and not self._cause:
            self._push(self._routine)
        self._clock.add(self)
        if self._pressing and self._virtual and not self._cause:
            self._clock.set_fast(True)

    def _push(self, path: str) -> None:
        with open(path, "rb") as file:
            text = file.read()
        if self._tool.files.write(PATH_ROUTINE, 0, text, len(text)):
            reasons = ["%s = %s: %s" % (p["field"], p["value"], p["rule"]) for p in self._tool.refusals()]
            sys.exit("the tool refused the routine: " + "; ".join(reasons))

    def next_event_us(self) -> int:
        """When to look again."""
        return self._next_us

    def fire(self, now_us: int) -> None:
        """Look."""
        self._next_us = now_us + EVENT_US
        state = self._tool.state()
        if self._hang and now_us >= self._hang_us:
            self._hang_up()
        if self._jig:
            self._world.plant.hand.read(self._tool.calibration_status(), now_us)
        if self._pressing:
            self._direct(now_us, state)
        if self._done_us is not None and self._leave and now_us - self._done_us > LEAVE_AFTER_US:
            self._finish()
        self._tell(state, "state")

    def _hang_up(self) -> None:
        """Let watch or main loop hang: no interrupt comes through any more, or a wait never ends."""
        if self._hang == "watch":
            self._world.deaf = True
        else:
            self._clock.advance_us(NEVER)

    def _direct(self, now_us: int, state: dict) -> None:
        if self._cause and self._done_us is None and self._tool.ready():
            self._done(now_us, state)
        if self._cause:
            return
        if self._started_us is None:
            if self._tool.ready():
                self._started_us = now_us + START_AFTER_US
                self._world.plant.start_us = self._started_us
            return
        if self._tool.session_running():
            # A self-test counts as running, but no session has begun before its log has.
            self._seen_session = self._seen_session or bool(state["session"])
        elif self._done_us is None and self._over(now_us):
            self._done(now_us, state)

    def _over(self, now_us: int) -> bool:
        if self._seen_session:
            return True
        refused = self._tool.refusal() and now_us > self._started_us + 1000000
        return bool(refused) or now_us - self._started_us > GIVE_UP_US

    def _done(self, now_us: int, state: dict) -> None:
        self._done_us = now_us
        self._clock.set_fast(False)
        reason = "session" if self._seen_session else self._tool.refusal() or "no session began"
        if self._cause:
            reason = "the tool restarted (%s)" % self._cause
        self._tell(dict(state, reason=reason), "done")

    def _tell(self, state: dict, kind: str) -> None:
        if self._out is None:
            return
        plant = self._world.plant
        state["kind"] = kind
        state["hand_mn"] = plant.force_mn
        state["light"] = list(plant.light)
        state["motor"] = self._tool.motor_level()
        self._out.write((json.dumps(state) + "\n").encode())

    def _finish(self) -> None:
        if self._out is not None:
            self._out.close()
        sys.exit(0)
