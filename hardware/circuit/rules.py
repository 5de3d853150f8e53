"""What must hold of every circuit whatever its parts, and can't be seen by an electrical rule check.

Each rule takes a netlist and gives complaints. Figures of the parts: kinds.py; of the firmware: firmware.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from hardware.circuit import firmware
from hardware.circuit.homes import capacitors, contact_sensor, homes
from hardware.circuit.kinds import KINDS, RAIL_MOST_MV
from hardware.circuit.levels import level_mv
from hardware.circuit.netlist import Netlist, Part
from hardware.circuit.variants import pins

RAIL_MV = 3300
USB_LEAST_MV = 4100
"""Least at a 5 V pin: 4.40 V after a hub (USB 2.0, 7.2.2) and the board's diode of 0.3 V."""

BUS_PF_A_DEVICE, BUS_PF_WIRES = 10, 10
RISE_MOST_NS = 300
"""Fast mode (NXP UM10204, table 10)."""

BUS_LEAST_OHM = 1000
"""3.3 V over 3 mA, the most that a device must sink (same table), rounded up."""

LIGHT_UA = (1000, 8000)
PULL_DOWN_MOST_OHM = 10_000
HIGH_AT_BOOT = {"xiao_esp32s3": ("D6", "D7"), "pico_w": ()}
"""UART0's pins are pulled up, and TX chatters, while an ESP32-S3 boots."""


def complaints(circuit: Netlist) -> list[str]:
    """Everything that is wrong with a circuit."""
    return [f"{rule.__name__.replace('_', ' ')}: {line}" for rule in RULES for line in rule(circuit)]


def levels(circuit: Netlist) -> Iterator[str]:
    """No pin gets more than it may have, and no bus line more than the supply of a chip on it."""
    for part in circuit.parts.values():
        for pin in part.kind.logic:
            net = circuit.net_of(part.ref, pin)
            level = level_mv(circuit, net) if net else 0
            if level > part.kind.logic_mv:
                yield f"{part.ref}.{pin} can get {level:.0f} mV and may have {part.kind.logic_mv}"
            if part.kind.pull_up and pin in part.kind.pull_up[0]:
                supply = level_mv(circuit, circuit.net_of(part.ref, part.kind.pull_up[2]))
                if max(level, supply) > RAIL_MOST_MV or level > supply:
                    yield f"{part.ref}.{pin}: the bus has {max(level, supply):.0f} mV, its rail {RAIL_MOST_MV}"


def supplies(circuit: Netlist) -> Iterator[str]:
    """Every supply pin is connected, to what it may be fed with."""
    for part in circuit.parts.values():
        for pin, (_least, most) in part.kind.supply.items():
            level = level_mv(circuit, circuit.net_of(part.ref, pin))
            if not 0 < level <= most:
                yield f"{part.ref}.{pin} gets {level:.0f} mV and may have {most}"


def pins_of_the_table(circuit: Netlist) -> Iterator[str]:
    """Only pins of pins.csv are used, one for each function, and none twice."""
    table = pins(circuit.variant.board)
    used: dict[str, str] = {}
    for net, ends in circuit.nets.items():
        for ref, pin in ends:
            if ref == "U1" and pin in KINDS[circuit.variant.board].logic:
                if pin in used:
                    yield f"U1.{pin} is on {used[pin]} and on {net}"
                used[pin] = net
                if pin not in table.values():
                    yield f"U1.{pin} is on {net} and not in pins.csv"
    for function, net in wanted_nets(circuit).items():
        if used.get(table[function]) != net:
            yield f"{function} should be U1.{table[function]} on {net}"


def wanted_nets(circuit: Netlist) -> dict[str, str]:
    """Functions that a variant needs, and the net each must be on."""
    wanted = {"button": "BUTTON", "red": "LED_R", "green": "LED_G", "blue": "LED_B", "motor": "MOTOR"}
    wanted["battery"] = "VBAT_SENSE"
    if circuit.variant.board == "xiao_esp32s3":
        wanted["usb_power"] = "USB_SENSE"
    if buses(circuit):
        wanted |= {"sda": "SDA", "scl": "SCL"}
    if circuit.variant.sensor == "fsr":
        return wanted | {"fsr": "FSR"}
    wanted["drdy"] = "DRDY"
    return wanted | ({"sck": "SCK"} if circuit.variant.sensor == "hx711" else {})


def buses(circuit: Netlist) -> list[Part]:
    """Parts on the I2C bus, beside the board."""
    return [part for part in circuit.parts.values() if part.kind.address is not None]


def addresses(circuit: Netlist) -> Iterator[str]:
    """No two chips answer to one address, and each has the one that its driver speaks to."""
    found: dict[int, str] = {}
    for part in buses(circuit):
        address = part.kind.address
        if address in found:
            yield f"{part.ref} and {found[address]} both answer at 0x{address:02X}"
        found[address] = part.ref
        if address != firmware.address(part.kind.name):
            yield f"{part.ref} answers at 0x{address:02X}, its driver speaks to another"


def bus_speed(circuit: Netlist) -> Iterator[str]:
    """The bus has pull-ups, weak enough to be pulled low and strong enough to rise in time for 400 kHz."""
    on_bus = buses(circuit)
    if not on_bus:
        return
    if {circuit.net_of(part.ref, pin) for part in on_bus for pin in ("SDA", "SCL")} != {"SDA", "SCL"}:
        yield "a chip is on no bus"
    ohm = 1 / sum(1 / part.kind.pull_up[1] for part in on_bus)
    capacitance_pf = BUS_PF_A_DEVICE * (len(on_bus) + 1) + BUS_PF_WIRES
    rise_ns = 0.8473 * ohm * capacitance_pf / 1000
    if ohm < BUS_LEAST_OHM or rise_ns > RISE_MOST_NS:
        yield f"pull-ups of {ohm:.0f} ohm rise in {rise_ns:.0f} ns of {RISE_MOST_NS}"


def converter(circuit: Netlist) -> Iterator[str]:
    """The firmware's gain and regulator voltage are legal on this rail, and its nominal slope is that of this cell."""
    cells = circuit.of_kind("cell_50n")
    if not cells:
        return
    gain, ldo_mv, counts_per_n = firmware.converter()
    fed = KINDS["nau7802"].facts
    facts = cells[0].kind.facts
    if ldo_mv + fed["ldo_headroom_mv"] > RAIL_MV:
        yield f"a regulator at {ldo_mv} mV needs {ldo_mv + fed['ldo_headroom_mv']} mV of {RAIL_MV}"
    if gain >= 64 and ldo_mv < 2 * fed["common_margin_mv"]:
        yield f"gain {gain} leaves a bridge no common-mode window at {ldo_mv} mV"
    uv_per_n = facts["uv_per_v"] * ldo_mv / 1000 / facts["range_n"]
    full_scale_uv = ldo_mv * 1000 / 2 / gain
    if uv_per_n * facts["range_n"] * facts["overload_percent"] / 100 > full_scale_uv:
        yield "the converter saturates before the cell is overloaded"
    if abs(uv_per_n / full_scale_uv * 2**23 / counts_per_n - 1) > 0.001:
        yield f"the firmware's {counts_per_n} counts/N are not this cell's"
    if ldo_mv / facts["bridge_ohm"] > fed["excitation_ma"]:
        yield "the bridge takes more than the converter's regulator gives"


def excitation(circuit: Netlist) -> Iterator[str]:
    """The four wires of the cell go to the converter's four pins of their names."""
    for cell in circuit.of_kind("cell_50n"):
        for wire in ("E+", "E-", "A+", "A-"):
            if circuit.net_of(cell.ref, wire) != circuit.net_of("U2", wire) or not circuit.net_of("U2", wire):
                yield f"{cell.ref}.{wire} is not on U2.{wire}"


def rate_pin(circuit: Netlist) -> Iterator[str]:
    """An HX711 runs at 80 samples a second: at 10 there are no sessions."""
    for part in circuit.of_kind("hx711"):
        if circuit.net_of(part.ref, "RATE") != "+3V3":
            yield f"{part.ref}.RATE is not high"


def motor_off_in_reset(circuit: Netlist) -> Iterator[str]:
    """At the driver or transistor itself a pull-down holds the motor's line low while nobody drives it."""
    [load] = circuit.of_kind("drv2605l", "mosfet_n")
    gate = "IN" if load.kind.name == "drv2605l" else "G"
    net = circuit.net_of(load.ref, gate)
    there = [
        part
        for part in circuit.between(net, "GND")
        if part.place == load.ref and part.ohm <= PULL_DOWN_MOST_OHM
    ]
    if not there:
        yield f"{load.ref}.{gate} has no pull-down of its own"
        return
    board = KINDS[circuit.variant.board]
    held_mv = RAIL_MV * there[0].ohm / (there[0].ohm + board.facts["pull_up_ohm"])
    if held_mv >= load.kind.facts.get("threshold_least_mv", 0.3 * RAIL_MV):
        yield f"{load.ref}.{gate} stays at {held_mv:.0f} mV while the board's pull-up is on"
    for ref, pin in circuit.nets[net]:
        if ref == "U1" and pin in HIGH_AT_BOOT[circuit.variant.board]:
            yield f"U1.{pin} is high at boot"


def flyback(circuit: Netlist) -> Iterator[str]:
    """A motor on a transistor has a diode across it, cathode to the rail."""
    for transistor in circuit.of_kind("mosfet_n"):
        drain = circuit.net_of(transistor.ref, "D")
        [motor] = circuit.of_kind("erm")
        ends = {circuit.net_of(motor.ref, pin) for pin in motor.kind.pins}
        right = [
            part
            for part in circuit.of_kind("schottky")
            if (circuit.net_of(part.ref, "K"), circuit.net_of(part.ref, "A")) == ("+3V3", drain)
        ]
        if ends != {"+3V3", drain} or not right:
            yield f"no diode carries on the current of {motor.ref} when {transistor.ref} opens"
        if circuit.net_of(transistor.ref, "S") != "GND":
            yield f"{transistor.ref}.S is not on ground"


def battery_sense(circuit: Netlist) -> Iterator[str]:
    """The divider is the one that the firmware reckons with, and a full cell stays within the converter's range."""
    up, down = circuit.between("VBAT", "VBAT_SENSE"), circuit.between("VBAT_SENSE", "GND")
    if not up or not down:
        yield "no divider"
        return
    num, den = firmware.battery_divider()
    if abs((up[0].ohm + down[0].ohm) / down[0].ohm - num / den) > 0.01:
        yield f"the firmware reckons with {num}/{den}"
    full = KINDS[circuit.variant.board].facts["adc_full_mv"]
    if level_mv(circuit, "VBAT_SENSE") > full:
        yield f"a full cell gives more than the {full} mV of the converter"


def usb_sense(circuit: Netlist) -> Iterator[str]:
    """USB power is seen: high with the least of it, and low without any even with the board's pull-up on."""
    if circuit.variant.board != "xiao_esp32s3":
        if pins(circuit.variant.board)["usb_power"] != "WL_GPIO2":
            yield "the board senses USB power itself, at WL_GPIO2"
        return
    up, down = circuit.between("USB5V", "USB_SENSE"), circuit.between("USB_SENSE", "GND")
    if not up or not down or not circuit.net_of("U1", pins("xiao_esp32s3")["usb_power"]):
        yield "USB power is not sensed"
        return
    facts = KINDS["xiao_esp32s3"].facts
    high_mv = USB_LEAST_MV * down[0].ohm / (up[0].ohm + down[0].ohm)
    if high_mv < facts["high_mv"]:
        yield f"USB power gives {high_mv:.0f} mV of {facts['high_mv']}"
    # Without USB the 5 V pin floats: only the lower resistor is sure to pull.
    low_mv = RAIL_MV * down[0].ohm / (down[0].ohm + facts["pull_up_ohm"])
    if low_mv > facts["low_mv"]:
        yield f"without USB power the pin's own pull-up gives {low_mv:.0f} mV of {facts['low_mv']}"


def cell(circuit: Netlist) -> Iterator[str]:
    """The cell is protected, is charged gently, can be cut off by the switch, and is not emptied by the firmware."""
    [battery] = circuit.of_kind("lipo")
    facts = battery.kind.facts
    if not facts["protected"]:
        yield f"{battery.ref} has no protection"
    chargers = [part for part in circuit.parts.values() if "charge_ma" in part.kind.facts]
    if len(chargers) != 1:
        yield f"{len(chargers)} chargers"
    for charger in chargers:
        if charger.kind.facts["charge_ma"] > facts["charge_most_ma"]:
            yield f"{charger.ref} charges with {charger.kind.facts['charge_ma']} mA"
    plus = circuit.nets.get(circuit.net_of(battery.ref, "+"), frozenset())
    if {ref for ref, _pin in plus} != {battery.ref, "SW1"}:
        yield f"{battery.ref}.+ leads elsewhere than to the switch"
    if firmware.stop_mv() <= facts["cut_off_mv"]:
        yield "the cell's protection cuts off before the firmware stops"


def brown_out(circuit: Netlist) -> Iterator[str]:
    """At the firmware's lowest voltage the motor's start takes the board not below what it runs from."""
    [battery], board = circuit.of_kind("lipo"), KINDS[circuit.variant.board].facts
    [motor] = circuit.of_kind("lra", "erm")
    start_ma = motor.kind.facts.get("start_ma", motor.kind.facts["run_ma"]) + 110
    rail_mv = firmware.stop_mv() - start_ma * battery.kind.facts["milliohm"] / 1000 - board["drop_mv"]
    if rail_mv < board["runs_from_mv"]:
        yield f"the rail falls to {rail_mv:.0f} mV, the board needs {board['runs_from_mv']}"
    if start_ma > min(board["rail_ma"], circuit.parts["SW1"].kind.facts["most_ma"]):
        yield f"{start_ma} mA are more than the rail or the switch carries"


def light(circuit: Netlist) -> Iterator[str]:
    """Each colour gets a current that shows and that the pin bears; a pin that floats is not pulled above 3.3 V."""
    for led in circuit.of_kind("rgb"):
        if circuit.net_of(led.ref, "A") != "+3V3":
            yield f"{led.ref}.A is not on +3V3: from a higher rail a floating pin would be pulled above its supply"
        for letter, colour in (("R", "red"), ("G", "green"), ("B", "blue")):
            through = circuit.between(circuit.net_of(led.ref, letter), f"LED_{letter}")
            drop_mv = RAIL_MV - led.kind.facts[f"{colour}_mv"]
            current_ua = drop_mv * 1000 / through[0].ohm if through else 0
            if not LIGHT_UA[0] <= current_ua <= LIGHT_UA[1]:
                yield f"{colour} gets {current_ua:.0f} uA"


RULES = (
    levels,
    supplies,
    pins_of_the_table,
    addresses,
    bus_speed,
    converter,
    excitation,
    rate_pin,
    motor_off_in_reset,
    flyback,
    battery_sense,
    usb_sense,
    cell,
    brown_out,
    light,
    homes,
    capacitors,
    contact_sensor,
)
