"""The live view's replies: the state as CBOR is the state, at rest, in a session and in a step; forces to the byte."""

import asyncio
import struct

from core.live_desk import SAMPLES_MOST, tell_samples
from core.rings import SampleRing
from core.service import Service
from sim_rig import PRESS, run, started, until
from smp import cbor

RUNTIMES = ("micropython",)
PATH = ("firmware/sim/shadow",)
HEAP = "16m"


def told(write):
    out = cbor.Writer(bytearray(2048))
    write(out)
    return cbor.decode(out.buf, 0, out.at)


def test_the_state_is_told_as_it_is():
    async def script(tool, plant):
        service = Service(tool)
        assert told(service.tell_state) == service.state() and "session_ms" not in service.state()
        await started(tool, plant)
        assert await until(lambda: tool.session.run is not None, 3000)
        assert told(service.tell_state) == service.state() and service.state()["zone"]
        await asyncio.sleep_ms(1000)
        state = told(service.tell_state)
        assert state == service.state() and state["contact"] is True and state["force_mn"] > 800

    run(script, {"press": PRESS})


def test_forces_are_told_from_a_number_on():
    ring = SampleRing()
    forces = [0, 1, -1, 1500, -32768, 32767, 255, 256] * 40
    for number, force_mn in enumerate(forces):
        ring.put(force_mn, 100 + number * 3)
    for since, first in ((0, 0), (300, 300), (319, 319), (320, 320), (10**6, 320)):
        reply = told(lambda out, since=since: tell_samples(ring, out, since))
        count = min(SAMPLES_MOST, 320 - first)
        assert (reply["first"], reply["next"], reply["lost"]) == (first, first + count, 0)
        assert reply["force"] == struct.pack("<%dh" % count, *forces[first : first + count])
        assert reply["t_ms"] == (100 + first * 3 if count else 0) and reply["dt_us"] == (
            3000 if count > 1 else 0
        )
