"""What a memory of the tool holds and how it wears, on a real LittleFS: prints JSON.

memory_years.py fill SESSION BLOCKS SUMMARIES SIZE ...  full sessions beside so many summaries, in a memory of BLOCKS
    blocks that also holds files of these sizes
memory_years.py year SESSION BLOCKS WEEKLY SIZE ...     erases of a year with so many sessions a week, an hourly note of
    the running time, and a desktop that has each session the same day

SESSION is the file of one that was recorded (long_session.py); others like it are written, contact by contact.
"""

import json
import os
import sys

import vfs
from core import ids, records
from core.clock import WallClock
from core.counters import Counters
from core.errors import StorageFull
from core.journal import Journal
from core.settings import Settings
from torn_flash import BLOCK, PROGRAM, TornFlash

ROOT = "/m"
NOON_S = 1790000000
WEEKS = 52
HOURS = 8760


class Worn(TornFlash):
    """A flash that counts the erases of each block."""

    def __init__(self, data):
        super().__init__(data)
        self.worn = [0] * (len(data) // BLOCK)

    def _erase(self, block):
        self.worn[block] += 1
        return super()._erase(block)


def mounted(blocks, sizes):
    """A flash with the firmware's files, as they lie on a board."""
    flash = Worn(bytearray(b"\xff" * (blocks * BLOCK)))
    vfs.VfsLfs2.mkfs(flash, progsize=PROGRAM)
    vfs.mount(vfs.VfsLfs2(flash, progsize=PROGRAM), ROOT)
    for folder in ("core", "more"):
        os.mkdir(ROOT + "/" + folder)
    for number, size in enumerate(sizes):
        with open("%s/%s/%d.mpy" % (ROOT, ("core", "more")[number % 2], number), "wb") as file:
            file.write(b"\x4d" * size)
    return flash


class Tool:
    """The memory of a tool that is pressed with one session again and again, and copied by one desktop."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.session = [(kind, payload) for kind, _number, payload in records.parse(file.read())[0]]
        self.ticks = 1000
        self.clock = WallClock(lambda: self.ticks & 0x3FFFFFFF)
        self.clock.set(NOON_S)
        self.journal = Journal(ROOT)
        self.journal.recover()
        self.counters = Counters(ROOT)
        self.counters.boot()
        Settings(ROOT).write("name", b"Rose")
        self.bursts = 0

    def an_hour(self):
        """An hour passes, awake or asleep."""
        self.ticks += 3600000
        self.clock.poll()
        if self.counters.is_life_due(self.clock):
            self.counters.keep_time(self.clock)

    def record(self, each_burst=True):
        """A session, as core/starter.py and core/gap_work.py write it; then it is copied.

        Args:
            each_burst: as on the tool; else the buffer is flushed when it is full, which leaves the same file.
        """
        journal = self.journal
        journal.make_room(self.clock.dose_s())
        self.counters.session_begins([ids.CHEEKS], self.clock)
        session_id = journal.begin(records.unpack(records.HEADER, self.session[0][1]))
        before = 0
        for kind, payload in self.session[1:-1]:
            after_contact = before == records.TRACE and kind != records.TRACE
            if after_contact and (each_burst or journal.pending() > 2000):
                journal.flush()
                self.bursts += 1
            assert journal.append(kind, payload)
            before = kind
        journal.flush()
        journal.close(records.unpack(records.SUMMARY, self.session[-1][1]))
        self.counters.session_ended([ids.CHEEKS], self.clock, {})
        entry = journal.list(session_id - 1, 1)[0][0]
        assert journal.acknowledge(session_id, entry["crc"], "desk", self.clock.latest_s()) == 0


def fill(path, blocks, summaries, sizes):
    try:
        mounted(blocks, sizes)
        tool = Tool(path)
    except OSError:
        return {"whole": 0, "summaries": 0}
    day = 0
    while len(tool.journal._thinned) < summaries:
        day += 1
        try:
            tool.record(False)
        except StorageFull:
            break
    journal = tool.journal
    assert journal.first() == 1 and journal.count() == day, "none went"
    return {"whole": len(journal._ids), "summaries": len(journal._thinned)}


def year(path, blocks, weekly, sizes):
    flash = mounted(blocks, sizes)
    start = list(flash.worn)
    tool = Tool(path)
    erases_of = {"sessions": 0, "hours": 0}
    for _ in range(WEEKS * weekly):
        before = flash.erases
        tool.record()
        erases_of["sessions"] += flash.erases - before
        before = flash.erases
        for _ in range(HOURS // (WEEKS * weekly)):
            tool.an_hour()
        erases_of["hours"] += flash.erases - before
    worn = [now - before for now, before in zip(flash.worn, start)]
    return dict(
        erases_of, erases=sum(worn), block_most=max(worn), bursts=tool.bursts, whole=len(tool.journal._ids)
    )


def main(what, path, *numbers):
    blocks, count, *sizes = [int(number) for number in numbers]
    print(json.dumps({"fill": fill, "year": year}[what](path, blocks, count, sizes)))


main(*sys.argv[1:])
