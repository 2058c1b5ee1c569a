"""The possible meanings of the columns of a centre's list, in words, and a list to fill in."""

from flask_babel import gettext

from importers import lists
from matchmaker.domain.language import N_
from matchmaker.services.reports.spreadsheets import DownloadTable

_LABELS = {
    "id": N_("Your own code"),
    "inn": N_("INN"),
    "name": N_("Name of the firm"),
    "country": N_("Country"),
    "region": N_("Region"),
    "city": N_("City"),
    "address": N_("Address"),
    "employees": N_("Employees"),
    "founded": N_("Year of founding"),
    "sectors": N_("Sectors"),
    "processes": N_("Processes"),
    "materials": N_("Materials"),
    "equipment": N_("Equipment"),
    "standard": N_("Certificate: standard"),
    "number": N_("Certificate: number"),
    "valid_until": N_("Certificate: valid until"),
    "person": N_("Contact person"),
    "email": N_("E-mail"),
    "phone": N_("Telephone"),
    "website": N_("Website"),
    "contractor": N_("Contractor"),
    "title": N_("Part or work"),
    "drawing_number": N_("Drawing number"),
    "revision": N_("Revision of the drawing"),
    "quantity": N_("Quantity"),
    "envelope_mm": N_("Three sides, mm"),
    "roughness_ra_um": N_("Roughness Ra, µm"),
    "hardness": N_("Hardness"),
    "inner_diameter_mm": N_("Inner diameter, mm"),
    "diameter_mm": N_("Diameter, mm"),
    "length_mm": N_("Length, mm"),
    "thickness_mm": N_("Thickness, mm"),
    "tolerance_it": N_("Accuracy, IT"),
    "mass_kg": N_("Mass, kg"),
    "deliver_by": N_("Deliver by"),
    lists.TEXT: N_("words of the description"),
    lists.SKIP: N_("leave it out"),
}
_SAMPLES: dict[lists.Kind, tuple[tuple[str, str], ...]] = {
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
    return str(gettext(_LABELS[meaning]))


def sample(kind: lists.Kind) -> DownloadTable:
    """A list of one row; the names of its columns are understood when it is read back."""
    columns = _SAMPLES[kind]
    title = gettext("Suppliers") if kind == "supplier" else gettext("Needs")
    return DownloadTable(
        title, tuple(label(name) for name, _ in columns), [tuple(value for _, value in columns)]
    )
