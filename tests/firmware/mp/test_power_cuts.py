"""The power goes at each erase, program and call of a few lives of the tool's memory on a real LittleFS.

What a life is and what must hold: support/power_life.py. Thousands more: python -m tests.proof.cuts
"""

import power_life
from power_look import read
from torn_flash import AFTER, BEFORE, BLOCK, TORN, TornFlash

RUNTIMES = ("micropython",)
HEAP = "16m"
TIMEOUT_S = 250
LIVES = (0, 2)
SMALL, THINNED = 2, 4


def test_two_lives_cut_at_every_moment():
    cuts = 0
    for seed in LIVES:
        count, failures = power_life.cut_life(seed)
        assert not failures, "\n".join(failures[:5])
        cuts += count
    assert cuts >= 500, cuts


def test_a_life_with_room_made_cut_at_every_fifth_moment():
    count, failures = power_life.cut_life(THINNED, 0, 5)
    assert count >= 100 and not failures, "\n".join(failures[:5])


def test_these_lives_do_what_a_tool_does():
    done = set()
    for seed in LIVES + (THINNED,):
        life = power_life.Life(seed)
        life.live()
        done |= set(life.acts)
        thin = life.promises.thin
    assert done == {
        "session", "start", "acknowledge", "thin", "write_setting", "write_routine", "calibrate", "turn_lock", "count",
    }  # fmt: skip
    assert len(thin) == 2 and len(read(life.journal, min(thin))) == 160


def test_a_life_that_breaks_its_promise_is_noticed():
    life = power_life.Life(0)
    life.live()
    session_id = min(life.promises.sessions)
    life.promises.sessions[session_id][0][1] = (3, b"\0" * 10)
    try:
        life.check()
    except AssertionError as error:
        assert "is another" in str(error)
    else:
        raise AssertionError("not noticed")
    finally:
        power_life.unmount(life.flash)


def flash_of(byte, cut_at, how, seed=1):
    return TornFlash(bytearray(bytes([byte]) * (2 * BLOCK)), cut_at, how, seed)


def test_a_cut_is_before_in_or_after_a_program():
    new = bytes(range(1, 255)) + b"ab"
    for how, whole in ((BEFORE, b"\xff" * 256), (AFTER, new)):
        flash = flash_of(0xFF, 2, how)
        assert flash.writeblocks(0, new, 256) == 0 and flash.writeblocks(1, new, 0) < 0 and flash.dead
        assert flash.data[BLOCK : BLOCK + 256] == whole and flash.data[256:512] == new
        assert flash.writeblocks(0, new, 0) < 0 and flash.data[:256] == b"\xff" * 256, "nothing after it"
    left = set()
    for seed in range(40):
        flash = flash_of(0xFF, 1, TORN, seed)
        assert flash.writeblocks(0, new, 0) < 0
        torn = bytes(flash.data[:256])
        assert torn != new and not [n for n in range(256) if torn[n] & new[n] != new[n]]
        left.add(torn)
    assert len(left) > 30


def test_a_cut_is_before_in_or_after_an_erase():
    for how, whole in ((BEFORE, b"\x05"), (AFTER, b"\xff")):
        flash = flash_of(5, 1, how)
        assert flash.ioctl(6, 1) < 0 and flash.data == b"\x05" * BLOCK + whole * BLOCK
    for seed in range(10):
        flash = flash_of(5, 1, TORN, seed)
        assert flash.ioctl(6, 0) < 0 and flash.data[BLOCK:] == b"\x05" * BLOCK
        assert flash.data[:BLOCK] != b"\x05" * BLOCK and not [byte for byte in flash.data if byte & 5 != 5]


def test_programming_only_clears_bits():
    flash = flash_of(0xF0, 0, BEFORE)
    assert flash.writeblocks(0, b"\x3c" * 256, 0) == 0
    assert flash.data[:257] == b"\x30" * 256 + b"\xf0"
