"""Demands for certificates in needs: all of them, each for one of several standards, a must or a wish."""

from datetime import date

import pytest

from matchmaker.domain.certificate import CertificationDemand
from matchmaker.domain.records import NeedRecord
from matchmaker.wiring import load_recogniser
from search.reading.need_reading import requirements_of
from search.text import Recogniser

TODAY = date(2026, 11, 28)


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return load_recogniser()


def _told(demand: CertificationDemand) -> str:
    edition = f":{demand.edition}" if demand.edition else ""
    return f"{'|'.join(demand.any_of)}{edition} {demand.strength} {demand.level.name.lower()}"


@pytest.mark.parametrize(
    ("text", "demands"),
    [
        ("Токарка, 500 шт. ISO 9001 и НАКС обязательно.", "iso-9001 must certified; naks must certified"),
        ("Milling, aluminium, 30 pcs. ISO 9001 or AS9100 certified.", "iso-9001|en-9100 must certified"),
        (
            "Фрезерование алюминия, 30 шт. Обязателен сертификат ISO 9001 или EN 9100.",
            "iso-9001|en-9100 must certified",
        ),
        (
            "Certified to IATF 16949 or at least ISO 9001. Stamping, 3000 pcs.",
            "iatf-16949|iso-9001 must certified",
        ),
        ("Milling. ISO 9001 / IATF 16949.", "iso-9001|iatf-16949 must certified"),
        ("Токарка. ISO 9001, желательно ISO 14001.", "iso-9001 must certified; iso-14001 wish certified"),
        (
            "Токарка. ISO 9001 обязательно, ISO 14001 желательно.",
            "iso-9001 must certified; iso-14001 wish certified",
        ),
        ("Токарка 500 шт. СМК не важна.", ""),
        ("Токарка 500 шт. Сертификация ISO 9001 не требуется.", ""),
        ("Токарка 500 шт. ISO 9001 или аналог.", "iso-9001 must certified"),
        ("Turning 500 pcs, ISO 9001 or equivalent.", "iso-9001 must certified"),
        ("Токарка. ISO 9001, внедряющие тоже подойдут.", "iso-9001 must implementing"),
        ("Токарка. Подтверждённый сертификат ISO 9001.", "iso-9001 must verified"),
        ("Наш заказчик сертифицирован по ISO 9001, токарка 500 шт.", ""),
        ("We are an ISO 9001 company. Need turning, 500 pcs.", ""),
        # What a firm says of itself may rank, and shuts nobody out; a wanted firm told in the same words is a condition.
        (
            "ISO 9001 & AS9100 certified manufacturer of gears. Types include bevel gears.",
            "iso-9001 wish certified; en-9100 wish certified",
        ),
        (
            "Сертифицированный по ISO 9001 производитель гидроцилиндров. Выпускаем цилиндры до 500 мм.",
            "iso-9001 wish certified",
        ),
        ("ISO 9001 certified manufacturer of gears", "iso-9001 must certified"),
        ("ISO 9001 certified foundry for 500 pcs. Patterns are available.", "iso-9001 must certified"),
        ("Gears, milled. ISO 9001 certified firm, drawings are available.", "iso-9001 must certified"),
        ("Turning, material certificate 3.1 per EN 10204, 500 pcs.", ""),
        ("Токарка, EAC, сертификат соответствия на материал.", ""),
        ("Weld to ISO 5817 level B, ISO 2768-mK.", ""),
        ("Токарка. Наличие СМК по IATF 16949.", "iatf-16949 must certified"),
        ("Токарка. ISO 9001 or IATF 16949 or AS9100.", "iso-9001|iatf-16949|en-9100 must certified"),
        (
            "Токарка. Любой из сертификатов: ISO 9001, IATF 16949, EN 9100.",
            "iso-9001|iatf-16949|en-9100 must certified",
        ),
        ("Рамы сварные по EN 1090 EXC2.", ""),
        ("Сварка, нужна аттестация НАКС и ISO 3834-2.", "naks must certified; iso-3834-2 must certified"),
        ("Токарка. ISO 9001 и EN 1090.", "iso-9001 must certified; en-1090 must certified"),
        ("Turning. ISO 9001 and EN 1090 required.", "iso-9001 must certified; en-1090 must certified"),
        ("Turning. No ISO needed.", ""),
        ("Turning. ISO 9001 preferred, AS9100 a plus.", "iso-9001 wish certified; en-9100 wish certified"),
        ("Soldering to IPC-A-610 class 2, 100 pcs.", ""),
        ("PCB assembly, IPC-A-610 certified staff.", "ipc-a-610 must certified"),
        ("Токарка. Нужен ISO 9001:2015.", "iso-9001:2015 must certified"),
        ("Токарка. Поставщик с ISO 9001, либо внедряющий.", "iso-9001 must implementing"),
        ("Токарка. Заказчики с ISO 9001 довольны.", ""),
        ("Our customer is ISO 13485 certified, we need milling of 20 pcs.", ""),
        ("Токарка. ISO 9001 необязателен.", "iso-9001 wish certified"),
        (
            "Токарка. Требования: ISO 9001; НАКС; военная приёмка.",
            "iso-9001 must certified; naks must certified; military-acceptance must certified",
        ),
        ("Токарка. Требуется ТР ТС 032.", "tr-ts-032 must certified"),
        ("Токарка. ТР ТС 010/2011.", ""),
        (
            "Токарка. Только сертифицированные по ISO 9001 и ISO 14001 предприятия.",
            "iso-9001 must certified; iso-14001 must certified",
        ),
        (
            "Turning. Must be ISO 9001 and preferably IATF 16949.",
            "iso-9001 must certified; iatf-16949 wish certified",
        ),
        ("Turning. Either ISO 9001 or ISO 13485 is fine.", "iso-9001|iso-13485 must certified"),
        ("Turning. ISO 9001, AS9100 or Nadcap.", "iso-9001|en-9100|nadcap must certified"),
        ("Токарка. ISO 9001, IATF 16949 или EN 9100.", "iso-9001|iatf-16949|en-9100 must certified"),
        ("Сварка рам. Сварщики НАКС.", "naks wish certified"),
        ("Сварка рам. Копии аттестации НАКС сварщиков приложить.", "naks must certified"),
        ("Turning. ISO 9001 would be an asset.", "iso-9001 wish certified"),
        ("Токарка. Наличие ISO 9001 даст приоритет.", "iso-9001 wish certified"),
        ("Turning of 4 pins.\nSkip W | Cimarrow Aerostructures - AS9100D certified", ""),
        (
            "Turning. IATF 16949 is a must, ISO 14001 desired.",
            "iatf-16949 must certified; iso-14001 wish certified",
        ),
        ("Nice to have: ISO 13485. Milling, 20 pcs.", "iso-13485 wish certified"),
        ("Turning. If halal, please mention it.", "halal wish certified"),
        ("Turning. ISO 9001 nice, not a condition.", "iso-9001 wish certified"),
        ("Turning. ISO 9001 is needed. Don't send the ISO 45001 stuff again.", "iso-9001 must certified"),
        ("Machining. Must hold API Q1. ISO 9001 by itself will not fly.", "api-q1 must certified"),
        ("Токарка. ISO 13485 обязательно, ISO 9001 вместо него не подойдёт.", "iso-13485 must certified"),
        (
            "Токарка. Сертификат ИСО 9001 действующий, не «в процессе» — обязательно.",
            "iso-9001 must certified",
        ),
        (
            "Литьё. Нужен действующий ISO 9001; наличие ISO 14001 оценивается дополнительно.",
            "iso-9001 must certified; iso-14001 wish certified",
        ),
    ],
)
def test_a_need_demands_certificates(text: str, demands: str, recogniser: Recogniser) -> None:
    asked = requirements_of(NeedRecord(id="n", text=text), recogniser, TODAY).requirements
    assert "; ".join(map(_told, asked.certification)) == demands
