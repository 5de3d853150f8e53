"""Heights along the stem that follow from the parts' own heights: cell, button, pad, screw, washer, stem."""

from __future__ import annotations

from types import SimpleNamespace


def stack(d: SimpleNamespace) -> SimpleNamespace:
    """Heights in mm over the joint of nose and grip, from the cell up to the stem's front."""
    cell_top = d.cell_seat_z + d.cell_h
    button_top = cell_top + d.cell_button_h
    screw_rear = button_top + d.pad_h
    washer_rear = screw_rear + d.stem_screw_h
    stem_rear = washer_rear + d.washer_h
    half = d.stop_ring_d / 2
    cushion = d.tip_skirt_z - d.travel - half  # the rubber ring lies in a 45 degree cone
    return SimpleNamespace(
        cell_top=cell_top,
        button_top=button_top,
        screw_rear=screw_rear,
        washer_rear=washer_rear,
        stop_top=washer_rear - d.stop_gap,
        stem_rear=stem_rear,
        stem_front=stem_rear + d.stem_length,
        cushion_z=cushion,
        nose_floor=cushion - 2**0.5 * half - ((d.stop_ring_id + d.stop_ring_d) / 2 - d.nose_snout_r),
    )
