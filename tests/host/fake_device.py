"""A tool in a thread behind a pseudo-terminal, with knobs for everything that goes wrong on a wire."""

from __future__ import annotations

import binascii
import hashlib
import os
import pty
import select
import threading
import time
import tty
from dataclasses import dataclass, field
from typing import Self

from gentlepress.firmware.core import wire, wire_texts
from gentlepress.smp import framing
from gentlepress.smp.message import Message, decode

DEVICE_ID = "0011223344556677"


@dataclass
class Faults:
    """Each `*_every` hits every n-th reply; 0 never."""

    lose_every: int = 0
    double_every: int = 0
    flip_every: int = 0
    late_every: int = 0
    late_s: float = 0.25
    noise_every: int = 0
    stray_every: int = 0
    delay_s: float = 0.0
    close_after: int = 0
    silent: bool = False
    babble: bytes = b""
    swallow_newline_every: int = 0


@dataclass
class FakeTool:
    """What the tool holds."""

    sessions: dict[int, bytes] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    settings: dict[str, bytes] = field(default_factory=lambda: {"name": b"Rose", "strict": b"0"})
    hello: dict = field(default_factory=dict)
    clock: str = ""
    acknowledged: list = field(default_factory=list)
    piece: int = 512 - wire.PIECE_OVERHEAD
    window: int = 4
    buf: int = 512
    busy: int = 0
    resets: int = 0
    care: list = field(default_factory=list)
    refuse_upload: int = 0
    crc_lie: int = 0
    whole: dict[int, int] = field(default_factory=dict)
    asked_reset: bool = False
    hosts_told: list = field(default_factory=list)
    pairing: list = field(default_factory=list)

    def file(self, path: str) -> bytes | None:
        for session_id, data in self.sessions.items():
            if path == wire.session_path(session_id):
                return data
        return self.files.get(path)

    def answer(self, request: Message) -> dict:
        name = f"_g{request.group}_{request.command}"
        handler = getattr(self, name, None)
        return handler(request.op, request.body) if handler else {"rc": wire.MGMT_NOT_SUPPORTED}

    def _g0_0(self, op, body):
        return {"r": body["d"]}

    def _g0_4(self, op, body):
        if op == wire.OP_WRITE:
            self.clock = body["datetime"]
            return {}
        return {"datetime": self.clock} if self.clock else {"err": {"group": 0, "rc": 4}}

    def _g0_5(self, op, body):
        self.resets += 1
        return {}

    def _g0_6(self, op, body):
        return {"buf_size": self.buf, "buf_count": self.window}

    def _g0_7(self, op, body):
        return {"output": "Gentlepress " + body["format"]}

    def _g3_0(self, op, body):
        if op == wire.OP_WRITE:
            if self.busy:
                return {"rc": wire.MGMT_BUSY, "rsn": wire_texts.ERR_TEXTS[self.busy]}
            self.settings[body["name"]] = body["val"]
            return {}
        value = self.settings.get(body["name"])
        return {"err": {"group": 3, "rc": 3}} if value is None else {"val": value}

    def _g3_1(self, op, body):
        self.settings.pop(body["name"], None)
        return {}

    def _g8_0(self, op, body):
        path, offset = body["name"], body["off"]
        if op == wire.OP_WRITE:
            return self._upload(path, offset, body)
        data = self.file(path)
        if data is None:
            return {"err": {"group": 8, "rc": 3}}
        reply = {"off": offset, "data": data[offset : offset + self.piece]}
        if offset == 0:
            reply["len"] = len(data)
        return reply

    def _upload(self, path, offset, body):
        if self.refuse_upload:
            return {"rc": wire.MGMT_INVALID, "rsn": wire_texts.ERR_TEXTS[self.refuse_upload]}
        have = self.files.get(path, b"")[:offset] + body["data"]
        self.files[path] = have
        return {"off": len(have)}

    def _g8_2(self, op, body):
        data = self.file(body["name"])
        if not data:
            return {"err": {"group": 8, "rc": 16}}
        crc = body["type"] == "crc32"
        output = binascii.crc32(data) ^ self.crc_lie if crc else hashlib.sha256(data).digest()
        return {"type": body["type"], "len": len(data), "output": output}

    def _g65_0(self, op, body):
        ids = sorted(self.sessions)
        return {
            "proto_min": wire.PROTOCOL_MIN,
            "proto_max": wire.PROTOCOL_MAX,
            "device_id": DEVICE_ID,
            "name": "Rose\x1b[31m" + "x" * 90,
            "fw": "0.1.0",
            "board": "fake",
            "cap": ["sessions"],
            "boot": 3,
            "uptime_ms": 100_000,
            "clock": "unknown",
            "first_session": ids[0] if ids else 0,
            "last_session": ids[-1] if ids else 0,
            "log_format": 2,
            "buf": self.buf,
            "window": self.window,
            "line": 127,
        } | self.hello

    def _g65_1(self, op, body):
        after = [number for number in sorted(self.sessions) if number > body["after"]]
        page = after[: min(body["most"], 3)]
        entries = [
            {
                "id": number,
                "size": len(self.sessions[number]),
                "crc": binascii.crc32(self.sessions[number]) ^ self.crc_lie,
                "end": 1,
            }
            | ({"whole": self.whole[number]} if number in self.whole else {})
            for number in page
        ]
        return {"sessions": entries, "more": len(after) > len(page)}

    def _g65_2(self, op, body):
        if body["id"] not in self.sessions:
            return {"err": {"group": wire.GROUP_TOOL, "rc": wire.ERR_NO_SESSION}}
        self.acknowledged.append((body["id"], body["crc"], body["host"]))
        return {}

    def _g65_3(self, op, body):
        return {
            "mode": "pressing",
            "side": "above",
            "cue": 7,
            "zone": 99,
            "force_mn": 1200,
            "locked_by": "rest\x00",
            "why": 1 << 5 | 1 << 30,
            "contact": True,
        }

    def _g65_4(self, op, body):
        return {
            "first": 5,
            "next": 8,
            "t_ms": 1000,
            "dt_us": 3125,
            "force": b"\x01\x00\xff\xff\x10\x27",
            "lost": 2,
        }

    def _g65_5(self, op, body):
        return {"err": {"group": wire.GROUP_TOOL, "rc": self.busy}} if self.busy else {"zero_mn": -12}

    def _g65_9(self, op, body):
        if self.busy:
            return {"err": {"group": wire.GROUP_TOOL, "rc": self.busy}}
        if op == wire.OP_WRITE:
            self.care.append(body)
            return {}
        return {
            "rate_sps": 320,
            "rate_mhz": 318_000,
            "zero_mn": -12,
            "faults": {"sa\x00t": 2},
            "resets": {"x" * 90: 1},
        }

    def _g65_10(self, op, body):
        if op == wire.OP_WRITE:
            return {"err": {"group": wire.GROUP_TOOL, "rc": self.busy}} if self.busy else {}
        part = {"part": "hearing", "fault": "sensor_deaf"}
        return {"running": False, "count": 3, "fault": "sensor_deaf", "parts": [part], "felt_un": -1}

    def _g65_11(self, op, body):
        if op == wire.OP_WRITE:
            self.care.append(body)
        return {"symptom": 2, "left_s": 259_200, "kept": False}

    def _g65_12(self, op, body):
        ann = {
            "slot": 1,
            "name": "Ann\x07",
            "profile": "odd",
            "sessions": 7,
            "pace": "later",
            "week": 2,
            "week_most": 5,
        }
        return {"count": 2, "users": [ann, {"slot": 2, "new_key": 1}]}

    def _g65_13(self, op, body):
        self.asked_reset = self.asked_reset or op == wire.OP_WRITE
        return {} if op == wire.OP_WRITE else {"state": "waiting", "left_ms": 41200}

    def _g65_14(self, op, body):
        if op == wire.OP_READ:
            hosts = [{"host": "desk", "seen": 1790000000, "counts": True}, {"host": "old", "counts": False}]
            return {"hosts": hosts, "one_copy": True}
        self.hosts_told.append(body)
        unknown = "nobody" in body.values()
        return {"err": {"group": wire.GROUP_TOOL, "rc": wire.ERR_NO_HOST}} if unknown else {}

    def _g65_15(self, op, body):
        if op == wire.OP_READ:
            return {"hosts": ["desk", "o\x07ld"], "most": 8}
        self.pairing.append(body)
        code = self.busy or (wire.ERR_NOT_PAIRED if "nobody" in body.values() else 0)
        return {"err": {"group": wire.GROUP_TOOL, "rc": code}} if code else {}

    def _g65_6(self, op, body):
        return {"refusals": [{"field": "steps.0.zone", "value": 9, "rule": "r\n", "next": "n"}]}


class FakeDevice:
    """Serves a FakeTool on a pty until closed; `path` is the port. Answers a repeated request from memory."""

    def __init__(self, tool: FakeTool | None = None, faults: Faults | None = None) -> None:
        self.tool = tool or FakeTool()
        self.faults = faults or Faults()
        self.replies = 0
        self.handled: list[tuple[int, int, int]] = []
        self.frames = framing.FrameReader()
        self.longest_line = 0
        self._cache: dict[bytes, bytes] = {}
        self._late: list[tuple[float, bytes]] = []
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error) -> None:
        self.close()

    def close(self) -> None:
        self._stop.set()
        self._thread.join(5)
        self._hang_up()

    def _hang_up(self) -> None:
        for name in ("_slave", "_master"):
            number = getattr(self, name)
            if number >= 0:
                os.close(number)
                setattr(self, name, -1)

    def _run(self) -> None:
        while not self._stop.is_set() and self._master >= 0:
            if self.faults.babble:
                self._write(self.faults.babble)
            ready, _, _ = select.select([self._master], [], [], 0.01)
            self._send_late()
            if ready and self._master >= 0:
                self._take(os.read(self._master, 4096))

    def _take(self, data: bytes) -> None:
        if self.faults.silent or self.faults.babble:
            return
        self.longest_line = max([self.longest_line, *(len(line) + 1 for line in data.split(b"\n"))])
        for message in self.frames.feed(data):
            self._serve(message)
            if self._master < 0:
                return

    def _serve(self, data: bytes) -> None:
        if data not in self._cache:
            request = decode(data)
            self.handled.append((request.op, request.group, request.command))
            body = self.tool.answer(request)
            reply = Message(request.op + 1, request.group, request.command, request.sequence, body)
            self._cache = dict(list(self._cache.items())[-8:])
            self._cache[data] = reply.encode()
        self._reply(framing.encode(self._cache[data]))

    def _hits(self, every: int) -> bool:
        return every > 0 and self.replies % every == 0

    def _reply(self, frame: bytes) -> None:
        self.replies += 1
        faults = self.faults
        if faults.close_after and self.replies > faults.close_after:
            self._hang_up()
            return
        time.sleep(faults.delay_s)
        if self._hits(faults.lose_every):
            return
        if self._hits(faults.late_every):
            self._late.append((time.monotonic() + faults.late_s, frame))
            return
        if self._hits(faults.flip_every):
            at = len(frame) // 2
            frame = frame[:at] + bytes([frame[at] ^ 1]) + frame[at + 1 :]
        if self._hits(faults.noise_every):
            frame = b"log: \xff\x06 hello\r\n\x06\x09!!!!\n\x04\x14AAAA\nboot " + frame
        if self._hits(faults.stray_every):
            frame = framing.encode(Message(1, 65, 3, 200, {"x": 1}).encode()) + framing.encode(b"abc") + frame
        self._write(frame * (2 if self._hits(faults.double_every) else 1))

    def _send_late(self) -> None:
        due = [item for item in self._late if item[0] <= time.monotonic()]
        for item in due:
            self._late.remove(item)
            self._write(item[1])

    def _write(self, data: bytes) -> None:
        while data and self._master >= 0 and not self._stop.is_set():
            _, ready, _ = select.select([], [self._master], [], 0.05)
            if ready:
                data = data[os.write(self._master, data[:1024]) :]
