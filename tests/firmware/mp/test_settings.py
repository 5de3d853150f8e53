"""Settings: ranges, refusals, and what holds when they are lost."""

from core import ids, wire
from core.settings import Settings
from core.slots import encode
from memory_files import MemoryFiles

GOOD = (
    ("name", b"Ann's tool", "Ann's tool"),
    ("profile", b"sensitive", ids.PROFILE_SENSITIVE),
    ("strict", b"1", 1),
    ("haptic_pct", b"70", 70),
    ("light_pct", b"10", 10),
    ("session_max_min", b"1", 1),
    ("rest_h", b"168", 168),
    ("weekly_max", b"1", 1),
)
BAD = (
    ("name", b""),
    ("name", b"   "),
    ("name", b"x" * 25),
    ("name", b"\xc3\xa4"),
    ("name", b"a\nb"),
    ("profile", b"strong"),
    ("profile", b"1"),
    ("strict", b"2"),
    ("strict", b"yes"),
    ("haptic_pct", b"69"),
    ("haptic_pct", b"101"),
    ("haptic_pct", b"1e2"),
    ("haptic_pct", b"-80"),
    ("haptic_pct", b" 80"),
    ("light_pct", b"9"),
    ("session_max_min", b"11"),
    ("session_max_min", b"0"),
    ("rest_h", b"11"),
    ("rest_h", b"169"),
    ("weekly_max", b"8"),
    ("weekly_max", b"0"),
    ("weekly_max", b"9" * 400),
    ("weekly_max", b""),
)


def value_of(settings, name):
    return settings.text(name) if name == "name" else settings.value(name)


def test_defaults():
    settings = Settings("/r", MemoryFiles())
    found = [(name, settings.read(name)) for name in settings.names()]
    assert found == [
        ("name", b"Gentlepress"),
        ("profile", b"normal"),
        ("strict", b"0"),
        ("haptic_pct", b"100"),
        ("light_pct", b"100"),
        ("session_max_min", b"10"),
        ("rest_h", b"12"),
        ("weekly_max", b"7"),
        ("one_copy", b"0"),
        ("live_air", b"0"),
        ("users", b"1"),
        ("user1", b"User 1"),
        ("user2", b"User 2"),
        ("user3", b"User 3"),
        ("user4", b"User 4"),
        ("profile1", b"normal"),
        ("profile2", b"normal"),
        ("profile3", b"normal"),
        ("profile4", b"normal"),
    ]


def test_the_gentler_profile_of_everybody_and_of_a_slot_holds():
    for everybody, slot, asked, sensitive in (
        (b"normal", b"normal", 2, 0), (b"normal", b"sensitive", 2, 1), (b"sensitive", b"normal", 2, 1),
        (b"normal", b"sensitive", 1, 0), (b"normal", b"sensitive", 0, 1), (b"normal", b"normal", 0, 0),
    ):  # fmt: skip
        settings = Settings("/r", MemoryFiles())
        assert settings.write("profile", everybody) == settings.write("profile2", slot) == wire.ERR_OK
        assert settings.profile_of(asked) == sensitive, (everybody, slot, asked)


def test_clearing_takes_all_back():
    fs = MemoryFiles()
    settings = Settings("/r", fs)
    settings.write("strict", b"1")
    settings.write("user1", b"Ann")
    assert settings.clear() == wire.ERR_OK
    for one in (settings, Settings("/r", fs)):
        assert one.value("strict") == 0 and one.text("user1") == "User 1" and one.fault is None


def test_what_is_written_is_kept():
    fs = MemoryFiles()
    settings = Settings("/r", fs)
    for name, text, value in GOOD:
        assert settings.write(name, text) == wire.ERR_OK
        assert not settings.problems
        for one in (settings, Settings("/r", fs)):
            assert one.read(name) == text
            assert value_of(one, name) == value
    assert settings.delete("profile") == wire.ERR_OK
    assert Settings("/r", fs).value("profile") == ids.PROFILE_NORMAL


def test_refusals_name_field_value_rule_and_next_step():
    fs = MemoryFiles()
    settings = Settings("/r", fs)
    for name, text in BAD:
        before = settings.read(name)
        assert settings.write(name, text) == wire.ERR_REFUSED, (name, text)
        problem = settings.problems[0]
        assert problem.field == name and problem.rule and problem.next_step
        assert settings.read(name) == before
    assert settings.write("volume", b"11") == wire.ERR_REFUSED
    assert "profile" in settings.problems[0].next_step
    assert settings.delete("volume") == wire.ERR_REFUSED
    assert settings.read("volume") is None
    assert not fs.files
    assert settings.write("strict", b"1") == wire.ERR_OK
    assert settings.problems == []


def test_lost_settings_are_the_gentlest():
    fs = MemoryFiles()
    settings = Settings("/r", fs)
    for _ in range(2):
        settings.write("light_pct", b"50")
    for path in fs.files:
        fs.files[path][20] ^= 1
    settings = Settings("/r", fs)
    assert settings.value("profile") == ids.PROFILE_SENSITIVE
    assert settings.value("strict") == 1
    assert settings.write("light_pct", b"60") == wire.ERR_OK
    settings = Settings("/r", fs)
    assert settings.value("profile") == ids.PROFILE_SENSITIVE
    assert settings.value("light_pct") == 60
    assert settings.delete("strict") == wire.ERR_OK
    assert Settings("/r", fs).value("strict") == 0


def test_a_delete_after_a_loss_loosens_only_what_it_names():
    fs = MemoryFiles()
    fs.files["/r/settings.a"] = bytearray(b"x")
    fs.files["/r/settings.b"] = bytearray(b"y")
    settings = Settings("/r", fs)
    assert settings.delete("strict") == wire.ERR_OK
    for one in (settings, Settings("/r", fs)):
        assert (one.value("strict"), one.value("profile")) == (0, ids.PROFILE_SENSITIVE)


def test_a_kept_value_out_of_range_is_the_gentlest():
    fs = MemoryFiles()
    fs.files["/r/settings.a"] = bytearray(encode(1, 1, b'{"haptic_pct": "5", "profile": "wild", "name": 7}'))
    settings = Settings("/r", fs)
    assert settings.value("haptic_pct") == 100
    assert settings.value("profile") == ids.PROFILE_SENSITIVE
    assert settings.text("name") == "Gentlepress"


def test_settings_of_newer_firmware_stay_and_the_gentlest_hold():
    fs = MemoryFiles()
    fs.files["/r/settings.a"] = data = bytearray(encode(9, 1, b"?"))
    settings = Settings("/r", fs)
    assert settings.value("strict") == 1
    assert settings.fault.code == wire.ERR_NEWER_FORMAT
    assert settings.write("strict", b"0") == wire.ERR_NEWER_FORMAT
    assert fs.files["/r/settings.a"] == data
    assert settings.value("strict") == 1


def test_a_failed_write_changes_nothing():
    fs = MemoryFiles()
    settings = Settings("/r", fs)
    fs.fail_at, fs.fail_on = 1, True
    assert settings.write("strict", b"1") == wire.ERR_STORAGE
    assert settings.value("strict") == 0
