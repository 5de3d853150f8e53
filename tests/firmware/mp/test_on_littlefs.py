"""The tool's memory on the chip's own file system, with the power cut at any erase or program of the flash."""

import binascii
import os

import vfs
from core import ids, records, wire
from core.counters import Counters
from core.errors import StorageError, StorageFull
from core.journal import Journal
from core.settings import Settings
from log_samples import EVENTS, HEADER, SUMMARY, step_payload, trace_payload

RUNTIMES = ("micropython",)
HEAP = "2m"
BLOCK = 4096
EIO = -5


class Flash:
    """A block device in RAM; from the `cut_at`-th erase or program on nothing reaches it.

    An error is returned, not raised: a file that could not be closed is closed again by the collector, where
    nothing may be allocated.
    """

    def __init__(self, data):
        self.data = data
        self.writes = 0
        self.cut_at = 0

    def is_dead(self):
        self.writes += 1
        return self.cut_at and self.writes >= self.cut_at

    def readblocks(self, block, buf, offset=0):
        at = block * BLOCK + offset
        buf[:] = self.data[at : at + len(buf)]

    def writeblocks(self, block, buf, offset=0):
        if self.is_dead():
            return EIO
        at = block * BLOCK + offset
        self.data[at : at + len(buf)] = buf
        return 0

    def ioctl(self, command, argument):
        if command == 4:
            return len(self.data) // BLOCK
        if command == 5:
            return BLOCK
        if command == 6:
            if self.is_dead():
                return EIO
            self.data[argument * BLOCK : (argument + 1) * BLOCK] = b"\xff" * BLOCK
        return 0


def mounted(blocks):
    flash = Flash(bytearray(b"\xff" * (blocks * BLOCK)))
    vfs.VfsLfs2.mkfs(flash)
    vfs.mount(flash, "/flash")
    return flash


def again(flash):
    """Power comes back; what still holds the old device can no longer write."""
    flash.cut_at = 1
    vfs.umount("/flash")
    flash = Flash(flash.data)
    vfs.mount(flash, "/flash")
    return flash


def record(journal, steps=3):
    session_id = journal.begin(dict(HEADER))
    for step in range(steps):
        journal.append(records.EVENTS, records.pack_events(EVENTS))
        for _ in range(20):
            journal.append(records.TRACE, trace_payload())
        journal.append(records.STEP, step_payload(step=step))
        journal.flush()
    journal.close(SUMMARY)
    return session_id


def opened():
    journal = Journal("/flash")
    journal.recover()
    return journal


def whole(journal, entry):
    data = bytearray(entry["size"])
    assert journal.read_into(wire.session_path(entry["id"]), 0, data, len(data)) == len(data)
    found, used = records.parse(bytes(data))
    assert used == len(data) and found[-1][0] == records.SUMMARY
    assert binascii.crc32(data) == entry["crc"]
    return bytes(data)


def test_sessions_settings_and_counters_survive_a_remount():
    flash = mounted(40)
    try:
        assert record(opened()) == 1
        assert Settings("/flash").write("strict", b"1") == wire.ERR_OK
        Counters("/flash").boot()
        flash = again(flash)
        journal = opened()
        entries, more = journal.list(0, 9)
        assert not more and entries[0]["end"] == ids.END_DONE
        whole(journal, entries[0])
        assert Settings("/flash").value("strict") == 1
        counters = Counters("/flash")
        counters.boot()
        assert counters.boots() == 2
    finally:
        vfs.umount("/flash")


def test_the_flash_dies_at_any_write_and_no_closed_session_is_lost():
    flash = mounted(40)
    try:
        record(opened())
        first = whole(opened(), opened().list(0, 1)[0][0])
        start = bytes(flash.data)
        cut_at, ends = 0, set()
        done = False
        while not done:
            cut_at += 1
            flash = again(Flash(bytearray(start)))
            flash.cut_at = cut_at
            try:
                record(opened())
                done = True
            except StorageError:
                pass
            flash = again(flash)
            journal = opened()
            entries, _more = journal.list(0, 9)
            assert whole(journal, entries[0]) == first
            assert not journal.unreadable
            ends.add(tuple([entry["end"] for entry in entries]))
            for entry in entries[1:]:
                whole(journal, entry)
        assert cut_at > 20
        assert ends == {
            (ids.END_DONE,),
            (ids.END_DONE, ids.END_POWER_LOSS),
            (ids.END_DONE, ids.END_DONE),
        }
    finally:
        vfs.umount("/flash")


def test_a_full_flash_refuses_sessions_until_one_may_go():
    mounted(24)
    try:
        journal = opened()
        while journal.room():
            record(journal, 6)
        try:
            journal.make_room()
        except StorageFull:
            pass
        else:
            raise AssertionError("made room of sessions that nobody has")
        entries, _more = journal.list(0, 99)
        for entry in entries:
            assert journal.acknowledge(entry["id"], entry["crc"], "desk") == wire.ERR_OK
        lost = journal.make_room()
        assert journal.room()
        last = record(journal, 6)
        assert lost[0] == journal.first() == 1 and last == journal.last() == journal.count()
        assert len(whole(journal, journal.list(0, 1)[0][0])) == 160
        assert len(whole(journal, journal.list(last - 1, 1)[0][0])) > 3000
    finally:
        vfs.umount("/flash")


def test_a_flash_filled_to_the_brim_keeps_what_it_has():
    mounted(14)
    try:
        journal = opened()
        first = record(journal, 1)
        kept = whole(journal, journal.list(0, 1)[0][0])
        ended = ""
        while not ended:
            try:
                record(journal, 6)
            except StorageError as error:
                ended = type(error).__name__
        assert ended == "StorageFull"
        journal = opened()
        assert journal.list(0, 1)[0][0]["id"] == first
        assert whole(journal, journal.list(0, 1)[0][0]) == kept
        os.remove("/flash" + wire.session_path(journal.last()))
        os.remove("/flash" + wire.session_path(journal.last() - 1))
        journal = opened()
        assert not journal.unreadable
        for entry in journal.list(0, 99)[0]:
            whole(journal, entry)
    finally:
        vfs.umount("/flash")
