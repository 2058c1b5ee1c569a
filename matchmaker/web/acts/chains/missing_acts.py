"""Missing capacity for a reader: whose it may be, cells in words, the map as a file."""

from collections.abc import Sequence
from typing import Any

from flask import Response
from flask_babel import gettext

from matchmaker.domain.language import N_
from matchmaker.services.chains import missing_capacity
from matchmaker.services.chains.missing_capacity import (
    GRADES,
    SIZES,
    UNSAID,
    CapacityGap,
    CapacityMap,
    CountedCell,
    ToldMap,
)
from matchmaker.services.core.periods import Period
from matchmaker.services.figures import open_figures
from matchmaker.services.reports import spreadsheets
from matchmaker.services.reports.spreadsheets import DownloadTable
from matchmaker.web.acts import figure_acts, list_acts
from matchmaker.web.kit import context, formats
from matchmaker.web.kit.context import database, product, wording
from matchmaker.web.kit.standpoint import own_centre

_COLUMNS = (
    N_("Kind of work"),
    N_("Size"),
    N_("Accuracy"),
    N_("Region"),
    N_("Needs"),
    N_("Machine-hours"),
    N_("Contractors"),
    N_("One relaxation would open, needs"),
    N_("One condition keeps a supplier out, needs"),
)


def of_centre(asked: Period) -> CapacityMap:
    """The map of the operator's own centre. Raises Forbidden."""
    return missing_capacity.of_period(database(), own_centre(database()), asked, figure_acts.rules().zone)


def told(code: str, asked: Period) -> ToldMap:
    """What the authority of a centre reads of its map. Raises Forbidden."""
    centre = figure_acts.told_centre(code)
    return missing_capacity.told(
        missing_capacity.of_period(database(), centre, asked, figure_acts.rules().zone)
    )


def published(code: str, written: str) -> tuple[ToldMap, Period]:
    """What everybody reads of the map of a period whose figures a centre has published. Raises NotFound."""
    report = open_figures.report_of(database(), code, written, figure_acts.rules())
    found = missing_capacity.of_period(database(), report.centre, report.period, figure_acts.rules().zone)
    return missing_capacity.told(found), report.period


def work(cell: CapacityGap) -> str:
    """The kind of work of a cell in the reader's language."""
    return wording().codes("process", (cell.process,))


def size(cell: CapacityGap) -> str:
    """The band of sizes of a cell in words."""
    return size_words(cell.size)


def size_words(band: str) -> str:
    if band == UNSAID:
        return gettext("not said")
    place, number = int(band), wording().number
    if place == len(SIZES):
        return gettext("over %(value)s mm", value=number(SIZES[-1]))
    if place == 0:
        return gettext("up to %(value)s mm", value=number(SIZES[0]))
    return gettext("%(low)s to %(high)s mm", low=number(SIZES[place - 1]), high=number(SIZES[place]))


def accuracy(cell: CapacityGap) -> str:
    """The band of IT grades of a cell in words."""
    if cell.accuracy == UNSAID:
        return gettext("not said")
    place = int(cell.accuracy)
    if place == 0:
        return gettext("IT%(grade)s and finer", grade=GRADES[0])
    if place == len(GRADES):
        return gettext("IT%(grade)s and coarser", grade=GRADES[-1] + 1)
    return gettext("IT%(low)s to IT%(high)s", low=GRADES[place - 1] + 1, high=GRADES[place])


def region(cell: CapacityGap) -> str:
    """The region of a cell in the reader's language."""
    if cell.region == UNSAID:
        return gettext("not said")
    taxonomy = product().taxonomy
    kind = "region" if cell.region in taxonomy.regions else "country"
    return taxonomy.label(kind, cell.region, context.language())


def as_file(asked: Period, kind: str) -> Response:
    """The cells of the operator's own centre as a file; the download is recorded. Raises Forbidden."""
    return list_acts.answer(_table(of_centre(asked).cells), kind, f"missing-capacity-{asked}")


def told_file(code: str, asked: Period, kind: str) -> Response:
    """What the authority reads, as a file; the download is recorded. Raises Forbidden."""
    name = f"missing-capacity-{code}-{asked}"
    return list_acts.answer(_table(told(code, asked).cells), kind, name, centre=code)


def published_file(code: str, written: str) -> bytes:
    """What everybody reads, as delimited text. Raises NotFound."""
    return spreadsheets.delimited(_table(published(code, written)[0].cells))


def _table(cells: Sequence[CountedCell]) -> DownloadTable:
    rows = [
        (
            *(words(one.cell) for words in (work, size, accuracy, region)),
            *(str(number) for number in (one.needs, round(one.hours), one.firms, one.eased, one.near)),
        )
        for one in cells
    ]
    return DownloadTable(gettext("Missing capacity"), tuple(map(gettext, _COLUMNS)), rows)


def values(cells: Sequence[CountedCell]) -> list[dict[str, Any]]:
    """Cells in plain values, codes and words beside each other."""
    return [
        {
            "process": one.cell.process,
            "work": work(one.cell),
            "size": size(one.cell),
            "accuracy": accuracy(one.cell),
            "region": None if one.cell.region == UNSAID else one.cell.region,
            "needs": one.needs,
            "hours": round(one.hours, 1),
            "contractors": one.firms,
            "eased": one.eased,
            "near": one.near,
        }
        for one in cells
    ]


def judged(found: CapacityMap | ToldMap) -> str:
    """The oldest day of the judgements, in words; "" where nothing is judged."""
    return formats.day(found.judged_on) if found.judged_on else ""
