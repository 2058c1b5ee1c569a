"""Certificates that cells of lists tell of: held only where words, a date or a number say so."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.wiring import load_recogniser
from search.text import Recogniser
from search.text.certificates.certificate_cells import certificates_of
from tests.support.certificates import told

TODAY = date(2026, 11, 28)


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return load_recogniser()


@pytest.mark.parametrize(
    ("column", "cell", "certificates"),
    [
        ("ISO 9001", "да", "iso-9001 certified"),
        ("ISO 9001", "нет", ""),
        ("ISO 9001", "+", "iso-9001 certified"),
        ("ISO 9001", "-", ""),
        ("ISO 9001", "—", ""),
        ("ISO 9001", "не", ""),
        ("ISO 9001", "в процессе", "iso-9001 implementing"),
        ("ISO 9001", "истёк в 2024 г.", "iso-9001 expired until 2024-12-31"),
        ("ISO 9001", "договор подписан", ""),
        ("ISO 9001", "подали документы", ""),
        ("ISO 9001", "ждём", ""),
        ("ISO 9001", "скоро", ""),
        ("ISO 9001", "на сертификации", ""),
        ("ISO 9001", "?", ""),
        ("ISO 9001", "см. приложение", ""),
        ("ISO 9001", "0", ""),
        ("ISO 9001", "1", ""),
        ("ISO 9001", "x", ""),
        ("ISO 9001", "V", ""),
        ("ISO 9001", "частично", ""),
        ("ISO 9001", "имеется, до 31 декабря 2027", "iso-9001 certified until 2027-12-31"),
        ("ISO 9001", "31.12.27", "iso-9001 certified until 2027-12-31"),
        ("ISO 9001", "31 декабря 2027", "iso-9001 certified until 2027-12-31"),
        ("ISO 9001", "12.2027", "iso-9001 certified until 2027-12-31"),
        ("ISO 9001", "2027", "iso-9001 certified until 2027-12-31"),
        ("ISO 9001", "46752", "iso-9001 certified until 2027-12-31"),
        ("ISO 9001", "бессрочно", "iso-9001 certified"),
        ("ISO 9001", "01.01.2025 - 31.12.2027", "iso-9001 certified from 2025-01-01 until 2027-12-31"),
        ("Сертификат", "ISO 9001 - нет, планируем в 2027", ""),
        ("Сертификат", "ISO 9001:2008", "iso-9001:2008 expired"),
        (
            "Сертификат",
            "ГОСТ Р ИСО 9001-2015, № РОСС RU.0001.13ИФ99, до 12.05.2028",
            "iso-9001:2015 certified № РОСС RU.0001.13ИФ99 until 2028-05-12",
        ),
        (
            "Сертификат",
            "ISO 9001 (certificate no. 12 100 12345 TMS, TÜV SÜD, valid until 2028-04-30)",
            "iso-9001 certified № 12 100 12345 TMS until 2028-04-30",
        ),
        ("Сертификат", "ISO 9001 ранее", ""),
        ("Сертификат", "был ISO 9001", "iso-9001 expired"),
        (
            "Сертификат",
            "ISO 9001 просрочен, ISO 14001 до 05.2027",
            "iso-9001 expired; iso-14001 certified until 2027-05-31",
        ),
        ("Сертификат", "требуется ISO 9001", ""),
        ("Сертификат", "ISO 9001 в планах на 2027", ""),
        ("Сертификат", "ISO 9001 - на стадии подготовки", "iso-9001 implementing"),
        ("Сертификат", "ISO 9001, IATF 16949 - в процессе", "iso-9001 implementing; iatf-16949 implementing"),
        (
            "Сертификат",
            "ISO 9001/14001/45001 до 30.09.2027",
            "iso-9001 certified until 2027-09-30; iso-14001 certified until 2027-09-30; iso-45001 certified until 2027-09-30",
        ),
        ("Сертификат", "AS9100D exp 12/31/2026", "en-9100:D certified until 2026-12-31"),
        ("Сертификат", "AS9100D exp 12/31/2025", "en-9100:D expired until 2025-12-31"),
        ("ISO 9001 issued", "2024-05-05", "iso-9001 certified from 2024-05-05"),
        ("ISO 9001 issued", "2022-05-05", "iso-9001 expired from 2022-05-05"),
        ("ISO 9001 valid until", "2025-05-05", "iso-9001 expired until 2025-05-05"),
        ("ISO 9001", "expired", "iso-9001 expired"),
        ("ISO 9001", "exp. 05/2025", "iso-9001 expired until 2025-05-31"),
        ("ISO 9001", "audit 03/2027", ""),
        ("ISO 9001", "planned 2027", ""),
        ("ISO 9001", "WIP", "iso-9001 implementing"),
        ("ISO 9001", "Stage 2 audit on 12.01.2027", "iso-9001 implementing"),
        ("ISO 9001", "applied", ""),
        ("ISO 9001", "compliant", ""),
        ("ISO 9001", "self-declared", ""),
        ("ISO 9001", "certified by customer", ""),
        ("ISO 9001", "yes, expired", "iso-9001 expired"),
        ("ISO 9001", "Yes (expires 03/2028)", "iso-9001 certified until 2028-03-31"),
        ("ISO 9001", "No, but compliant", ""),
        ("ISO 9001", "in Vorbereitung", ""),
        ("ISO 9001", "held by parent", ""),
        ("ISO 9001", "Y", "iso-9001 certified"),
        ("ISO 9001", "N", ""),
        ("ISO 9001", "TRUE", "iso-9001 certified"),
        ("ISO 9001", "FALSE", ""),
        ("ISO 9001", "n.a.", ""),
        ("ISO 9001", "none yet", ""),
        ("ISO 9001", "not applicable", ""),
        ("ISO 9001", "да, но просрочен", "iso-9001 expired"),
        ("ISO 9001", "да (до 2024)", "iso-9001 expired until 2024-12-31"),
        ("ISO 9001", "да (приостановлен)", "iso-9001 suspended"),
        ("ISO 9001", "не действует", ""),
        ("ISO 9001", "действует", "iso-9001 certified"),
        ("ISO 9001", "копия на русском", ""),
        ("ISO 9001", "получаем", ""),
        ("ISO 9001", "оформляется", "iso-9001 implementing"),
        ("ISO 9001", "оформлен", ""),
        ("ISO 9001", "запланировано", ""),
        ("ISO 9001", "отказ", ""),
        ("ISO 9001", "декларация", ""),
        ("ISO 9001", "Русский Регистр", ""),
        ("ISO 9001", "TÜV", ""),
        ("ISO 9001", "Q1 2027", ""),
        ("ISO 9001", "by Q1 2027", ""),
        ("ISO 9001", "первичный аудит пройден", "iso-9001 implementing"),
        ("ISO 9001", "сертификат утерян", ""),
        ("Сертификаты", "ISO 9001 (2018-2021)", "iso-9001 expired until 2021-12-31"),
        ("Certs", "ISO 9001: ✗", ""),
        ("Certs", "ISO 9001 x", ""),
        ("Сертификаты", "ISO 9001 (головная организация)", ""),
        ("СМК", "внедрена", ""),
        ("ISO 9001", "☑", "iso-9001 certified"),
        ("ISO 9001", "в стадии получения", "iso-9001 implementing"),
        ("ISO 9001", "audit in March", "iso-9001 implementing"),
        ("ISO 9001", "действует, продлеваем", "iso-9001 certified"),
        ("Certs", "9001 ✓ 14001 ✗ 13485 ✓", "iso-9001 certified; iso-13485 certified"),
        ("Сертификация", "9001 - да, 14001 - план 2027, 45001 - нет", "iso-9001 certified"),
        ("Сертификация", "ISO 9001 + ; ISO 14001 - ; ISO 45001 ?", "iso-9001 certified"),
        ("Certs", "ISO 9001 no ISO 14001 yes", "iso-14001 certified"),
        ("Certs", "FDA registered, GMP in preparation", "fda-registration certified; gmp implementing"),
        ("Certs", "ISO 9001 01.02.2025-31.01.2028", "iso-9001 certified from 2025-02-01 until 2028-01-31"),
        ("Certs", "ISO 9001 18.05.2019-17.05.2022", "iso-9001 expired from 2019-05-18 until 2022-05-17"),
        ("Certs", "ISO 9001 since 2016", "iso-9001 certified"),
        ("Certs", "ISO 9001 ✔️", "iso-9001 certified"),
        ("Certs", "ISO 9001:2015, ISO 14001:2015", "iso-9001:2015 certified; iso-14001:2015 certified"),
        ("Certs", "ISO 9001: no, ISO 14001: yes", "iso-14001 certified"),
        ("Compliance", "ISO 9001", "iso-9001 certified"),
        ("Сертификаты", "ИСО 9001 (действ. до 03.2028)", "iso-9001 certified until 2028-03-31"),
        (
            "Certs",
            "ISO 9001 certified by TÜV Rheinland, reg 01 100 12345, valid 2025-03-01 to 2028-02-29",
            "iso-9001 certified № 01 100 12345 from 2025-03-01 until 2028-02-29",
        ),
    ],
)
def test_a_cell_tells_of_certificates(
    column: str, cell: str, certificates: str, recogniser: Recogniser
) -> None:
    assert told(certificates_of(cell, column, recogniser, TODAY).certificates) == certificates


@pytest.mark.parametrize(
    "cell",
    [
        "сертификат ISO 9001 обещают в январе",
        "сертификат ISO 9001 на старое юрлицо",
        "ISO 9001 есть у завода-партнёра",
        "есть заявка на ISO 9001",
        "ISO 9001 заявка № 12345 от 03.10.2026",
        "ISO 9001 (до реорганизации)",
        "ISO 9001 сертификат сдали",
        "ISO 9001 certificate being transferred to the new legal entity",
        "ISO 9001 certificate under appeal",
        "ISO 9001 approved budget",
        "consultant hired for ISO 9001",
        "start of ISO 9001 project 2027-02-01",
        "ISO 9001 offer no. 44521 from DQS",
        "ISO 9001: -",
        "ISO 9001 (-)",
        "ISO 9001 LOST",
        "ISO 9001; consultant chosen",
        "Missing: ISO 9001",
        "☐ ISO 9001",
        "ISO 9001 50%",
        "ISO 9001 (exp. 24)",
        "получено КП на сертификацию ISO 9001",
        "quote from BSI for ISO 9001 received",
        "предлагаем внедрение ISO 9001",
        "quality manual available (ISO 9001)",
        "действует система качества",
        "ISO 9001 ✕",
        "ISO 9001 👎",
        "ISO 9001 +/-",
        "ISO 9001 0/1",
        "ISO 9001 Q3/27",
        "ISO 9001 (2016-19)",
        "ISO 9001 в 2027",
        "ISO 9001: yes, in 2027",
        "ISO 9001 approved for budget 2027",
        "ISO 9001 выдан 2019",
        "ISO 9001 issued 2023",
        "ISO 9001 certifiable",
        "ISO 9001 type quality system",
        "AS9100 holding company",
    ],
)
def test_a_cell_whose_words_nothing_explains_is_asked_about_and_not_held(
    cell: str, recogniser: Recogniser
) -> None:
    assert told(certificates_of(cell, "", recogniser, TODAY).certificates) == ""


@pytest.mark.parametrize(
    ("column", "certificates"),
    [
        ("Planned certificates", ""),
        ("Certificates in progress", "iso-9001 implementing"),
        ("Expired certificates", "iso-9001 expired"),
        ("Требуемые сертификаты", ""),
        ("Certificates (yes/no/expired)", "iso-9001 certified"),
        ("Missing certificates", ""),
        ("Отсутствующие сертификаты", ""),
        ("Нужные сертификаты", ""),
        ("Сертификаты партнёров", ""),
        ("Supplier's suppliers' certificates", ""),
        ("Сертификаты поставщика", "iso-9001 certified"),
    ],
)
def test_a_column_s_name_tells_the_state_of_its_cells(
    column: str, certificates: str, recogniser: Recogniser
) -> None:
    assert told(certificates_of("ISO 9001", column, recogniser, TODAY).certificates) == certificates


@pytest.mark.parametrize(
    ("column", "cell", "certificates"),
    [
        ("ISO 9001 target date", "2027-06-30", ""),
        ("Плановая дата сертификации ISO 9001", "01.06.2027", ""),
        ("Срок получения ISO 9001", "03.2027", ""),
        ("Дата аудита ISO 9001", "15.03.2027", ""),
        ("ISO 9001 (план)", "да", ""),
        ("ISO 9001 required?", "yes", ""),
        ("ISO 9001 compliant", "yes", ""),
        ("Обучение ISO 9001", "да", ""),
        ("Отзыв сертификата ISO 9001", "да", ""),
        ("ISO 9001 in progress", "yes", "iso-9001 implementing"),
        ("ISO 9001 expired", "yes", "iso-9001 expired"),
        ("ISO 9001 expired date", "2028-03-01", "iso-9001 certified until 2028-03-01"),
        ("ISO 9001 audit", "certified until 2028-03-01", "iso-9001 certified until 2028-03-01"),
        ("ISO 9001 (да/нет/в процессе)", "да", "iso-9001 certified"),
        ("Дата получения ISO 9001", "05.05.2025", "iso-9001 certified from 2025-05-05"),
    ],
)
def test_a_column_s_name_with_a_standard_tells_what_its_answers_are_about(
    column: str, cell: str, certificates: str, recogniser: Recogniser
) -> None:
    assert told(certificates_of(cell, column, recogniser, TODAY).certificates) == certificates


@pytest.mark.parametrize("cell", ["ISO 9001 exp. 08-2027", "ISO 9001 valid until 2027-08"])
def test_a_month_and_its_year_are_written_either_way(cell: str, recogniser: Recogniser) -> None:
    assert told(certificates_of(cell, "", recogniser, TODAY).certificates).endswith("until 2027-08-31")


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("ISO 9001", "да"),
        ("Наличие сертификата", "да"),
        ("Сертификат", "ISO 9999"),
        ("Сертификат", "сертификат соответствия"),
        ("Сертификат ISO 9001", "15.03.2026"),
        ("Сертификат ISO 9001", "ISO 14001 до 2028"),
        ("ISO 9001", "выдан 01.03.2027"),
        ("ISO 9001", "до 31.02.2027"),
        ("ISO 9001", "работаем в соответствии"),
    ],
)
def test_what_a_cell_leaves_open_is_a_doubt(column: str, cell: str, recogniser: Recogniser) -> None:
    assert certificates_of(cell, column, recogniser, TODAY).doubts


@settings(max_examples=200, deadline=None)
@given(cell=st.text(max_size=60), column=st.sampled_from(["ISO 9001", "Сертификат", "", "НАКС до"]))
def test_any_cell_is_read(cell: str, column: str, recogniser: Recogniser) -> None:
    read = certificates_of(cell, column, recogniser, TODAY)
    assert all(0 <= one.start <= one.end <= max(len(cell), 1) for one in read.doubts)


@settings(max_examples=60, deadline=None)
@given(
    st.dates(date(2010, 1, 1), date(2040, 12, 31)),
    st.sampled_from(
        ["до {0:%d.%m.%Y}", "valid until {0:%Y-%m-%d}", "действует до {0:%d.%m.%y}", "exp. {0:%m/%Y}"]
    ),
)
def test_an_end_in_the_past_is_expired(recogniser: Recogniser, day: date, words: str) -> None:
    (one,) = certificates_of(words.format(day), "ISO 9001", recogniser, TODAY).certificates
    assert one.valid_until is not None
    assert (one.status == "certified") == (one.valid_until >= TODAY)
