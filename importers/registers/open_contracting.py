"""Tenders of portals in the Open Contracting Data Standard (OCDS 1.1): packages of releases or of records, or JSON lines.

A tender is a need, its lots (else its several items) are positions; an award is an outcome of the need for its supplier.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from stdnum.ru import inn as inn_number

from importers.readers import json_objects
from importers.readers.archives import Member
from importers.registers.record_format import RecordFormat
from importers.rows import FileRow
from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_, language_of
from matchmaker.domain.records import PROSE_LIMIT, NeedRecord, OutcomeRecord, parse

_LISTS = ("releases", "records")
_PIECES = frozenset(
    (
        "piece",
        "pieces",
        "pcs",
        "pc",
        "each",
        "ea",
        "unit",
        "units",
        "item",
        "items",
        "c62",
        "h87",
        "шт",
        "шт.",
        "штука",
        "штук",
    )
)
_OVER = frozenset({"cancelled", "unsuccessful", "withdrawn"})
_NO_TENDER = N_("This release tells of no tender and no award; it was left out.")
_ENDED = N_("The tender is %(status)s; it was left out.")

Data = Mapping[str, Any]


def _recognises(_file: str, head: bytes) -> bool:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start[:1] == b"{" and b'"ocid"' in start and (b'"tender"' in start or b"release" in start.lower())


def _read(member: Member) -> Iterator[FileRow]:
    for position, one in json_objects.objects(member, _LISTS):
        release = _compiled(one) if isinstance(one, dict) else {}
        rows = list(_rows(release))
        if not rows:
            problem = Problem("record", "release.empty", _NO_TENDER, str(release.get("ocid", ""))[:80])
            rows = [FileRow(0, position, problems=(problem,), left_out=True)]
        yield from (replace(row, position=position) for row in rows)


def _compiled(one: Data) -> Data:
    """A release, or of a record the release that sums up the others, else its last one."""
    if isinstance(one.get("compiledRelease"), dict):
        return _dict(one["compiledRelease"])
    several = [each for each in _list(one.get("releases")) if "tender" in each or "awards" in each]
    return {**several[-1], "ocid": one.get("ocid")} if several else one


def _rows(release: Data) -> Iterator[FileRow]:
    tender, ocid = _dict(release.get("tender")), _words(release.get("ocid"))
    if tender.get("title") or tender.get("description"):
        status = _words(tender.get("status"))
        if status in _OVER:
            problem = Problem("record", "tender.over", _ENDED, ocid, {"status": status})
            yield FileRow(0, 0, problems=(problem,), left_out=True)
            return
        yield _row(NeedRecord, _need(release, tender))
    for award in _list(release.get("awards")):
        if award.get("status") in {None, "active"}:
            for supplier in _list(award.get("suppliers")):
                yield replace(_row(OutcomeRecord, _outcome(release, ocid, award, supplier)), if_known=True)


def _row(kind: type[NeedRecord] | type[OutcomeRecord], data: dict[str, Any]) -> FileRow:
    try:
        return FileRow(0, 0, parse(kind, data))
    except InvalidRecord as error:
        return FileRow(0, 0, problems=error.problems)


def _need(release: Data, tender: Data) -> dict[str, Any]:
    buyer = _party(release, _dict(release.get("buyer")) or _dict(tender.get("procuringEntity")))
    address, name = _dict(buyer.get("address")), _words(buyer.get("name"))
    items, lots = _list(tender.get("items")), _list(tender.get("lots"))
    positions = [_lot(lot, items) for lot in lots] or (
        [_item(one) for one in items] if len(items) > 1 else []
    )
    text = [_words(tender.get("description"))]
    only = items[0] if len(items) == 1 and not lots else {}
    text += [_told(only)] if only else []
    inn = _inn(buyer)
    return {
        "kind": "need",
        "id": _words(release.get("ocid")),
        "title": _words(tender.get("title"))[:1000] or None,
        "text": "\n".join(filter(None, text))[:PROSE_LIMIT] or None,
        "contractor": {"name": {language_of(name): name[:300]}, "inn": inn} if name else None,
        "region": _words(address.get("region"))[:300] or None,
        "city": _words(address.get("locality"))[:300] or None,
        "quantity": _pieces(only),
        "deliver_by": _day(_dict(tender.get("contractPeriod")).get("endDate")),
        "positions": positions,
        "updated": _day(release.get("date")),
    }


def _lot(lot: Data, items: list[Data]) -> dict[str, Any]:
    of_lot = [one for one in items if _words(one.get("relatedLot")) == _words(lot.get("id"))]
    text = [_words(lot.get("description")), *map(_told, of_lot)]
    title = _words(lot.get("title")) or next((_words(one.get("description")) for one in of_lot), "")
    return {
        "id": _words(lot.get("id"))[:100],
        "title": title[:1000] or None,
        "text": "\n".join(filter(None, text))[:PROSE_LIMIT] or None,
        "quantity": _pieces(of_lot[0]) if len(of_lot) == 1 else None,
        "deliver_by": _day(_dict(lot.get("contractPeriod")).get("endDate")),
    }


def _item(item: Data) -> dict[str, Any]:
    title = _words(item.get("description"))
    return {
        "id": _words(item.get("id"))[:100],
        "title": title[:1000] or None,
        "text": None if _pieces(item) else _told(item)[:PROSE_LIMIT] or None,
        "quantity": _pieces(item),
    }


def _told(item: Data) -> str:
    """An item in words, with its quantity and unit."""
    unit = _words(_dict(item.get("unit")).get("name"))
    return " ".join(filter(None, (_words(item.get("description")), _words(item.get("quantity")), unit)))


def _pieces(item: Data) -> int | None:
    """The quantity of an item that is counted in pieces."""
    unit, quantity = _dict(item.get("unit")), item.get("quantity")
    named = _words(unit.get("name") or unit.get("id")).casefold()
    if (
        isinstance(quantity, bool)
        or not isinstance(quantity, int | float)
        or (named and named not in _PIECES)
    ):
        return None
    return int(quantity) if quantity == int(quantity) and quantity >= 1 else None


def _outcome(release: Data, ocid: str, award: Data, supplier: Data) -> dict[str, Any]:
    party = _party(release, supplier)
    inn = _inn(party)
    return {
        "kind": "outcome",
        "need": ocid,
        "supplier": f"inn-{inn}" if inn else _words(party.get("id") or party.get("name"))[:100],
        "decision": "contracted",
        "at": _day(award.get("date")),
    }


def _party(release: Data, named: Data) -> Data:
    """What the release says of an organisation that it names."""
    known = (one for one in _list(release.get("parties")) if one.get("id") == named.get("id"))
    return {**named, **next(known, {})}


def _inn(party: Data) -> str | None:
    identifiers = [_dict(party.get("identifier")), *_list(party.get("additionalIdentifiers"))]
    numbers = [*(_words(one.get("id")) for one in identifiers), _words(party.get("id")).rpartition("-")[2]]
    return next((number for number in numbers if inn_number.is_valid(number)), None)


def _day(moment: object) -> str | None:
    return _words(moment)[:10] or None


def _words(value: object) -> str:
    return "" if value is None or isinstance(value, dict | list) else " ".join(str(value).split())


def _dict(value: object) -> Data:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Data]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


FORMAT = RecordFormat("ocds", _recognises, _read)
