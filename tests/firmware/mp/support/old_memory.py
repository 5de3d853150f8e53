"""A memory as a firmware left it: written once by that firmware, kept as an image, and read by every later one.

old_memory.py IMAGE FACTS        write a new image, and what is in it as JSON; never over one that was released
"""

import json
import os
import sys

import vfs
from core import builtin, ids, records, slots, wire
from core.calibration_store import CalibrationStore
from core.clock import WallClock
from core.counters import Counters
from core.journal import Journal
from core.routine_store import RoutineStore
from core.settings import Settings
from log_samples import EVENTS, HEADER, SUMMARY, step_payload, trace_payload
from power_life import CELL
from sim import factory, parameters
from torn_flash import BLOCK, PROGRAM, TornFlash

ROOT = "/old"
BLOCKS = 24
NOON_S = 1790000000


def mount(data):
    """Mount an image's bytes."""
    unmount()
    vfs.mount(vfs.VfsLfs2(TornFlash(data), progsize=PROGRAM), ROOT)


def unmount():
    if ROOT[1:] in os.listdir("/"):
        vfs.umount(ROOT)


def fill():
    """Everything a tool keeps: sessions whole, thinned and cut off, tables, a desktop that has two of them."""
    clock = WallClock(lambda: 5000)
    clock.set(NOON_S)
    journal = Journal(ROOT)
    journal.recover()
    counters = Counters(ROOT)
    counters.boot()
    for steps in (1, 3, 2):
        counters.session_begins([ids.CHEEKS, ids.FOREHEAD], clock)
        record(journal, steps)
        journal.close(dict(SUMMARY))
        counters.session_ended([ids.CHEEKS], clock, {"over_count": steps})
    for entry in journal.list(0, 2)[0]:
        journal.acknowledge(entry["id"], entry["crc"], "desk", NOON_S)
    room = [False, False, True]
    journal.room = lambda: room.pop(0)
    assert journal.make_room() == [1]
    settings = Settings(ROOT)
    for name, value in (("name", b"Rose"), ("rest_h", b"24"), ("user1", b"Ann")):
        assert settings.write(name, value) == wire.ERR_OK
    text = json.dumps(dict(builtin.ROUTINE, name="Evening")).encode()
    assert RoutineStore(ROOT).write(0, text, len(text)) == wire.ERR_OK
    CalibrationStore(ROOT, CELL).add(factory.calibration(parameters.values(), 42950))
    slots.TwoSlots(ROOT, "lock", 1).save(b"1")
    record(journal, 2)


def record(journal, steps):
    journal.begin(dict(HEADER))
    for step in range(steps):
        for _ in range(8):
            journal.append(records.TRACE, trace_payload())
        journal.append(records.EVENTS, records.pack_events(EVENTS))
        journal.append(records.STEP, step_payload(step=step))
        journal.flush()


def look():
    """What this firmware makes of a memory, as plain values."""
    journal = Journal(ROOT)
    closed_now = journal.recover()
    counters = Counters(ROOT)
    counters.boot()
    settings = Settings(ROOT)
    fault, calibration = CalibrationStore(ROOT, CELL).load()
    return {
        "sessions": journal.list(0, 32)[0],
        "closed_now": closed_now,
        "unreadable": journal.unreadable,
        "desktops": [list(entry) for entry in journal.hosts()],
        "unacknowledged": journal.unacknowledged(),
        "boots": counters.boots(),
        "total": counters.total(),
        "cheeks": [list(moment) for moment in counters.zone_ends(ids.CHEEKS)],
        "over": counters.lifetime("over"),
        "settings": [
            settings.value("rest_h"),
            settings.read("name").decode(),
            settings.read("user1").decode(),
        ],
        "routine": RoutineStore(ROOT).load().name,
        "calibration": [fault, calibration["number"], calibration["counts_per_n"]],
        "lock": slots.TwoSlots(ROOT, "lock", 1).load().decode(),
    }


def main(image, facts):
    flash = TornFlash(bytearray(b"\xff" * (BLOCKS * BLOCK)))
    vfs.VfsLfs2.mkfs(flash, progsize=PROGRAM)
    mount(flash.data)
    fill()
    vfs.umount(ROOT)
    kept = bytes(flash.data)
    with open(image, "wb") as file:
        file.write(kept)
    mount(bytearray(kept))
    with open(facts, "w") as file:
        file.write(json.dumps(look()) + "\n")
    vfs.umount(ROOT)


if __name__ == "__main__":
    main(*sys.argv[1:])
