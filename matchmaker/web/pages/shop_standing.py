"""The state of the reader's own shop for a need: the reasons of its fit, and its possible answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker.domain.errors import Forbidden, InvalidRecord, NotFound, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import OPEN_NEEDS
from matchmaker.domain.records import NeedRecord
from matchmaker.domain.taxonomy import Concept
from matchmaker.domain.taxonomy_keys import Occasion
from matchmaker.models import Match, Need, Profile, Session
from matchmaker.services.matching import matching
from matchmaker.services.matching.wording import WordedReason
from matchmaker.services.profiles import profile_drafts
from matchmaker.services.shortlist import link_answers, shortlists
from matchmaker.web.kit import context
from matchmaker.web.kit.context import database, product, wording
from matchmaker.web.kit.labels import reason_given_for
from matchmaker.web.kit.standpoint import standpoint
from matchmaker.web.pages.need_access import NeedAccess, visible


@dataclass(frozen=True, slots=True)
class ShopStanding:
    """The state of a shop for a need. `match` is its place on the need's shortlist where the shop knows it:
    invited, or at its own request. `may_change` says whether it may answer otherwise than it did.
    """

    profile: Profile
    reasons: Sequence[WordedReason]
    match: Match | None
    open: bool
    may_change: bool

    @property
    def invited(self) -> bool:
        """Whether an invitation waits for the shop's answer."""
        return self.match is not None and self.match.awaits_answer

    @property
    def answered(self) -> bool:
        return self.match is not None and self.match.is_answered


def own_profile(session: Session) -> Profile | None:
    """The published profile of the reader's firm, if there is one."""
    firms = standpoint(session).firms("supplier_editor")
    found = profile_drafts.of_organisations(session, firms) if firms else {}
    published = (found[firm] for firm in firms if firm in found and found[firm].published_at is not None)
    return next(published, None)


def with_shop(session: Session, key: str) -> tuple[NeedAccess, Profile]:
    """The need and the acting person's own profile. Raises Forbidden without a shop or with a blocked one, NotFound."""
    roles = [
        held
        for held in standpoint(session).subject.roles
        if held.role == "supplier_editor" and held.organisation
    ]
    if all(held.blocked for held in roles):
        raise Forbidden
    found = visible(session, key)
    profile = own_profile(session)
    if profile is None:
        raise Forbidden
    return found, profile


def invited_shop(session: Session, key: str) -> Match:
    """The match by which the acting person's shop was invited to a need. Raises as `with_shop` and `invitation_of`."""
    found, profile = with_shop(session, key)
    return invitation_of(session, found.need, profile)


def invitation_of(session: Session, need: Need, profile: Profile) -> Match:
    """The match by which a shop was invited, answered or not. Raises NotFound for a shop that was never
    invited.
    """
    match = match_of(session, need, profile)
    if match is None or not match.is_told:
        raise NotFound(what="match", key=need.public_id)
    return match


def match_of(session: Session, need: Need, profile: Profile) -> Match | None:
    return next((one for one in shortlists.of_need(session, need) if one.profile_id == profile.id), None)


def of(need: Need, record: NeedRecord) -> ShopStanding | None:
    """The state of the reader's shop, None for a reader without a published profile."""
    profile = own_profile(database())
    if profile is None:
        return None
    found = matching.match_one(need, profile.public_id, context.matching(), record)
    words = wording()
    reasons = [words.reason(verdict) for verdict in found.verdicts] if found else []
    match = match_of(database(), need, profile)
    may_change = match is not None and match.is_answered and link_answers.may_answer(database(), match)
    return ShopStanding(profile, reasons, match, need.told_state in OPEN_NEEDS, may_change)


def refusals() -> list[Concept]:
    """The reasons that a supplier may give."""
    return [one for one in product().taxonomy.reasons if "supplier" in one.extra.get("by", ())]


def reason_of(answer: str, chosen: str) -> str | None:
    """The code of an answer's reason. Raises InvalidRecord (field "reason") where the work is refused without one."""
    if answer == "not_ours" and chosen not in {one.code for one in refusals()}:
        raise InvalidRecord((Problem("reason", "reason.missing", N_("Choose why the work is not yours.")),))
    return {"no_capacity": reason_given_for(Occasion.NO_CAPACITY), "not_ours": chosen}.get(answer)
