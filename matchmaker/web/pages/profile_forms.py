"""The forms of a profile, a section or one entry of a list at a time: fields as typed ⇄ a part of the record."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.records import SupplierRecord, parse, to_data
from matchmaker.web.kit import context
from matchmaker.web.kit.context import product


@dataclass(frozen=True, slots=True)
class Field:
    """`path` leads to the value within the section ("lot.min"); `kind` is text, prose, number, list, box, day or choice."""

    path: str
    label: str
    kind: str = "text"
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    source: str = ""

    @property
    def name(self) -> str:
        return self.path.replace(".", "-")


_YES_NO = (("", N_("not stated")), ("true", N_("yes")), ("false", N_("no")))
BASICS: tuple[Field, ...] = (
    Field("name.ru", N_("Name in Russian")),
    Field("name.en", N_("Name in English")),
    Field("region", N_("Region")),
    Field("city", N_("Town")),
    Field("address", N_("Address")),
    Field("description.ru", N_("About the shop, in Russian"), "prose"),
    Field("description.en", N_("About the shop, in English"), "prose"),
    Field("sectors", N_("Sectors"), "list", N_("Separate with semicolons"), source="sector"),
    Field("languages", N_("Languages"), "list", N_("For example ru; en")),
    Field("employees", N_("People"), "number"),
    Field("founded", N_("Founded in"), "number"),
    Field(
        "size_class",
        N_("Size of the firm"),
        "choice",
        choices=(
            ("", N_("not stated")),
            ("micro", N_("micro")),
            ("small", N_("small")),
            ("medium", N_("medium")),
            ("large", N_("large")),
        ),
    ),
    Field(
        "capacity_kind",
        N_("Kind of capacity"),
        "choice",
        choices=(("", N_("not stated")), ("general", N_("general")), ("specialised", N_("specialised"))),
    ),
    Field("export_ready", N_("Ready to export"), "choice", choices=_YES_NO),
    Field("contacts.person", N_("Contact person")),
    Field("contacts.email", N_("E-mail")),
    Field("contacts.phone", N_("Telephone")),
    Field("contacts.website", N_("Website")),
)
LISTS: Mapping[str, tuple[Field, ...]] = {
    "capabilities": (
        Field("process", N_("Process"), source="process"),
        Field(
            "level",
            N_("How it is done"),
            "choice",
            choices=(
                ("", N_("not stated")),
                ("core", N_("our main work")),
                ("supplementary", N_("on the side")),
                ("bought-out", N_("through partners")),
            ),
        ),
        Field("materials", N_("Materials"), "list", N_("Separate with semicolons"), source="material"),
        Field("envelope_mm", N_("Largest part, mm"), "box", N_("For example 420×80×12")),
        Field("diameter_mm", N_("Diameter up to, mm"), "number"),
        Field("length_mm", N_("Length up to, mm"), "number"),
        Field("sheet_thickness_mm", N_("Sheet up to, mm"), "number"),
        Field("max_mass_kg", N_("Mass up to, kg"), "number"),
        Field("tolerance_it", N_("Accuracy, IT grade"), "number"),
        Field("roughness_ra_um", N_("Roughness Ra, µm"), "number"),
        Field("lot.min", N_("Lot from, pieces"), "number"),
        Field("lot.max", N_("Lot up to, pieces"), "number"),
        Field("lead_time_days", N_("Usual lead time, days"), "number"),
        Field("note", N_("Note")),
    ),
    "equipment": (
        Field("name", N_("Machine")),
        Field("type", N_("Type"), source="equipment"),
        Field("quantity", N_("How many"), "number"),
        Field("maker", N_("Maker")),
        Field("year", N_("Year"), "number"),
        Field("cnc", N_("CNC"), "choice", choices=_YES_NO),
        Field("axes", N_("Axes"), "number"),
        Field("envelope_mm", N_("Largest part, mm"), "box", N_("For example 420×80×12")),
        Field("diameter_mm", N_("Diameter up to, mm"), "number"),
        Field("length_mm", N_("Length up to, mm"), "number"),
        Field("max_mass_kg", N_("Mass up to, kg"), "number"),
        Field("tolerance_it", N_("Accuracy, IT grade"), "number"),
        Field("spare_hours_per_month", N_("Free hours a month, each"), "number"),
    ),
    "certificates": (
        Field("standard", N_("Standard"), source="standard"),
        Field(
            "status",
            N_("State"),
            "choice",
            choices=(("certified", N_("certified")), ("implementing", N_("implementing"))),
        ),
        Field("number", N_("Number")),
        Field("body", N_("Certification body")),
        Field("accreditation", N_("Accreditation")),
        Field("issued", N_("Issued on"), "day"),
        Field("valid_until", N_("Valid until"), "day"),
        Field("scope", N_("Scope"), "prose"),
    ),
    "references": (
        Field("customer", N_("Customer")),
        Field("product", N_("What was made")),
        Field("year", N_("Year"), "number"),
    ),
}
TITLES: Mapping[str, str] = {
    "basics": N_("The firm"),
    "capabilities": N_("What we do"),
    "equipment": N_("Machines"),
    "certificates": N_("Certificates"),
    "references": N_("References"),
}


def typed(fields: tuple[Field, ...], form: Mapping[str, str]) -> dict[str, str]:
    """What was typed, by the name of the field."""
    return {field.name: form.get(field.name, "").replace("\r\n", "\n").strip() for field in fields}


def shown(fields: tuple[Field, ...], data: Mapping[str, Any]) -> dict[str, str]:
    """A part of a record as its form shows it."""
    return {field.name: _show(field, _at(data, field.path)) for field in fields}


def _at(data: Mapping[str, Any], path: str) -> Any:
    value: Any = data
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _show(field: Field, value: Any) -> str:
    if value is None:
        return ""
    if field.kind == "list":
        return "; ".join(value)
    if field.kind == "box":
        return "×".join(f"{side:g}" for side in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _read(fields: tuple[Field, ...], given: Mapping[str, str]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for field in fields:
        text = given[field.name]
        if not text:
            continue
        at = data
        *above, last = field.path.split(".")
        for part in above:
            at = at.setdefault(part, {})
        at[last] = _value(field, text)
    return data


def _value(field: Field, text: str) -> Any:
    if field.kind == "number":
        return text.replace(",", ".").replace("\u00a0", "").replace(" ", "")
    if field.kind == "list":
        return [part.strip() for part in text.replace("\n", ";").split(";") if part.strip()]
    if field.kind == "box":
        for sign in "хХxX×*":
            text = text.replace(sign, " ")
        sides = text.replace(",", ".").split()
        if len(sides) != 3:
            message = N_("Give three sides in mm, for example 420×80×12.")
            raise InvalidRecord((Problem(field.path, "envelope.form", message, text[:80]),))
        return sides
    return {"true": True, "false": False}.get(text, text) if field.path in {"cnc", "export_ready"} else text


def with_basics(record: SupplierRecord, given: Mapping[str, str]) -> SupplierRecord:
    """The record with its first section as typed. Raises InvalidRecord with paths within the section."""
    data = to_data(record)
    for field in BASICS:
        data.pop(field.path.split(".")[0], None)
    if given["city"] != (record.city or ""):
        data.pop("location", None)  # it was the old town's
    return parse(SupplierRecord, data | _read(BASICS, given))


def with_entry(
    record: SupplierRecord, section: str, index: int | None, given: Mapping[str, str]
) -> SupplierRecord:
    """The record with an entry of a list as typed, a new one at the end where `index` is None. Raises InvalidRecord."""
    fields, data = LISTS[section], to_data(record)
    entries = list(data.get(section) or ())
    entry = _read(fields, given)
    if index is None:
        index = len(entries)
        entries.append(entry)
    else:
        entries[index] = entry
    try:
        return parse(SupplierRecord, data | {section: entries})
    except InvalidRecord as error:
        prefix = f"{section}.{index}."
        own = tuple(
            Problem(p.path.removeprefix(prefix), p.code, p.message, p.value, p.params) for p in error.problems
        )
        raise InvalidRecord(own) from error


def without_entry(record: SupplierRecord, section: str, index: int) -> SupplierRecord:
    entries = getattr(record, section)
    return record.model_copy(update={section: (*entries[:index], *entries[index + 1 :])})


def by_field(fields: tuple[Field, ...], error: InvalidRecord) -> dict[str, str]:
    """Messages by the name of the field they belong to, the first field for what belongs to none."""
    found: dict[str, str] = {}
    names = {field.path: field.name for field in fields}
    for problem in error.problems:
        path = problem.path
        name = (
            names.get(path)
            or names.get(path.split(".")[0])
            or next((field.name for field in fields if path and field.path.startswith(path)), fields[0].name)
        )
        text = gettext(problem.message) % problem.params if problem.params else gettext(problem.message)
        found.setdefault(name, f"{text} ({problem.value})" if problem.value else text)
    return found


def offered(fields: tuple[Field, ...]) -> dict[str, list[str]]:
    """Terms of the taxonomy that the fields suggest, by tree."""
    trees = product().taxonomy.trees()
    return {
        field.source: [concept.label.text(context.language()) for concept in trees[field.source]]
        for field in fields
        if field.source
    }
