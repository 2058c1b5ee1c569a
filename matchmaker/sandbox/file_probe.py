"""The kind, previews, sizes and words of a stranger's file.

Runs only in the process that opens strangers' files, see `matchmaker.sandbox.child_process`.
"""

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matchmaker.domain.errors import FileRefused
from matchmaker.domain.language import N_
from matchmaker.sandbox import file_counts

PAGES = 5  # pages of a PDF that are shown before it is downloaded
WORDY_PAGES = 60  # pages of a PDF whose text is read
WORDS = 8_000  # characters of a drawing's text that are stored
MOST_PREVIEWED = 2_000  # pages of a PDF of which the first are shown
MOST_LETTERED = 500  # texts of a DXF that are drawn letter by letter; more are drawn as bars
HATCHED_SECONDS = 1.0  # for the hatching of one area
PREVIEW_SIDE = 1_200
MIN_STL = 84
CAD_HINT = N_("A STEP model cannot be read here: install matchmaker[cad], or send STL, DXF or PDF.")
DWG_HINT = N_(
    "A DWG file cannot be read here. In the drawing program choose “Save as” and DXF, or print it to PDF, and send that."
)
KINDS = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "heic": "image/heic",
    "dxf": "image/vnd.dxf",
    "stl": "model/stl",
    "step": "model/step",
}
PHOTOS = "PNG, JPEG, WebP, HEIC"
PICTURES = frozenset({"png", "jpg", "webp", "heic"})
# What the end of a name claims.
KIND_OF_SUFFIX = {
    **{f".{kind}": kind for kind in KINDS.keys() - {"webp", "heic"}},  # telephones rename what they convert
    ".jpeg": "jpg",
    ".stp": "step",
    ".dwg": "dwg",
}


@dataclass(frozen=True, slots=True)
class FileInfo:
    """The facts about a file: its kind, previews (PNG or SVG files in the folder given), pages, and geometry
    in mm and mm³.

    `sides_mm` are those of the box around it, largest first; `round_mm` diameter and length of a round part;
    `thickness_mm` that of a sheet; `unit_known` whether the file states its unit; `words` the text of a
    drawing.
    """

    kind: str
    previews: tuple[str, ...] = ()
    pages: int | None = None
    sides_mm: tuple[float, ...] = ()
    volume_mm3: float | None = None
    unit_known: bool = True
    round_mm: tuple[float, ...] = ()
    thickness_mm: float | None = None
    words: str = ""


_MAGIC = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"ISO-10303-21", "step"),
    (b"AutoCAD Binary DXF", "dxf"),
    (b"AC10", "dwg"),
)
_HEIC = frozenset({b"heic", b"heix", b"heim", b"heis"})


def kind_of(path: Path) -> str | None:
    """The kind by content; the name does not count."""
    with path.open("rb") as stream:
        head = stream.read(1024)
    found = next((kind for magic, kind in _MAGIC if head.lstrip().startswith(magic)), None)
    if found is None:
        found = _telephone_kind(head)
    if found is None and b"SECTION" in head:
        found = "dxf"
    triangles = int.from_bytes(head[80:84], "little") if len(head) >= MIN_STL else 0
    binary = triangles and path.stat().st_size == MIN_STL + 50 * triangles
    if found is None and (binary or (head.lstrip().startswith(b"solid") and b"facet" in head)):
        found = "stl"
    return found


def _telephone_kind(head: bytes) -> str | None:
    """WebP, or HEIC by the brands that its first box names (ISO 23008-12, annex B)."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] != b"ftyp":
        return None
    box = head[8 : int.from_bytes(head[:4])]
    return "heic" if any(box[at : at + 4] in _HEIC for at in range(0, len(box), 4)) else None


def photo_kind(path: Path) -> str | None:
    """The kind of a photo by content, as telephones and cameras make them; None for what is none."""
    kind = kind_of(path)
    return kind if kind in PICTURES else None


def probe(path: Path, folder: Path) -> FileInfo:
    kind = kind_of(path)
    if kind == "dwg":
        raise FileRefused(DWG_HINT)
    if kind is None:
        raise FileRefused(
            N_("There is no preview of this kind of file; there is one of %(kinds)s."),
            kinds="PDF, PNG, JPEG, WebP, HEIC, DXF, STL, STEP",
        )
    if kind == "pdf":
        return _pdf(path, folder)
    if kind in PICTURES:
        return _image(path, kind, folder)
    return _dxf(path, folder) if kind == "dxf" else _model(path, kind, folder)


def _pdf(path: Path, folder: Path) -> FileInfo:
    with _opened(path) as document:
        if len(document) > MOST_PREVIEWED:
            message = N_("The PDF has %(pages)s pages; at most %(most)s are opened here. Send a part of it.")
            raise FileRefused(message, pages=len(document), most=MOST_PREVIEWED)
        previews: list[str] = []
        words: list[str] = []
        for number in range(min(len(document), PAGES)):
            page = document[number]
            words.append(page.get_textpage().get_text_bounded()[:WORDS])
            scale = PREVIEW_SIDE / max(*page.get_size(), 1.0)
            name = f"{path.name}-{number + 1}.png"
            page.render(scale=min(scale, 4.0)).to_pil().convert("RGB").save(folder / name)
            previews.append(name)
        return FileInfo("pdf", tuple(previews), pages=len(document), words=_clean("\n".join(words)))


def _opened(path: Path) -> Any:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise FileRefused(N_("The PDF is protected by a password; send it without one.")) from None
        raise


def words_of(path: Path) -> str:
    if kind_of(path) != "pdf":
        raise FileRefused(N_("This file is none of: %(kinds)s."), kinds="PDF")
    with _opened(path) as document:
        if len(document) > WORDY_PAGES:
            raise FileRefused(
                N_("The PDF has more than %(most)s pages; send a part of it."), most=WORDY_PAGES
            )
        pages = [document[number].get_textpage().get_text_bounded() for number in range(len(document))]
    text = "\n".join(pages).replace("\x00", "")
    if not text.strip():
        raise FileRefused(N_("The PDF holds pictures and no text; send a workbook, or paste the text."))
    return text


def _image(path: Path, kind: str, folder: Path) -> FileInfo:
    from PIL import ImageOps

    with file_counts.picture(path) as image:
        image.draft("RGB", (PREVIEW_SIDE, PREVIEW_SIDE))
        name = f"{path.name}-1.png"
        small = ImageOps.exif_transpose(image).convert("RGB")
        small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
        small.save(folder / name)
    return FileInfo(kind, (name,), pages=1)


def _dxf(path: Path, folder: Path) -> FileInfo:
    from ezdxf import bbox, recover, units
    from ezdxf.addons.drawing import layout, svg
    from ezdxf.addons.drawing.frontend import Frontend
    from ezdxf.addons.drawing.properties import RenderContext
    from ezdxf.enums import InsertUnits

    file_counts.check_dxf(path)
    document, auditor = recover.readfile(path)
    space = document.modelspace()
    if auditor.has_errors or not len(space):
        raise FileRefused(N_("The drawing is empty or damaged."))
    texts = file_counts.check_drawn(document)
    box = bbox.extents(space)
    known = int(document.header.get("$INSUNITS", 0))
    factor = float(units.conversion_factor(InsertUnits(known), InsertUnits.Millimeters)) if known else 1.0
    backend = svg.SVGBackend()
    Frontend(RenderContext(document), backend, config=_drawn(lettered=texts <= MOST_LETTERED)).draw_layout(
        space
    )
    name = f"{path.name}-1.svg"
    page = layout.Page(0, 0, layout.Units.mm, max_width=300, max_height=300)
    (folder / name).write_text(backend.get_string(page), encoding="utf-8")
    sides = (
        sorted((round(side * factor, 2) for side in box.size if side > 0), reverse=True)
        if box.has_data
        else []
    )
    words = _clean("\n".join(_said(one) for one in space.query("TEXT MTEXT")))
    return FileInfo("dxf", (name,), pages=1, sides_mm=tuple(sides), unit_known=bool(known), words=words)


def _drawn(*, lettered: bool) -> Any:
    """The way to draw: pictures that a drawing names by their place on the disk are never opened."""
    from ezdxf.addons.drawing.config import Configuration, ImagePolicy, TextPolicy

    return Configuration(
        text_policy=TextPolicy.FILLING if lettered else TextPolicy.REPLACE_RECT,
        image_policy=ImagePolicy.RECT,
        hatching_timeout=HATCHED_SECONDS,
    )


def _said(entity: Any) -> str:
    return str(entity.plain_text())


def _clean(text: str) -> str:
    """The words of a drawing without the characters that databases refuse."""
    lines = (
        " ".join(line.split())
        for line in re.sub("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]", " ", text).split("\n")
    )
    return "\n".join(filter(None, lines))[:WORDS]


def _model(path: Path, kind: str, folder: Path) -> FileInfo:
    import trimesh

    from matchmaker.sandbox import meshes

    file_counts.check_model(path, kind)
    if kind == "step":
        try:
            import cascadio
        except ImportError:
            raise FileRefused(CAD_HINT) from None
        glb = cascadio.load(path.read_bytes(), file_type="step")
        if not glb:
            raise FileRefused(N_("The model is empty or damaged."))
        loaded: Any = trimesh.load(trimesh.util.wrap_as_stream(glb), file_type="glb", force="mesh")
        loaded.merge_vertices()
        loaded.apply_scale(1000)  # the reader answers in metres
    else:
        loaded = trimesh.load(path, file_type="stl", force="mesh")
    if not len(getattr(loaded, "faces", ())):
        raise FileRefused(N_("The model is empty or damaged."))
    sides = tuple(sorted((round(float(side), 2) for side in loaded.extents), reverse=True))
    if not all(map(math.isfinite, sides)):
        raise FileRefused(N_("The model is empty or damaged."))
    name = f"{path.name}-1.png"
    meshes.draw(loaded, PREVIEW_SIDE // 2, folder / name)
    return FileInfo(
        kind,
        (name,),
        pages=1,
        sides_mm=sides,
        volume_mm3=meshes.volume(loaded),
        unit_known=kind == "step",
        round_mm=meshes.turned(loaded) or (),
        thickness_mm=meshes.thickness(loaded),
    )
