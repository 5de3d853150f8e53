"""A tool in memory with the face of the client, for tests of the commands."""

from __future__ import annotations

import binascii
import dataclasses
import time
from datetime import UTC, datetime, timedelta

from gentlepress.errors import DeviceRefused, PortClosed
from gentlepress.firmware.core import ids, wire
from gentlepress.owner import Desktop, Desktops, ResetState, User
from gentlepress.replies import Hello, Refusal, SessionEntry, State
from gentlepress.smp.session import Request
from gentlepress.tool_health import Health, Part, SelfTest, SymptomLock

from tests.host.session_maker import DEVICE, session_bytes

PARTS = ("sensor", "hearing", "motor", "zero")
HEALTHY = {
    "rate_sps": 320, "rate_mhz": 318_400, "zero_mn": -12, "lo_mn": 400, "hi_mn": 1200, "warn_mn": 1600,
    "limit_mn": 2000, "blocks": 41, "block_worst_us": 47_210, "events_lost": 0, "bus_errors": 2,
    "edges_missed": 5, "faults": {},
    "resets": {"power_on": 30}, "over": 17, "cleanings": 9, "uncleaned": 0, "battery_mv": 3812, "battery_pct": 67,
    "flash_free": 901_120, "flash_size": 1_441_792, "sessions": 8, "unacknowledged": 3, "heap_free": 61_200,
    "edges_us": (200, 500, 1500, 5000), "contact": (10, 9000, 120, 1, 0), "contact_worst_us": 3000,
    "free": (5, 70_000, 3, 0, 2), "free_worst_us": 90_000,
}  # fmt: skip


class FakeOwner:
    """Users, desktops and a factory reset; `states` are given one after the other."""

    def __init__(self, tool) -> None:
        self.tool = tool
        self.hosts: list[Desktop] = []
        self.met: list[str] = []
        self.states = ["waiting", "running", "done"]
        self.keys: dict[str, bytes] = {}
        self.keys_most = 8

    def paired(self):
        return sorted(self.keys), self.keys_most

    def pair(self, host, key) -> None:
        if host not in self.keys and len(self.keys) >= self.keys_most:
            raise DeviceRefused("The tool refused it.", "", wire.GROUP_TOOL, wire.ERR_KEYS_FULL)
        self.keys[host] = key

    def unpair(self, host):
        return self.keys.pop(host, None) is not None

    def users(self):
        count = int(self.tool.values.get("users", "1"))
        if count == 1:
            return [User(0, "everybody", "normal", 7, "later", 2, 5)]
        return [
            User(slot, self.tool.values.get(f"user{slot}", f"User {slot}"), "normal", slot, "first", 1, 3)
            for slot in range(1, count + 1)
        ]

    def desktops(self):
        return Desktops(tuple(self.hosts), False)

    def seen(self, host):
        self.met.append(host)
        return True

    def forget(self, host) -> None:
        if host not in [desktop.host for desktop in self.hosts]:
            raise DeviceRefused("No such desktop.", "", wire.GROUP_TOOL, wire.ERR_NO_HOST)
        self.hosts = [desktop for desktop in self.hosts if desktop.host != host]

    def ask_factory_reset(self) -> None:
        self.asked = True

    def factory_reset(self):
        state = self.states.pop(0)
        if state == "gone":
            raise PortClosed("The port is gone.")
        return ResetState(state, 41.0)


class FakeSession:
    """Answers what is asked in a stream: pieces of sessions, and acknowledgements."""

    def __init__(self, tool) -> None:
        self.tool = tool

    def request_many(self, requests):
        for asked in requests:
            yield self.read(asked.body) if asked.group == wire.GROUP_FILES else self.acknowledged(asked.body)

    def read(self, body) -> dict:
        data, at = self.tool.download(body["name"]), body["off"]
        piece = {"off": at, "data": data[at : at + self.tool.hello.buf - wire.PIECE_OVERHEAD]}
        return piece if at else piece | {"len": len(data)}

    def acknowledged(self, body) -> dict:
        self.tool.acknowledged.append(body["id"])
        return {}


class FakeTool:
    """Holds sessions, settings, a routine and a clock; counts acknowledgements."""

    def __init__(self, sessions: int = 1) -> None:
        self.files = {number: session_bytes(number) for number in range(1, sessions + 1)}
        self.acknowledged: list[int] = []
        self.values = {"name": "Blue", "profile": "normal"}
        self.routine = b""
        self.clock: datetime | None = None
        self.reasons: list[Refusal] = []
        self.closed = False
        self.health_now = Health(**HEALTHY)
        self.test = SelfTest(False, 1, "none", tuple(Part(name, "none") for name in PARTS), 3400)
        self.tests = 0
        self.signs: list[int] = []
        self.lifts_after = 0
        self.owner = FakeOwner(self)
        self.session = FakeSession(self)
        self.is_private = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.closed = True

    @property
    def hello(self) -> Hello:
        return Hello(
            proto_min=1,
            proto_max=1,
            device_id=DEVICE.hex(),
            name=self.values["name"],
            fw="0.1.0",
            board="simulator",
            capabilities=("force", "lra"),
            boot=3,
            uptime_ms=61_000,
            clock="set" if self.clock else "unknown",
            first_session=min(self.files, default=0),
            last_session=max(self.files, default=0),
            log_format=2,
            buf=512,
            window=2,
            line=127,
            asked_at=time.time(),
        )

    def refresh_hello(self) -> Hello:
        return self.hello

    def state(self) -> State:
        return State(
            mode=ids.PRESSING, step=1, steps=4, zone=ids.CHEEKS, side=ids.LEFT, point=3, press=0, presses=2,
            hold_done_ms=2500, hold_goal_ms=5000, force_mn=1200, force_state=ids.IN_BAND, session_ms=61_000,
            lo_mn=600, hi_mn=1800, warn_mn=2100, limit_mn=2500, battery_pct=80,
        )  # fmt: skip

    def sessions(self, after: int = 0) -> list[SessionEntry]:
        return [
            SessionEntry(number, len(data), binascii.crc32(data), ids.END_DONE)
            for number, data in self.files.items()
            if number > after
        ]

    def download(self, path, *, size=None, crc=None, progress=None, partial=None, digest="crc32") -> bytes:
        data = self.routine
        if path != wire.PATH_ROUTINE:
            data = next(data for number, data in self.files.items() if wire.session_path(number) == path)
        if progress:
            progress(len(data), len(data))
        return data

    def upload(self, path, data, progress=None) -> None:
        if self.reasons:
            raise refused()
        self.routine = data

    def health(self) -> Health:
        return self.health_now

    def note_cleaned(self) -> None:
        now = self.health_now
        self.health_now = dataclasses.replace(now, cleanings=now.cleanings + 1, uncleaned=0)

    def begin_self_test(self) -> None:
        self.tests += 1

    def self_test(self) -> SelfTest:
        self.tests += 1
        return dataclasses.replace(self.test, running=self.tests < 4)

    def report_symptom(self, symptom: int) -> SymptomLock:
        self.signs.append(symptom)
        return self.symptom()

    def symptom(self) -> SymptomLock:
        self.lifts_after -= 1
        return SymptomLock(
            self.signs[-1] if self.signs else 0, 259_200 if self.signs else 0, self.lifts_after < 0
        )

    def acknowledgement(self, session_id, crc, host) -> Request:
        return Request(wire.OP_WRITE, wire.GROUP_TOOL, wire.TOOL_ACKNOWLEDGE, {"id": session_id})

    def refusals(self):
        return self.reasons

    def read_clock(self):
        return self.clock

    def set_clock(self, when=None) -> None:
        self.clock = when or datetime.now(UTC) + timedelta(milliseconds=100)

    def settings(self):
        return dict(self.values)

    def read_setting(self, name):
        return self.values.get(name)

    def write_setting(self, name, value) -> None:
        if self.reasons:
            raise refused()
        self.values[name] = value


def refused() -> DeviceRefused:
    return DeviceRefused("The tool refused it.", "Try something else.", wire.GROUP_TOOL, wire.ERR_REFUSED)
