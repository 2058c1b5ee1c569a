"""What a person may know of a need and do with it."""

from flask_babel import gettext

from matchmaker.domain import access
from matchmaker.domain.access import AccessVerdict
from matchmaker.domain.errors import Forbidden, NdaRequired, NotFound
from matchmaker.models import Need
from matchmaker.services.needs import ndas, needs
from matchmaker.web.kit import context
from matchmaker.web.kit.context import database, operator, signed_in, subject


def access_object(need: Need) -> access.AccessObject:
    """A need as the access policy knows it."""
    contractor = need.contractor.public_id if need.contractor else None
    circle = context.circles().get(need.public_id, ndas.NeedCircle())
    return access.AccessObject(
        centre=need.centre.code,
        contractor=contractor,
        by_invitation=need.disclosure == "invited",
        invited=circle.invited,
        signed=circle.signed,
    )


def view_action(need: Need) -> str:
    if not need.is_released:
        return "need.view_unpublished"
    return "need.view_invited" if need.disclosure == "invited" else "need.view"


def require(action: str, need: Need) -> None:
    """Raise NotFound or Forbidden unless the person may do this; who may not know of the need is told nothing."""
    if not access.may(subject(), view_action(need), access_object(need)).allowed:
        raise NotFound(what="need", key=need.public_id)
    verdict = access.may(subject(), action, access_object(need))
    if verdict is access.AccessVerdict.ABSENT:
        raise NotFound(what="need", key=need.public_id)
    if not verdict.allowed:
        raise Forbidden


def words_open(need: Need) -> bool:
    """Whether the person may read the need's words: before an agreement only its title and conditions are open."""
    if (
        need.disclosure in {"open", "name-hidden"}
        or access.may(subject(), "need.edit", access_object(need)).allowed
    ):
        return True
    return bool(access_object(need).signed)


def title_of(need: Need) -> str:
    """The need in a line, as far as the person may read it."""
    if need.title:
        return need.title
    words = need.text or ""
    return (
        (words if len(words) <= 80 else words[:80] + "…")
        if words_open(need)
        else gettext("A need under agreement")
    )


def contractor_name(need: Need) -> str:
    """The contractor's name where this person may see it."""
    visible = (
        access.may(subject(), "need.contractor", access_object(need)).allowed or need.disclosure == "open"
    )
    return need.contractor.name(context.language()) if visible and need.contractor else ""


def nda_required(need: Need) -> NdaRequired:
    """The error that leads to the agreement of a need."""
    return NdaRequired(key=need.public_id, title=need.title or "")


def require_signed(action: str, need: Need) -> None:
    """As `demand`; where only the signature under the agreement is missing, NdaRequired."""
    try:
        require(action, need)
    except Forbidden:
        if access.may(subject(), action, access_object(need)) is AccessVerdict.NDA_REQUIRED:
            raise nda_required(need) from None
        raise


def own_firm(need: Need) -> str:
    """The person's own firm that is invited to the need. Raises NotFound."""
    firms = access_object(need).invited
    own = next((r.organisation for r in signed_in().subject.roles if r.organisation in firms), None)
    if own is None:
        raise NotFound(what="need", key=need.public_id)
    return own


def curated(key: str) -> Need:
    """The need, for who may curate its matches."""
    operator()
    need = needs.by_key(database(), key)
    require("match.curate", need)
    return need
