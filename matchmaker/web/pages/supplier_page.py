"""A supplier's profile as a page: the parts for everybody, and the parts for some."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import segno
from flask import render_template, url_for

from matchmaker.domain import access
from matchmaker.domain.access import AccessVerdict
from matchmaker.domain.records import SupplierRecord
from matchmaker.models import Profile
from matchmaker.services.profiles import (
    delivery_records,
    freshness,
    photos,
    scans,
    suppliers,
    viewings,
)
from matchmaker.services.profiles.delivery_records import DeliveryRecord
from matchmaker.web.kit import context, formats, terms
from matchmaker.web.kit.after_answer import after_answer
from matchmaker.web.kit.context import database, person, product, wording
from matchmaker.web.kit.standpoint import subject
from matchmaker.web.pages import supplier_facts
from matchmaker.web.pages.profile_access import ProfileAccess

_TOLD = 5  # kinds of work in a line about a firm


def page(found: ProfileAccess) -> str:
    """The profile within the reader's rights; the viewing is recorded."""
    profile, today = found.profile, context.today()
    if (
        (who := person()) is not None
        and viewings.counts(profile, who.user)
        and not viewings.is_noted(database(), profile, who.user, today)
    ):
        after_answer(partial(viewings.note, product().sessions, profile.id, who.user.id, today))
    record = found.record
    machines = found.verdicts["profile.capacity"] is not AccessVerdict.HIDDEN
    return render_template(
        "public/supplier.html",
        profile=profile,
        record=record,
        accuracy=supplier_facts.accuracy,
        lot=supplier_facts.lot,
        size=supplier_facts.size,
        terms=supplier_facts.terms(record),
        name=profile.organisation.name(context.language()),
        place=terms.place(profile),
        certificates=supplier_facts.certificate_views(profile),
        band=supplier_facts.band(profile, record),
        aged={fact.field: fact for fact in freshness.of_profile(profile, today)},
        similar=_similar(profile.public_id),
        photos=supplier_facts.photo_views(photos.of_profile(database(), profile, shown=True)),
        wording=wording(),
        taxonomy=product().taxonomy,
        languages=[formats.language_name(one) for one in record.languages],
        contacts=record.contacts,
        left_out=found.left_out,
        shared=_shared(found),
        machines=machines,
        weeks=supplier_facts.free_weeks(profile) if machines else (),
        scans=scans.of_profile(database(), profile) if found.may("certificate.download") else (),
        firm_people=_people_of(profile),
        deliveries=_deliveries(found),
    )


@dataclass(frozen=True, slots=True)
class SharedProfile:
    """What a link to the profile shows elsewhere, of what everybody may know: the address, as a picture for cameras too, a
    line about the firm, and the same in the words of schema.org.
    """

    address: str
    picture: str
    summary: str
    facts: Mapping[str, object]


def _shared(found: ProfileAccess) -> SharedProfile:
    profile, work = found.profile, _work(found.record)
    address = product().address + url_for("public.supplier", key=profile.public_id)
    picture = segno.make(address, error="m").svg_data_uri(scale=4, border=4, light="#fff")
    place = terms.place(profile)
    standards = [one.standard for one in supplier_facts.certificate_views(profile) if one.level == "verified"]
    parts = (", ".join(work[:_TOLD]), place, ", ".join(standards))
    facts = {
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": profile.organisation.name(context.language()),
        "url": address,
        "address": place,
        "knowsAbout": work,
    }
    return SharedProfile(address, picture, "; ".join(part for part in parts if part), facts)


def _work(record: SupplierRecord) -> list[str]:
    """The kinds of work in the reader's language, each once."""
    return list(dict.fromkeys(terms.term("process", one.process) for one in record.capabilities))


def _deliveries(found: ProfileAccess) -> DeliveryRecord | None:
    """The record of deliveries: all of it for the firm and its centre, for everybody else what the firm shows."""
    if found.may("profile.edit"):
        return delivery_records.of_profile(database(), found.profile)
    return delivery_records.for_strangers(database(), found.profile)


def _similar(key: str) -> list[tuple[str, str]]:
    found = context.matching().matcher.similar(key, top=5, today=context.today())
    firms = suppliers.firms(database(), [other for other, _ in found])
    return [(other, firms[other].name(context.language())) for other, _ in found if other in firms]


def _people_of(profile: Profile) -> str:
    """The page with the people of the firm, for the centre's operator; empty for everybody else."""
    who, firm = person(), profile.organisation
    thing = access.AccessObject(centre=firm.centre.code)
    if (
        who is None
        or not who.is_operator
        or not access.may(subject(database()), "user.manage", thing).allowed
    ):
        return ""
    return url_for("people.of_organisation", key=firm.public_id)
