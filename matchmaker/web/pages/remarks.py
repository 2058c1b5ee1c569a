"""The centre's remarks on a profile: on a section, on one entry of it, or on one field; and their names in
words.

A remark's key is "equipment", "equipment.0" or "equipment.0.year"; for the firm itself "basics" or
"basics.city".
"""

from collections.abc import Callable, Iterator, Mapping

from matchmaker.domain.language import N_
from matchmaker.domain.records import SupplierRecord
from matchmaker.services.mail import letters
from matchmaker.web.pages import supplier_facts
from matchmaker.web.pages.profile_forms import (
    BASICS,
    LISTS,
    TITLES,
    ProfileField,
)

LONGEST = 2_000
Translate = Callable[[str], str]


def _keys(record: SupplierRecord) -> Iterator[tuple[str, tuple[ProfileField, ...]]]:
    """The keys of possible remarks, each with the fields that a remark on an entry may be about."""
    for section in TITLES:
        yield section, ()
    for field in BASICS:
        yield f"basics.{field.name}", ()
    for section, fields in LISTS.items():
        for index in range(len(getattr(record, section))):
            yield f"{section}.{index}", fields


def given(form: Mapping[str, str], record: SupplierRecord) -> dict[str, str]:
    """The remarks as typed; a remark on an entry is one on its field where a field was chosen."""
    found = {}
    for key, fields in _keys(record):
        text = form.get(f"remark-{key}", "").strip()[:LONGEST]
        chosen = form.get(f"field-{key}", "")
        if text:
            found[f"{key}.{chosen}" if any(one.name == chosen for one in fields) else key] = text
    return found


def by_line(remarks: Mapping[str, str], key: str) -> tuple[str, str]:
    """The remark on an entry, and its field."""
    found = next((one for one in remarks if one == key or one.startswith(f"{key}.")), "")
    return remarks.get(found, ""), found.removeprefix(key).lstrip(".")


def of_entry(remarks: Mapping[str, str], section: str, index: int | None) -> tuple[list[str], dict[str, str]]:
    """The remarks above the form of a section or an entry, and those beside its fields."""
    if section == "basics":
        fields = {
            key.removeprefix("basics."): text for key, text in remarks.items() if key.startswith("basics.")
        }
        return [remarks["basics"]] if "basics" in remarks else [], fields
    own = f"{section}.{index}"
    fields = {key.removeprefix(f"{own}."): text for key, text in remarks.items() if key.startswith(f"{own}.")}
    return [remarks[key] for key in (section, own) if key in remarks], fields


def label(key: str, record: SupplierRecord, translate: Translate) -> str:
    """The subject of a remark in words: “Machines: 16К20, Year”."""
    section, *rest = key.split(".")
    title = translate(TITLES[section]) if section in TITLES else section
    if section == "basics" or not rest:
        names = {field.name: field.label for field in BASICS}
        return f"{title}: {translate(names[rest[0]])}" if rest and rest[0] in names else title
    entries = getattr(record, section)
    line = (
        supplier_facts.entry_line(entries[int(rest[0])]).split(" · ")[0]
        if int(rest[0]) < len(entries)
        else ""
    )
    names = {field.name: field.label for field in LISTS[section]}
    about = [line, translate(names[rest[1]]) if len(rest) > 1 and rest[1] in names else ""]
    return f"{title}: {', '.join(part for part in about if part)}"


# Keys of a record that no form of the shop has.
_UNTYPED = {
    "inn": N_("INN"),
    "location": N_("Coordinates"),
    "registration.ogrn": N_("OGRN"),
    "registration.kpp": N_("KPP"),
    "registration.full_name": N_("Full name"),
    "registration.short_name": N_("Short name"),
    "registration.legal_form": N_("Legal form"),
    "registration.activity": N_("Main activity"),
    "registration.other_activities": N_("Other activities"),
    "registration.closed": N_("Ceased to be"),
}


def field_label(key: str, translate: Translate) -> str:
    """The name of a key of a supplier's record, as "region" or "name.ru"; the key itself where it has none."""
    names = {**{field.path: field.label for field in BASICS}, **TITLES, **_UNTYPED}
    return translate(names[key]) if key in names else key


def label_in(key: str, record: SupplierRecord, language: str) -> str:
    return label(key, record, letters.words(language))
