"""What strangers do not read of a text, however it is written; and that everything else stays."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.text import TextSource
from search.text.contact_data import CUT, public_text, without_contacts

SEEN = Path(__file__).parents[3] / "reading" / "seen"

WAYS = (
    "+7 912 555-01-02",
    "8 (912) 555-01-02",
    "8-912-555-0102",
    "89125550102",
    "8.912.555.01.02",
    "+49 30 901820",
    "тел. 55-01-02 доб. 7",
    "anna.petrova@firma.ru",
    "анна@пример.рф",
    "anna @ firma.ru",
    "anna [at] firma [dot] com",
    "https://firma.ru/price?x=1",
    "www.firma.ru",
    "firma-tokar.online",
    "t.me/anna_firma",
    "телеграм: @anna_turn",
    "скайп anna.turn",
    "@anna_turn",
)
PRICES = (
    "150 000 руб.",
    "1500 р/час",
    "от 2 000 рублей в час",
    "1500/час",
    "$1,500",
    "45 EUR per hour",
    "цена: 1200",
    "бюджет 1,5 млн руб",
    "расценка от 2500 за час",
)
PEOPLE = (
    "Иван Петрович Сидоров",
    "Сидоров И. П.",
    "И.П. Сидоров",
    "контактное лицо: Анна",
    "спросить Ивана",
    "менеджер Мария Зайцева",
    "attn. John Smith",
)
WORK = (
    "Валы, сталь 40Х, ø60×420, 200 шт, к 20.12.2026",
    "IT7, Ra 1,6, ГОСТ 1050-2013, чертёж АБВГ.301412.001-02",
    "Втулки 100-20-15, M16-6g, ВК8, срок 15 р.д., предоплата 50 %",
    "Цену за 100 шт и за 200 шт отдельно",
    "Sheet 2 mm, 4 holes ø5.5, 45 HRC, RAL 7035, part.step, 12 weeks",
)


@pytest.mark.parametrize("piece", [*WAYS, *PRICES, *PEOPLE])
@pytest.mark.parametrize("around", WORK)
def test_a_piece_goes_and_what_stands_around_it_stays(piece: str, around: str) -> None:
    found = public_text(f"{around}\n{piece}\n{around}", TextSource.PAGE)
    assert found.shown == f"{around}\n{around}", found
    inside = public_text(f"{around}. {piece}", TextSource.PAGE).shown
    assert inside.startswith(f"{around}. ")
    digits = re.findall(r"\d{3,}|[A-Za-z_]{4,}@|Сидоров|Зайцева|Smith", piece)
    assert not any(part in inside.removeprefix(around) for part in digits), inside


@pytest.mark.parametrize("text", WORK)
def test_a_text_without_them_stays_as_it_is(text: str) -> None:
    assert public_text(text).shown == text
    assert public_text(text).left_out == ()
    assert without_contacts(text) == text


def test_a_signature_goes_as_a_whole_and_the_request_stays() -> None:
    letter = "Добрый день, Иван Петрович!\nНужны валы, 200 шт.\nС уважением,\nАнна\nООО «Ромашка»\n+7 912 555-01-02"
    assert public_text(letter).shown == "Добрый день, …!\nНужны валы, 200 шт."
    without_farewell = "Нужны валы, 200 шт.\nAnna Sidorova\n+7 912 555-01-02"
    assert public_text(without_farewell).shown == "Нужны валы, 200 шт."
    quoted = (
        "Добрый день, пересылаю.\nС уважением, Анна\n---- Исходное сообщение ----\nОт: Пётр\nНужны втулки"
    )
    assert "Нужны втулки" in public_text(quoted).shown
    assert "Анна" not in public_text(quoted).shown
    assert "Пётр" not in public_text(quoted).shown


def test_the_name_of_a_firm_goes_where_it_is_hidden() -> None:
    text = "Завод «Северный вал» ищет токарей, северный  вал платит; ООО «Другой» тоже"
    assert public_text(text, names=("АО «Северный вал»",)).shown == "Завод «…» ищет токарей, … платит; … тоже"
    assert public_text(text).shown == text
    ordinary = public_text("Нужен вал для ООО «Вал»", names=("ООО «Вал»",))
    assert ordinary.shown == "Нужен вал для …"


def test_an_owner_is_told_the_pieces() -> None:
    found = public_text("Валы. Звоните +7 912 555-01-02 или anna@firma.ru")
    assert found.left_out == ("Звоните +7 912 555-01-02", "anna@firma.ru")


def test_real_requests_keep_their_work() -> None:
    """Of the labelled texts of the reader hardly a word goes that is not of people or money."""
    texts = [
        json.loads(line)["text"]
        for file in sorted(SEEN.glob("needs_*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    whole = sum(public_text(text).shown == text for text in texts)
    assert whole / len(texts) > 0.6
    kept = sum(len(public_text(text).shown) for text in texts) / sum(map(len, texts))
    assert kept > 0.93


_PARTS = st.sampled_from(
    [*WAYS, *PRICES, *PEOPLE, *WORK, "С уважением,", "Анна", "> ", "\n", ", ", " ", "—", CUT]
)


@settings(max_examples=120, deadline=None)
@given(st.lists(_PARTS, max_size=9))
def test_a_cut_text_is_not_cut_again(parts: list[str]) -> None:
    shown = public_text(" ".join(parts)).shown
    assert public_text(shown).shown == shown
    assert [way for way in WAYS if way in shown] == [], parts


@settings(max_examples=120, deadline=None)
@given(st.text(max_size=300))
def test_any_text_has_an_answer(text: str) -> None:
    found = public_text(text)
    assert found.shown or not text
    assert public_text(found.shown).shown == found.shown


def test_a_long_hostile_text_is_quick() -> None:
    for text in ("8 912 " * 5000, "a.b" * 10_000, "А." * 10_000, "@" * 30_000, "1 " * 15_000, "Анна " * 6000):
        assert len(public_text(text[:30_000]).shown) <= 30_000
