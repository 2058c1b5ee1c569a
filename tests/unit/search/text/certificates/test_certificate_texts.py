"""Certificates that texts of shops tell of: held only where words, a date or a number say so."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.wiring import load_recogniser
from search.reading import certificate_answers
from search.text import Recogniser, TextSource
from tests.support.certificates import told

TODAY = date(2026, 11, 28)


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return load_recogniser()


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
        ("ИСО 3834 хотели, да дорого.", ""),
        ("GOTS: we looked into it, too dear for now.", ""),
        ("GRS certificate valid thru Aug 31, 2027", "grs certified until 2027-08-31"),
        ("Halal – in certification", "halal implementing"),
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
        ("ISO 9001 ✔ ISO 14001 ✘", "iso-9001 certified"),
        ("Сертификат ISO 9001 отозван в 2025.", ""),
        ("Отказались от ISO 9001.", ""),
        ("Для клиентов с ISO 9001 готовим полный пакет документов.", ""),
        ("Поставщик сертифицирован по ISO 9001", ""),
        ("Документация по требованиям ISO 9001", ""),
        ("Помогаем заказчикам получить ISO 9001", ""),
        ("Завод готовится пройти сертификацию на соответствие ISO 9001.", "iso-9001 implementing"),
        ("В 2025 году начали внедрение ISO 9001.", "iso-9001 implementing"),
        ("На предприятии действует СМК по ISO 9001.", ""),
        ("СМК по ГОСТ Р ИСО 9001 не сертифицирована.", ""),
        ("Действующая система качества, без сертификации по ISO 9001.", ""),
        ("Сертификат ИСО 9001 закончился в марте, новый оформляем.", "iso-9001 expired"),
        ("ISO 9001 был до 2023 года.", "iso-9001 expired until 2023-12-31"),
        ("Сертификата пока нет, ISO 9001 в планах.", ""),
        (
            "Сертификаты ISO 9001, IATF 16949 и НАКС в наличии.",
            "iso-9001 certified; iatf-16949 certified; naks certified",
        ),
        ("Сертификаты ISO 9001, IATF 16949 и НАКС отсутствуют.", ""),
        ("Наши станки соответствуют ISO 9001, CE.", ""),
        ("ISO 9001 имеют наши ключевые поставщики.", ""),
        ("Сотрудники прошли обучение по ISO 9001.", ""),
        ("Обучаем персонал по ISO 9001.", ""),
        ("Провели аудит на соответствие ISO 9001.", ""),
        ("Заказчик провёл у нас аудит по ISO 9001.", ""),
        ("Прошли предварительный аудит ISO 9001.", "iso-9001 implementing"),
        ("Внутренний аудитор ISO 9001 в штате.", ""),
        ("Менеджер по качеству с сертификатом ISO 9001.", ""),
        ("Технолог имеет сертификат аудитора ISO 9001.", ""),
        ("Сварщики аттестованы НАКС.", "naks certified"),
        ("Привлекаем аттестованных НАКС сварщиков.", ""),
        ("Срок действия сертификата ISO 9001 истекает 15.12.2026.", "iso-9001 certified until 2026-12-15"),
        ("Срок действия сертификата ISO 9001 истёк 15.10.2026.", "iso-9001 expired until 2026-10-15"),
        ("Сертификат ISO 9001 (до 15.10.2026).", "iso-9001 expired until 2026-10-15"),
        (
            "Сертификат ISO 9001: до 15.10.2026 г., продлён до 15.10.2029.",
            "iso-9001 expired until 2026-10-15",
        ),
        (
            "Сертификат соответствия ISO 9001 № РОСС RU.12345 от 10.10.2024.",
            "iso-9001 certified № РОСС RU.12345 from 2024-10-10",
        ),
        ("Вся продукция сертифицирована, ISO 9001.", ""),
        ("Получаем ISO 9001 летом.", ""),
        ("Сертификация ISO 9001 запланирована на II квартал.", ""),
        ("Сертификат ISO 9001 оформлен, ждём бланк.", ""),
        (
            "Работаем по стандартам ISO 9001 и IATF 16949, сертификат только на ISO 9001 (до 2028).",
            "iso-9001 certified until 2028-12-31",
        ),
        ("Нет сертификата ISO 9001, но есть ISO 14001 до 01.2028.", "iso-14001 certified until 2028-01-31"),
        ("ISO 9001 для нас не пустой звук.", ""),
        ("Мы против ISO 9001.", ""),
        ("Зачем нам ISO 9001?", ""),
        ("ISO 9001? Есть, до 2028.", ""),
        ("Есть ли у вас ISO 9001?", ""),
        ("Требования ISO 9001 выполняем.", ""),
        ("Соблюдаем ISO 9001.", ""),
        ("Quality is our religion: ISO 9001 in mind since 1999.", ""),
        ("We follow ISO 9001 principles.", ""),
        ("Quality system in accordance with ISO 9001:2015.", ""),
        ("Working within an ISO 9001 framework.", ""),
        ("ISO 9001 style quality manual.", ""),
        ("Quality manual per ISO 9001.", ""),
        ("Our plating subcontractor is Nadcap approved.", ""),
        ("Heat treatment by Nadcap-approved vendors.", ""),
        ("ISO 9001:2015 registration pending.", "iso-9001:2015 implementing"),
        ("ISO 9001:2015 certification expected by June 2027.", ""),
        ("We let our ISO 9001 lapse in 2020.", "iso-9001 expired"),
        ("ISO 9001 not renewed after 2022.", "iso-9001 expired"),
        ("AS9100 by Q3 2027.", ""),
        ("AS9100D certification audit scheduled for February.", "en-9100:D implementing"),
        ("Suppliers: only ISO 9001 certified mills.", ""),
        ("Materials from ISO 9001 certified mills.", ""),
        ("Parts made on ISO 9001 certified machines.", ""),
        ("Customers: aerospace primes (AS9100), automotive (IATF 16949).", ""),
        ("Experience with IATF 16949 customers.", ""),
        ("Familiar with IATF 16949 and PPAP.", ""),
        ("PPAP level 3 per IATF 16949.", ""),
        ("We can work to AS9100.", ""),
        ("Capable of meeting AS9100 requirements.", ""),
        ("ISO 9001 equivalent QMS.", ""),
        ("ISO 9001 applied for.", "iso-9001 implementing"),
        ("Self-certified to ISO 9001.", ""),
        ("ISO 9001 certificate withdrawn March 2026.", ""),
        ("ISO 9001:2008 certified.", "iso-9001:2008 expired"),
        ("ISO 9001:2015 certified (exp 2/2026).", "iso-9001:2015 expired until 2026-02-28"),
        ("ISO 9001:2015 cert #12345 exp. 03/31/2027", "iso-9001:2015 certified № 12345 until 2027-03-31"),
        ("Certified to ISO 9001 since 1998.", "iso-9001 certified"),
        (
            "ISO 9001, ISO 14001, ISO 45001 — all valid through 2028-06-30.",
            "iso-9001 certified until 2028-06-30; iso-14001 certified until 2028-06-30; iso-45001 certified until 2028-06-30",
        ),
        (
            "ISO 9001 & 14001 certified until 12/2027.",
            "iso-9001 certified until 2027-12-31; iso-14001 certified until 2027-12-31",
        ),
        ("ISO 9001 certified site in Leeds; Hull site not certified.", "iso-9001 certified"),
        ("Our Hull site is not ISO 9001 certified.", ""),
        ("Sister plant holds ISO 9001.", ""),
        ("ISO 9001 (group certificate of the parent).", ""),
        ("EN 1090 EXC2: certificate no. 0036-CPR-1090, valid.", "en-1090-exc2 certified № 0036-CPR-1090"),
        ("Welders to EN ISO 9606-1.", ""),
        ("Halal on request.", ""),
        ("FSC available on request.", ""),
        ("GMP-compliant cleanroom.", ""),
        ("Kosher? No.", ""),
        ("UL listing possible.", ""),
        ("Looking for ISO 9001 certification partner.", ""),
        ("ISO 9001 certification costs too much for us.", ""),
        ("Interested in ISO 9001.", ""),
        ("ISO 9001 on hold.", "iso-9001 suspended"),
        ("ISO 9001 — soon!", ""),
        ("ISO 9001 coming in 2027.", ""),
        ("Target: ISO 9001 by 2027.", ""),
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
