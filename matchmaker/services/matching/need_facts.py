"""What a need asks for, in the words of a reader's language: for letters and the pages behind their links."""

from datetime import date

from matchmaker.domain.language import N_
from matchmaker.domain.requirement_kinds import REQUIREMENT_KINDS
from matchmaker.domain.requirements import Requirements
from matchmaker.locale import translations
from matchmaker.models import Need
from matchmaker.services.matching.wording import Wording
from matchmaker.services.needs import need_summary, needs
from search.reading.need_reading import position_readings, requirements_of
from search.text import Recogniser

_TOLD = (
    "processes",
    "materials",
    "envelope",
    "diameter",
    "length",
    "height",
    "thickness",
    "wall",
    "mass",
    "tolerance",
    "roughness",
    "hardness",
    "gear_module",
    "gear_grade",
    "thread",
    "lot",
    "quality_papers",
)
# A position is told in a line, up to this number of them.
_OF_A_POSITION = ("lot", "materials", "envelope", "diameter", "length", "tolerance")
_MOST_POSITIONS = 12


def told(need: Need, recogniser: Recogniser, today: date, language: str) -> dict[str, tuple[str, str]]:
    """The requirements of a need by their names, each with its label and value, also those that only its text names; its
    place under "place".
    """
    record = needs.record(need)
    understood = requirements_of(record, recogniser, today).requirements
    translate = translations(language).gettext
    wording = Wording(recogniser.taxonomy, language, translate)
    found = _facts(need, understood, wording)
    if need.disclosure != "nda":
        readings = position_readings(record, recogniser, today)
        for number, (position, reading) in enumerate(readings[:_MOST_POSITIONS], 1):
            facts = _facts(need, reading.requirements, wording)
            said = [facts[name] for name in _OF_A_POSITION if name in facts]
            words = ", ".join(value for _, value in said)
            found[f"position {number}"] = (f"{number}. {position.title or position.id}", words or "—")
    demands = [
        *map(wording.demand, understood.demanded),
        *(wording.wished(wording.demand(one)) for one in understood.wished),
    ]
    if demands and need_summary.is_told(need, "certification"):
        found["certification"] = (wording.label("certification"), ", ".join(demands))
    place = ", ".join(
        filter(
            None, (wording.town(need.city, need.region), wording.codes("region", filter(None, [need.region])))
        )
    )
    if place:
        found["place"] = (translate(N_("Where")), place)
    return found


def _facts(need: Need, asked: Requirements, wording: Wording) -> dict[str, tuple[str, str]]:
    return {
        name: (wording.label(name), wording.value(name, value))
        for name in _TOLD
        if (value := getattr(asked, REQUIREMENT_KINDS[name].asked)) not in (None, (), "")
        and need_summary.is_told(need, name)
    }
