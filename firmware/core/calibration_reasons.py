"""Why a calibration, or one step of it, is not accepted, and what to do: the one table.

Plain module: the tool and the desktop import the same file, the tool only while it calibrates. A number never changes
its meaning; docs/calibration.md shows the table.
"""

NONE = 0
ZERO_UNSTABLE = 1
LOAD_UNSTABLE = 2
DRIFTING = 3
TOO_FEW_SAMPLES = 4
ZERO_FAR = 5
ZERO_MOVED = 6
STILL_LOADED = 7
NO_LOAD = 8
SAME_LOAD = 9
WRONG_SIGN = 10
MASS_RANGE = 11
MASS_ORDER = 12
MASSES_SWAPPED = 13
WRONG_MASS = 14
WRONG_CELL = 15
TILTED = 16
VERIFICATION_OFF = 17
SENSOR_FAULT = 18
SENSOR_RESET = 19
TIMED_OUT = 20
CANCELLED = 21
BUTTON = 22
STORAGE = 23

TABLE = {
    ZERO_UNSTABLE: (
        "zero_unstable",
        "the tip did not come to rest with nothing on it",
        "stand the tool in its holder, take your hands off it, and repeat the step",
    ),
    LOAD_UNSTABLE: (
        "load_unstable",
        "the mass did not come to rest on the tip",
        "stand the tool in its holder, let go of tool and mass, and repeat the step",
    ),
    DRIFTING: (
        "drifting",
        "the reading was calm but went on creeping",
        "let tool and room stand for ten minutes, then repeat the step",
    ),
    TOO_FEW_SAMPLES: (
        "too_few_samples",
        "too few readings came in time",
        "end what else the desktop does with the tool, then begin again",
    ),
    ZERO_FAR: (
        "zero_far",
        "with nothing on the tip the cell reads more than a tenth of its range",
        "take everything off the tip; if it stays, the cell is bent or wired wrongly",
    ),
    ZERO_MOVED: (
        "zero_moved",
        "without the mass the tip did not come back to its zero",
        "see that the stem slides freely and nothing touches it, then begin again",
    ),
    STILL_LOADED: (
        "still_loaded",
        "something still lies on the tip",
        "take everything off and repeat the step",
    ),
    NO_LOAD: (
        "no_load",
        "the tip does not feel a mass",
        "put the mass on the tip and repeat the step",
    ),
    SAME_LOAD: (
        "same_load",
        "the tip still feels the first mass",
        "put the second mass on instead of the first and repeat the step",
    ),
    WRONG_SIGN: (
        "wrong_sign",
        "the reading fell when the mass came on",
        "take the zero with nothing on the tip; if it stays, swap the signal wires of the cell",
    ),
    MASS_RANGE: (
        "mass_range",
        "the mass named is not from 50 to 500 g",
        "use a mass of that range and name it",
    ),
    MASS_ORDER: (
        "mass_order",
        "the second mass named is not at least 1.5 times the first",
        "name the lighter mass first and a clearly heavier one second",
    ),
    MASSES_SWAPPED: (
        "masses_swapped",
        "the masses lay on the tip in the other order than named",
        "begin again with the lighter mass first",
    ),
    WRONG_MASS: (
        "wrong_mass",
        "one of the masses weighs something else than was named",
        "weigh both on a kitchen scale, with what carries them, and begin again",
    ),
    WRONG_CELL: (
        "wrong_cell",
        "both masses agree, but the slope is more than 15 % from the nominal one of this cell",
        "check that both masses are named in grams; if they are, the cell is not the one the firmware is for",
    ),
    TILTED: (
        "tilted",
        "the readings do not lie on one line",
        "stand the tool upright, see that stem and mass touch nothing, weigh the masses, and begin again",
    ),
    VERIFICATION_OFF: (
        "verification_off",
        "the last mass read more than 3 % from what was named",
        "check its weight and that the tool stands upright and did not move, then begin again",
    ),
    SENSOR_FAULT: (
        "sensor_fault",
        "the force sensor failed meanwhile",
        "see `gentlepress info` for the fault; check the wiring, then begin again",
    ),
    SENSOR_RESET: (
        "sensor_reset",
        "the sensor lost its supply for a moment",
        "check plug and cable, then begin again",
    ),
    TIMED_OUT: (
        "timed_out",
        "no step was asked for in two minutes",
        "begin again, with both masses at hand",
    ),
    CANCELLED: (
        "cancelled",
        "the desktop ended it",
        "begin again when you are ready",
    ),
    BUTTON: (
        "button",
        "the button of the tool ended it",
        "begin again when you are ready",
    ),
    STORAGE: (
        "storage",
        "the result could not be written to the tool's memory",
        "sync the tool, switch it off and on, and begin again",
    ),
}
"""number: (name, what was found, what to do)."""

# After these the same step may be tried again; any other ends the calibration.
SAME_STEP = (
    ZERO_UNSTABLE,
    LOAD_UNSTABLE,
    DRIFTING,
    STILL_LOADED,
    NO_LOAD,
    SAME_LOAD,
    MASS_RANGE,
    MASS_ORDER,
)


def name_of(reason: int) -> str:
    """Name of a reason; an empty text for none."""
    return TABLE[reason][0] if reason in TABLE else ""
