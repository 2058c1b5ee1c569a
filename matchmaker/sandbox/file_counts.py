"""What a file would grow to, counted before it is unpacked, drawn or built.

Runs only in the process that opens strangers' files, see `matchmaker.sandbox.child_process`.
"""

import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from matchmaker.domain.errors import FileRefused
from matchmaker.domain.language import N_
from matchmaker.sandbox.child_process import DAMAGED

MOST_ENTITIES = 25_000  # of a DXF as written; each takes some 0.1 ms to read
MOST_DRAWN = 15_000  # of a DXF, arrays and nested blocks multiplied out; each takes some 0.25 ms to draw
DEEPEST = 20  # blocks within blocks
MOST_STEP_ENTITIES = 60_000
MOST_TRIANGLES = 400_000
LARGEST_SIDE = 20_000  # pixels
MOST_PIXELS = 100_000_000
MOST_ENTRIES = 2_000  # of an archive
LAST_COLUMN = 2_000  # of a sheet
_PER_ROW = 10  # cells, of the smallest rectangle around the filled cells of a sheet
_UNPACKED_PER_ROW = 1_000  # bytes


@dataclass(frozen=True, slots=True)
class SheetLimits:
    """The largest workbook that is opened: its last row, the cells of the smallest rectangle around the filled ones of a sheet,
    the bytes that it may unpack to; parts in which no rows stand, such as pictures, have OTHER_PARTS of them. `setting` moves them.
    """

    rows: int = 200_000
    cells: int = 5_000_000
    unpacked: int = 50_000_000
    setting: str = ""


SMALL = SheetLimits()
OTHER_PARTS = SMALL.unpacked
_OF_ROWS = re.compile(r"worksheets/|sharedStrings|^content\.xml$")


def of_list(rows: int) -> SheetLimits:
    """The limits of a list of at most so many rows."""
    return SheetLimits(rows, rows * _PER_ROW, rows * _UNPACKED_PER_ROW, "MATCHMAKER_LIST_ROWS")


TOO_CROWDED = N_("The drawing has too many lines to be opened here; send a part of it or a PDF.")
BAD_ARCHIVE = N_("The archive is built to mislead: its parts overlap, or lead outside of it.")
_ENTITY = re.compile(rb"\n[ ]{0,4}0\r?\n[A-Z]")
_STEP_ENTITY = re.compile(rb"#\d+\s*=")
_TEXTS = frozenset({"TEXT", "MTEXT", "ATTRIB", "DIMENSION", "MULTILEADER", "ACAD_TABLE"})


def check_dxf(path: Path) -> None:
    """Raises FileRefused for a DXF of too many entities as written."""
    if len(_ENTITY.findall(path.read_bytes())) > MOST_ENTITIES:
        raise FileRefused(TOO_CROWDED)


def check_drawn(document: Any) -> int:
    """The number of texts that a drawing shows. Raises FileRefused where arrays and nested blocks draw too much."""
    sizes: dict[str, tuple[int, int]] = {}
    drawn, texts = _grown(document, document.modelspace(), sizes, ())
    if drawn > MOST_DRAWN:
        raise FileRefused(TOO_CROWDED)
    return texts


def _grown(
    document: Any, entities: Any, sizes: dict[str, tuple[int, int]], within: Sequence[str]
) -> tuple[int, int]:
    """The entities and texts that a block draws, those of its inner blocks included."""
    if len(within) > DEEPEST:
        raise FileRefused(TOO_CROWDED)
    drawn = texts = 0
    for one in entities:
        kind = one.dxftype()
        drawn, texts = drawn + 1 + len(getattr(one, "attribs", ())), texts + (kind in _TEXTS)
        names_block = "name" if kind == "INSERT" else "geometry"
        name = one.dxf.get(names_block, "") if one.dxf.is_supported(names_block) else ""
        if not name or name not in document.blocks:
            continue
        if name in within:
            raise FileRefused(N_("A block of the drawing contains itself."))
        if name not in sizes:
            sizes[name] = _grown(document, document.blocks.get(name), sizes, (*within, name))
        inner = sizes[name]
        times = _times(one) if kind == "INSERT" else 1
        drawn, texts = drawn + times * max(inner[0], 1), texts + times * inner[1]
    return drawn, texts


def _times(insert: Any) -> int:
    """The copies of an array."""
    rows, columns = int(insert.dxf.get("row_count", 1)), int(insert.dxf.get("column_count", 1))
    return max(rows, 1) * max(columns, 1)


def check_model(path: Path, kind: str) -> None:
    """Raises FileRefused for a model of too many entities or triangles."""
    if kind == "step":
        many = sum(1 for _ in _STEP_ENTITY.finditer(path.read_bytes())) > MOST_STEP_ENTITIES
    else:
        content = path.read_bytes()
        triangles = int.from_bytes(content[80:84], "little")
        is_binary = len(content) == 84 + 50 * triangles
        many = (triangles if is_binary else content.count(b"facet normal")) > MOST_TRIANGLES
    if many:
        raise FileRefused(N_("The model is too finely divided to be opened here; send a coarser one."))


@contextmanager
def picture(path: Path) -> Iterator[Any]:
    """The picture, opened and not unpacked yet. Raises FileRefused for one of too many pixels."""
    from pi_heif import register_heif_opener
    from PIL import Image

    register_heif_opener(thumbnails=False, decode_threads=1)
    Image.MAX_IMAGE_PIXELS = None  # the sides are looked at here, before a pixel is read
    with Image.open(path, formats=("PNG", "JPEG", "WEBP", "HEIF")) as image:
        width, height = image.size
        if max(width, height) > LARGEST_SIDE or width * height > MOST_PIXELS:
            message = N_(
                "The picture has %(width)s × %(height)s pixels; at most %(most)s million are opened here."
            )
            raise FileRefused(message, width=width, height=height, most=MOST_PIXELS // 1_000_000)
        yield image


def check_archive(stream: IO[bytes], limits: SheetLimits = SMALL) -> None:
    """Check a workbook's archive by its directory and by what it unpacks to. Raises FileRefused."""
    try:
        with zipfile.ZipFile(stream) as packed:
            entries = packed.infolist()
            _check_directory(entries, limits)
            _check_content(packed, entries, limits)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as error:
        raise FileRefused(DAMAGED) from error


def _check_directory(entries: Sequence[zipfile.ZipInfo], limits: SheetLimits) -> None:
    if len(entries) > MOST_ENTRIES:
        raise FileRefused(N_("The archive has more than %(most)s parts."), most=MOST_ENTRIES)
    sizes = Counter[bool]()
    for one in entries:
        _count(sizes, one.filename, one.file_size, limits)
    end = 0
    for one in sorted(entries, key=lambda one: one.header_offset):
        name = one.filename.replace("\\", "/")
        linked = (one.external_attr >> 28) == 0o12
        if one.header_offset < end or name.startswith("/") or ".." in name.split("/") or linked:
            raise FileRefused(BAD_ARCHIVE)
        end = one.header_offset + 30 + one.compress_size
        if one.flag_bits & 1:
            raise FileRefused(N_("The workbook is protected by a password; send it without one."))


def _count(sizes: Counter[bool], name: str, size: int, limits: SheetLimits) -> None:
    """Count the bytes of a part to those of rows or to the others. Raises FileRefused where they are too many."""
    of_rows = _OF_ROWS.search(name) is not None
    sizes[of_rows] += size
    if sizes.total() > limits.unpacked:
        raise _unpacked(limits)
    if sizes[False] > OTHER_PARTS:
        message = N_(
            "Its pictures and other parts unpack to more than %(most)s MB: save the list without them."
        )
        raise FileRefused(message, most=OTHER_PARTS // 1_000_000)


def _unpacked(limits: SheetLimits) -> FileRefused:
    most = limits.unpacked // 1_000_000
    if not limits.setting:
        return FileRefused(N_("It unpacks to more than %(most)s MB; send it in parts."), most=most)
    message = N_(
        "It unpacks to more than %(most)s MB, the room for %(rows)s rows: send it in parts, or let whoever runs the site raise "
        "%(setting)s."
    )
    return FileRefused(message, most=most, rows=limits.rows, setting=limits.setting)


_CELL = re.compile(rb'<c\b[^>]{0,60}?\br="([A-Z]{1,3})([0-9]{1,7})"')
_PIECE = 1 << 20


def _check_content(packed: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo], limits: SheetLimits) -> None:
    """Unpack piece by piece: count the bytes, whatever the directory says, and look for what must not be there."""
    sizes = Counter[bool]()
    for entry in entries:
        is_sheet, rest, corner = "worksheets/" in entry.filename, b"", (0, 0)
        with packed.open(entry) as stream:
            while piece := stream.read(_PIECE):
                _count(sizes, entry.filename, len(piece), limits)
                if b"<!DOCTYPE" in rest + piece or b"<!ENTITY" in rest + piece:
                    raise FileRefused(N_("The workbook declares its own entities (DTD); save it anew."))
                if is_sheet:
                    corner = _farthest(corner, rest + piece, limits)
                rest = piece[-64:]


def _farthest(corner: tuple[int, int], text: bytes, limits: SheetLimits) -> tuple[int, int]:
    """The last row and column of the cells so far. Raises FileRefused where the sheet is too large."""
    row, column = corner
    for letters, digits in _CELL.findall(text):
        row, column = max(row, int(digits)), max(column, _column(letters))
    if row > limits.rows or column > LAST_COLUMN or row * column > limits.cells:
        raise _too_large(row, column, limits)
    return row, column


def _too_large(row: int, column: int, limits: SheetLimits) -> FileRefused:
    params = {
        "row": row,
        "column": column,
        "rows": limits.rows,
        "columns": LAST_COLUMN,
        "cells": limits.cells,
    }
    if not limits.setting:
        message = N_(
            "The sheet reaches to row %(row)s and column %(column)s; at most %(rows)s rows and %(columns)s "
            "columns are read. Delete what stands far outside."
        )
        return FileRefused(message, **params)
    message = N_(
        "The sheet reaches to row %(row)s and column %(column)s; at most %(rows)s rows, %(columns)s columns and %(cells)s cells are "
        "read. Delete what stands far outside, send it in parts, or let whoever runs the site raise %(setting)s."
    )
    return FileRefused(message, **params, setting=limits.setting)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
