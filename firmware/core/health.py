"""How the tool is: what it noted of itself since power-up and over its life. Loaded only while it is asked."""

from . import ids, wire


def report(tool) -> dict:
    """Everything a person or a desktop may want to know (docs/wire.md, health); only without contact."""
    found = {}
    _sensor(tool, found)
    _reaction(tool.watch, found)
    _watching(tool, found)
    _life(tool, found)
    _memory(tool, found)
    return found


def _sensor(tool, found: dict) -> None:
    watch = tool.watch
    force = watch.force
    found["rate_sps"] = tool.board.rate_sps
    found["rate_mhz"] = tool.vitals.rate_mhz
    found["zero_mn"] = ((force.zero - force.factory_zero) >> 4) * 1000 // force.slope16
    found["lo_mn"] = watch.judge.lo_mn
    found["hi_mn"] = watch.judge.hi_mn
    found["warn_mn"] = watch.judge.warn_mn
    found["limit_mn"] = watch.judge.limit_mn


def _reaction(watch, found: dict) -> None:
    """How long from a sample to the motor, in contact and without."""
    found["edges_us"] = list(wire.LATENCY_EDGES_US)
    found["contact"] = list(watch.latency_contact.buckets)
    found["contact_worst_us"] = watch.latency_contact.worst_us
    found["free"] = list(watch.latency_free.buckets)
    found["free_worst_us"] = watch.latency_free.worst_us


def _watching(tool, found: dict) -> None:
    found["blocks"] = tool.gaps.blocks
    found["block_worst_us"] = tool.gaps.block_worst_us
    found["faults"] = {ids.FAULT_NAMES[fault]: count for fault, count in tool.vitals.faults()}
    found["bus_errors"] = tool.watch.bus_errors_ever
    found["edges_missed"] = tool.watch.edges_missed
    found["events_lost"] = tool.watch.events.lost


def _life(tool, found: dict) -> None:
    counters = tool.counters
    resets = counters.lifetime("resets")
    found["resets"] = {ids.RESET_NAMES[cause]: count for cause, count in enumerate(resets) if count}
    found["over"] = counters.lifetime("over")
    found["cleanings"] = counters.lifetime("cleanings")
    found["uncleaned"] = max(0, tool.journal.last() - counters.lifetime("cleaned"))


def _memory(tool, found: dict) -> None:
    found["battery_mv"] = tool.battery_mv
    found["battery_pct"] = tool.battery_pct
    found["flash_free"], found["flash_size"] = tool.journal.space()
    found["sessions"] = tool.journal.count()
    found["unacknowledged"] = tool.journal.unacknowledged()
    found["heap_free"] = tool.gaps.free
