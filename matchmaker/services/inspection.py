"""Opening files that strangers send: in a process of its own with limits on memory and time, so that none of them can
harm the site. `python -m matchmaker.services.inspection look|stamp|photograph|words …` is that process; the functions of these names start
it.
"""

import json
import math
import re
import resource
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from matchmaker.domain.errors import FileRefused
from matchmaker.domain.language import N_

MEMORY = 2_000_000_000  # bytes of address space
SECONDS = 20  # of processor time; the wall clock gets half as much again
PAGES = 5  # pages of a PDF that are shown before it is downloaded
WORDY_PAGES = 60  # pages of a PDF that text is read from
WORDS = 8_000  # characters of a drawing's text that are kept
MOST_ENTITIES = 25_000  # of a DXF; each takes some 0.3 ms to read and to draw
LARGEST_SIDE = 20_000  # pixels
PREVIEW_SIDE = 1_200
PHOTO_SIDE = 1_600
MIN_STL = 84
CAD_HINT = N_("A STEP model cannot be read here: install matchmaker[cad], or send STL, DXF or PDF.")
DWG_HINT = N_(
    "A DWG file cannot be read here. In the drawing program choose “Save as” and DXF, or print it to PDF, and send that."
)
KINDS = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "dxf": "image/vnd.dxf",
    "stl": "model/stl",
    "step": "model/step",
}


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file is: its kind, previews (PNG or SVG files in the folder given), pages, and geometry in mm and mm³.

    `sides_mm` are those of the box around it, largest first; `round_mm` diameter and length of a round part; `thickness_mm`
    that of a sheet; `unit_known` whether the file says what its unit is; `words` the text that stands in a drawing.
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


def look(path: Path, folder: Path) -> Looked:
    """Find out what a file is and make its previews. Raises FileRefused."""
    whole: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in _run("look", str(path), str(folder)).items()
    }
    return Looked(**whole)


def stamp(path: Path, kind: str, words: str, target: Path) -> None:
    """Write a copy marked with `words` all over. Raises FileRefused."""
    _run("stamp", str(path), kind, words, str(target))


def photograph(path: Path, target: Path) -> None:
    """Write a photo as a JPEG of at most PHOTO_SIDE pixels, without what the camera noted of place and time.

    Raises FileRefused, also for what is no photo.
    """
    _run("photograph", str(path), str(target))


def words(path: Path) -> str:
    """The text of a PDF, a line a line of the page. Raises FileRefused, also where it holds pictures only."""
    return str(_run("words", str(path))["text"])


def _run(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "matchmaker.services.inspection", *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, arguments are paths that we made
            command, capture_output=True, timeout=SECONDS * 1.5, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise FileRefused(N_("The file takes too long to open; simplify it or send a PDF.")) from error
    last = done.stdout.decode("utf-8", "replace").strip().rpartition("\n")[2]
    if done.returncode or not last.startswith("{"):
        raise FileRefused(N_("The file is damaged or is not what its name says."))
    answer: dict[str, Any] = json.loads(last)
    if "refused" in answer:
        raise FileRefused(answer["refused"], **answer.get("params", {}))
    return answer


# What follows runs in the child.


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


_MAGIC = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"ISO-10303-21", "step"),
    (b"AutoCAD Binary DXF", "dxf"),
    (b"AC10", "dwg"),
)


def _kind(path: Path) -> str | None:
    """The kind by content; the name tells nothing."""
    with path.open("rb") as stream:
        head = stream.read(1024)
    found = next((kind for magic, kind in _MAGIC if head.lstrip().startswith(magic)), None)
    if found is None and b"SECTION" in head[:200]:
        found = "dxf"
    triangles = int.from_bytes(head[80:84], "little") if len(head) >= MIN_STL else 0
    binary = triangles and path.stat().st_size == MIN_STL + 50 * triangles
    if found is None and (binary or (head.lstrip().startswith(b"solid") and b"facet" in head)):
        found = "stl"
    return found


def _look(path: Path, folder: Path) -> Looked:
    kind = _kind(path)
    if kind == "dwg":
        raise FileRefused(DWG_HINT)
    if kind is None:
        raise FileRefused(N_("This file is none of: %(kinds)s."), kinds="PDF, PNG, JPEG, DXF, STL, STEP")
    if kind == "pdf":
        return _pdf(path, folder)
    if kind in {"png", "jpg"}:
        return _image(path, kind, folder)
    return _dxf(path, folder) if kind == "dxf" else _model(path, kind, folder)


def _pdf(path: Path, folder: Path) -> Looked:
    with _opened(path) as document:
        previews: list[str] = []
        words: list[str] = []
        for number in range(min(len(document), PAGES)):
            page = document[number]
            words.append(page.get_textpage().get_text_bounded()[:WORDS])
            scale = PREVIEW_SIDE / max(*page.get_size(), 1.0)
            name = f"{path.name}-{number + 1}.png"
            page.render(scale=min(scale, 4.0)).to_pil().convert("RGB").save(folder / name)
            previews.append(name)
        return Looked("pdf", tuple(previews), pages=len(document), words=_clean("\n".join(words)))


def _opened(path: Path) -> Any:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise FileRefused(N_("The PDF is protected by a password; send it without one.")) from None
        raise


def _words(path: Path) -> str:
    import pypdfium2

    if _kind(path) != "pdf":
        raise FileRefused(N_("This file is none of: %(kinds)s."), kinds="PDF")
    with pypdfium2.PdfDocument(path) as document:
        if len(document) > WORDY_PAGES:
            raise FileRefused(
                N_("The PDF has more than %(most)s pages; send a part of it."), most=WORDY_PAGES
            )
        pages = [document[number].get_textpage().get_text_bounded() for number in range(len(document))]
    text = "\n".join(pages).replace("\x00", "")
    if not text.strip():
        raise FileRefused(N_("The PDF holds pictures and no text; send a workbook, or paste the text."))
    return text


def _image(path: Path, kind: str, folder: Path) -> Looked:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = LARGEST_SIDE * LARGEST_SIDE // 4
    with Image.open(path) as image:
        if max(image.size) > LARGEST_SIDE:
            raise FileRefused(N_("The picture is larger than %(most)s pixels."), most=LARGEST_SIDE)
        name = f"{path.name}-1.png"
        small = image.convert("RGB")
        small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
        small.save(folder / name)
    return Looked(kind, (name,), pages=1)


_ENTITY = re.compile(rb"\n[ ]{0,4}0\r?\n[A-Z]")


def _dxf(path: Path, folder: Path) -> Looked:
    from ezdxf import bbox, recover, units
    from ezdxf.addons.drawing import layout, svg
    from ezdxf.addons.drawing.frontend import Frontend
    from ezdxf.addons.drawing.properties import RenderContext
    from ezdxf.enums import InsertUnits

    if len(_ENTITY.findall(path.read_bytes())) > MOST_ENTITIES:
        raise FileRefused(N_("The drawing has too many lines to be opened here; send a part of it or a PDF."))
    document, auditor = recover.readfile(path)
    space = document.modelspace()
    if auditor.has_errors or not len(space):
        raise FileRefused(N_("The drawing is empty or damaged."))
    box = bbox.extents(space)
    known = int(document.header.get("$INSUNITS", 0))
    factor = float(units.conversion_factor(InsertUnits(known), InsertUnits.Millimeters)) if known else 1.0
    backend = svg.SVGBackend()
    Frontend(RenderContext(document), backend).draw_layout(space)
    name = f"{path.name}-1.svg"
    page = layout.Page(0, 0, layout.Units.mm, max_width=300, max_height=300)
    (folder / name).write_text(backend.get_string(page), encoding="utf-8")
    sides = (
        sorted((round(side * factor, 2) for side in box.size if side > 0), reverse=True)
        if box.has_data
        else []
    )
    words = _clean("\n".join(_said(one) for one in space.query("TEXT MTEXT")))
    return Looked("dxf", (name,), pages=1, sides_mm=tuple(sides), unit_known=bool(known), words=words)


def _said(entity: Any) -> str:
    return str(entity.plain_text())


def _clean(text: str) -> str:
    """The words of a drawing without what no database takes."""
    lines = (
        " ".join(line.split())
        for line in re.sub("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]", " ", text).split("\n")
    )
    return "\n".join(filter(None, lines))[:WORDS]


def _model(path: Path, kind: str, folder: Path) -> Looked:
    import trimesh

    from matchmaker.services import solids

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
    solids.draw(loaded, PREVIEW_SIDE // 2, folder / name)
    return Looked(
        kind,
        (name,),
        pages=1,
        sides_mm=sides,
        volume_mm3=solids.volume(loaded),
        unit_known=kind == "step",
        round_mm=solids.turned(loaded) or (),
        thickness_mm=solids.thickness(loaded),
    )


def _marks(words: str) -> bytes:
    """One A4 page, transparent, with the words across it."""
    import typst

    source = (
        "#set page(width: 210mm, height: 297mm, margin: 0mm, fill: none)\n"
        '#let words = sys.inputs.words\n#set text(size: 13pt, fill: rgb("#80808066"))\n'
        "#for line in range(9) { place(top + left, dx: -10mm, dy: line * 36mm, rotate(-24deg, "
        "text(words + h(3em) + words + h(3em) + words))) }\n"
    )
    made = typst.compile(source.encode(), format="pdf", sys_inputs={"words": words}, ignore_system_fonts=True)
    return bytes(made)


def _stamp(path: Path, kind: str, words: str, target: Path) -> None:
    if kind == "pdf":
        _stamp_pdf(path, words, target)
    elif kind in {"png", "jpg"}:
        _stamp_image(path, kind, words, target)
    else:
        raise FileRefused


def _stamp_pdf(path: Path, words: str, target: Path) -> None:
    from io import BytesIO

    from pypdf import PdfReader, PdfWriter, Transformation

    mark = PdfReader(BytesIO(_marks(words))).pages[0]
    width, height = float(mark.mediabox.width), float(mark.mediabox.height)
    writer = PdfWriter(clone_from=str(path))
    for page in writer.pages:
        box = page.mediabox
        fitted = (
            Transformation()
            .scale(float(box.width) / width, float(box.height) / height)
            .translate(float(box.left), float(box.bottom))
        )
        page.merge_transformed_page(mark, fitted)
    writer.write(str(target))


def _stamp_image(path: Path, kind: str, words: str, target: Path) -> None:
    import pypdfium2
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = LARGEST_SIDE * LARGEST_SIDE // 4
    with Image.open(path) as image, pypdfium2.PdfDocument(_marks(words)) as marks:
        rendered = marks[0].render(scale=3, fill_color=(0, 0, 0, 0)).to_pil().convert("RGBA")
        whole = image.convert("RGBA")
        whole.alpha_composite(rendered.resize(whole.size))
        whole.convert("RGB").save(target, format="JPEG" if kind == "jpg" else "PNG")


def _photograph(path: Path, target: Path) -> None:
    from PIL import Image, ImageOps

    if _kind(path) not in {"png", "jpg"}:
        raise FileRefused(N_("This file is none of: %(kinds)s."), kinds="PNG, JPEG")
    Image.MAX_IMAGE_PIXELS = LARGEST_SIDE * LARGEST_SIDE // 4
    with Image.open(path) as image:
        if max(image.size) > LARGEST_SIDE:
            raise FileRefused(N_("The picture is larger than %(most)s pixels."), most=LARGEST_SIDE)
        whole = ImageOps.exif_transpose(image).convert("RGB")
        whole.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
        plain = Image.frombytes(
            "RGB", whole.size, whole.tobytes()
        )  # the pixels and nothing that came with them
        plain.save(target, format="JPEG", quality=85, optimize=True)


def main(arguments: list[str]) -> None:
    _limit()
    what, *rest = arguments
    try:
        if what == "look":
            answer: dict[str, Any] = asdict(_look(Path(rest[0]), Path(rest[1])))
        elif what == "photograph":
            _photograph(Path(rest[0]), Path(rest[1]))
            answer = {"written": True}
        elif what == "words":
            answer = {"text": _words(Path(rest[0]))}
        else:
            _stamp(Path(rest[0]), rest[1], rest[2], Path(rest[3]))
            answer = {"written": True}
    except FileRefused as error:
        answer = {"refused": error.template, "params": dict(error.params)}
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
