"""A supplier's profile as a PDF to send on: what strangers read of it, whoever takes it."""

import segno
from flask import Response, url_for
from flask_babel import force_locale, gettext

from matchmaker.domain.records import CapabilityRecord, EquipmentRecord, SupplierRecord
from matchmaker.models import Profile
from matchmaker.services.profiles import suppliers
from matchmaker.services.reports import profile_sheets
from matchmaker.services.reports.profile_sheets import ProfileSheet
from matchmaker.web.kit import context, downloads, formats, terms
from matchmaker.web.kit.context import database, product, wording
from matchmaker.web.pages import supplier_facts
from matchmaker.web.pages.profile_access import visible
from search.reading import public_records


def sheet(key: str, language: str) -> Response:
    """The profile with this public id, in a language. Raises NotFound for who may not see it."""
    profile = visible(database(), key).profile
    with force_locale(language):
        made = profile_sheets.pdf(_sheet(profile, language))
    return downloads.named(made, "application/pdf", f"supplier-{key}-{language}.pdf")


def _sheet(profile: Profile, language: str) -> ProfileSheet:
    record = public_records.supplier_for_strangers(suppliers.record(profile))
    address = product().address + url_for("public.supplier", key=profile.public_id)
    said, firm = record.description, profile.organisation
    text = (said.ru or said.en if language == "ru" else said.en or said.ru) if said else None
    return ProfileSheet(
        language=language,
        centre=firm.centre.name(language),
        day=formats.day(context.today()),
        name=firm.name(language),
        place=terms.place(profile),
        certificates=tuple(map(_certificate, supplier_facts.certificate_views(profile))),
        text=text or "",
        work=gettext("What they do"),
        headings=(
            gettext("Process"),
            gettext("Materials"),
            gettext("Size, mm"),
            gettext("Accuracy"),
            gettext("Lot"),
            gettext("Days"),
        ),
        rows=tuple(map(_row, record.capabilities)),
        machines_title=gettext("Machines"),
        machines=tuple(map(_machine, record.equipment)),
        about=gettext("About"),
        facts=tuple(_facts(record)),
        address=address,
        code=segno.make(address, error="m").svg_inline(border=1),
        remark=gettext("Declared by the suppliers themselves unless marked as verified by the centre."),
    )


def _certificate(held: supplier_facts.CertificateView) -> str:
    until = gettext("until %(day)s", day=formats.day(held.until)) if held.until else ""
    return ", ".join(filter(None, (f"{held.standard} — {held.level_name}", until)))


def _row(item: CapabilityRecord) -> tuple[str, ...]:
    return (
        terms.with_original("process", item.process),
        ", ".join(terms.with_original("material", one) for one in item.materials) or "—",
        supplier_facts.size(item) or "—",
        supplier_facts.accuracy(item) or "—",
        supplier_facts.lot(item) or "—",
        str(item.lead_time_days or "—"),
    )


def _machine(item: EquipmentRecord) -> str:
    if not item.type or item.type == item.name:
        return terms.with_original("equipment", item.name)
    return f"{item.name} — {terms.with_original('equipment', item.type)}"


def _facts(record: SupplierRecord) -> list[tuple[str, str]]:
    told = (
        (gettext("INN"), record.inn or ""),
        (gettext("Founded"), str(record.founded or "")),
        (gettext("Employees"), "" if record.employees is None else wording().number(record.employees)),
        (gettext("Languages"), ", ".join(map(formats.language_name, record.languages))),
    )
    return [*((label, value) for label, value in told if value), *supplier_facts.terms(record)]
