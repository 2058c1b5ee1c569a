"""Rows of a shop's list as machines, certificates and kinds of work to confirm; columns give the meaning of
cells.
"""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from importers.cells import day_in, masses, numbers, sides_in, yes_no
from importers.inventories import InventoryLine
from matchmaker.domain.errors import InvalidRecord
from matchmaker.domain.records import CertificateRecord, EquipmentRecord, Record, parse
from matchmaker.domain.requirement_kinds import REQUIREMENT_KINDS
from matchmaker.services.profiles.machine_types import CNC, type_of
from search.reading.terms import RecognisedAmounts
from search.text import Recogniser

_WITHOUT_CNC = re.compile(r"\s*б/\s*чпу\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
R = TypeVar("R", bound=Record)
# Columns that say that the rows of a table are machines.
OF_MACHINES = frozenset({"machine", "model", "type", "axes", "cnc", "envelope", "diameter", "year", "maker"})


def certificate(line: InventoryLine, recogniser: Recogniser) -> CertificateRecord | None:
    """The certificate of a row of a list; None for a row without a known standard."""
    cells = line.cells
    if not recogniser.codes("standard", cells.get("standard") or cells.get("name") or ""):
        return None
    data = {
        "standard": cells.get("standard") or cells.get("name"),
        "number": cells.get("model") or cells.get("note"),
        "body": cells.get("body"),
        "issued": day_in(cells.get("issued", "")),
        "valid_until": day_in(cells.get("valid_until", "")),
    }
    return valid(CertificateRecord, data, ("standard",))


def machine(line: InventoryLine, recogniser: Recogniser, language: str) -> EquipmentRecord | None:
    """The machine of a row of a list; None for a row that names none.

    A heading above the row, “Токарная группа”, gives the type where the row does not.
    """
    cells = line.cells
    name = " ".join(cells[key] for key in ("machine", "name", "model") if key in cells) or cells.get(
        "type", ""
    )
    if not re.search(r"\w{2}", name):
        return None
    kinds = (cells.get("type", ""), name, line.group)
    code = next((found for words in kinds if words and (found := type_of(words, recogniser))), None)
    if code is None and not OF_MACHINES & cells.keys():
        return None
    words = " ".join(cells.values())
    data = {
        "name": name[:300],
        "type": recogniser.taxonomy.label("equipment", code, language) if code else cells.get("type"),
        "quantity": _whole(cells.get("quantity")),
        "year": _year(cells.get("year", "")),
        "maker": cells.get("maker"),
        "cnc": _has_cnc(cells.get("cnc"), words),
        "axes": _whole(cells.get("axes")),
        "spare_hours_per_month": _number(cells.get("spare")),
        **_sizes(cells, recogniser),
    }
    return valid(EquipmentRecord, data, ("name",))


def _sizes(cells: Mapping[str, str], recogniser: Recogniser) -> dict[str, Any]:
    """The largest part: from columns of sizes, else from words such as “Ø400×1000” in the row."""
    rest = " ; ".join(cells[key] for key in ("note", "envelope", "diameter", "length") if key in cells)
    said = RecognisedAmounts(recogniser.recognise(rest))
    return {
        "envelope_mm": sides_in(cells.get("envelope", "")) or said.box(),
        "diameter_mm": _number(cells.get("diameter")) or said.most("diameter"),
        "length_mm": _number(cells.get("length")) or said.most("length"),
        "max_mass_kg": next(iter(masses(cells.get("mass", ""))), None) or said.most("mass"),
        "tolerance_it": said.declared(REQUIREMENT_KINDS["tolerance"]) or _whole(cells.get("tolerance")),
    }


def valid(model: type[R], data: Mapping[str, Any], kept: tuple[str, ...]) -> R | None:
    """The record without cells that hold no valid value; the person sees the whole line beside the form and
    types these.
    """
    given = {name: value for name, value in data.items() if value not in (None, "")}
    while True:
        try:
            record = parse(model, given)
        except InvalidRecord as error:
            wrong = {problem.path.split(".")[0] for problem in error.problems} & given.keys() - set(kept)
            if not wrong:
                return None
            given = {name: value for name, value in given.items() if name not in wrong}
        else:
            return record


def _number(cell: str | None) -> float | None:
    return next(iter(numbers(cell or "")), None)


def _whole(cell: str | None) -> int | None:
    value = _number(cell)
    return int(value) if value is not None and value == int(value) else None


def _year(cell: str) -> int | None:
    found = _YEAR.search(cell)
    return int(found[1]) if found else None


def _has_cnc(cell: str | None, words: str) -> bool | None:
    """Whether the column for numerical control says yes, else whether a word of the row names it."""
    said = None if cell is None else yes_no(cell)
    if said is False or (cell and _WITHOUT_CNC.match(cell)):
        return False
    return True if said or CNC.search(words) else None
