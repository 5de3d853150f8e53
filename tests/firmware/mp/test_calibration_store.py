"""Kept calibrations: bytes, history, whose they are, and what is damaged."""

import json

from core import calibration_record as record
from core import ids
from core.calibration_store import CalibrationStore
from memory_files import MemoryFiles

HERE = __file__.rsplit("/", 1)[0]
CELL = {
    "device_id": b"\x00\x11\x22\x33\x44\x55\x66\x77",
    "sensor": 1,
    "rate_sps": 320,
    "gain": 128,
    "ldo_mv": 3000,
    "nominal_counts_per_n": 42950,
}


def golden():
    with open(HERE + "/../../golden/log/calibration.json") as file:
        entry = json.load(file)
    values = entry["values"]
    for name in ("device_id", "offset"):
        values[name] = bytes_of(values[name])
    return values, bytes_of(entry["hex"])


def bytes_of(text):
    return bytes([int(text[i : i + 2], 16) for i in range(0, len(text), 2)])


def made(counts=42950):
    values = golden()[0]
    values["counts_per_n"] = counts
    return values


def store(fs=None, **other):
    return CalibrationStore("", dict(CELL, **other), fs or MemoryFiles())


def test_a_record_has_these_bytes():
    values, data = golden()
    assert record.pack(values) == data and len(data) == record.SIZE
    assert record.unpack(data) == values
    assert record.unpack(data + b"more") == values


def test_nothing_kept_is_uncalibrated():
    assert store().load() == (ids.FAULT_UNCALIBRATED, None)


def test_the_newest_holds():
    fs = MemoryFiles()
    for n in range(3):
        store(fs).add(made(42000 + n))
        fault, values = store(fs).load()
        assert (fault, values["counts_per_n"], values["number"]) == (0, 42002 - 2 + n, n + 1)


def test_the_first_and_the_last_eight_stay():
    fs = MemoryFiles()
    for n in range(14):
        store(fs).add(made(42000 + n))
    kept = [record.unpack(one)["number"] for one in store(fs).records()]
    assert kept == [1, 7, 8, 9, 10, 11, 12, 13, 14]


def test_another_tool_or_cell_does_not_get_it():
    fs = MemoryFiles()
    store(fs).add(made())
    for name, value in (
        ("device_id", b"\xff" * 8),
        ("sensor", 2),
        ("rate_sps", 80),
        ("gain", 64),
        ("ldo_mv", 2700),
        ("nominal_counts_per_n", 30000),
    ):
        assert store(fs, **{name: value}).load() == (ids.FAULT_CALIBRATION_FOREIGN, None), name
        assert len(store(fs, **{name: value}).records()) == 1, "looking takes nothing away"
    assert store(fs).load()[0] == ids.FAULT_NONE


def test_a_history_of_another_cell_ends_with_a_new_calibration():
    fs = MemoryFiles()
    store(fs).add(made())
    other = store(fs, nominal_counts_per_n=50000)
    other.add(made(50100))
    assert [record.unpack(one)["number"] for one in other.records()] == [1]
    assert other.load()[1]["counts_per_n"] == 50100


def test_a_slope_that_no_calibration_gives_is_not_believed():
    for counts, fault in ((49392, 0), (49393, 1), (36508, 0), (36507, 1), (0, 1), (4294967295, 1)):
        fs = MemoryFiles()
        store(fs).add(made(counts))
        assert (store(fs).load()[0] != 0) == bool(fault), counts


def test_damage_is_lost_not_new():
    fs = MemoryFiles()
    store(fs).add(made())
    store(fs).add(made())
    for name in ("/calibration.a", "/calibration.b"):
        assert store(fs).load()[0] == 0, "one whole slot is enough"
        fs.files[name] = bytearray(b"?" * 80)
    assert store(fs).load() == (ids.FAULT_CALIBRATION_LOST, None)


def test_a_newer_format_is_neither_read_nor_overwritten():
    from core import errors, slots

    fs = MemoryFiles()
    fs.files["/calibration.a"] = bytearray(slots.encode(2, 1, b"something newer"))
    assert store(fs).load() == (ids.FAULT_CALIBRATION_LOST, None)
    try:
        store(fs).add(made())
    except errors.NewerFormat:
        return
    raise AssertionError("a newer format was overwritten")


def test_a_payload_of_another_length_is_lost():
    from core import slots

    fs = MemoryFiles()
    fs.files["/calibration.a"] = bytearray(slots.encode(1, 1, b"\x02" + golden()[1]))
    assert store(fs).load() == (ids.FAULT_CALIBRATION_LOST, None)


def test_a_slope_exactly_15_percent_off_is_believed():
    for counts, believed in ((85, True), (115, True), (84, False), (116, False)):
        values = {"nominal_counts_per_n": 100, "counts_per_n": counts}
        assert record.believable(values) is believed


def test_what_is_handed_over_stays_as_it_is():
    values = {name: value for name, value in made().items() if name != "number" and name not in CELL}
    before = dict(values)
    store().add(values)
    assert values == before


def test_slots_have_version_1():
    fs = MemoryFiles()
    store(fs).add(made())
    assert fs.files["/calibration.a"][4] == 1
