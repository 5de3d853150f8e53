"""The simulated bus behaves as `machine.I2C` does."""

import errno

from chip_bench import Clock, raises
from sim import parameters
from sim.bus import SimI2C
from sim.drv2605l_twin import Drv2605lTwin
from sim.nau7802_twin import Nau7802Twin


def _bus(charge=False):
    clock = Clock()
    clock.now_us = 1000
    nau = Nau7802Twin(lambda _t: 0)
    drv = Drv2605lTwin()
    return clock, nau, drv, SimI2C(clock, [nau, drv], charge)


def test_scan_finds_both_in_order():
    _, nau, _, i2c = _bus()
    assert i2c.scan() == [0x2A, 0x5A]
    nau.nack_forever = True
    assert i2c.scan() == [0x5A]


def test_transfers_without_register_go_on_from_the_pointer():
    _, nau, _, i2c = _bus()
    assert i2c.writeto(0x2A, b"\x03\x0a\x0b") == 3
    assert i2c.writeto(0x2A, b"\x03") == 1
    buf = bytearray(2)
    i2c.readfrom_into(0x2A, buf)
    assert buf == b"\x0a\x0b"
    i2c.writeto(0x2A, b"\x1f")
    assert i2c.readfrom(0x2A, 1) == b"\x0f"
    assert nau.regs[3] == 0x0A


def test_nobody_there_is_eio():
    _, _, _, i2c = _bus()
    for call in (
        lambda: i2c.readfrom_mem(0x33, 0, 1),
        lambda: i2c.writeto_mem(0x33, 0, b"\x00"),
        lambda: i2c.writeto(0x33, b""),
        lambda: i2c.readfrom(0x33, 1),
    ):
        assert raises(OSError, call).args[0] == errno.EIO


def test_nack_is_eio_once():
    _, nau, _, i2c = _bus()
    nau.nack_next(1)
    assert raises(OSError, i2c.readfrom_mem, 0x2A, 0, 1).args[0] == errno.EIO
    assert i2c.readfrom_mem(0x2A, 0x1F, 1) == b"\x0f"


def test_one_chip_holding_sda_kills_the_bus_for_both():
    _, nau, _, i2c = _bus()
    nau.stuck_sda = True
    assert i2c.sda_stuck()
    for address in (0x2A, 0x5A):
        assert raises(OSError, i2c.readfrom_mem, address, 0, 1).args[0] == errno.ETIMEDOUT
    assert raises(OSError, i2c.scan).args[0] == errno.ETIMEDOUT
    for _ in range(9):
        i2c.clock_pulse()
    assert i2c.readfrom_mem(0x5A, 0, 1) == b"\xe0"


def test_wire_time_is_charged_only_on_request():
    clock, _, _, i2c = _bus()
    i2c.readfrom_mem(0x2A, 0x12, 3)
    assert clock.now_us == 1000
    clock, _, _, i2c = _bus(charge=True)
    i2c.readfrom_mem(0x2A, 0x12, 3)
    assert clock.now_us - 1000 == 135 + 26
    i2c.writeto_mem(0x2A, 0x00, b"\x01")
    assert clock.now_us - 1000 == 135 + 26 + 67 + 26


def test_chips_see_the_present_before_a_transfer():
    clock, _, _, i2c = _bus()
    i2c.writeto_mem(0x2A, 0x00, b"\x02")
    clock.now_us += 200
    assert i2c.readfrom_mem(0x2A, 0x00, 1) == b"\x0a"


def test_parameters_scale_by_name():
    plain = parameters.values()
    scaled = parameters.values({"nau7802.noise_320": 1500})
    assert scaled["nau7802.noise_320"] == plain["nau7802.noise_320"] * 3 // 2
    assert sum(1 for name in plain if plain[name] != scaled[name]) == 1
    raises(KeyError, parameters.values, {"nothing": 1000})


def test_parameters_are_cited_and_unique():
    names = [row[0] for row in parameters.TABLE]
    assert len(set(names)) == len(names)
    for _name, value, unit, source in parameters.TABLE:
        assert isinstance(value, int)
        assert unit
        assert len(source) >= 4
