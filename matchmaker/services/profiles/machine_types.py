"""The type of machine in a line of a shop's list, as such lists are written: “Токарный с ЧПУ”, “6Р13”,
“16К20Ф3”.
"""

import re

from matchmaker.domain.taxonomy import Taxonomy
from search.text import Recogniser

_ADJECTIVE = re.compile(r"[А-Яа-яЁё]+(?:-[А-Яа-яЁё]+)*(?:ый|ой|ий|ые|ие|ая)\b")
CNC = re.compile(r"чпу|cnc|(?<=[\dА-Я])Ф[34](?!\d{3})", re.IGNORECASE)
# Marks of metal-cutting machines by the Soviet classification (ЭНИМС): the group, and the type within it where that
# tells a machine of another kind. A letter after either says which works changed the model.
_MARK = re.compile(r"(?<![\w.-])(\d)[А-ЯA-Z]{0,2}(\d)(?=[\dА-ЯA-Z])[\dА-ЯA-Z]*")


def type_of(words: str, recogniser: Recogniser) -> str | None:
    """The code of the machine's type, None where the words give none."""
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
    return None if recogniser.codes("material", words) else _by_mark(words, recogniser.taxonomy)


def _by_mark(words: str, taxonomy: Taxonomy) -> str | None:
    """The type by the number at the beginning of the model: “6Р13”, “2Н135”."""
    mark = _MARK.search(words.upper())
    if mark is None or not re.search(r"[А-ЯA-Z]", mark[0]):
        return None  # four bare digits may be anything
    marks = taxonomy.machine_marks
    code = marks.get(mark[1] + mark[2]) or marks.get(mark[1])
    return taxonomy.with_cnc.get(code or "", code) if CNC.search(words) else code
