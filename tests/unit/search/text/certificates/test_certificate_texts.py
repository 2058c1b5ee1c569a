"""Certificates that texts of shops tell of: held only where words, a date or a number say so."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.wiring import load_taxonomy
from search.reading import certificate_answers
from search.text import Recogniser, TextSource
from tests.support.certificates import told

TODAY = date(2026, 11, 28)


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser(load_taxonomy())


def _told(text: str, recogniser: Recogniser) -> str:
    recognition = recogniser.recognise(text, source=TextSource.PAGE)
    return told(certificate_answers.in_text(recognition, recogniser, TODAY).certificates)


@pytest.mark.parametrize(
    ("text", "certificates"),
    [
        ("Внедряем ISO 9001, сертификация в 2027.", "iso-9001 implementing"),
        ("Работаем по ISO 9001.", ""),
        ("Продукция соответствует требованиям ISO 9001.", ""),
        ("Наши заказчики сертифицированы по IATF 16949.", ""),
        ("ISO 9001 нет, но качество держим.", ""),
        ("Сертификата ISO 9001 у нас нет.", ""),
        ("Не сертифицированы по ISO 9001.", ""),
        ("Система менеджмента качества соответствует ISO 9001.", ""),
        ("Готовимся к сертификации ISO 9001:2015.", "iso-9001:2015 implementing"),
        ("ISO 9001 — аудит назначен на март 2027.", "iso-9001 implementing"),
        ("Имеем сертификат ISO 9001:2015 до 12.05.2028.", "iso-9001:2015 certified until 2028-05-12"),
        (
            "Предприятие сертифицировано по ГОСТ Р ИСО 9001-2015, сертификат № РОСС RU.0001.13ИФ99 действует до 12.05.2028 г.",
            "iso-9001:2015 certified № РОСС RU.0001.13ИФ99 until 2028-05-12",
        ),
        ("Сертификаты: ISO 9001, ISO 14001.", "iso-9001 certified; iso-14001 certified"),
        ("Сертификаты: ISO 9001 (истёк), ISO 14001 (внедряем).", "iso-9001 expired; iso-14001 implementing"),
        ("СМК по ISO 9001 внедрена, сертификат получим весной.", ""),
        (
            "Сертификат ISO 9001 действовал до 01.03.2025, сейчас продлеваем.",
            "iso-9001 expired until 2025-03-01",
        ),
        ("Сертификат ИСО 9001 приостановлен.", "iso-9001 suspended"),
        (
            "Мы работаем в соответствии с ISO 9001 и имеем сертификат IATF 16949 до 2028 года.",
            "iatf-16949 certified until 2028-12-31",
        ),
        ("We are ISO 9001:2015 certified.", "iso-9001:2015 certified"),
        ("We work to ISO 9001 standards.", ""),
        ("ISO 9001 compliant quality system.", ""),
        ("Our customers are AS9100 certified.", ""),
        ("ISO 9001 certification in progress, expected Q2 2027.", "iso-9001 implementing"),
        ("We are working towards AS9100.", "en-9100 implementing"),
        ("ISO 9001 expired in 2024.", "iso-9001 expired until 2024-12-31"),
        ("We were ISO 9001 certified until 2023.", "iso-9001 expired until 2023-12-31"),
        ("Formerly ISO 9001 certified.", "iso-9001 expired"),
        ("ISO 9001 certificate suspended.", "iso-9001 suspended"),
        ("No ISO 9001 yet.", ""),
        ("Not ISO 9001 certified.", ""),
        ("We hold ISO 9001 and ISO 14001 certificates.", "iso-9001 certified; iso-14001 certified"),
        ("ISO 9001, AS9100: planned for 2027.", ""),
        (
            "Quality: ISO 9001:2015, valid until 30 June 2028; IATF 16949 lapsed.",
            "iso-9001:2015 certified until 2028-06-30; iatf-16949 expired",
        ),
        ("Material certificates EN 10204 3.1; mills certified to ISO 9001.", ""),
        ("Subcontractors are ISO 9001 certified.", ""),
        ("Registered to ISO 9001:2015 by DNV.", "iso-9001:2015 certified"),
        ("ISO 9001 since 2009.", "iso-9001 certified"),
        ("Сертифицированы с 2012 года по ISO 9001.", "iso-9001 certified"),
        ("Планируем получить ISO 9001 в 2027 году.", ""),
        ("К 2027 году получим ISO 9001.", ""),
        ("ISO 9001 в стадии внедрения.", "iso-9001 implementing"),
        ("Проходим сертификацию по ISO 9001.", "iso-9001 implementing"),
        ("Сертификат ISO 9001 есть у нашего партнёра.", ""),
        ("Головная компания сертифицирована по ISO 9001.", ""),
        ("Раньше был ISO 9001.", "iso-9001 expired"),
        ("Без ISO, зато быстро.", ""),
        ("Контроль качества на уровне ISO 9001.", ""),
        ("ISO 9001-ready shop.", ""),
        ("Our QMS follows ISO 9001 but is not certified.", ""),
        ("Our QMS is based on ISO 9001.", ""),
        ("Trained ISO 9001 internal auditors.", ""),
        ("Аудиторы ISO 9001 в штате.", ""),
        ("Консультируем по внедрению ISO 9001.", ""),
        ("Сварка аттестована НАКС до 31.12.2026.", "naks certified until 2026-12-31"),
        (
            "Аттестация НАКС (до 05.2025), ISO 9001 до 05.2028.",
            "naks expired until 2025-05-31; iso-9001 certified until 2028-05-31",
        ),
        ("ISO 9001 (until May 2025)", "iso-9001 expired until 2025-05-31"),
        ("СМК сертифицирована TÜV, действует до 2028.", "iso-9001 certified until 2028-12-31"),
        ("Система качества сертифицирована.", "iso-9001 certified"),
        ("Система менеджмента качества.", ""),
        ("У нас своя система качества.", ""),
        ("FSC certified paper used.", ""),
        ("We use FSC certified paper.", ""),
        ("Материалы с сертификатом FSC.", ""),
        ("IATF 16949: Letter of conformance only.", ""),
        ("ISO 13485 certificate: target date June 2027.", ""),
        (
            "Certifications: ISO 9001 (pending), ISO 14001 (current).",
            "iso-9001 implementing; iso-14001 certified",
        ),
        ("ISO 9001 audit next month.", ""),
        ("Скоро ISO 9001.", ""),
        ("Ожидаем сертификат ISO 9001 в декабре.", ""),
        ("Получили сертификат ISO 9001 в 2024 году.", "iso-9001 certified"),
        ("ISO 9001 выдан 12.01.2022.", "iso-9001 expired from 2022-01-12"),
        ("Выдан сертификат ISO 9001 от 14.03.2025.", "iso-9001 certified from 2025-03-14"),
        ("Нет сертификатов ISO 9001 и ISO 14001.", ""),
        ("Нет ни ISO 9001, ни IATF 16949.", ""),
        ("Есть ISO 9001, нет IATF 16949.", "iso-9001 certified"),
        ("ISO 9001 есть, IATF 16949 нет.", "iso-9001 certified"),
        ("ISO 9001 + / ISO 14001 -", ""),
        ("ISO 9001 ✔ ISO 14001 ✘", "iso-9001 certified; iso-14001 certified"),
        ("Сертификат ISO 9001 отозван в 2025.", ""),
        ("Отказались от ISO 9001.", ""),
        ("Для клиентов с ISO 9001 готовим полный пакет документов.", ""),
        ("Поставщик сертифицирован по ISO 9001", ""),
        ("Документация по требованиям ISO 9001", ""),
        ("Помогаем заказчикам получить ISO 9001", ""),
    ],
)
def test_a_text_tells_of_certificates(text: str, certificates: str, recogniser: Recogniser) -> None:
    assert _told(text, recogniser) == certificates


_ABSENT = (
    "нет",
    "внедряем",
    "планируем",
    "истёк",
    "приостановлен",
    "аннулирован",
    "not held",
    "in progress",
    "planned",
    "expired",
    "suspended",
)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["ISO 9001", "ИСО 14001", "IATF 16949", "AS9100", "НАКС"]),
    st.sampled_from([" ", " - ", ": ", " (", " — "]),
    st.sampled_from(_ABSENT),
)
def test_a_standard_that_is_not_held_is_never_certified(
    recogniser: Recogniser, standard: str, sign: str, state: str
) -> None:
    closing = ")" if "(" in sign else ""
    assert "certified" not in _told(f"Сертификаты: {standard}{sign}{state}{closing}.", recogniser)


def test_a_long_text_is_read_in_linear_time(recogniser: Recogniser) -> None:
    text = "Сертификат ISO 9001 № 12 до 12.05.2028, ISO 14001 (внедряем) и " * 300
    assert _told(text, recogniser)
