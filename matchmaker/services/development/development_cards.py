"""The cards that join a supplier's gap to a contractor's need: made with what the matcher says, done when it says otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from matchmaker.domain.errors import Faults, NotFound, StaleRevision, wrong_field
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import CardState
from matchmaker.domain.typed_text import day_of
from matchmaker.models import Centre, DevelopmentCard, Need, Organisation, Profile, User
from matchmaker.models.base import now
from matchmaker.models.development import CLOSING_MEANS
from matchmaker.services.core import journal, locks
from matchmaker.services.development import ladders
from matchmaker.services.needs import ndas

FURTHEST = timedelta(days=5 * 365)
LONGEST_LINE, LONGEST_NOTE = 300, 4_000  # characters
PAGE = 50  # cards of a page
MOST_IN_FILE = 5_000
FIELDS = ("requirement", "closes", "what", "due_on", "owner", "note")


@dataclass(frozen=True, slots=True)
class CardGiven:
    """A card as typed; `owner` is a public id, "" for nobody."""

    requirement: str
    closes: str
    what: str
    due_on: date
    owner: str
    note: str | None


@dataclass(frozen=True, slots=True)
class CardPage:
    """A page of cards, and how many there are on all pages."""

    cards: Sequence[DevelopmentCard]
    total: int


def read(typed: Mapping[str, str], today: date, kept: date | None = None) -> CardGiven:
    """The card in a form; `kept` is the day that a card has already and may keep, though it is over. Raises InvalidRecord with a
    problem for every wrong field.
    """
    given = {name: typed.get(name, "").replace("\r\n", "\n").strip() for name in FIELDS}
    faults, due = Faults(), today
    with faults:
        if given["closes"] not in CLOSING_MEANS:
            raise wrong_field("closes", "card.closes", N_("Choose what closes the gap."))
    with faults:
        if not given["what"] or len(given["what"]) > LONGEST_LINE:
            raise wrong_field("what", "card.what", N_("Say what exactly, in at most 300 characters."))
    with faults:
        due = _due(given["due_on"], today, kept)
    with faults:
        if len(given["note"]) > LONGEST_NOTE:
            raise wrong_field(
                "note", "card.note", N_("At most %(most)s characters."), params={"most": LONGEST_NOTE}
            )
    faults.settle()
    words = (given["requirement"], given["closes"], given["what"])
    return CardGiven(*words, due, given["owner"], given["note"] or None)


def _due(typed: str, today: date, kept: date | None) -> date:
    day = day_of(typed)
    if day is None or (day != kept and not today <= day <= today + FURTHEST):
        message = N_("Give the day by which it is to be met, from today on, within five years.")
        raise wrong_field("due_on", "card.due", message)
    return day


def typed_of(card: DevelopmentCard) -> dict[str, str]:
    """A card in the fields of its form."""
    return {
        "requirement": card.requirement,
        "closes": card.closes,
        "what": card.what,
        "due_on": card.due_on.isoformat(),
        "owner": card.owner.public_id if card.owner else "",
        "note": card.note or "",
    }


def make(
    session: Session,
    pair: tuple[Profile, Need],
    given: CardGiven,
    measured: Mapping[str, Any],
    key: str,
    user: User,
) -> DevelopmentCard:
    """Make a card for a supplier and a need; the same form sent again makes none. `measured` is what the matcher says now,
    `key` becomes the public id. Raises InvalidRecord where the requirement does not close the need to the supplier, where the
    supplier may not know of the need, and where a card for the same gap is open.
    """
    found = session.scalar(select(DevelopmentCard).where(DevelopmentCard.public_id == key))
    if found is not None:
        return found
    profile, need = pair
    check_told(session, profile, need)
    if given.requirement not in measured["closing"]:
        message = N_("Choose a requirement that closes this need to the supplier.")
        raise wrong_field("requirement", "card.requirement", message)
    locks.lock_row(session, profile)
    _check_first(session, profile, need, given.requirement)
    card = DevelopmentCard(
        public_id=key,
        profile=profile,
        need=need,
        requirement=given.requirement,
        before=dict(measured),
        by_id=user.id,
    )
    _fill(session, card, given)
    session.add(card)
    _record(session, card, "card.made", user)
    return card


def check_told(session: Session, profile: Profile, need: Need) -> None:
    """Raise InvalidRecord where the supplier may not know of the need: a card tells it what the need demands."""
    firm = profile.organisation.public_id
    if not need.is_released:
        message = N_(
            "The need is not published: a card would tell the supplier of it. Publish the need first."
        )
    elif need.disclosure == "invited" and need.public_id not in ndas.circles(session, {firm}):
        message = N_("The need is by invitation, and a card would tell the supplier of it: invite it first.")
    else:
        return
    raise wrong_field("requirement", "card.untold", message)


def _check_first(session: Session, profile: Profile, need: Need, requirement: str) -> None:
    same = (
        DevelopmentCard.profile_id == profile.id,
        DevelopmentCard.need_id == need.id,
        DevelopmentCard.requirement == requirement,
        DevelopmentCard.state == CardState.OPEN,
    )
    first = session.scalars(select(DevelopmentCard).where(*same).order_by(DevelopmentCard.id)).first()
    if first is not None:
        message = N_("A card for this gap is open already: “%(what)s”, by %(day)s. Change that one.")
        params = {"what": first.what, "day": first.due_on.isoformat()}
        raise wrong_field("requirement", "card.twice", message, params=params)


def _check_open(card: DevelopmentCard) -> None:
    if not card.is_open:
        message = N_("The card is done or given up and stays as it is: make a new one for the gap.")
        raise wrong_field("state", "card.closed", message)


def _fill(session: Session, card: DevelopmentCard, given: CardGiven) -> None:
    card.closes, card.what, card.due_on, card.note = given.closes, given.what, given.due_on, given.note
    people = {one.public_id: one.id for one in ladders.people(session, card.profile, card.need.centre)}
    if given.owner and given.owner not in people:
        raise wrong_field("owner", "card.owner", N_("Choose somebody of the centre or of the firm."))
    card.owner_id = people.get(given.owner)


def change(session: Session, card: DevelopmentCard, given: CardGiven, revision: int, user: User) -> None:
    """Change what closes the gap, by when and whose it is. Raises StaleRevision, InvalidRecord also where it is not open."""
    _check_open(card)
    if card.revision != revision:
        raise StaleRevision
    _fill(session, card, given)
    if session.is_modified(card):
        _record(session, card, "card.changed", user)


def measure(session: Session, card: DevelopmentCard, measured: Mapping[str, Any], user: User) -> bool:
    """Keep what the matcher says now; the card is done where its requirement closes the need no more. Whether it is done. Raises
    InvalidRecord where the card is not open.
    """
    _check_open(card)
    card.after, card.measured_at = dict(measured), now()
    done = card.requirement not in measured["closing"]
    if done:
        card.state = CardState.DONE
    _record(session, card, "card.measured", user)
    return done


def drop(session: Session, card: DevelopmentCard, user: User) -> None:
    """Give a card up; said again it stays."""
    if card.is_open:
        card.state = CardState.DROPPED
        _record(session, card, "card.dropped", user)


def _record(session: Session, card: DevelopmentCard, action: str, user: User) -> None:
    session.flush()
    details = {"card": card.public_id, "requirement": card.requirement, "need": card.need.public_id}
    journal.note(session, user.public_id, action, card.profile, details)


def by_key(session: Session, key: str) -> DevelopmentCard:
    """The card with this public id. Raises NotFound."""
    card = session.scalar(_whole().where(DevelopmentCard.public_id == key))
    if card is None:
        raise NotFound(what="card", key=key)
    return card


def page_of_centre(session: Session, centre: Centre, state: CardState | None, page: int) -> CardPage:
    """A page of the cards for the needs of a centre, those due first first, and how many there are on all pages."""
    query = _of_needs(centre, state).add_columns(func.count().over()).offset((page - 1) * PAGE).limit(PAGE)
    rows = session.execute(query).all()
    return CardPage([card for card, _ in rows], rows[0][1] if rows else 0)


def of_centre(session: Session, centre: Centre) -> Sequence[DevelopmentCard]:
    """The cards for the needs of a centre, those due first first, as many as a file holds."""
    return session.scalars(_of_needs(centre, None).limit(MOST_IN_FILE)).all()


def _of_needs(centre: Centre, state: CardState | None) -> Select[DevelopmentCard]:
    query = _whole().where(Need.centre_id == centre.id).order_by(DevelopmentCard.due_on, DevelopmentCard.id)
    return query if state is None else query.where(DevelopmentCard.state == state)


def of_profile(session: Session, profile: Profile) -> Sequence[DevelopmentCard]:
    """The cards of a supplier that were not given up, those due first first."""
    own = (
        DevelopmentCard.profile_id == profile.id,
        DevelopmentCard.state.in_((CardState.OPEN, CardState.DONE)),
    )
    return session.scalars(_whole().where(*own).order_by(DevelopmentCard.due_on, DevelopmentCard.id)).all()


def due(session: Session, centre: Centre, today: date, limit: int) -> Sequence[DevelopmentCard]:
    """The open cards of a centre whose day has come, the oldest first."""
    query = _whole().where(Need.centre_id == centre.id, DevelopmentCard.state == CardState.OPEN)
    late = query.where(DevelopmentCard.due_on <= today)
    return session.scalars(late.order_by(DevelopmentCard.due_on, DevelopmentCard.id).limit(limit)).all()


def _whole() -> Select[DevelopmentCard]:
    card = DevelopmentCard
    return (
        select(card)
        .join(card.profile)
        .join(Profile.organisation)
        .join(card.need)
        .options(
            contains_eager(card.profile).contains_eager(Profile.organisation).joinedload(Organisation.centre),
            contains_eager(card.need).joinedload(Need.contractor),
            contains_eager(card.need).joinedload(Need.centre),
            joinedload(card.owner),
        )
    )
