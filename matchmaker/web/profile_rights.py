"""What a person may know of a supplier's profile."""

from matchmaker.domain import access
from matchmaker.domain.lifecycle import ProfileState
from matchmaker.models import Profile
from matchmaker.web import (
    context,
)
from matchmaker.web.context import subject


def thing(profile: Profile) -> access.Object:
    """A profile as the access policy knows it."""
    firm = profile.organisation.public_id
    return access.Object(
        centre=profile.organisation.centre.code,
        supplier=firm,
        agreed=context.partners().get(firm, frozenset()),
    )


def may_see(profile: Profile) -> bool:
    """Whether the person may know of the profile."""
    action = "profile.view" if profile.state == ProfileState.PUBLISHED else "profile.view_unpublished"
    return access.may(subject(), action, thing(profile)).allowed
