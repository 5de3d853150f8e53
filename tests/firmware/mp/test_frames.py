"""Console framing: golden lines, garbage, damage, what is too long."""

from smp import crc16, frames


def messages_of(decoder, data):
    return [bytes(decoder.message) for byte in data if decoder.push(byte)]


def a_message(size):
    return bytes([(i * 31 + 5) & 0xFF for i in range(size)])


def test_crc_is_xmodem():
    assert crc16.update(0, b"123456789", 0, 9) == 0x31C3
    assert crc16.update(crc16.update(0, b"123456789", 0, 4), b"123456789", 4, 9) == 0x31C3


def test_golden_lines():
    assert frames.encode(b"Hello, world!") == b"\x06\x09AA9IZWxsbywgd29ybGQhet4=\n"
    lines = frames.encode(a_message(90)).split(b"\n")
    assert [len(line) for line in lines] == [126, 6, 0]
    assert lines[1][:2] == b"\x04\x14"


def test_every_length_comes_back():
    decoder = frames.Decoder(2048)
    for size in list(range(1, 200)) + [2047, 2048]:
        sent = frames.encode(a_message(size))
        assert b"\r" not in sent
        assert max([len(line) for line in sent.split(b"\n")]) < frames.LINE_MAX
        assert messages_of(decoder, sent) == [a_message(size)], size
    assert decoder.bad == decoder.too_long == 0


def test_text_and_garbage_are_skipped():
    decoder = frames.Decoder(256)
    frame = frames.encode(a_message(100))
    first, second = frame.split(b"\n")[:2]
    noise = b">>> print(1)\r\n" + b"\xff" * 5000 + b"no newline here"
    assert messages_of(decoder, noise + first + b"\r\nlog: between\r\n" + second + b"\r\n") == [
        a_message(100)
    ]
    assert decoder.bad == 0


def test_damage_costs_one_message_only():
    frame = frames.encode(a_message(200))
    for at in range(2, len(frame)):
        for other in (0x0A, 0x06, 0x21, frame[at] ^ 1):
            if frame[at] == other:
                continue
            decoder = frames.Decoder(256)
            damaged = frame[:at] + bytes([other]) + frame[at + 1 :]
            got = messages_of(decoder, damaged + b"\n" + frame)
            assert got[-1] == a_message(200)
            assert all(message == a_message(200) for message in got)


def test_a_lost_line_costs_one_message_only():
    lines = [line + b"\n" for line in frames.encode(a_message(250)).split(b"\n")[:-1]]
    for lost in range(len(lines)):
        decoder = frames.Decoder(256)
        kept = b"".join(lines[:lost] + lines[lost + 1 :])
        assert messages_of(decoder, kept + b"".join(lines)) == [a_message(250)]
        assert decoder.bad >= 1


def test_too_long_is_dropped_and_counted():
    decoder = frames.Decoder(64)
    assert messages_of(decoder, frames.encode(a_message(65))) == []
    assert decoder.too_long == 1
    assert messages_of(decoder, b"\x06\x09" + b"A" * 5000 + b"\n") == []
    assert decoder.too_long == 2
    assert messages_of(decoder, frames.encode(a_message(64))) == [a_message(64)]


def test_feed_stops_behind_a_message():
    decoder = frames.Decoder(64)
    both = frames.encode(b"one") + frames.encode(b"two")
    taken = decoder.feed(both, 0, len(both))
    assert bytes(decoder.message) == b"one"
    assert decoder.feed(both, taken, len(both)) == len(both) - taken
    assert bytes(decoder.message) == b"two"
    assert decoder.feed(b"text", 0, 4) == 0
