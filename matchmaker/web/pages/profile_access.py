"""A person's rights to a supplier's profile."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from matchmaker.domain import access
from matchmaker.domain.access import AccessVerdict
from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.domain.records import SupplierRecord
from matchmaker.models import CertificateRow, Profile, Session
from matchmaker.services.profiles import certificates, profile_drafts, suppliers
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database
from matchmaker.web.kit.standpoint import operator, standpoint
from search.reading import public_records


@dataclass(frozen=True)
class ProfileAccess:
    """A profile with one person's rights to it; the policy is asked once."""

    profile: Profile
    verdicts: Mapping[str, AccessVerdict]

    def may(self, action: str) -> bool:
        return self.verdicts[action].allowed

    @property
    def may_see(self) -> bool:
        """Whether the person may see that the profile exists."""
        return self.may("profile.view" if self.profile.is_published else "profile.view_unpublished")

    @cached_property
    def record(self) -> SupplierRecord:
        """The profile as the person may read it; who may not see contacts reads none in its texts either."""
        whole = suppliers.record(self.profile)
        if self.may("profile.contacts"):
            return whole
        return public_records.supplier_for_strangers(whole).model_copy(update={"contacts": None})

    @property
    def left_out(self) -> tuple[str, ...]:
        """What strangers do not read of the profile's texts, for who may change them."""
        whole = suppliers.record(self.profile) if self.may("profile.edit") else None
        return public_records.pieces_left_out(whole) if whole else ()

    @property
    def is_inside(self) -> bool:
        """Whether the person sees unpublished parts: the firm's own people and the centre do."""
        return self.may("profile.view_unpublished")


def access_of(session: Session, profile: Profile) -> ProfileAccess:
    """The rights of the session's acting person to a profile."""
    here, firm = standpoint(session), profile.organisation
    thing = access.AccessObject(
        centre=firm.centre.code,
        supplier=firm.public_id,
        agreed=here.partners.get(firm.public_id, frozenset()),
    )
    return ProfileAccess(profile, access.verdicts(here.subject, thing, access.PROFILE_ACTIONS))


def visible(session: Session, key: str) -> ProfileAccess:
    """The profile with this public id, for a person to whom it is not hidden. Raises NotFound."""
    _ = standpoint(session).partners  # read, as little of the profile, before it is known whether it is there
    found = access_of(session, suppliers.head_by_key(session, key))
    if not found.may_see:
        raise NotFound(what="supplier", key=key)
    suppliers.by_key(session, key)  # the lists of the same object
    return found


def may_see(session: Session, profile: Profile) -> bool:
    """Whether the person may see that the profile exists."""
    return access_of(session, profile).may_see


def verifiable(session: Session, key: str) -> CertificateRow:
    """The certificate, for an operator that may verify it. Raises Forbidden, NotFound."""
    operator(session)
    row = certificates.by_key(session, key)
    found = access_of(session, row.profile)
    if not found.may_see:
        raise NotFound(what="certificate", key=key)
    if not found.may("certificate.verify"):
        raise Forbidden
    return row


def reviewed(session: Session, key: str) -> Profile:
    """The profile, for an operator that may publish it. Raises Forbidden, NotFound."""
    operator(session)
    found = access_of(session, suppliers.by_key(session, key))
    if not found.is_inside:
        raise NotFound(what="supplier", key=key)
    if not found.may("profile.publish"):
        raise Forbidden
    return found.profile


def changed_by_centre(session: Session, key: str) -> Profile:
    """The profile, for an operator that may change it. Raises Forbidden, NotFound."""
    operator(session)
    found = access_of(session, suppliers.by_key(session, key))
    if not found.may_see:
        raise NotFound(what="supplier", key=key)
    if not found.may("profile.edit"):
        raise Forbidden
    return found.profile


def own_profile() -> Profile:
    """The profile of the person's own firm to read, created if there is none. Raises Forbidden."""
    present = _of_own_firm(database())
    if present is None:
        with change() as (session, _user):
            own_profile_in(session)
        present = _of_own_firm(database())
        assert present is not None
    return _editable(database(), present)


def own_profile_in(session: Session) -> Profile:
    """The profile of the acting person's own firm to change, created if there is none. Raises Forbidden."""
    profile = _of_own_firm(session)
    if profile is None:
        here = standpoint(session)
        assert here.who is not None
        organisation = suppliers.organisation(session, own_organisation(session))
        profile = profile_drafts.start(session, organisation, here.who.id)
    return _editable(session, profile)


def own_organisation(session: Session) -> str:
    """The public id of the firm for which the person edits a profile. Raises Forbidden."""
    firms = standpoint(session).firms("supplier_editor")
    if not firms:
        raise Forbidden
    return firms[0]


def _of_own_firm(session: Session) -> Profile | None:
    return profile_drafts.of_organisation(session, own_organisation(session))


def _editable(session: Session, profile: Profile) -> Profile:
    if not access_of(session, profile).may("profile.edit"):
        raise Forbidden
    return profile
