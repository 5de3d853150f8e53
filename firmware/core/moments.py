"""Moments of the over-use counters: `[unix_s or 0, power-up number, running seconds of the tool's life]`.

The running time of a life adds up over power-ups and stands still while the power is off, so two moments are never
closer together than it says.
"""

import json

DRIFT_S = 2


def date(moment: list, boot: int, told_s: int, life_s: int) -> bool:
    """Date a moment of this power-up, or an undated one of another, as late as it can have been.

    Args:
        moment: the moment.
        boot: number of this power-up.
        told_s: the latest time that the clock may have.
        life_s: running time of the tool's life.

    Returns whether it changed.
    """
    if moment[1] != boot and moment[0]:
        return False
    unix_s = told_s - max(0, life_s - moment[2])
    if abs(unix_s - moment[0]) < DRIFT_S:
        return False
    moment[0] = unix_s
    return True


def ran_s(moment, counters, clock) -> int:
    """Running seconds since a moment: the least that can have passed, whatever the clock says."""
    return max(0, counters.life_s(clock) - moment[2])


def elapsed_s(moment, counters, clock):
    """Seconds since a moment, or None when nobody can say.

    In the same power-up the running clock decides, whatever the clock was set to. For an earlier one the clock
    does, from what it was first set to; the running time since then is the least it can be.
    """
    ran = ran_s(moment, counters, clock)
    if moment[1] == counters.boots():
        return ran
    now_s = clock.dose_s()
    if not now_s:
        return None
    return max(ran, now_s - moment[0]) if moment[0] else ran


def parsed(payload):
    """The kept table, or None when there is none or it is not one."""
    if payload is None:
        return None
    try:
        data = json.loads(payload)
    except ValueError:
        return None
    return data if isinstance(data, dict) and isinstance(data.get("users"), dict) else None
