"""What type of machine a line of a shop's list means, as such lists are written: “Токарный с ЧПУ”, “6Р13”, “16К20Ф3”."""

import re

from matchmaker.services.profiles.profile_mapping import Resolver

_ADJECTIVE = re.compile(r"[А-Яа-яЁё]+(?:-[А-Яа-яЁё]+)*(?:ый|ой|ий|ые|ие|ая)\b")
CNC = re.compile(r"чпу|cnc|(?<=[\dА-Я])Ф[34](?!\d{3})", re.IGNORECASE)
# Marks of metal-cutting machines by the Soviet classification (ЭНИМС): the group, and the type within it where that
# tells a machine of another kind. A letter after either says which works changed the model.
_MARK = re.compile(r"(?<![\w.-])(\d)[А-ЯA-Z]{0,2}(\d)(?=[\dА-ЯA-Z])[\dА-ЯA-Z]*")
_GROUPS = {
    "1": "lathe",
    "2": "drilling-machine",
    "3": "cylindrical-grinder",
    "5": "gear-hobber",
    "6": "milling-machine",
    "7": "planer",
}
_TYPES = {
    "11": "swiss-lathe",
    "12": "swiss-lathe",
    "15": "vertical-lathe",
    "24": "boring-mill",
    "26": "boring-mill",
    "27": "boring-mill",
    "32": "internal-grinder",
    "37": "surface-grinder",
    "38": "honing-machine",
    "51": "gear-shaper",
    "58": "gear-grinder",
    "66": "gantry-mill",
    "74": "slotter",
    "75": "broaching-machine",
    "86": "band-saw",
}
_WITH_CNC = {"lathe": "cnc-lathe", "milling-machine": "machining-centre"}


def type_of(words: str, recogniser: Resolver) -> str | None:
    """The code of the machine's type, None where the words tell none."""
    words = words[:300]
    named = recogniser.codes("equipment", words)
    if named:
        return named[0]
    for adjective in _ADJECTIVE.findall(words):
        for kind in (adjective, adjective.rsplit("-", 1)[-1]):
            found = (CNC.search(words) and recogniser.codes("equipment", f"{kind} станок с ЧПУ")) or (
                recogniser.codes("equipment", f"{kind} станок")
            )
            if found:
                return found[0]
    return None if recogniser.codes("material", words) else _by_mark(words)


def _by_mark(words: str) -> str | None:
    """By the number of the model, which begins it: “6Р13”, “2Н135”."""
    mark = _MARK.search(words.upper())
    if mark is None or not re.search(r"[А-ЯA-Z]", mark[0]):
        return None  # four bare digits may be anything
    code = _TYPES.get(mark[1] + mark[2]) or _GROUPS.get(mark[1])
    return _WITH_CNC.get(code or "", code) if CNC.search(words) else code
