"""Rows of a shop's list as machines, certificates and kinds of work to confirm; columns give the meaning of
cells.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from importers.inventories import InventoryLine
from matchmaker.domain.errors import InvalidRecord
from matchmaker.domain.records import CertificateRecord, EquipmentRecord, Record, parse
from matchmaker.domain.requirement_kinds import REQUIREMENT_KINDS
from matchmaker.models.base import now
from matchmaker.services.profiles.machine_types import CNC, type_of
from search.reading.cell_answers import Column
from search.reading.cells import read
from search.reading.terms import RecognisedAmounts
from search.text import Recogniser

_WITHOUT_CNC = re.compile(r"\s*б/\s*чпу\b", re.IGNORECASE)
R = TypeVar("R", bound=Record)
# Columns that say that the rows of a table are machines.
OF_MACHINES = frozenset({"machine", "model", "type", "axes", "cnc", "envelope", "diameter", "year", "maker"})


def certificate(line: InventoryLine, recogniser: Recogniser) -> CertificateRecord | None:
    """The certificate of a row of a list; None for a row without a known standard, or whose words deny it."""
    cells = line.cells
    codes = recogniser.codes("standard", cells.get("standard") or cells.get("name") or "")
    held = {one.standard_code: one for one in recogniser.certificates(line.words, now().date())}
    named = held.get(codes[0]) if codes else None
    if named is None:
        return None
    data = {
        "status": str(named.status) if named.status else None,
        "standard": cells.get("standard") or cells.get("name"),
        "number": cells.get("certificate_number") or cells.get("model") or cells.get("note"),
        "body": cells.get("body"),
        "issued": _day(line, "issued"),
        "valid_until": _day(line, "valid_until"),
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
        "quantity": _value("pieces", line, "quantity"),
        "year": _value("year", line, "year"),
        "maker": cells.get("maker"),
        "cnc": _has_cnc(line, words),
        "axes": _value("pieces", line, "axes"),
        "spare_hours_per_month": _value("figure", line, "spare"),
        **_sizes(line, recogniser),
    }
    return valid(EquipmentRecord, data, ("name",))


def _sizes(line: InventoryLine, recogniser: Recogniser) -> dict[str, Any]:
    """The largest part: from columns of sizes, else from words such as “Ø400×1000” in the row."""
    cells = line.cells
    rest = " ; ".join(cells[key] for key in ("note", "envelope", "diameter", "length") if key in cells)
    said = RecognisedAmounts(recogniser.recognise(rest))
    return {
        "envelope_mm": _box(line) or said.box(),
        "diameter_mm": _value("length", line, "diameter") or said.most("diameter"),
        "length_mm": _value("length", line, "length") or said.most("length"),
        "max_mass_kg": _value("mass", line, "mass") or said.most("mass"),
        "tolerance_it": said.declared(REQUIREMENT_KINDS["tolerance"])
        or _value("tolerance", line, "tolerance"),
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


def _value(meaning: str, line: InventoryLine, name: str) -> Any:
    """The value of a cell, where nothing is to be asked about it."""
    cell = line.cells.get(name)
    return read(meaning, line.columns.get(name, Column()), cell).sure if cell else None


def _day(line: InventoryLine, name: str) -> date | None:
    """The day of a cell, one to be asked about too: the person sees the words beside it."""
    cell = line.cells.get(name)
    return read("day", line.columns.get(name, Column()), cell).value if cell else None


def _box(line: InventoryLine) -> tuple[float, ...] | None:
    """The three sides of the cell of sizes, where it holds nothing else."""
    sides = _value("sides", line, "envelope")
    return sides if sides and len(sides) == 3 else None


def _has_cnc(line: InventoryLine, words: str) -> bool | None:
    """Whether the column for numerical control says yes, else whether a word of the row names it."""
    cell, said = line.cells.get("cnc"), _value("yes_no", line, "cnc")
    if said is False or (cell and _WITHOUT_CNC.match(cell)):
        return False
    return True if said or CNC.search(words) else None
