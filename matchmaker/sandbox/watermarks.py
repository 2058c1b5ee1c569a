"""Copies of files for others: marked with the person who asked for them, or a photo without the camera's
notes.

Runs only in the process that opens strangers' files, see `matchmaker.sandbox.child_process`.
"""

from pathlib import Path
from typing import Any

from matchmaker.domain.errors import FileRefused
from matchmaker.domain.language import N_
from matchmaker.sandbox import file_counts, model_marks
from matchmaker.sandbox.file_probe import PHOTOS, PICTURES, photo_kind

PHOTO_SIDE = 1_600
MOST_MARKED = 500  # pages of a PDF
_WRITTEN = {"png": "PNG", "webp": "WEBP"}  # copies of others are JPEG; nothing here writes HEIC
_MARK = "ReaderMark"  # the mark's name among the objects of a page


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


def stamp(path: Path, kind: str, words: str, target: Path) -> None:
    if kind == "pdf":
        _stamp_pdf(path, words, target)
    elif kind in PICTURES:
        _stamp_image(path, kind, words, target)
    elif kind in {"dxf", "step", "stl"}:
        model_marks.mark(path, kind, words, target)
    else:
        raise FileRefused


def _stamp_pdf(path: Path, words: str, target: Path) -> None:
    """Put one shared mark over every page; the pages' own content is not read, so that it cannot grow."""
    from io import BytesIO

    from pypdf import PdfReader, PdfWriter

    mark = PdfReader(BytesIO(_marks(words))).pages[0]
    writer = PdfWriter(clone_from=str(path))
    if len(writer.pages) > MOST_MARKED:
        message = N_(
            "A marked copy is made of at most %(most)s pages, and the PDF has %(pages)s: suppliers cannot open "
            "it. Send it in parts."
        )
        raise FileRefused(message, most=MOST_MARKED, pages=len(writer.pages))
    form = _form(writer, mark)
    begin = _content(writer, b"q\n")
    for page in writer.pages:
        _lay_over(writer, page, begin, form, (float(mark.mediabox.width), float(mark.mediabox.height)))
    writer.write(str(target))


def _form(writer: Any, mark: Any) -> Any:
    """The mark as one object of the document that all pages name."""
    from pypdf.generic import NameObject, StreamObject

    form = StreamObject()
    form.set_data(mark.get_contents().get_data())
    form[NameObject("/Type")] = NameObject("/XObject")
    form[NameObject("/Subtype")] = NameObject("/Form")
    form[NameObject("/BBox")] = mark.mediabox.clone(writer)
    form[NameObject("/Resources")] = mark["/Resources"].get_object().clone(writer)
    return writer._add_object(form.flate_encode())  # noqa: SLF001 - the library's way to add an object


def _content(writer: Any, drawn: bytes) -> Any:
    from pypdf.generic import StreamObject

    stream = StreamObject()
    stream.set_data(drawn)
    return writer._add_object(stream)  # noqa: SLF001 - as above


def _lay_over(writer: Any, page: Any, begin: Any, form: Any, size: tuple[float, float]) -> None:
    from pypdf.generic import ArrayObject, DictionaryObject, NameObject

    box = page.mediabox
    across, up = float(box.width) / size[0], float(box.height) / size[1]
    drawn = (
        f"\nQ q {across:.6f} 0 0 {up:.6f} {float(box.left):.3f} {float(box.bottom):.3f} cm /{_MARK} Do Q\n"
    )
    resources = DictionaryObject(page.get("/Resources", DictionaryObject()).get_object())
    objects = DictionaryObject(resources.get("/XObject", DictionaryObject()).get_object())
    objects[NameObject(f"/{_MARK}")] = form
    resources[NameObject("/XObject")] = objects
    page[NameObject("/Resources")] = resources
    present = page.get("/Contents")
    parts = present.get_object() if present is not None else ArrayObject()
    own = list(parts) if isinstance(parts, ArrayObject) else [page.raw_get("/Contents")]
    page[NameObject("/Contents")] = ArrayObject([begin, *own, _content(writer, drawn.encode())])


def _stamp_image(path: Path, kind: str, words: str, target: Path) -> None:
    import pypdfium2
    from PIL import ImageOps

    with file_counts.picture(path) as image, pypdfium2.PdfDocument(_marks(words)) as marks:
        rendered = marks[0].render(scale=3, fill_color=(0, 0, 0, 0)).to_pil().convert("RGBA")
        whole = ImageOps.exif_transpose(image).convert("RGBA")
        whole.alpha_composite(rendered.resize(whole.size))
        whole.convert("RGB").save(target, format=_WRITTEN.get(kind, "JPEG"))


def photograph(path: Path, target: Path) -> None:
    from PIL import Image, ImageOps

    if photo_kind(path) is None:
        raise FileRefused(N_("This file is none of: %(kinds)s."), kinds=PHOTOS)
    with file_counts.picture(path) as image:
        image.draft("RGB", (PHOTO_SIDE, PHOTO_SIDE))
        whole = ImageOps.exif_transpose(image).convert("RGB")
        whole.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
        plain = Image.frombytes("RGB", whole.size, whole.tobytes())  # the pixels only
        plain.save(target, format="JPEG", quality=85, optimize=True)
