"""The hand's rows of the one parameter table (`parameters`): what the simulated person, cell and motor are made of."""

_PEOPLE = "docs/limits.md, people: tactile reaction 200-220 ms, plus moving a finger"

ROWS = (
    ("hand.reaction_low_ms", 220, "ms", _PEOPLE),
    ("hand.reaction_high_ms", 300, "ms", _PEOPLE),
    ("hand.tremor_mhz", 9500, "mHz", "physiological tremor of hand and finger lies at 8-12 Hz"),
    ("hand.tremor_permille", 30, "permille of force", "estimate"),
    ("hand.natural_mhz", 2200, "mHz", "estimate: a press settles like a second-order system"),
    ("hand.damping_permille", 700, "permille of critical", "estimate"),
    ("hand.ease_permille", 300, "permille of aim", "estimate: easing at each felt warning"),
    ("hand.ease_over_permille", 450, "permille of aim", "estimate: easing when far above the aim"),
    ("hand.add_permille", 220, "permille of aim", "estimate: adding at each soft pulse"),
    ("hand.wander_mhz", 300, "mHz", "estimate: slow wander of an aimed force"),
    ("hand.wander_permille", 60, "permille of force", "estimate"),
    ("hand.slip_each_ms", 45000, "ms of pressing", "estimate: a finger slips so often"),
    ("hand.pause_low_ms", 2700, "ms", "estimate: a person waits 2 s as told, and then some"),
    ("hand.pause_high_ms", 3600, "ms", "estimate"),
    ("hand.felt_permille", 150, "permille of full drive", "estimate: weakest vibration felt in the grip"),
    ("hand.lift_ms", 110, "ms", "between the tool's pulses of 60 and 150 ms: this long is a sign to lift"),
    ("hand.next_ms", 230, "ms", "between the tool's pulses of 150 and 300 ms"),
    (
        "hand.erm_lift_ms",
        270,
        "ms",
        "the same with an ERM, whose pulses of 120 and 300 ms are felt 0.1 s longer",
    ),
    ("hand.erm_next_ms", 520, "ms", "the same with an ERM, 300 and 600 ms"),
    ("hand.muscle_ms", 40, "ms", "estimate: time constant in which a moving finger's force turns round"),
    ("hand.release_mn_s", 12000, "mN/s", "estimate: how fast a force is let go"),
    (
        "hand.nudge_permille",
        10,
        "permille of force",
        "estimate: what a shaking grip adds to the force; either sign",
    ),
    (
        "hand.turn_permille",
        500,
        "permille of upright",
        "estimate: how far the tool is turned between two points",
    ),
    ("cell.bridge_ohm", 1000, "ohm", "the usual bridge of a small compression cell; others have 350"),
    ("jig.delay_ms", 1200, "ms", "estimate: reading what is due and reaching for the mass"),
    ("jig.ramp_ms", 400, "ms", "estimate: a mass set down gently"),
    ("jig.friction_permille", 250, "permille", "estimate: a steel stem in a printed bore"),
    ("cell.nv_per_mn", 60, "nV/mN", "50 N cell of 1 mV/V at 3.0 V"),
    ("cell.n_per_mm", 250, "N/mm", "estimate: 50 N press a cell in by 0.2 mm"),
    ("cell.quality", 20, "1", "estimate: sharpness of the resonance of tip and cell"),
    ("tip.mass_mg", 5000, "mg", "docs/limits.md, zero: the most that tip and stem may weigh"),
    ("skin.n_per_m", 4000, "N/m", "estimate: skin on bone under the tip, shaken at 175 Hz"),
    ("motor.rise_us", 8000, "us", "an LRA rises in 5-20 ms: time constant"),
    ("motor.push_mn", 1400, "mN at full drive", "estimate: an LRA of 10 mm, rated 1.4 g on a block of 100 g"),
    ("motor.shaken_g", 150, "g", "estimate: 90 g of tool, and the fingers that move with it"),
    ("motor.lra_mhz", 175000, "mHz", "the reference motor"),
    (
        "battery.sag_mv",
        40,
        "mV at full drive",
        "estimate: 80 mA through 0.5 ohm of a small cell, its protection and the wires",
    ),
    ("motor.dip_mv", 60, "mV at full drive", "estimate: the 3.3 V rail may dip by less than 100 mV"),
    ("nau7802.dip_nv_per_mv", 10, "nV/mV", "estimate: 100 dB, the sheet gives none; either sign"),
)

KINDS = {
    # kind: aimed force mN, speed of the approach mN/s, spread of the aim permille
    "gentle": (1000, 1600, 100),
    "firm": (1900, 4000, 150),
    "heavy": (3200, 8000, 150),
    "jab": (2000, 40000, 250),
}
