"""Keys of the paired desktops: kept through power cuts, limited in number, gone for good once removed."""

from core import wire
from core.desktop_keys import KEY_BYTES, KEYS_MAX, DesktopKeys
from core.errors import NewerFormat, StorageError
from core.slots import decode, encode
from memory_files import MemoryFiles, PowerCut

ONE, TWO = bytes(range(16)), bytes(range(100, 116))


def keys(fs):
    return DesktopKeys("/r", fs)


def holds(fs, key):
    """Whether a key stands anywhere in the memory."""
    return [path for path, data in fs.files.items() if key.hex().encode() in bytes(data)]


def test_nothing_is_kept_at_first_and_nothing_written():
    fs = MemoryFiles()
    assert keys(fs).load() == {}
    keys(fs).clear()
    assert keys(fs).remove("desk") == wire.ERR_NOT_PAIRED
    assert fs.calls == 0


def test_keys_are_kept_for_each_desktop():
    fs = MemoryFiles()
    assert keys(fs).add("one", ONE) == keys(fs).add("two", TWO) == wire.ERR_OK
    assert keys(fs).load() == {"one": ONE, "two": TWO}
    calls = fs.calls
    assert keys(fs).add("two", TWO) == wire.ERR_OK
    assert fs.calls == calls, "nothing new, nothing written"


def test_their_number_is_limited_and_one_more_says_so():
    fs = MemoryFiles()
    for number in range(KEYS_MAX):
        assert keys(fs).add("desk%d" % number, ONE) == wire.ERR_OK
    assert keys(fs).add("more", ONE) == wire.ERR_KEYS_FULL
    assert keys(fs).add("desk3", TWO) == wire.ERR_OK, "a known one is paired anew"
    assert keys(fs).remove("desk0") == keys(fs).add("more", ONE) == wire.ERR_OK
    assert len(keys(fs).load()) == KEYS_MAX


def test_names_and_keys_have_their_form():
    fs = MemoryFiles()
    for host, key in (
        ("", ONE),
        ("a b", ONE),
        ("x" * 33, ONE),
        ("desk", ONE[:-1]),
        ("desk", ONE + b"x"),
        ("desk", b""),
    ):
        assert keys(fs).add(host, key) == wire.ERR_INVALID, (host, key)
    assert fs.calls == 0 and KEY_BYTES == 16


def test_what_is_taken_away_stands_nowhere_any_more():
    for change in (
        lambda kept: kept.remove("one"),
        lambda kept: kept.add("one", TWO),
        lambda kept: (kept.clear(), kept.clear()),
    ):
        fs = MemoryFiles()
        keys(fs).add("two", bytes(16))
        keys(fs).add("one", ONE)
        assert len(holds(fs, ONE)) == 1
        change(keys(fs))
        assert holds(fs, ONE) == []
        for damaged in list(fs.files):
            kept = fs.files.pop(damaged)
            assert keys(fs).load().get("one") != ONE
            fs.files[damaged] = kept


def cut_at_every_call(change, before, after):
    """Cut the power at each call of a change: one or the other holds, and the change can be made again."""
    hit = 0
    while True:
        hit += 1
        fs = MemoryFiles(at_close=hit % 2 == 0)
        keys(fs).add("one", ONE)
        fs.heal()
        fs.cut_at = hit
        try:
            change(keys(fs))
        except PowerCut:
            fs.heal()
            assert keys(fs).load() in (before, after), hit
            change(keys(fs))
            assert keys(fs).load() == after, hit
            continue
        return hit


def test_a_power_cut_leaves_the_one_or_the_other():
    assert cut_at_every_call(lambda kept: kept.add("two", TWO), {"one": ONE}, {"one": ONE, "two": TWO}) >= 3
    assert cut_at_every_call(lambda kept: kept.add("one", TWO), {"one": ONE}, {"one": TWO}) >= 5
    assert cut_at_every_call(lambda kept: kept.remove("one"), {"one": ONE}, {}) >= 5
    assert cut_at_every_call(lambda kept: kept.clear(), {"one": ONE}, {}) >= 3


def test_a_damaged_memory_knows_nobody_and_is_cleared():
    fs = MemoryFiles()
    keys(fs).add("one", ONE)
    keys(fs).add("two", TWO)
    for data in fs.files.values():
        data[-1] ^= 1
    assert keys(fs).load() == {}
    keys(fs).clear()
    keys(fs).clear()
    assert holds(fs, ONE) == []


def test_keys_of_newer_firmware_are_left_alone():
    fs = MemoryFiles()
    fs.files["/r/keys.a"] = bytearray(encode(2, 1, b"?"))
    before = bytes(fs.files["/r/keys.a"])
    for call in (
        lambda k: k.load(),
        lambda k: k.add("one", ONE),
        lambda k: k.remove("one"),
        lambda k: k.clear(),
    ):
        try:
            call(keys(fs))
        except NewerFormat:
            continue
        raise AssertionError("not refused")
    assert fs.files["/r/keys.a"] == before and decode(before)[0] == 2


def test_a_memory_that_cannot_be_written_keeps_what_was():
    fs = MemoryFiles()
    keys(fs).add("one", ONE)
    fs.heal()
    fs.fail_at, fs.fail_on = 1, True
    try:
        keys(fs).add("two", TWO)
    except StorageError:
        fs.heal()
        assert keys(fs).load() == {"one": ONE}
    else:
        raise AssertionError("not refused")


def test_a_file_has_these_bytes():
    """Kept for ever: later firmware reads them."""
    fs = MemoryFiles()
    keys(fs).add("desk", ONE)
    whole = bytes(fs.files["/r/keys.a"])
    payload = b'{"keys": {"desk": "000102030405060708090a0b0c0d0e0f"}}'
    assert decode(whole) == (1, 1, payload) and whole == encode(1, 1, payload)
