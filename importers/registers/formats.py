"""The forms of registers and portals that are read, and the way through a file, or an archive of files, of one of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path

from importers.readers import archives, xml_records
from importers.readers.archives import Member
from importers.registers import fns_legal_entities, fns_small_firms, open_contracting
from importers.registers.record_format import RecordFormat
from importers.rows import FileRow
from matchmaker.domain.errors import Problem, UnreadableFile
from matchmaker.domain.language import N_
from matchmaker.domain.records import SupplierRecord

FORMATS: tuple[RecordFormat, ...] = (
    fns_legal_entities.FORMAT,
    fns_small_firms.FORMAT,
    open_contracting.FORMAT,
)
LOOKED_AT = 100  # files of an archive, until one is of a form that is read
_UNKNOWN_XML = N_(
    "The file %(file)s is XML of an unknown form, whose first element is “%(element)s”. Read are the registers ЕГРЮЛ and МСП."
)
MOST_KNOWN = 300_000  # firms of a file that are remembered
_TWICE = N_(
    "This firm stands further up in the file, as of the same day or a later one; this row was left out."
)
# First elements of what portals and programs of tables save under the name of a workbook.
_BOOK, _OF_PAGES = "workbook", frozenset({"html", "table", "body", "head"})
_SAVED_AS_XML = N_(
    "%(file)s is a web page or XML under the name of a table: open it in a program of tables, save it as XLSX, and send that."
)
_OTHER = N_("This file of the archive is of another form than the first one and was left out.")


def recognised(path: Path) -> RecordFormat | None:
    """The form of a file, or of the first file of an archive that has one; None for files of other readers.

    Raises UnreadableFile for a form that is known and not read, and for XML of an unknown form.
    """
    refused: UnreadableFile | None = None
    for member in islice(archives.members(path), LOOKED_AT):
        try:
            found = _form(member)
        except UnreadableFile as error:
            refused = refused or error
        else:
            if found:
                return found
    if refused:
        raise refused
    return None


def _form(member: Member) -> RecordFormat | None:
    head = member.head()
    found = next((one for one in FORMATS if one.recognises(member.name, head)), None)
    if found is None and (root := xml_records.root(member.name, head)):
        said = root.name.casefold()
        if said == _BOOK or (said in _OF_PAGES and not member.name.casefold().endswith(".xml")):
            raise UnreadableFile(_SAVED_AS_XML, file=member.name)
        raise UnreadableFile(_UNKNOWN_XML, file=member.name, element=root.name[:80])
    return found


def read(path: Path, form: RecordFormat) -> Iterator[FileRow]:
    """The records of a file or of all files of an archive, numbered from 1; a file of another form is a remark."""
    number, known = 0, dict[str, tuple[date, int]]()
    for member in archives.members(path):
        for row in _rows(member, form):
            number += 1
            at = row.position if member.alone else member.until
            yield replace(_once(row, known), number=number, position=at)


def _once(row: FileRow, known: dict[str, tuple[date, int]]) -> FileRow:
    """The row, unless its firm stood further up in other words as of the same day or a later one: no order tells which is right."""
    if not isinstance(row.record, SupplierRecord):
        return row
    firm, day, content = row.record.id, row.record.updated or date.min, hash(row.record.model_dump_json())
    before, same = known.get(firm, (date.min, 0))
    if firm in known and day <= before and content != same:
        return replace(
            row, record=None, problems=(Problem("record", "row.twice", _TWICE, firm),), left_out=True
        )
    if len(known) >= MOST_KNOWN:
        known.clear()
    known[firm] = day, content
    return row


def _rows(member: Member, form: RecordFormat) -> Iterator[FileRow]:
    try:
        same = form.recognises(member.name, member.head())
    except UnreadableFile as error:
        problem = Problem("record", "file.form", error.template, member.name, error.params)
        yield FileRow(0, 0, problems=(problem,))
        return
    if not same:
        yield FileRow(0, 0, problems=(Problem("record", "file.form", _OTHER, member.name),))
        return
    yield from form.read(member)
