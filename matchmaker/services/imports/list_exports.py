"""The lists that an import reads back: a centre's suppliers or needs as rows for people, each with its whole record beside them."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from importers import list_records, list_rows
from importers.cells import guarded
from importers.list_records import Written
from importers.list_rows import Kind
from matchmaker.domain.errors import UnreadableFile
from matchmaker.domain.language import N_
from matchmaker.models import Need, Organisation, Profile
from matchmaker.services.needs import needs
from matchmaker.services.profiles import suppliers

FORMS = ("xlsx", "csv")
MOST_OF_A_SHEET = 1_048_575  # rows below the names of the columns, the limit of the format

# The names of columns by their meanings; in both languages an import understands them.
LABELS = {
    "id": N_("Your own code"),
    "inn": N_("INN"),
    "name": N_("Name of the firm"),
    "country": N_("Country"),
    "region": N_("Region"),
    "city": N_("City"),
    "address": N_("Address"),
    "employees": N_("Employees"),
    "founded": N_("Year of founding"),
    "sectors": N_("Sectors"),
    "processes": N_("Processes"),
    "materials": N_("Materials"),
    "equipment": N_("Equipment"),
    "standard": N_("Certificate: standard"),
    "number": N_("Certificate: number"),
    "valid_until": N_("Certificate: valid until"),
    "person": N_("Contact person"),
    "email": N_("E-mail"),
    "phone": N_("Telephone"),
    "website": N_("Website"),
    "contractor": N_("Contractor"),
    "title": N_("Part or work"),
    "drawing_number": N_("Drawing number"),
    "revision": N_("Revision of the drawing"),
    "quantity": N_("Quantity"),
    "envelope_mm": N_("Three sides, mm"),
    "roughness_ra_um": N_("Roughness Ra, µm"),
    "hardness": N_("Hardness"),
    "inner_diameter_mm": N_("Inner diameter, mm"),
    "diameter_mm": N_("Diameter, mm"),
    "length_mm": N_("Length, mm"),
    "thickness_mm": N_("Thickness, mm"),
    "tolerance_it": N_("Accuracy, IT"),
    "mass_kg": N_("Mass, kg"),
    "deliver_by": N_("Deliver by"),
    list_records.WHOLE: N_("Whole record"),
    list_rows.TEXT: N_("words of the description"),
    list_rows.SKIP: N_("leave it out"),
}


def columns(holds: Kind) -> tuple[str, ...]:
    """The meanings of the columns, in their order."""
    return list_records.COLUMNS[holds]


def rows(
    session: Session, holds: Kind, centre: int | None = None, skipped: int = 0, most: int | None = None
) -> Iterator[tuple[str, ...]]:
    """The rows of all suppliers or needs, or of a centre's (its id), in the order of their creation; so many after those that are skipped."""
    for record in islice(_records(session, holds, centre, skipped), most):
        cells = list_records.cells_of(record)
        yield tuple(cells[name] for name in columns(holds))


def count(session: Session, holds: Kind, centre: int) -> int:
    """The number of suppliers or needs of a centre."""
    if holds == "need":
        query = select(func.count()).select_from(Need).where(Need.centre_id == centre, needs.of_own_centres())
    else:
        query = (
            select(func.count())
            .select_from(Profile)
            .join(Profile.organisation)
            .where(Organisation.centre_id == centre)
        )
    return session.scalar(query) or 0


def _records(session: Session, holds: Kind, centre: int | None, skipped: int) -> Iterator[Written]:
    if holds == "need":
        of_one = (Need.centre_id == centre,) if centre is not None else ()
        own = (*of_one, needs.of_own_centres())
        last = _last_skipped(session, Need, own, skipped)
        yield from map(needs.record, needs.every(session, where=(*own, Need.id > last)))
        return
    of_centre = Profile.organisation.has(Organisation.centre_id == centre)
    at = (of_centre if centre is not None else suppliers.of_own_centres(),)
    last = _last_skipped(session, Profile, at, skipped)
    found = suppliers.every(session, published=False, where=(*at, Profile.id > last))
    yield from map(suppliers.record, found)


def _last_skipped(session: Session, table: Any, own: Sequence[ColumnElement[bool]], skipped: int) -> int:
    """The row before the first one that is not skipped; behind the end there is none."""
    if not skipped:
        return 0
    query = select(table.id).where(*own).order_by(table.id).offset(skipped - 1).limit(1)
    found = session.scalar(query)
    return 2**62 if found is None else int(found)


def write(path: Path, head: Sequence[str], lines: Iterable[Sequence[str]]) -> int:
    """Write a list as the file's ending says, row by row, and return their number. Raises UnreadableFile for more than a workbook holds."""
    return (
        _write_delimited(path, head, lines) if path.suffix == ".csv" else _write_workbook(path, head, lines)
    )


def _write_delimited(path: Path, head: Sequence[str], lines: Iterable[Sequence[str]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
        writer.writerow(head)
        for count, line in enumerate(lines, 1):  # noqa: B007 - the count after the loop is the answer
            writer.writerow(map(guarded, line))
    return count


def _write_workbook(path: Path, head: Sequence[str], lines: Iterable[Sequence[str]]) -> int:
    import xlsxwriter

    book = xlsxwriter.Workbook(
        str(path),
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    sheet, bold, count = book.add_worksheet(), book.add_format({"bold": True}), 0
    sheet.freeze_panes(1, 2)
    for place, name in enumerate(head):
        sheet.write_string(0, place, name, bold)
    for count, line in enumerate(lines, 1):
        if count > MOST_OF_A_SHEET:
            message = N_("A workbook holds %(most)s rows; write a .csv or the exchange format (.jsonl).")
            raise UnreadableFile(message, most=MOST_OF_A_SHEET)
        for place, cell in enumerate(line):
            sheet.write_string(count, place, cell)
    book.close()
    return count
