"""A tool with fixed answers, for tests of the wire."""

import struct

from core import wire

NAMES = ("name", "profile", "strict", "haptic_pct")
SESSION = wire.session_path(7)


class FakeClock:
    def __init__(self):
        self.now = 0
        self.quality = 0

    def read(self):
        return self.now

    def set(self, unix_s):
        self.now = unix_s
        return wire.ERR_OK


class FakeSettings:
    def __init__(self):
        self.values = {"name": b"Gentle", "profile": b"normal"}

    def names(self):
        return NAMES

    def read(self, name):
        return self.values.get(name)

    def write(self, name, value):
        if name == "profile" and value not in (b"normal", b"sensitive"):
            return wire.ERR_REFUSED
        self.values[name] = value
        return wire.ERR_OK

    def delete(self, name):
        self.values.pop(name, None)
        return wire.ERR_OK


class FakeFiles:
    def __init__(self):
        self.files = {
            SESSION: bytes([(i * 7 + (i >> 8)) & 0xFF for i in range(5000)]),
            wire.session_path(8): b"",
            "/secret": b"secret",
        }
        self.pending = b""
        self.writes = 0

    def size(self, path):
        return len(self.files[path]) if path in self.files else -1

    def read_into(self, path, offset, buf, count):
        piece = self.files[path][offset : offset + count]
        buf[: len(piece)] = piece
        return len(piece)

    def write(self, path, offset, data, total):
        self.writes += 1
        self.pending = (self.pending if offset else b"") + bytes(data)
        if len(self.pending) == total:
            if self.pending[:1] != b"{":
                return wire.ERR_REFUSED
            self.files[path] = self.pending
        return wire.ERR_OK


class FakeTool:
    def __init__(self):
        self.contact = False
        self.is_testing = False
        self.afforded = []
        self.is_blocking = False
        self.running = False
        self.clock = FakeClock()
        self.settings = FakeSettings()
        self.files = FakeFiles()
        self.tares = 0
        self.resets = 0
        self.acknowledged = []
        self.cleanings = self.tests = 0
        self.symptoms = []
        self.asked = []
        self.at_jig = False
        self.keys = {"desk": bytes(range(16)), "old": bytes(16)}
        self.key_changes = 0

    def testing(self):
        return self.is_testing

    def in_contact(self):
        return self.contact

    def blocking(self):
        return self.is_blocking

    async def in_gap(self, call):
        return call()

    def spend(self, _size):
        return True

    def spend_refusing(self, _size):
        return True

    async def afford(self, size):
        self.afforded.append(size)

    def session_running(self):
        return self.running

    def hello(self):
        return {
            "proto_min": 1, "proto_max": 1, "device_id": "0011223344556677", "name": "Gentle", "fw": "0.1.0",
            "board": "fake", "cap": ["force", "lra"], "boot": 3, "uptime_ms": 61000, "clock": "unknown",
            "last_session": 8, "first_session": 7, "log_format": 1,
        }  # fmt: skip

    def sessions(self, after, most):
        listed = [{"id": n, "size": 5000, "crc": 0xDEADBEEF, "end": 1} for n in (7, 8, 9) if n > after]
        if after == 9:
            listed = [{"id": 12, "size": 160, "crc": 0xDEADBEEF, "end": 1, "whole": 0xC0FFEE}]
        return listed[:most], len(listed) > most

    def acknowledge(self, session_id, crc, host):
        if session_id not in (7, 8, 9):
            return wire.ERR_NO_SESSION
        self.acknowledged.append((session_id, crc, host))
        return wire.ERR_OK

    def state(self):
        return {
            "mode": 3, "step": 1, "steps": 4, "zone": 4, "side": 1, "point": 3, "press": 0, "presses": 2,
            "hold_done_ms": 2500, "hold_goal_ms": 5000, "force_mn": 1200, "force_state": 2, "cue": 0, "fault": 0,
            "session": 9, "t_ms": 65000, "lo_mn": 600, "hi_mn": 1800, "warn_mn": 2100, "limit_mn": 2500,
            "zone_used_ms": 9000, "zone_ms": 30000, "session_ms": 61000, "session_max_ms": 300000, "contact": True,
            "battery_pct": 80, "usb_power": False, "why": [5], "locked_by": "",
        }  # fmt: skip

    def tell_state(self, out):
        out.value(self.state())

    def tell_samples(self, out, since):
        force = struct.pack("<16h", *range(1000, 1016))
        out.value(
            {"first": since, "next": since + 16, "t_ms": 65000, "dt_us": 3125, "force": force, "lost": 0}
        )

    def tare(self):
        self.tares += 1
        return wire.ERR_OK, -12

    def calibrating(self):
        return self.at_jig

    def calibrate(self, step, mass_mg):
        self.asked.append((step, mass_mg))
        return wire.ERR_OK if step in ("begin", "cancel", "first") else wire.ERR_ORDER

    def calibration_status(self):
        return {
            "phase": "measuring",
            "step": "first",
            "reason": "",
            "progress_pct": 66,
            "force_mn": 981,
            "spread_mn": 5,
        }

    def calibration(self):
        return {
            "fault": "none",
            "nominal": 42950,
            "zero_counts": -120,
            "records": [bytes(range(n, n + 63)) for n in (1, 2)],
        }

    def refusals(self):
        one = {
            "field": "steps[1].zone",
            "value": "nose",
            "rule": "there is no such zone",
            "next": "use cheeks",
        }
        return [one] * 40

    def health(self):
        return {
            "rate_sps": 320, "rate_mhz": 317440, "zero_mn": -12, "lo_mn": 400, "hi_mn": 1200, "warn_mn": 1600,
            "limit_mn": 2000, "blocks": 41, "block_worst_us": 47210, "faults": {"saturated": 2}, "events_lost": 0,
            "resets": {"power_on": 30, "watchdog": 1}, "over": 17, "cleanings": 9, "uncleaned": 2,
            "battery_mv": 3812, "battery_pct": 67, "flash_free": 901120, "flash_size": 1441792, "sessions": 8,
            "unacknowledged": 3, "heap_free": 61200, "edges_us": [500, 1500], "contact": [9000, 12, 1],
            "bus_errors": 2, "edges_missed": 5, "contact_worst_us": 3100, "free": [70000, 3, 0], "free_worst_us": 900,
        }  # fmt: skip

    def cleaned(self):
        self.cleanings += 1
        return wire.ERR_OK

    def begin_self_test(self):
        if self.contact or self.running:
            return wire.ERR_BUSY_CONTACT if self.contact else wire.ERR_BUSY_SESSION
        self.tests += 1
        return wire.ERR_OK

    def self_test(self):
        parts = [{"part": "sensor", "fault": "none"}, {"part": "hearing", "fault": "sensor_deaf"}]
        return {
            "running": False,
            "count": 3,
            "fault": "sensor_deaf",
            "parts": parts,
            "felt_un": -1,
            "felt_least_un": 1700,
        }

    def report_symptom(self, symptom):
        self.symptoms.append(symptom)

    def symptom(self):
        last = self.symptoms[-1] if self.symptoms else 0
        return {"symptom": last, "left_s": 259200 if last else 0, "kept": not last}

    def desktop_keys(self):
        return list(self.keys.values())

    def pair(self, host, key):
        self.asked.append(("pair", host, key))
        if key is None and host not in self.keys:
            return wire.ERR_NOT_PAIRED
        self.key_changes += 1
        self.keys[host] = key
        if key is None:
            del self.keys[host]
        return wire.ERR_OK

    def owner(self, what, *args):
        self.asked.append((what,) + args)
        if what == "paired":
            return {"hosts": ["desk", "old"], "most": 8}
        if what == "users":
            one = {"slot": 1, "name": "Ann", "profile": "normal", "sessions": 7, "pace": "later", "week": 2}
            return {"count": 2, "users": [dict(one, week_most=5), dict(one, slot=2, name="Ben", week_most=5)]}
        if what == "hosts":
            desk = {"host": "desk", "seen": 1790000000, "counts": True}
            return {"hosts": [desk, {"host": "old", "seen": 0, "counts": False}], "one_copy": False}
        if what == "factory_reset":
            return {"state": "waiting", "left_ms": 41200}
        return wire.ERR_NO_HOST if args == ("nobody",) else wire.ERR_OK

    def reset(self):
        self.resets += 1
