"""Two slots: what counts after failures and power cuts at every call."""

from core.errors import NewerFormat, StorageError, StorageFull
from core.slots import TwoSlots, decode, encode
from memory_files import ENOSPC, MemoryFiles, PowerCut


def slots(fs, version=1):
    return TwoSlots("/r", "thing", version, fs)


def newest(fs):
    return slots(fs).load()


def test_nothing_kept_is_none():
    fs = MemoryFiles()
    kept = slots(fs)
    assert kept.load() is None
    assert not kept.damaged
    assert fs.calls == 0


def test_the_newest_counts_and_slots_take_turns():
    fs = MemoryFiles()
    for turn in range(5):
        slots(fs).save(b"payload %d" % turn)
        assert newest(fs) == b"payload %d" % turn
    assert sorted(fs.files) == ["/r/thing.a", "/r/thing.b"]
    assert decode(fs.files["/r/thing.b"])[1] == 4
    assert decode(fs.files["/r/thing.a"])[1] == 5


def test_empty_and_long_payloads():
    fs = MemoryFiles()
    slots(fs).save(b"")
    assert newest(fs) == b""
    long = bytes(range(256)) * 20
    slots(fs).save(long)
    assert newest(fs) == long


def test_too_long_is_refused_and_the_old_stays():
    fs = MemoryFiles()
    slots(fs).save(b"old")
    try:
        slots(fs).save(bytes(9000))
    except StorageError as error:
        assert "9000" in str(error)
    else:
        raise AssertionError("not refused")
    assert newest(fs) == b"old"


def at_every_call(at_close, kind, kept):
    """Hit each call of a save; what counts afterwards."""
    results = []
    hit = 0
    while True:
        hit += 1
        fs = MemoryFiles(at_close)
        for payload in kept:
            slots(fs).save(payload)
        fs.heal()
        setattr(fs, kind, hit)
        try:
            slots(fs).save(b"new" * 900)
            outcome = "saved"
        except PowerCut:
            outcome = "cut"
        except StorageError:
            outcome = "failed"
        reached = fs.calls >= hit
        fs.heal()
        results.append((outcome, newest(fs)))
        if not reached:
            return results


def test_a_power_cut_at_any_call_leaves_old_or_new():
    for at_close in (False, True):
        for kept in ((), (b"one",), (b"one", b"two"), (b"one", b"two", b"three")):
            old = kept[-1] if kept else None
            results = at_every_call(at_close, "cut_at", kept)
            assert len(results) > 4
            for outcome, found in results:
                assert found in ((b"new" * 900,) if outcome == "saved" else (old, b"new" * 900)), (
                    outcome,
                    found,
                )


def test_a_failing_call_leaves_the_old():
    for at_close in (False, True):
        results = at_every_call(at_close, "fail_at", (b"one", b"two"))
        for outcome, found in results[:-1]:
            assert outcome == "failed"
            # A failed close may come after all bytes were written.
            assert found == b"two" or (not at_close and found == b"new" * 900)
        assert results[-1] == ("saved", b"new" * 900)


def test_a_slot_that_reads_back_wrong_does_not_count():
    class Lying(MemoryFiles):
        def open(self, path, mode):
            file = super().open(path, mode)
            if mode == "wb" and self.calls > 6:
                file.data.append(1)
            return file

    fs = Lying()
    slots(fs).save(b"one")
    slots(fs).save(b"two")
    try:
        slots(fs).save(b"three")
    except StorageError as error:
        assert "reads back wrong" in str(error)
    else:
        raise AssertionError("not noticed")
    assert newest(fs) == b"two"


def test_no_room_is_its_own_error():
    fs = MemoryFiles(True)
    slots(fs).save(b"one")
    fs.heal()
    fs.fail_at, fs.errno = 2, ENOSPC
    try:
        slots(fs).save(b"two")
    except StorageFull as error:
        assert error.code == 11
        assert "sync" in str(error)
    else:
        raise AssertionError("not raised")
    assert newest(fs) == b"one"


def test_a_newer_format_is_neither_read_nor_overwritten():
    fs = MemoryFiles()
    slots(fs, 1).save(b"old")
    slots(fs, 2).save(b"from the future")
    before = dict(fs.files)
    for action in (lambda: slots(fs).load(), lambda: slots(fs).save(b"x")):
        try:
            action()
        except NewerFormat as error:
            assert error.code == 12
            assert "update the tool" in str(error)
        else:
            raise AssertionError("not refused")
    assert fs.files == before
    assert slots(fs, 2).load() == b"from the future"


def test_an_older_format_is_read_and_named():
    fs = MemoryFiles()
    slots(fs, 1).save(b"old")
    kept = slots(fs, 3)
    assert kept.load() == b"old"
    assert kept.version_found == 1


def test_both_damaged_is_told_apart_from_never_written():
    fs = MemoryFiles()
    slots(fs).save(b"one")
    slots(fs).save(b"two")
    for path in fs.files:
        fs.files[path][15] ^= 1
    kept = slots(fs)
    assert kept.load() is None
    assert kept.damaged
    kept.save(b"three")
    assert not kept.damaged
    assert newest(fs) == b"three"


def test_no_single_flipped_bit_passes():
    data = encode(1, 77, b"payload")
    for place in range(len(data)):
        for bit in range(8):
            bad = bytearray(data)
            bad[place] ^= 1 << bit
            assert decode(bad) is None
    for length in range(len(data)):
        assert decode(data[:length]) is None
    assert decode(data + b"x") is None
