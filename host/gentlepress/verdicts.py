"""What a tool's health means: a verdict and an advice for each line, by the rules of docs/health.md."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gentlepress.tool_health import Health

OK = "ok"
LOOK = "look"
BAD = "bad"
RANK = (OK, LOOK, BAD)

SESSION_BYTES = 2 * 4096
RESERVE_BYTES = 24 * 1024

Judged = tuple[str, str, str]


@dataclass(frozen=True)
class Line:
    """One line of the page: what it is about, its verdict, the figures in words, and what to do (may be empty)."""

    name: str
    verdict: str
    text: str
    advice: str


@dataclass(frozen=True)
class Rule:
    """When a line is worth a look and when it is bad, in words, and the function that judges."""

    look: str
    bad: str
    judge: Callable[[Health], Judged]


def judge(health: Health) -> list[Line]:
    """All lines of the page.

    Args:
        health: what the tool said.
    """
    return [Line(name, *rule.judge(health)) for name, rule in RULES.items()]


def worst(lines: list[Line]) -> str:
    """The worst verdict of some lines.

    Args:
        lines: at least one.
    """
    return max((line.verdict for line in lines), key=RANK.index)


def _graded(value: float, look: float, bad: float) -> str:
    return BAD if value > bad else LOOK if value > look else OK


def _rate(health: Health) -> Judged:
    if not health.rate_mhz or not health.rate_sps:
        return LOOK, "not measured yet", "Leave the tool awake for ten seconds and ask again."
    off = health.rate_mhz / (10 * health.rate_sps) - 100
    within = "within" if abs(off) <= 3 else "not within"
    text = f"{health.rate_mhz / 1000:.1f} a second, set to {health.rate_sps} ({off:+.1f} %, {within} 3 %)"
    verdict = _graded(abs(off), 3, 6)
    return verdict, text, "" if verdict == OK else "Its converter is out of its tolerance: have it looked at."


def within_us(counts: tuple[int, ...], edges_us: tuple[int, ...], permille: int) -> int | None:
    """The bound under which so many of a thousand lie; None where that is the last class, which has none.

    Args:
        counts: of each class.
        edges_us: upper bounds of all classes but the last.
        permille: how many of a thousand.
    """
    wanted = sum(counts) * permille / 1000
    for at, edge_us in enumerate(edges_us):
        if sum(counts[: at + 1]) >= wanted:
            return edge_us
    return None


def _reaction(health: Health) -> Judged:
    total = sum(health.contact)
    if not total:
        return OK, "nothing pressed since power-up", ""
    half, most = (within_us(health.contact, health.edges_us, permille) for permille in (500, 990))
    worst_us = health.contact_worst_us
    verdict = LOOK if most is None or most > 1500 or worst_us > 5000 else OK
    verdict = BAD if worst_us > 25_000 else verdict
    text = f"half within {_us(half)}, 99 % within {_us(most)}, worst {_us(worst_us)}"
    return (
        verdict,
        text,
        "" if verdict == OK else "Alerts come late: restart the tool; if it stays, report it.",
    )


def _us(us: int | None) -> str:
    return "?" if us is None else f"{us / 1000:.1f} ms"


def _zero(health: Health) -> Judged:
    verdict = _graded(abs(health.zero_mn), 100, 140)
    advice = "Take all load off the tip; if it stays, the cell was overloaded: calibrate or replace it."
    text = f"{abs(health.zero_mn)} mN from the factory zero (150 at most)"
    return verdict, text, "" if verdict == OK else advice


def _limits(health: Health) -> Judged:
    low, high, warn, limit = (
        mn / 1000 for mn in (health.lo_mn, health.hi_mn, health.warn_mn, health.limit_mn)
    )
    return OK, f"target {low:.2f}-{high:.2f} N, warn {warn:.2f} N, limit {limit:.2f} N", ""


def _blackout(health: Health) -> Judged:
    if not health.blocks:
        return OK, "none since power-up", ""
    worst_ms = health.block_worst_us / 1000
    verdict = _graded(worst_ms, 90, 500)
    advice = "Its memory is slow: copy the sessions; if it stays, have it looked at."
    text = f"{worst_ms:.1f} ms the longest of {health.blocks}, tip away and motor off"
    return verdict, text, "" if verdict == OK else advice


def _faults(health: Health) -> Judged:
    if not health.faults:
        return OK, "none since power-up", ""
    verdict = BAD if max(health.faults.values()) >= 5 else LOOK
    return verdict, _counted(health.faults), "See which part it is: gentlepress selftest"


def _bus(health: Health) -> Judged:
    text = f"{health.bus_errors} failed transfers, {health.edges_missed} missed edges since power-up"
    verdict = _graded(health.bus_errors, 10, 1000)
    return verdict, text, "" if verdict == OK else "Have the sensor's wires and plugs looked at."


def _events(health: Health) -> Judged:
    if not health.events_lost:
        return OK, "none lost in the last session", ""
    return (
        LOOK,
        f"{health.events_lost} lost in the last session",
        "Its times are right, its events are not all there.",
    )


def _starts(health: Health) -> Judged:
    total = sum(health.resets.values())
    wrong = health.resets.get("watchdog", 0) + health.resets.get("broken_task", 0)
    if not wrong:
        return OK, _counted(health.resets) or "none counted", ""
    verdict = BAD if wrong > 1 and wrong * 10 > total else LOOK
    return verdict, _counted(health.resets), "The firmware hung or broke off: update it, and report it."


def _battery(health: Health) -> Judged:
    pct = health.battery_pct
    verdict = BAD if pct < 20 else LOOK if pct < 30 else OK
    text = f"{pct} %, {health.battery_mv / 1000:.2f} V"
    return verdict, text, "" if verdict == OK else "Charge it; below 20 % no session begins."


def _memory(health: Health) -> Judged:
    room = max(0, (health.flash_free - RESERVE_BYTES) // SESSION_BYTES)
    verdict = BAD if health.flash_free < RESERVE_BYTES else LOOK if room < 20 else OK
    text = (
        f"{health.flash_free // 1024} of {health.flash_size // 1024} KB free, {_sessions(health.sessions)}, "
        f"room for about {room} more"
    )
    return verdict, text, "" if verdict == OK else "Copy the sessions with every desktop: gentlepress sync"


def _uncopied(health: Health) -> Judged:
    verdict = _graded(health.unacknowledged, 20, float("inf"))
    return (
        verdict,
        _sessions(health.unacknowledged),
        "" if verdict == OK else "Copy them: gentlepress sync",
    )


def _ram(health: Health) -> Judged:
    free_kb = health.heap_free / 1024
    verdict = BAD if free_kb < 16 else LOOK if free_kb < 32 else OK
    return (
        verdict,
        f"{free_kb:.1f} KB free",
        "" if verdict == OK else "Restart the tool; if it stays, report it.",
    )


def _limit_events(health: Health) -> Judged:
    return OK, f"{health.over} in the tool's life", ""


def _cleaning(health: Health) -> Judged:
    verdict = _graded(health.uncleaned, 0, 5)
    text = f"{health.cleanings} in the tool's life, {_sessions(health.uncleaned)} since the last"
    return verdict, text, "" if verdict == OK else "Clean the tip, then: gentlepress clean"


def _sessions(count: int) -> str:
    return f"{count} session{'' if count == 1 else 's'}"


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())


RULES = {
    "sample rate": Rule("not measured yet, or more than 3 % off", "more than 6 % off", _rate),
    "reaction": Rule("99 % not within 1.5 ms, or one over 5 ms", "one over 25 ms", _reaction),
    "zero": Rule("more than 100 mN from the factory zero", "more than 140 mN", _zero),
    "limits now": Rule("", "", _limits),
    "blackout": Rule("longer than 90 ms", "longer than 500 ms", _blackout),
    "faults": Rule("any since power-up", "the same one five times", _faults),
    "bus": Rule("more than 10 failed transfers", "more than 1000", _bus),
    "events": Rule("any lost in the last session", "", _events),
    "starts": Rule("any by the watchdog or a broken task", "two, and more than one in ten", _starts),
    "limit events": Rule("", "", _limit_events),
    "battery": Rule("under 30 %", "under 20 %: no session begins", _battery),
    "memory": Rule("room for less than 20 sessions", "room for none", _memory),
    "not copied": Rule("more than 20 sessions", "", _uncopied),
    "RAM": Rule("less than 32 KB free", "less than 16 KB", _ram),
    "cleaning": Rule("a session since the last one", "more than five", _cleaning),
}
"""In the order of the page; the words are those of docs/health.md."""
