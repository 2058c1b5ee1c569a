"""Figures of texts in both languages: what each one is, by its sign, its unit and the words around it."""

from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain.hardness import vickers
from matchmaker.wiring import load_recogniser
from search.text import Recogniser, Recognition

TODAY = date(2026, 11, 28)


@cache
def _recogniser() -> Recogniser:
    return load_recogniser()


def _read(text: str) -> Recognition:
    return _recogniser().recognise(text, TODAY)


def _amounts(text: str, kind: str) -> list[tuple[float, ...]]:
    return [tuple(round(amount, 3) for amount in one.amounts) for one in _read(text).of(kind)]


@pytest.mark.parametrize(
    ("text", "kind", "amounts"),
    [
        ("Pump casing, weight 1,750 kg", "mass", (1750,)),
        ("Stamped contact, 12 g/pc, brass strip", "mass", (0.012,)),
        ("Hopper, 900 kg per unit", "mass", (900,)),
        ("Forging 920 g, hot trimmed", "mass", (0.92,)),
        ("Aluminium housing: m = 3.2 kg", "mass", (3.2,)),
        ("Шкив стальной m=11,3 кг", "mass", (11.3,)),
        ("Pin and bushing pair, fit H7/g6", "tolerance", (6,)),
        ("Hydraulic spool, Ra .8, hardened", "roughness", (0.8,)),
        ("Staffel prices 500 – 1.000 – 2.500 pieces", "price_steps", (500, 1000, 2500)),
        ("Price at 100 off for trial and 1000 off series", "price_steps", (100, 1000)),
        ("Цена за 3000 и как вариант за 6000", "price_steps", (3000, 6000)),
        ("Order quantity sixty pieces", "quantity", (60,)),
        ("в количестве сорока восьми штук", "quantity", (48,)),
        ("forty-eight pieces", "quantity", (48,)),
        ("three hundred parts", "quantity", (300,)),
        ("Bronze wheels, 4 required; old supplier closed", "quantity", (4,)),
        ("400x machined housings", "quantity", (400,)),
        ("Prototype shop: from 1 to 20 parts", "quantity", (20, 1)),
        ("pins dia 3.2 mm, 48 mm long", "diameter", (3.2,)),
        ("pins dia 3.2 mm, 48 mm long", "length", (48,)),
        ("Piston rods dia. 63 x 1900", "diameter", (63,)),
        ("втулка Д16, длина 40, из АМг6", "diameter", (16,)),
        ("Connecting rods OD 40 x 250, forged", "length", (250,)),
        ("вал 1900 мм в длину и 63 мм в диаметре", "diameter", (63,)),
        ("вал 1900 мм в длину и 63 мм в диаметре", "length", (1900,)),
        ("shaft 63 mm in diameter, 1900 mm in length", "diameter", (63,)),
        ("плита 500 мм в ширину и 900 в длину", "plate", (900, 500)),
        ("от 5 плат до 20 тыс.", "quantity", (20_000, 5)),
        ("партии от 10 тыс. до 2 млн шт", "quantity", (2_000_000, 10_000)),
        ("runs 1,000 to 1 million", "quantity", (1_000_000, 1_000)),
        ("50 - 50.000 pcs", "quantity", (50_000, 50)),
        ("base plate 2,250 x 1,100 mm", "plate", (2250, 1100)),
        ("Корпус, масса 1,75 кг", "mass", (1.75,)),
        ("рама 1 750 кг", "mass", (1750,)),
        ("Вал, сталь 45 — 200 шт.", "quantity", (200,)),
        ("вал, сталь 20 - 350 мм длиной", "length", (350,)),
        ("партия 45 — 200 шт.", "quantity", (200, 45)),
        ("shaft weighs 12 lbs", "mass", (5.443,)),
        ('turned pin, dia 1/2" x 2-1/4" long', "diameter", (12.7,)),
        ('turned pin, dia 1/2" x 2-1/4" long', "length", (57.15,)),
        ("bushing .750 OD x 1.5 in long", "diameter", (19.05,)),
        ("surface finish 63 µin", "roughness", (1.6,)),
        ("втулка, наружный диаметр 80, внутренний 60, высота 45 мм", "inner_diameter", (60,)),
        ("втулка, наружный диаметр 80, внутренний 60, высота 45 мм", "height", (45,)),
        ("труба 76х5, отрезать", "wall", (5,)),
        ("труба 76х5, отрезать", "diameter", (76,)),
        ("кольцо Ø180/Ø150", "inner_diameter", (150,)),
        ("H=210, толщина стенки 6", "wall", (6,)),
        ("пластина 250х140", "plate", (250, 140)),
        ("вал, дл.420", "length", (420,)),
        ("HRC 40...45", "hardness", (vickers(40, "HRC"), vickers(45, "HRC"))),
        ("в количестве 2.400 шт", "quantity", (2400,)),
        ("two kits", "quantity", (2,)),
        ("нужно 700 подошв", "quantity", (700,)),
        ("about 35 rims per quarter", "rhythm", (4,)),
        ("цены на 20/50/200 шт", "price_steps", (20, 50, 200)),
        ("please price 25, 100 and 500 pcs", "price_steps", (25, 100, 500)),
        ("Breaks: 10, 25, 50, 100. Knob, brass.", "price_steps", (10, 25, 50, 100)),
        ("price for 12 vs 24 vs 48 flanges", "price_steps", (12, 24, 48)),
        ("объёмы для расчёта: 20; 80; 320", "price_steps", (20, 80, 320)),
        ("Counterweight, cast iron, 320 kg a piece, 16 off", "mass", (320,)),
        ("casting, 12 kg apiece, 200 per year", "mass", (12,)),
        ("Противовес чугунный 320 кг/шт, 16 шт.", "mass", (320,)),
        ("болт М16х90", "length", (90,)),
        # a length right behind a slender part is its diameter
        ("Нужен вал 45 мм, длина 380", "diameter", (45,)),
        ("Нужен вал 45 мм, длина 380", "length", (380,)),
        ("штифт 8 мм длиной 40", "diameter", (8,)),
        ("штифт 8 мм длиной 40", "length", (40,)),
        ("shaft 40 mm, 300 mm long", "diameter", (40,)),
        ("втулка 90/70, бронза", "inner_diameter", (70,)),
        ("62 o/d x 50 bore x 45 long", "diameter", (62,)),
        ("washers, OD24.5 ID12.2", "diameter", (24.5,)),
        ("washers, OD24.5 ID12.2", "inner_diameter", (12.2,)),
        ("First order 150000pcs", "quantity", (150000,)),
        ("Каркас: длина 520 мм, ширина 310 мм, высота 140 мм", "envelope", (520, 310, 140)),
        ("tray, length 400 mm, width 250 mm", "plate", (400, 250)),
        # sheet
        ("14 ga CRS, laser cut", "thickness", (1.9,)),
        ("16 gauge stainless covers", "thickness", (1.59,)),
        ("3mm 304 covers, 2 bends", "thickness", (3,)),
        # pieces and how often
        ("5,000 A5 leaflets", "quantity", (5000,)),
        ("got 22 mild steel gates", "quantity", (22,)),
        ("одна деталь, сталь 45", "quantity", (1,)),
        ("партия 80 шт, две партии в год", "rhythm", (2,)),
        ("pins, four deliveries a year", "rhythm", (4,)),
        ("m=4, z=32", "module", (4,)),
    ],
)
def test_a_figure_is_what_its_neighbours_say(text: str, kind: str, amounts: tuple[float, ...]) -> None:
    assert _amounts(text, kind) == [amounts]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("сталь 45, 30 шт", "mass"),
        ("в 2028 г.", "mass"),
        ("пресс усилием 160 т", "mass"),
        ("кран-балка 5 т", "mass"),
        ("бумага 150 г/м2", "mass"),
        ("S355 frame 12 off", "diameter"),
        ("6082-T6 brackets", "quantity"),
        ("резьба М8 - 6 шт", "quantity"),
        ("Lot 3: brackets", "quantity"),
        ("п. 4 техзадания", "quantity"),
        ("4 cards per carton", "quantity"),
        ("деталь АБ.14.00.012", "diameter"),
        ("12Х18Н10Т", "plate"),
        ("UTC +2", "tolerance"),
        ("5 in stock", "length"),
        ("5,000 A5 leaflets", "tolerance"),
        ("ролики, общий вес партии 3 т", "mass"),
        ("упаковать в гофрокороб до 20 кг", "mass"),
        ("в гофрокороб 600х400х400", "envelope"),
        ("pads packed on pallets 1200 x 800", "plate"),
    ],
)
def test_a_figure_of_something_else_is_none_of_the_part(text: str, kind: str) -> None:
    assert _amounts(text, kind) == []


@given(
    whole=st.integers(1, 99), thousands=st.integers(0, 999), unit=st.sampled_from(["kg", "pcs", "mm long"])
)
def test_english_thousands_are_thousands(whole: int, thousands: int, unit: str) -> None:
    kind = {"kg": "mass", "pcs": "quantity", "mm long": "length"}[unit]
    value = whole * 1000 + thousands
    assert _amounts(f"Steel frame, {whole},{thousands:03} {unit}", kind) == [(value,)]


@given(whole=st.integers(1, 999), tenths=st.integers(1, 99))
def test_a_russian_comma_is_a_decimal_comma(whole: int, tenths: int) -> None:
    value = float(f"{whole}.{tenths}")
    assert _amounts(f"Отливка массой {whole},{tenths} кг", "mass") == [(value,)]


@pytest.mark.parametrize(
    "text",
    [
        "Отливка 2,400 x 1,200 x 800 мм",
        "Вал, сталь 40Х, длина 3,200 мм",
        "Casting 12,5 kg, overall 1,250 x 800 mm",
    ],
)
def test_what_stays_open_by_a_thousand_is_no_fact(text: str) -> None:
    recognition = _read(text)
    assert any(recognition.is_open(mention) for mention in recognition.mentions)


@given(st.text("0123456789xх×.,/-+ ±øФмmкgшт\"'\n", max_size=200))
def test_each_character_belongs_to_one_figure(text: str) -> None:
    taken: dict[int, tuple[int, int]] = {}
    for mention in _read(text).mentions:
        if mention.kind in {"process", "equipment", "sector"}:
            continue
        for place in range(mention.start, mention.end):
            assert taken.setdefault(place, (mention.start, mention.end)) == (mention.start, mention.end)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("stem, 22 HRC maximum", "HRC ≤22"),
        ("HRC макс. 22", "HRC ≤22"),
        ("закалить до 58 HRC", "HRC 58"),
        ("закалка свыше HRC 50", "HRC 50+"),
        ("58 HRC min", "HRC 58+"),
        ("58–60 HRC", "HRC 58–60"),
    ],
)
def test_a_hardness_says_whether_it_is_the_least_or_the_most(text: str, told: str) -> None:
    assert [one.value for one in _read(text).of("hardness")] == [told]


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("Gear hobbing with a minimum batch of five pieces", "least"),
        ("Нарезка зуба, минимум пять штук", "least"),
        ("Изготовим даже одну деталь", "least"),
        ("Cold heading only, 10k and up", "least"),
        ("Навивка пружин, партия не менее 100 шт", "least"),
        ("Меньше 200 штук не запускаем", "least"),
        ("Меньше 200 штук делаем за день", "most"),
        ("Batches under 200 pieces are not economical", "least"),
        ("Batches under 200 pieces welcome", "most"),
        ("Not fewer than 200 pieces", "least"),
        ("up to twenty pieces", "most"),
        ("five pieces", ""),
    ],
)
def test_pieces_in_words_and_figures_say_whether_they_are_a_limit(text: str, limit: str) -> None:
    assert [one.value for one in _read(text).of("quantity")] == [limit]
