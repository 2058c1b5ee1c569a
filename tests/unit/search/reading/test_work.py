"""The role of each process that a text names: of a need, and of a shop."""

from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.wiring import load_recogniser
from search.reading import work
from search.reading.sureness import Sureness
from search.reading.work import WorkRole
from search.text import Recogniser, TextSource

TODAY = date(2026, 11, 23)
WANTED, EXCLUDED, CUSTOMER = WorkRole.WANTED, WorkRole.EXCLUDED, WorkRole.CUSTOMER
OWN, PARTNER, DENIED = WorkRole.OWN, WorkRole.PARTNER, WorkRole.DENIED


@cache
def _recogniser() -> Recogniser:
    return load_recogniser()


def _of_need(text: str) -> dict[str, WorkRole]:
    recogniser = _recogniser()
    recognition = recogniser.recognise(text, TODAY)
    sureness = Sureness(recognition, recogniser.taxonomy)
    found = work.of_need(recogniser.taxonomy, recognition, sureness)
    return {one.code: one.role for one in found}


def _of_shop(text: str) -> dict[str, WorkRole]:
    recogniser = _recogniser()
    found = work.of_shop(recogniser.taxonomy, recogniser.recognise(text, source=TextSource.PAGE))
    return {one.code: one.role for one in found}


NEEDS = {
    # ruled out
    "Точение осей. Цементация тут лишняя": {"turning": WANTED, "carburizing": EXCLUDED},
    "Точение осей. От цементации отказались": {"turning": WANTED, "carburizing": EXCLUDED},
    "Сварка рам. Оцинковку применять запрещено": {"welding": WANTED, "zinc-plating": EXCLUDED},
    "Laser cutting of plates. Skip the powder coating": {"laser-cutting": WANTED, "powder-coating": EXCLUDED},
    "Laser cutting of plates. Anodising would not be accepted": {
        "laser-cutting": WANTED,
        "anodizing": EXCLUDED,
    },
    # the customer's, or a third party's
    "Точение осей. Хромирование остаётся на нас": {"turning": WANTED, "chrome-plating": CUSTOMER},
    "Точение осей. Хромирование отдельным лотом": {"turning": WANTED, "chrome-plating": CUSTOMER},
    "Turning of pins. Hard chrome plating is on us": {"turning": WANTED, "chrome-plating": CUSTOMER},
    "Turned shafts per items 1-3. No paint on anything": {"turning": WANTED, "painting": EXCLUDED},
    "Fabrication of skids in lots of 500. no galvanizing": {
        "fabrication": WANTED,
        "hot-dip-galvanizing": EXCLUDED,
    },
    "Zinc plating of brackets. Phosphating is no alternative for us": {
        "zinc-plating": WANTED,
        "phosphating": EXCLUDED,
    },
    "Hobbing of gears; shot peening not wanted": {"gear-hobbing": WANTED, "shot-peening": EXCLUDED},
    # told of the writer by a verb
    "Laser cut the blanks, we paint": {"laser-cutting": WANTED, "painting": CUSTOMER},
    "Сварка рам, красим": {"welding": WANTED, "painting": CUSTOMER},
    "Фрезеровка плит без анодирования": {"milling": WANTED, "anodizing": EXCLUDED},
    "Лазерная резка, гибка; сварку не предлагать": {
        "laser-cutting": WANTED,
        "bending": WANTED,
        "welding": EXCLUDED,
    },
    "Точение осей. Шлифовки и хромирования не требуется": {
        "turning": WANTED,
        "grinding": EXCLUDED,
        "chrome-plating": EXCLUDED,
    },
    "Не фрезеровка, а токарная обработка": {"milling": EXCLUDED, "turning": WANTED},
    "Вместо литья — ковка": {"casting": EXCLUDED, "forging": WANTED},
    "Покраска: нет. Сварка: да": {"painting": EXCLUDED, "welding": WANTED},
    "Гальваника — не нужна, пескоструй нужен": {"electroplating": EXCLUDED, "blasting": WANTED},
    "Сварка рам, из объёма исключить окраску": {"welding": WANTED, "painting": EXCLUDED},
    "Только токарка, без фрезеровки": {"turning": WANTED, "milling": EXCLUDED},
    "Сварить раму, цинковать не надо": {"welding": WANTED, "zinc-plating": EXCLUDED},
    "turning of bushes, no grinding": {"turning": WANTED, "grinding": EXCLUDED},
    "Weld the frame, painting: none": {"welding": WANTED, "painting": EXCLUDED},
    "milling only, instead of casting": {"milling": WANTED, "casting": EXCLUDED},
    "Heat treatment and painting are not in your scope; machining is": {
        "heat-treatment": EXCLUDED,
        "painting": EXCLUDED,
        "machining": WANTED,
    },
    "we do not need anodizing, just laser cutting": {"anodizing": EXCLUDED, "laser-cutting": WANTED},
    "please do not quote forging. turning from bar": {"forging": EXCLUDED, "turning": WANTED},
    "Operations not required:\n- painting\n- assembly\nOperations required:\n- turning": {
        "painting": EXCLUDED,
        "assembly": EXCLUDED,
        "turning": WANTED,
    },
    "w/o welding, milling of plates": {"welding": EXCLUDED, "milling": WANTED},
    # done by the buyer
    "Токарная обработка, шлифовать будем сами": {"turning": WANTED, "grinding": CUSTOMER},
    "Нужна сварка. Окраска и сборка — у нас": {"welding": WANTED, "painting": CUSTOMER, "assembly": CUSTOMER},
    "Покрытие цинком наносим сами, от вас гибка": {"zinc-plating": CUSTOMER, "bending": WANTED},
    "Гибка деталей. Сварка выполняется заказчиком": {"bending": WANTED, "welding": CUSTOMER},
    "Фрезеровка корпуса, сборку берём на себя": {"milling": WANTED, "assembly": CUSTOMER},
    "Резка листа лазером, гибка за нами": {"laser-cutting": WANTED, "bending": CUSTOMER},
    "Термообработка на нашем производстве, от вас фрезеровка": {
        "heat-treatment": CUSTOMER,
        "milling": WANTED,
    },
    "Milling, we paint in-house": {"milling": WANTED, "painting": CUSTOMER},
    "castings wanted, machining at our plant": {"casting": WANTED, "machining": CUSTOMER},
    "Grinding please. The turning is done by us": {"grinding": WANTED, "turning": CUSTOMER},
    "Laser cutting 3 mm; bending we can do": {"laser-cutting": WANTED, "bending": CUSTOMER},
    "Assembly will be done by the customer, welding by you": {"assembly": CUSTOMER, "welding": WANTED},
    "Assembly is done by ourselves here. Painting too.": {"assembly": CUSTOMER, "painting": CUSTOMER},
    "Окраску отдаём на сторону, нужна сварка": {"painting": CUSTOMER, "welding": WANTED},
    "Нужны заготовки, фрезерную обработку мы делаем сами": {"milling": CUSTOMER},
    "Гибка, шлифовку оставляем за собой": {"bending": WANTED, "grinding": CUSTOMER},
    "Катафорез кронштейнов (порошок поверх не нужен, гальваника тоже).": {
        "electrophoretic-coating": WANTED,
        "powder-coating": EXCLUDED,
        "electroplating": EXCLUDED,
    },
    # all that is asked for
    "Заготовки каленые дадим, нужна только чистовая шлифовка": {"hardening": CUSTOMER, "grinding": WANTED},
    "Блоки фрезерованные, требуется лишь анодирование": {"milling": CUSTOMER, "anodizing": WANTED},
    "Turned blanks in stock, grinding only.": {"turning": CUSTOMER, "grinding": WANTED},
    "Нужна только токарка и закалка валов": {"turning": WANTED, "hardening": WANTED},
    "Нужна не только токарка, но и фрезеровка": {"turning": WANTED, "milling": WANTED},
    "Токарка валов, термообработка нужна только для 10 шт": {"turning": WANTED, "heat-treatment": WANTED},
    # done already
    "Parts are already turned; need grinding": {"turning": CUSTOMER, "grinding": WANTED},
    "Шлифовка после закалки": {"grinding": WANTED, "hardening": CUSTOMER},
    "Закалка, затем шлифовка после закалки": {"hardening": WANTED, "grinding": WANTED},
    "Фрезеровать пазы, токарная обработка уже выполнена": {"milling": WANTED, "turning": CUSTOMER},
    "grind the journals, parts come already hardened": {
        "cylindrical-grinding": WANTED,
        "hardening": CUSTOMER,
    },
    "Детали под покраску, нужна сварка": {"painting": CUSTOMER, "welding": WANTED},
    "turned shafts ready for painting": {"turning": WANTED, "painting": CUSTOMER},
    # wishes, plans, wanted all the same
    "Токарка; желательно хромирование": {"turning": WANTED},
    "turning, anodizing optional": {"turning": WANTED},
    "Фрезеровка, окраску указать отдельной строкой": {"milling": WANTED, "painting": WANTED},
    "milling; please price anodizing separately": {"milling": WANTED, "anodizing": WANTED},
    "Нужна ковка, сборку планируем позже": {"forging": WANTED},
    "Делаете ли вы литьё?": {"casting": WANTED},
    "Нет ли у вас возможности сделать фрезеровку?": {"milling": WANTED},
    "Ищем на аутсорс сварку рам": {"welding": WANTED},
    "Окраска не хуже С4, не позднее мая": {"painting": WANTED},
    "not only turning but milling": {"turning": WANTED, "milling": WANTED},
    "painting no later than May": {"painting": WANTED},
    "welding is outsourced to you": {"welding": WANTED},
    "Can you offer casting?": {"casting": WANTED},
    # words that ask for no work
    "Мы производим насосы, нужна токарная обработка": {"turning": WANTED},
    "We are a manufacturer of pumps and castings. Laser cutting of sheet 3 mm": {"laser-cutting": WANTED},
    "Кронштейны для нашей линии окраски, гибка": {"bending": WANTED},
    "brackets for our paint line, milled": {"milling": WANTED},
    "Фрезеровка из шлифованного листа": {"milling": WANTED},
    "milled from hot rolled plate": {"milling": WANTED},
    "turned from hardened and tempered bar": {"turning": WANTED},
    "Токарная обработка. Упаковка: любая": {"turning": WANTED},
    "Turning. Packaging: returnable trays": {"turning": WANTED},
    "Токарная обработка на токарном станке": {"turning": WANTED},
    "Механическая обработка: фрезеровка": {"milling": WANTED},
    "machined parts": {"machining": WANTED},
    "ООО «Литьё и ковка» ищет токарную обработку": {"turning": WANTED},
    "Acme Welding Ltd needs milling of plates": {"milling": WANTED},
    "Assembly drawing attached. Quote forging only": {"forging": WANTED},
    "Мехобработка отливок": {"machining": WANTED},
    "machining of forgings": {"machining": WANTED},
    "Труба сварная 60х3, фрезеровка пазов": {"milling": WANTED},
    # what was, what may be, what others must not do
    "Раньше красили, теперь нужно анодирование": {"anodizing": WANTED},
    "Сейчас фрезеруем сами, хотим отдать на сторону": {"milling": WANTED},
    "We do the welding ourselves but want to outsource it": {"welding": WANTED},
    "Цена без покраски и с покраской": {"painting": WANTED},
    "price with and without anodizing": {"anodizing": WANTED},
    "Кроме токарки нужна ещё шлифовка": {"turning": WANTED, "grinding": WANTED},
    "Supplier must have in-house heat treatment": {"heat-treatment": WANTED},
    "Subcontracting of welding is not allowed": {"welding": WANTED},
    "Сварка, субподряд не допускается": {"welding": WANTED},
    "Термообработку делает другой подрядчик, от вас точение": {
        "heat-treatment": CUSTOMER,
        "turning": WANTED,
    },
    "anodizing by others, milling by you": {"anodizing": CUSTOMER, "milling": WANTED},
    "Painting, if needed, will be arranged by ourselves": {"painting": CUSTOMER},
    # words of work in names of things, of defects, of states
    "Отдел сварки просит просчитать фрезеровку": {"milling": WANTED},
    "У нас есть свой цех покраски, нужна только сварка": {"welding": WANTED},
    "Ищем гальванический цех": {"electroplating": WANTED},
    "Без сварных прожогов и следов шлифовки, фрезеровка": {"milling": WANTED},
    "milling, no weld spatter, no grinding marks": {"milling": WANTED},
    "Сталь 45 улучшенная, фрезеровать паз": {"milling": WANTED},
    "Bar EN8 normalised, turning to drawing": {"turning": WANTED},
    "We have milling capacity but no grinding, need cylindrical grinding": {"cylindrical-grinding": WANTED},
    "Sewing of bags, welding done already": {"bag-sewing": WANTED, "welding": CUSTOMER},
    # what a part implies
    "Валы по чертежу, 30 шт": {"turning": WANTED},
    "Валы, сборка насосов у нас": {"turning": WANTED, "mechanical-assembly": CUSTOMER},
    "Хонинговать гильзы": {"honing": WANTED},
    # words cut short
    "Мех. обработка корпусов, терм. обработка, порош. окраска": {
        "machining": WANTED,
        "heat-treatment": WANTED,
        "powder-coating": WANTED,
    },
    "Сварка. Мех. обработку не делаем вообще": {"welding": WANTED, "machining": EXCLUDED},
    "Контрактная варка томатного соуса": {"sauce-making": WANTED},
    "Springs, leave them oiled": {"spring-making": WANTED},
    "Штамп последовательный на 3 перехода": {"die-making": WANTED},
}


@pytest.mark.parametrize(("text", "roles"), NEEDS.items(), ids=list(NEEDS))
def test_a_need_s_work_has_its_role(text: str, roles: dict[str, WorkRole]) -> None:
    assert _of_need(text) == roles


SHOPS = {
    "Milling. Never in our scope: plasma cutting, forging": {
        "milling": OWN,
        "plasma-cutting": DENIED,
        "forging": DENIED,
    },
    "Точение. Не выполняем: неведомое, анодирование, хромирование": {
        "turning": OWN,
        "anodizing": DENIED,
        "chrome-plating": DENIED,
    },
    "Точение. Порошком не красим, отдаём соседям": {
        "turning": OWN,
        "powder-coating": PARTNER,
    },
    "Точение. Ковка не наша тема": {"turning": OWN, "forging": DENIED},
    "Точение. Гуммирование, эмалёвка: нет": {"turning": OWN, "rubber-lining": DENIED},
    "Milling. Grinding we farm out": {"milling": OWN, "grinding": PARTNER},
    "Milling. Sent out: grinding; anodizing": {"milling": OWN, "grinding": PARTNER, "anodizing": PARTNER},
    "Milling. We gave up forging": {"milling": OWN, "forging": DENIED},
    "Milling. NOT: surface grinding, thread grinding": {
        "milling": OWN,
        "surface-grinding": DENIED,
        "thread-grinding": DENIED,
    },
    "Цинкование. Хромирование не делаем с 2019 года": {"zinc-plating": OWN, "chrome-plating": DENIED},
    "Milling. Welding: we do not offer this": {"milling": OWN, "welding": DENIED},
    "Milling. Painting: with partner": {"milling": OWN, "painting": PARTNER},
    "Цинкование. Хромирование — не принимаем": {"zinc-plating": OWN, "chrome-plating": DENIED},
    "Фрезеровка. Закалку делают смежники": {"milling": OWN, "hardening": PARTNER},
    "Фрезеровка. В 2019 закрыли кузницу": {"milling": OWN, "forging": DENIED},
    "Токарка и фрезеровка, шестерни не режем": {"turning": OWN, "milling": OWN, "gear-cutting": DENIED},
    "Сварка, гибка. Покраска через партнёров": {"welding": OWN, "bending": OWN, "painting": PARTNER},
    "Фрезеровка. Термичку отдаём на сторону": {"milling": OWN, "heat-treatment": PARTNER},
    "Токарная обработка; шлифовка — по кооперации": {"turning": OWN, "grinding": PARTNER},
    "Цинкование и анодирование у партнёров, резка лазером своя": {
        "zinc-plating": PARTNER,
        "anodizing": PARTNER,
        "laser-cutting": OWN,
    },
    "Сварка - да\nокраска - нет\nлитьё - нет": {"welding": OWN, "painting": DENIED, "casting": DENIED},
    "Сварка | нет\nГибка | да": {"welding": DENIED, "bending": OWN},
    "Выполняем сварку. Не занимаемся литьём и ковкой": {"welding": OWN, "casting": DENIED, "forging": DENIED},
    "Фрезеровка и точение. Планируем участок окраски": {"milling": OWN, "turning": OWN},
    "Токарка. В 2027 запускаем хромирование": {"turning": OWN},
    "Все виды мехобработки, кроме шлифовки": {"machining": OWN, "grinding": DENIED},
    "Чего не делаем:\n— литьё\n— гальваника\n\nДелаем сварку": {
        "casting": DENIED,
        "electroplating": DENIED,
        "welding": OWN,
    },
    "Turning and milling. Grinding is subcontracted": {"turning": OWN, "milling": OWN, "grinding": PARTNER},
    "Welding; we outsource painting and galvanizing": {
        "welding": OWN,
        "painting": PARTNER,
        "hot-dip-galvanizing": PARTNER,
    },
    "Laser cutting, bending; no welding": {"laser-cutting": OWN, "bending": OWN, "welding": DENIED},
    "Welding yes. Painting no. Casting no.": {"welding": OWN, "painting": DENIED, "casting": DENIED},
    "Forging? No. Turning? Yes.": {"forging": DENIED, "turning": OWN},
    "Milling (grinding: no)": {"milling": OWN, "grinding": DENIED},
    "We do not offer casting. Turning to 500 mm.": {"casting": DENIED, "turning": OWN},
    "What we don't do:\n- casting\n- forging\nWhat we do:\n- milling": {
        "casting": DENIED,
        "forging": DENIED,
        "milling": OWN,
    },
    "Grinding no – goes to neighbour. Turning yes": {"grinding": PARTNER, "turning": OWN},
    "Milling; painting coming soon": {"milling": OWN},
    "Turning; heat treatment at sister company": {"turning": OWN, "heat-treatment": PARTNER},
    "We paint and weld in house": {"painting": OWN, "welding": OWN},
    "No in-house anodizing. Milling to 1 m": {"anodizing": DENIED, "milling": OWN},
    "bought-in castings, machining in house": {"casting": PARTNER, "machining": OWN},
    "Термообработки своей нет, токарка есть": {"heat-treatment": DENIED, "turning": OWN},
    "Сварка и резка; свой пескоструй, окраска — субподряд": {
        "welding": OWN,
        "cutting": OWN,
        "blasting": OWN,
        "painting": PARTNER,
    },
    "Точение;да\nЦементация;нет\nПокраска;партнёр": {
        "turning": OWN,
        "carburizing": DENIED,
        "painting": PARTNER,
    },
    "✔ turning ✔ milling ✘ grinding ✘ welding": {
        "turning": OWN,
        "milling": OWN,
        "grinding": DENIED,
        "welding": DENIED,
    },
    "Our customers make pumps; we offer turning": {"turning": OWN},
    "Вальцовка временно недоступна, гибка труб есть": {"tube-bending": OWN},
    "Painting outside, welding in house": {"painting": PARTNER, "welding": OWN},
    "Обрабатываем отливки: расточка, фрезеровка": {"boring": OWN, "milling": OWN},
    "Есть токарка. Нет: термички, гальваники": {
        "turning": OWN,
        "heat-treatment": DENIED,
        "electroplating": DENIED,
    },
    "Milling; only anodizing goes out": {"milling": OWN, "anodizing": PARTNER},
    "Вакансии: сварщик\nУслуги: фрезеровка": {"milling": OWN},
    "Freeze drying is done at a sister company. Roasting is ours": {
        "freeze-drying": PARTNER,
        "roasting": OWN,
    },
    "Ковку прекратили в 2024 году, делаем сварку": {"forging": DENIED, "welding": OWN},
    "We do not weld. Milling only": {"welding": DENIED, "milling": OWN},
    "Сварка стали, алюминий не варим": {"welding": OWN},
    "Мы производим отливки и поковки": {"casting": OWN, "forging": OWN},
    "Mould making. Series injection moulding we don't do.": {
        "mould-making": OWN,
        "injection-moulding": DENIED,
    },
    "Резка стекла. Триплекс и стеклопакеты не изготавливаем.": {
        "glass-cutting": OWN,
        "glass-laminating": DENIED,
        "insulating-glass-making": DENIED,
    },
    "Sinker EDM. Wire EDM is bought outside": {"sinker-edm": OWN, "wire-edm": PARTNER},
    "Polishing in our factory; anodizing and chrome plating by cooperating factories": {
        "polishing": OWN,
        "anodizing": PARTNER,
        "chrome-plating": PARTNER,
    },
    "Baking done in house. Shot peening is sub-contracted.": {"baking": OWN, "shot-peening": PARTNER},
    "Лазерная резка\nГильотина продана": {"laser-cutting": OWN, "guillotine-shearing": DENIED},
    "Резка стекла. Закалка — на заводе-партнёре, 4–5 дней.": {
        "glass-cutting": OWN,
        "glass-tempering": PARTNER,
    },
}


@pytest.mark.parametrize(("text", "roles"), SHOPS.items(), ids=list(SHOPS))
def test_a_shop_s_work_has_its_role(text: str, roles: dict[str, WorkRole]) -> None:
    assert _of_shop(text) == roles


MATERIALS = {
    "Фрезеровка, материал давальческий": True,
    "Токарка, металл наш": True,
    "Заготовки предоставляем": True,
    "Гибка из нашего листа": True,
    "turning, customer-supplied bar": True,
    "free issue material, milling only": True,
    "we supply the blanks, you grind": True,
    "Расточка корпусов (отливки ВЧ50 наши)": True,
    "Хонинговать 10 шт, труба ст. 20 наша": True,
    "hobbing of a forged ring (we supply)": True,
    "wire EDM, we supply hardened and ground blanks": True,
    "Токарка, материал исполнителя": False,
    "Фрезеровка, металл ваш": False,
    "turning, your material": False,
    "milling, material supplied by vendor": False,
    "Токарка, сталь 45": None,
    "turning of steel bushes": None,
}


@pytest.mark.parametrize(("text", "given_by_customer"), MATERIALS.items(), ids=list(MATERIALS))
def test_who_gives_the_material_is_told(text: str, given_by_customer: bool | None) -> None:
    told = _recogniser().recognise(text, TODAY).of("customer_material", negated=None)
    assert (not told[0].negated if told else None) is given_by_customer


# Accusative nouns, as “не делаем …” takes them, with their codes.
_RUSSIAN = {
    "сварку": "welding",
    "фрезеровку": "milling",
    "гибку": "bending",
    "ковку": "forging",
    "полировку": "polishing",
}
_ENGLISH = {
    "welding": "welding",
    "milling": "milling",
    "bending": "bending",
    "forging": "forging",
    "polishing": "polishing",
}
_lists = st.lists(st.integers(0, 4), min_size=1, max_size=4, unique=True)


@given(
    _lists,
    st.sampled_from(
        [
            (_RUSSIAN, "нужно выполнить {}", "не делаем {}", " и "),
            (_ENGLISH, "we need {}", "we do not do {}", " and "),
        ]
    ),
)
def test_denying_a_list_denies_each_of_it(
    chosen: list[int], words: tuple[dict[str, str], str, str, str]
) -> None:
    names, plain, denied, joined = words
    listed = [list(names)[index] for index in chosen]
    written = ", ".join(listed[:-1]) + joined + listed[-1] if len(listed) > 1 else listed[0]
    codes = {names[name] for name in listed}
    assert _of_need(plain.format(written)) == dict.fromkeys(codes, WANTED)
    assert _of_need(denied.format(written)) == dict.fromkeys(codes, EXCLUDED)
    assert _of_shop(denied.format(written)) == dict.fromkeys(codes, DENIED)


@given(st.sampled_from(list(SHOPS)), st.sampled_from(list(SHOPS)))
def test_what_one_sentence_says_does_not_change_the_next(one: str, other: str) -> None:
    both = _of_shop(f"{one}.\n\n{other}")
    for code, role in _of_shop(one).items():
        if code not in _of_shop(other) and code in both:
            assert both[code] is role
