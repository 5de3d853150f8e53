"""The test before every session: a tool that cannot feel or cannot warn refuses to start, and says which.

The tests themselves (core/part_tests.py) are loaded for each run and forgotten after it.
"""

import asyncio

from . import guest, ids
from .errors import StorageError

SENSOR, HEARING, MOTOR, ZERO = range(4)
FEEL_MS = 60
LIFT_TRIES = 60
FELT_NOISE_UN = 2000
"""As much as noise alone has never looked like (docs/health.md, self-test)."""

PART_NAMES = {
    SENSOR: "sensor",
    HEARING: "hearing",
    MOTOR: "motor",
    ZERO: "zero",
}


ADVICE = {
    ids.FAULT_ZERO: "take all load off the tip, lay the tool down and try again",
    ids.FAULT_SENSOR_DEAF: "no bridge is heard at the sensor's input: have the cell's four wires checked",
    ids.FAULT_MOTOR_DIAGNOSTIC: "the motor does not answer its driver: have its two wires checked",
    ids.FAULT_MOTOR_KIND: "the motor is not the one the tool is set up for: have it replaced",
    ids.FAULT_REGISTERS: "try again; the sensor has lost its supply for a moment",
}
ADVICE_ELSE = "try again; if it stays, switch the tool off and on, then have its wiring checked"


def told(fault: int) -> str:
    """A failed self-test in words, with the next step."""
    return "the self-test failed (%s): %s" % (ids.FAULT_NAMES[fault], ADVICE.get(fault, ADVICE_ELSE))


class SelfTest:
    """Tests a tool's parts (core.tool.Tool), its tip free.

    Attributes:
        count: runs so far. fault: ids.FAULT_* of the last one. parts: (part, fault) of it, in order, up to the first
            fault. felt_un: how strongly the sensor felt the motor, uN rms; -1 when that was not tried.
    """

    def __init__(self, tool):
        self._tool = tool
        self.count = 0
        self.fault = ids.FAULT_NONE
        self.parts = []
        self.felt_un = -1

    async def run(self, feel: bool = False) -> int:
        """Test; ids.FAULT_NONE, or the first fault found.

        Args:
            feel: also shake the motor and look for that in the sensor's readings. It decides nothing: the shake is
                faster than half the sample rate, so only little of it is seen.
        """
        tool = self._tool
        tool.watch.clear_fault()
        self.parts = []
        self.felt_un = -1
        self.count += 1
        if not await lifted(tool.watch):
            return self._note(ZERO, ids.FAULT_ZERO)
        tests = tool.gaps.blocked(lambda: guest.load("part_tests"))
        try:
            for part, test in enumerate(tests.TESTS):
                if self._note(part, await test(tool)):
                    break
            if feel and not self.fault:
                self.felt_un = await tests.felt_un(tool)
                await self._learn()
        finally:
            guest.forget("part_tests")
        return self.fault

    def felt_least_un(self) -> int:
        """Half of what was felt after the last calibration: less is worth a look. 0 while nothing was learned."""
        return self._tool.counters.lifetime("felt") // 2

    async def _learn(self) -> None:
        """The first that is more than noise stands until the next calibration."""
        counters = self._tool.counters
        if counters.lifetime("felt") or self.felt_un < FELT_NOISE_UN:
            return
        counters.put("felt", self.felt_un)
        try:
            await self._tool.gaps.run(counters.keep)
        except StorageError as error:
            self._tool.memory_fault = str(error)

    def _note(self, part: int, fault: int) -> int:
        self.parts.append((part, fault))
        self.fault = fault
        return fault

    def failed(self, fault: int) -> int:
        """Note a chip that did not even start, as a test; its fault."""
        self.parts = []
        self.felt_un = -1
        self.count += 1
        return self._note(MOTOR if fault in MOTOR_FAULTS else SENSOR, fault)


async def lifted(watch) -> bool:
    """Wait until the tip is away, with time to feel it; False when it stays in contact."""
    for _ in range(LIFT_TRIES):
        await asyncio.sleep_ms(FEEL_MS)
        if not watch.in_contact():
            return True
    return False


_MOTOR_BITS = (
    ids.FAULT_MOTOR_MISSING,
    ids.FAULT_MOTOR_MISSING,
    ids.FAULT_MOTOR_STANDBY,
    ids.FAULT_MOTOR_STANDBY,
    ids.FAULT_MOTOR_STANDBY,
    ids.FAULT_MOTOR_OVERHEAT,
    ids.FAULT_MOTOR_OVERCURRENT,
)

MOTOR_FAULTS = _MOTOR_BITS + (ids.FAULT_MOTOR_DIAGNOSTIC, ids.FAULT_MOTOR_KIND)


def motor_fault(bits: int) -> int:
    """Fault for the bits of a motor driver's `check`, the lowest first.

    The bits: no answer, wrong chip, standby, wrong mode, wrong set-up, too hot, over-current.
    """
    for n, fault in enumerate(_MOTOR_BITS):
        if bits & 1 << n:
            return fault
    return ids.FAULT_NONE
