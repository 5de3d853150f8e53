"""Lives of a tool's memory on a real LittleFS whose power goes at a chosen moment, and what must hold after each.

A life is a run of acts, drawn from its seed: sessions, settings, routines, calibrations, acknowledgements, room that is
made, locks, restarts. It is lived once whole, then once for each moment at which the power can go: before, during and
after each erase and program, and before each call of the file system. Each time the restart must find what was promised
(power_look.py). As a script it is given seeds.
"""

import json
import os
import sys

import vfs
from core import builtin, ids, records, slots, wire
from core.calibration_store import CalibrationStore
from core.clock import WallClock
from core.counters import Counters
from core.errors import StorageError
from core.journal import Journal
from core.routine_store import RoutineStore
from core.settings import Settings
from counted_files import CountedFiles
from log_samples import EVENTS, HEADER, SUMMARY, step_payload, trace_payload
from power_look import BLOCKS, HOSTS, ROOT, Look, Promises, with_watch
from sim import factory, parameters
from torn_flash import BLOCK, PROGRAM, TORN, TornFlash

ACTS = 14
NOON_S = 1790000000
KINDS = 3  # TornFlash: BEFORE, TORN, AFTER
CELL = {
    "device_id": b"12345678",
    "sensor": ids.SENSOR_NAU7802,
    "rate_sps": 320,
    "gain": 128,
    "ldo_mv": 3000,
    "nominal_counts_per_n": 42950,
}


class Dice:
    """Numbers from a seed, the same on each interpreter."""

    def __init__(self, seed):
        self._state = (seed * 7919 + 17) & 0x3FFFFFFF

    def below(self, count):
        self._state = (self._state * 1103515245 + 12345) & 0x7FFFFFFF
        return (self._state >> 11) % count


class Life:
    """One life up to a power cut, and the look at what is left.

    Args:
        seed: of the acts.
        cut: (number of the erase or program, how), (number of the call, None), or None.
    """

    def __init__(self, seed, cut=None):
        self.dice = Dice(seed)
        self.cut = cut or (0, 0)
        self.blocks = BLOCKS[seed % len(BLOCKS)]
        self.promises = Promises()
        self.flash = self.fs = None
        self.acts = []

    # Power.

    def mount(self, data, cut_at=0, how=0, cut_call=0):
        unmount(self.flash)
        self.flash = TornFlash(data, cut_at, how, cut_at)
        vfs.mount(vfs.VfsLfs2(self.flash, progsize=PROGRAM), ROOT)
        self.fs = CountedFiles(self.flash, cut_call)

    def start(self):
        """The tool's start: all it keeps, read and mended."""
        self.ticks = 1000
        self.clock = WallClock(lambda: self.ticks & 0x3FFFFFFF)
        self.journal = Journal(ROOT, self.fs)
        self.journal.recover()
        self.settings = Settings(ROOT, self.fs)
        self.routines = RoutineStore(ROOT, self.fs)
        self.calibrations = CalibrationStore(ROOT, CELL, self.fs)
        self.lock = slots.TwoSlots(ROOT, "lock", 1, self.fs)
        self.counters = Counters(ROOT, self.fs)
        self.counters.boot()
        self.clock.set(NOON_S + 86400 * self.counters.boots())

    def live(self):
        """All acts, up to the cut."""
        number, how = self.cut
        self.mount(
            blank(self.blocks), number if how is not None else 0, how or 0, number if how is None else 0
        )
        acts = [self.session, self.start] + [self._drawn() for _ in range(ACTS)]
        with_watch(self, lambda: self._live([self.start] + acts))
        self.operations, self.calls = self.flash.operations, self.fs.calls

    def _drawn(self):
        choice = (
            self.session, self.session, self.session, self.acknowledge, self.acknowledge, self.thin, self.thin,
            self.write_setting, self.write_routine, self.calibrate, self.turn_lock, self.count, self.start,
        )  # fmt: skip
        return choice[self.dice.below(len(choice))]

    def _live(self, acts):
        for act in acts:
            if self.flash.dead:
                return
            self.acts.append(act.__name__)
            try:
                act()
            except StorageError:
                if not self.flash.dead and self.blocks > min(BLOCKS):
                    raise

    # Acts.

    def session(self):
        promises = self.promises
        promises.tried += 1
        self.counters.session_begins([ids.CHEEKS], self.clock)
        promises.begun += not self.flash.dead
        header = dict(HEADER)
        header["boot"] = self.counters.boots()
        before = set(self.promises.sessions)
        session_id = max(promises.ids + [self.journal.last()]) + 1
        header["format_version"] = records.FORMAT_VERSION
        header["session_id"] = session_id
        frames = [(records.HEADER, records.pack(records.HEADER, header))]
        promises.sessions[session_id] = (frames, 0, False)
        try:
            given = self.journal.begin(header)
        except StorageError:
            if not self.flash.dead:
                del promises.sessions[session_id]
                self.counters.session_ended([], self.clock)
                promises.begun -= 1
            raise
        assert given == session_id and given not in before, "a number twice, or one left out"
        promises.ids.append(given)
        self._flushed(given)
        for _burst in range(1 + self.dice.below(3)):
            for _ in range(self.dice.below(24)):
                self._append(frames, records.TRACE, trace_payload())
            self._append(frames, records.EVENTS, records.pack_events(EVENTS))
            self._append(
                frames, records.STEP, step_payload(step=len(frames) & 0x7F, peak_mn=self.dice.below(5000))
            )
            try:
                self.journal.flush()
            except StorageError:
                break
            self._flushed(given)
        self._close(given, frames)
        self.counters.session_ended([ids.CHEEKS], self.clock, {"over_count": 1})
        promises.counted += not self.flash.dead

    def _append(self, frames, kind, payload):
        if self.journal.append(kind, payload):
            frames.append((kind, bytes(payload)))

    def _close(self, session_id, frames):
        summary = dict(SUMMARY)
        summary["lost_events"] = self.journal.lost_events
        summary["lost_intervals"] = self.journal.lost_intervals
        frames.append((records.SUMMARY, records.pack(records.SUMMARY, summary)))
        try:
            self.journal.close(dict(SUMMARY))
        except StorageError:
            return
        self._flushed(session_id, True)

    def _flushed(self, session_id, closed=False):
        if not self.flash.dead:
            frames = self.promises.sessions[session_id][0]
            self.promises.sessions[session_id] = (frames, len(frames), closed)

    def acknowledge(self):
        host = HOSTS[self.dice.below(len(HOSTS))]
        for entry in self.journal.list(0, 32)[0]:
            if self.dice.below(4):
                code = self.journal.acknowledge(entry["id"], entry["crc"], host, self.clock.latest_s())
                if code == wire.ERR_OK and not self.flash.dead:
                    self.promises.acks[host].add(entry["id"])

    def thin(self):
        """Two or three pieces of room, as in a full memory."""
        promises = self.promises
        self.journal.room = lambda: False
        try:
            for _ in range(2 + self.dice.below(2)):
                whole, thinned = set(self.journal._ids), set(self.journal._thinned)
                promises.maybe_gone = {number for number in whole | thinned if promises.may_go(number)}
                self.journal.ease(self.clock.dose_s())
                if self.flash.dead:
                    return
                left = set(self.journal._ids) | set(self.journal._thinned)
                went = (whole | thinned) - left
                assert went <= promises.maybe_gone, "one went that somebody lacks"
                promises.gone |= went
                promises.thin.update(dict.fromkeys(self.journal._thinned, True))
                promises.maybe_gone = set()
        except StorageError:
            if self.flash.dead:
                raise
            promises.maybe_gone = set()
        finally:
            del self.journal.room

    def write_setting(self):
        name, value = (("name", b"Rose"), ("rest_h", b"24"), ("strict", b"1"), ("haptic_pct", b"80"))[
            self.dice.below(4)
        ]
        self.settings.write(name, value)

    def write_routine(self):
        routine = json.loads(json.dumps(builtin.ROUTINE))
        routine["name"] = "Evening %d" % self.dice.below(1000)
        text = json.dumps(routine).encode()
        self.routines.write(0, text, len(text))

    def calibrate(self):
        values = factory.calibration(parameters.values(), 42950)
        values["unix_s"] = NOON_S + self.dice.below(100000)
        self.calibrations.add(values)

    def turn_lock(self):
        self.lock.save(b"01"[self.dice.below(2) :][:1])

    def count(self):
        self.counters.cleaned(self.dice.below(100))
        self.counters.keep_time(self.clock)

    def check(self, second_cut=0):
        """Restart, once more with a cut in it if so said, and look."""
        data = self.flash.data
        if second_cut:
            self.mount(data, second_cut, TORN)
            try:
                with_watch(self, self.start)
            except StorageError:
                assert self.flash.dead
            data = self.flash.data
        self.mount(data)
        Look(self).all()


def unmount(flash):
    """What still holds the old device can no longer write."""
    if flash is not None:
        flash.dead = True
    if ROOT[1:] in os.listdir("/"):
        vfs.umount(ROOT)


_BLANK = {}


def blank(blocks):
    """A formatted flash of so many blocks."""
    if blocks not in _BLANK:
        flash = TornFlash(bytearray(b"\xff" * (blocks * BLOCK)))
        vfs.VfsLfs2.mkfs(flash, progsize=PROGRAM)
        _BLANK[blocks] = bytes(flash.data)
    return bytearray(_BLANK[blocks])


def moments(seed):
    """All cuts of a life: each erase and program in three ways, each call once."""
    life = Life(seed)
    life.live()
    life.check()
    cuts = [(number, how) for number in range(1, life.operations + 1) for how in range(KINDS)]
    return cuts + [(number, None) for number in range(1, life.calls + 1)]


def lived(seed, cut):
    """Live up to a cut and look; what went wrong, or an empty text."""
    life = Life(seed, cut)
    try:
        life.live()
        life.check(1 + cut[0] % 9 if cut[0] % 4 == 0 else 0)
    except Exception as error:  # noqa: BLE001  (whatever is raised is what went wrong)
        return "life %d, cut %r, after %s: %s: %s" % (seed, cut, life.acts[-1:], type(error).__name__, error)
    finally:
        unmount(life.flash)
    return ""


def cut_life(seed, part=0, parts=1):
    """(how many cuts, those after which something did not hold) of every `parts`-th moment of a life."""
    cuts = moments(seed)[part::parts]
    return len(cuts), [text for text in [lived(seed, cut) for cut in cuts] if text]


if __name__ == "__main__":
    for name in sys.argv[1:]:
        count, failures = cut_life(int(name))
        for text in failures:
            print("@failed %s %s" % (name, text))
        print("@lived %s %d" % (name, count))
