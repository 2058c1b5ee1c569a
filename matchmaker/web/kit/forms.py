"""A need's form: typed fields ⇄ a record; problems come back by field with the typed values."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import IO, cast

from flask import Flask
from markupsafe import Markup, escape
from werkzeug.datastructures import FileStorage

from importers import cells, typed_values
from matchmaker.domain import plausibility
from matchmaker.domain.errors import Faults, FileRefused, InvalidRecord
from matchmaker.domain.particulars import DRAWING_REVISION, PARTICULARS
from matchmaker.domain.records import USUAL_STANDARD, DemandRecord, NeedRecord, PartRecord, parse_right
from matchmaker.domain.requirement_kinds import DEMAND_FIELDS, REQUIREMENT_KINDS, WORDS, Typed
from matchmaker.web.kit import labels

MOST_FILES = 5  # that come with a new need; more are added to it
# The typed form of the fields that are keys of a need's record.
KEYS: Mapping[str, Typed] = {
    "title": WORDS,
    "text": WORDS,
    **{
        field.name: field.typed
        for kind in REQUIREMENT_KINDS.values()
        for field in kind.fields
        if field.name in NeedRecord.model_fields
    },
    **{field.name: field.typed for field in PARTICULARS},
    "hours_from": WORDS,
    "hours_until": WORDS,
}
# The keys of the record whose fields have other names.
_KEY_OF = {DRAWING_REVISION: "revision"}
FIELDS = (*KEYS, *(name for row in DEMAND_FIELDS for name in row))
# The fields of the part that have labels of their own, in the order of the form.
PART_FIELDS = tuple(field for kind in REQUIREMENT_KINDS.values() for field in kind.fields if field.label)


def register(app: Flask) -> None:
    app.jinja_env.globals["option_list"] = option_list
    app.jinja_env.globals["part_fields"] = (*PART_FIELDS, *PARTICULARS)
    app.jinja_env.globals["demand_fields"] = lambda values: DEMAND_FIELDS[: demand_rows(values)]


def option_list(pairs: Iterable[tuple[object, object]], chosen: object = None) -> Markup:
    """The options of a field by value and label, as the macro `option` writes one."""
    marked = None if chosen is None else str(chosen)
    listed = [
        f'<option value="{escape(value)}"{" selected" if str(value) == marked else ""}>{escape(label)}</option>'
        for value, label in pairs
    ]
    return Markup("\n".join(listed))  # noqa: S704 - every part is escaped


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """The typed values by field; line ends as one character each."""
    return {name: form.get(name, "").replace("\r\n", "\n") for name in FIELDS}


def need_record(given: Mapping[str, str], key: str, faults: Faults) -> NeedRecord | None:
    """The form as a record, of what is right in it; what is wrong goes to `faults`. None where the rest is no record."""
    data: dict[str, object] = {"kind": "need", "id": key}
    for name, typed in KEYS.items():
        if given[name].strip():
            with faults:
                if value := typed_values.read(typed, given[name], name):
                    data[key_of(name)] = value
    data["certification"] = [
        _demand(*(given[name].strip() for name in row)) for row in DEMAND_FIELDS if given[row[1]].strip()
    ]
    return parse_right(NeedRecord, data, faults)


def changed_need(before: NeedRecord, given: Mapping[str, str], key: str, today: date) -> NeedRecord:
    """A stored need with the form's values. Raises InvalidRecord with all that is wrong."""
    return _demanded(given, key, today, before)


def new_need(given: Mapping[str, str], key: str, today: date) -> NeedRecord:
    """The form as a new need. Raises InvalidRecord with all that is wrong."""
    return _demanded(given, key, today, None)


def _demanded(given: Mapping[str, str], key: str, today: date, before: NeedRecord | None) -> NeedRecord:
    faults = Faults()
    record = need_record(given, key, faults)
    if record is not None:
        record = record if before is None else changed(before, record)
        with faults:
            plausibility.demand_need(record, today, before)
    faults.settle()
    return cast(NeedRecord, record)  # a form that is no record has problems


def key_of(field: str) -> str:
    """The key of the record that a field of the form holds."""
    return _KEY_OF.get(field, field)


# The levels of the form beyond those of a record: with known dates, verified by the centre.
DATED, VERIFIED = "dated", "verified"


def _demand(standard: str, level: str, strength: str) -> dict[str, object]:
    """A row of the form as a demand for a certificate."""
    names = cells.typed_entries(standard) or [USUAL_STANDARD]
    return {
        **({"standard": names[0]} if len(names) == 1 else {"any_of": names}),
        "level": "certified" if level in {DATED, VERIFIED} else level,
        "verified": level == VERIFIED,
        "dated": level == DATED,
        "strength": strength or "must",
    }


def demand_rows(values: Mapping[str, str]) -> int:
    """The number of rows for demands that a form shows: those that are filled in, and one more."""
    last = max((row for row, names in enumerate(DEMAND_FIELDS, 1) if values.get(names[1])), default=0)
    return min(last + 1, len(DEMAND_FIELDS))


def demand_row(demand: DemandRecord) -> tuple[str, str, str]:
    """A demand for a certificate as a row of the form."""
    level = VERIFIED if demand.verified else DATED if demand.dated else demand.level
    return "; ".join(demand.standards), level, demand.strength


def changed(before: NeedRecord, given: NeedRecord) -> NeedRecord:
    """A stored need with the form's values; keys without a field stay unchanged."""
    asked = (*map(key_of, KEYS), "certification")
    moved = (given.city, given.region) != (before.city, before.region)
    location = None if moved else before.location
    values = {name: getattr(given, name) for name in asked}
    values["certification"] = tuple(_with_unseen(one, before.certification) for one in given.certification)
    return before.model_copy(update={"location": location, **values, **_hardness(before, given)})


def _with_unseen(demand: DemandRecord, before: Sequence[DemandRecord]) -> DemandRecord:
    """A demand with what the form does not show of the stored one for the same standards."""
    same = next((one for one in before if one.standards == demand.standards), None)
    return demand.model_copy(update={"edition": same.edition, "on": same.on}) if same else demand


def _hardness(before: NeedRecord, given: NeedRecord) -> dict[str, object]:
    """The typed hardness; a stored Vickers number stays where it is typed as it was shown."""
    kept = before.hardness_hv is not None and shown_hardness(before) == shown_hardness(given)
    chosen = before if kept else given
    return {"hardness": chosen.hardness, "hardness_hv": before.hardness_hv if kept else None}


def shown_hardness(record: PartRecord) -> str:
    """The hardness that a record asks for, from whichever key tells it, in its form's field."""
    return typed_values.shown(KEYS["hardness"], record.hardness or record.hardness_hv)


def of_record(record: NeedRecord) -> dict[str, str]:
    """A stored need in the form's fields."""
    shown = {name: typed_values.shown(typed, getattr(record, key_of(name))) for name, typed in KEYS.items()}
    shown["hardness"] = shown_hardness(record)
    shown |= {name: "" for row in DEMAND_FIELDS for name in row}
    for row, demand in zip(DEMAND_FIELDS, record.certification, strict=False):
        shown |= dict(zip(row, demand_row(demand), strict=True))
    return shown


def refusal(error: FileRefused) -> str:
    """The reason of a file's refusal, in the reader's language."""
    return labels.filled(error.template, error.params)


def by_field(error: InvalidRecord) -> dict[str, str]:
    """Messages by the field they belong to, in the reader's language."""
    found: dict[str, str] = {}
    for problem in error.problems:
        field, *within = problem.path.split(".")
        name = {"record": "text", "revision": DRAWING_REVISION}.get(field, field)
        if field == "certification":
            name = DEMAND_FIELDS[int(within[0]) if within and within[0].isdigit() else 0][0]
        found.setdefault(name, labels.filled(problem.message, problem.params))
    return found


def problems_of(error: InvalidRecord) -> dict[str, str]:
    """Messages by field, in the reader's language."""
    return {one.path: labels.filled(one.message, one.params) for one in error.problems}


def with_values(error: InvalidRecord) -> dict[str, str]:
    """The messages by field, in the reader's language, each with the typed value."""
    values = {one.path: one.value for one in error.problems}
    return {
        path: f"{message} ({values[path]})" if values[path] else message
        for path, message in problems_of(error).items()
    }


def whole_number(form: Mapping[str, str], name: str) -> int | None:
    """A whole number of at most nine digits, none for any other text."""
    given = form.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None


def revision(form: Mapping[str, str], name: str = "revision") -> int:
    """The revision that the form was made from; without one, a revision that no row has."""
    given = whole_number(form, name)
    return -1 if given is None else given


def chosen(file: FileStorage | None, ask: str) -> tuple[str, IO[bytes]]:
    """The name and content of the form's file. Raises FileRefused with `ask` where none was chosen."""
    if file is None or not file.filename:
        raise FileRefused(ask)
    return file.filename, file.stream
