"""Made Russian firms, each in several spellings as lists have them, and firms that only sound alike."""

import random
from collections.abc import Iterator

from matchmaker.services.profiles.twins.compared_firms import FirmIdentity
from matchmaker.services.profiles.twins.firm_words import LATIN
from tests.twins.sets import Entry

_SYLLABLES = ["вол", "ка", "ра", "мет", "про", "сиб", "урал", "тех", "ник", "ор", "би", "та", "лон", "вер", "дин", "гра", "фит", "ста", "рос", "кам", "нев", "дон", "сам", "ар", "ви", "пол", "ю", "ма", "ли", "ко", "за", "пи", "лу", "бер", "ди", "ал", "ек", "сан", "дар", "то", "же", "ле", "зо", "ин", "ко", "ма", "ш", "эн", "ер", "го", "ви", "ст"]  # fmt: skip
_ENDS = (
    "маш",
    "пром",
    "строй",
    "мет",
    "торг",
    "сервис",
    "деталь",
    "сталь",
    "инвест",
    "тех",
    "ит",
    "он",
    "ика",
    "ово",
    "ский",
    "ан",
    "ер",
)
_KINDS = (
    ("Завод", "з-д"), ("Механический завод", "мех. завод"), ("Научно-производственное предприятие", "НПП"), ("Производственно-коммерческая фирма", "ПКФ"),
    ("Торговый дом", "ТД"), ("Производственная компания", "ПК"), ("Строительная компания", "СК"), ("Группа компаний", "ГК"), ("Опытно-конструкторское бюро", "ОКБ"),
    ("Научно-производственное объединение", "НПО"), ("Инструментальный завод", "инстр. з-д"), ("Центр", "Ц-р"), ("Литейный завод", "лит. з-д"),
    ("Управляющая компания", "УК"), ("Научно-технический центр", "НТЦ"), ("Комбинат", "к-т"),
)  # fmt: skip
_FORMS = (
    ("Общество с ограниченной ответственностью", "ООО", "LLC"),
    ("Акционерное общество", "АО", "JSC"),
    ("Закрытое акционерное общество", "ЗАО", "CJSC"),
    ("Публичное акционерное общество", "ПАО", "PJSC"),
)
_ADJECTIVES = (
    "Северный",
    "Южный",
    "Западный",
    "Восточный",
    "Первый",
    "Второй",
    "Третий",
    "Верхний",
    "Нижний",
    "Новый",
    "Старый",
    "Большой",
    "Малый",
)
_NOUNS = (
    "Металл",
    "Комплект",
    "Снаб",
    "Технологии",
    "Индустрия",
    "Литьё",
    "Сварка",
    "Прогресс",
    "Импульс",
    "Горизонт",
    "Альянс",
    "Ресурс",
    "Вектор",
    "Сфера",
    "Деталь",
    "Станок",
    "Токарь",
    "Резец",
    "Пружина",
    "Шестерня",
)
_REGIONS = (
    "Свердловская область",
    "Пермский край",
    "Новосибирская область",
    "Самарская область",
    "Москва",
    "Татарстан",
    "Омская область",
    "Тульская область",
    "Воронежская область",
    "Алтайский край",
)
_STREETS = (
    "Ленина",
    "Мира",
    "Машиностроителей",
    "Заводская",
    "Гагарина",
    "Труда",
    "Советская",
    "Кирова",
    "Строителей",
    "Лесная",
)
_LATIN_WAYS = (
    dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya".replace("_", "").split(" "), strict=True)),
    dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", "a b v g d e jo zh z i j k l m n o p r s t u f h c ch sh sch _ y _ e ju ja".replace("_", "").split(" "), strict=True)),
)  # fmt: skip
_ALIKE = str.maketrans("асеорхАСЕОРХКМТВН", "aceopxACEOPXKMTBH")


class Maker:
    """Firms and their spellings; the same seed gives the same ones."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def brand(self) -> str:
        chance = self.chance
        made = "".join(chance.sample(_SYLLABLES, chance.choice((1, 2, 2, 3)))) + chance.choice((*_ENDS, ""))
        if chance.random() < 0.25:
            made += "-" + chance.choice(_NOUNS)
        elif chance.random() < 0.2:
            made += " " + chance.choice(_NOUNS)
        return made[0].upper() + made[1:]

    def firm(self) -> dict[str, object]:
        chance = self.chance
        kind = chance.choice(_KINDS) if chance.random() < 0.4 else None
        roll = chance.random()
        if roll < 0.7:
            name = self.brand()
        elif roll < 0.8:
            name = " ".join(chance.sample(_NOUNS, chance.choice((2, 3))))
        elif roll < 0.9:
            name = f"{chance.choice(_ADJECTIVES)} {self.brand()}"
        else:
            name = f"{self.brand()} {chance.choice((1, 2, 3, 5, 7, 2000))}"
        return {
            "name": name,
            "kind": kind,
            "form": chance.choice(_FORMS[:2] if chance.random() < 0.9 else _FORMS),
            "region": chance.choice(_REGIONS),
            "street": chance.choice(_STREETS),
            "house": chance.randint(1, 120),
            "phone": f"9{chance.randint(10**8, 10**9 - 1)}",
            "site": f"{chance.choice(_ENDS)}{chance.randint(1, 9999)}.ru".translate(LATIN),
        }

    def near(self, firm: dict[str, object]) -> dict[str, object]:
        """Another firm that sounds alike: an opposite, another number, another region, or one more word."""
        chance = self.chance
        other = {
            **self.firm(),
            "name": firm["name"],
            "kind": firm["kind"],
            "form": firm["form"],
            "region": firm["region"],
        }
        name = str(firm["name"])
        first = name.split(maxsplit=1)[0]
        roll = chance.random()
        if first in _ADJECTIVES:
            other["name"] = name.replace(
                first, chance.choice([word for word in _ADJECTIVES if word != first])
            )
        elif name[-1].isdigit():
            other["name"] = name.rsplit(" ", 1)[0] + f" {int(name.rsplit(' ', 1)[1]) + chance.randint(1, 9)}"
        elif roll < (0.5 if first in _NOUNS else 0.1):
            other["region"] = chance.choice([region for region in _REGIONS if region != firm["region"]])
        elif roll < 0.6:
            other["name"] = f"{name} {chance.choice(_NOUNS)}"
        else:
            other["name"] = name[: len(name) // 2] + self.brand().lower()
        return other

    def spelled(self, firm: dict[str, object], number: str) -> FirmIdentity:
        """A firm as one list has it."""
        chance = self.chance
        name, kind, form = str(firm["name"]), firm["kind"], firm["form"]
        assert isinstance(form, tuple)
        name = self._written(name, kind, form)
        told = chance.random()
        address = (
            f"{chance.choice(('ул. ', 'ул ', ''))}{firm['street']}, {chance.choice(('д. ', ''))}{firm['house']}"
            if told < 0.35
            else ""
        )
        return FirmIdentity(
            number,
            (name,),
            address=f"{firm['region']}, {address}" if address else "",
            region=str(firm["region"]) if chance.random() < 0.85 else "",
            country="Россия" if chance.random() < 0.3 else "",
            contacts=self._contacts(firm),
        )

    def _written(self, name: str, kind: object, form: tuple[str, ...]) -> str:
        chance = self.chance
        words = name.split()
        if len(words) >= 2 and chance.random() < 0.12 and not words[-1].isdigit():
            name = "".join(word[0] for word in words).upper()
        if kind:
            assert isinstance(kind, tuple)
            name = (
                f"{chance.choice(kind)} «{name}»"
                if chance.random() < 0.5
                else f"{chance.choice(kind)} {name}"
            )
        else:
            name = f"«{name}»" if chance.random() < 0.5 else name
        if chance.random() < 0.15:
            name = self._mistyped(name)
        return self._disguised(self._with_form(name, form))

    def _with_form(self, name: str, form: tuple[str, ...]) -> str:
        """A name with one of the spellings of its legal form, or in Latin letters."""
        chance = self.chance
        roll = chance.random()
        if roll < 0.15:
            way = chance.choice(_LATIN_WAYS)
            name = "".join(way.get(letter, letter) for letter in name.lower()).title() + f" {form[2]}"
        elif roll < 0.3:
            name = f"{form[0]} {name}"
        elif roll < 0.4:
            name = f"{name}, {form[1]}"
        elif roll < 0.9:
            name = f"{form[1]} {name}"
        return name

    def _disguised(self, name: str) -> str:
        """A name in capitals, with look-alike letters, without its hyphen."""
        chance = self.chance
        if chance.random() < 0.2:
            name = name.upper()
        if chance.random() < 0.1:
            name = name.translate(_ALIKE)
        if chance.random() < 0.1:
            name = name.replace("-", chance.choice((" ", "")))
        return name

    def _contacts(self, firm: dict[str, object]) -> tuple[str, ...]:
        chance = self.chance
        phone, site = f"{chance.choice(('+7', '8'))}{firm['phone']}", str(firm["site"])
        told = (phone, site, f"info@{site}", f"{chance.choice(_ENDS)}{chance.randint(1, 99999)}@mail.ru")
        return tuple(one for one in told if chance.random() < 0.15)

    def _mistyped(self, name: str) -> str:
        chance = self.chance
        spot = chance.randrange(len(name))
        if not name[spot].isalpha():
            return name
        roll = chance.random()
        if roll < 0.3:
            return name[:spot] + name[spot + 1 :]
        if roll < 0.6:
            return name[:spot] + name[spot] + name[spot:]
        if roll < 0.8:
            return name[:spot] + chance.choice("аоеинтсрвл") + name[spot + 1 :]
        return name[:spot] + name[spot : spot + 2][::-1] + name[spot + 2 :]


def firms(count: int, seed: int) -> Iterator[Entry]:
    """Made firms with their spellings, and firms that sound alike, as a labelled set."""
    maker = Maker(seed)
    for number in range(count):
        firm = maker.firm()
        for spelling in range(maker.chance.choice((1, 1, 2, 3))):
            yield Entry(maker.spelled(firm, f"m{number}-{spelling}"), f"m{number}")
        if maker.chance.random() < 0.4:
            yield Entry(maker.spelled(maker.near(firm), f"n{number}"), f"n{number}")


def planted(count: int, seed: int) -> tuple[list[FirmIdentity], set[tuple[str, str]]]:
    """As many firms by name alone, a tenth of them twins of others in another spelling, and the pairs of twins."""
    maker = Maker(seed)
    made: list[FirmIdentity] = []
    twins: set[tuple[str, str]] = set()
    names: set[str] = set()
    while len(made) < count:
        firm = maker.firm()
        name = f"{maker.brand()} {firm['name']}"
        if name in names:
            continue
        names.add(name)
        key = f"p{len(made)}"
        form = maker.chance.choice(("ООО", "АО"))
        made.append(FirmIdentity(key, (f"{form} «{name}»",)))
        if len(made) < count and maker.chance.random() < 0.11:
            other = f"p{len(made)}"
            changed = maker._mistyped(name) if maker.chance.random() < 0.5 else name.upper()
            made.append(
                FirmIdentity(
                    other, (f"{changed} {form}" if maker.chance.random() < 0.5 else f"{form} {changed}",)
                )
            )
            first, second = sorted((key, other))
            twins.add((first, second))
    return made, twins
