"""A person's rights to a need."""

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from flask import Flask
from flask_babel import gettext

from matchmaker.domain import access
from matchmaker.domain.access import AccessVerdict
from matchmaker.domain.errors import Forbidden, NdaRequired, NotFound
from matchmaker.domain.records import NeedRecord
from matchmaker.models import Centre, Need, Organisation, Session
from matchmaker.services.needs import ndas, need_summary, needs
from matchmaker.services.profiles import suppliers
from matchmaker.web.kit import context
from matchmaker.web.kit.context import database
from matchmaker.web.kit.standpoint import operator, standpoint
from search.reading.titles import leading_words

_ACTIONS = (*access.NEED_ACTIONS, "list.export")
_READABLE = frozenset({"open", "name-hidden"})
_LONGEST_TITLE = 80


@dataclass(frozen=True)
class NeedAccess:
    """A need with one person's rights to it; the policy is asked once, in the session of the need.

    `stands` are the person's relations to the need, `circle` the person's own firms that are invited or
    signed.
    """

    need: Need
    subject: access.Subject
    stands: tuple[tuple[str, access.Role | None], ...]
    circle: ndas.NeedCircle
    verdicts: Mapping[str, AccessVerdict]

    def may(self, action: str) -> bool:
        return self.verdicts[action].allowed

    def require(self, action: str) -> None:
        """Raise Forbidden or NdaRequired unless the person may do this, NotFound where the need is hidden
        from the person.
        """
        verdict = self.verdicts[action]
        if not self.may(self.view_action) or verdict is AccessVerdict.ABSENT:
            raise NotFound(what="need", key=self.need.public_id)
        if verdict is AccessVerdict.NDA_REQUIRED:
            raise self.nda_required()
        if not verdict.allowed:
            raise Forbidden

    def nda_required(self) -> NdaRequired:
        """The error that leads to the agreement of the need."""
        return NdaRequired(key=self.need.public_id, title=self.title if self.need.title else "")

    @property
    def view_action(self) -> str:
        if not self.need.is_released:
            return "need.view_unpublished"
        return "need.view_invited" if self.need.disclosure == "invited" else "need.view"

    @property
    def may_edit(self) -> bool:
        return self.may("need.edit")

    @property
    def may_release(self) -> bool:
        return self.may("need.release")

    @property
    def may_curate(self) -> bool:
        return self.may("match.curate")

    @property
    def may_award(self) -> bool:
        """Whether the person may choose a supplier, and the need's state allows it."""
        return self.may("need.award") and self.need.is_awardable

    @property
    def may_sign(self) -> bool:
        return bool(self.circle.invited) and not self.circle.signed

    @property
    def may_quote(self) -> bool:
        return bool(self.circle.invited)

    @property
    def may_write(self) -> bool:
        """Whether there are messages of the need that the person may read."""
        return self.may("message.view") and self.need.is_released

    @property
    def words_open(self) -> bool:
        """Whether the person may read the need's words: before an agreement only its title and conditions are open."""
        return self.need.disclosure in _READABLE or self.may_edit or bool(self.circle.signed)

    @cached_property
    def record(self) -> NeedRecord:
        """The need as the person may read it: who does not own it reads neither contact data nor prices."""
        return needs.record(self.need) if self.may_edit else need_summary.for_strangers(self.need)

    @property
    def title(self) -> str:
        """The title line of the need, within the person's rights."""
        if not (self.need.title or self.words_open):
            return gettext("A need under agreement")
        if not self.may_edit:
            return need_summary.title_of(self.need, longest=1_000 if self.need.title else _LONGEST_TITLE + 1)
        words = self.need.title or leading_words(self.need.text or "")
        return words if self.need.title or len(words) <= _LONGEST_TITLE else f"{words[:_LONGEST_TITLE]}…"

    @property
    def contractor_name(self) -> str:
        """The contractor's name where the person may see it."""
        visible = self.may("need.contractor") or self.need.disclosure == "open"
        return self.need.contractor.name(context.language()) if visible and self.need.contractor else ""

    @property
    def side(self) -> str:
        """The person's side of the need: "centre", "contractor" or "supplier"."""
        relations = {relation for relation, _ in self.stands}
        return "centre" if "OO" in relations else "contractor" if "CO" in relations else "supplier"

    @property
    def invited_firms(self) -> frozenset[str]:
        """The person's own firms that are invited to the need, as a supplier."""
        invited = (role for relation, role in self.stands if relation in {"SI", "SN"})
        return frozenset(role.organisation for role in invited if role and role.organisation)

    @property
    def own_firm(self) -> str:
        """The person's own firm that is invited to the need. Raises NotFound."""
        firms = (role.organisation for role in self.subject.roles if role.organisation in self.circle.invited)
        own = next(firms, None)
        if own is None:
            raise NotFound(what="need", key=self.need.public_id)
        return own


def access_of(session: Session, need: Need, subject: access.Subject | None = None) -> NeedAccess:
    """The rights of the session's acting person to a need; `subject` is that person with fewer roles."""
    here = standpoint(session)
    who = here.subject if subject is None else subject
    circle = here.circles.get(need.public_id, ndas.NeedCircle())
    thing = access.AccessObject(
        centre=need.centre.code,
        contractor=need.contractor.public_id if need.contractor else None,
        by_invitation=need.disclosure == "invited",
        invited=circle.invited,
        signed=circle.signed,
    )
    return NeedAccess(need, who, access.relations(who, thing), circle, access.verdicts(who, thing, _ACTIONS))


def _by_key(session: Session, key: str) -> Need:
    """The need with this public id. Raises NotFound."""
    read_rights(session)
    return needs.by_key(session, key)


def read_rights(session: Session) -> None:
    """Read what decides about needs before a need is looked for: a hidden one then takes as long as none."""
    _ = standpoint(session).circles


def authorised(session: Session, key: str, action: str) -> NeedAccess:
    """The need with this public id, for a person that may do this. Raises NotFound, Forbidden, NdaRequired."""
    found = access_of(session, _by_key(session, key))
    found.require(action)
    return found


def visible(session: Session, key: str) -> NeedAccess:
    """The need with this public id, for a person to whom it is not hidden. Raises NotFound."""
    found = access_of(session, _by_key(session, key))
    found.require(found.view_action)
    return found


def curated(session: Session, key: str) -> Need:
    """The need, for an operator who may curate its matches. Raises Forbidden, NotFound."""
    operator(session)
    return authorised(session, key, "match.curate").need


@dataclass(frozen=True, slots=True)
class PostingParty:
    """The party for which a person posts needs: its own firm, or an operator's centre."""

    contractor: Organisation | None
    centre: Centre


def posting_party(session: Session) -> PostingParty:
    """The party for which the session's acting person may post a need. Raises Forbidden."""
    here = standpoint(session)
    firm = next(iter(here.firms("contractor_buyer")), None)
    contractor = suppliers.organisation(session, firm) if firm else None
    centre = contractor.centre if contractor else needs.centre_of(session, here.own_centre)
    thing = access.AccessObject(centre=centre.code, contractor=firm)
    if not access.may(here.subject, "need.create", thing).allowed:
        raise Forbidden
    return PostingParty(contractor, centre)


def title_of(need: Need) -> str:
    """The title line of the need, within the reader's rights."""
    return access_of(database(), need).title


def heading_of(need: Need) -> str:
    """The need in one line within the reader's rights, as letters name it: its title, else its first words, "" where these open only after
    an agreement.
    """
    return title_of(need) if need.title or need.disclosure != "nda" else ""


def line_of(need: Need) -> str:
    """The need in one line, for those who read all of its words: its title, or the first words that say something."""
    return need.title or textwrap.shorten(leading_words(need.text or ""), _LONGEST_TITLE, placeholder="…")


def register(app: Flask) -> None:
    """Let every template name a need as its reader may."""
    app.jinja_env.globals |= {"need_heading": heading_of, "need_line": line_of}
