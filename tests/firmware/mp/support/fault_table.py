"""Every fault that the simulator can make, and what the tool must then do: the one table (docs/faults.md shows it).

Plain data, for MicroPython and CPython. A knob is "object.attribute" of a chip (`nau`, `hx`, `drv`, `erm`), `plant`,
`world`, `tool` or `flash`, a call when it ends in "()", or the name of a `task`. Its value: as it stands, one of a
tuple, or any of a range. A fault of a chip can only be made on a build that has it.
"""

AT_ONCE = "at once"
AT_LIFT = "at the next lift"
AT_START = "at the next start of a session"
RESTART = "restart"
NEVER = "never"

IN_SESSION = "in a session"
AT_POWER_UP = "at power-up"

FAULT_PATTERN, SILENCE, MOTOR_OFF = "fault pattern", "as before", "off at the reset"
DARK, DIM, AS_BEFORE, RESET = "red, then dark", "red, then dim white", "as before", "off at the reset"
OWN = None
CHIPS = {"nau": "nau7802", "hx": "hx711", "drv": "drv2605l", "erm": "erm"}
BUILDS = (("nau7802", "drv2605l"), ("hx711", "drv2605l"), ("nau7802", "erm"), ("hx711", "erm"))
STARVED_MS = 2020  # of the watchdog, and a turn of the main loop


class Fault:
    """One fault.

    Attributes:
        name: as docs/faults.md has it. knobs: ((knob, value), ...), set in this order, and set back in the other.
        when: the tool finds it. within_ms: of that moment, if it lasts so long. ends: names of ids.END_* that are true
        then; of a restart the first, and the others if the fault passes before. told: names of ids.FAULT_* that are
        true. strikes: IN_SESSION or AT_POWER_UP. motor, light: then.
        mends: whether a click begins a session once the knobs are back (False: it may need a restart).
        holds_up_ms: so long the watch may be held up, and the motor stay as it was. parts: that it needs.
    """

    def __init__(
        self,
        name,
        knobs,
        when,
        within_ms=0,
        ends=(),
        told=(),
        motor=None,
        light=None,
        strikes=IN_SESSION,
        mends=True,
    ):
        self.name = name
        self.knobs = knobs
        self.when = when
        self.within_ms = within_ms
        self.ends = ends
        self.told = told
        self.strikes = strikes
        self.mends = mends
        owners = [knob.split(".")[0] for knob, _value in knobs]
        self.parts = {CHIPS[owner] for owner in owners if owner in CHIPS}
        if "world.stall" in knobs[0][0] or "world.interrupt" in knobs[0][0]:
            self.parts.add("hx711")  # only its clock is made by the firmware
        self.holds_up_ms = STARVED_MS if when == RESTART else 0
        for knob, value in knobs:
            if knob == "task.holds_up":
                self.holds_up_ms = value.stop
        self.motor = motor or {NEVER: SILENCE, RESTART: MOTOR_OFF}.get(when, FAULT_PATTERN)
        self.light = light or {NEVER: AS_BEFORE, RESTART: RESET}.get(when, DARK)


SENSOR, MOTOR = ("sensor_fault",), ("motor_fault", "long_contact")
LOST = ("bus_error", "stale", "registers_lost")
RANGE = ("out_of_range", "saturated")
FORCE_ENDS = ("sensor_fault", "overload", "session_limit_events")
CREEP_ENDS = ("session_limit_events", "overload", "long_contact")

FAULTS = (
    # The sensor and its bus
    Fault(
        "sensor missing",
        (("nau.nack_forever", True),),
        AT_START,
        0,
        (),
        ("sensor_missing",),
        strikes=AT_POWER_UP,
    ),
    Fault(
        "zero jumped",
        (("nau.drifted_nv", (-40000, 40000)),),
        AT_START,
        0,
        (),
        ("zero_off",),
        strikes=AT_POWER_UP,
    ),
    Fault("offset jumps a little", (("nau.offset_step_per_powerup", 5000),), NEVER, strikes=AT_POWER_UP),
    Fault("a call not answered", (("nau.nack_next()", range(1, 3)),), NEVER),
    Fault("sensor gone", (("nau.nack_forever", True),), AT_ONCE, 100, SENSOR, LOST),
    Fault("bus held until clocked", (("nau.stuck_sda", True),), AT_ONCE, 100, SENSOR, LOST),
    Fault(
        "bus held for ever",
        (("nau.stuck_clocks", 0), ("nau.stuck_sda", True)),
        AT_ONCE,
        100,
        SENSOR + MOTOR,
        LOST + ("motor_driver_missing",),
    ),
    Fault("data-ready dead", (("nau.drdy_stuck", (0, 1)),), AT_ONCE, 2100, SENSOR, ("slow_samples",)),
    Fault("edges missed", (("nau.edge_missed_next()", range(1, 50)),), NEVER),
    Fault("sensor browned out", (("nau.brownout()", OWN),), AT_ONCE, 100, SENSOR, LOST),
    Fault("bridge wire open", (("nau.wire_open", True),), AT_ONCE, 400, FORCE_ENDS, RANGE),
    Fault("saturated", (("nau.saturate", (1, -1)),), AT_ONCE, 100, SENSOR, ("saturated",)),
    Fault(
        "stuck reading",
        (("nau.stuck_value", range(-9000, 200000)),),
        AT_ONCE,
        310,
        SENSOR,
        ("stuck",) + RANGE,
    ),
    Fault(
        "spikes",
        (("nau.spike_counts", (-150000, 150000)), ("nau.spike_every", range(3, 10))),
        AT_ONCE,
        300,
        SENSOR,
        ("spikes",),
    ),
    Fault("a spike now and then", (("nau.spike_counts", (-150000, 150000)), ("nau.spike_every", 900)), NEVER),
    Fault("reading creeps down", (("nau.drift_nv_per_s", -9000),), AT_LIFT, 6000, SENSOR, ("zero_off",)),
    Fault("reading creeps up", (("nau.drift_nv_per_s", 9000),), AT_ONCE, 62000, CREEP_ENDS, ("zero_off",)),
    Fault("oscillator 3 % off", (("nau.rate_error_permille", (-30, 30)),), NEVER),
    Fault("tool turned over", (("plant.tilt_permille", (-1000, 1000)),), NEVER),
    # The motor and its driver
    Fault(
        "motor driver missing",
        (("drv.nack_forever", True),),
        AT_START,
        0,
        (),
        ("motor_driver_missing",),
        strikes=AT_POWER_UP,
    ),
    Fault("motor unplugged", (("drv.motor_present", False),), AT_START, 0, (), ("motor_diagnostic",)),
    Fault("a call to the driver lost", (("drv.nack_next()", 1),), NEVER),
    Fault(
        "motor driver gone", (("drv.nack_forever", True),), AT_LIFT, 1500, MOTOR, ("motor_driver_missing",)
    ),
    Fault("motor driver in standby", (("drv.brownout()", OWN),), AT_LIFT, 1500, MOTOR, ("motor_standby",)),
    Fault("motor over-current", (("drv.over_current", True),), AT_LIFT, 1500, MOTOR, ("motor_over_current",)),
    Fault("motor too hot", (("drv.over_temp", True),), AT_LIFT, 1500, MOTOR, ("motor_over_temperature",)),
    # An HX711 in the sensor's place
    Fault(
        "HX711 missing",
        (("hx.gone", True),),
        AT_START,
        0,
        (),
        ("sensor_missing",),
        strikes=AT_POWER_UP,
    ),
    Fault(
        "DOUT shorted at power-up",
        (("hx.dout_stuck", (0, 1)),),
        AT_START,
        0,
        (),
        ("sensor_missing",),
        strikes=AT_POWER_UP,
    ),
    Fault(
        "HX711 slow by its RATE pin",
        (("hx.rate_low", True),),
        AT_START,
        0,
        (),
        ("sensor_too_slow",),
        strikes=AT_POWER_UP,
        mends=False,
    ),
    Fault(
        "HX711's zero jumped",
        (("hx.drifted_nv", (-40000, 40000)),),
        AT_START,
        0,
        (),
        ("zero_off",),
        strikes=AT_POWER_UP,
    ),
    Fault("HX711 gone", (("hx.gone", True),), AT_ONCE, 100, SENSOR, ("stale",)),
    Fault("DOUT stuck high", (("hx.dout_stuck", 1),), AT_ONCE, 100, SENSOR, ("stale", "bus_error")),
    Fault("DOUT stuck low", (("hx.dout_stuck", 0),), AT_ONCE, 100, SENSOR, ("bus_error",)),
    Fault("results lost", (("hx.missed_next()", range(9, 40)),), AT_ONCE, 120, SENSOR, ("stale",)),
    Fault("a few results lost", (("hx.missed_next()", range(1, 5)),), NEVER),
    Fault("RATE pin falls", (("hx.rate_low", True),), AT_ONCE, 125, SENSOR, ("stale",), mends=False),
    Fault(
        "clock pulses too long",
        (("world.stall_every", range(1, 25)),),
        AT_ONCE,
        200,
        SENSOR,
        ("bus_error", "stale"),
    ),
    Fault("a clock pulse too long", (("world.stall_us", range(61, 1000)),), NEVER),
    Fault("clock pulses too long now and then", (("world.stall_every", range(2000, 4000)),), NEVER),
    Fault("interrupts at the clock pulses", (("world.interrupt_us", range(20, 200)),), NEVER),
    Fault("HX711 browned out", (("hx.brownout()", OWN),), NEVER),
    Fault("HX711's wire open", (("hx.wire_open", True),), AT_ONCE, 400, FORCE_ENDS, RANGE + ("spikes",)),
    Fault("HX711 saturated", (("hx.saturate", (1, -1)),), AT_ONCE, 100, SENSOR, ("saturated",)),
    Fault(
        "HX711's reading stuck",
        (("hx.stuck_value", range(-9000, 200000)),),
        AT_ONCE,
        320,
        SENSOR,
        ("stuck",) + RANGE,
    ),
    Fault(
        "HX711 spikes",
        (("hx.spike_counts", (-150000, 150000)), ("hx.spike_every", range(3, 10))),
        AT_ONCE,
        1100,
        SENSOR,
        ("spikes",),
    ),
    Fault(
        "an HX711 spike now and then",
        (("hx.spike_counts", (-150000, 150000)), ("hx.spike_every", 300)),
        NEVER,
    ),
    Fault(
        "HX711's reading creeps down", (("hx.drift_nv_per_s", -9000),), AT_LIFT, 6000, SENSOR, ("zero_off",)
    ),
    Fault(
        "HX711's reading creeps up", (("hx.drift_nv_per_s", 9000),), AT_ONCE, 62000, CREEP_ENDS, ("zero_off",)
    ),
    Fault("HX711's oscillator 3 % off", (("hx.rate_error_permille", (-30, 30)),), NEVER),
    # A plain motor (ERM) in the driver's and its motor's place
    Fault(
        "ERM missing",
        (("erm.motor_present", False),),
        AT_START,
        0,
        (),
        ("motor_diagnostic",),
        strikes=AT_POWER_UP,
    ),
    Fault(
        "ERM blocked",
        (("erm.stalled", True),),
        AT_START,
        0,
        (),
        ("motor_over_current",),
        strikes=AT_POWER_UP,
    ),
    Fault(
        "ERM's transistor shorted",
        (("erm.stuck_on", True),),
        AT_START,
        0,
        (),
        ("motor_diagnostic",),
        strikes=AT_POWER_UP,
    ),
    Fault("ERM unplugged", (("erm.motor_present", False),), AT_START, 0, (), ("motor_diagnostic",)),
    Fault("ERM stalls", (("erm.stalled", True),), AT_START, 0, (), ("motor_over_current",)),
    Fault("ERM's transistor fails", (("erm.stuck_on", True),), AT_START, 0, (), ("motor_diagnostic",)),
    # Button, battery, cable, clock
    Fault(
        "button stuck",
        (("plant.button_down", True),),
        RESTART,
        8200,
        ("stopped_by_button",),
        motor="done pattern",
        light="dim white, then dark: safe mode",
    ),
    Fault(
        "battery low", (("plant.battery_mv", range(3300, 3550)),), AT_ONCE, 1200, ("battery_low",), light=DIM
    ),
    Fault(
        "battery sags under the motor", (("plant.battery_mv", 3700), ("plant.sag_mv", range(200, 500))), NEVER
    ),
    Fault("USB power", (("plant.usb_power", True),), AT_ONCE, 100, ("usb_power",), light=DIM),
    Fault("clock set forward", (("tool.clock.set()", range(1900000000, 2000000000)),), NEVER),
    Fault("clock set back", (("tool.clock.set()", range(1704067200, 1704100000)),), NEVER),
    # The firmware itself
    Fault("watch starved", (("world.deaf", True),), RESTART, 2000, ("watchdog", "sensor_fault"), ("stale",)),
    Fault("watch held up", (("task.holds_up", range(110, 900)),), AT_ONCE, 1000, SENSOR, ("stale",)),
    Fault("watch held up for a moment", (("task.holds_up", range(20, 60)),), NEVER),
    Fault("watch breaks", (("task.watch_breaks", OWN),), RESTART, 2000, ("watchdog",)),
    Fault("main loop hung", (("task.hangs", OWN),), RESTART, 2000, ("watchdog",)),
    Fault("main loop breaks", (("task.loop_breaks", OWN),), RESTART, 100, ("internal_error",)),
    Fault("a task breaks", (("task.breaks", OWN),), RESTART, 100, ("internal_error",)),
    Fault("memory all taken", (("task.hoards", OWN),), RESTART, 1000, ("internal_error",)),
    Fault("power cut", (("flash.cut()", 0),), RESTART, 0, ("power_loss",)),
    Fault("power cut while writing", (("flash.cut()", range(1, 25)),), RESTART, 0, ("power_loss",)),
)

TICKS = (
    # Starts of the clock, us: the wraps of microseconds and of milliseconds fall into the session.
    ("from zero", 0),
    ("microseconds wrap", (1 << 30) - 8000000),
    ("microseconds wrap later", (1 << 30) - 20000000),
    ("milliseconds wrap", (1000 << 30) - 12000000),
    ("a while after power-up", 5000000),
)


def builds(faults):
    """Options of the simulator for each build on which all of these faults can be made; the first is the plainest."""
    fit = [build for build in BUILDS if all(fault.parts <= set(build) for fault in faults)]
    return [{"sensor": sensor, "motor": motor} for sensor, motor in fit]


def stories():
    """Each fault alone, then each pair that one build can have: tuples of faults."""
    found = [(fault,) for fault in FAULTS]
    for at, first in enumerate(FAULTS):
        found += [(first, second) for second in FAULTS[at + 1 :] if builds((first, second))]
    return found


def pick(value, random):
    """A value of a knob, given a source of randomness with `unit()`."""
    if isinstance(value, tuple):
        return value[int(random.unit() * len(value))]
    if isinstance(value, range):
        return value.start + int((value.stop - value.start) * random.unit())
    return value


def named(name):
    """A fault by its name."""
    for fault in FAULTS:
        if fault.name == name:
            return fault
    raise KeyError(name)
