"""Small helpers around CadQuery: turned parts, holes across the axis, boxes by their corners."""

from __future__ import annotations

import math

import cadquery as cq

POLE = 0.02
"""A turned part ends in a flat of this radius in mm: a mesh with a point on the axis is not watertight."""


def turned(points: list[tuple[float, float]]) -> cq.Workplane:
    """A body of revolution about z from its half section: (radius, z) in mm."""
    return cq.Workplane("XZ").polyline(points).close().revolve(360, (0, 0, 0), (0, 1, 0))


def rod(radius: float, low: float, high: float) -> cq.Workplane:
    """A cylinder about z."""
    return cq.Workplane("XY").workplane(offset=low).circle(radius).extrude(high - low)


def tube(outer: float, inner: float, low: float, high: float) -> cq.Workplane:
    """A ring about z, by its radii."""
    return cq.Workplane("XY").workplane(offset=low).circle(outer).circle(inner).extrude(high - low)


def box(x: tuple[float, float], y: tuple[float, float], z: tuple[float, float]) -> cq.Workplane:
    """A box by its lower and upper bounds."""
    size = [high - low for low, high in (x, y, z)]
    centre = tuple((low + high) / 2 for low, high in (x, y, z))
    return cq.Workplane("XY").box(*size).translate(centre)


def across(radius: float, z: float, degrees: float, span: tuple[float, float]) -> cq.Workplane:
    """A cylinder across the axis at a height, from one distance to another, in a direction of the xy plane."""
    low, high = span
    angle = math.radians(degrees)
    direction = cq.Vector(math.cos(angle), math.sin(angle), 0)
    return cq.Workplane(
        cq.Solid.makeCylinder(radius, high - low, direction * low + cq.Vector(0, 0, z), direction)
    )


def cone_across(radius: float, z: float, degrees: float, surface: float) -> cq.Workplane:
    """What a 90 degree countersink takes away, its wide end at a distance from the axis and 2 mm beyond."""
    angle = math.radians(degrees)
    direction = cq.Vector(math.cos(angle), math.sin(angle), 0)
    sunk = cq.Solid.makeCone(
        0.01, radius, radius, direction * (surface - radius) + cq.Vector(0, 0, z), direction
    )
    return cq.Workplane(sunk).union(across(radius, z, degrees, (surface, surface + 2)))
