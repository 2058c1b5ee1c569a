"""The geometry of a model's mesh: volume, whether it is round, a sheet's thickness; and a picture of the
part.

Runs only in the process that opens strangers' files, see `matchmaker.sandbox.child_process`.
"""

import math
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

# Open edges of a mesh that the reader of STEP leaves at seams; beyond this share the body is not closed.
SEAMS = 0.01
# Two sides of a box that are one diameter, and how far vertices may lie outside of the circle.
ROUND = 0.005
SECTORS = 8  # of a turn, each of which a round part reaches and a turned square does not
# A sheet: most of its surface lies in pairs of parallel planes of one distance that is small beside the part.
SHEET_SHARE = 0.6
SHEET_SLENDER = 0.2
THICKEST_SHEET = 25.0  # mm
MOST_PLANES = 300
MOST_DRAWN = 150_000  # triangles; of a finer mesh every n-th is drawn
MOST_DIVIDED = 60_000
MARGIN = 12  # pixels
# The view is from a corner: the rows are the directions right, up and towards the eye.
_EYE = np.array([[-0.7071, 0.7071, 0.0], [-0.4082, -0.4082, 0.8165], [0.5774, 0.5774, 0.5774]])
_LIGHT = np.array([0.62, 0.25, 0.74])

Floats = npt.NDArray[np.float64]


def volume(mesh: Any) -> float | None:
    """The volume of a closed body in mm³; None where the mesh is open."""
    _, counts = np.unique(mesh.edges_sorted, axis=0, return_counts=True)
    if (counts != 2).mean() > SEAMS:
        return None
    found = float(mesh.volume)
    return round(found, 1) if math.isfinite(found) and found > 0 else None


def turned(mesh: Any) -> tuple[float, float] | None:
    """The diameter and length of a part whose outline is round about an axis of its box."""
    points: Floats = np.asarray(mesh.vertices, dtype=float)
    low, high = points.min(axis=0), points.max(axis=0)
    sides, middle = high - low, (low + high) / 2
    for axis in range(3):
        first, second = (side for side in range(3) if side != axis)
        diameter = max(sides[first], sides[second])
        if diameter <= 0 or abs(sides[first] - sides[second]) > ROUND * diameter:
            continue
        across, along = points[:, first] - middle[first], points[:, second] - middle[second]
        radius = np.hypot(across, along)
        rim = radius > diameter / 2 * (1 - 4 * ROUND)
        turn = np.floor((np.arctan2(along, across) / (2 * np.pi) + 0.5) * SECTORS).astype(int) % SECTORS
        if radius.max() <= diameter / 2 * (1 + 2 * ROUND) and len(set(turn[rim])) == SECTORS:
            return round(float(diameter), 2), round(float(sides[axis]), 2)
    return None


def thickness(mesh: Any) -> float | None:
    """The thickness of a part of sheet, flat or bent, in mm; None where it is not clear."""
    planes = _planes(mesh)
    weights: dict[float, float] = defaultdict(float)
    for normal, planes_of in planes.items():
        against = planes.get((-normal[0], -normal[1], -normal[2]), [])
        for offset, area in planes_of:
            apart = [(offset + other, size) for other, size in against if offset + other > 0.05]
            near = min(apart, default=None)
            if near is not None:
                weights[round(near[0], 1)] += min(area, near[1])
    if not weights:
        return None
    found, weight = max(weights.items(), key=lambda item: item[1])
    slender = found <= SHEET_SLENDER * sorted(mesh.extents)[1]
    return found if slender and found <= THICKEST_SHEET and weight >= SHEET_SHARE * mesh.area else None


def _planes(mesh: Any) -> dict[tuple[float, float, float], list[tuple[float, float]]]:
    """The largest planes of a mesh by their normal: the distance of each from the origin, and its area."""
    normals = np.round(np.asarray(mesh.face_normals), 2) + 0.0
    offsets = np.round((mesh.face_normals * mesh.triangles_center).sum(axis=1), 1)
    areas: dict[tuple[float, ...], float] = defaultdict(float)
    for key, area in zip(np.column_stack((normals, offsets)).tolist(), mesh.area_faces, strict=True):
        areas[tuple(key)] += float(area)
    found: dict[tuple[float, float, float], list[tuple[float, float]]] = defaultdict(list)
    for (x, y, z, offset), area in sorted(areas.items(), key=lambda item: -item[1])[:MOST_PLANES]:
        found[x, y, z].append((offset, area))
    return found


def draw(mesh: Any, side: int, target: Path) -> None:
    """Write a shaded picture of the part, seen from a corner, as a PNG of at most `side` pixels."""
    from PIL import Image, ImageDraw

    corners, normals = _facing(mesh)
    seen = corners @ _EYE.T
    low, high = seen[:, :, :2].min(axis=(0, 1)), seen[:, :, :2].max(axis=(0, 1))
    scale = (side - 2 * MARGIN) / max(float((high - low).max()), 1e-9)
    flat = (seen[:, :, :2] - low) * scale + MARGIN
    flat[:, :, 1] = flat[:, :, 1].max() + MARGIN - flat[:, :, 1]  # pictures count rows from above
    width, height = ((high - low) * scale + 2 * MARGIN).astype(int).tolist()
    picture = Image.new("RGB", (width, height), "#ffffff")
    pen = ImageDraw.Draw(picture)
    shades = (90 + 140 * np.clip(normals @ _LIGHT, 0, 1)).astype(int)
    for place in np.argsort(seen[:, :, 2].mean(axis=1)):
        shade = int(shades[place])
        pen.polygon([tuple(point) for point in flat[place].tolist()], fill=(shade - 40, shade - 12, shade))
    picture.save(target)


def _facing(mesh: Any) -> tuple[Floats, Floats]:
    """Triangles that face the eye, small enough to be painted in the order of their depth, with their normals."""
    import trimesh

    faces = mesh.faces[np.asarray(mesh.face_normals) @ _EYE[2] > 0]
    faces = faces[:: max(1, math.ceil(len(faces) / MOST_DRAWN))]
    if not len(faces):
        faces = mesh.faces[:MOST_DRAWN]
    if len(faces) <= MOST_DIVIDED:
        points, faces = trimesh.remesh.subdivide_to_size(  # type: ignore[no-untyped-call]
            mesh.vertices, faces, max_edge=float(max(mesh.extents)) / 16, max_iter=12
        )
    else:
        points = mesh.vertices
    corners: Floats = np.asarray(points, dtype=float)[faces]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return corners, across / np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-12)
