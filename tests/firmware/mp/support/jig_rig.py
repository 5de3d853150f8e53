"""A whole tool at the calibration jig, in virtual time: somebody reads what is due and does it, rightly or wrongly."""

import asyncio

from core.service import Service
from sim.clock import CLOCK
from sim_rig import run, until

STEPS = (("zero", 0), ("first", 100_000), ("second", 200_000), ("empty", 0), ("verify", 100_000))
STEP_MS = 40_000
TRIES = 2


class Bench:
    """Asks step by step, as a desktop does.

    Attributes:
        status: the last one. seen: reasons of steps that were asked for again.
    """

    def __init__(self, tool, plant):
        self.tool = tool
        self.plant = plant
        self.service = Service(tool)
        self.status = {}
        self.seen = []

    def look(self):
        self.status = self.service.calibration_status()
        self.plant.hand.read(self.status, CLOCK.now_us)
        return self.status

    async def begin(self):
        code = self.service.calibrate("begin", 0)
        if code == 0:
            assert await until(lambda: self.look()["phase"] != "starting", 4000)
        return code

    async def step(self, name, mass_mg):
        """Wait as a person does, then measure; the phase it ends with."""
        self.look()
        await asyncio.sleep_ms(2500)
        if self.look()["phase"] != "waiting":
            return self.status["phase"]
        assert self.service.calibrate(name, mass_mg) == 0
        assert await until(lambda: self.look()["phase"] != "measuring", STEP_MS)
        return self.status["phase"]

    async def go(self, steps=STEPS):
        """The whole calibration; a step that may be repeated is, once."""
        assert await self.begin() == 0
        for name, mass_mg in steps:
            if not await self._step_or_again(name, mass_mg):
                break
        self.service.calibrate("cancel", 0)
        assert await until(lambda: not self.tool.calibrator.under_way, 8000)
        return self.look()

    async def _step_or_again(self, name, mass_mg):
        for _ in range(TRIES):
            if await self.step(name, mass_mg) != "waiting":
                return False
            if not self.status["reason"]:
                return True
            self.seen.append(self.status["reason"])
        return False


def calibrated(jig, options=None, then=None, before=None):
    """Calibrate a tool at a jig; its bench, once the power is off."""
    found = []

    async def script(tool, plant):
        bench = Bench(tool, plant)
        found.append(bench)
        if before is not None:
            await before(bench)
        await bench.go()
        if then is not None:
            await then(bench)

    run(script, dict(options or {}, jig=jig))
    return found[0]
