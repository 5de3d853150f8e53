"""The blocks of the schematic: what is drawn is what the netlist of the variant says."""

from __future__ import annotations

from schemdraw import elements as elm

from hardware.circuit import netlist
from hardware.circuit.drawing import Point, Sheet
from hardware.circuit.variants import pins


class Blocks:
    """The blocks of one circuit, drawn where they are asked for, with the values of its netlist."""

    def __init__(self, sheet: Sheet, name: str):
        """Draw on a sheet what a variant's netlist says."""
        self.sheet = sheet
        self.circuit = netlist.read(name)
        self.pins = pins(self.circuit.variant.board)

    def value(self, ref: str) -> str:
        """A part's value."""
        return self.circuit.parts[ref].value

    def flags(self, ref: str, places: dict[str, Point], side: str) -> None:
        """Flag each pin with the net that it is on: ground and rail with their symbols."""
        for pin, at in places.items():
            net = self.circuit.net_of(ref, pin)
            if net:
                self.sheet.flag(at, net, side)
            else:
                self.sheet.text(
                    (at[0] + (0.15 if side == "right" else -0.15), at[1]), "×", size=13, align="center"
                )

    def board(self, x: float, y: float, left: tuple, right: tuple, words: str) -> None:
        """U1 with its used pins."""
        rows = max(len(left), len(right))
        height = 0.75 * rows + 0.25
        places = self.sheet.module((x, y - height), (4.6, height), "U1", words, left, right)
        self.flags("U1", {pin: places[pin] for pin in left if pin}, "left")
        self.flags("U1", {pin: places[pin] for pin in right if pin}, "right")

    def cell(self, x: float, y: float) -> None:
        """Protected cell and switch."""
        sheet = self.sheet
        sheet.between(elm.BatteryCell().reverse(), (x, y), (x, y + 2), "BT1", self.value("BT1"), "right")
        sheet.text((x + 0.4, y + 0.45), "protected", size=9, color="#555555")
        sheet.ground((x, y))
        sheet.line((x, y + 2), (x, y + 2.6), (x + 0.4, y + 2.6))
        sheet.text((x - 0.15, y + 2.1), "CELL+", size=9, color="#14507a", align="right")
        sheet.text((x - 0.45, y + 1.35), "+", size=14)
        sheet.between(elm.Switch(), (x + 0.4, y + 2.6), (x + 2.8, y + 2.6), "SW1", "on / off", "up")
        sheet.flag((x + 2.8, y + 2.6), "VBAT", "right")

    def bypass(self, x: float, y: float, ref: str) -> None:
        """A capacitor from the rail to ground."""
        self.sheet.rail((x, y + 1.6))
        self.sheet.between(elm.Capacitor(), (x, y + 1.6), (x, y), ref, self.value(ref))
        self.sheet.ground((x, y))

    def divider(self, x: float, y: float, nets: tuple[str, str], *parts: str) -> None:
        """Two resistors with their tap, and a capacitor where there is one."""
        sheet, (top, sense), (upper, lower, *extra) = self.sheet, nets, parts
        sheet.flag((x, y + 4), top, "up")
        sheet.between(elm.Resistor(), (x, y + 4), (x, y + 2), upper, self.value(upper), "left")
        sheet.between(elm.Resistor(), (x, y + 2), (x, y), lower, self.value(lower), "left")
        sheet.ground((x, y))
        sheet.dot((x, y + 2))
        end = x
        if extra:
            end = x + 1
            sheet.line((x, y + 2), (end, y + 2))
            sheet.dot((end, y + 2))
            sheet.between(elm.Capacitor(), (end, y + 2), (end, y), extra[0], self.value(extra[0]))
            sheet.ground((end, y))
        sheet.flag((end, y + 2), sense, "right")

    def light(self, x: float, y: float) -> None:
        """RGB light: common anode at the rail, a resistor in each cathode."""
        sheet = self.sheet
        sheet.line((x, y + 5), (x + 4.4, y + 5))
        sheet.rail((x + 2.2, y + 5))
        sheet.dot((x + 2.2, y + 5))
        sheet.text((x - 0.9, y + 5), "D1", size=12)
        for index, (letter, ref) in enumerate((("R", "R6"), ("G", "R7"), ("B", "R8"))):
            at = x + 2.2 * index
            sheet.between(elm.LED(), (at, y + 5), (at, y + 3.2), letter, "", "left")
            sheet.line((at, y + 3.2), (at, y + 2.6))
            sheet.text((at + 0.2, y + 2.9), f"LED_{letter}K", size=9, color="#14507a")
            sheet.between(elm.Resistor(), (at, y + 2.6), (at, y + 0.8), ref, self.value(ref))
            sheet.flag((at, y + 0.8), f"LED_{letter}", "down")

    def button(self, x: float, y: float) -> None:
        """The button to ground."""
        self.sheet.flag((x, y + 2), "BUTTON", "left")
        self.sheet.between(elm.Button(), (x, y + 2), (x, y), "SW2", "button", "right")
        self.sheet.ground((x, y))

    def load_cell(self, places: dict[str, Point]) -> None:
        """LC1 beside the converter, its bridge as a diamond, each wire straight to the pin of its name."""
        sheet = self.sheet
        x = places["E+"][0] + 2.2
        for wire, at in places.items():
            sheet.line(at, (x, at[1]))
            sheet.text(
                ((at[0] + x) / 2, at[1] + 0.18), f"CELL_{wire}", size=9, color="#14507a", align="center"
            )
        top, bottom = places["E+"][1], places["E-"][1]
        low = min(at[1] for at in places.values()) - 0.6
        high = max(at[1] for at in places.values()) + 0.6
        sheet.box((x, low), (x + 3, high), fill="#fffdf5")
        sheet.text((x + 1.5, high + 0.62), "LC1", size=13, align="center")
        sheet.text((x + 1.5, high + 0.25), "load cell 50 N", size=10, color="#555555", align="center")
        for wire, at in places.items():
            sheet.text((x + 0.15, at[1]), wire, size=10)
        middle, half = (x + 1.95, (low + high) / 2), 0.8
        corners = [
            (middle[0], middle[1] + half),
            (middle[0] + half, middle[1]),
            (middle[0], middle[1] - half),
            (middle[0] - half, middle[1]),
        ]
        for start, end in zip(corners, [*corners[1:], corners[0]], strict=True):
            sheet.drawing.add(elm.ResistorIEC().at(start).to(end).scale(0.45).linewidth(1))
        assert top > bottom

    def nau7802(self, x: float, y: float) -> None:
        """The converter on the bus, the load cell on it."""
        left, right = ("VIN", "GND", "SCL", "SDA", "DRDY"), ("E+", "E-", "A-", "A+", "AV")
        places = self.sheet.module((x, y - 4), (3, 4), "U2", "NAU7802 board", left, right)
        self.flags("U2", {pin: places[pin] for pin in left}, "left")
        self.flags("U2", {"AV": places["AV"]}, "right")
        self.load_cell({pin: places[pin] for pin in ("E+", "E-", "A-", "A+")})

    def hx711(self, x: float, y: float) -> None:
        """The other converter."""
        left, right = ("VCC", "VDD", "GND", "DT", "SCK", "RATE"), ("E+", "E-", "A-", "A+")
        places = self.sheet.module((x, y - 4.75), (3, 4.75), "U2", "HX711 board", left, right)
        self.flags("U2", {pin: places[pin] for pin in left}, "left")
        self.load_cell({pin: places[pin] for pin in right})

    def drv2605l(self, x: float, y: float) -> None:
        """The motor's driver, its pull-down, the motor."""
        sheet = self.sheet
        left = ("VIN", "GND", "SCL", "SDA", "IN")
        places = sheet.module((x, y - 4), (3, 4), "U3", "DRV2605L board", left, ("OUT+", "OUT-"))
        self.flags("U3", {pin: places[pin] for pin in left[:-1]}, "left")
        at = places["IN"]
        sheet.line(at, (at[0] - 1.2, at[1]))
        sheet.dot((at[0] - 1.2, at[1]))
        sheet.flag((at[0] - 1.2, at[1]), "MOTOR", "left")
        low = (at[0] - 1.2, at[1] - 2)
        sheet.between(elm.Resistor(), (at[0] - 1.2, at[1]), low, "R1", self.value("R1"))
        sheet.text(
            (low[0] + 0.4, low[1] + 0.35), "at U3, so that a broken wire is off, too", size=9, color="#555555"
        )
        sheet.ground(low)
        plus, minus = places["OUT+"], places["OUT-"]
        end = plus[0] + 2
        sheet.line(plus, (end, plus[1]))
        sheet.line(minus, (end - 1, minus[1]), (end - 1, minus[1] - 1.25), (end, minus[1] - 1.25))
        sheet.text((plus[0] + 0.95, plus[1] + 0.18), "MOTOR+", size=9, color="#14507a", align="center")
        sheet.text((end - 1.1, minus[1] - 0.9), "MOTOR-", size=9, color="#14507a", align="right")
        sheet.between(elm.Motor(), (end, plus[1]), (end, minus[1] - 1.25), "M1", "LRA", "right")

    def erm(self, x: float, y: float) -> None:
        """A plain motor on a transistor, with its diode and its own capacitor."""
        sheet = self.sheet
        sheet.rail((x + 3, y + 5.2))
        sheet.line((x + 1.2, y + 5), (x + 6, y + 5))
        sheet.line((x + 3, y + 5.2), (x + 3, y + 5))
        sheet.dot((x + 3, y + 5))
        sheet.between(elm.Motor(), (x + 3, y + 5), (x + 3, y + 2.6), "M1", "ERM", "right")
        sheet.between(elm.Schottky(), (x + 1.2, y + 2.6), (x + 1.2, y + 5), "D2", self.value("D2"), "left")
        sheet.line((x + 1.2, y + 2.6), (x + 3, y + 2.6))
        sheet.dot((x + 3, y + 2.6))
        sheet.text((x + 3.2, y + 2.45), "MOTOR-", size=9, color="#14507a")
        transistor = elm.NFet().anchor("drain").at((x + 3, y + 2.2)).theta(0).reverse()
        sheet.drawing.add(transistor)
        sheet.line((x + 3, y + 2.6), (x + 3, y + 2.2))
        gate, source = transistor.absanchors["gate"], transistor.absanchors["source"]
        sheet.text((x + 3.35, y + 1.3), "Q1", size=11)
        sheet.text((x + 3.35, y + 0.9), self.value("Q1"), size=10, color="#555555")
        sheet.ground(tuple(source))
        at = (x - 0.2, gate[1])
        sheet.line(tuple(gate), at)
        sheet.dot(at)
        sheet.flag(at, "MOTOR", "left")
        sheet.between(elm.Resistor(), at, (at[0], at[1] - 2), "R1", self.value("R1"))
        sheet.text((at[0] + 0.4, at[1] - 1.65), "at Q1", size=9, color="#555555")
        sheet.ground((at[0], at[1] - 2))
        sheet.between(elm.Capacitor(), (x + 6, y + 5), (x + 6, y + 3), "C3", self.value("C3"))
        sheet.ground((x + 6, y + 3))

    def fsr(self, x: float, y: float) -> None:
        """FSR with the resistor that tells a broken wire."""
        sheet = self.sheet
        sheet.rail((x + 1, y + 4.3))
        sheet.line((x + 1, y + 4.3), (x + 1, y + 4))
        sheet.line((x, y + 4), (x + 2, y + 4))
        sheet.dot((x + 1, y + 4))
        sheet.between(elm.ResistorVarIEC(), (x, y + 4), (x, y + 2), "RS1", "FSR 402", "left")
        sheet.between(elm.Resistor(), (x + 2, y + 4), (x + 2, y + 2), "R11", self.value("R11"))
        sheet.line((x, y + 2), (x + 2, y + 2))
        sheet.dot((x + 1, y + 2))
        sheet.dot((x + 2, y + 2))
        sheet.flag((x + 2, y + 2), "FSR", "right")
        sheet.between(elm.Resistor(), (x + 1, y + 2), (x + 1, y), "R10", self.value("R10"))
        sheet.ground((x + 1, y))
