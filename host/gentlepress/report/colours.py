"""Colours of the zones, the same in chart, page and live view."""

from __future__ import annotations

from gentlepress.firmware.core import ids

# Dark tones of the colours that the tool's light shows (core/patterns.py); each zone is also named in words.
ZONE_COLOURS = {
    ids.FOREHEAD: "#1f5fc4",
    ids.CROWS_FEET: "#8a3fb0",
    ids.SMILE_LINES: "#1b9e9a",
    ids.CHEEKS: "#3b7d23",
    ids.JAWLINE: "#3f87b3",
    ids.NECK: "#b8397f",
}
OTHER_ZONE = "#6b6b6b"


def colour(zone: int) -> str:
    """The colour that stands for a zone.

    Args:
        zone: its id.
    """
    return ZONE_COLOURS.get(zone, OTHER_ZONE)
