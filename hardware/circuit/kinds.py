"""Kinds of parts: pins by the names printed on them, and the ratings that the rules go by. Plain data.

A number without a source in a comment is the kind's nominal value; those marked [not read] come from sellers' pages or
experience and are listed as unverified in hardware/parts.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field

IN, OUT, BIDIR, PASSIVE, POWER_IN, POWER_OUT, OPEN_DRAIN = (
    "INPUT",
    "OUTPUT",
    "BIDIR",
    "PASSIVE",
    "PWRIN",
    "PWROUT",
    "OPENCOLL",
)


@dataclass(frozen=True)
class Kind:
    """A kind of part.

    Attributes:
        name: as in the netlist. what: one line. pins: name -> electrical type. supply: pin -> (least mV, most mV) that
            it may be fed with. source: pin -> most mV that it gives. logic: pins that must not get more than logic_mv.
        pull_up: (pins, ohm, to pin): resistors that a module brings along. address: on the bus, where it has one.
        facts: other figures, in the units of their names.
    """

    name: str
    what: str
    pins: dict[str, str]
    supply: dict[str, tuple[int, int]] = field(default_factory=dict)
    source: dict[str, int] = field(default_factory=dict)
    logic: tuple[str, ...] = ()
    logic_mv: int = 0
    pull_up: tuple[tuple[str, ...], int, str] | None = None
    address: int | None = None
    facts: dict[str, int] = field(default_factory=dict)


RAIL_MOST_MV = 3400  # 3.3 V + 3 %
LOGIC_MOST_MV = 3600  # supply + 0.3 V: ESP32-S3, RP2040 and RP2350 data sheets, absolute ratings
USB_MOST_MV = 5500  # USB Type-C, the most that VBUS may have
CELL_MOST_MV = 4250  # 4.20 V + 50 mV

XIAO_PINS = tuple(f"D{n}" for n in range(11))
PICO_PINS = tuple(f"GP{n}" for n in (*range(23), 26, 27, 28))

KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "xiao_esp32s3",
            "Seeed XIAO ESP32S3, with charger and USB-C",
            dict.fromkeys(XIAO_PINS, BIDIR)
            | {"3V3": POWER_OUT, "GND": POWER_IN, "5V": POWER_OUT, "BAT+": POWER_IN, "BAT-": POWER_IN},
            supply={"BAT+": (3000, CELL_MOST_MV)},
            source={"3V3": RAIL_MOST_MV, "5V": USB_MOST_MV},
            logic=XIAO_PINS,
            logic_mv=LOGIC_MOST_MV,
            # VIL and VIH: ESP32-S3 data sheet, DC characteristics (0.25 and 0.75 of 3.3 V); pull-up 45 k there.
            # Charge current, regulator's drop: [not read].
            facts={
                "low_mv": 825,
                "high_mv": 2475,
                "pull_up_ohm": 45_000,
                "adc_full_mv": 3100,
                "charge_ma": 100,
                "drop_mv": 200,
                "runs_from_mv": 3000,
                "pin_ma": 20,
                "rail_ma": 700,
            },
        ),
        Kind(
            "pico_w",
            "Raspberry Pi Pico W or Pico 2 W",
            dict.fromkeys(PICO_PINS, BIDIR)
            | {
                "3V3": POWER_OUT,
                "GND": POWER_IN,
                "VSYS": POWER_IN,
                "VBUS": POWER_OUT,
                "3V3_EN": IN,
                "RUN": IN,
            }
            | {"ADC_VREF": PASSIVE},
            supply={"VSYS": (1800, USB_MOST_MV)},  # Pico W data sheet, powerchain
            source={"3V3": RAIL_MOST_MV, "VBUS": USB_MOST_MV},
            logic=PICO_PINS,
            logic_mv=LOGIC_MOST_MV,
            # Levels: RP2040 data sheet, 5.5.3; its pull-up is 50 to 80 k. The rail's 300 mA: Pico data sheet.
            facts={
                "low_mv": 800,
                "high_mv": 2000,
                "pull_up_ohm": 50_000,
                "adc_full_mv": 3300,
                "drop_mv": 0,  # a buck-boost converter
                "runs_from_mv": 1800,
                "pin_ma": 12,
                "rail_ma": 300,
            },
        ),
        Kind(
            "lipo_shim",
            "Pimoroni LiPo SHIM for Pico: charger on VBUS, cell to VSYS",
            {"VBUS": POWER_IN, "VSYS": POWER_OUT, "GND": POWER_IN, "BAT+": POWER_IN, "BAT-": POWER_IN},
            supply={"VBUS": (4400, USB_MOST_MV), "BAT+": (3000, CELL_MOST_MV)},
            source={"VSYS": USB_MOST_MV},
            facts={"charge_ma": 215},  # [not read]
        ),
        Kind(
            "nau7802",
            "Adafruit 4538 (or SparkFun SEN-15242): NAU7802 load-cell converter",
            {"VIN": POWER_IN, "GND": POWER_IN, "SCL": BIDIR, "SDA": BIDIR, "DRDY": OUT, "AV": PASSIVE}
            | {"E+": POWER_OUT, "E-": PASSIVE, "A+": IN, "A-": IN},
            supply={"VIN": (2700, 5500)},  # Nuvoton NAU7802 V1.7, electrical characteristics
            source={"E+": 3100},
            logic=("SCL", "SDA"),
            logic_mv=LOGIC_MOST_MV,
            pull_up=(("SCL", "SDA"), 10_000, "VIN"),
            address=0x2A,
            facts={"ldo_headroom_mv": 300, "common_margin_mv": 1500, "excitation_ma": 10},
        ),
        Kind(
            "hx711",
            "HX711 load-cell converter board, RATE pin brought out",
            {"VCC": POWER_IN, "VDD": POWER_IN, "GND": POWER_IN, "DT": OUT, "SCK": IN, "RATE": IN}
            | {"E+": POWER_OUT, "E-": PASSIVE, "A+": IN, "A-": IN},
            supply={"VCC": (2600, 5500), "VDD": (2600, 5500)},  # Avia HX711 V2.0
            source={"E+": RAIL_MOST_MV},
            logic=("DT", "SCK", "RATE"),
            logic_mv=LOGIC_MOST_MV,
        ),
        Kind(
            "drv2605l",
            "Adafruit 2305: DRV2605L haptic driver",
            {
                "VIN": POWER_IN,
                "GND": POWER_IN,
                "SCL": BIDIR,
                "SDA": BIDIR,
                "IN": IN,
                "OUT+": OUT,
                "OUT-": OUT,
            },
            supply={"VIN": (2000, 5200)},  # TI SLOS854D, recommended conditions
            logic=("SCL", "SDA", "IN"),
            logic_mv=LOGIC_MOST_MV,
            pull_up=(("SCL", "SDA"), 10_000, "VIN"),
            address=0x5A,
        ),
        Kind(
            "cell_50n",
            "compression load cell, 50 N, 1 mV/V, 1 kohm, four wires",
            {"E+": PASSIVE, "E-": PASSIVE, "A+": PASSIVE, "A-": PASSIVE},
            supply={"E+": (0, 10_000)},
            facts={"range_n": 50, "uv_per_v": 1000, "bridge_ohm": 1000, "overload_percent": 150},
        ),
        Kind(
            "fsr",
            "Interlink FSR 402",
            {"1": PASSIVE, "2": PASSIVE},
        ),
        Kind("lra", "coin LRA, 10 mm, 175 Hz, 2 V rms", {"+": PASSIVE, "-": PASSIVE}, facts={"run_ma": 80}),
        Kind(
            "erm",
            "coin ERM, 10 mm, 3 V",
            {"+": PASSIVE, "-": PASSIVE},
            facts={"run_ma": 75, "start_ma": 120},
        ),
        Kind(
            "lipo",
            "protected lithium-polymer cell, 3.7 V, 400 mAh",
            {"+": POWER_OUT, "-": POWER_OUT},
            source={"+": CELL_MOST_MV},
            facts={
                "capacity_mah": 400,
                "protected": 1,
                "cut_off_mv": 3000,
                "milliohm": 200,
                "charge_most_ma": 400,
            },
        ),
        Kind("switch", "slide switch, 0.3 A or more", {"1": PASSIVE, "2": PASSIVE}, facts={"most_ma": 300}),
        Kind("button", "tactile button", {"1": PASSIVE, "2": PASSIVE}),
        Kind(
            "rgb",
            "RGB LED, common anode, diffused",
            {"A": PASSIVE, "R": PASSIVE, "G": PASSIVE, "B": PASSIVE},
            facts={"red_mv": 1900, "green_mv": 2750, "blue_mv": 2750},  # at 2 mA [not read]: measure yours
        ),
        Kind("resistor", "resistor", {"1": PASSIVE, "2": PASSIVE}),
        Kind("capacitor", "capacitor", {"1": PASSIVE, "2": PASSIVE}),
        Kind(
            "mosfet_n",
            "N-channel MOSFET, logic level at 2.5 V",
            {"G": IN, "D": PASSIVE, "S": PASSIVE},
            facts={"threshold_least_mv": 650, "on_mv": 2500, "most_ma": 5000},  # AO3400A [not read]
        ),
        Kind("schottky", "Schottky diode, 1 A", {"A": PASSIVE, "K": PASSIVE}),
    )
}
