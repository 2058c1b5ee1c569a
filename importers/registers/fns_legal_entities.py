"""The register of legal persons (ЕГРЮЛ), open data of the tax service: XML, a document a firm.

Natural persons are not read. A firm that ceased to be is marked by its day.
"""

import re
from collections.abc import Iterator
from typing import Any

from importers.readers import xml_records
from importers.readers.archives import Member
from importers.readers.xml_records import Element
from importers.registers import fns
from importers.registers.record_format import RecordFormat
from importers.rows import FileRow
from matchmaker.domain import plausibility
from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.records import SupplierRecord, parse

KIND, VERSIONS = "ЕГРЮЛ_ОТКР_СВЕД", ("4.07",)
_KEPT = frozenset(
    re.findall(
        r"\w+",
        "СвЮЛ СвНаимЮЛ СвНаимЮЛСокр СвНаимЮЛПолнИн СвНаимЮЛСокрИн СвНаимЮЛКодОКИН СвАдресЮЛ АдресРФ Регион Район Город НаселПункт Улица"
        " СвАдрЮЛФИАС НаимРегион МуниципРайон НаселенПункт ЭлПланСтруктур ЭлУлДорСети Здание ПомещЗдания СвМНЮЛ СвАдрЭлПочты СвОбрЮЛ"
        " СвСтатус СвПрекрЮЛ",
    )
).union(fns.ACTIVITIES)
_ENGLISH = "016"  # the code of the language, ОКИН
_CLOSED = N_(
    "This firm ceased to be on %(day)s: its profile is kept blocked, so that nobody finds or invites it."
)


def _recognises(file: str, head: bytes) -> bool:
    return fns.is_of(file, head, KIND, VERSIONS)


def _read(member: Member) -> Iterator[FileRow]:
    for position, document in xml_records.records(member, fns.RECORD, _KEPT):
        firm = document.child("СвЮЛ")
        email = firm.child("СвАдрЭлПочты").get("E-mail")
        wrong = plausibility.remarks_on_email(email) if email else ()
        contacts = {"email": email} if email and not wrong else None
        try:
            record = parse(SupplierRecord, {**_data(firm), "contacts": contacts})
        except InvalidRecord as error:
            yield FileRow(0, position, problems=error.problems)
        else:
            yield FileRow(0, position, record, (*wrong, *_remarks(record)))


def _remarks(record: SupplierRecord) -> tuple[Problem, ...]:
    if record.registration is None or record.registration.closed is None:
        return ()
    day = record.registration.closed.isoformat()
    return (Problem("registration.closed", "registration.closed", _CLOSED, day, {"day": day}),)


def _data(firm: Element) -> dict[str, Any]:
    names, ogrn, made = firm.child("СвНаимЮЛ"), firm.get("ОГРН"), firm.child("СвОбрЮЛ")
    full, short = names.plain("НаимЮЛПолн"), names.child("СвНаимЮЛСокр").plain("НаимСокр")
    founded = (made.get("ДатаРег") or firm.get("ДатаОГРН") or "")[:4]
    region_code, place = _place(firm.child("СвАдресЮЛ"))
    return {
        "id": f"ogrn-{ogrn}",
        "name": {"ru": (short or full or "")[:300], "en": _english(names)},
        "inn": firm.get("ИНН"),
        **place,
        "founded": int(founded) if founded.isdigit() else None,
        "registration": {
            "ogrn": ogrn,
            "kpp": firm.get("КПП"),
            "full_name": full,
            "short_name": short,
            "legal_form": firm.get("ПолнНаимОПФ"),
            "legal_form_code": firm.get("КодОПФ"),
            "region_code": region_code,
            **fns.activities(firm),
            "status": "; ".join(filter(None, map(_state, firm.all("СвСтатус")))) or None,
            "closed": firm.child("СвПрекрЮЛ").get("ДатаПрекрЮЛ"),
            "on": firm.get("ДатаВып"),
        },
        "updated": firm.get("ДатаВып"),
    }


def _state(one: Element) -> str | None:
    return one.child("СвСтатус").get("НаимСтатусЮЛ")


def _english(names: Element) -> str | None:
    """The short English name, else the long one; names in other languages are not read."""
    for kind, key in (("СвНаимЮЛСокрИн", "НаимСокр"), ("СвНаимЮЛПолнИн", "НаимПолн")):
        for one in names.all(kind):
            language = one.child("СвНаимЮЛКодОКИН").get("КодОКИН")
            if language in {None, _ENGLISH} and (name := one.get(key)):
                return name[:300]
    return None


def _place(address: Element) -> tuple[str | None, dict[str, Any]]:
    """The code of the region, and the region, town and address as keys of a record."""
    plain, parts = address.child("АдресРФ"), address.child("СвАдрЮЛФИАС")
    if plain.values:
        return plain.get("КодРегион"), _of_plain(plain)
    if parts.values or parts.children:
        return parts.child("Регион").text.strip() or None, _of_parts(parts)
    seat = address.child("СвМНЮЛ")
    return seat.child("Регион").text.strip() or None, _of_parts(seat)


def _of_plain(address: Element) -> dict[str, Any]:
    region = fns.region(address.child("Регион").get("НаимРегион"))
    town = next(
        (name for kind in ("НаселПункт", "Город") if (name := address.child(kind).get(f"Наим{kind}"))), None
    )
    named = [
        (address.child("Район"), "Район"),
        (address.child("Город"), "Город"),
        (address.child("НаселПункт"), "НаселПункт"),
        (address.child("Улица"), "Улица"),
    ]
    steps = [f"{one.get(f'Тип{kind}') or ''} {one.get(f'Наим{kind}')}" for one, kind in named if one.values]
    house = [address.get(key) for key in ("Дом", "Корпус", "Кварт")]
    return _record(region, town, [address.get("Индекс"), *steps, *house])


def _of_parts(address: Element) -> dict[str, Any]:
    region = fns.region(address.child("НаимРегион").text.strip())
    town = address.child("НаселенПункт").get("Наим")
    named = [
        *address.all("МуниципРайон"),
        *address.all("НаселенПункт"),
        *address.all("ЭлПланСтруктур"),
        *address.all("ЭлУлДорСети"),
    ]
    steps = [f"{one.get('Вид') or one.get('Тип') or ''} {one.get('Наим') or ''}" for one in named]
    rooms = [*address.all("Здание"), *address.all("ПомещЗдания")]
    house = [f"{one.get('Тип') or ''} {one.get('Номер') or ''}" for one in rooms]
    return _record(region, town, [address.get("Индекс"), *steps, *house])


def _record(region: str | None, town: str | None, steps: list[str | None]) -> dict[str, Any]:
    words = [fns.titled(" ".join(step.split())) for step in steps if step and step.strip()]
    address = ", ".join(dict.fromkeys(filter(None, (words[0] if words else None, region, *words[1:]))))
    return {"region": region, "city": fns.titled(town), "address": address[:300] or None}


FORMAT = RecordFormat("fns-egrul", _recognises, _read)
