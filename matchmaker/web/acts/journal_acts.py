"""The journal that a person may read."""

from matchmaker.domain.errors import NotFound
from matchmaker.services.people import memberships
from matchmaker.services.reports import audit
from matchmaker.web.kit.context import database, signed_in
from matchmaker.web.kit.standpoint import standpoint


def scope() -> audit.Scope:
    """The entries that the person may read. Raises NotFound for a person without a journal."""
    who = signed_in()
    if who.is_operator:
        return audit.of_centres(standpoint(database()).centres)
    if who.is_network:
        return audit.of_network()
    own = memberships.managed(who.user)
    if not own:
        raise NotFound(what="journal", key="")
    return audit.of_organisations(database(), [one.id for one in own])
