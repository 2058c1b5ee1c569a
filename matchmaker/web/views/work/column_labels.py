"""The possible meanings of the columns of a centre's list, in words, and a list to fill in."""

from flask_babel import gettext

from importers import list_rows
from matchmaker.domain.language import N_
from matchmaker.services.imports.list_exports import LABELS
from matchmaker.services.reports.spreadsheets import DownloadTable
from matchmaker.web.pages import condition_rows, remarks

_SAMPLES: dict[list_rows.Kind, tuple[tuple[str, str], ...]] = {
    "supplier": (
        ("name", "ООО «Пример»"),
        ("inn", "7707083893"),
        ("region", "Самарская область"),
        ("city", "Самара"),
        ("processes", "токарная обработка; фрезерная обработка"),
        ("materials", "сталь 40Х; Д16Т"),
        ("equipment", "16К20; HAAS VF-2"),
        ("standard", "ISO 9001:2015"),
        ("number", "№ 1"),
        ("valid_until", "31.12.2027"),
        ("employees", "25"),
        ("person", "Иван Иванов"),
        ("email", "info@example.com"),
        ("phone", "+7 846 000-00-00"),
        ("website", "example.com"),
    ),
    "need": (
        ("title", "Вал ø45h6"),
        ("contractor", "АО «Пример»"),
        ("inn", "7707083893"),
        ("processes", "токарная обработка; шлифование"),
        ("materials", "сталь 40Х"),
        ("quantity", "500"),
        ("envelope_mm", "45×45×300"),
        ("tolerance_it", "6"),
        ("deliver_by", "31.12.2027"),
        ("city", "Самара"),
    ),
}


def label(meaning: str) -> str:
    """The meaning of a column, in the reader's language."""
    return str(gettext(LABELS[meaning]))


# Keys of a need's record that neither its form nor a list's columns have.
_OF_NEEDS = {
    "text": N_("Text of the need"),
    "excluded_processes": N_("Work that is ruled out"),
    "hardness_hv": N_("Hardness"),
    "lots_per_year": N_("Lots a year"),
    "price_steps": N_("Pieces to quote for"),
    "desired_by": N_("Desired by"),
    "tooling_by": N_("Tooling by"),
    "location": N_("Coordinates"),
    "max_distance_km": N_("Distance at most, km"),
    "hours_from": N_("Hours from"),
    "hours_until": N_("Hours until"),
    "payment": N_("Payment"),
    "certification": N_("Certificates"),
    "disregarded": N_("Words that are not meant"),
    "confirmed": N_("Confirmed meanings"),
    "positions": N_("Positions"),
    "updated": N_("Day of the record"),
}
_OF_SUPPLIERS = {"lot": N_("Pieces in a lot"), "updated": N_("Day of the record")}


def key_label(kind: str | None, key: str) -> str:
    """The name of a key of a supplier's or a need's record in the reader's language; the key itself where it has none."""
    if kind != "need":
        return str(gettext(_OF_SUPPLIERS[key])) if key in _OF_SUPPLIERS else remarks.field_label(key, gettext)
    if key in _OF_NEEDS:
        return str(gettext(_OF_NEEDS[key]))
    return condition_rows.field_label(key) or (label(key) if key in LABELS else key)


def sample(kind: list_rows.Kind) -> DownloadTable:
    """A list of one row; the names of its columns are understood when it is read back."""
    columns = _SAMPLES[kind]
    title = gettext("Suppliers") if kind == "supplier" else gettext("Needs")
    return DownloadTable(
        title, tuple(label(name) for name, _ in columns), [tuple(value for _, value in columns)]
    )
