"""The live view's replies: the state as CBOR is the state, at rest, in a session and in a step; forces to the byte."""

import struct

from core.live_desk import SAMPLES_MOST, tell_samples
from core.rings import SAMPLES, SampleRing
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
        assert await until(lambda: tool.watch.force.force_mn > 800, 3000)
        state = told(service.tell_state)
        assert state == service.state() and state["contact"] is True and state["force_mn"] > 800

    run(script, {"press": PRESS})


def test_forces_are_told_from_a_number_on():
    ring = SampleRing()
    forces = [0, 1, -1, 1500, -32768, 32767, 255, 256] * 45
    for number, force_mn in enumerate(forces):
        ring.put(force_mn, 100 + number * 3)
    newest, oldest = len(forces), len(forces) - SAMPLES + 16
    for since in (0, oldest, newest - 20, newest - 1, newest, 10**6):
        reply = told(lambda out, since=since: tell_samples(ring, out, since))
        first = min(max(since, oldest), newest)
        count = min(SAMPLES_MOST, newest - first)
        assert (reply["first"], reply["next"], reply["lost"]) == (first, first + count, max(0, first - since))
        assert reply["force"] == struct.pack("<%dh" % count, *forces[first : first + count])
        assert reply["t_ms"] == (100 + first * 3 if count else 0) and reply["dt_us"] == (
            3000 if count > 1 else 0
        )
