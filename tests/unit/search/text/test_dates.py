"""Days, spans and terms in Russian and English texts: how they are written, and what each is about."""

import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.wiring import load_recogniser
from search.text import dates

RECOGNISER = load_recogniser()
TODAY = date(2026, 11, 28)  # a Saturday


def _days(text: str) -> list[str]:
    found = RECOGNISER.recognise(text, TODAY).of(*dates.DAY_KINDS)
    return [f"{mention.kind} {mention.day or 'open'}" for mention in found]


DELIVERIES = """
к 31.12.27 | 2027-12-31
до 31.12.2027 г. | 2027-12-31
31 декабря 2027 | 2027-12-31
до 31-го декабря | 2026-12-31
к 20.02 | 2027-02-20
срок 12.2027 | 2027-12-31
до 2027 г. | 2027-12-31
в 2027 году | 2027-12-31
by Dec 14 | 2026-12-14
by the 14th of December | 2026-12-14
December 14th, 2026 | 2026-12-14
ship by 12/18/2026 | 2026-12-18
Ship by 1/15/27. | 2027-01-15
дата как у остального заказа - 25/12/26 | 2026-12-25
2027-03-01 | 2027-03-01
delivery 03-Apr-2028 | 2028-04-03
К 31.12.2027 | 2027-12-31
СРОК 15-01-2027 | 2027-01-15
отгрузка 10-12.01.2027 | 2027-01-12
вал по чертежу РТ-14.00.000 до 20.02 | 2027-02-20
поставка 01.03–15.03 | 2027-03-15
с 1 по 15 марта | 2027-03-15
Отгрузка 15-20 января | 2027-01-20
поставка декабрь-январь | 2027-01-31
нужно к пятнице | 2026-12-04
by Friday | 2026-12-04
first one on or before Friday 12 March 2027 | 2027-03-12
deliver next week | 2026-12-06
нужно завтра | 2026-11-29
надо сегодня | 2026-11-28
нужно послезавтра | 2026-11-30
need by the day after tomorrow | 2026-11-30
нужно на этой неделе | 2026-11-29
нужно на 6-й неделе | 2027-02-14
ready for collection by end of week 6 | 2027-02-14
до НГ | 2026-12-31
к Новому году | 2026-12-31
need them b4 xmas | 2026-12-24
до конца года | 2026-12-31
delivery by year end | 2026-12-31
by EOY | 2026-12-31
до конца месяца | 2026-11-30
до конца недели | 2026-11-29
до конца квартала | 2026-12-31
by end of January | 2027-01-31
не позднее 15 января | 2027-01-15
early March delivery | 2027-03-10
mid-April delivery | 2027-04-15
поставка: первая половина февраля | 2027-02-15
delivery first week of May | 2027-05-07
III квартал 2027 | 2027-09-30
Q2 2027 | 2027-06-30
поставка 2 кв. | 2027-06-30
goods in Budapest before the end of Q1 2027 | 2027-03-31
H1 2027 delivery | 2027-06-30
во 2-м полугодии 2027 поставка | 2027-12-31
поставка весной | 2027-05-31
нужно к лету | 2027-05-31
поставка в декабре | 2026-12-31
нужно в конце января | 2027-01-31
срок возврата не позднее 24 декабря сего года | 2026-12-24
120 days ARO | 2027-03-28
срок 30 раб. дней | 2027-01-09
delivery 10 working days | 2026-12-12
lead time 4-6 weeks | 2027-01-09
срок три недели | 2026-12-19
срок полтора месяца | 2027-01-12
через месяц | 2026-12-28
within 30 days of order | 2026-12-28
lead time 8 wks | 2027-01-23
срок 45 к.д. | 2027-01-12
can you deliver in a couple of weeks? | 2026-12-12
Delivery 3 weeks from today | 2026-12-19
срок 2-3 недели после оплаты | 2026-12-19
первая партия к 1 марта | 2027-03-01
нужно 50 втулок к 20 числу | 2026-12-20
успеть бы до 10-го | 2026-12-10
Срок изготовления не более 25 рабочих дней с момента получения аванса | 2027-01-02
в течение 45 (сорока пяти) календарных дней с даты подписания | 2027-01-12
Required on site: w/c 15 Feb | 2027-02-15
by close of business Friday | 2026-12-04
Delivery week 8/2027 | 2027-02-28
за 2 недели сделаете? | 2026-12-12
осенью 2027 | 2027-11-30
3Q27 | 2027-09-30
first lot by 31 January | 2027-01-31
turning of 300 pins, 20 working days. | 2026-12-26
токарка 300 шт, 3 недели | 2026-12-19
"""


@pytest.mark.parametrize("line", DELIVERIES.strip().splitlines())
def test_a_day_of_delivery_is_read(line: str) -> None:
    text, _, day = line.partition(" | ")
    assert _days(text) == [f"deadline {day}"]


OTHERS = """
КП до 5 декабря | quote_by 2026-12-05
quotes due 12 Dec | quote_by 2026-12-12
приём заявок до 10.12.2026 | quote_by 2026-12-10
bid closes 15 Dec 2026 | quote_by 2026-12-15
Подача предложений — до 16:00 02.12.2026 | quote_by 2026-12-02
Deadline for receipt of tenders: 12:00 noon on 8 January 2027 | quote_by 2027-01-08
сертификат действует до 12.2027 | day 2027-12-31
оплата 30 дней | day 2026-12-28
отсрочка 45 дней | day 2027-01-12
гарантия 12 месяцев | day 2027-11-23
prices valid 120 days | day 2027-03-28
работаем с 2005 года | day 2005-12-31
заявка № 12 от 11.09.2025 | day 2025-09-11
target award: Q1 2027 | day 2027-03-31
20 each month from April | day 2027-04-30
желательно к 1 марта, крайний срок 15 марта | desired 2027-03-01; deadline 2027-03-15
Desired delivery: mid January; latest 29.01.2027 | desired 2027-01-15; deadline 2027-01-29
Shutdown starts 14 Dec, roll back with us 21 Dec latest | day 2026-12-14; deadline 2026-12-21
аванс: IV кв. 2026; поставка: II кв. 2027 | day 2026-12-31; deadline 2027-06-30
срочно за неделю | day open; deadline 2026-12-05
need it ASAP | day open
as soon as possible | day open
no rush |
нужно до 31.02.2027 | day open
нужно к 31 апреля | day open
размер 50.20.15 |
Responses are due by COB 12/11/26 | quote_by 2026-12-11
within two (2) weeks | deadline 2026-12-12
срок годности 12 месяцев | day 2027-11-23
с 1 января цены вырастут | day 2027-01-01
материал дадим в начале января | day 2027-01-10
через неделю приеду с чертежами | day 2026-12-05
нужно к утру понедельника | deadline 2026-11-30
ideally by 15 January but no later than 31 January | desired 2027-01-15; deadline 2027-01-31
сроки: желательно 3 недели, максимум 5 недель | desired 2026-12-19; deadline 2027-01-02
quote due Dec 4, parts due Jan 29 | deadline 2027-01-29; quote_by 2026-12-04
Tender closes 12:00, 11 January 2027 | quote_by 2027-01-11
жду предложения до 4.12 | quote_by 2026-12-04
срок 60 дней с даты подписания, оплата 30 дней после поставки | day 2026-12-28; deadline 2027-01-27
нужны за месяц до этого |
завтра пришлю чертежи | day 2026-11-29
2 weeks ago we ordered |
партия 10.12 |
spring steel |
ship by 03/04/2027 | deadline 2027-03-04; deadline 2027-04-03
ISO 9001:2015 |
ГОСТ 1050-2013 |
размер 12.5 |
до 10.12 мм |
диаметр до 10.12 |
500 шт в неделю |
каждые 2 недели по 50 шт |
опыт: 35 лет заводу |
we may march on |
точность 7 кв. |
"""


@pytest.mark.parametrize("line", OTHERS.strip().splitlines())
def test_a_day_of_something_else_is_told_apart(line: str) -> None:
    text, _, expected = line.partition("|")
    assert sorted(_days(text.strip())) == sorted(filter(None, expected.strip().split("; ")))


RUSSIAN_MONTHS = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]
ENGLISH_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def _printed(day: date) -> list[str]:
    """The forms in which a day is written, with its year."""
    month, name, short = day.month, ENGLISH_MONTHS[day.month - 1], ENGLISH_MONTHS[day.month - 1][:3]
    return [
        f"нужно до {day:%d.%m.%Y}",
        f"нужно до {day:%d.%m.%y}",
        f"к {day.day} {RUSSIAN_MONTHS[month - 1]} {day.year} г.",
        f"срок: {day.day}-го {RUSSIAN_MONTHS[month - 1]} {day.year} года",
        f"deliver by {day.isoformat()}",
        f"by {name} {day.day}, {day.year}",
        f"by {short} {day.day} {day.year}",
        f"delivery {day.day} {name} {day.year}",
        f"needed by the {day.day}th of {name} {day.year}",
        f"ship by {day.day}-{short}-{day.year}",
    ]


@given(st.dates(TODAY + timedelta(days=1), date(2040, 12, 31)))
def test_a_printed_day_is_read_back(day: date) -> None:
    for text in _printed(day):
        found = list(dates.mentions(text, dates.DayOrder.of(text, TODAY)))
        assert [(mention.kind, mention.day) for mention in found] == [("deadline", day)], text


@given(st.dates(TODAY, TODAY + timedelta(days=364)))
def test_a_day_without_its_year_is_the_next_such_day(day: date) -> None:
    for text in (
        f"нужно к {day.day} {RUSSIAN_MONTHS[day.month - 1]}",
        f"by {ENGLISH_MONTHS[day.month - 1]} {day.day}",
        f"до {day:%d.%m}",
    ):
        found = list(dates.mentions(text, dates.DayOrder.of(text, TODAY)))
        assert [mention.day for mention in found] == [day], text


def test_the_days_of_a_long_text_are_read_in_a_moment() -> None:
    text = (
        "Прошу изготовить втулки по чертежу, сталь 40Х, термообработка, срок поставки до 15 марта 2027. "
        * 210
    )[:20_000]
    list(dates.mentions(text, dates.DayOrder.of(text, TODAY)))
    started = time.process_time()
    assert len(list(dates.mentions(text, dates.DayOrder.of(text, TODAY)))) > 200
    assert time.process_time() - started < 0.2  # on a busy machine; a quiet one needs a tenth of it


CELLS = """
31.12.27 | | 2027-12-31
до 31.12.2027 г. | | 2027-12-31
31 декабря 2027 | | 2027-12-31
2027-03-01 00:00:00 | | 2027-03-01
exp 31 Jan 2027 | | 2027-01-31
03-Apr-2028 | | 2028-04-03
5/14/2028 | Expires | 2028-05-14
1/3/2027 | Срок | 2027-03-01
1/3/2027 | Expires | 2027-03-01?
12.2027 | | 2027-12-31?
12.27 | | 2027-12-31?
12/2027 | Expires | 2027-12-31?
Dec-27 | Expires | 2027-12-31?
2027 | | 2027-12-31?
II кв. 2027 | | 2027-06-30?
46752 | Срок действия | 2027-12-31
45290.0 | Expires | 2023-12-30
9500 | Expires | none
99999 | Expires | none?
с 01.02.2024 по 01.02.2027 | | 2027-02-01
10 Oct 2023 – 9 Oct 2026 | Validity | 2026-10-09
12.05.2024 - 11.05.2027 | Дата выдачи | 2024-05-12
3 недели | Срок | 2026-12-19
20.02 | Срок | 2027-02-20
бессрочно | Действует до | endless
no expiry | Valid until | endless
31.02.2027 | | none?
нет | | none
- | | none
"""


@pytest.mark.parametrize("line", CELLS.strip().splitlines())
def test_the_day_of_a_cell_is_read_with_its_column(line: str) -> None:
    cell, column, expected = (part.strip() for part in line.split("|"))
    found = dates.day_of_cell(cell, column, TODAY)
    told = "endless" if found.endless else str(found.day or "none")
    assert f"{told}{'?' * found.doubted}" == expected


@given(
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["%d.%m.%Y", "%d/%m/%Y", "%d.%m.%y", "%Y-%m-%d"]),
)
def test_the_day_of_a_cell_is_read_back_from_every_spelling(day: date, form: str) -> None:
    assert dates.day_of_cell(f"до {day.strftime(form)} г.", "Срок", TODAY).day == day


@given(st.text(max_size=80), st.text(max_size=20))
def test_any_text_and_any_cell_is_read(text: str, column: str) -> None:
    dates.day_of_cell(text, column, TODAY)
    for mention in dates.mentions(text, dates.DayOrder.of(text, TODAY)):
        assert 0 <= mention.start < mention.end <= len(text)
