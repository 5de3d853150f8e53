"""Numbers that the tool, the wire, the log and the desktop must agree on.

Plain module: MicroPython and CPython import the same file. A number never changes its meaning; new ones are
appended. The name tables (`*_NAMES`) give the word that people see; a number not in a table is shown as such.
"""

# Zones of the face (docs: zones and limits).
ZONE_NONE = 0
FOREHEAD = 1
CROWS_FEET = 2
SMILE_LINES = 3
CHEEKS = 4
JAWLINE = 5
NECK = 6
ZONE_NAMES = {
    ZONE_NONE: "none",
    FOREHEAD: "forehead",
    CROWS_FEET: "crows_feet",
    SMILE_LINES: "smile_lines",
    CHEEKS: "cheeks",
    JAWLINE: "jawline",
    NECK: "neck",
}

MIDLINE = 0
LEFT = 1
RIGHT = 2
SIDE_NAMES = {MIDLINE: "midline", LEFT: "left", RIGHT: "right"}

# What a sample is judged to be.
NO_CONTACT = 0
LIGHT = 1
IN_BAND = 2
HIGH = 3
WARN = 4
OVER = 5
OVERLOAD = 6
FAULT = 7
FORCE_STATE_NAMES = {
    NO_CONTACT: "no_contact",
    LIGHT: "light",
    IN_BAND: "in_band",
    HIGH: "high",
    WARN: "warn",
    OVER: "over",
    OVERLOAD: "overload",
    FAULT: "fault",
}

# What the tool is doing.
IDLE = 0
SELF_TEST = 1
READY = 2
PRESSING = 3
LIFTED = 4
PAUSED = 5
DONE = 6
STOPPED = 7
ABORTED = 8
PRACTICE = 9
LOCKED = 10
ASLEEP = 11
CHOOSING = 12
CALIBRATING = 13
MODE_NAMES = {
    IDLE: "idle",
    SELF_TEST: "self_test",
    READY: "ready",
    PRESSING: "pressing",
    LIFTED: "lifted",
    PAUSED: "paused",
    DONE: "done",
    STOPPED: "stopped",
    ABORTED: "aborted",
    PRACTICE: "practice",
    LOCKED: "locked",
    ASLEEP: "asleep",
    CHOOSING: "choosing",
    CALIBRATING: "calibrating",
}

# Why a step or a session ended.
END_OPEN = 0
END_DONE = 1
END_SKIPPED = 2
END_BUTTON = 3
END_ZONE_TIME = 4
END_ZONE_LIMITS = 5
END_LONG_CONTACT = 6
END_SESSION_TIME = 7
END_SESSION_LIMITS = 8
END_OVERLOAD = 9
END_SENSOR = 10
END_MOTOR = 11
END_BATTERY = 12
END_USB_POWER = 13
END_IDLE = 14
END_POWER_LOSS = 15
END_INTERRUPTED = 16
END_STORAGE = 17
END_REFUSED = 18
END_SYMPTOM = 19
END_WATCHDOG = 20
END_BROKEN = 21
END_REASON_NAMES = {
    END_OPEN: "open",
    END_DONE: "done",
    END_SKIPPED: "skipped",
    END_BUTTON: "stopped_by_button",
    END_ZONE_TIME: "zone_time_ceiling",
    END_ZONE_LIMITS: "zone_limit_events",
    END_LONG_CONTACT: "long_contact",
    END_SESSION_TIME: "session_time_ceiling",
    END_SESSION_LIMITS: "session_limit_events",
    END_OVERLOAD: "overload",
    END_SENSOR: "sensor_fault",
    END_MOTOR: "motor_fault",
    END_BATTERY: "battery_low",
    END_USB_POWER: "usb_power",
    END_IDLE: "idle_time_out",
    END_POWER_LOSS: "power_loss",
    END_INTERRUPTED: "interrupted",
    END_STORAGE: "storage_full",
    END_REFUSED: "refused",
    END_SYMPTOM: "symptom",
    END_WATCHDOG: "watchdog",
    END_BROKEN: "internal_error",
}

# Reasons that the sensor's data is not believed.
FAULT_NONE = 0
FAULT_STALE = 1
FAULT_STUCK = 2
FAULT_SATURATED = 3
FAULT_RANGE = 4
FAULT_BUS = 5
FAULT_SPIKES = 6
FAULT_REGISTERS = 7
FAULT_MISSING = 8
FAULT_ZERO = 9
FAULT_MOTOR_MISSING = 10
FAULT_MOTOR_DIAGNOSTIC = 11
FAULT_MOTOR_STANDBY = 12
FAULT_MOTOR_OVERCURRENT = 13
FAULT_MOTOR_OVERHEAT = 14
FAULT_SENSOR_SETUP = 15
FAULT_SENSOR_DEAF = 16
FAULT_MOTOR_KIND = 17
FAULT_SENSOR_SLOW = 20
FAULT_PARTS = 21
FAULT_UNCALIBRATED = 30
FAULT_CALIBRATION_LOST = 31
FAULT_CALIBRATION_FOREIGN = 32
FAULT_RATE = 40
FAULT_NAMES = {
    FAULT_NONE: "none",
    FAULT_STALE: "stale",
    FAULT_STUCK: "stuck",
    FAULT_SATURATED: "saturated",
    FAULT_RANGE: "out_of_range",
    FAULT_BUS: "bus_error",
    FAULT_SPIKES: "spikes",
    FAULT_REGISTERS: "registers_lost",
    FAULT_MISSING: "sensor_missing",
    FAULT_ZERO: "zero_off",
    FAULT_MOTOR_MISSING: "motor_driver_missing",
    FAULT_MOTOR_DIAGNOSTIC: "motor_diagnostic",
    FAULT_MOTOR_STANDBY: "motor_standby",
    FAULT_MOTOR_OVERCURRENT: "motor_over_current",
    FAULT_MOTOR_OVERHEAT: "motor_over_temperature",
    FAULT_SENSOR_SETUP: "sensor_setup",
    FAULT_SENSOR_DEAF: "sensor_deaf",
    FAULT_MOTOR_KIND: "motor_of_another_kind",
    FAULT_SENSOR_SLOW: "sensor_too_slow",
    FAULT_PARTS: "parts_unknown",
    FAULT_UNCALIBRATED: "uncalibrated",
    FAULT_CALIBRATION_LOST: "calibration_lost",
    FAULT_CALIBRATION_FOREIGN: "calibration_foreign",
    FAULT_RATE: "slow_samples",
}

# Events in a session's log: (kind, step, value).
EVENT_WARN = 1
EVENT_OVER = 2
EVENT_JAB = 3
EVENT_RELEASED = 4
EVENT_LIFT_CUE = 5
EVENT_STEP_START = 6
EVENT_PAUSE = 7
EVENT_RESUME = 8
EVENT_FAULT = 9
EVENT_CLOCK_SET = 10
EVENT_CONTACT = 11
EVENT_LIFT = 12
EVENT_PRESS_DONE = 13
EVENT_TARE = 14
EVENT_ZERO_TRACK = 15
EVENT_OVER_REPEAT = 16
EVENT_LOST = 17
EVENT_NAMES = {
    EVENT_WARN: "warn",
    EVENT_OVER: "over",
    EVENT_JAB: "jab",
    EVENT_RELEASED: "released",
    EVENT_LIFT_CUE: "lift_cue",
    EVENT_STEP_START: "step_start",
    EVENT_PAUSE: "pause",
    EVENT_RESUME: "resume",
    EVENT_FAULT: "fault",
    EVENT_CLOCK_SET: "clock_set",
    EVENT_CONTACT: "contact",
    EVENT_LIFT: "lift",
    EVENT_PRESS_DONE: "press_done",
    EVENT_TARE: "tare",
    EVENT_ZERO_TRACK: "zero_track",
    EVENT_OVER_REPEAT: "over_repeat",
    EVENT_LOST: "events_lost",
}

# How far the start time of a session can be believed.
TIME_UNKNOWN = 0
TIME_SET = 1
TIME_KEPT = 2
TIME_FROM_UPTIME = 3
TIME_QUALITY_NAMES = {
    TIME_UNKNOWN: "unknown",
    TIME_SET: "set",
    TIME_KEPT: "kept",
    TIME_FROM_UPTIME: "from_running_time",
}

# Why the tool started: the cause of each start of its life is counted.
RESET_POWER_ON = 0
RESET_WATCHDOG = 1
RESET_ASKED = 2
RESET_SAFE_MODE = 3
RESET_BROKEN_TASK = 4
RESET_OTHER = 5
RESET_NAMES = {
    RESET_POWER_ON: "power_on",
    RESET_WATCHDOG: "watchdog",
    RESET_ASKED: "asked_for",
    RESET_SAFE_MODE: "safe_mode",
    RESET_BROKEN_TASK: "broken_task",
    RESET_OTHER: "other",
}

# Warning signs of a body: each locks sessions (core/symptom.py, docs/before-and-after.md).
SYMPTOM_PAIN = 1
SYMPTOM_DIZZY = 2
SYMPTOM_FAINT = 3
SYMPTOM_VISION = 4
SYMPTOM_NUMB = 5
SYMPTOM_SWELLING = 6
SYMPTOM_REDNESS = 7
SYMPTOM_NAMES = {
    SYMPTOM_PAIN: "strong_pain",
    SYMPTOM_DIZZY: "dizziness",
    SYMPTOM_FAINT: "faintness",
    SYMPTOM_VISION: "vision_change",
    SYMPTOM_NUMB: "numbness",
    SYMPTOM_SWELLING: "fast_swelling",
    SYMPTOM_REDNESS: "lasting_redness",
}

SENSOR_NAU7802 = 1
SENSOR_HX711 = 2
SENSOR_FSR = 3
SENSOR_NAMES = {SENSOR_NAU7802: "nau7802", SENSOR_HX711: "hx711", SENSOR_FSR: "fsr"}

PROFILE_NORMAL = 0
PROFILE_SENSITIVE = 1
PROFILE_NAMES = {PROFILE_NORMAL: "normal", PROFILE_SENSITIVE: "sensitive"}

# Patterns that motor and light can play (core/patterns.py), outranking in this order: a higher number wins.
CUE_NONE = 0
CUE_LIGHT_TOUCH = 1
CUE_STEP = 2
CUE_LIFT = 3
CUE_NEXT_ZONE = 4
CUE_DONE = 5
CUE_LOW_BATTERY = 6
CUE_WARN = 7
CUE_OVER = 8
CUE_FAULT = 9
CUE_NAMES = {
    CUE_NONE: "none",
    CUE_LIGHT_TOUCH: "light_touch",
    CUE_STEP: "step",
    CUE_LIFT: "lift",
    CUE_NEXT_ZONE: "next_zone",
    CUE_DONE: "done",
    CUE_LOW_BATTERY: "low_battery",
    CUE_WARN: "warn",
    CUE_OVER: "over",
    CUE_FAULT: "fault",
}
