"""Seeded storms: one or two faults at any moment of a session, then what must hold. `fault_storm.py FIRST COUNT`."""

import sys

from sim import task_queue

sys.modules["_asyncio"] = task_queue
import asyncio
import gc
import io

from core import ids
from fault_rig import QUIET_AFTER_MS, Flash, LogFile, comes_back, ended, power_up, short_routine
from sim.clock import CLOCK
from sim.random_source import RandomSource
from sim.world import WORLD
from sim_rig import click

STARTS_US = (0, (1 << 30) - 8000000, (1 << 30) - 20000000, (1000 << 30) - 12000000, 5000000)
ALWAYS = (
    ids.END_DONE,
    ids.END_SESSION_TIME,
    ids.END_SESSION_LIMITS,
    ids.END_OVERLOAD,
    ids.END_IDLE,
)
SENSOR, MOTOR, BUTTON = (ids.END_SENSOR,), (ids.END_MOTOR,), (ids.END_BUTTON, ids.END_POWER_LOSS)
BATTERY, USB = (ids.END_BATTERY,), (ids.END_USB_POWER,)
WATCHDOG_US = 2000000
LATE_MS = 20


class PowerCut(Exception):
    """The tool has lost its power, or its watchdog has bitten."""


class Fault:
    """One fault: how it strikes and ends, what end of a session it may cause, and the fault that must be told in time.

    `told`: (ids.FAULT_* that are true, within ms, if it lasts so many ms), or None.
    """

    def __init__(self, name, strike, undo=None, reasons=(), told=None):
        self.name = name
        self.strike = strike
        self.undo = undo
        self.reasons = reasons
        self.told = told


def _knob(name, value, normal, chip="nau"):
    return (
        lambda tool, plant: setattr(getattr(plant, chip), name, value),
        lambda tool, plant: setattr(getattr(plant, chip), name, normal),
    )


def _plant(name, value, normal):
    return (lambda tool, plant: setattr(plant, name, value)), (
        lambda tool, plant: setattr(plant, name, normal)
    )


def faults(random):
    """All kinds of faults, with random figures."""

    def n(low, high):
        return low + int((high - low) * random.unit())

    bus = ((ids.FAULT_BUS, ids.FAULT_STALE, ids.FAULT_REGISTERS), 110, 130)
    away = n(-60000, 60000)
    held = (ids.FAULT_STUCK, ids.FAULT_RANGE)
    rails = (ids.FAULT_SATURATED,)
    return (
        Fault("nack once", lambda tool, plant: plant.nau.nack_next(n(1, 3))),
        Fault("sensor gone", *_knob("nack_forever", True, False), reasons=SENSOR, told=bus),
        Fault("bus held", *_knob("stuck_sda", True, False), reasons=SENSOR + MOTOR, told=bus),
        Fault("drdy stuck", *_knob("drdy_stuck", n(0, 2), None)),
        Fault("edges missed", lambda tool, plant: plant.nau.edge_missed_next(n(1, 50))),
        Fault("sensor dips", lambda tool, plant: plant.nau.brownout(), None, SENSOR, (bus[0], 110, 0)),
        Fault("wire open", *_knob("wire_open", True, False), reasons=SENSOR),
        Fault("saturated", *_knob("saturate", (1, -1)[n(0, 2)], 0), reasons=SENSOR, told=(rails, 100, 120)),
        Fault("stuck", *_knob("stuck_value", n(-9000, 200000), None), reasons=SENSOR, told=(held, 310, 350)),
        Fault("rate off", *_knob("rate_error_permille", (30, -30)[n(0, 2)], 0)),
        Fault("offset", *_knob("offset_nv", 12000 + away, 12000), reasons=SENSOR),
        Fault("motor driver gone", *_knob("nack_forever", True, False, "drv"), reasons=MOTOR),
        Fault("motor call lost", lambda tool, plant: plant.drv.nack_next(1)),
        Fault("motor dips", lambda tool, plant: plant.drv.brownout(), None, MOTOR),
        Fault("motor shorted", *_knob("over_current", True, False, "drv"), reasons=MOTOR),
        Fault("motor hot", *_knob("over_temp", True, False, "drv"), reasons=MOTOR),
        Fault("button", *_plant("button_down", True, False), reasons=BUTTON),
        Fault("battery", *_plant("battery_mv", n(3300, 3600), 3900), reasons=BATTERY),
        Fault("usb power", *_plant("usb_power", True, False), reasons=USB),
        Fault("clock", lambda tool, plant: tool.clock.set(n(1704067200, 2000000000))),
        Fault("power cut", lambda tool, plant: cut()),
        Fault("writes cut", lambda tool, plant: cut_writes(n(0, 40))),
    )


_now = {"flash": None, "cut": False}


def cut():
    """Take the power now."""
    _now["flash"].cut()
    _now["cut"] = True


def cut_writes(count):
    """Take the power after so many writes."""
    _now["flash"].cut(count)


def is_lost():
    """Whether the power has gone or the watchdog has bitten."""
    return _now["cut"] or _now["flash"].is_cut() or CLOCK.now_us - WORLD.fed_us > WATCHDOG_US


class Storm:
    """A story of one seed."""

    def __init__(self, seed):
        self.random = RandomSource(seed)
        kinds = faults(self.random)
        self.chosen = [self._pick(kinds) for _ in range(1 + int(self.random.unit() * 2))]
        self.strikes = [
            (
                fault,
                int(self.random.unit() * 16000) - 1500,
                self._pick((40, 90, 200, 400, 700, 1200, 2500, 4000, 9000)),
            )
            for fault in self.chosen
        ]
        hand = self._pick(("gentle", "gentle", "firm", "heavy", "jab"))
        self.options = {"hand": hand, "seed": seed}
        self.start_us = self._pick(STARTS_US)
        self.presses = 1 + int(self.random.unit() * 2)
        self.reasons = set(ALWAYS)
        for fault in self.chosen:
            self.reasons.update(fault.reasons)
        self.ids = []
        self.ends = 0

    def _pick(self, things):
        return things[int(self.random.unit() * len(things))]

    def __str__(self):
        told = ["%s at %d ms for %d ms" % (fault.name, at, span) for fault, at, span in self.strikes]
        return "%s hand from %d us, %s" % (self.options["hand"], self.start_us, ", ".join(told))

    # While there is power.

    async def strike(self, tool, plant, notes, fault, after_ms, span_ms):
        """One fault: strike, see it told in time, end it."""
        await asyncio.sleep_ms(max(0, after_ms))
        watching = tool.watch.running and not tool.watch.fault and len(self.strikes) == 1 and after_ms > 0
        struck_us = CLOCK.now_us
        fault.strike(tool, plant)
        await asyncio.sleep_ms(span_ms)
        if fault.told and watching and span_ms >= fault.told[2]:
            await asyncio.sleep_ms(200)
            took_ms, seen = notes.latched_ms(struck_us)
            assert seen in fault.told[0] and took_ms <= fault.told[1] + LATE_MS, (seen, took_ms)
            assert notes.fault_pattern_since(struck_us), "no fault pattern"
        if fault.undo:
            fault.undo(tool, plant)

    async def first_session(self, tool, plant, notes):
        """Begin, be struck, end or lose power."""
        short_routine(tool, self.presses)
        await asyncio.sleep_ms(500)
        lead_ms = max([0] + [-at for _fault, at, _span in self.strikes])
        struck = [asyncio.create_task(self.strike(tool, plant, notes, *one)) for one in self._early()]
        await asyncio.sleep_ms(lead_ms)
        await click(plant)
        await self.wait(tool, lambda: tool.session is not None or tool.starter.refused, 15000)
        if tool.session is not None:
            struck += [asyncio.create_task(self.strike(tool, plant, notes, *one)) for one in self._late()]
            await self.wait(tool, lambda: tool.session is None and tool._busy is None, 330000)
        for task in struck:
            await self.wait(tool, task.done, 30000)
            await task

    def _early(self):
        return [one for one in self.strikes if one[1] <= 0]

    def _late(self):
        return [one for one in self.strikes if one[1] > 0]

    async def wait(self, tool, condition, ms):
        """Wait; the power may go meanwhile."""
        for _ in range(ms // 20):
            if is_lost():
                raise PowerCut
            if condition():
                return
            await asyncio.sleep_ms(20)
        raise AssertionError(
            "waited %d ms in vain; mode %d, refused %s" % (ms, tool.mode, tool.starter.refused)
        )

    async def script(self, tool, plant, notes):
        """The whole story up to a power cut."""
        try:
            await self.first_session(tool, plant, notes)
            if tool.button.recovery or tool._recovering:
                raise PowerCut
            await self.afterwards(tool, plant, notes)
        except (PowerCut, AssertionError):
            if not (is_lost() or tool._recovering):
                raise
            _now["cut"] = True

    async def afterwards(self, tool, plant, notes):
        """The true reason is kept, the motor is quiet, and a click begins the next session."""
        number = tool.journal.last()
        if number:
            summary = LogFile(tool, number).summary
            assert summary["end_reason"] in self.reasons, summary
            if notes.ending:
                assert summary["end_reason"] == ids.END_SENSOR, (notes.ending, summary)
                assert summary["fault"] == notes.ending[0], (notes.ending, summary)
        await asyncio.sleep_ms(QUIET_AFTER_MS)
        assert tool.watch.in_contact() or plant.drv._demand_permille() == 0, "the motor runs on"
        await comes_back(tool, plant)
        if tool.session is not None:
            await click(plant, 1500)
            await ended(tool)

    # What is left on the flash.

    async def look_back(self, tool, plant, notes):
        """After the power came back: every session closed, whole, numbered upwards, counted once."""
        assert tool.journal.unreadable == [] and not tool.counters.fault and not tool.memory_fault
        rows = tool.journal.list(0, 99)[0]
        numbers = [row["id"] for row in rows]
        assert numbers == sorted(set(numbers)), numbers
        sure = likely = 0
        for number in numbers:
            log = LogFile(tool, number)
            log.hold()
            was_cut = log.summary["end_reason"] == ids.END_POWER_LOSS
            assert not was_cut or _now["cut"], "closed as cut off without a cut"
            pressed = was_cut or any(step["contact_ms"] for step in log.steps)
            sure += pressed
        likely = sure + (1 if _now["cut"] else 0)
        ends = len(tool.counters.session_ends())
        assert sure <= ends <= likely, (sure, ends, likely)
        await comes_back(tool, plant)
        if tool.session is not None:
            assert tool.journal.session > max(numbers + [0])
            await click(plant, 1500)
            await ended(tool)

    def run(self):
        """Tell the story; raises AssertionError."""
        device = Flash()
        _now["flash"] = device
        _now["cut"] = False
        notes = power_up(self.script, self.options, device, self.start_us)
        notes.hold()
        again = power_up(self.look_back, {}, device)
        again.hold()


def main(first, count):
    """Run storms; one line for each that failed, and a last line."""
    failed = 0
    for seed in range(first, first + count):
        gc.collect()
        storm = Storm(seed)
        try:
            storm.run()
        except Exception as error:  # noqa: BLE001  (whatever a storm raises is told)
            failed += 1
            text = io.StringIO()
            sys.print_exception(error, text)
            print("seed %d: %s\n%s" % (seed, storm, text.getvalue()))
    print("storms: %d, failed: %d" % (count, failed))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
