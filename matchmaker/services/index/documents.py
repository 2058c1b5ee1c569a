"""The search document of a profile, with the facts that only the database holds: planned hours, and the age
of facts.
"""

from dataclasses import replace
from datetime import date

from matchmaker.domain.records import SupplierRecord
from matchmaker.models import Profile
from matchmaker.services.profiles import capacity, freshness, suppliers
from matchmaker.services.profiles.supplier_bulk import PublishedSupplier
from search.document import SearchDocument
from search.reading.supplier_reading import document_of
from search.text import Recogniser


def of_profile(
    profile: Profile, recogniser: Recogniser, today: date, record: SupplierRecord | None = None
) -> SearchDocument:
    """The document of the published record, or of another record of the same shop, such as its draft."""
    document = document_of(
        record or suppliers.record(profile),
        recogniser,
        key=profile.public_id,
        revision=profile.revision,
        centre=profile.organisation.centre.code,
    )
    document = replace(
        document, hours_on=freshness.hours_on(profile, today), machines_on=freshness.machines_on(profile)
    )
    planned = capacity.monthly(profile, today)
    if planned is None:
        return document
    return replace(document, spare_hours=planned, planned=capacity.by_month(profile, today))


def of_stored(published: PublishedSupplier, recogniser: Recogniser) -> SearchDocument:
    """The document of a supplier that was just stored, the same as of its profile: it has no planned hours."""
    record = published.record
    document = document_of(
        record, recogniser, key=published.key, revision=published.revision, centre=published.centre
    )
    days = {
        section: freshness.day_of(
            published.stated.get(section), record.updated, published.on, edited=published.edited
        )
        for section in freshness.SECTIONS
        if getattr(record, section)
    }
    return replace(
        document,
        hours_on=days.get("equipment"),
        machines_on=min((day for day in days.values() if day), default=None),
    )
