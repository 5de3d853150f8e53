"""Every number the simulated world is made of, in one table, with where it comes from.

Rows are (name, value, unit, source). "estimate" marks what no sheet gives. A model takes a dictionary of
values, so that a sweep can scale one row and leave the rest: `values({"nau7802.noise_320": 1500})`.
"""

from . import hand_parameters

_NAU = "Nuvoton NAU7802 Data Sheet V1.7"
_HX = "Avia Semiconductor HX711 data sheet"
_DRV = "Texas Instruments DRV2605L SLOS854D"

# The chips

CHIPS = (
    ("i2c.bit_ns", 2500, "ns", "400 kHz, the fastest both chips take"),
    (
        "i2c.overhead_us",
        26,
        "us",
        "a three-byte register read measured 160.7 us on an RP2040, 54 bits take 135",
    ),
    ("nau7802.supply_mv", 3300, "mV", "the boards' 3.3 V rail"),
    ("nau7802.power_up_us", 200, "us", _NAU + ", PUR after PUD"),
    ("nau7802.wake_us", 100_000, "us", _NAU + " 8.8: first result five periods and 100 ms after a wake"),
    ("nau7802.wake_periods", 5, "periods", _NAU + " 8.8"),
    ("nau7802.settling_periods", 6, "periods", _NAU + " 8.8: after a change of gain, rate or channel"),
    ("nau7802.calibration_us", 344_000, "us", "SparkFun NAU7802 library: about 344 ms"),
    ("nau7802.ldo_tau_us", 60_000, "us", "estimate, from the 200-250 ms that drivers wait"),
    ("nau7802.ldo_error_nv", 100_000, "nV", "estimate: error at the moment the regulator starts"),
    ("nau7802.rate_error_permille", 0, "permille", _NAU + ": oscillator +/-30"),
    ("nau7802.noise_10", 50, "nV rms", _NAU + ", gain 128"),
    ("nau7802.noise_20", 71, "nV rms", "square root of the rate, from 10 samples/s"),
    ("nau7802.noise_40", 106, "nV rms", "square root of the rate, from 80 samples/s"),
    ("nau7802.noise_80", 150, "nV rms", _NAU + ", gain 128"),
    ("nau7802.noise_320", 300, "nV rms", "square root of the rate, from 80 samples/s"),
    ("nau7802.offset_nv", 12_000, "nV", "estimate: amplifier offset before calibration"),
    ("nau7802.open_wire_nv_per_s", 20_000_000, "nV/s", "estimate: drift of an input left open"),
    ("nau7802.temperature_c", 25, "C", "room"),
    ("nau7802.burn_out_na", 2500, "nA", _NAU + " section 11, I2C_CTRL: burn-out current source"),
    ("hx711.supply_mv", 3300, "mV", "the boards' 3.3 V rail feeds converter and bridge"),
    ("hx711.power_down_us", 60, "us", _HX + ", reset and power-down: SCK high for longer"),
    ("hx711.noise_10", 50, "nV rms", _HX + ", table 2, gain 128"),
    ("hx711.noise_80", 90, "nV rms", _HX + ", table 2, gain 128"),
    ("hx711.offset_nv", 0, "nV", "no figure: the factory zero takes it up"),
    ("hx711.open_wire_nv_per_s", 20_000_000, "nV/s", "estimate: drift of an input left open"),
    ("fsr.us_per_n", 30, "uS/N", "typical: Interlink FSR Integration Guide, 1 N near 30 k"),
    ("fsr.threshold_mn", 150, "mN", "FSR 400 series PDS-10004-C: about 0.2 N; a dome touches earlier"),
    ("fsr.hysteresis_permille", 100, "permille of the fall", "FSR 400 series PDS-10004-C: 10 % on average"),
    ("fsr.lag_us", 3_000_000, "us", "estimate: how long that lasts"),
    ("fsr.drift_permille", 50, "permille a decade", "FSR 400 series PDS-10004-C: under 5 % per log10(time)"),
    ("fsr.end_us_milli", 2128, "nS", "470 k across the sensor"),
    ("adc.noise_uv", 1200, "uV rms", "estimate: one and a half steps of 12 bits"),
    ("drv2605l.power_up_us", 250, "us", _DRV + " section 6: before the first transfer"),
    ("drv2605l.reset_us", 1_000, "us", "estimate: DEV_RESET until it clears itself"),
    ("drv2605l.pwm_min_hz", 10_000, "Hz", _DRV + " section 6, recommended conditions"),
    ("drv2605l.pwm_max_hz", 250_000, "Hz", _DRV + " section 6, recommended conditions"),
    ("drv2605l.diagnosis_us", 150_000, "us", "estimate"),
    ("drv2605l.effect_us", 200_000, "us", "estimate: one library effect"),
    ("drv2605l.supply_mv", 3300, "mV", "the boards' 3.3 V rail"),
    ("drv2605l.resonance_hz", 175, "Hz", "the reference motor"),
    ("erm.supply_mv", 3300, "mV", "the boards' 3.3 V rail"),
    (
        "erm.start_mv",
        2300,
        "mV",
        "typical 10 mm coin motor of 3 V (docs.m5stack.com, HAT Vibrator: works from 2.3 V)",
    ),
    ("erm.run_mv", 1200, "mV", "estimate: a turning one goes on down to half of that"),
    ("erm.start_ma", 120, "mA", "estimate: typical 10 mm coin motor, 120 mA for the first 50 ms"),
    ("erm.run_ma", 75, "mA", "estimate: typical 10 mm coin motor, 60-80 mA"),
    ("erm.rise_us", 55_000, "us", "an ERM coin rises in 50-250 ms: time constant, 90 % in 127 ms"),
    ("erm.fall_us", 60_000, "us", "estimate: without a brake as slow as the rise"),
    ("erm.mhz", 200_000, "mHz", "12,000 turns a minute (docs.m5stack.com, HAT Vibrator)"),
    ("erm.push_mn", 800, "mN at full speed", "estimate: a 10 mm coin gives 0.8 g on a block of 100 g"),
    ("battery.source_mohm", 250, "mohm", "estimate: a 500 mAh cell, its protection, switch and wires"),
    (
        "drv2605l.cal_compensation",
        13,
        "register",
        "estimate: what auto-calibration finds for the reference motor",
    ),
    (
        "drv2605l.cal_back_emf",
        109,
        "register",
        "estimate: what auto-calibration finds for the reference motor",
    ),
)

NAU7802_NOISE_PERCENT = (3245, 1656, 834, 438, 257, 168, 125, 100)
"""Input noise at gain 1, 2, .. 128 against gain 128, from the effective bits at 3.3 V and 10 samples/s
(Nuvoton NAU7802 Data Sheet V1.7: 21.14 21.11 21.10 21.03 20.80 20.41 19.84 19.16).
"""

DRV2605L_AUTO_CAL_US = (350_000, 450_000, 700_000, 1_200_000)
"""Longest auto-calibration by AUTO_CAL_TIME (Texas Instruments DRV2605L SLOS854D, register 0x1E)."""

# The hand and what it presses

HAND = hand_parameters.ROWS

TABLE = CHIPS + HAND


def values(scale_permille=None) -> dict:
    """Name to value for all rows; rows named in `scale_permille` are scaled, 1000 leaving them alone.

    Raises `KeyError` for a name that is no row.
    """
    result = {}
    for row in TABLE:
        result[row[0]] = row[1]
    for name, permille in (scale_permille or {}).items():
        result[name] = result[name] * permille // 1000
    return result
