"""What the live view shows: the tool's state and its last forces, written with as little garbage as can be."""

from . import ids

SAMPLES_MOST = 200
_ALWAYS, _SESSION, _STEP = 16, 5, 11


def state(tool) -> dict:
    """What the tool is doing and what it feels (docs/wire.md, state)."""
    found = {}
    _tell(tool, found.__setitem__)
    return found


def tell_state(tool, out) -> None:
    """Write `state` as CBOR (smp.cbor.Writer)."""
    session = tool.session
    count = _ALWAYS
    if session is not None:
        count += _SESSION if session.run is None else _SESSION + _STEP
    out.map(count)
    _tell(tool, out.pair)


def _tell(tool, put) -> None:
    watch = tool.watch
    judge = watch.judge
    put("mode", ids.MODE_NAMES[tool.mode])
    put("t_ms", tool.clock.uptime_ms())
    put("force_mn", watch.force.force_mn)
    put("force_state", ids.FORCE_STATE_NAMES[ids.FAULT if watch.fault else judge.state])
    put("contact", judge.contact)
    put("cue", ids.CUE_NAMES[tool.player.cue])
    put("fault", ids.FAULT_NAMES[watch.fault or tool.fault])
    put("lo_mn", judge.lo_mn)
    put("hi_mn", judge.hi_mn)
    put("warn_mn", judge.warn_mn)
    put("limit_mn", judge.limit_mn)
    put("battery_pct", tool.battery_pct)
    put("usb_power", tool.usb_power)
    put("locked_by", tool.starter.refused or tool.symptoms.why())
    put("session", tool.journal.session)
    put("user", tool.chooser.slot or tool.starter.slot)
    session = tool.session
    if session is None:
        return
    put("session_ms", session.active_ms)
    put("session_max_ms", session.session_ms)
    put("steps", len(session.routine.steps))
    put("over_count", watch.tally.over_count)
    put("warn_count", watch.tally.warn_count)
    if session.run is not None:
        _tell_step(tool, session, put)


def _tell_step(tool, session, put) -> None:
    run = session.run
    put("step", run.number)
    put("zone", ids.ZONE_NAMES[run.step.zone])
    put("side", ids.SIDE_NAMES[run.step.side])
    put("point", run.step.point)
    put("press", run.presses)
    put("presses", run.step.presses)
    put("hold_done_ms", tool.watch.press_us // 1000)
    put("hold_goal_ms", run.goal_ms)
    put("zone_used_ms", session.zone_used_ms())
    put("zone_ms", run.limits.zone_ms)
    put("why", run.limits.mask())


def tell_samples(ring, out, since: int) -> None:
    """Write forces (little-endian, 16 bits, mN) from a sample number on as CBOR, as many as fit one reply."""
    first, following, lost, first_ms, last_ms = ring.since(since, SAMPLES_MOST)
    count = following - first
    out.map(6)
    out.pair("first", first)
    out.pair("next", following)
    out.pair("t_ms", first_ms)
    out.pair("dt_us", (last_ms - first_ms) * 1000 // (count - 1) if count > 1 else 0)
    out.text("force")
    at = out.skip_data(2 * count)
    buf = out.buf
    for number in range(first, following):
        force_mn = ring.at(number)
        buf[at] = force_mn & 0xFF
        buf[at + 1] = force_mn >> 8 & 0xFF
        at += 2
    out.pair("lost", lost)
