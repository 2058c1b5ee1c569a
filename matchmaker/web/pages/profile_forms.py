"""The forms of a profile, a section or one entry of a list at a time: fields as typed ⇄ a part of the record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext

from importers import cells
from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import CertificateStatus
from matchmaker.domain.records import SupplierRecord, parse, to_data
from matchmaker.web.kit import context, forms
from matchmaker.web.kit.context import product


@dataclass(frozen=True, slots=True)
class ProfileField:
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
BASICS: tuple[ProfileField, ...] = (
    ProfileField("name.ru", N_("Name in Russian")),
    ProfileField("name.en", N_("Name in English")),
    ProfileField("region", N_("Region")),
    ProfileField("city", N_("Town")),
    ProfileField("address", N_("Address")),
    ProfileField("description.ru", N_("About the shop, in Russian"), "prose"),
    ProfileField("description.en", N_("About the shop, in English"), "prose"),
    ProfileField("sectors", N_("Sectors"), "list", N_("Separate with semicolons"), source="sector"),
    ProfileField("languages", N_("Languages"), "list", N_("For example ru; en")),
    ProfileField("employees", N_("People"), "number"),
    ProfileField("founded", N_("Founded in"), "number"),
    ProfileField(
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
    ProfileField(
        "capacity_kind",
        N_("Kind of capacity"),
        "choice",
        choices=(("", N_("not stated")), ("general", N_("general")), ("specialised", N_("specialised"))),
    ),
    ProfileField("export_ready", N_("Ready to export"), "choice", choices=_YES_NO),
    ProfileField("contacts.person", N_("Contact person")),
    ProfileField("contacts.email", N_("E-mail")),
    ProfileField("contacts.phone", N_("Telephone")),
    ProfileField("contacts.website", N_("Website")),
)
LISTS: Mapping[str, tuple[ProfileField, ...]] = {
    "capabilities": (
        ProfileField("process", N_("Process"), source="process"),
        ProfileField(
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
        ProfileField("materials", N_("Materials"), "list", N_("Separate with semicolons"), source="material"),
        ProfileField("envelope_mm", N_("Largest part, mm"), "box", N_("For example 420×80×12")),
        ProfileField("diameter_mm", N_("Diameter up to, mm"), "number"),
        ProfileField("length_mm", N_("Length up to, mm"), "number"),
        ProfileField("sheet_thickness_mm", N_("Sheet up to, mm"), "number"),
        ProfileField("max_mass_kg", N_("Mass up to, kg"), "number"),
        ProfileField("tolerance_it", N_("Accuracy, IT grade"), "number"),
        ProfileField("roughness_ra_um", N_("Roughness Ra, µm"), "number"),
        ProfileField("lot.min", N_("Lot from, pieces"), "number"),
        ProfileField("lot.max", N_("Lot up to, pieces"), "number"),
        ProfileField("lead_time_days", N_("Usual lead time, days"), "number"),
        ProfileField("note", N_("Note")),
    ),
    "equipment": (
        ProfileField("name", N_("Machine")),
        ProfileField("type", N_("Type"), source="equipment"),
        ProfileField("quantity", N_("How many"), "number"),
        ProfileField("maker", N_("Maker")),
        ProfileField("year", N_("Year"), "number"),
        ProfileField("cnc", N_("CNC"), "choice", choices=_YES_NO),
        ProfileField("axes", N_("Axes"), "number"),
        ProfileField("envelope_mm", N_("Largest part, mm"), "box", N_("For example 420×80×12")),
        ProfileField("diameter_mm", N_("Diameter up to, mm"), "number"),
        ProfileField("length_mm", N_("Length up to, mm"), "number"),
        ProfileField("max_mass_kg", N_("Mass up to, kg"), "number"),
        ProfileField("tolerance_it", N_("Accuracy, IT grade"), "number"),
        ProfileField("spare_hours_per_month", N_("Free hours a month, each"), "number"),
    ),
    "certificates": (
        ProfileField("standard", N_("Standard"), source="standard"),
        ProfileField(
            "status",
            N_("State"),
            "choice",
            choices=(
                (CertificateStatus.CERTIFIED, N_("certified")),
                (CertificateStatus.IMPLEMENTING, N_("implementing")),
            ),
        ),
        ProfileField("number", N_("Number")),
        ProfileField("body", N_("Certification body")),
        ProfileField("accreditation", N_("Accreditation")),
        ProfileField("issued", N_("Issued on"), "day"),
        ProfileField("valid_until", N_("Valid until"), "day"),
        ProfileField("scope", N_("Scope"), "prose"),
    ),
    "references": (
        ProfileField("customer", N_("Customer")),
        ProfileField("product", N_("What was made")),
        ProfileField("year", N_("Year"), "number"),
    ),
}
TITLES: Mapping[str, str] = {
    "basics": N_("The firm"),
    "capabilities": N_("What we do"),
    "equipment": N_("Machines"),
    "certificates": N_("Certificates"),
    "references": N_("References"),
}


def typed(fields: tuple[ProfileField, ...], form: Mapping[str, str]) -> dict[str, str]:
    """What was typed, by the name of the field."""
    return {field.name: form.get(field.name, "").replace("\r\n", "\n").strip() for field in fields}


def shown(fields: tuple[ProfileField, ...], data: Mapping[str, object]) -> dict[str, str]:
    """A part of a record as its form shows it."""
    return {field.name: _show(field, _at(data, field.path)) for field in fields}


def _at(data: Mapping[str, object], path: str) -> object:
    value: object = data
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _show(field: ProfileField, value: object) -> str:
    if value is None:
        return ""
    if field.kind == "list" and isinstance(value, Sequence):
        return "; ".join(value)
    if field.kind == "box" and isinstance(value, Sequence):
        return cells.sides_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return cells.text(value)


def _read(fields: tuple[ProfileField, ...], given: Mapping[str, str]) -> dict[str, object]:
    data: dict[str, object] = {}
    for field in fields:
        text = given[field.name]
        if not text:
            continue
        *above, last = field.path.split(".")
        _inner(data, above)[last] = _value(field, text)
    return data


def _inner(data: dict[str, object], path: Sequence[str]) -> dict[str, object]:
    """The object within the data that a path leads to, made where there is none yet."""
    for part in path:
        below = data.setdefault(part, {})
        assert isinstance(below, dict)
        data = below
    return data


def _value(field: ProfileField, text: str) -> object:
    if field.kind == "number":
        return cells.number(text)
    if field.kind == "list":
        return cells.typed_entries(text)
    if field.kind == "box":
        return forms.three_sides(text, field.path)
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


def by_field(fields: tuple[ProfileField, ...], error: InvalidRecord) -> dict[str, str]:
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


def offered(fields: tuple[ProfileField, ...]) -> dict[str, list[str]]:
    """Terms of the taxonomy that the fields suggest, by tree."""
    trees = product().taxonomy.trees()
    return {
        field.source: [concept.label.text(context.language()) for concept in trees[field.source]]
        for field in fields
        if field.source
    }
