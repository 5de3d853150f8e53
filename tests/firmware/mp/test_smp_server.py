"""The server: golden bytes of every group, contact rules, the memory of the last change, what is malformed."""

import sys

from core import guest, wire, wire_texts
from smp import server as smp_server
from wire_fake import SESSION
from wire_golden import FILES, ask, body_of, fresh, load, request

R, W = wire.OP_READ, wire.OP_WRITE
ROOT = __file__.replace("\\", "/").rsplit("tests/firmware/", 1)[0]
TARE = request(W, 65, wire.TOOL_TARE, {}, 9)

HEAP = "1m"


def test_golden_bytes():
    for name in FILES:
        _tool, server = fresh()
        for row in load(ROOT, name):
            reply, wanted = ask(server, bytes.fromhex(row["request"])), bytes.fromhex(row["reply"])
            # The order of keys in a dict is the interpreter's own; all else is pinned to the byte.
            assert (len(reply), reply[:8]) == (len(wanted), wanted[:8]), row["what"]
            assert body_of(reply) == body_of(wanted), row["what"]
            if name in ("os", "settings", "files", "refusals"):
                assert reply == wanted, row["what"]
        assert server.faults == 0


def test_every_command_has_golden_bytes():
    _tool, server = fresh()
    seen = set()
    for name in FILES:
        for row in load(ROOT, name):
            raw = bytes.fromhex(row["request"])
            seen.add((raw[5], raw[7], raw[0] & 7))
    tables = list(server._groups.items())
    for name in set(smp_server.TOOL_GUESTS.values()):
        tables.append((wire.GROUP_TOOL, guest.load(name, "smp").handlers(server)))
    for group, name in smp_server.GROUP_GUESTS.items():
        tables.append((group, guest.load(name, "smp").handlers(server)))
    for group, commands in tables:
        for command, pair in commands.items():
            for op, handler in ((R, pair[0]), (W, pair[1])):
                if handler is not None and (group, command, op) != (wire.GROUP_OS, wire.OS_ECHO, R):
                    assert (group, command, op) in seen, (group, command, op)


CHANGES = (
    (W, 65, wire.TOOL_TARE, {}),
    (W, 65, wire.TOOL_ACKNOWLEDGE, {"id": 7, "crc": 1, "host": "h"}),
    (W, 65, wire.TOOL_SELF_TEST, {}),
    (R, 65, wire.TOOL_HEALTH, {}),
    (W, 65, wire.TOOL_HEALTH, {"cleaned": 1}),
    (W, 0, wire.OS_RESET, {}),
    (W, 3, 0, {"name": "name", "val": b"x"}),
    (W, 3, 1, {"name": "name"}),
    (W, 8, 0, {"name": "/routine", "off": 0, "len": 2, "data": b"{}"}),
    (R, 65, wire.TOOL_USERS, {}),
    (R, 65, wire.TOOL_HOSTS, {}),
    (W, 65, wire.TOOL_HOSTS, {"forget": "desk"}),
    (R, 65, wire.TOOL_FACTORY_RESET, {}),
    (W, 65, wire.TOOL_FACTORY_RESET, {}),
)
GUESTS = (
    (R, 3, 0, {"name": "name"}),
    (W, 0, wire.OS_ECHO, {"d": "x"}),
    (W, 0, wire.OS_DATETIME, {"datetime": "2026-07-01T12:00:00"}),
)
FLASH_READS = (
    (R, 65, wire.TOOL_SESSIONS, {}),
    (R, 8, 0, {"name": SESSION, "off": 0}),
    (R, 8, 1, {"name": SESSION}),
    (R, 8, 2, {"name": SESSION}),
)
ALWAYS = (
    (R, 65, wire.TOOL_HELLO, {}),
    (R, 65, wire.TOOL_STATE, {}),
    (R, 65, wire.TOOL_SAMPLES, {"since": 5}),
    (R, 65, wire.TOOL_REFUSAL, {}),
    (R, 65, wire.TOOL_SELF_TEST, {}),
    (R, 65, wire.TOOL_SYMPTOM, {}),
    (W, 65, wire.TOOL_SYMPTOM, {"symptom": 2}),
)


def is_busy(reply, code):
    body = body_of(reply)
    if reply[5] == 65:
        return body == {"err": {"group": 65, "rc": code}}
    return body == {"rc": wire.MGMT_BUSY, "rsn": wire_texts.ERR_TEXTS[code]}


def test_contact_refuses_what_changes_or_touches_flash():
    for row in CHANGES + FLASH_READS + GUESTS:
        tool, server = fresh()
        tool.contact = True
        reply = ask(server, request(*row))
        assert is_busy(reply, wire.ERR_BUSY_CONTACT), row
        assert (tool.tares, tool.resets, tool.acknowledged, tool.files.writes) == (0, 0, [], 0)
        assert (tool.tests, tool.cleanings) == (0, 0)
        assert tool.settings.values["name"] == b"Gentle"


def test_contact_lets_the_live_view_through():
    tool, server = fresh()
    tool.contact = True
    for row in ALWAYS:
        body = body_of(ask(server, request(*row)))
        assert "rc" not in body and "err" not in body, row


def test_session_refuses_routine_and_settings_only():
    for row in CHANGES[2:5] + CHANGES[6:]:
        tool, server = fresh()
        tool.running = True
        assert is_busy(ask(server, request(*row)), wire.ERR_BUSY_SESSION), row
    tool, server = fresh()
    tool.running = True
    assert body_of(ask(server, TARE)) == {"zero_mn": -12}


class Purse:
    """What a tool allows in contact, and what it was asked."""

    def __init__(self, tool, left, refusals_left=10**6):
        self.left, self.refusals_left = left, refusals_left
        self.asked = []
        tool.spend, tool.spend_refusing = self.spend, self.spend_refusing

    def spend(self, size):
        self.asked.append(size)
        self.left -= size
        return self.left >= 0

    def spend_refusing(self, size):
        self.refusals_left -= size
        return self.refusals_left >= 0


def test_contact_has_a_budget():
    tool, server = fresh()
    purse = Purse(tool, smp_server.LIVE_COST)
    state = request(R, 65, wire.TOOL_STATE)
    ask(server, state)
    assert purse.asked == []
    tool.contact = True
    assert "mode" in body_of(ask(server, state))
    assert is_busy(ask(server, state), wire.ERR_BUSY_CONTACT)
    assert is_busy(ask(server, request(R, 65, wire.TOOL_HELLO)), wire.ERR_BUSY_CONTACT)
    assert purse.asked == [smp_server.LIVE_COST] * 2 + [smp_server.CONTACT_COST]


def test_without_contact_each_request_is_counted_at_its_price():
    piece = {"name": "/routine", "off": 0, "len": 3, "data": b"abc"}
    for row, price in (
        ((R, 65, wire.TOOL_STATE), smp_server.REST_COST),
        ((R, 65, wire.TOOL_HELLO), smp_server.REST_COST),
        ((R, 8, wire.FILES_TRANSFER, {"name": "/routine"}), smp_server.FILE_COST),
        ((W, 8, wire.FILES_TRANSFER, piece), smp_server.HEAVY_COST),
        ((R, 65, wire.TOOL_SESSIONS), smp_server.HEAVY_COST),
        ((W, 65, wire.TOOL_ACKNOWLEDGE, {"id": 7, "crc": 1, "host": "h"}), smp_server.HEAVY_COST),
        ((R, 0, wire.OS_PARAMETERS), smp_server.HEAVY_COST),
        ((R, 65, wire.TOOL_HEALTH), smp_server.HEAVY_COST),
    ):
        tool, server = fresh()
        ask(server, request(*row))
        assert tool.afforded == [price], (row, tool.afforded)
    assert smp_server.FILE_COST > smp_server.REST_COST > smp_server.CONTACT_COST


def test_a_digest_is_counted_piece_by_piece():
    tool, server = fresh()
    ask(server, request(R, 8, wire.FILES_HASH, {"name": "/sessions/00000007.gps"}))
    assert len(tool.afforded) == 1 + -(-tool.files.size("/sessions/00000007.gps") // 1024), tool.afforded


def test_what_waits_for_the_lift_costs_the_live_view_nothing():
    tool, server = fresh()
    tool.contact = True
    purse = Purse(tool, smp_server.LIVE_COST)
    for row in CHANGES:
        if row[1] in (wire.GROUP_FILES, wire.GROUP_TOOL) and row[2] not in (
            wire.TOOL_SELF_TEST,
            wire.TOOL_SYMPTOM,
        ):
            assert is_busy(ask(server, request(*row)), wire.ERR_BUSY_CONTACT), row
    assert purse.asked == []
    assert "first" in body_of(ask(server, request(R, 65, wire.TOOL_SAMPLES)))


def test_refusals_have_a_budget_too_and_then_there_is_silence():
    tool, server = fresh()
    tool.contact = True
    Purse(tool, 0, 2 * smp_server.REFUSAL_COST)
    for _ in range(2):
        assert is_busy(ask(server, request(R, 65, wire.TOOL_STATE)), wire.ERR_BUSY_CONTACT)
    assert ask(server, request(R, 65, wire.TOOL_STATE)) == b""
    assert ask(server, request(W, 65, wire.TOOL_TARE)) == b"" and tool.tares == 0
    tool.contact = False
    assert "mode" in body_of(ask(server, request(R, 65, wire.TOOL_STATE)))


def test_a_warning_sign_is_never_refused():
    tool, server = fresh()
    tool.contact = True
    Purse(tool, 0, 0)
    ask(server, request(W, 65, wire.TOOL_SYMPTOM, {"symptom": 2}))
    assert tool.symptoms == [2]


def test_a_change_that_was_made_before_the_contact_is_answered_in_it_as_before():
    tool, server = fresh()
    first = ask(server, TARE)
    tool.contact = True
    Purse(tool, 0, smp_server.REFUSAL_COST)
    assert ask(server, TARE) == first and tool.tares == 1
    assert ask(server, TARE) == b""


def test_a_refusal_that_lies_ready_is_the_one_a_handler_would_write():
    for version, group, command in ((0, 65, 2), (1, 65, 2), (0, 8, 0), (1, 8, 0)):
        tool, server = fresh()
        tool.contact = True
        ready = ask(server, request(W, group, command, {}, 7, version))
        server._busy = lambda _message: wire.ERR_OK
        asked = ask(server, request(W, group, command, {"id": 1, "crc": 1, "name": "/routine"}, 7, version))
        assert ready == asked, (version, group, ready, asked)


def test_a_self_test_has_a_budget():
    tool, server = fresh()
    purse = Purse(tool, smp_server.CONTACT_COST)
    tool.is_testing = True
    state = request(R, 65, wire.TOOL_STATE)
    assert "mode" in body_of(ask(server, state))
    assert is_busy(ask(server, state), wire.ERR_BUSY_SESSION)
    assert purse.asked == [smp_server.CONTACT_COST] * 2


def test_modules_for_one_request_are_let_go():
    names = ("os_group", "clock_text", "settings_group", "care_group", "owner_group")
    for name in names:
        guest.forget(name, "smp")
    for row in GUESTS + ((R, 65, wire.TOOL_HEALTH, {}), (R, 65, wire.TOOL_USERS, {})):
        _tool, server = fresh()
        body = body_of(ask(server, request(*row)))
        assert "rc" not in body and "err" not in body, (row, body)
        for name in names:
            assert "smp." + name not in sys.modules, (row, name)


def test_each_command_of_a_guest_is_in_its_module():
    _tool, server = fresh()
    for command, name in smp_server.TOOL_GUESTS.items():
        assert command in guest.load(name, "smp").handlers(server), command
        guest.forget(name, "smp")


def test_no_module_is_loaded_in_a_self_test():
    tool, server = fresh()
    tool.is_testing = True
    for row in GUESTS:
        assert is_busy(ask(server, request(*row)), wire.ERR_BUSY_SESSION), row


def test_a_long_request_is_refused_in_contact():
    tool, server = fresh()
    tool.contact = True
    long = request(R, 65, wire.TOOL_STATE, {"d": "x" * smp_server.CONTACT_REQUEST_MAX})
    assert is_busy(ask(server, long), wire.ERR_BUSY_CONTACT)


def test_a_repeated_change_is_done_once():
    tool, server = fresh()
    first = ask(server, TARE)
    assert ask(server, TARE) == first
    assert tool.tares == 1
    ask(server, request(W, 65, wire.TOOL_TARE, {}, 10))
    assert tool.tares == 2


def test_a_change_is_done_again_after_anything_else():
    tool, server = fresh()
    ask(server, TARE)
    ask(server, request(R, 65, wire.TOOL_STATE))
    ask(server, TARE)
    assert tool.tares == 2


def test_the_memory_of_a_change_fades():
    tool, server = fresh()
    ask(server, TARE)
    server._remembered_ms -= smp_server.REMEMBERED_MS
    ask(server, TARE)
    assert tool.tares == 2


def test_a_repeated_read_is_fresh():
    tool, server = fresh()
    read = request(R, 3, 0, {"name": "name"})
    ask(server, read)
    tool.settings.values["name"] = b"new"
    assert body_of(ask(server, read)) == {"val": b"new"}


def test_a_repeated_piece_is_taken_once():
    tool, server = fresh()
    pieces = [
        {"name": "/routine", "off": 0, "len": 4, "data": b"{ "},
        {"name": "/routine", "off": 2, "data": b" }"},
    ]
    for sequence, piece in enumerate(pieces):
        ask(server, request(W, 8, 0, piece, sequence))
    assert body_of(ask(server, request(W, 8, 0, pieces[1], 7))) == {"off": 4}
    assert tool.files.writes == 2
    assert tool.files.files["/routine"] == b"{  }"


def test_reset_waits_for_the_reply():
    tool, server = fresh()
    ask(server, request(W, 0, wire.OS_RESET))
    assert tool.resets == 1
    ask(server, request(R, 65, wire.TOOL_STATE))
    assert tool.resets == 1


def test_replies_are_no_requests():
    _tool, server = fresh()
    assert ask(server, b"") == b""
    assert ask(server, TARE[:7]) == b""
    for op in (1, 3, 4, 7):
        assert ask(server, request(op, 65, 0)) == b""


def test_what_is_malformed_is_refused():
    head = request(R, 65, wire.TOOL_STATE)
    for message in (
        head[:-1],
        head + b"\x00",
        head[:3] + b"\x02" + head[4:8] + b"\x81\x00",
        head[:8] + b"\xff",
    ):
        _tool, server = fresh()
        assert body_of(ask(server, message))["rc"] == wire.MGMT_INVALID
        assert server.faults == 0
    wrong = ({"name": 5}, {"name": SESSION, "off": -1}, {"name": SESSION, "off": "x"}, {"name": "x" * 65}, {})
    for body in wrong:
        _tool, server = fresh()
        assert body_of(ask(server, request(R, 8, 0, body)))["rc"] == wire.MGMT_INVALID, body


def test_a_firmware_fault_is_answered_and_counted():
    tool, server = fresh()
    tool.state = lambda: {}["nothing"]
    assert body_of(ask(server, request(R, 65, wire.TOOL_STATE)))["rc"] == wire.MGMT_UNKNOWN
    assert server.faults == 1
    tool.state = lambda: {"much": b"x" * 4096}
    assert body_of(ask(server, request(R, 65, wire.TOOL_STATE)))["rc"] == wire.MGMT_TOO_LARGE
    tool.state = lambda: open("/nowhere/at/all")
    assert body_of(ask(server, request(R, 65, wire.TOOL_STATE))) == {
        "err": {"group": 65, "rc": wire.ERR_STORAGE}
    }


def test_the_longest_echo_fits_and_no_reply_is_longer_than_the_buffer():
    _tool, server = fresh()
    text = "x" * (server.buf_size - 8 - 1 - 2 - 3)
    assert body_of(ask(server, request(W, 0, wire.OS_ECHO, {"d": text}))) == {"r": text}
    assert body_of(ask(server, request(W, 0, wire.OS_ECHO, {"d": text + "xx"})))["rc"] == wire.MGMT_TOO_LARGE
    assert len(ask(server, request(R, 8, 0, {"name": SESSION, "off": 0}))) <= server.buf_size


def test_download_in_pieces_is_the_file():
    tool, server = fresh()
    data = b""
    while len(data) < 5000:
        data += body_of(ask(server, request(R, 8, 0, {"name": SESSION, "off": len(data)})))["data"]
    assert data == tool.files.files[SESSION]
