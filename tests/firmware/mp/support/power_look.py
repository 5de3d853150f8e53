"""What a tool promised to keep, and whether it is there after a power cut (see power_life.py)."""

import binascii
import os
import struct

from core import ids, records, slots, wire
from core.errors import StorageError
from log_samples import HEADER, SUMMARY
from torn_flash import BLOCK

ROOT = "/cut"
BLOCKS = (64, 64, 20)  # of every third life the memory is so small that it fills up
TABLES = ("ids", "dose", "acks", "settings", "routine", "calibration", "lock")
HOSTS = ("a", "b")


class Promises:
    """What the tool has said to be kept."""

    def __init__(self):
        self.tables = dict.fromkeys(TABLES)
        self.trying = {}
        self.sessions = {}  # id: (frames, how many are flushed, whether it is closed)
        self.thin = {}  # id: whether its trace has gone (True), may have (None)
        self.gone = set()
        self.maybe_gone = set()
        self.acks = {host: set() for host in HOSTS}
        self.ids = [0]
        self.begun = self.counted = self.tried = 0

    def may_go(self, session_id):
        known = [host for host in HOSTS if self.acks[host]]
        return bool(known) and not [host for host in known if session_id not in self.acks[host]]


class Look:
    """Looks at what a life (power_life.Life) has left on its flash, which was mounted anew."""

    def __init__(self, life):
        self.life = life

    def all(self):
        """Everything that must hold."""
        self._tables()
        with_watch(self.life, self.life.start)
        self._sessions()
        self._counters()
        self._acknowledgements()
        self._next()

    def _tables(self):
        for name in TABLES:
            table = slots.TwoSlots(ROOT, name, 1, self.life.fs)
            found = table.load()
            allowed = [self.life.promises.tables[name]] + self.life.promises.trying.get(name, [])
            assert found in allowed, "%s is neither old nor new: %r, not %r" % (name, found, allowed)
            assert not table.damaged, name
            self.life.promises.tables[name] = found
        self.life.promises.trying = {}

    def _sessions(self):
        journal, promises = self.life.journal, self.life.promises
        entries, more = journal.list(0, 99)
        listed = [entry["id"] for entry in entries]
        assert not more and listed == sorted(set(listed)), "each once"
        for number in journal.unreadable:
            assert self.life.blocks == min(BLOCKS) and not promises.sessions[number][2], (
                "a file nobody can read"
            )
        assert set(listed) <= set(promises.sessions), "one that never was"
        for number, promise in promises.sessions.items():
            if number in listed:
                self._session(number, promise, entries[listed.index(number)])
            elif number not in journal.unreadable:
                may = number in promises.gone or number in promises.maybe_gone or not promise[1]
                assert may, "session %d is lost" % number
        assert not [name for name in os.listdir(ROOT + wire.PATH_SESSIONS) if name.endswith(".tmp")]

    def _session(self, number, promise, entry):
        frames, flushed, closed = promise
        assert number not in self.life.promises.gone, "one that was gone"
        data = read(self.life.journal, number)
        assert binascii.crc32(data) & 0xFFFFFFFF == entry["crc"] and len(data) == entry["size"]
        whole = framed(frames)
        if closed:
            thin = self.life.promises.thin.get(number)
            if number in self.life.journal._thinned:
                assert thin or number in self.life.promises.maybe_gone, "its trace went too early"
                assert data == left_of(whole), "another summary"
            else:
                assert data == whole, "session %d is another" % number
            return
        found, used = records.parse(data)
        logged = [(record[0], record[2]) for record in found]
        assert used == len(data) and logged[-1][0] == records.SUMMARY
        if logged == frames:
            return
        assert records.unpack(records.SUMMARY, logged[-1][1])["end_reason"] == ids.END_POWER_LOSS
        assert len(logged) > flushed and logged[:-1] == frames[: len(logged) - 1], (
            "not all up to the last flush"
        )

    def _counters(self):
        counters, promises = self.life.counters, self.life.promises
        assert promises.counted <= counters.total() <= promises.tried, "sessions counted"
        assert len(counters.session_ends()) >= min(7, promises.begun), "a session begun that no rest follows"

    def _acknowledgements(self):
        kept = self.life.journal._acks._hosts
        for host in HOSTS:
            upto, later = kept.get(host, [0, []])[:2]
            for number in self.life.promises.acks[host]:
                there = number <= upto or number in later
                assert (
                    there or number not in self.life.promises.sessions or number in self.life.promises.gone
                ), "forgotten"

    def _next(self):
        """Life goes on: a session with a number above all, and the same at the next start."""
        if self.life.blocks == min(BLOCKS) and self.life.journal.space()[0] < 4 * BLOCK:
            return
        before = [(entry["id"], entry["crc"]) for entry in self.life.journal.list(0, 99)[0]]
        given = self.life.journal.begin(dict(HEADER))
        assert given > max(self.life.promises.ids + [number for number, _crc in before])
        self.life.journal.close(dict(SUMMARY))
        with_watch(self.life, self.life.start)
        after = [(entry["id"], entry["crc"]) for entry in self.life.journal.list(0, 99)[0]]
        assert after[:-1] == before and after[-1][0] == given


def with_watch(life, call):
    """Run a call, noting what is to be kept in each table."""
    real = slots.TwoSlots.save

    def save(table, payload):
        name = table._paths[0].rsplit("/", 1)[1][:-2]
        alive = not life.flash.dead
        if alive:
            life.promises.trying.setdefault(name, []).append(bytes(payload))
        try:
            real(table, payload)
        except StorageError:
            if not life.flash.dead:
                life.promises.trying.pop(name, None)
            raise
        if alive and not life.flash.dead:
            life.promises.trying.pop(name, None)
            life.promises.tables[name] = bytes(payload)

    slots.TwoSlots.save = save
    try:
        return call()
    finally:
        slots.TwoSlots.save = real


def framed(frames):
    return b"".join([records.frame(frames[n][0], n, frames[n][1]) for n in range(len(frames))])


def left_of(whole):
    """What stays of a session whose trace went, by the book (docs/storage.md)."""
    found = records.parse(whole)[0]
    left = struct.pack("<II", len(whole), binascii.crc32(whole) & 0xFFFFFFFF)
    return framed([(found[0][0], found[0][2]), (records.THINNED, left), (found[-1][0], found[-1][2])])


def read(journal, session_id):
    path = wire.session_path(session_id)
    data = bytearray(max(0, journal.size(path)))
    assert journal.read_into(path, 0, data, len(data)) == len(data)
    return bytes(data)
