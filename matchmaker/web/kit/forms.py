"""A need's form: typed fields ⇄ a record; problems come back by field with the typed values."""

from collections.abc import Mapping
from typing import IO

from flask import Flask
from flask_babel import gettext
from werkzeug.datastructures import FileStorage

from importers import typed_values
from matchmaker.domain.errors import FileRefused, InvalidRecord
from matchmaker.domain.records import NeedRecord, parse
from matchmaker.domain.requirement_kinds import OF_PARTS, REQUIREMENT_KINDS, WORDS, Typed

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
    "hours_from": WORDS,
    "hours_until": WORDS,
}
FIELDS = (*KEYS, "standard", "level")
# The fields of a part's numbers, in the order of the form.
PART_FIELDS = tuple(field for kind in OF_PARTS for field in kind.fields if field.label)


def register(app: Flask) -> None:
    app.jinja_env.globals["part_fields"] = PART_FIELDS


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """The typed values by field; line ends as one character each."""
    return {name: form.get(name, "").replace("\r\n", "\n") for name in FIELDS}


def need_record(given: Mapping[str, str], key: str) -> NeedRecord:
    """The form as a record. Raises InvalidRecord."""
    data: dict[str, object] = {"kind": "need", "id": key}
    data |= {
        name: value
        for name, typed in KEYS.items()
        if given[name].strip() and (value := typed_values.read(typed, given[name], name))
    }
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
    """A stored need with the form's values; keys without a field stay unchanged."""
    asked = (*KEYS, "certification")
    moved = (given.city, given.region) != (before.city, before.region)
    location = None if moved else before.location
    return before.model_copy(update={"location": location, **{name: getattr(given, name) for name in asked}})


def of_record(record: NeedRecord) -> dict[str, str]:
    """A stored need in the form's fields."""
    shown = {name: typed_values.shown(typed, getattr(record, name)) for name, typed in KEYS.items()}
    demand = record.certification
    shown["standard"] = demand.standard if demand else ""
    shown["level"] = "" if demand is None else "verified" if demand.verified else demand.level
    return shown


def refusal(error: FileRefused) -> str:
    """The reason of a file's refusal, in the reader's language."""
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
