"""The circuit in SKiDL, block by block. Net names are those of the schematic; pin names those printed on the parts."""

from __future__ import annotations

import skidl

from hardware.circuit import kinds
from hardware.circuit.variants import Variant, pins

RAIL, GND, CELL, VBAT, USB5V = "+3V3", "GND", "CELL+", "VBAT", "USB5V"


class Design:
    """A circuit under construction: `part` adds a part, `join` puts pins on a net."""

    def __init__(self, variant: Variant):
        """All blocks of a variant."""
        self.variant = variant
        self.circuit = skidl.Circuit()
        self.pins = pins(variant.board)
        self._nets: dict[str, skidl.Net] = {}
        self._parts: dict[str, skidl.Part] = {}
        blocks = [board_block, power_block, battery_sense, usb_sense, light_and_button]
        blocks += [SENSORS[variant.sensor], MOTORS[variant.motor]]
        for block in blocks:
            block(self)
        self._leave_open()

    def part(self, ref: str, kind: str, value: str = "", place: str = "") -> None:
        """Add a part; `place` says where it is soldered, if not on the board of small parts."""
        known = kinds.KINDS[kind]
        drawn = [
            skidl.Pin(num=name, name=name, func=skidl.Pin.types[func]) for name, func in known.pins.items()
        ]
        part = skidl.Part(
            name=kind,
            tool=skidl.SKIDL,
            dest=skidl.TEMPLATE,
            pins=drawn,
            ref_prefix=ref.rstrip("0123456789"),
            tag=kind,
        )(ref=ref, value=value or kind, tag=ref, circuit=self.circuit, footprint="module:wired")
        part.fields["kind"] = kind
        if place:
            part.fields["place"] = place
        self._parts[ref] = part

    def join(self, net: str, *ends: str) -> None:
        """Put pins, each "REF.PIN", on a net."""
        if net not in self._nets:
            self._nets[net] = skidl.Net(net, circuit=self.circuit)
        for end in ends:
            ref, pin = end.split(".", 1)
            self._nets[net] += self._parts[ref][pin]

    def resistor(self, ref: str, value: str, one: str, other: str, place: str = "") -> None:
        """A resistor between two nets."""
        self.part(ref, "resistor", value, place)
        self.join(one, f"{ref}.1")
        self.join(other, f"{ref}.2")

    def capacitor(self, ref: str, value: str, one: str, other: str, place: str = "") -> None:
        """A capacitor from a net (plus) to another."""
        self.part(ref, "capacitor", value, place)
        self.join(one, f"{ref}.1")
        self.join(other, f"{ref}.2")

    def pin(self, function: str) -> str:
        """The board's pin of a function."""
        return f"U1.{self.pins[function]}"

    def _leave_open(self) -> None:
        """Say of every pin that nothing uses that this is meant, except those that must be used."""
        for part in self._parts.values():
            for pin in part.pins:
                if not pin.is_connected() and may_stay_open(part.fields["kind"], pin.num):
                    self.circuit.NC += pin


def may_stay_open(kind: str, pin: str) -> bool:
    """Whether a pin may stay unconnected: spare pins of the boards, the converter's supply output."""
    spare = kind in {"xiao_esp32s3", "pico_w"} and pin not in {"3V3", "GND", "BAT+", "BAT-", "VSYS"}
    return spare or pin == "AV"


def board_block(design: Design) -> None:
    """The board with its rail."""
    design.part("U1", design.variant.board)
    design.join(RAIL, "U1.3V3")
    design.join(GND, "U1.GND")


def power_block(design: Design) -> None:
    """Protected cell, switch in its plus lead, charger: the XIAO's own, or a SHIM on the Pico."""
    design.part("BT1", "lipo", "400 mAh")
    design.part("SW1", "switch")
    design.join(CELL, "BT1.+", "SW1.1")
    design.join(VBAT, "SW1.2")
    design.join(GND, "BT1.-")
    if design.variant.board == "xiao_esp32s3":
        charger = "U1"
        design.join(USB5V, "U1.5V")
    else:
        charger = "U4"
        design.part("U4", "lipo_shim")
        design.join("VSYS", "U4.VSYS", "U1.VSYS")
        design.join(USB5V, "U1.VBUS", "U4.VBUS")
        design.join(GND, "U4.GND")
    design.join(VBAT, f"{charger}.BAT+")
    design.join(GND, f"{charger}.BAT-")
    design._nets[VBAT].drive = skidl.POWER  # noqa: SLF001  # the cell, through SW1: a switch drives nothing in SKiDL's eyes
    design.capacitor("C2", "47u", RAIL, GND, "U1")


def battery_sense(design: Design) -> None:
    """Half the cell's voltage on an analog input."""
    design.resistor("R2", "220k", VBAT, "VBAT_SENSE")
    design.resistor("R3", "220k", "VBAT_SENSE", GND)
    design.capacitor("C1", "100n", "VBAT_SENSE", GND)
    design.join("VBAT_SENSE", design.pin("battery"))


def usb_sense(design: Design) -> None:
    """USB power through a divider on the XIAO; the Pico boards sense it themselves."""
    if design.variant.board != "xiao_esp32s3":
        return
    design.resistor("R4", "4k7", USB5V, "USB_SENSE")
    design.resistor("R5", "7k5", "USB_SENSE", GND)
    design.join("USB_SENSE", design.pin("usb_power"))


def light_and_button(design: Design) -> None:
    """RGB light with a common anode, and the one button."""
    design.part("D1", "rgb")
    design.join(RAIL, "D1.A")
    for ref, value, colour in (("R6", "470R", "red"), ("R7", "150R", "green"), ("R8", "150R", "blue")):
        letter = colour[0].upper()
        design.resistor(ref, value, f"LED_{letter}", f"LED_{letter}K")
        design.join(f"LED_{letter}", design.pin(colour))
        design.join(f"LED_{letter}K", f"D1.{letter}")
    design.part("SW2", "button")
    design.join("BUTTON", design.pin("button"), "SW2.1")
    design.join(GND, "SW2.2")


def bus(design: Design, ref: str) -> None:
    """A module on the I2C bus."""
    design.join(RAIL, f"{ref}.VIN")
    design.join(GND, f"{ref}.GND")
    design.join("SDA", design.pin("sda"), f"{ref}.SDA")
    design.join("SCL", design.pin("scl"), f"{ref}.SCL")


def bridge(design: Design) -> None:
    """The load cell on the converter U2."""
    design.part("LC1", "cell_50n")
    for wire in ("E+", "E-", "A+", "A-"):
        design.join(f"CELL_{wire}", f"U2.{wire}", f"LC1.{wire}")


def with_nau7802(design: Design) -> None:
    """Reference sensor."""
    design.part("U2", "nau7802")
    bus(design, "U2")
    design.join("DRDY", "U2.DRDY", design.pin("drdy"))
    bridge(design)


def with_hx711(design: Design) -> None:
    """HX711: both supplies at 3.3 V, RATE high for 80 samples a second."""
    design.part("U2", "hx711")
    design.join(RAIL, "U2.VCC", "U2.VDD", "U2.RATE")
    design.join(GND, "U2.GND")
    design.join("DRDY", "U2.DT", design.pin("drdy"))
    design.join("SCK", "U2.SCK", design.pin("sck"))
    bridge(design)


def with_fsr(design: Design) -> None:
    """FSR from 3.3 V, 10 k to ground; 470 k across it, so that a broken wire can be told from a free tip."""
    design.part("RS1", "fsr")
    design.join(RAIL, "RS1.1")
    design.join("FSR", "RS1.2", design.pin("fsr"))
    design.resistor("R10", "10k", "FSR", GND, "U1")
    design.resistor("R11", "470k", RAIL, "FSR", "RS1")


def with_drv2605l(design: Design) -> None:
    """Reference motor: DRV2605L played through IN, which a pull-down at the driver keeps low in reset."""
    design.part("U3", "drv2605l")
    bus(design, "U3")
    design.join("MOTOR", design.pin("motor"), "U3.IN")
    design.resistor("R1", "10k", "MOTOR", GND, "U3")
    design.part("M1", "lra")
    design.join("MOTOR+", "U3.OUT+", "M1.+")
    design.join("MOTOR-", "U3.OUT-", "M1.-")


def with_erm(design: Design) -> None:
    """A plain motor on a transistor: pull-down at the gate, diode across the motor."""
    design.part("Q1", "mosfet_n", "AO3400A")
    design.join("MOTOR", design.pin("motor"), "Q1.G")
    design.resistor("R1", "10k", "MOTOR", GND, "Q1")
    design.join(GND, "Q1.S")
    design.part("M1", "erm")
    design.join(RAIL, "M1.+")
    design.join("MOTOR-", "M1.-", "Q1.D")
    design.part("D2", "schottky", "SS14", "Q1")
    design.join(RAIL, "D2.K")
    design.join("MOTOR-", "D2.A")
    design.capacitor("C3", "100u", RAIL, GND, "Q1")


SENSORS = {"nau7802": with_nau7802, "hx711": with_hx711, "fsr": with_fsr}
MOTORS = {"drv2605l": with_drv2605l, "erm": with_erm}
