"""Marks in DXF, STEP and STL: who got the copy can be read in it, and its geometry is what it was."""

import io
import struct
from pathlib import Path

import ezdxf
import numpy as np
import pytest
import trimesh

from matchmaker.domain.errors import FileRefused
from matchmaker.sandbox import file_probe, model_marks

STEP = Path(__file__).parents[2] / "files" / "plate.step"
WORDS = "ООО «Вал» · Anna Smith · 2026-11-29 · 0123abcd"


def marked(folder: Path, kind: str, content: bytes, words: str = WORDS) -> bytes:
    source, target = folder / f"a.{kind}", folder / f"b.{kind}"
    source.write_bytes(content)
    model_marks.mark(source, kind, words, target)
    assert file_probe.kind_of(target) == kind
    return target.read_bytes()


def drawing(version: str) -> bytes:
    made = ezdxf.new(version)
    made.modelspace().add_line((0, 0), (120, 40))
    made.modelspace().add_circle((5, 5), 45.5)
    made.modelspace().add_text("Shaft")
    written = io.StringIO()
    made.write(written)
    return written.getvalue().encode(made.output_encoding)


def entities(content: bytes) -> list[str]:
    found = ezdxf.read(io.StringIO(content.decode()))
    assert not found.audit().errors
    return [f"{one.dxftype()} {sorted(map(str, one.dxfattribs().items()))}" for one in found.modelspace()]


@pytest.mark.parametrize("version", ["R12", "R2000", "R2018"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_dxf_has_the_same_entities(tmp_path: Path, version: str, end: bytes) -> None:
    plain = drawing(version).replace(b"\r\n", b"\n").replace(b"\n", end)
    copy = marked(tmp_path, "dxf", plain)
    assert copy.endswith(plain)
    assert entities(copy) == entities(plain)
    assert b"Anna Smith" in copy
    assert b"\\U+041E" in copy.split(b"SECTION")[0]


def test_a_long_mark_of_a_dxf_is_several_comments(tmp_path: Path) -> None:
    copy = marked(tmp_path, "dxf", drawing("R2018"), "Ж" * 300)
    comment = copy[: copy.index(b"SECTION")].split(b"\n")
    assert max(map(len, comment)) <= 200
    assert entities(copy) == entities(drawing("R2018"))


def test_a_binary_dxf_is_held_back(tmp_path: Path) -> None:
    (tmp_path / "a.dxf").write_bytes(b"AutoCAD Binary DXF\r\n\x1a\x00" + bytes(100))
    with pytest.raises(FileRefused, match="binary DXF"):
        model_marks.mark(tmp_path / "a.dxf", "dxf", WORDS, tmp_path / "b.dxf")


def test_a_step_differs_in_a_comment_of_plain_characters_only(tmp_path: Path) -> None:
    plain = STEP.read_bytes()
    copy = marked(tmp_path, "step", plain, f"{WORDS} */ DATA; /*")
    begin, rest = copy.split(b"/*", 1)
    comment, after = rest.split(b"*/", 1)
    assert begin.rstrip() + after == plain
    assert (comment.isascii(), b"Anna Smith" in comment, b"\\X2\\041E041E041E\\X0\\" in comment) == (
        True,
        True,
        True,
    )


def test_a_step_has_the_same_body(tmp_path: Path) -> None:
    marked(tmp_path, "step", STEP.read_bytes())
    looked = []
    for name in ("a.step", "b.step"):
        (tmp_path / name[0]).mkdir()
        looked.append(file_probe.probe(tmp_path / name, tmp_path / name[0]))
    assert looked[0].sides_mm == (420.0, 80.0, 12.0)
    assert (looked[0].sides_mm, looked[0].volume_mm3) == (looked[1].sides_mm, looked[1].volume_mm3)


@pytest.mark.parametrize("kind", ["stl", "stl_ascii"])
def test_an_stl_has_the_same_triangles(tmp_path: Path, kind: str) -> None:
    ring = trimesh.creation.annulus(r_min=10, r_max=30, height=12)
    plain = ring.export(file_type=kind)
    content = plain if isinstance(plain, bytes) else plain.encode()
    copy = marked(tmp_path, "stl", content)
    before, after = (trimesh.load(io.BytesIO(one), file_type="stl", process=False) for one in (content, copy))
    assert np.array_equal(before.triangles, after.triangles)
    # The need and the day stand first, since a header is short.
    assert b"0123abcd" in copy[:30]
    assert b"2026-11-29" in copy[:40]
    assert b"Anna Smith" in copy[:120]
    if kind == "stl":
        assert (len(copy), copy[80:]) == (len(content), content[80:])


def test_colours_in_the_header_of_an_stl_stay(tmp_path: Path) -> None:
    header = b"COLOR=\x10\x20\x30\xff".rjust(70).ljust(80)
    content = header + struct.pack("<I", 1) + bytes(50)
    copy = marked(tmp_path, "stl", content)
    assert b"COLOR=\x10\x20\x30\xff" in copy[:80]
    assert b"0123abcd" in copy[:80]
    assert len(copy) == len(content)
