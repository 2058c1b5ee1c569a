"""The profile of the reader's own organisation."""

from matchmaker.domain import access
from matchmaker.domain.errors import Forbidden
from matchmaker.models import Profile, Session
from matchmaker.services.profiles import profile_drafts, suppliers
from matchmaker.web.kit.context import person, product, subject


def own_organisation() -> str:
    who = person()
    own = [role.organisation for role in who.subject.roles if role.role == "supplier_editor"] if who else []
    if not own or own[0] is None:
        raise Forbidden
    return own[0]


def own_profile(session: Session) -> Profile:
    """The profile of the person's organisation, begun if there is none. Raises Forbidden."""
    key, who = own_organisation(), person()
    profile = profile_drafts.of_organisation(session, key)
    if profile is None:
        assert who is not None
        with product().sessions.begin() as writing:
            profile_drafts.start(writing, suppliers.organisation(writing, key), who.id)
        profile = profile_drafts.of_organisation(session, key)
    assert profile is not None
    thing = access.AccessObject(
        centre=profile.organisation.centre.code, supplier=profile.organisation.public_id
    )
    if not access.may(subject(), "profile.edit", thing).allowed:
        raise Forbidden
    return profile
