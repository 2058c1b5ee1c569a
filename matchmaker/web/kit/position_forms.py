"""The form of a position of a need: typed fields ⇄ the need's record, and what a part is told in words."""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import count
from typing import Any, cast

from flask_babel import gettext

from importers import typed_values
from matchmaker.domain import plausibility
from matchmaker.domain.errors import Faults, NotFound, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.particulars import OF_A_PART, PARTICULARS
from matchmaker.domain.records import NeedRecord, PartRecord, PositionRecord, parse_right, to_data
from matchmaker.domain.requirement_kinds import DAY, MEASURED, NUMBER, TERMS, NeedField
from matchmaker.domain.requirements import Namer
from matchmaker.web.kit import context, formats, forms, terms
from search.reading.need_reading import PartReading

_PROCESSES = NeedField("processes", TERMS, label=N_("Processes, in the order of the route"))
_MATERIALS = NeedField("materials", TERMS, label=N_("Materials, one of them is enough"))
_PIECES = (
    NeedField("quantity", NUMBER, label=N_("Pieces a lot")),
    NeedField("lots_per_year", NUMBER, label=N_("Lots a year")),
    NeedField("deliver_by", DAY, label=N_("Deliver by")),
)
# The fields of a position under its name and its words, in the order of the form.
FIELDS = (_PROCESSES, _MATERIALS, *forms.PART_FIELDS, *OF_A_PART, *_PIECES)
_TOLD = (*OF_A_PART[:3], _PROCESSES, _MATERIALS, *forms.PART_FIELDS, *PARTICULARS[3:], *_PIECES)
# The trees of the taxonomy whose terms a field holds.
_TREES = {"processes": "process", "materials": "material", "quality_papers": "quality_paper"}
_WORDS = ("id", "title", "text")
# The fields of a position that are taken from its words; the rest is said of the whole need.
_READ = ("processes", "materials", "quantity", *(kind.fields[0].name for kind in MEASURED))
_KEYS = (*_WORDS, *(forms.key_of(field.name) for field in FIELDS))


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """The typed values by field."""
    names = (*_WORDS, *(field.name for field in FIELDS))
    return {name: form.get(name, "").replace("\r\n", "\n").strip() for name in names}


def find(record: NeedRecord, key: str) -> PositionRecord:
    """The position with this id. Raises NotFound."""
    for one in record.positions:
        if one.id == key:
            return one
    raise NotFound(what="position", key=key)


def shown(position: PositionRecord | None) -> dict[str, str]:
    """A position in its form's fields, empty ones for a new position."""
    if position is None:
        return typed({})
    words = {name: getattr(position, name) or "" for name in _WORDS}
    return {**words, **{field.name: _shown(position, field) for field in FIELDS}}


def _shown(part: PartRecord, field: NeedField) -> str:
    if field.name == "hardness":
        return forms.shown_hardness(part)
    return typed_values.shown(field.typed, getattr(part, forms.key_of(field.name), None))


def told(part: PartRecord) -> list[tuple[str, str]]:
    """All that a record says of a part, each with its label, as a person would type it."""
    found = []
    for field in _TOLD:
        value = _told_value(part, field)
        choice = next((words for chosen, words in field.typed.choices if chosen == value), "")
        if value:
            found.append((gettext(field.label), gettext(choice) if choice else value))
    return found


def _told_value(part: PartRecord, field: NeedField) -> str:
    """A field in the reader's language: a day in words, terms each with its words of the other language."""
    given = getattr(part, forms.key_of(field.name), None)
    if isinstance(given, date):
        return formats.day(given)
    if field.name in _TREES:
        return "; ".join(terms.with_original(_TREES[field.name], one) for one in given or ())
    return _shown(part, field)


def with_position(record: NeedRecord, key: str, given: Mapping[str, str], today: date) -> NeedRecord:
    """The need with the typed position in place of the one with this id, a new one where the id is empty.

    Raises InvalidRecord with all that is wrong, also with what cannot be asked for today, by the paths of the form's
    fields; NotFound.
    """
    faults = Faults()
    before = find(record, key) if key else None
    data: dict[str, Any] = {"id": given["id"] or key or _next(record)}
    data |= {name: given[name] for name in ("title", "text") if given[name]}
    for field in FIELDS:
        if given[field.name]:
            with faults:
                data[forms.key_of(field.name)] = typed_values.read(field.typed, given[field.name], field.name)
    if before is not None:
        data |= _unseen(before, given)
    place = len(record.positions) if before is None else record.positions.index(before)
    entries = [to_data(one) for one in record.positions]
    entries[place : place + 1] = [data]
    prefix, told = f"positions.{place}.", Faults()
    changed = parse_right(NeedRecord, {**to_data(record), "positions": entries}, told)
    if changed is not None:
        with told:
            plausibility.demand_need(changed, today, record)
    faults.problems += [_in_form(one, prefix) for one in told.problems]
    faults.settle()
    return cast(NeedRecord, changed)  # what is no record has problems


def with_parts(record: NeedRecord, parts: Iterable[PartReading], named: Namer) -> NeedRecord:
    """The need with the parts that its text names as positions, each with what was read of it. Raises InvalidRecord."""
    for number, one in enumerate(parts, 1):
        read = typed_values.of_requirements(one.requirements, named)
        own = {name: read[name] for name in _READ if read.get(name)}
        said = {"id": str(number), "title": one.part.title, "text": one.part.words}
        record = with_position(record, "", {**typed({}), **own, **said}, context.today())
    return record


def _unseen(before: PositionRecord, given: Mapping[str, str]) -> dict[str, Any]:
    """The keys of a stored position that its form does not show; a Vickers number that was not typed anew stays."""
    kept = {name: value for name, value in to_data(before).items() if name not in _KEYS}
    if given["hardness"] != forms.shown_hardness(before):
        kept.pop("hardness_hv", None)
    elif before.hardness is None:
        kept["hardness"] = None
    return kept


def _next(record: NeedRecord) -> str:
    """The first number that no position has as its id."""
    taken = {one.id for one in record.positions}
    return next(str(number) for number in count(1) if str(number) not in taken)


def _in_form(problem: Problem, prefix: str) -> Problem:
    """A problem of a position under the name of its field; one of the whole list under the position's id."""
    path = problem.path.removeprefix(prefix) if problem.path.startswith(prefix) else "id"
    return Problem(path, problem.code, problem.message, problem.value, problem.params)


def without_position(record: NeedRecord, key: str) -> NeedRecord:
    """The need without one of its positions."""
    left = tuple(one for one in record.positions if one.id != key)
    return record.model_copy(update={"positions": left})
