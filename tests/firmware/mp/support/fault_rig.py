"""A whole tool in virtual time, with somebody who notes what may never happen; flash that survives a power cut."""

import asyncio
import json
import os

import vfs
from boards import simulator
from core import ids, records, session_file
from core.tool import Tool
from sim import flash
from sim.clock import CLOCK
from sim.plant import Nobody
from sim.world import WORLD
from sim_rig import click, until

STEPS = (("cheeks", "left", "SI18"), ("jawline", "left", "ST6"), ("smile_lines", "right", "LI20"))
BLOCKS = 64  # a small flash, copied at each power-up
PULSE_MOST_MS = 430  # the longest pulse of any pattern, 400 ms, and three ticks of the backstop timer
ERM_PULSE_MOST_MS = 730
QUIET_AFTER_MS = 4000
HUNGER_MOST_MS = 400
DOSE_WORDS = ("rests", "7 days", "clock", "travel lock")
MOTOR_FAULTS = (
    ids.FAULT_MOTOR_MISSING,
    ids.FAULT_MOTOR_DIAGNOSTIC,
    ids.FAULT_MOTOR_STANDBY,
    ids.FAULT_MOTOR_OVERCURRENT,
    ids.FAULT_MOTOR_OVERHEAT,
)


class Volume(flash.BlockDevice):
    """Flash while it has power: `writes_left` counts down to 0, then no erase and no write succeeds; -1 for ever."""

    writes_left = -1

    def __init__(self):
        flash.BLOCKS = BLOCKS
        super().__init__()

    def _spend(self):
        if self.writes_left == 0:
            raise OSError(5)
        if self.writes_left > 0:
            self.writes_left -= 1

    def writeblocks(self, block, buf, offset=None):
        """Program, while there is power."""
        self._spend()
        super().writeblocks(block, buf, offset)

    def _erase(self, block):
        self._spend()
        super()._erase(block)


class Flash:
    """What stays over power cuts; a volume for each power-up, so that nothing of the last one writes late."""

    def __init__(self):
        self._volume = Volume()

    def cut(self, writes=0):
        """Take the power after so many writes."""
        self._volume.writes_left = writes

    def is_cut(self):
        """Whether the power has gone."""
        return self._volume.writes_left == 0

    def mount(self, _folder=None):
        """Power again: mount, or format what was never used; the tool's root."""
        before = self._volume
        before.writes_left = 0
        self._volume = volume = Volume()
        volume._data[:] = before._data
        if flash.MOUNT[1:] in os.listdir("/"):
            vfs.umount(flash.MOUNT)
        try:
            system = vfs.VfsLfs2(volume)
        except OSError:
            vfs.VfsLfs2.mkfs(volume)
            system = vfs.VfsLfs2(volume)
        vfs.mount(system, flash.MOUNT)
        return flash.MOUNT


class Notes:
    """What was seen of a tool: motor, faults (`ending`: those in a session), blocks, the watchdog's hunger, deaths."""

    def __init__(self, tool, plant):
        self.tool = tool
        self.plant = plant
        self.deaths = []
        self.faults = []
        self.ending = []
        self.cues = []
        self.blocked_in_contact = 0
        self.longest_drive_us = 0
        self.last_drive_us = 0
        self.hunger_us = 0
        self._on_since = None
        self._spy(tool.watch, "latch", self._latched)
        self._spy(tool.watch, "block", self._blocked)
        self._spy(tool.player, "_start", self._played)
        self._spy(tool, "broke", self.died)
        self._spy(plant.motor, "set_pwm", self._driven)
        self._due_us = CLOCK.now_us
        CLOCK.add(self)

    def _spy(self, owner, name, see):
        method = getattr(owner, name)

        def seen(*arguments):
            see(*arguments)
            return method(*arguments)

        setattr(owner, name, seen)

    def _latched(self, fault):
        if not self.tool.watch.fault:
            session = self.tool.session
            self.faults.append((CLOCK.now_us, fault))
            if session is not None and not session.over():
                self.ending.append(fault)

    def _blocked(self):
        self.blocked_in_contact += self.tool.watch.in_contact()

    def _played(self, cue):
        self.cues.append((CLOCK.now_us, cue))
        self._on_since = None

    def next_event_us(self):
        """Looks 50 times a second."""
        return self._due_us

    def fire(self, now_us):
        """Look at the motor and at the watchdog."""
        self._due_us = now_us + 20000
        self._look_at_motor(now_us)
        if self.tool.started and not (self.tool.button.recovery or self.tool._recovering or WORLD.bitten_us):
            self.hunger_us = max(self.hunger_us, now_us - WORLD.fed_us)

    def _driven(self, duty_u16, _freq_hz):
        if not duty_u16:
            self._look_at_motor(CLOCK.now_us)

    def _look_at_motor(self, now_us):
        drv = self.plant.drv
        if self.plant.demand_permille() and (drv is None or drv.regs[1] & 0x07 == 3):
            if self._on_since is None:
                self._on_since = now_us
            self.last_drive_us = now_us
            self.longest_drive_us = max(self.longest_drive_us, now_us - self._on_since)
        else:
            self._on_since = None

    def died(self, error):
        """The main loop or a task broke off."""
        self.deaths.append(repr(error))

    def latched_ms(self, since_us):
        """Milliseconds from a time to the first fault after it, -1 when there was none; and the fault."""
        for at_us, fault in self.faults:
            if at_us >= since_us:
                return (at_us - since_us) // 1000, fault
        return -1, ids.FAULT_NONE

    def fault_pattern_since(self, since_us):
        """Whether the fault pattern has begun since a time."""
        return any(cue == ids.CUE_FAULT and at_us >= since_us for at_us, cue in self.cues)

    def hold(self, most_ms=0, breaks=False):
        """What holds for every story; so long the watch may be held up, and the motor stay as it was."""
        assert breaks or not self.deaths, self.deaths
        assert self.blocked_in_contact == 0, "blocked in contact"
        pulse_ms = PULSE_MOST_MS if self.plant.erm is None else ERM_PULSE_MOST_MS
        assert self.longest_drive_us <= (pulse_ms + most_ms) * 1000, self.longest_drive_us
        assert self.hunger_us <= max(HUNGER_MOST_MS, most_ms) * 1000, self.hunger_us


def power_up(script, options=None, device=None, now_us=None, prepare=None):
    """Build a tool on a flash (None: a new one), run `script(tool, plant, notes)` beside it, and take its power.

    `prepare(tool, plant)` comes before the tool starts. Returns its notes.
    """
    device = device or Flash()
    CLOCK.sources.clear()
    CLOCK.set_fast(True)
    if now_us is not None:
        CLOCK.now_us = now_us
    WORLD.fed_us = CLOCK.now_us
    simulator.flash.mount = device.mount
    asyncio.new_event_loop()
    tool = Tool(simulator.build(options or {}))
    notes = Notes(tool, WORLD.plant)
    if prepare:
        prepare(tool, WORLD.plant)

    async def main():
        await tool.start()
        loop = asyncio.create_task(tool.run())
        await script(tool, WORLD.plant, notes)
        assert not loop.done() or tool.reset_asked, "the main loop has ended"

    asyncio.run(main())
    return notes


def short_routine(tool, presses=1, hold_ms=2000):
    """Give the tool a routine of three short steps."""
    steps = [
        {"zone": zone, "side": side, "point": point, "hold_ms": hold_ms, "presses": presses}
        for zone, side, point in STEPS
    ]
    text = json.dumps({"format": 1, "name": "short", "session_ms": 300000, "steps": steps}).encode()
    assert tool.routines.write(0, text, len(text)) == 0, [p.rule for p in tool.routines.problems]


async def session(tool, plant):
    """Click until a session runs."""
    await click(plant)
    assert await until(lambda: tool.session is not None, 12000), tool.starter.refused


async def ended(tool, ms=20000):
    """Wait until no session runs; the last one's id."""
    assert await until(lambda: tool.session is None and tool._busy is None, ms), "the session does not end"
    return tool.journal.last()


async def comes_back(tool, plant):
    """A fault that is over, the tip free: a click begins a session, or only dose and lock forbid it."""
    plant.hand = Nobody()
    for _ in range(2):
        await asyncio.sleep_ms(3300)
        await click(plant)
        if await until(lambda: tool.session is not None, 9000):
            return
        if any(word in tool.starter.refused for word in DOSE_WORDS):
            return
    raise AssertionError("no session any more: " + tool.starter.refused)


class LogFile:
    """A closed session, read back record by record."""

    def __init__(self, tool, session_id):
        self.header = self.summary = None
        self.steps = []
        self.events = []
        path = tool.journal._path(session_id)
        used = session_file.scan(tool.journal._fs, path, self._visit)
        assert used == tool.journal.size(path[len(tool.board.root) :]), "bytes after the last whole record"
        assert self.header["session_id"] == session_id

    def _visit(self, kind, payload):
        if kind == records.HEADER:
            self.header = records.unpack(kind, payload)
        elif kind == records.STEP:
            self.steps.append(records.unpack(kind, payload))
        elif kind == records.EVENTS:
            self.events += records.unpack_events(payload)
        elif kind == records.SUMMARY:
            assert self.summary is None, "two summaries"
            self.summary = records.unpack(kind, payload)

    def hold(self):
        """What adds up in every session, ended or cut off."""
        summary = self.summary
        assert summary is not None and summary["end_reason"], "not closed"
        at_ms = 0
        for number, step in enumerate(self.steps):
            assert step["step"] == number, "a step is missing or twice"
            assert abs(step["start_ms"] - at_ms) <= 40, (number, step["start_ms"], at_ms)
            at_ms = step["start_ms"] + step["duration_ms"]
            states = sum([step[k] for k in ("light_ms", "in_band_ms", "high_ms", "warn_ms", "over_ms")])
            assert abs(states - step["contact_ms"]) <= 6, step
            assert step["contact_ms"] + step["blind_ms"] <= step["duration_ms"] + 40, step
        assert at_ms <= summary["duration_ms"] + 1, (at_ms, summary["duration_ms"])
        assert all(event[0] <= summary["duration_ms"] + 1 for event in self.events), self.events
        for name in ("contact_ms", "over_ms", "blind_ms"):
            assert summary[name] == sum([step[name] for step in self.steps]), name
