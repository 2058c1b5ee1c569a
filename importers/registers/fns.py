"""The parts that both registers of the tax service have: the head of a file, places, activities, words in capitals."""

import re
from collections.abc import Iterable

from importers.readers import xml_records
from importers.readers.xml_records import Element
from matchmaker.domain.errors import UnreadableFile
from matchmaker.domain.language import N_

RECORD = "Документ"
ACTIVITIES = ("СвОКВЭД", "СвОКВЭДОсн", "СвОКВЭДДоп")
_OTHER_FORM = N_(
    "The file %(file)s is %(kind)s of form %(version)s, which is not read; read are the forms %(known)s. Nothing was taken."
)
# Words that stay small in the name of a place, and the kinds of places and of parts of addresses.
_SMALL = frozenset(
    re.findall(
        r"\S+",
        "и на в у при по за под над область край округ район республика автономный автономная город г п с д р-н обл рп пгт тер ул"
        " пр-кт пер пл ш наб б-р км стр к корп кв оф офис помещ ком литера мкр пр-д пом эт этаж зд влд двлд проспект улица переулок"
        " площадь шоссе набережная бульвар проезд дом строение корпус",
    )
)
_CITY = re.compile(r"(?:г\.\s?|г\s|город\s)(.+)|(.+?)\s(?:г\.?|город)", re.IGNORECASE)


def is_of(file: str, head: bytes, kind: str, versions: Iterable[str]) -> bool:
    """Whether a file is of a register, by its first element. Raises UnreadableFile for a form of it that is not read."""
    root = xml_records.root(file, head)
    if root is None or root.name != "Файл" or (root.get("ТипИнф") or "") != kind:
        return False
    version = root.get("ВерсФорм") or "?"
    if version not in versions:
        params = {"file": file, "kind": kind, "version": version[:20], "known": ", ".join(versions)}
        raise UnreadableFile(_OTHER_FORM, **params)
    return True


def titled(words: str | None) -> str | None:
    """Words in capitals as people write the name of a place: “Ростов-на-Дону”, “Новосибирская область”, “г. Пермь”."""
    if not words or words != words.upper():
        return words
    return " ".join(_spelled(word.lower()) for word in words.split())


def region(words: str | None) -> str | None:
    """The name of a region; of a city that is one, without the word for a city."""
    said = titled(words)
    match = _CITY.fullmatch(said) if said else None
    found = titled((match[1] or match[2]).upper()) if match else said
    return found[:1].upper() + found[1:] if found else None


def _spelled(word: str) -> str:
    if word.strip(".,") in _SMALL:
        return word
    if "-" in word:
        return "-".join(part if part in _SMALL else _capital(part) for part in word.split("-"))
    return _capital(word)


def _capital(word: str) -> str:
    """A word with its first letter in capitals; what begins with a digit, as a whole: “256А”."""
    first = next((place for place, letter in enumerate(word) if letter.isalpha()), 0)
    return word.upper() if word[:1].isdigit() else word[:first] + word[first:].capitalize()


def activities(document: Element) -> dict[str, object]:
    """The main and the other activities, as keys of a registration."""
    codes = document.child("СвОКВЭД")
    main = [_activity(one) for one in codes.all("СвОКВЭДОсн")[:1]]
    others = [_activity(one) for one in codes.all("СвОКВЭДДоп")]
    return {
        "activity": next((one for one in main if one["code"]), None),
        "other_activities": [one for one in others if one["code"]][:500],
    }


def _activity(one: Element) -> dict[str, str | None]:
    return {"code": one.get("КодОКВЭД"), "name": one.get("НаимОКВЭД")}
