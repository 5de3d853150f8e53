"""The bytes of the log and of slot files, pinned: what is on tools and desktops today must be read for ever."""

import binascii
import json

from core import records, slots
from core.trace_coder import TraceCoder
from log_samples import INTERVALS

HERE = __file__.rsplit("/", 1)[0]


def golden(name):
    with open(HERE + "/../../golden/log/" + name) as file:
        return json.load(file)


def text_to_bytes(text):
    return bytes([int(text[i : i + 2], 16) for i in range(0, len(text), 2)])


FORMATS = ((1, "records.json"), (2, "records-2.json"))


def entries():
    """(format, name, entry) of all that is pinned."""
    return [(version, name, entry) for version, file in FORMATS for name, entry in golden(file).items()]


def test_every_record_is_written_to_these_bytes():
    assert FORMATS[-1][0] == records.FORMAT_VERSION
    for version, name, entry in entries():
        payload = payload_of(name, entry["values"])
        framed = records.frame(entry["kind"], entry["sequence"], payload, version)
        assert framed == text_to_bytes(entry["hex"]), name
        if version == records.FORMAT_VERSION:
            assert framed == records.frame(entry["kind"], entry["sequence"], payload), name


def test_a_file_of_either_format_is_read():
    for version, _file in FORMATS:
        frames = sorted([text_to_bytes(entry["hex"]) for form, _name, entry in entries() if form == version])
        payloads = [frame[4:-4] for frame in frames]
        data = b"".join([records.frame(frames[n][0], n, payloads[n], version) for n in range(len(frames))])
        found, used = records.parse(data)
        assert used == len(data) and [record[2] for record in found] == payloads
        assert records.version_of(data) == version
        other = b"".join(
            [records.frame(frames[n][0], n, payloads[n], 3 - version) for n in range(len(frames))]
        )
        assert records.parse(other) == ([], 0), "the CRC of the other format"


def test_the_crc_of_a_file_tells_of_all_in_it():
    for version, sums in ((1, 1), (2, 2)):
        found = set()
        for text in (b"left", b"back"):
            header = bytes([version]) + payload_of("header", golden("records-2.json")["header"]["values"])[1:]
            frames = ((records.HEADER, header), (records.EVENTS, text), (records.SUMMARY, text + text))
            data = b"".join([records.frame(frames[n][0], n, frames[n][1], version) for n in range(3)])
            found.add(binascii.crc32(data))
        assert len(found) == sums, "format 1 was blind"


def payload_of(name, values):
    if name == "events":
        return records.pack_events([tuple(event) for event in values])
    if name == "trace":
        coder = TraceCoder(values[1])
        for index, interval in enumerate(INTERVALS):
            coder.add(values[0] + values[1] * index, *interval)
        return coder.end()
    values = dict(values)
    for field in ("device_id", "routine_name"):
        if field in values:
            values[field] = text_to_bytes(values[field])
    return records.pack(
        {
            "header": records.HEADER,
            "step": records.STEP,
            "summary": records.SUMMARY,
            "thinned": records.THINNED,
        }[name],
        values,
    )


def test_every_record_is_read_from_these_bytes():
    for _version, name, entry in entries():
        data = text_to_bytes(entry["hex"])
        assert (data[0], data[1]) == (entry["kind"], len(data) - records.OVERHEAD)
        payload = data[4:-4]
        if name == "events":
            assert [list(event) for event in records.unpack_events(payload)] == entry["values"]
        elif name == "trace":
            t_ms, interval_ms, intervals = records.unpack_trace(payload)
            assert [t_ms, interval_ms, [list(interval) for interval in intervals]] == entry["values"]
        else:
            found = records.unpack(entry["kind"], payload)
            for field, value in entry["values"].items():
                assert found[field] == (text_to_bytes(value) if isinstance(value, str) else value), field


def test_a_longer_payload_of_a_newer_writer_is_read_as_far_as_known():
    for name, kind in (("step", records.STEP), ("summary", records.SUMMARY)):
        entry = golden("records.json")[name]
        payload = text_to_bytes(entry["hex"])[4:-4]
        assert records.unpack(kind, payload + b"more") == entry["values"]


def test_slot_files_have_these_bytes():
    for entry in golden("slots.json").values():
        payload = text_to_bytes(entry["payload"])
        data = text_to_bytes(entry["hex"])
        assert slots.encode(entry["version"], entry["generation"], payload) == data
        assert slots.decode(data) == (entry["version"], entry["generation"], payload)
