"""What a person may know of a supplier's profile."""

from matchmaker.domain import access
from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.models import CertificateRow, Profile, Session
from matchmaker.services.profiles import certificates, suppliers
from matchmaker.web.kit import context
from matchmaker.web.kit.context import operator, subject


def access_object(profile: Profile) -> access.AccessObject:
    """A profile as the access policy knows it."""
    firm = profile.organisation.public_id
    return access.AccessObject(
        centre=profile.organisation.centre.code,
        supplier=firm,
        agreed=context.partners().get(firm, frozenset()),
    )


def may_see(profile: Profile) -> bool:
    """Whether the person may know of the profile."""
    action = "profile.view" if profile.is_published else "profile.view_unpublished"
    return access.may(subject(), action, access_object(profile)).allowed


def verifiable(session: Session, key: str) -> CertificateRow:
    """The certificate, for who may verify it; who may not know of it is told nothing."""
    operator()
    row = certificates.by_key(session, key)
    if not may_see(row.profile):
        raise NotFound(what="certificate", key=key)
    if not access.may(subject(), "certificate.verify", access_object(row.profile)).allowed:
        raise Forbidden
    return row


def reviewed(session: Session, key: str) -> Profile:
    """A profile that the person may publish; who may not know of it is told nothing."""
    operator()
    profile = suppliers.by_key(session, key)
    access_object = access.AccessObject(
        centre=profile.organisation.centre.code, supplier=profile.organisation.public_id
    )
    if not access.may(subject(), "profile.view_unpublished", access_object).allowed:
        raise NotFound(what="supplier", key=key)
    if not access.may(subject(), "profile.publish", access_object).allowed:
        raise Forbidden
    return profile
