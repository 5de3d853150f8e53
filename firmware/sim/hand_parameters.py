"""The hand's rows of the one parameter table (`parameters`): what the simulated person and the cell are made of."""

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
    ("cell.nv_per_mn", 60, "nV/mN", "50 N cell of 1 mV/V at 3.0 V"),
    ("motor.rise_us", 8000, "us", "an LRA rises in 5-20 ms: time constant"),
    ("motor.shake_mn", 40, "mN at full drive", "estimate: motor in the handle, isolated from the tip"),
    ("motor.lra_mhz", 175000, "mHz", "the reference motor"),
)

KINDS = {
    # kind: aimed force mN, speed of the approach mN/s, spread of the aim permille
    "gentle": (1000, 1600, 100),
    "firm": (1900, 4000, 150),
    "heavy": (3200, 8000, 150),
    "jab": (2000, 40000, 250),
}
