"""What a mesh tells: closed volume, round outlines, the thickness of sheet; and what it does not."""

from pathlib import Path
from typing import Any

import pytest
import trimesh

from matchmaker.sandbox import meshes, submitted_files


def bent(thickness: float) -> Any:
    """An angle of sheet: a base and an upright, in one body."""
    outline = [(0, 0), (100, 0), (100, thickness), (thickness, thickness), (thickness, 60), (0, 60)]
    points = [(x, y, z) for z in (0.0, 200.0) for x, y in outline]
    count = len(outline)
    sides = [(i, (i + 1) % count, (i + 1) % count + count, i + count) for i in range(count)]
    faces = [face for a, b, c, d in sides for face in ((a, b, c), (a, c, d))]
    cap = [(0, 3, 1), (1, 3, 2), (0, 4, 3), (0, 5, 4)]
    faces += cap + [(a + count, c + count, b + count) for a, b, c in cap]
    mesh = trimesh.Trimesh(points, faces)
    mesh.fix_normals()
    return mesh


def turned_square() -> Any:
    mesh = trimesh.creation.box((10, 10, 40))
    mesh.apply_transform(trimesh.transformations.rotation_matrix(0.785398, (0, 0, 1)))
    return mesh


def test_a_round_part_is_told_from_a_square_one() -> None:
    assert meshes.turned(trimesh.creation.cylinder(radius=22.5, height=320)) == (45, 320)
    assert meshes.turned(trimesh.creation.annulus(r_min=10, r_max=30, height=12)) == (60, 12)
    assert meshes.turned(trimesh.creation.box((45, 45, 320))) is None
    assert meshes.turned(turned_square()) is None


@pytest.mark.parametrize(
    ("mesh", "expected"),
    [
        (trimesh.creation.box((300, 200, 3)), 3),
        (bent(2), 2),
        (trimesh.creation.box((40, 40, 40)), None),
        (trimesh.creation.box((300, 200, 60)), None),
        (trimesh.creation.icosphere(radius=20), None),
    ],
)
def test_the_thickness_of_sheet_is_told_where_it_is_clear(mesh: Any, expected: float | None) -> None:
    assert meshes.thickness(mesh) == expected


def test_an_open_body_has_no_volume() -> None:
    box = trimesh.creation.box((10, 10, 10))
    assert meshes.volume(box) == 1000
    box.update_faces([True] * 10 + [False] * 2)
    assert meshes.volume(box) is None


def test_a_model_is_drawn(tmp_path: Path) -> None:
    trimesh.creation.annulus(r_min=10, r_max=30, height=12).export(tmp_path / "ring.stl")
    looked = submitted_files.look(tmp_path / "ring.stl", tmp_path)
    assert looked.round_mm == (60, 12)
    (preview,) = looked.previews
    assert (tmp_path / preview).read_bytes().startswith(b"\x89PNG")
