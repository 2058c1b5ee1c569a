"""The lists of parts of buyers: a workbook, a delimited file, or cells pasted from either.

The first row names the columns in Russian or English. A column with an unknown name goes into the text of the
part, so that nothing of a row is lost.
"""

from collections.abc import Iterable, Mapping, Sequence

from importers.cells import one_line
from importers.columns import column_words
from importers.readers import sheets
from matchmaker.domain.errors import UnreadableFile
from matchmaker.domain.language import N_

MOST_ROWS = 200

Part = Mapping[str, str]

# Meanings of the columns of a list of needs that are no field of a part: the need's contractor, and its code.
_NOT_OF_PARTS = frozenset({"inn", "contractor", "id"})


def read(name: str, content: bytes) -> list[Part]:
    """Rows of an uploaded file, column → cell. Raises UnreadableFile."""
    return _table(name, (cells for _, cells in sheets.rows(name, content)))


def pasted(text: str) -> list[Part]:
    """The rows of cells pasted from a table: lines with equal numbers of tabs; nothing where the text is not
    a table.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    tabs = {line.count("\t") for line in lines}
    if len(lines) < 2 or len(tabs) != 1 or tabs == {0}:
        return []
    return _table("", (line.split("\t") for line in lines))


def _table(name: str, rows: Iterable[Sequence[str]]) -> list[Part]:
    """The rows below the first one with at least two cells, which names the columns."""
    header: list[str] | None = None
    found: list[Part] = []
    for cells in rows:
        row = list(map(one_line, cells))
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
    """The cells with a known column, by the field of a need; the first column of a meaning counts."""
    found: dict[str, str] = {}
    words = column_words("needs")
    for column, cell in part.items():
        name = words.meaning(column)
        if name is not None and name not in _NOT_OF_PARTS:
            found.setdefault(name, cell)
    if "title" not in found and part:
        found["title"] = next(iter(part.values()))
    return found
