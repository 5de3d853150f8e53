"""Memories as older firmware left them, kept for ever in tests/golden/flash: each is read whole, and the tool goes on.

A new format gets a new image (support/old_memory.py writes one), and the old ones stay.
"""

import io
import json
import os

import deflate
import old_memory
from core import ids, records, wire
from core.journal import Journal
from log_samples import HEADER, SUMMARY

RUNTIMES = ("micropython",)
HEAP = "4m"
FOLDER = __file__.rsplit("/", 1)[0] + "/../../golden/flash/"
NAMES = ("format-1", "format-2")


def image(name):
    with open(FOLDER + name + ".img.gz", "rb") as file:
        return bytearray(deflate.DeflateIO(io.BytesIO(file.read()), deflate.GZIP).read())


def facts(name):
    with open(FOLDER + name + ".json") as file:
        return json.load(file)


def sessions(journal):
    found = {}
    for entry in journal.list(0, 32)[0]:
        data = bytearray(entry["size"])
        assert journal.read_into(wire.session_path(entry["id"]), 0, data, len(data)) == len(data)
        found[entry["id"]] = bytes(data)
    return found


def test_every_format_has_its_image():
    assert sorted(os.listdir(FOLDER)) == sorted(
        [name + end for name in NAMES for end in (".img.gz", ".json")]
    )
    assert NAMES[-1] == "format-%d" % records.FORMAT_VERSION


def test_all_of_it_is_read():
    for name in NAMES:
        old_memory.mount(image(name))
        try:
            found = old_memory.look()
            wanted = facts(name)
            assert sorted(found) == sorted(wanted)
            for key in wanted:
                assert found[key] == wanted[key], (name, key, found[key], wanted[key])
        finally:
            old_memory.unmount()


def test_sessions_keep_the_format_they_have_and_new_ones_follow():
    for name in NAMES:
        version = int(name[-1])
        old_memory.mount(image(name))
        try:
            journal = Journal(old_memory.ROOT)
            assert journal.recover() == [4] and not journal.unreadable
            before = sessions(journal)
            assert sorted(before) == [1, 2, 3, 4]
            for data in before.values():
                kept, used = records.parse(data)
                assert used == len(data) and kept[0][2][0] == version and kept[-1][0] == records.SUMMARY
            assert records.parse(before[4])[0][-1][2][0] == ids.END_POWER_LOSS, "closed in its own format"
            assert journal.begin(dict(HEADER)) == 5
            journal.close(dict(SUMMARY))
            for entry in journal.list(0, 9)[0]:
                assert journal.acknowledge(entry["id"], entry["crc"], "desk") == wire.ERR_OK
            room = [False] * 6 + [True]
            journal.room = lambda: room.pop(0)  # noqa: B023
            assert journal.make_room() == [2, 3, 4], "an old session loses its trace like any other"
            journal = Journal(old_memory.ROOT)
            journal.recover()
            after = sessions(journal)
            assert sorted(after) == [1, 2, 3, 4, 5] and after[1] == before[1]
            assert records.parse(after[3])[0][0][2][0] == version and after[5][4] == records.FORMAT_VERSION
        finally:
            old_memory.unmount()


def test_what_is_newer_is_left_alone():
    old_memory.mount(image(NAMES[-1]))
    try:
        path = old_memory.ROOT + wire.session_path(3)
        with open(path, "rb") as file:
            whole = bytearray(file.read())
        whole[4] = records.FORMAT_VERSION + 1
        with open(path, "wb") as file:
            file.write(whole)
        journal = Journal(old_memory.ROOT)
        journal.recover()
        assert journal.unreadable == [3] and sorted(sessions(journal)) == [1, 2, 4]
        with open(path, "rb") as file:
            assert file.read() == whole
        assert journal.size(wire.session_path(3)) == len(whole), "it can be copied"
        assert journal.begin(dict(HEADER)) == 5
    finally:
        old_memory.unmount()
