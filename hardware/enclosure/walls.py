"""The thinnest wall of a mesh: rays from its surface inwards, to a face that looks the other way."""

from __future__ import annotations

import numpy as np

NEAR_MM = 8.0
"""Walls thicker than this are not looked for."""
OPPOSITE = -0.9
"""Two faces make a wall if their normals' product is below this: an edge, where faces meet at an angle, is none."""
SAMPLE_MM2 = 1.5


def thinnest(points: np.ndarray, indices: np.ndarray) -> float:
    """Thickness in mm of the thinnest wall; NEAR_MM if there is none below that."""
    corners = points[indices]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas = np.linalg.norm(normals, axis=1)
    kept = areas > 1e-9
    corners, normals, areas = corners[kept], normals[kept] / areas[kept, None], areas[kept] / 2
    least = NEAR_MM
    for triangle in range(len(corners)):
        starts = samples(corners[triangle], areas[triangle])
        least = min(least, nearest(starts, normals[triangle], corners, normals))
    return least


def samples(corners: np.ndarray, area: float) -> np.ndarray:
    """Points of a triangle: its middle, and more the larger it is (a fixed sequence, so that runs agree)."""
    count = min(1 + int(area / SAMPLE_MM2), 60)
    steps = np.arange(count)
    u, v = (0.5 + steps * 0.7548776662) % 1, (0.5 + steps * 0.5698402910) % 1
    flipped = u + v > 1
    u[flipped], v[flipped] = 1 - u[flipped], 1 - v[flipped]
    u[0] = v[0] = 1 / 3
    return corners[0] + u[:, None] * (corners[1] - corners[0]) + v[:, None] * (corners[2] - corners[0])


def nearest(starts: np.ndarray, normal: np.ndarray, corners: np.ndarray, normals: np.ndarray) -> float:
    """Least way from points inwards (against their normal) to a triangle that looks the other way."""
    facing = normals @ normal < OPPOSITE
    depth = (corners[:, 0] - starts[0]) @ -normal
    facing &= np.min(np.abs((corners - starts[0]) @ normal), axis=1) < NEAR_MM + 2
    if not facing.any():
        return NEAR_MM
    first, edge1, edge2 = corners[facing, 0], *(corners[facing, i] - corners[facing, 0] for i in (1, 2))
    del depth
    direction = -normal
    cross = np.cross(direction, edge2)
    determinant = np.einsum("ij,ij->i", edge1, cross)
    least = NEAR_MM
    for start in starts:
        offset = start - first
        u = np.einsum("ij,ij->i", offset, cross) / determinant
        across = np.cross(offset, edge1)
        v = across @ direction / determinant
        way = np.einsum("ij,ij->i", edge2, across) / determinant
        hit = (u >= 0) & (v >= 0) & (u + v <= 1) & (way > 1e-3)
        if hit.any():
            least = min(least, float(way[hit].min()))
    return least
