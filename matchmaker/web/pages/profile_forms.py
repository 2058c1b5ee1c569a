"""The forms of a profile, a section or one entry of a list at a time: typed fields ⇄ a part of the record."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from importers import cells, typed_values
from matchmaker.domain import plausibility
from matchmaker.domain.errors import Faults, InvalidRecord
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import CertificateStatus
from matchmaker.domain.records import SupplierRecord, parse_right, to_data
from matchmaker.domain.requirement_kinds import (
    NUMBER,
    OF_PARTS,
    TERMS,
    WORDS,
    YES_NO,
    CapabilityField,
    RequirementKind,
    Typed,
)
from matchmaker.web.kit import context, labels
from matchmaker.web.kit.context import product
from matchmaker.web.pages import unread_words


@dataclass(frozen=True, slots=True)
class ProfileField:
    """A field of the form. `path` leads to the value within the section ("lot.min"); `kind` is text, prose,
    number, list, box, day or choice.
    """

    path: str
    label: str
    kind: str = "text"
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    source: str = ""
    typed: Typed = WORDS

    @property
    def name(self) -> str:
        return self.path.replace(".", "-")


def _typed(path: str, label: str, typed: Typed, *, hint: str = "", source: str = "") -> ProfileField:
    kind = "number" if typed is NUMBER else "text"
    return ProfileField(path, label, kind, hint or typed.hint, source=source, typed=typed)


def _limit(field: CapabilityField, kind: RequirementKind) -> ProfileField:
    """The limit of a kind of work, as its kind of requirement declares it."""
    return _typed(field.path, field.label, field.typed, source=kind.tree)


_YES_NO = YES_NO.choices
_ANSWERS = {"cnc", "export_ready", "takes_customer_material", "own_tooling"}
BASICS: tuple[ProfileField, ...] = (
    ProfileField("name.ru", N_("Name in Russian")),
    ProfileField("name.en", N_("Name in English")),
    ProfileField("region", N_("Region")),
    ProfileField("city", N_("Town")),
    ProfileField("address", N_("Address")),
    ProfileField("description.ru", N_("About the shop, in Russian"), "prose"),
    ProfileField("description.en", N_("About the shop, in English"), "prose"),
    _typed("sectors", N_("Sectors"), TERMS, source="sector"),
    _typed("languages", N_("Languages"), TERMS, hint=N_("For example ru; en")),
    _typed("employees", N_("People"), NUMBER),
    _typed("founded", N_("Founded in"), NUMBER),
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
    _typed(
        "lot.min", N_("Lot from, pieces"), NUMBER, hint=N_("Where a kind of work states no lot of its own")
    ),
    _typed("lot.max", N_("Lot up to, pieces"), NUMBER),
    _typed("minimum_order.amount", N_("Minimum order"), NUMBER),
    ProfileField(
        "minimum_order.currency", N_("Currency of the minimum order"), hint=N_("RUB unless you say otherwise")
    ),
    ProfileField("takes_customer_material", N_("Takes the customer's material"), "choice", choices=_YES_NO),
    ProfileField("own_tooling", N_("Brings the tooling"), "choice", choices=_YES_NO),
    _typed("quality_papers", N_("Quality papers that come with parts"), TERMS, source="quality_paper"),
    ProfileField("payment_terms", N_("Payment terms")),
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
        *(_limit(field, kind) for kind in OF_PARTS for field in kind.declared),
        ProfileField("note", N_("Note")),
    ),
    "equipment": (
        ProfileField("name", N_("Machine")),
        ProfileField("type", N_("Type"), source="equipment"),
        _typed("quantity", N_("How many"), NUMBER),
        ProfileField("maker", N_("Maker")),
        _typed("year", N_("Year"), NUMBER),
        ProfileField("cnc", N_("CNC"), "choice", choices=_YES_NO),
        _typed("axes", N_("Axes"), NUMBER),
        *(_limit(field, kind) for kind in OF_PARTS if kind.on_machines for field in kind.declared),
        _typed("spare_hours_per_month", N_("Free hours a month, each"), NUMBER),
    ),
    "certificates": (
        ProfileField("standard", N_("Standard"), source="standard"),
        ProfileField("edition", N_("Edition"), hint=N_("A year or a letter, for example 2015 or D")),
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
        _typed("year", N_("Year"), NUMBER),
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
    """The typed values, by the name of the field."""
    return {field.name: form.get(field.name, "").replace("\r\n", "\n").strip() for field in fields}


def shown(fields: tuple[ProfileField, ...], data: Mapping[str, object]) -> dict[str, str]:
    """A part of a record in its form's fields."""
    return {field.name: _show(field, _at(data, field.path)) for field in fields}


def _at(data: Mapping[str, object], path: str) -> object:
    value: object = data
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _show(field: ProfileField, value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else typed_values.shown(field.typed, value)


def _read(fields: tuple[ProfileField, ...], given: Mapping[str, str], faults: Faults) -> dict[str, object]:
    data: dict[str, object] = {}
    for field in fields:
        if text := given[field.name]:
            *above, last = field.path.split(".")
            with faults:
                _inner(data, above)[last] = _value(field, text)
    return data


def _inner(data: dict[str, object], path: Sequence[str]) -> dict[str, object]:
    """The object within the data at the end of a path, created if there is none yet."""
    for part in path:
        below = data.setdefault(part, {})
        assert isinstance(below, dict)
        data = below
    return data


def _value(field: ProfileField, text: str) -> object:
    if field.path in _ANSWERS:
        return {"true": True, "false": False}.get(text, text)
    return typed_values.read(field.typed, text, field.path)


def with_basics(record: SupplierRecord, given: Mapping[str, str]) -> SupplierRecord:
    """The record with the typed first section. Raises InvalidRecord with all that is wrong, by paths within the section."""
    data, faults = to_data(record), Faults()
    for field in BASICS:
        data.pop(field.path.split(".")[0], None)
    if given["city"] != (record.city or ""):
        data.pop("location", None)  # it belonged to the old town
    return _demanded(data | _read(BASICS, given, faults), record, faults)


def _demanded(data: Mapping[str, object], before: SupplierRecord, faults: Faults) -> SupplierRecord:
    """The record, checked against the day as well. Raises InvalidRecord with all that is wrong."""
    record = parse_right(SupplierRecord, data, faults)
    if record is not None:
        with faults:
            plausibility.demand_supplier(record, context.today(), before, unread_words.nearest_standards)
    faults.settle()
    return cast(SupplierRecord, record)  # what is no record has problems


def with_entry(
    record: SupplierRecord, section: str, index: int | None, given: Mapping[str, str]
) -> SupplierRecord:
    """The record with the typed entry of a list, a new one at the end where `index` is None. Raises InvalidRecord with all
    that is wrong.
    """
    fields, data, faults = LISTS[section], to_data(record), Faults()
    entries = list(data.get(section) or ())
    entry = _read(fields, given, faults)
    if section == "certificates":
        entry["said_on"] = context.today()
    if index is None:
        index = len(entries)
        entries.append(entry)
    else:
        entries[index] = entry
    return _demanded(data | {section: entries}, record, faults)


def without_entry(record: SupplierRecord, section: str, index: int) -> SupplierRecord:
    entries = getattr(record, section)
    return record.model_copy(update={section: (*entries[:index], *entries[index + 1 :])})


_OF_ENTRY = re.compile(rf"(?:{'|'.join(LISTS)})\.\d+\.")


def by_field(fields: tuple[ProfileField, ...], error: InvalidRecord) -> dict[str, str]:
    """The messages by the name of their field; a message without a field goes to the first one."""
    found: dict[str, str] = {}
    names = {field.path: field.name for field in fields}
    for problem in error.problems:
        path = _OF_ENTRY.sub("", problem.path)
        name = (
            names.get(path)
            or names.get(path.split(".")[0])
            or next((field.name for field in fields if path and field.path.startswith(path)), fields[0].name)
        )
        text = labels.filled(problem.message, problem.params)
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


@dataclass(frozen=True, slots=True)
class UnderstoodWord:
    """A typed word of a field, and what it is taken for; for a word that means nothing to the search, the nearest that do."""

    word: str
    meaning: str
    nearest: tuple[str, ...] = ()


MOST_SAID = 40  # words of a field that are told back


def understood(field: ProfileField, text: str) -> tuple[UnderstoodWord, ...]:
    """How the search understands each word of a field of the taxonomy; nothing of other fields."""
    if not field.source:
        return ()
    words = cells.typed_entries(text) if field.typed is TERMS else [text.strip()]
    return tuple(_understood(field.source, word) for word in list(dict.fromkeys(words))[:MOST_SAID] if word)


def _understood(kind: str, word: str) -> UnderstoodWord:
    codes = product().recogniser.codes(kind, word)
    if codes:
        return UnderstoodWord(word, context.wording().codes(kind, codes))
    return UnderstoodWord(word, "", unread_words.nearest_of(kind, word))


def field_of(section: str, name: str) -> ProfileField | None:
    """The field of a section's form with this name."""
    fields = BASICS if section == "basics" else LISTS.get(section, ())
    return next((field for field in fields if field.name == name), None)
