"""The Russian catalogue: its messages and its compilation. English is the language of the messages."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from matchmaker import resources
from matchmaker.locale import FOLDER

PO = FOLDER / "ru" / "LC_MESSAGES" / "messages.po"
MO = PO.with_suffix(".mo")
_KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
_FIXED = datetime(2026, 11, 23, tzinfo=UTC)
_SOURCES = ("matchmaker", "search", "importers")


def extracted() -> Catalog:
    """Every message of the code and the templates."""
    catalog = Catalog(charset="utf-8")
    root = Path(resources.__file__).parent.parent
    for folder in (*(root / name for name in _SOURCES), resources.folder("templates")):
        method = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]
        options = {"**.html": {"trimmed": "true", "silent": "false"}}
        for _, _, message, _, _ in extract_from_dir(folder, method, options, keywords=_KEYWORDS):
            catalog.add(message)
    return catalog


def read() -> Catalog:
    """The catalogue as committed."""
    with PO.open("rb") as stream:
        return read_po(stream, locale="ru")


def compiled(catalog: Catalog) -> bytes:
    buffer = BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def missing(catalog: Catalog) -> list[str]:
    """The messages of the code without a Russian translation in the catalogue."""
    found = []
    for message in extracted():
        name = message.id if isinstance(message.id, str) else message.id[0]
        known = catalog.get(name)
        words = known.string if known and known.string else ""
        if name and not all([words] if isinstance(words, str) else words):
            found.append(name)
    return found


def update() -> list[str]:
    """Bring messages.po up to date with the code, compile it, and return the messages without a translation."""
    catalog = read() if PO.exists() else Catalog(locale="ru")
    template = extracted()
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.creation_date = catalog.revision_date = _FIXED  # the day's date would change the file for nothing
    catalog.project, catalog.version, catalog.fuzzy = "Matchmaker", "", False
    catalog.header_comment = "# Russian translations of Matchmaker."
    catalog.msgid_bugs_address = catalog.last_translator = catalog.language_team = ""
    with PO.open("wb") as stream:
        write_po(stream, catalog, width=110, no_location=True, sort_output=True, omit_header=False)
    MO.write_bytes(compiled(read()))
    return missing(read())
