"""What a need asks for, in the words of a reader's language: for letters and the pages behind their links."""

from datetime import date

from matchmaker.domain.requirement_kinds import REQUIREMENT_KINDS
from matchmaker.locale import translations
from matchmaker.models import Need
from matchmaker.services.matching.wording import Wording
from matchmaker.services.needs import needs
from search.reading.need_reading import requirements_of
from search.text import Recogniser

_TOLD = ("processes", "materials", "envelope", "diameter", "length", "thickness", "mass", "lot")
# Of a text that opens after an agreement only these are told before it.
_BEFORE_AN_AGREEMENT = frozenset({"processes", "lot"})


def told(need: Need, recogniser: Recogniser, today: date, language: str) -> dict[str, tuple[str, str]]:
    """The requirements of a need by their names, each with its label and value, also those that only its text names."""
    record = needs.record(need)
    understood = requirements_of(record, recogniser, today).requirements
    wording = Wording(recogniser.taxonomy, language, translations(language).gettext)
    found = {}
    for name in _TOLD:
        kind = REQUIREMENT_KINDS[name]
        value = getattr(understood, kind.asked)
        is_open = (
            need.disclosure != "nda" or name in _BEFORE_AN_AGREEMENT or name in (need.requirements or {})
        )
        if is_open and value not in (None, (), ""):
            found[name] = (wording.label(name), wording.value(name, value))
    return found
