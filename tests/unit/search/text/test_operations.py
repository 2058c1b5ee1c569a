"""The operations of route cards, and the processes that each trade's words lead to."""

from collections.abc import Iterator
from functools import cache

import pytest

from matchmaker.domain.taxonomy import Concept, Taxonomy
from matchmaker.wiring import load_recogniser, load_taxonomy
from search.reading.terms import SURE
from search.text import Recogniser


@cache
def _recogniser() -> Recogniser:
    return load_recogniser()


def _processes(text: str) -> list[str]:
    return [str(mention.code) for mention in _recogniser().recognise(text).of("process")]


def _operations(taxonomy: Taxonomy) -> Iterator[tuple[Concept, str]]:
    for process in taxonomy.processes:
        yield from ((process, name) for name in process.extra.get("operations", ()))


@pytest.mark.parametrize(
    ("route", "processes"),
    [
        (
            (
                "Деталь 1, 80 шт.\n005 Заготовительная\n010 Токарная\n015 Сверлильная\n020 Термическая\n"
                "025 Круглошлифовальная\n030 Слесарная\n035 Контрольная"
            ),
            [
                "cutting",
                "turning",
                "drilling",
                "heat-treatment",
                "cylindrical-grinding",
                "bench-work",
                "inspection",
            ],
        ),
        (
            "Операции: отрезная, сварочная, правильная, окрасочная, сборочная.",
            ["sawing", "welding", "straightening", "painting", "assembly"],
        ),
        (
            "сварочная; термическая; литейная; штамповочная; сверлильная; слесарная; сборочная",
            ["welding", "heat-treatment", "casting", "stamping", "drilling", "bench-work", "assembly"],
        ),
        ("оп. 010 — Протяжная, оп. 015 — Долбёжная", ["broaching", "slotting"]),
        ("Балансировочная", ["balancing"]),
        ("10 Saw\n20 Mill\n30 Deburr\n40 Anodize", ["sawing", "milling", "deburring", "anodizing"]),
        ("Op 10 Saw, Op 20 Drill, Op 30 Inspect", ["sawing", "drilling", "inspection"]),
        (
            "005 Ленточно-отрезная 010 Токарная с ЧПУ 015 Слесарная 020 Контроль",
            ["sawing", "cnc-turning", "bench-work", "inspection"],
        ),
        ("1) заготовительная 2) термическая 3) правильная", ["cutting", "heat-treatment", "straightening"]),
        ("контрольная операция", ["inspection"]),
        ("кузнечный, литейный и термический цеха", ["forging", "casting", "heat-treatment"]),
        (
            "turning: CNC, vertical, automatic",
            ["turning", "cnc-turning", "vertical-turning", "swiss-turning"],
        ),
    ],
)
def test_operations_of_a_route_are_read(route: str, processes: list[str]) -> None:
    found = [code for code in dict.fromkeys(_processes(route)) if code != "fabrication"]
    assert found == processes


@pytest.mark.parametrize(
    "text",
    [
        "Нужна правильная цена и контрольная дата.",
        "Правильная обработка заявок обязательна.",
        "12 сварочных швов, сборочные чертежи прилагаем",
        "контрольный образец, отпускная цена",
        "горячая линия, механическая прочность",
        "vertical position, automatic mode",
        "under the heading above",
    ],
)
def test_an_adjective_alone_is_no_operation(text: str) -> None:
    assert _processes(text) == []


def test_every_adjective_of_an_operation_leads_to_its_process() -> None:
    tree = load_taxonomy().processes
    lost = [
        (process.code, name)
        for process, name in _operations(load_taxonomy())
        if not any(process.code in tree.closure(code) for code in _processes(f"Операции: {name}, токарная"))
    ]
    assert lost == []


def test_every_process_is_read_by_its_own_name_in_both_languages() -> None:
    tree = load_taxonomy().processes
    lost = [
        (process.code, name)
        for process in tree
        for name in (process.label.ru, process.label.en)
        if not any(process.code in tree.closure(code) for code in _recogniser().codes("process", name))
    ]
    assert lost == []


# Everyday sentences, each with a word that is also one of work.
ENGLISH_TRAPS = """
The brake was pressed twice.
Lead time is six weeks.
Self adhesive on one side.
The event was broadcast live.
We cast no doubt on your offer.
Please bear with us.
No smoking on the site.
The freezing point is low.
Please find the drawing attached.
The meeting is set for Monday.
We look forward to your quote.
Please fill in the form.
Under this heading you find the terms.
The balance is due in 30 days.
We are drawing up a list.
The goods rest in a bonded warehouse.
The press release is attached.
We are winding up the project.
The deadline is pressing.
Please sign and return the form.
Our offer stands till Friday.
Cutting costs is our aim.
A turning point for the company.
At this stage nothing is fixed.
The rolling forecast is attached.
A rolling order of twelve months.
The file is in a folder.
Routing of the goods via Hamburg.
Please mind the spelling.
A vertical position is needed.
In automatic mode it stops.
Please join the call.
It runs like a well oiled machine.
Our team is knit closely.
The team keeps growing.
A mixed bag of results.
In the mixing of ideas we trust.
It was a smoking gun.
Drying up of funds stopped it.
The price is sweet.
Please label the parcel.
Please pack carefully.
Shipping in a container.
The package arrived.
Bottom line: the price must fall.
The board of directors met.
The chain of command is short.
We are on edge.
Seasoned staff answer the phone.
The first batch was late.
Payment is net 30.
The stock is low.
The bill is enclosed.
The plant is closed in August.
Our staff are trained.
We plan a visit in May.
A nail in the coffin.
Please note the holidays.
The foundation was laid.
We will iron out the details.
He is hardly ever late.
A steep learning curve.
The offer is tailored to you.
The wire transfer is made.
Please wire the money.
The screening of suppliers is over.
The paper trail is complete.
The finishing line is near.
We assembled a team.
Please print the page.
A heated debate took place.
The market is flat.
This is a capsule summary.
We offset the costs.
The offset is 5 mm.
The digital age is here.
Restored trust is precious.
A piece of cake.
The core of the issue.
This was a one-shot deal.
The glass ceiling.
The thread of the mail is long.
The mail thread below.
"""
RUSSIAN_TRAPS = """
Прошу внести правки в договор.
Менеджер в отпуске до понедельника.
Момент затяжки указан в паспорте.
Отпуск товара со склада с девяти.
Улучшение условий оплаты приветствуется.
Заморозка цен до конца года.
М.П. (подпись, печать)
Количество в упаковке 10 шт.
Правильная стыковка сроков важна.
Направляю визитку предприятия.
Контрольный срок — пятница.
Шапка письма прилагается.
Рубашка охлаждения снята.
Парк машин обновлён.
Прочие вопросы по телефону.
Жду ответа до пятницы.
Комплектация по спецификации.
Пакет документов приложен.
Мы выросли из гаража.
Тираж газеты вырос.
"""


@pytest.mark.parametrize("sentence", [*ENGLISH_TRAPS.split("\n")[1:-1], *RUSSIAN_TRAPS.split("\n")[1:-1]])
def test_an_everyday_sentence_names_no_work(sentence: str) -> None:
    assert _processes(sentence) == []


@pytest.mark.parametrize(
    ("words", "process"),
    [
        ("anodise these covers", "anodizing"),
        ("anodised housings", "anodizing"),
        ("anodising of covers", "anodizing"),
        ("anodisation, clear", "anodizing"),
        ("anodized parts", "anodizing"),
        ("turned parts", "turning"),
        ("milled parts", "milling"),
        ("machined parts", "machining"),
        ("drilled plates", "drilling"),
        ("laser-cut blanks", "laser-cutting"),
        ("bent brackets", "bending"),
        ("stamped parts", "stamping"),
        ("forged rings", "ring-rolling"),
        ("die-cast housings", "die-casting"),
        ("sand-cast bodies", "sand-casting"),
        ("ground shafts", "grinding"),
        ("honed bores", "honing"),
        ("lapped faces", "lapping"),
        ("polished tubes", "polishing"),
        ("hardened pins", "hardening"),
        ("nitrided gears", "nitriding"),
        ("carburised shafts", "carburizing"),
        ("galvanised gratings", "hot-dip-galvanizing"),
        ("chromed rods", "chrome-plating"),
        ("nickel-plated caps", "nickel-plating"),
        ("powder-coated panels", "powder-coating"),
        ("passivated fittings", "passivation"),
        ("pickled plates", "pickling"),
        ("straightened bars", "straightening"),
        ("dynamically balanced rotors", "balancing"),
        ("injection-moulded caps", "injection-moulding"),
        ("overmoulded handles", "overmoulding"),
        ("rotomoulded tanks", "rotational-moulding"),
        ("vacuum-formed trays", "vacuum-forming"),
        ("pultruded profiles", "pultrusion"),
        ("filament-wound tubes", "filament-winding"),
        ("conformally coated boards", "conformal-coating"),
        ("potted modules", "electronics-potting"),
        ("crimped leads", "wire-crimping"),
        ("screen-printed panels", "screen-printing"),
        ("pad-printed caps", "pad-printing"),
        ("offset-printed cartons", "offset-printing"),
        ("embossed covers", "embossing"),
        ("perfect-bound books", "perfect-binding"),
        ("die-cut labels", "paper-die-cutting"),
        ("embroidered logos", "embroidery"),
        ("quilted covers", "quilting"),
        ("dyed yarn", "textile-dyeing"),
        ("woven fabrics", "weaving"),
        ("upholstered seats", "upholstery"),
        ("veneered panels", "veneering"),
        ("edge-banded boards", "edge-banding"),
        ("kiln-dried timber", "wood-drying"),
        ("freeze-dried berries", "freeze-drying"),
        ("roasted nuts", "roasting"),
        ("smoked fish", "food-smoking"),
        ("toughened glass", "glass-tempering"),
        ("laminated glass", "glass-laminating"),
        ("blister-packed tablets", "blister-packing"),
        ("shrink-wrapped trays", "shrink-wrapping"),
    ],
)
def test_forms_of_english_verbs_lead_to_the_process(words: str, process: str) -> None:
    sure = [m.code for m in _recogniser().recognise(words).of("process") if m.sure >= SURE]
    assert sure == [process]


@pytest.mark.parametrize(
    ("text", "processes"),
    [
        ("Стекло: резка, закалка, сверление", ["glass-cutting", "glass-tempering", "glass-drilling"]),
        ("glass cut to size, edging, tempering", ["glass-cutting", "glass-edging", "glass-tempering"]),
        ("сварка и гибка полипропилена", ["plastic-welding", "plastic-bending"]),
        ("фрезеровка и шлифовка МДФ", ["wood-cnc-routing", "wood-sanding"]),
        ("Milling, in plywood boxes", ["milling", "pallet-making"]),
        ("Сталь 45: резка, закалка, сверление", ["cutting", "hardening", "drilling"]),
    ],
)
def test_the_material_says_which_work_a_word_means(text: str, processes: list[str]) -> None:
    assert list(dict.fromkeys(_processes(text))) == processes
