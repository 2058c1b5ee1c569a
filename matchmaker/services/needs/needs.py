"""The saving of needs, and reading them back as records."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import InvalidRecord, NeedQuoted, NotFound, Problem, StaleRevision
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import (
    NEED_MOVES,
    OPEN_NEEDS,
    WITH_QUOTE,
    WITHIN_CIRCLE,
    NeedState,
    check_move,
)
from matchmaker.domain.organisation import search_key
from matchmaker.domain.records import NeedRecord
from matchmaker.models import (
    AuditEntry,
    Centre,
    Match,
    Need,
    NeedCentre,
    Neighbour,
    Organisation,
    TakenNeed,
    UndoableAct,
    User,
)
from matchmaker.models.base import new_public_id, now
from matchmaker.models.needs import DEFAULT_DISCLOSURE, DISCLOSURES, REACHES
from matchmaker.services.core import journal, undoing
from matchmaker.services.needs import quote_rounds
from matchmaker.services.profiles import record_overlay
from matchmaker.services.profiles.supplier_bulk import CHUNK

REMOVAL = "need.removal"
EDITED = "need.edited"  # in the journal, with the keys of the record that a person has changed
_OF_FILES = (None, "file")  # the channels of needs that nobody has typed
# Fields that lists filter and sort by have columns; the record's other keys are stored together as given.
_COLUMNS = ("title", "text", "region", "city", "deliver_by", "quantity", "updated")
_ELSEWHERE = {"kind", "id", "contractor", "location", *_COLUMNS}


def centre_of(session: Session, code: str) -> Centre:
    """The centre with this code, created if there is none yet."""
    centre = session.scalar(select(Centre).where(Centre.code == code))
    if centre is None:
        centre = Centre(code=code, name_en=code, name_ru=code)
        session.add(centre)
        session.flush()
    return centre


def need_columns(record: NeedRecord) -> dict[str, Any]:
    """The columns that a record fills."""
    latitude, longitude = record.location or (None, None)
    contractor = record.contractor
    return {
        **{name: getattr(record, name) for name in _COLUMNS},
        "sort_key": search_key(record.title or record.text or "")[:300],
        "latitude": latitude,
        "longitude": longitude,
        "contractor_given": contractor.model_dump(exclude_none=True) if contractor else None,
        "requirements": record.model_dump(
            mode="json", exclude=_ELSEWHERE, exclude_none=True, exclude_defaults=True
        ),
    }


def record(need: Need) -> NeedRecord:
    """The need as a record of the exchange format, without any loss."""
    data: dict[str, Any] = {"id": need.external_id, "contractor": need.contractor_given, **need.requirements}
    data |= {name: getattr(need, name) for name in _COLUMNS}
    if need.latitude is not None:
        data["location"] = (need.latitude, need.longitude)
    return NeedRecord.model_validate({key: value for key, value in data.items() if value is not None})


def with_parts() -> Select[Need]:
    return select(Need).options(joinedload(Need.centre), joinedload(Need.contractor))


def with_reach() -> Select[Need]:
    """The needs with all fields that matching reads, in one statement; its rows are more than one a need. The centres
    are those of needs that reach chosen ones.
    """
    chosen = Need.reached_centres.and_(Need.reach == "chosen")
    return with_parts().options(joinedload(chosen).joinedload(NeedCentre.centre))


def by_key(session: Session, key: str) -> Need:
    """The need with this public id. Raises NotFound."""
    return _one(session, with_parts().where(Need.public_id == key), key)


def by_external_id(session: Session, centre: Centre, external_id: str) -> Need:
    """The need with this id in the centre's files. Raises NotFound."""
    query = with_parts().where(Need.centre_id == centre.id, Need.external_id == external_id)
    return _one(session, query, external_id)


def _one(session: Session, query: Select[Need], key: str) -> Need:
    need = session.scalar(query)
    if need is None:
        raise NotFound(what="need", key=key)
    return need


def every(
    session: Session, *, open_only: bool = False, where: Sequence[ColumnElement[bool]] = ()
) -> Iterator[Need]:
    """All needs, or those of a condition, in the order of their creation."""
    last = 0
    while True:
        query = with_reach().where(Need.id > last, *where).order_by(Need.id).limit(CHUNK)
        if open_only:
            query = query.where(Need.state.in_(OPEN_NEEDS))
        needs = session.scalars(query).unique().all()
        yield from needs
        if len(needs) < CHUNK:
            return
        last = needs[-1].id


def of_own_centres() -> ColumnElement[bool]:
    """The condition that a need was said here, and did not come in a neighbour's bundle."""
    return Need.id.not_in(select(TakenNeed.need_id))


@dataclass(frozen=True, slots=True)
class NeedPosting:
    """The circumstances of a posted need: its contractor, its channel, and the suppliers it may reach."""

    contractor: Organisation | None = None
    channel: str = "portal"
    reach: str = "network"
    disclosure: str = DEFAULT_DISCLOSURE
    state: NeedState = NeedState.DRAFT


def post(
    session: Session, given: NeedRecord, *, centre: Centre, by: str, posting: NeedPosting | None = None
) -> Need:
    """Create a need from a person's record; an id of "new" becomes its public id."""
    how = posting or NeedPosting()
    key = new_public_id()
    need = Need(
        **need_columns(given),
        public_id=key,
        external_id=key if given.id == "new" else given.id,
        centre_id=centre.id,
        contractor_id=how.contractor.id if how.contractor else None,
        channel=how.channel,
        reach=how.reach,
        disclosure=how.disclosure,
        state=how.state,
    )
    session.add(need)
    journal.note(session, by, "need.created", need)
    return need


def edit(session: Session, need: Need, changed: NeedRecord, *, revision: int, by: str) -> None:
    """Save a person's changes to a need.

    Raises StaleRevision if the need is no longer at `revision`, NeedQuoted where quotes have come for other
    requirements.
    """
    before = record(need)
    if changed == before:
        return  # the same again, pressed twice or at once
    if need.revision != revision:
        raise StaleRevision
    if changed != before and not extends(before, changed) and quoted(session, need):
        raise NeedQuoted
    for name, value in need_columns(changed).items():
        setattr(need, name, value)
    need.changed_at = now()
    said = {one.field for one in record_overlay.changes(before, changed)}
    journal.note(session, by, EDITED, need, {"keys": sorted(said)})


def take_from(session: Session, need: Need, left: NeedRecord, user: User, *, revision: int) -> None:
    """Save a need without one of its positions; its author can take that back for a while. Raises as `edit`."""
    with undoing.undoable(session, REMOVAL, need, user, [(Need, Need.id == need.id)]):
        edit(session, need, left, revision=revision, by=user.public_id)


def bring_back(session: Session, act: UndoableAct, need: Need, user: User) -> bool:
    """Take the removal of a position back, see `undoing.undo`. Raises NeedQuoted where quotes have come without it."""
    if act.undone_at is None and quoted(session, need):
        raise NeedQuoted
    return undoing.undo(session, act, need, user)


def of_persons(session: Session, stored: Sequence[Need]) -> dict[int, frozenset[str]]:
    """The keys of the records of needs that are a person's word, by their row ids: all that one says which did not come by a file, and
    what was edited since, which the journal tells.
    """
    edited: dict[str, set[str]] = {}
    acts = select(AuditEntry.object_id, AuditEntry.details).where(
        AuditEntry.object_kind == "need",
        AuditEntry.object_id.in_([need.public_id for need in stored]),
        AuditEntry.action == EDITED,
    )
    for key, details in session.execute(acts):
        edited.setdefault(key, set()).update(details.get("keys", NeedRecord.model_fields))
    found = {}
    for need in stored:
        said = set(record(need).model_fields_set) if need.channel not in _OF_FILES else set()
        found[need.id] = frozenset(said | edited.get(need.public_id, set()))
    return found


def extends(before: NeedRecord, changed: NeedRecord) -> bool:
    """Whether the only change is a later delivery date."""
    if before.deliver_by is None or changed.deliver_by is None:
        return False
    same = changed.model_copy(update={"deliver_by": before.deliver_by}) == before
    return same and changed.deliver_by > before.deliver_by


def quoted(session: Session, need: Need) -> bool:
    """Whether a supplier has sent a quote for the need as it is; under seal, whether one may have."""
    bound = WITHIN_CIRCLE if quote_rounds.sealed(session, need) else WITH_QUOTE
    query = select(Match.id).where(Match.need_id == need.id, Match.state.in_(bound))
    return session.scalar(query.limit(1)) is not None


def quoted_in(matches: Iterable[Match], *, sealed: bool) -> bool:
    """What `quoted` says of a need whose matches are at hand."""
    bound = WITHIN_CIRCLE if sealed else WITH_QUOTE
    return any(match.state in bound for match in matches)


def set_strictness(session: Session, need: Need, chosen: Mapping[str, str], *, by: str) -> None:
    """Set the strictness of these requirements of the need; the others stay."""
    need.strictness = merged = {**(need.strictness or {}), **chosen}
    need.changed_at = now()
    journal.note(session, by, "need.strictness", need, merged)


def set_openness(
    session: Session, need: Need, disclosure: str, reach: str, *, by: str, centres: Collection[str] = ()
) -> None:
    """Set the readers of the need (one of DISCLOSURES) and its reach (one of REACHES).

    `centres` are the codes of the chosen centres where the reach is "chosen"; unknown codes are left out.
    Raises InvalidRecord (field "openness") for an unknown value, and where no centre is chosen.
    """
    chosen = centres if reach == "chosen" else ()
    found = session.scalars(select(Centre.id).where(Centre.code.in_(chosen), Centre.id != need.centre_id))
    wanted = set(found)
    _check_openness(disclosure, reach, wanted)
    need.disclosure, need.reach, need.changed_at = disclosure, reach, now()
    need.reached_centres = [
        *(one for one in need.reached_centres if one.centre_id in wanted),
        *(NeedCentre(centre_id=one) for one in wanted - {one.centre_id for one in need.reached_centres}),
    ]
    details = {"disclosure": disclosure, "reach": reach}
    journal.note(session, by, "need.openness", need, details)


def _check_openness(disclosure: str, reach: str, centres: Collection[int]) -> None:
    message = ""
    if reach == "chosen" and not centres:
        message = N_("Tick the centres whose suppliers the need is for.")
    elif disclosure not in DISCLOSURES or reach not in REACHES:
        message = N_("Choose who may read the need, and how far it reaches.")
    if message:
        raise InvalidRecord((Problem("openness", "openness.form", message),))


def move(session: Session, need: Need, state: NeedState, *, by: str, reason: str | None = None) -> None:
    """Move a need to another state; the reason is stored where the need closes. Raises MoveNotAllowed."""
    check_move(NEED_MOVES, need.state, state)
    details = {"from": need.state} | ({"reason": reason} if reason else {})
    need.state = state
    need.closed_why = reason
    need.changed_at = now()
    if state == NeedState.PUBLISHED:
        need.published_at = now()
    journal.note(session, by, f"need.{state}", need, details)


def other_centres(session: Session, need: Need) -> dict[Centre, bool]:
    """The centres of the network except the need's own, neighbours on the list among them, in the order of their codes, and whether
    each was chosen for it.
    """
    gone = select(Neighbour.centre_id).where(Neighbour.ended_at.is_not(None))
    chosen = and_(NeedCentre.centre_id == Centre.id, NeedCentre.need_id == need.id)
    query = select(Centre, NeedCentre.need_id.is_not(None)).outerjoin(NeedCentre, chosen)
    found = session.execute(
        query.where(Centre.id != need.centre_id, Centre.id.not_in(gone)).order_by(Centre.code)
    )
    return {centre: bool(is_chosen) for centre, is_chosen in found}
