"""HMAC-SHA256 against RFC 4231, HKDF-SHA256 against RFC 5869, and the comparison of tags."""

from binascii import unhexlify as hexed

from smp.key_proof import expand, extract
from smp.mac import PIECE, Mac, same

# RFC 4231, section 4: (key, data, HMAC-SHA-256); case 5 is cut to 128 bits there.
RFC_4231 = (
    ("0b" * 20, b"Hi There".hex(), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (
        b"Jefe".hex(),
        b"what do ya want for nothing?".hex(),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    ("aa" * 20, "dd" * 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
    (
        "0102030405060708090a0b0c0d0e0f10111213141516171819",
        "cd" * 50,
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
    ),
    ("0c" * 20, b"Test With Truncation".hex(), "a3b6167473100ee06e0c796c2955552b"),
    (
        "aa" * 131,
        b"Test Using Larger Than Block-Size Key - Hash Key First".hex(),
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
    (
        "aa" * 131,
        (
            b"This is a test using a larger than block-size key and a larger than block-size data. "
            b"The key needs to be hashed before being used by the HMAC algorithm."
        ).hex(),
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    ),
)

# RFC 5869, appendix A: (salt, key, info, PRK, OKM).
RFC_5869 = (
    (
        "000102030405060708090a0b0c",
        "0b" * 22,
        "f0f1f2f3f4f5f6f7f8f9",
        "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    ),
    (
        "".join(["%02x" % n for n in range(0x60, 0xB0)]),
        "".join(["%02x" % n for n in range(0x50)]),
        "".join(["%02x" % n for n in range(0xB0, 0x100)]),
        "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
        "".join(
            (
                "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09",
                "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
            )
        ),
    ),
    (
        "",
        "0b" * 22,
        "",
        "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    ),
)


def test_tags_are_those_of_the_standard():
    for key, data, wanted in RFC_4231:
        assert Mac(hexed(key)).of(hexed(data)).hex()[: len(wanted)] == wanted, (key, data)


def test_derived_keys_are_those_of_the_standard():
    for salt, key, info, pseudo_key, wanted in RFC_5869:
        made = extract(hexed(salt), hexed(key))
        assert made.hex() == pseudo_key
        assert expand(made, hexed(info), len(wanted) // 2).hex() == wanted


def test_pieces_make_the_same_tag():
    mac = Mac(b"key")
    for length in (0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 7):
        data = bytes([n & 0xFF for n in range(length)])
        assert mac.of(data) == mac.of(memoryview(data)) == Mac(b"key").of(bytearray(data))
    assert mac.of(bytes(PIECE + 1)) != mac.of(bytes(PIECE))


def test_one_bit_anywhere_makes_tags_differ():
    wanted = bytes(range(16))
    assert same(bytearray(wanted), wanted, 16)
    for bit in range(128):
        found = bytearray(wanted)
        found[bit // 8] ^= 1 << bit % 8
        assert not same(found, wanted, 16), bit
        assert same(found, wanted, bit // 8)
