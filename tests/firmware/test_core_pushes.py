"""No sequence of pushes over the wire, power cuts and damage to the flash puts any limit over the compiled one."""

from __future__ import annotations

import json

from core import button, dose, ids, limits, points, wire
from core.slots import encode
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.firmware.firmware_smp import firmware_smp

with firmware_smp():
    from push_rig import Board, PushRig, calibration_file, routine_text


class Rig(PushRig):
    """Loads modules of the firmware's `smp` for single requests."""

    def send(self, op, group, command, payload):
        with firmware_smp():
            return super().send(op, group, command, payload)


NAMES = ["profile", "strict", "rest_h", "weekly_max", "session_max_min", "haptic_pct", "light_pct", "name"]
TAKEN = [
    ("profile", b"sensitive"), ("profile", b"normal"), ("strict", b"1"), ("strict", b"0"), ("rest_h", b"12"),
    ("rest_h", b"168"), ("weekly_max", b"1"), ("weekly_max", b"7"), ("session_max_min", b"10"), ("name", b"Mine"),
]  # fmt: skip
ODD = st.tuples(
    st.sampled_from([*NAMES, "limit_mn"]),
    st.sampled_from([b"0", b"8", b"11", b"69", b"999", b"-1", b"", b"x\xff", b"0x7", b"7.5"]),
)
SETTINGS = st.sampled_from(TAKEN) | ODD
FORCES = st.sampled_from(
    [0, 349, 350, 600, 1199, 1200, 2000, 2500, 3000, 4500, 5000, 8000, 100_000, -1, 1.5, "9"]
)
ZONES = [ids.ZONE_NAMES[zone] for zone in sorted(limits.ZONES)]
PLAIN = st.fixed_dictionaries({"zone": st.sampled_from(ZONES), "side": st.sampled_from(["left", "right"])})
TWISTED = st.fixed_dictionaries(
    {},
    optional={
        "zone": st.sampled_from([*ZONES, "eye"]),
        "side": st.sampled_from(["midline", "both"]),
        "point": st.sampled_from([code for code, *_ in points.POINTS.values()] + sorted(points.FORBIDDEN)),
        "hold_ms": st.sampled_from([0, 1000, 10_000, 20_000, 20_001, 10**9]),
        "presses": st.sampled_from([0, 1, 5, 6]),
        "target_lo_mn": FORCES,
        "target_hi_mn": FORCES,
        "warn_mn": FORCES,
        "limit_mn": FORCES,
        "zone_ms": st.sampled_from([5000, 30_000, 90_000, 90_001]),
    },
)
PUSHED = PLAIN | st.builds(
    lambda plain, twisted, count: plain | dict(list(twisted.items())[:count]),
    PLAIN,
    TWISTED,
    st.integers(1, 10),
)
ROUTINES = PUSHED.map(
    lambda step: routine_text(point="", **step) if "point" not in step else routine_text(**step)
)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=8) | st.binary(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
GROUPS = [wire.GROUP_OS, wire.GROUP_SETTINGS, wire.GROUP_FILES, wire.GROUP_TOOL]
FIELDS = [
    "name",
    "val",
    "off",
    "len",
    "data",
    "id",
    "crc",
    "host",
    "since",
    "slot",
    "mass_mg",
    "what",
    "confirm",
]
GESTURES = [button.SHORT, button.DOUBLE, button.TRIPLE, button.MEDIUM, button.LONG]
NARROWEST = min(row[3] for row in limits.ZONES.values())


def ceiling_of(session):
    """Highest limit that may be in force, by the table alone."""
    if session is None or session.over() or session.run is None or session.run.prompting:
        return NARROWEST
    return NARROWEST if session.mode == ids.PAUSED else limits.ZONES[session.run.step.zone][3]


class Pushes(RuleBasedStateMachine):
    """Everything that a desktop, a bad wire, a bad flash and a bad battery can do, in any order."""

    @initialize(at_close=st.booleans())
    def make(self, at_close):
        self.rig = Rig(at_close)
        self.known = {}  # settings that the tool said it keeps
        self.locked, self.sessions = False, 0

    def teardown(self):
        if hasattr(self, "rig"):
            self.rig.close()

    @property
    def tool(self):
        return self.rig.tool

    @rule(pair=SETTINGS)
    def write_setting(self, pair):
        name, value = pair
        reply = self.rig.set(name, value)
        if reply == {}:
            self.known[name] = value.decode()
        elif reply is None:
            self.known.pop(name, None)

    @rule(name=st.sampled_from(NAMES))
    def delete_setting(self, name):
        reply = self.rig.ask(wire.OP_WRITE, wire.GROUP_SETTINGS, wire.SETTINGS_DELETE, {"name": name})
        if reply in ({}, None):
            self.known.pop(name, None)

    @rule(text=ROUTINES, piece=st.sampled_from([40, 300]), count=st.sampled_from([None, None, 1, 2]))
    def push_routine(self, text, piece, count):
        self.rig.upload(text, piece, count)

    @rule(text=ROUTINES, at=st.integers(0, 200), bits=st.integers(1, 255))
    def push_a_garbled_routine(self, text, at, bits):
        garbled = bytearray(text)
        garbled[at % len(text)] ^= bits
        self.rig.upload(bytes(garbled))

    @rule(
        group=st.sampled_from(GROUPS),
        command=st.integers(0, 20),
        op=st.sampled_from([wire.OP_READ, wire.OP_WRITE]),
        body=st.dictionaries(st.sampled_from(FIELDS), JUNK, max_size=4),
    )
    def ask_anything(self, group, command, op, body):
        if (group, command) not in {(wire.GROUP_OS, wire.OS_RESET), (wire.GROUP_SETTINGS, 0)}:
            self.rig.ask(op, group, command, body)

    @rule(group=st.sampled_from(GROUPS), command=st.integers(0, 20), payload=st.binary(max_size=40))
    def send_noise(self, group, command, payload):
        self.rig.send(wire.OP_WRITE, group, command, payload)

    @rule(unix_s=st.sampled_from([0, 1_790_000_000, 1_790_500_000, 1_900_000_000]))
    def set_clock(self, unix_s):
        self.tool.clock.set(unix_s)

    @rule(calls=st.integers(1, 6))
    def power_will_go(self, calls):
        self.rig.fs.calls = 0
        self.rig.fs.cut_at = calls

    @rule(pair=SETTINGS, calls=st.integers(1, 4))
    def write_a_setting_while_power_goes(self, pair, calls):
        self.rig.fs.calls, self.rig.fs.cut_at = 0, calls
        self.write_setting(pair)
        self.rig.power_up()

    @rule()
    def switch_off_and_on(self):
        self.rig.power_up()

    @rule(calls=st.integers(0, 12))
    def reset_to_the_factory(self, calls):
        self.rig.factory_reset(calls)
        self.known = {}

    @rule(symptom=st.sampled_from(sorted(ids.SYMPTOM_NAMES)))
    def report_a_symptom(self, symptom):
        reply = self.rig.ask(wire.OP_WRITE, wire.GROUP_TOOL, wire.TOOL_SYMPTOM, {"symptom": symptom})
        self.rig.press(0, 100)
        if reply:
            self.rig.keep_lock()
        if reply and self.tool.symptoms.left_s() and self.tool.symptoms.kept():
            self.locked = True

    @rule(which=st.integers(0, 9), at=st.integers(0, 400), bits=st.integers(1, 255))
    def damage(self, which, at, bits):
        paths = sorted(self.rig.fs.files)
        if paths and self.rig.fs.files[paths[which % len(paths)]]:
            data = self.rig.fs.files[paths[which % len(paths)]]
            data[at % len(data)] ^= bits
            self._forget()

    def _forget(self):
        """The flash was written from outside: what was kept may be lost."""
        self.known = {}
        self.locked, self.sessions = False, 0
        self.rig.power_up()

    @rule(slot=st.sampled_from("ab"), text=ROUTINES, texts=st.dictionaries(st.sampled_from(NAMES), JUNK))
    def plant(self, slot, text, texts):
        """Somebody writes the flash with right checksums."""
        kept = json.dumps(texts, default=repr).encode()
        for name, payload in (("routine", text), ("settings", kept)):
            self.rig.fs.files[f"/r/{name}.{slot}"] = bytearray(encode(1, 99, payload))
        self._forget()

    @rule(
        slope=st.sampled_from([0, 1, 36_508, 42_950, 49_392, 60_000, 2**32 - 1]),
        device_id=st.sampled_from([Board.device_id, b"another!"]),
        slot=st.sampled_from("ab"),
    )
    def plant_a_calibration(self, slope, device_id, slot):
        payload = calibration_file(slope, device_id)
        self.rig.fs.files[f"/r/calibration.{slot}"] = bytearray(encode(1, 99, payload))
        self._forget()

    @rule(force_mn=st.sampled_from([0, 0, 800, 3000]), ms=st.sampled_from([100, 2200]))
    def press(self, force_mn, ms):
        self.rig.press(force_mn, ms)

    @rule(gesture=st.sampled_from([button.NOTHING, *GESTURES]))
    def begin_a_session(self, gesture):
        self.rig.press(0, 2200)
        if self.tool.session is None:
            self.rig.begin()
            self.rig.press(800, 100)
            self.use_the_button(gesture)

    @rule()
    def end_the_session(self):
        if self.tool.session is not None:
            self.rig.end()

    @rule(gesture=st.sampled_from(GESTURES))
    def use_the_button(self, gesture):
        if self.tool.session is not None:
            self.tool.session.gesture(gesture)
            self.tool.session.tick(20)

    @invariant()
    def every_step_is_within_the_compiled_limits(self):
        if not hasattr(self, "rig"):
            return
        for step in self.tool.routines.load().steps:
            found = self.tool.starter.limits_of(step)
            for field, most in zip(limits.FIELDS, limits.ZONES[step.zone], strict=True):
                assert getattr(found, field) <= most, field
            assert found.lo_mn <= found.hi_mn <= found.warn_mn <= found.limit_mn <= limits.GLOBAL_CEILING_MN
            assert points.POINTS[step.point][0] not in points.FORBIDDEN
            assert step.presses <= limits.PRESSES_CEILING
        assert self.tool.starter.limits_of(None).limit_mn <= NARROWEST

    @invariant()
    def what_is_in_force_is_within_them_too(self):
        if not hasattr(self, "rig"):
            return
        session = self.tool.session
        assert self.tool.watch.judge.limit_mn <= ceiling_of(session)
        assert session is None or session.session_ms <= limits.SESSION_CEILING_MS

    @invariant()
    def no_slope_is_further_from_the_cells_than_a_calibration_can_make_it(self):
        if not hasattr(self, "rig"):
            return
        slope = self.tool.watch.force.slope16 << 4
        assert 85 * Board.counts_per_n <= 100 * (slope + 16) and 100 * slope <= 115 * Board.counts_per_n
        assert self.tool.session is None or not self.tool.calibrator.fault

    @invariant()
    def pace_and_rest_keep_their_floors(self):
        if not hasattr(self, "rig"):
            return
        asked = (self.tool.counters, self.tool.clock, self.tool.settings)
        assert dose.rest_s(*asked) >= limits.REST_FLOOR_H * 3600
        assert dose.weekly(*asked) <= limits.WEEKLY_CEILING
        assert dose.pace(*asked)[0] in {limits.PACE_FIRST, limits.PACE_LATER, limits.PACE_STRICT}
        assert self.tool.settings.value("haptic_pct") >= 70

    @invariant()
    def counts_and_locks_outlast_everything(self):
        if hasattr(self, "rig"):
            total = self.tool.counters.total(0)
            assert total >= self.sessions
            assert not self.locked or self.tool.symptoms.left_s() > 0
            self.sessions = total

    @invariant()
    def no_request_meets_an_error_of_the_firmware(self):
        if hasattr(self, "rig"):
            assert self.rig.server.faults == 0, self.rig.server.last_fault

    @invariant()
    def what_was_acknowledged_is_kept(self):
        for name, value in getattr(self, "known", {}).items():
            assert self.tool.settings.text(name) == value


Pushes.TestCase.settings = settings(max_examples=50, stateful_step_count=35, deadline=None)
TestPushes = Pushes.TestCase
