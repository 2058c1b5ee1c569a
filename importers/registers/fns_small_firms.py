"""The register of small and middle firms (МСП), open data of the tax service: XML, a document a firm or sole trader."""

from collections.abc import Iterator
from typing import Any

from importers.readers import xml_records
from importers.readers.archives import Member
from importers.readers.xml_records import Element
from importers.registers import fns
from importers.registers.record_format import RecordFormat
from importers.rows import FileRow
from matchmaker.domain.errors import InvalidRecord
from matchmaker.domain.records import SupplierRecord, parse

KIND, VERSIONS = "РЕЕСТРМСП", ("4.05", "4.06", "4.07")
_PLACES = ("Регион", "Район", "Город", "НаселПункт")
_KEPT = frozenset(("ОргВклМСП", "ИПВклМСП", "ФИОИП", "СведМН", *_PLACES, *fns.ACTIVITIES))
_SIZES = {"1": "micro", "2": "small", "3": "medium"}


def _recognises(file: str, head: bytes) -> bool:
    return fns.is_of(file, head, KIND, VERSIONS)


def _read(member: Member) -> Iterator[FileRow]:
    for position, document in xml_records.records(member, fns.RECORD, _KEPT):
        try:
            record = parse(SupplierRecord, _data(document))
        except InvalidRecord as error:
            yield FileRow(0, position, problems=error.problems)
        else:
            yield FileRow(0, position, record)


def _data(document: Element) -> dict[str, Any]:
    firm, trader = document.child("ОргВклМСП"), document.child("ИПВклМСП")
    if firm.values:
        full, short = firm.plain("НаимОрг"), firm.plain("НаимОргСокр")
        inn, ogrn = firm.get("ИННЮЛ"), firm.get("ОГРН")
    else:
        person = trader.child("ФИОИП")
        called = [fns.titled(person.get(key)) for key in ("Фамилия", "Имя", "Отчество")]
        full, short = None, " ".join(filter(None, ("ИП", *called)))
        inn, ogrn = trader.get("ИННФЛ"), trader.get("ОГРНИП")
    place, staff, day = document.child("СведМН"), document.get("ССЧР") or "", _day(document.get("ДатаСост"))
    return {
        "id": f"ogrn-{ogrn}" if ogrn else f"inn-{inn}",
        "name": {"ru": (short or full or "")[:300]},
        "inn": inn,
        **_place(place),
        "size_class": _SIZES.get(document.get("КатСубМСП") or ""),
        "employees": int(staff) if staff.isdigit() else None,
        "registration": {
            "ogrn": ogrn,
            "full_name": full,
            "short_name": short if firm.values else None,
            "region_code": place.get("КодРегион"),
            **fns.activities(document),
            "on": day,
        },
        "updated": day,
    }


def _day(written: str | None) -> str | None:
    """A day as ISO writes it; the register writes 10.11.2026."""
    parts = (written or "").split(".")
    return "-".join(reversed(parts)) if len(parts) == 3 else written


def _named(name: str, kind: str) -> str:
    """A place with its kind, in the usual order: “Республика Татарстан”, “Самарская область”."""
    first = kind.casefold().startswith(("респ", "г"))
    return " ".join(filter(None, (kind, name) if first else (name, kind)))


def _place(place: Element) -> dict[str, Any]:
    steps = [
        (kind, _named(one.get("Наим") or "", one.get("Тип") or ""), one.get("Наим"))
        for kind in _PLACES
        if (one := place.child(kind)).values
    ]
    region = next((fns.region(words) for kind, words, _ in steps if kind == "Регион"), None)
    town = next((name for kind, _, name in reversed(steps) if kind in {"Город", "НаселПункт"}), None)
    address = ", ".join(filter(None, (fns.titled(words) for _, words, _ in steps)))
    return {"region": region, "city": fns.titled(town), "address": address[:300] or None}


FORMAT = RecordFormat("fns-msp", _recognises, _read)
