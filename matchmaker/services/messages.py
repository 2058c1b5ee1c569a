"""Messages about a match between contractor, supplier and centre: who reads which, and the letters that tell of them."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import InvalidRecord, NotFound, Problem
from matchmaker.domain.language import N_
from matchmaker.models import Match, Message, Need, Organisation, Profile, User
from matchmaker.models.base import now
from matchmaker.services import accounts, confidentiality, invitations, journal, letters
from matchmaker.services.journal import Act

LONGEST = 4_000
# By who reads: the audiences that are open to them. The centre reads all that passes through it.
READABLE = {
    "supplier": ("all", "supplier"),
    "contractor": ("all", "contractor"),
    "centre": ("all", "supplier", "contractor", "centre"),
}
SAME_WITHIN = timedelta(minutes=1)  # the same words again within it are one press too many


def threads(session: Session, need: Need, organisations: Collection[str] = ()) -> Sequence[Match]:
    """Matches of a need that one may write about: of all invited suppliers, or of these organisations alone."""
    query = (
        select(Match)
        .join(Match.profile)
        .join(Profile.organisation)
        .where(Match.need_id == need.id, Match.state.in_((*confidentiality.WITHIN, "lost")))
        .order_by(Match.position, Match.id)
        .options(joinedload(Match.profile).joinedload(Profile.organisation))
    )
    if organisations:
        query = query.where(Organisation.public_id.in_(organisations))
    return session.scalars(query).all()


def of_match(session: Session, match: Match, reader: str) -> Sequence[Message]:
    """The messages that a reader ("supplier", "contractor" or "centre") may see, the oldest first."""
    query = select(Message).where(Message.match_id == match.id, Message.audience.in_(READABLE[reader]))
    return session.scalars(query.order_by(Message.id)).all()


def authors(session: Session, found: Sequence[Message]) -> dict[int, User]:
    """People who wrote messages, by row id."""
    ids = {message.by_id for message in found if message.by_id}
    return {user.id: user for user in session.scalars(select(User).where(User.id.in_(ids)))}


def write(
    session: Session, match: Match, text: str, user: User, *, writer: str, audience: str = "all"
) -> Message:
    """Write a message and tell its readers by letter. Raises InvalidRecord, NotFound for an audience one has not."""
    words = text.strip()
    if not words:
        raise InvalidRecord((Problem("text", "text.empty", N_("Write something first.")),))
    if len(words) > LONGEST:
        message = N_("Too long: at most %(max_length)s.")
        raise InvalidRecord((Problem("text", "text.long", message, "", {"max_length": LONGEST}),))
    if audience not in READABLE[writer]:
        raise NotFound(what="audience", key=audience)
    last = session.scalars(
        select(Message)
        .where(Message.match_id == match.id, Message.by_id == user.id)
        .order_by(Message.id.desc())
    ).first()
    if last is not None and last.text == words and now() - last.at < SAME_WITHIN:
        return last
    made = Message(match_id=match.id, by_id=user.id, audience=audience, text=words)
    session.add(made)
    session.flush()
    act = Act("message.written", "match", match.public_id, match.need.centre.code, {"audience": audience})
    journal.record(session, user.public_id, (act,))
    _tell(session, match, user, audience)
    return made


def _tell(session: Session, match: Match, author: User, audience: str) -> None:
    need = match.need
    path = f"/needs/{need.public_id}/messages/{match.public_id}"
    people: list[User] = []
    if audience in {"all", "supplier"}:
        people += invitations.people(session, match.profile.organisation, "supplier_editor")
    if audience in {"all", "contractor"}:
        people += invitations.people(session, need.contractor, "contractor_buyer")
    for person in people:
        if person.id != author.id and accounts.wants(person, "new_message"):
            values = {"title": invitations.title_of(need), "sender": _side(author, match), "path": path}
            letters.post(session, "new_message", person.email, person.language, values)


def _side(author: User, match: Match) -> str:
    """Who writes, as the letter says it: the firm of the supplier, never the name of a contractor that may be hidden."""
    firm = match.profile.organisation
    return (
        firm.name("ru")
        if any(m.organisation_id == firm.id for m in author.memberships)
        else match.need.centre.code
    )


def by_key(session: Session, need: Need, key: str) -> Match:
    """A match of the need. Raises NotFound."""
    found = session.scalar(select(Match).where(Match.public_id == key, Match.need_id == need.id))
    if found is None:
        raise NotFound(what="match", key=key)
    return found
