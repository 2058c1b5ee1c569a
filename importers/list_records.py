"""The rows of lists that the product writes: cells for people, and the whole record beside them, so that a row that is sent back says what
it said, and one that a person has changed says that alone.
"""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Mapping
from typing import Any

from importers import cells
from matchmaker.domain.records import AnyRecord, NeedRecord, SupplierRecord, parse, to_data

WHOLE = "whole"  # the meaning of the column that holds the record
LONGEST = 32_000  # characters of a cell; a workbook's may have 32,767
_PACKED = "zlib:"
_LARGEST = 4_000_000  # bytes of a record that is unpacked
_BETWEEN = "; "
# Readers of lists, and people's programs, make one space of several; as their numbers they stay.
_SPACES = re.compile(r"(?<= ) |[^\S ]")
Written = SupplierRecord | NeedRecord
_KINDS: Mapping[str, type[Written]] = {"supplier": SupplierRecord, "need": NeedRecord}

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "supplier": (
        "id", "name", "inn", "region", "city", "address", "processes", "materials", "equipment", "standard", "sectors", "employees",
        "founded", "person", "email", "phone", "website", WHOLE,
    ),
    "need": (
        "id", "title", "contractor", "inn", "drawing_number", "revision", "processes", "materials", "quantity", "envelope_mm", "mass_kg",
        "tolerance_it", "roughness_ra_um", "deliver_by", "region", "city", WHOLE,
    ),
}  # fmt: skip


def cells_of(record: Written) -> dict[str, str]:
    """The cells of a record by the meanings of their columns; WHOLE is empty where the record is longer than a cell."""
    found = _of_supplier(record) if isinstance(record, SupplierRecord) else _of_need(record)
    return {"id": record.id, **{name: _cell(value) for name, value in found.items()}, WHOLE: _whole(record)}


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float | int):
        return cells.plain(value)
    if isinstance(value, tuple):
        numbers = bool(value) and isinstance(value[0], float | int)
        return cells.sides_text(value) if numbers else _BETWEEN.join(dict.fromkeys(value))
    return cells.one_line(str(value))[:LONGEST]


def _of_supplier(record: SupplierRecord) -> dict[str, object]:
    contacts = record.contacts
    return {
        "name": record.name.ru or record.name.en,
        "processes": tuple(one.process for one in record.capabilities),
        "materials": tuple(material for one in record.capabilities for material in one.materials),
        "equipment": tuple(one.name for one in record.equipment),
        "standard": tuple(one.standard for one in record.certificates),
        **{name: getattr(contacts, name) if contacts else None for name in ("person", "email", "phone", "website")},
        **{name: getattr(record, name) for name in ("inn", "region", "city", "address", "sectors", "employees", "founded")},
    }  # fmt: skip


def _of_need(record: NeedRecord) -> dict[str, object]:
    contractor = record.contractor
    plain = (
        "title", "drawing_number", "revision", "processes", "materials", "quantity", "envelope_mm", "mass_kg", "tolerance_it",
        "roughness_ra_um", "deliver_by", "region", "city",
    )  # fmt: skip
    return {
        "contractor": (contractor.name.ru or contractor.name.en) if contractor else None,
        "inn": contractor.inn if contractor else None,
        **{name: getattr(record, name) for name in plain},
    }


def _whole(record: Written) -> str:
    said = {name: value for name, value in to_data(record).items() if value not in ([], {})}
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    text = _SPACES.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    if len(text) > LONGEST:
        text = _PACKED + base64.b64encode(zlib.compress(text.encode(), 9)).decode("ascii")
    return text if len(text) <= LONGEST else ""


def whole_record(kind: str, cell: str) -> Written | None:
    """The record of such a cell; None where it holds none of this kind any more. Raises InvalidRecord."""
    data = _data(cell)
    return parse(_KINDS[kind], data) if isinstance(data, dict) and data.get("kind") == kind else None


def _data(cell: str) -> Any:
    try:
        if cell.startswith(_PACKED):
            unpacking = zlib.decompressobj()
            content = unpacking.decompress(
                base64.b64decode(cell.removeprefix(_PACKED), validate=True), _LARGEST
            )
            return json.loads(content)
        return json.loads(cell)
    except (ValueError, RecursionError, binascii.Error, zlib.error):
        return None


def with_changes(record: Written, said: AnyRecord, words: bool) -> AnyRecord:
    """What a row says whose other cells are as the record has them: of a supplier what is `said` alone, since what a list does not say
    stays; of a need all of it. `words` says whether there are words beside the columns. Raises InvalidRecord.
    """
    if isinstance(record, SupplierRecord) and isinstance(said, SupplierRecord):
        same = cells_of(said)["name"] == cells_of(record)["name"]
        return said.model_copy(update={"id": record.id, **({"name": record.name} if same else {})})
    before = to_data(record)
    after = {name: value for name, value in to_data(said).items() if name in said.model_fields_set}
    after.pop("id", None)
    text = after.pop("text", None)
    if words and text:
        after["text"] = "\n".join(filter(None, (before.get("text"), text)))
    return parse(NeedRecord, {**before, **after})
