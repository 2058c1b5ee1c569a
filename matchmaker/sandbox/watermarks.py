"""Copies of files for others: marked with the person who asked for them, or a photo without the camera's
notes.

Runs only in the process that opens strangers' files, see `matchmaker.sandbox.child_process`.
"""

from pathlib import Path

from matchmaker.domain.errors import FileRefused
from matchmaker.domain.language import N_
from matchmaker.sandbox.file_probe import LARGEST_SIDE, kind_of

PHOTO_SIDE = 1_600


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


def photograph(path: Path, target: Path) -> None:
    from PIL import Image, ImageOps

    if kind_of(path) not in {"png", "jpg"}:
        raise FileRefused(N_("This file is none of: %(kinds)s."), kinds="PNG, JPEG")
    Image.MAX_IMAGE_PIXELS = LARGEST_SIDE * LARGEST_SIDE // 4
    with Image.open(path) as image:
        if max(image.size) > LARGEST_SIDE:
            raise FileRefused(N_("The picture is larger than %(most)s pixels."), most=LARGEST_SIDE)
        whole = ImageOps.exif_transpose(image).convert("RGB")
        whole.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
        plain = Image.frombytes("RGB", whole.size, whole.tobytes())  # the pixels only
        plain.save(target, format="JPEG", quality=85, optimize=True)
