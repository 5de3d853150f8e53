"""CBOR: the vectors of RFC 8949, what is refused, writing into a buffer of fixed size."""

from smp import cbor

VECTORS = (
    ("00", 0), ("17", 23), ("1818", 24), ("18ff", 255), ("190100", 256), ("1a000f4240", 1000000),
    ("1b000000e8d4a51000", 1000000000000), ("1bffffffffffffffff", 2**64 - 1), ("20", -1), ("3863", -100),
    ("3903e7", -1000), ("3bffffffffffffffff", -(2**64)), ("f4", False), ("f5", True), ("f6", None), ("40", b""),
    ("4401020304", b"\x01\x02\x03\x04"), ("60", ""), ("6449455446", "IETF"), ("62c3bc", "\u00fc"), ("80", []),
    ("8301820203820405", [1, [2, 3], [4, 5]]), ("a0", {}),
    ("a1616101", {"a": 1}), ("a10102", {1: 2}),
)  # fmt: skip
READ_ONLY = (
    ("a201020304", {1: 2, 3: 4}), ("a26161016162820203", {"a": 1, "b": [2, 3]}),
    ("5f42010243030405ff", b"\x01\x02\x03\x04\x05"), ("7f657374726561646d696e67ff", "streaming"), ("9fff", []),
    ("9f018202039f0405ffff", [1, [2, 3], [4, 5]]), ("bf61610161629f0203ffff", {"a": 1, "b": [2, 3]}),
    ("f93c00", 1.0), ("f97bff", 65504.0), ("f90001", 5.960464477539063e-8), ("f9c400", -4.0), ("fa47c35000", 100000.0),
    ("fb3ff199999999999a", 1.1), ("c11a514b67b0", 1363896240), ("f7", None), ("1800", 0),
)  # fmt: skip
REFUSED = (
    "", "18", "1c", "ff", "61ff", "62c3", "4401", "8201", "a101", "a10102ff", "0000", "f8ff", "81ff", "bf01ff",
    "5f6161ff", "5f5f4101ffff", "a1f501", "a201020102", "9b7fffffffffffffff", "5b7fffffffffffffff", "5f41",
)  # fmt: skip


def refused(call):
    try:
        call()
    except cbor.CborError:
        return True
    return False


def test_vectors_both_ways():
    for text, value in VECTORS:
        assert cbor.decode(bytes.fromhex(text)) == value, text
        assert cbor.encode(value).hex() == text, text


def test_what_others_write_is_read():
    for text, value in READ_ONLY:
        assert cbor.decode(bytes.fromhex(text)) == value, text
    assert cbor.decode(bytes.fromhex("f97c00")) == float("inf")


def test_damage_is_refused():
    for text in REFUSED:
        assert refused(lambda text=text: cbor.decode(bytes.fromhex(text))), text


def test_depth_and_items_are_limited():
    assert cbor.decode(b"\x81" * cbor.DEPTH_MAX + b"\x00")
    assert refused(lambda: cbor.decode(b"\x81" * (cbor.DEPTH_MAX + 1) + b"\x00"))
    assert refused(lambda: cbor.decode(b"\xc1" * (cbor.DEPTH_MAX + 1) + b"\x00"))
    assert refused(lambda: cbor.decode(b"\x9a\x00\x01\x00\x00" + b"\x00" * 65536))
    assert refused(lambda: cbor.decode(b"\x5f" + b"\x40" * 2000 + b"\xff"))


def test_views_copy_nothing():
    buf = bytearray(b"xx\x43abcyy")
    view = cbor.decode(buf, 2, 6, True)
    buf[3] = ord("z")
    assert bytes(view) == b"zbc"


def test_writer_stays_in_its_buffer():
    for size in range(12):
        assert refused(lambda size=size: cbor.encode({"key": b"12345678"}, size))
    buf = bytearray(8)
    writer = cbor.Writer(buf, 2)
    writer.limit(4)
    assert refused(lambda: writer.text("abc"))
    assert buf[4:] == b"\x00" * 4


def test_what_has_no_form_is_refused():
    for value in (1.5, object(), 2**64, -(2**64) - 1):
        assert refused(lambda value=value: cbor.encode(value))
