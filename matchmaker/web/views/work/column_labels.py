"""The possible meanings of the columns of a centre's list, in words, and a list to fill in."""

from flask_babel import gettext

from importers import list_rows
from matchmaker.services.imports.list_exports import LABELS
from matchmaker.services.reports.spreadsheets import DownloadTable

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


def sample(kind: list_rows.Kind) -> DownloadTable:
    """A list of one row; the names of its columns are understood when it is read back."""
    columns = _SAMPLES[kind]
    title = gettext("Suppliers") if kind == "supplier" else gettext("Needs")
    return DownloadTable(
        title, tuple(label(name) for name, _ in columns), [tuple(value for _, value in columns)]
    )
