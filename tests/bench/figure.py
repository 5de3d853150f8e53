"""One measured number, its goal, and a peer's number from the same run where there is one."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """A measured number.

    Attributes:
        name: what was measured, unique among all figures.
        value: the number.
        unit: its unit ("s", "bytes", "us").
        goal: what it should be, as a person writes it ("<= 60").
        met: whether it is.
        peer: another way to do the same, measured in the same run; empty if there is none.
        peer_value: the peer's number, in the same unit.
    """

    name: str
    value: float
    unit: str
    goal: str
    met: bool
    peer: str = ""
    peer_value: float | None = None

    def as_json(self) -> dict[str, object]:
        """The figure as it stands in build/bench.json: without the peer's fields where there is no peer."""
        fields = asdict(self)
        if not self.peer:
            del fields["peer"], fields["peer_value"]
        return fields


def at_most(
    name: str, value: float, unit: str, limit: float, peer: str = "", peer_value: float | None = None
) -> Figure:
    """A figure that should not exceed a limit."""
    return Figure(name, value, unit, f"<= {limit:g}", value <= limit, peer, peer_value)


def at_least(
    name: str, value: float, unit: str, limit: float, peer: str = "", peer_value: float | None = None
) -> Figure:
    """A figure that should reach a limit."""
    return Figure(name, value, unit, f">= {limit:g}", value >= limit, peer, peer_value)
