"""A small list of parts, as buyers keep one: a workbook, a delimited file, or cells pasted from either.

The first row names the columns in Russian or English. What a column's name does not tell stays in the text of the part,
so that nothing of a row is lost.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from charset_normalizer import from_bytes

from matchmaker.domain.errors import UnreadableFile
from matchmaker.domain.language import N_

MOST_ROWS = 200
MOST_CELL = 1_000  # characters
MOST_UNPACKED = 50_000_000  # bytes that a workbook may unpack to

Part = Mapping[str, str]

# A column means a field where its name contains one of these words, the first field that fits.
_MEANINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("quantity", ("кол-во", "количество", "кол.", "шт", "тираж", "партия", "quantity", "qty", "pcs", "pieces", "lot")),
    ("materials", ("материал", "марка", "сталь", "сплав", "material", "alloy", "steel")),
    ("processes", ("операци", "обработк", "процесс", "технолог", "process", "operation", "machining")),
    ("envelope_mm", ("габарит", "размер", "size", "dimension", "envelope")),
    ("tolerance_it", ("квалитет", "точност", "tolerance", "it grade")),
    ("mass_kg", ("масса", "вес", "mass", "weight")),
    ("deliver_by", ("срок", "дата", "deliver", "due")),
    ("city", ("город", "доставк", "city", "town")),
    ("title", ("наименован", "деталь", "изделие", "название", "номенклатур", "part", "name", "item", "title")),
)  # fmt: skip


def read(name: str, content: bytes) -> list[Part]:
    """Rows of an uploaded file, column → cell. Raises UnreadableFile."""
    if content[:2] == b"PK" or content[:4] == b"\xd0\xcf\x11\xe0":
        return _table(name, _workbook(name, content))
    text = None if b"\x00" in content else _decoded(content)
    if text is None:
        raise UnreadableFile(file=name, reason=N_("it is neither a workbook nor a text with separators"))
    return delimited(name, text)


_USUAL = re.compile(r"[0-9A-Za-zА-Яа-яЁё\s.,;:()/\"'«»№×°±%+=_*–—-]")


def _decoded(content: bytes) -> str | None:
    """The text of a file: UTF-8, else the code page of Russian Windows where that reads as words, else a guess.

    The guess alone takes a few lines of Russian for something else.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        plain = content.decode("cp1251", "replace")
    if len(_USUAL.findall(plain)) >= 0.97 * len(plain):
        return plain
    best = from_bytes(content).best()
    return None if best is None else str(best).lstrip("\ufeff")


def pasted(text: str) -> list[Part]:
    """Rows of cells pasted from a table: lines of as many tabs each; nothing where the text is no table."""
    lines = [line for line in text.splitlines() if line.strip()]
    tabs = {line.count("\t") for line in lines}
    if len(lines) < 2 or len(tabs) != 1 or tabs == {0}:
        return []
    return _table("", (line.split("\t") for line in lines))


def delimited(name: str, text: str) -> list[Part]:
    """Rows of text separated by tab, semicolon or comma. Raises UnreadableFile."""
    head = text.partition("\n")[0]
    separator = max("\t;,", key=head.count)
    try:
        return _table(name, csv.reader(io.StringIO(text), delimiter=separator))
    except csv.Error as error:
        raise UnreadableFile(file=name, reason=str(error)) from error


def _workbook(name: str, content: bytes) -> Iterator[Sequence[Any]]:
    from python_calamine import CalamineError, CalamineWorkbook

    if content[:2] == b"PK":
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                size = sum(entry.file_size for entry in packed.infolist())
        except zipfile.BadZipFile as error:
            raise UnreadableFile(file=name, reason=N_("it is not a whole workbook")) from error
        if size > MOST_UNPACKED:
            raise UnreadableFile(file=name, reason=N_("it unpacks to more than 50 MB"))
    try:
        yield from CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    except (CalamineError, IndexError, ValueError) as error:
        raise UnreadableFile(file=name, reason=N_("it is not a whole workbook")) from error


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return re.sub(r"\s+", " ", str(value)).strip()[:MOST_CELL]


def _table(name: str, rows: Iterable[Sequence[Any]]) -> list[Part]:
    """Rows below the first one that has two cells at least, which names the columns."""
    header: list[str] | None = None
    found: list[Part] = []
    for cells in rows:
        row = [_cell(value) for value in cells]
        if header is None:
            if sum(map(bool, row)) >= 2:
                header = [cell or f"{place}" for place, cell in enumerate(row, 1)]
            continue
        if any(row):
            found.append({column: cell for column, cell in zip(header, row, strict=False) if cell})
        if len(found) > MOST_ROWS:
            reason = N_("it has more than 200 rows; use the import for large files")
            raise UnreadableFile(file=name, reason=reason)
    if not found:
        raise UnreadableFile(file=name, reason=N_("there is no row below the names of the columns"))
    return found


def fields(part: Part) -> dict[str, str]:
    """The cells whose column is understood, by the field of a need; the first column of a meaning counts."""
    found: dict[str, str] = {}
    for column, cell in part.items():
        name = _meaning(column)
        if name is not None:
            found.setdefault(name, cell)
    if "title" not in found and part:
        found["title"] = next(iter(part.values()))
    return found


def _meaning(column: str) -> str | None:
    spelled = column.casefold()
    return next((name for name, words in _MEANINGS if any(word in spelled for word in words)), None)
