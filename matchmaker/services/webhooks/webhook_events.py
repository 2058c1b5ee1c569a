"""The way from the journal to messages: who of the people with addresses may know of an entry, and what it is called.

Entries of the journal get their numbers one after another, each writer waiting for the one before, so that no entry with
a smaller number can appear later.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.access import STAFF_ROLES
from matchmaker.domain.lifecycle import TOLD, WITHIN_CIRCLE, MatchState, MembershipState, NeedState
from matchmaker.models import (
    AuditEntry,
    Match,
    Membership,
    Need,
    Profile,
    Quote,
    User,
    Webhook,
    WebhookMessage,
    bulk,
)
from matchmaker.models.base import new_public_id, now
from matchmaker.models.database import Sessions
from matchmaker.services.needs import quote_rounds

BATCH = 200  # entries that are looked at in one transaction
_MOVES = frozenset(f"need.{state}" for state in NeedState)
_OF_NEEDS = _MOVES | {"need.created", "need.edited", "need.corrected", "need.released", "quotes.deadline"}
_OF_QUOTES = frozenset({"quote.submitted", "quote.entered", "quote.withdrawn", "quote.accepted"})
# Of the end of a need its suppliers hear by letter, when it can no longer be undone.
_TOLD_AT_ONCE = frozenset(f"decision.{state}" for state in TOLD - {MatchState.CONTRACTED, MatchState.LOST})
_KINDS = ("need", "match", "quote", "profile")


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """An event, and who may know of it: firms (ids of their rows) and the centre whose operators do."""

    name: str
    act: str
    keys: Mapping[str, str]
    contractor: int | None = None
    suppliers: frozenset[int] = frozenset()
    centre: int | None = None

    def reaches(self, person: User) -> bool:
        """Whether a role of the person lets it know."""
        return any(self._of_role(held) for held in person.memberships if held.state == MembershipState.ACTIVE)

    def _of_role(self, held: Membership) -> bool:
        if held.role == "contractor_buyer":
            return held.organisation_id is not None and held.organisation_id == self.contractor
        if held.role == "supplier_editor":
            return held.organisation_id in self.suppliers
        return held.role in STAFF_ROLES and held.centre_id == self.centre


@dataclass(slots=True)
class _Things:
    """The objects of a batch of entries, by their public ids."""

    needs: dict[str, Need] = field(default_factory=dict)
    matches: dict[str, Match] = field(default_factory=dict)
    quotes: dict[str, Quote] = field(default_factory=dict)
    profiles: dict[str, Profile] = field(default_factory=dict)
    circles: dict[int, frozenset[int]] = field(default_factory=dict)


def collect(sessions: Sessions) -> int:
    """Turn the entries that no address has heard of into messages, and return the number of messages."""
    made = 0
    while True:
        with sessions.begin() as session:
            hooks = _listening(session)
            entries = _entries(session, min((one.heard for one in hooks), default=0)) if hooks else []
            if not entries:
                return made
            rows = list(_messages(session, hooks, entries))
            bulk.add(session, WebhookMessage, rows)
            for hook in hooks:
                hook.heard = max(hook.heard, entries[-1].id)
            made += len(rows)


def _listening(session: Session) -> Sequence[Webhook]:
    query = (
        select(Webhook)
        .join(Webhook.user)
        .where(Webhook.ended_at.is_(None), User.active, Webhook.epoch == User.epoch)
        .order_by(Webhook.id)
        .with_for_update(of=Webhook)
        .options(joinedload(Webhook.user).selectinload(User.memberships))
    )
    return session.scalars(query).unique().all()


def _entries(session: Session, after: int) -> Sequence[AuditEntry]:
    query = select(AuditEntry).where(AuditEntry.id > after).order_by(AuditEntry.id).limit(BATCH)
    return session.scalars(query).all()


def _messages(
    session: Session, hooks: Sequence[Webhook], entries: Sequence[AuditEntry]
) -> Iterator[dict[str, Any]]:
    things = _things(session, entries)
    for entry in entries:
        event = _event(session, entry, things)
        if event is None:
            continue
        for hook in hooks:
            if entry.id > hook.heard and event.name in hook.events and event.reaches(hook.user):
                yield {
                    "public_id": new_public_id(),
                    "webhook_id": hook.id,
                    "event": event.name,
                    "content": {"act": event.act, "at": entry.at.isoformat(), **event.keys},
                    "due_at": now(),
                }


def _things(session: Session, entries: Iterable[AuditEntry]) -> _Things:
    """The objects of the entries, in one statement a kind."""
    keys: dict[str, set[str]] = {kind: set() for kind in _KINDS}
    for entry in entries:
        if entry.object_kind in keys:
            keys[entry.object_kind].add(entry.object_id)
    found = _Things()
    firm = joinedload(Match.profile).joinedload(Profile.organisation)
    for match in session.scalars(
        select(Match).where(Match.public_id.in_(keys["match"])).options(firm, joinedload(Match.need))
    ):
        found.matches[match.public_id] = match
    of_quotes = joinedload(Quote.match).options(
        joinedload(Match.profile).joinedload(Profile.organisation), joinedload(Match.need)
    )
    for quote in session.scalars(select(Quote).where(Quote.public_id.in_(keys["quote"])).options(of_quotes)):
        found.quotes[quote.public_id] = quote
    for need in session.scalars(select(Need).where(Need.public_id.in_(keys["need"]))):
        found.needs[need.public_id] = need
    for profile in session.scalars(
        select(Profile)
        .where(Profile.public_id.in_(keys["profile"]))
        .options(joinedload(Profile.organisation))
    ):
        found.profiles[profile.public_id] = profile
    invited: dict[int, set[int]] = {}
    ids = [need.id for need in found.needs.values()]
    for need_id, firm_id in session.execute(
        select(Match.need_id, Profile.organisation_id)
        .join(Match.profile)
        .where(Match.need_id.in_(ids), Match.state.in_(WITHIN_CIRCLE))
    ):
        invited.setdefault(need_id, set()).add(firm_id)
    found.circles = {need_id: frozenset(firms) for need_id, firms in invited.items()}
    return found


def _event(session: Session, entry: AuditEntry, things: _Things) -> WebhookEvent | None:
    """The event of an entry; None for what no program is told."""
    if (need := things.needs.get(entry.object_id)) and entry.action in _OF_NEEDS:
        open_move = entry.action in _MOVES and need.award_until is None
        told = things.circles.get(need.id, frozenset()) if open_move else frozenset()
        keys = {"need": need.public_id}
        return WebhookEvent("need.changed", entry.action, keys, need.contractor_id, told, need.centre_id)
    if match := things.matches.get(entry.object_id):
        return _of_match(entry, match)
    if (quote := things.quotes.get(entry.object_id)) and entry.action in _OF_QUOTES:
        # That somebody has quoted is hidden from the contractor as long as the quotes are sealed.
        match, need = quote.match, quote.match.need
        hidden = quote_rounds.sealed(session, need)
        contractor, centre = (None, None) if hidden else (need.contractor_id, need.centre_id)
        firm = frozenset() if need.award_until else frozenset({match.profile.organisation_id})
        keys = {"need": need.public_id}
        return WebhookEvent("quote.changed", entry.action, keys, contractor, firm, centre)
    if (profile := things.profiles.get(entry.object_id)) and entry.action.startswith("supplier."):
        firm, centre = frozenset({profile.organisation_id}), profile.organisation.centre_id
        keys = {"supplier": profile.public_id}
        return WebhookEvent("profile.changed", entry.action, keys, None, firm, centre)
    return None


def _of_match(entry: AuditEntry, match: Match) -> WebhookEvent | None:
    """The event of an entry about a supplier for a need: its contractor hears of a released one, the supplier of what it
    was told.
    """
    need, own = match.need, frozenset({match.profile.organisation_id})
    keys = {"need": need.public_id, "match": match.public_id, "supplier": match.profile.public_id}
    if entry.action == "message.written":
        audience = (entry.details or {}).get("audience", "centre")
        contractor = need.contractor_id if audience in {"all", "contractor"} else None
        reader = own if audience in {"all", "supplier"} else frozenset()
        return WebhookEvent("message.written", entry.action, keys, contractor, reader, need.centre_id)
    if not entry.action.startswith(("decision.", "match.asked")):
        return None
    if entry.action == f"decision.{MatchState.QUOTED}":
        return None  # told as quote.changed, which knows of seals
    told = own if entry.action in _TOLD_AT_ONCE else frozenset()
    contractor = need.contractor_id if match.released_at is not None else None
    return WebhookEvent("match.changed", entry.action, keys, contractor, told, need.centre_id)
