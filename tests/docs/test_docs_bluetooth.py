"""The page on Bluetooth, against the code."""

from __future__ import annotations

from gentlepress.air import comeback
from gentlepress.cli import app
from gentlepress.firmware.core import air
from gentlepress.links import address, ble

from tests.docs.book import constant, table, text_of


class TestBluetooth:
    def test_times_of_the_window(self):
        rows = {row[0]: row[1] for row in table("bluetooth", "The window")}
        assert rows["the window"].startswith(f"{air.WINDOW_MS // 1000} s")
        assert f"after {air.IDLE_MS // 1000} s of silence" in rows["connected"]
        assert f"after {air.UNPROVEN_MS // 1000} s" in rows["has not proved its key"]

    def test_what_is_in_the_air(self):
        rows = {row[0]: row[1] for row in table("bluetooth", "What is in the air")}
        assert air.SERVICE in rows["service"] and air.CHARACTERISTIC in rows["characteristic"]
        most, least = air.MTU - air.MTU_HEAD, air.MTU_LEAST - air.MTU_HEAD
        assert (
            rows["longest packet"] == f"{most} bytes (MTU {air.MTU}); {least} until the tool has told its MTU"
        )
        count, size = constant("smp/server.py", "WINDOW"), constant("links/ble.py", "SHORT")
        assert f"{count} requests of at most {size} bytes" in rows["buffer"]
        assert f"first {air.NAME_MOST} letters" in text_of("bluetooth")

    def test_addresses_and_drivers(self):
        assert set(address.IN_AIR) == {"ble", *(f"ble+{name}" for name in ble.DRIVERS)}
        text = text_of("bluetooth")
        assert ble.VARIABLE in text and "--ble-driver bleak" in text
        assert f"waits up to {app.AIR_PATIENCE_S:.0f} s" in text
        assert comeback.Pace().most_s < app.AIR_PATIENCE_S
