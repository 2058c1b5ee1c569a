"""A need's form: fields as typed ⇄ a record; what is wrong comes back by field with what was typed."""

from collections.abc import Mapping
from typing import IO

from flask_babel import gettext
from werkzeug.datastructures import FileStorage

from importers import cells
from matchmaker.domain.errors import FileRefused, InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.records import NeedRecord, parse, to_data

MOST_FILES = 5  # that come with a new need; more are added to it
# Fields of the form that are lists, written as "a; b".
LISTS = ("processes", "materials", "sectors", "languages")
NUMBERS = (
    "max_distance_km",
    "diameter_mm",
    "length_mm",
    "sheet_thickness_mm",
    "mass_kg",
    "tolerance_it",
    "roughness_ra_um",
    "quantity",
    "lots_per_year",
    "spare_hours",
)
PLAIN = ("title", "text", "city", "region", "deliver_by", "hours_from", "hours_until")
FIELDS = (*PLAIN, *LISTS, *NUMBERS, "envelope_mm", "standard", "level")


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed, by field; line ends as one character each."""
    return {name: form.get(name, "").replace("\r\n", "\n") for name in FIELDS}


def need_record(given: Mapping[str, str], key: str) -> NeedRecord:
    """The form as a record. Raises InvalidRecord."""
    data: dict[str, object] = {"kind": "need", "id": key}
    data |= {name: given[name].strip() for name in PLAIN if given[name].strip()}
    data |= {name: split for name in LISTS if (split := cells.typed_entries(given[name]))}
    data |= {name: cells.number(given[name]) for name in NUMBERS if given[name].strip()}
    if given["envelope_mm"].strip():
        data["envelope_mm"] = three_sides(given["envelope_mm"], "envelope_mm")
    if given["level"].strip():
        level = "certified" if given["level"] == "verified" else given["level"]
        standard = given["standard"].strip() or "ISO 9001"
        data["certification"] = {
            "standard": standard,
            "level": level,
            "verified": given["level"] == "verified",
        }
    return parse(NeedRecord, data)


def changed(before: NeedRecord, given: NeedRecord) -> NeedRecord:
    """A stored need with what the form says; what the form has no field for stays as it was."""
    asked = (*PLAIN, *LISTS, *NUMBERS, "envelope_mm", "certification")
    moved = (given.city, given.region) != (before.city, before.region)
    location = None if moved else before.location
    return before.model_copy(update={"location": location, **{name: getattr(given, name) for name in asked}})


def three_sides(text: str, field: str) -> tuple[float, ...]:
    """The sides that a field holds, in mm. Raises InvalidRecord."""
    sides = cells.sides(text)
    if sides is None:
        message = N_("Give three sides in mm, for example 420×80×12.")
        raise InvalidRecord((Problem(field, "envelope.form", message, text[:80]),))
    return sides


def of_record(record: NeedRecord) -> dict[str, str]:
    """A stored need as the form shows it."""
    data = to_data(record)
    shown = {name: str(data.get(name) or "") for name in (*PLAIN, *NUMBERS)}
    shown |= {name: "; ".join(data.get(name) or ()) for name in LISTS}
    box = data.get("envelope_mm")
    shown["envelope_mm"] = cells.sides_text(box) if box else ""
    demand = record.certification
    shown["standard"] = demand.standard if demand else ""
    shown["level"] = "" if demand is None else "verified" if demand.verified else demand.level
    return shown


def refusal(error: FileRefused) -> str:
    """Why a file was refused, in the reader's language."""
    return gettext(error.template) % error.params if error.params else gettext(error.template)


def by_field(error: InvalidRecord) -> dict[str, str]:
    """Messages by the field they belong to, in the reader's language."""
    found: dict[str, str] = {}
    for problem in error.problems:
        field = problem.path.split(".")[0]
        name = {"certification": "standard", "record": "text"}.get(field, field)
        found.setdefault(
            name, gettext(problem.message) % problem.params if problem.params else gettext(problem.message)
        )
    return found


def problems_of(error: InvalidRecord) -> dict[str, str]:
    """Messages by field, in the reader's language."""
    return {
        one.path: gettext(one.message) % one.params if one.params else gettext(one.message)
        for one in error.problems
    }


def with_values(error: InvalidRecord) -> dict[str, str]:
    """Messages by field, in the reader's language, each with what was typed."""
    values = {one.path: one.value for one in error.problems}
    return {
        path: f"{message} ({values[path]})" if values[path] else message
        for path, message in problems_of(error).items()
    }


def whole_number(form: Mapping[str, str], name: str) -> int | None:
    """A whole number of at most nine digits, none for anything else."""
    given = form.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None


def revision(form: Mapping[str, str], name: str = "revision") -> int:
    """The revision that the form was made from; one that no row has where it names none."""
    given = whole_number(form, name)
    return -1 if given is None else given


def chosen(file: FileStorage | None, ask: str) -> tuple[str, IO[bytes]]:
    """Name and content of the file of a form. Raises FileRefused with `ask` where none was chosen."""
    if file is None or not file.filename:
        raise FileRefused(ask)
    return file.filename, file.stream
