"""The rows of delimited and JSON files, as dictionaries column → cell; a source description knows the
columns.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from pathlib import Path

from importers import cells
from importers.readers.archives import inner_name, open_content
from importers.readers.delimiters import LOOKED_AT, delimiter
from importers.readers.exchange import RefusedText, parse_json
from importers.readers.lines import MAX_LINE, lines
from importers.rows import FileRow
from importers.sources import Source
from matchmaker.domain.errors import InvalidRecord, Problem, UnreadableFile
from matchmaker.domain.language import N_

MAX_TABLE = 200_000_000  # bytes of a JSON array, which is held in memory whole

NumberedRow = tuple[int, Mapping[str, str]]


def delimited(path: Path) -> Iterator[NumberedRow]:
    """Rows of a CSV file with a header, separated by comma, semicolon or tab. Raises UnreadableFile at a broken row."""
    with open_content(path) as stream, io.TextIOWrapper(stream, "utf-8-sig", newline="") as text:
        first = list(islice(text, LOOKED_AT))
        reader = csv.reader(chain(first, text), delimiter=delimiter(first), strict=True)
        try:
            header = next(reader, [])
            for row in reader:
                if not any(row):
                    continue
                if len(row) != len(header):
                    raise _broken(path, reader.line_num, len(row), len(header))
                yield reader.line_num, dict(zip(header, map(str.strip, row), strict=True))
        except csv.Error as error:
            reason = N_("a quotation mark or a field is broken near line %(line)s")
            raise UnreadableFile(file=path.name, reason=reason % {"line": reader.line_num}) from error


def _broken(path: Path, line: int, found: int, expected: int) -> UnreadableFile:
    message = N_(
        "The file %(file)s is broken at line %(line)s: %(found)s fields where the header has %(expected)s."
    )
    return UnreadableFile(message, file=path.name, line=line, found=found, expected=expected)


def json_array(path: Path) -> Iterator[NumberedRow]:
    """Objects of a JSON array; the number is the object's place in it, from 1."""
    with open_content(path) as stream:
        content = stream.read(MAX_TABLE + 1)
    if len(content) > MAX_TABLE:
        raise UnreadableFile(file=path.name, reason=N_("it is larger than 200 MB; split it"))
    try:
        items = parse_json(content.decode("utf-8-sig"))
    except RefusedText as error:
        raise UnreadableFile(file=path.name, reason=str(error.problem)) from error
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise UnreadableFile(file=path.name, reason=N_("it is not a JSON list of objects"))
    for number, item in enumerate(items, 1):
        yield number, {key: cells.text(value) for key, value in item.items()}


def json_lines(path: Path) -> Iterator[NumberedRow]:
    """Objects of a JSON Lines file that is not in the exchange format."""
    for line in lines(path):
        item = parse_json(line.text) if line.text is not None else None
        if not isinstance(item, dict):
            message = N_("line %(line)s is not a JSON object of at most %(limit)s bytes")
            raise UnreadableFile(file=path.name, reason=message % {"line": line.number, "limit": MAX_LINE})
        yield line.number, {key: cells.text(value) for key, value in item.items()}


FORMATS = {"csv": delimited, "json": json_array, "jsonl": json_lines}


def header_of(path: Path) -> tuple[str, frozenset[str]] | None:
    """The format and the columns of a table, read from its beginning; None for an unknown format."""
    suffixes = [suffix for suffix in Path(inner_name(path)).suffixes if suffix != ".gz"]
    kind = suffixes[-1].removeprefix(".") if suffixes else ""
    if kind not in FORMATS:
        return None
    try:
        first = next(FORMATS[kind](path), None)
    except (RefusedText, UnreadableFile):
        return None
    if first is None:
        return None
    names = set(first[1])
    if kind == "json":
        names = {name for _, row in json_array(path) for name in row}
    return kind, frozenset(names)


_UNKNOWN_COLUMN = N_("The source description does not know this column; its cells were left out.")


def read(path: Path, source: Source) -> Iterator[FileRow]:
    """Rows of a table by a source description; a column that this does not know is a remark on the first row that has it."""
    told = set[str]()
    for number, named in FORMATS[source.format](path):
        row = dict(named)
        fresh = [name for name in source.unknown(row) if name not in told]
        told.update(fresh)
        remarks = tuple(Problem(name, "column.unknown", _UNKNOWN_COLUMN) for name in fresh)
        try:
            yield FileRow(number, 0, source.record(row, number), remarks)
        except InvalidRecord as error:
            yield FileRow(number, 0, problems=(*remarks, *error.problems))
        except json.JSONDecodeError as error:
            yield FileRow(number, 0, problems=(Problem("record", "json.broken", error.msg),))
