"""What the tool offers to the wire: reads of its state, and the few requests that change it."""

import asyncio

from . import guest, ids, live_desk, records, self_test, version, wire
from .desks import FilesDesk, SettingsDesk
from .errors import StorageError
from .gap_work import FEEL_MS


class Service:
    """The tool as the wire sees it; every value is plain (docs/wire.md)."""

    def __init__(self, tool):
        self._tool = tool
        self.clock = tool.clock
        self.settings = SettingsDesk(tool)
        self.files = FilesDesk(tool)
        self.key_changes = 0  # of the paired desktops' keys, since power-up

    def ready(self) -> bool:
        """Whether the tool has started."""
        return self._tool.started

    def in_contact(self) -> bool:
        """Whether the tip is in contact; a faulty sensor counts as no contact."""
        return self._tool.watch.in_contact()

    def testing(self) -> bool:
        """Whether the self-test before a session is under way."""
        return self._tool.mode == ids.SELF_TEST

    def blocking(self) -> bool:
        """Whether a block is announced that other tasks should not make longer (the self-test's hearing)."""
        return self._tool.gaps.blocking

    def session_running(self) -> bool:
        """Whether a session is open (its self-test counts, and the choice of whose it is)."""
        return self._tool.session is not None or self._tool.mode in (ids.SELF_TEST, ids.CHOOSING)

    def calibrating(self) -> bool:
        """Whether a calibration is under way."""
        return self._tool.calibrator.under_way

    def refusal(self) -> str:
        """Why the last session could not begin; an empty text when it could."""
        return self._tool.starter.refused

    def motor_level(self) -> int:
        """Present drive of the motor, 0..255."""
        return self._tool.player.motor.level

    def hello(self) -> dict:
        """Who this is and what it can do."""
        tool = self._tool
        return {
            "proto_min": wire.PROTOCOL_MIN,
            "proto_max": wire.PROTOCOL_MAX,
            "device_id": tool.board.device_id.hex(),
            "name": tool.settings.text("name"),
            "fw": version.TEXT,
            "board": tool.board.name,
            "cap": tool.board.capabilities,
            "boot": tool.counters.boots(),
            "uptime_ms": tool.clock.uptime_ms(),
            "clock": ids.TIME_QUALITY_NAMES[tool.clock.quality],
            "first_session": tool.journal.first(),
            "last_session": tool.journal.last(),
            "log_format": records.FORMAT_VERSION,
        }

    def sessions(self, after: int, most: int):
        """(closed sessions after an id, whether there are more)."""
        return self._tool.journal.list(after, most)

    def acknowledge(self, session_id: int, crc: int, host: str) -> int:
        """A desktop has a session, verified: remember it. wire.ERR_*."""
        busy = self.busy()
        if busy:
            return busy
        tool = self._tool
        tool.gaps.block()  # not `blocked`, which takes more of the stack
        try:
            return tool.journal.acknowledge(session_id, crc, host, tool.clock.latest_s())
        except StorageError as error:
            return error.code
        finally:
            tool.gaps.unblock()

    def state(self) -> dict:
        """What the tool is doing and what it feels."""
        return live_desk.state(self._tool)

    def tell_state(self, out) -> None:
        """Write `state` as CBOR; made for contact, where garbage must not pile up."""
        live_desk.tell_state(self._tool, out)

    def tell_samples(self, out, since: int) -> None:
        """Write forces from a sample number on as CBOR, as many as fit one reply."""
        live_desk.tell_samples(self._tool.watch.samples, out, since)

    def tare(self):
        """(wire.ERR_*, zero's distance from the factory zero in mN)."""
        tool = self._tool
        force = tool.watch.force
        if self.calibrating():
            return wire.ERR_CALIBRATING, 0
        if tool.watch.fault or not tool.watch.running:
            return wire.ERR_SENSOR, 0
        if self.in_contact():
            return wire.ERR_BUSY_CONTACT, 0
        if self.session_running():
            return wire.ERR_BUSY_SESSION, 0
        error = (wire.ERR_OK, wire.ERR_NOT_STILL, wire.ERR_ZERO_OFF)[force.tare()]
        return error, force.zero_distance_mn(force.zero)

    def health(self) -> dict:
        """How the tool is, an announced block: only without contact and session."""
        return self._tool.gaps.blocked(self._health)

    def _health(self) -> dict:
        try:
            return guest.load("health").report(self._tool)
        finally:
            guest.forget("health")

    def begin_self_test(self) -> int:
        """Begin a self-test; wire.ERR_*. One that runs goes on."""
        tool = self._tool
        if tool.mode == ids.SELF_TEST and tool.session is None:
            return wire.ERR_OK
        busy = self.busy()
        if busy:
            return busy
        return wire.ERR_OK if tool.begin_self_test() else wire.ERR_BUSY_SESSION

    def self_test(self) -> dict:
        """The last self-test: whether one runs, how many were run, which parts passed."""
        tests = self._tool.starter.tests
        return {
            "running": self._tool.mode == ids.SELF_TEST,
            "count": tests.count,
            "fault": ids.FAULT_NAMES[tests.fault],
            "parts": [
                {"part": self_test.PART_NAMES[part], "fault": ids.FAULT_NAMES[fault]}
                for part, fault in tests.parts
            ],
            "felt_un": tests.felt_un,
            "felt_least_un": tests.felt_least_un(),
        }

    def report_symptom(self, symptom: int) -> None:
        """A warning sign (ids.SYMPTOM_*): no session for its time, and the one that runs ends."""
        self._tool.report_symptom(symptom)

    def symptom(self) -> dict:
        """The lock after a warning sign: which, seconds left, and whether it outlasts a power cut already."""
        lock = self._tool.symptoms
        return {"symptom": lock.symptom(), "left_s": lock.left_s(), "kept": lock.kept()}

    def cleaned(self) -> int:
        """The owner has cleaned the tip: count it. wire.ERR_*."""
        tool = self._tool
        try:
            tool.gaps.blocked(lambda: tool.counters.cleaned(tool.journal.last()))
        except StorageError as error:
            return error.code
        return wire.ERR_OK

    def owner(self, what: str, *args):
        """What only an owner asks for (a function of core.owner_desk), announced: without contact and session."""
        return self._tool.gaps.blocked(lambda: self._owner(what, args))

    def pair(self, host: str, key) -> int:
        """Give a desktop a key, or with None take it away. wire.ERR_*."""
        self.key_changes = (self.key_changes + 1) & 0x3FFFFFFF
        return self.owner("unpair_host", host) if key is None else self.owner("pair_host", host, key)

    def desktop_keys(self) -> list:
        """Keys of all paired desktops. To be called in a gap; raises StorageError."""
        try:
            return list(guest.load("desktop_keys").DesktopKeys(self._tool.board.root).load().values())
        finally:
            guest.forget("desktop_keys")

    def _owner(self, what: str, args):
        try:
            return getattr(guest.load("owner_desk"), what)(self._tool, *args)
        finally:
            guest.forget("owner_desk")

    def calibrate(self, step: str, mass_mg: int) -> int:
        """Begin or cancel a calibration, or measure a step of it with a mass named by the host; wire.ERR_*."""
        busy = self.busy()
        if busy and step == wire.CALIBRATE_BEGIN:
            return busy
        return self._calibration("calibrate", step, mass_mg)

    def calibration_status(self) -> dict:
        """Where the running or the last calibration stands."""
        return self._calibration("status")

    def calibration(self) -> dict:
        """Whether the tool is calibrated, and all that is kept of its calibrations. Raises StorageError."""
        return self._calibration("kept")

    def _calibration(self, what: str, *args):
        """Without contact: loading the code for it is an announced block, unless a calibration keeps it loaded."""
        calibrator = self._tool.calibrator
        if calibrator.under_way:
            return calibrator.call(what, *args)
        return self._tool.gaps.blocked(lambda: calibrator.call(what, *args))

    def refusals(self) -> list:
        """Why the last routine or setting was refused: field, value, rule, next step."""
        tool = self._tool
        problems = tool.routines.problems or tool.settings.problems
        return [{"field": p.field, "value": p.value, "rule": p.rule, "next": p.next_step} for p in problems]

    def busy(self) -> int:
        """wire.ERR_* when nothing on the tool may be changed now, else ERR_OK."""
        if self.in_contact():
            return wire.ERR_BUSY_CONTACT
        if self.session_running():
            return wire.ERR_BUSY_SESSION
        return wire.ERR_CALIBRATING if self.calibrating() else wire.ERR_OK

    async def in_gap(self, call):
        """Run a call that may block, announced, with time to feel a touch before and after; what it returns."""
        found = await self._tool.gaps.run(call)
        await asyncio.sleep_ms(FEEL_MS)
        return found

    def spend(self, size: int) -> bool:
        """Whether a request may make so many bytes of garbage now, in contact, where none can be collected."""
        return self._tool.gaps.spend(size)

    async def afford(self, size: int) -> None:
        """Before a request without contact makes so many bytes of garbage: count them, and collect first if need be.

        A self-test is spared the collection; its requests were counted already.
        """
        if not self.testing():
            await self._tool.gaps.afford(size)

    def spend_refusing(self, size: int) -> bool:
        """The same for a refusal, when no more is left for requests."""
        return self._tool.gaps.spend_refusing(size)

    def reset(self) -> None:
        """Ask for an orderly restart."""
        self._tool.reset_asked = True
