"""The merging of two profiles of one firm, or the record that they are two firms.

The duplicate that goes is blocked and not deleted: rows that refer to it stay whole, and its address leads to
the profile that stays.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import combinations
from typing import Any

from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from matchmaker.domain.errors import InvalidRecord, Problem, StaleRevision
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import MatchState, ProfileState
from matchmaker.domain.records import SupplierRecord
from matchmaker.models import (
    CertificationStep,
    ClusterLink,
    ClusterParticipant,
    Decision,
    DevelopmentCard,
    DistinctPair,
    EventParticipant,
    Fact,
    FirmNote,
    Match,
    Membership,
    Need,
    Organisation,
    OrganisationAlias,
    PartsList,
    Profile,
    ProfileRedirect,
    StoredFile,
    User,
    YearAnswer,
)
from matchmaker.models.base import now
from matchmaker.services.core import journal, undoing
from matchmaker.services.profiles import duplicates, profile_mapping, suppliers
from matchmaker.services.profiles.profile_mapping import Resolver

MERGER = "supplier.merger"
# What a person may take from the profile that goes, each with the keys of a record that belong together.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "name_ru": ("name",),
    "name_en": ("name",),
    "inn": ("inn",),
    "place": ("region", "city", "address", "location"),
    "contacts": ("contacts",),
    "employees": ("employees",),
    "description": ("description",),
}
_ENDS = ClusterLink.supplier_id, ClusterLink.buyer_id
_NAMES = {"name_ru": "ru", "name_en": "en"}


def moved_to(session: Session, key: str) -> str | None:
    """The public id of the profile that the one with this id was merged into, if it was."""
    query = select(Profile.public_id).join(ProfileRedirect, ProfileRedirect.profile_id == Profile.id)
    return session.scalar(query.where(ProfileRedirect.public_id == key))


def say_distinct(session: Session, one: Organisation, other: Organisation, user: User) -> None:
    """Record that two organisations are not the same."""
    first, second = sorted((one.id, other.id))
    if session.get(DistinctPair, (first, second)) is None:
        session.add(DistinctPair(first_id=first, second_id=second, by_id=user.id))
        journal.note(session, user.public_id, "supplier.distinct", one, {"other": other.public_id})
        duplicates.forget(session, one, other)


def merge(
    session: Session,
    keep: Profile,
    gone: Profile,
    recogniser: Resolver,
    user: User,
    *,
    revisions: Sequence[int],
    taken: Collection[str] = (),
) -> None:
    """Merge `gone` into `keep`: gaps of `keep` are filled in, what is `taken` (see CHOICES) comes from `gone`, lists have the entries of
    both, and rows that belong to `gone` follow.

    Raises StaleRevision unless the two are at `revisions`.
    """
    if [keep.revision, gone.revision] != list(revisions):
        raise StaleRevision
    with undoing.undoable(session, MERGER, keep, user, _areas(keep, gone)):
        _merge(session, keep, gone, recogniser, user, taken)
    said = {"gone": gone.public_id, **({"taken": sorted(taken)} if taken else {})}
    journal.note(session, user.public_id, "supplier.merged", keep, said)


def merge_several(
    session: Session, keep: Profile, gone: Sequence[Profile], recogniser: Resolver, user: User
) -> None:
    """Merge profiles into `keep`, one after the other, in one act: gaps are filled in, lists have the entries of all.

    Raises InvalidRecord where two of them have different INN.
    """
    numbers = sorted({one.organisation.inn for one in (keep, *gone) if one.organisation.inn})
    if len(numbers) > 1:
        message = N_(
            "These have different INN (%(numbers)s) and are no one firm: untick what does not belong."
        )
        told = {"numbers": ", ".join(numbers)}
        raise InvalidRecord((Problem("firm", "inn.different", message, numbers[0], told),))
    with undoing.undoable(session, MERGER, keep, user, _areas(keep, *gone)):
        for one in gone:
            _merge(session, keep, one, recogniser, user, ())
            journal.note(session, user.public_id, "supplier.merged", keep, {"gone": one.public_id})


def say_several(session: Session, firms: Sequence[Organisation], user: User) -> None:
    """Record that none of these organisations is the same as another."""
    pairs = set(combinations(sorted(one.id for one in firms), 2))
    known = select(DistinctPair.first_id, DistinctPair.second_id).where(
        DistinctPair.first_id.in_([one.id for one in firms])
    )
    fresh = sorted(pairs - {(first, second) for first, second in session.execute(known)})
    if not fresh:
        return
    session.add_all(DistinctPair(first_id=one, second_id=other, by_id=user.id) for one, other in fresh)
    first, *others = firms
    told = {"others": [one.public_id for one in others]}
    journal.note(session, user.public_id, "supplier.distinct", first, told)
    duplicates.forget(session, *firms)


def _areas(*merged: Profile) -> list[undoing.Area]:
    """The rows that a merger changes: of all firms, and those that follow from one to the other."""
    profiles, firms = [one.id for one in merged], [one.organisation_id for one in merged]
    parts = (
        *profile_mapping.CHILDREN,
        Fact,
        Match,
        Decision,
        StoredFile,
        ProfileRedirect,
        CertificationStep,
        DevelopmentCard,
        YearAnswer,
    )
    return [
        (Profile, Profile.id.in_(profiles)),
        (Organisation, Organisation.id.in_(firms)),
        *((part, part.profile_id.in_(profiles)) for part in parts),
        *(
            (part, part.organisation_id.in_(firms))
            for part in (OrganisationAlias, Membership, FirmNote, EventParticipant, ClusterParticipant)
        ),
        *((one, one.contractor_id.in_(firms)) for one in (Need, PartsList)),
        (ClusterLink, or_(*(end.in_(_participants(firms)) for end in _ENDS))),
    ]


def _participants(firms: Collection[int]) -> Select[int]:
    """The participants (row ids) of clusters that are these firms."""
    return select(ClusterParticipant.id).where(ClusterParticipant.organisation_id.in_(firms))


def with_choices(whole: SupplierRecord, other: SupplierRecord, taken: Collection[str]) -> SupplierRecord:
    """A merged record with what is taken from the other one; where that one says nothing, it stays as it is."""
    update: dict[str, Any] = {}
    for choice in taken:
        keys = CHOICES[choice]
        said = {key: getattr(other, key) for key in keys}
        if choice not in _NAMES and any(value is not None for value in said.values()):
            update |= said
    if "description" in update and whole.description is not None:
        told = update["description"].model_dump(exclude_none=True)
        update["description"] = whole.description.model_copy(update=told)
    names = {
        key: getattr(other.name, key)
        for one, key in _NAMES.items()
        if one in taken and getattr(other.name, key)
    }
    update["name"] = whole.name.model_copy(update=names)
    return whole.model_copy(update=update)


def _merge(
    session: Session,
    keep: Profile,
    gone: Profile,
    recogniser: Resolver,
    user: User,
    taken: Collection[str],
) -> None:
    base, other = suppliers.record(keep), suppliers.record(gone)
    whole = with_choices(profile_mapping.merged(base, other), other, taken)
    names = [name for name in (gone.organisation.external_id,) if name]
    gone.organisation.external_id = gone.organisation.inn = None
    gone.organisation.blocked, gone.state = True, ProfileState.BLOCKED
    gone.changed_at = now()
    session.flush()
    if whole != base:
        suppliers.edit(session, keep, whole, recogniser, revision=keep.revision, by=user.public_id)
    _rename(session, keep.organisation, gone.organisation, names)
    _move_matches(session, keep, gone)
    _move_people(session, keep.organisation, gone.organisation)
    for table in (Need, PartsList):
        of_firm = update(table).where(table.contractor_id == gone.organisation_id)
        session.execute(of_firm.values(contractor_id=keep.organisation_id))
    notes = update(FirmNote).where(FirmNote.organisation_id == gone.organisation_id)
    session.execute(notes.values(organisation_id=keep.organisation_id))
    _move_participants(session, keep.organisation, gone.organisation)
    session.execute(
        update(EventParticipant)
        .where(EventParticipant.organisation_id == gone.organisation_id)
        .where(EventParticipant.event_id.not_in(_events_of(keep.organisation)))  # there it stands twice
        .values(organisation_id=keep.organisation_id)
        .execution_options(synchronize_session=False)
    )
    _move_steps(session, keep, gone)
    of_gone = update(DevelopmentCard).where(DevelopmentCard.profile_id == gone.id)
    session.execute(of_gone.values(profile_id=keep.id))
    _move_years(session, keep, gone)
    session.execute(update(StoredFile).where(StoredFile.profile_id == gone.id).values(profile_id=keep.id))
    session.execute(
        update(ProfileRedirect).where(ProfileRedirect.profile_id == gone.id).values(profile_id=keep.id)
    )
    session.add(ProfileRedirect(public_id=gone.public_id, profile_id=keep.id))
    duplicates.forget(session, keep.organisation, gone.organisation)
    journal.announce(session, (keep.public_id, gone.public_id))
    session.flush()


def _events_of(firm: Organisation) -> Select[int]:
    """The events (row ids) on whose lists a firm stands."""
    there = aliased(EventParticipant)  # so that the rows that move are not looked at
    return select(there.event_id).where(there.organisation_id == firm.id)


def _move_participants(session: Session, keep: Organisation, gone: Organisation) -> None:
    """Move places in clusters along; where both firms have one role in a cluster, what the one that goes supplies and buys there comes to
    the place of the one that stays, each supply once and none to itself.
    """
    firms = keep.id, gone.id
    places = session.scalars(select(ClusterParticipant).where(ClusterParticipant.organisation_id.in_(firms)))
    twice: dict[int, int] = {}
    own, others = {}, []
    for place in places.all():
        if place.organisation_id == keep.id:
            own[place.cluster_id, place.role] = place
        else:
            others.append(place)
    for place in others:
        there = own.get((place.cluster_id, place.role))
        if there is None:
            place.organisation_id = keep.id
        else:
            twice[place.id] = there.id
    _move_supplies(session, twice, _participants(firms))
    session.flush()
    session.execute(delete(ClusterParticipant).where(ClusterParticipant.id.in_(twice)))


def _move_supplies(session: Session, twice: Mapping[int, int], places: Select[int]) -> None:
    """Move supplies from places (row ids) to those in their stead; of a supply that both had the value of the one that stays stands, where
    it tells one.
    """
    found = session.scalars(select(ClusterLink).where(or_(*(end.in_(places) for end in _ENDS)))).all()
    kept: dict[tuple[int, int, str], ClusterLink] = {}
    for one in sorted(found, key=lambda one: (one.supplier_id in twice or one.buyer_id in twice, one.id)):
        ends = twice.get(one.supplier_id, one.supplier_id), twice.get(one.buyer_id, one.buyer_id)
        same = kept.setdefault((*ends, one.what), one)
        if same is not one or len({*ends}) == 1:
            same.year_minor = same.year_minor or one.year_minor
            session.delete(one)
        else:
            one.supplier_id, one.buyer_id = ends


def _rename(session: Session, keep: Organisation, gone: Organisation, names: Sequence[str]) -> None:
    """Let files that name the duplicate refer to the profile that stays."""
    session.execute(
        update(OrganisationAlias)
        .where(OrganisationAlias.organisation_id == gone.id)
        .values(organisation_id=keep.id)
    )
    for name in names:
        session.add(
            OrganisationAlias(
                organisation_id=keep.id, centre_id=gone.centre_id, external_id=name, source=gone.source
            )
        )
    keep.is_contractor = keep.is_contractor or gone.is_contractor


def _move_matches(session: Session, keep: Profile, gone: Profile) -> None:
    """Move matches and decisions along; where both profiles were decided about for one need, each keeps its
    own, but a contract goes to the one that stays, in place of a match of which its firm was told nothing.
    """
    own = {m.need_id: m for m in session.scalars(select(Match).where(Match.profile_id == keep.id))}
    for match in session.scalars(select(Match).where(Match.profile_id == gone.id)).all():
        present = own.get(match.need_id)
        if present is not None and match.state == MatchState.PROPOSED:
            session.delete(match)
        elif present is None or present.state == MatchState.PROPOSED or _outweighs(match, present):
            if present is not None:
                session.delete(present)
                session.flush()
            match.profile_id = keep.id
            session.execute(
                update(Decision)
                .where(Decision.need_id == match.need_id, Decision.profile_id == gone.id)
                .values(profile_id=keep.id)
            )
    session.flush()


def _outweighs(match: Match, present: Match) -> bool:
    """Whether a match is under contract, and the firm was told nothing of the one in its place."""
    return match.is_contracted and present.is_untold


def _move_steps(session: Session, keep: Profile, gone: Profile) -> None:
    """Move the steps to certificates along, behind those of the same day."""
    own = select(func.coalesce(func.max(CertificationStep.place), 0)).where(
        CertificationStep.profile_id == keep.id
    )
    behind = session.scalar(own) or 0
    session.execute(
        update(CertificationStep)
        .where(CertificationStep.profile_id == gone.id)
        .values(profile_id=keep.id, place=CertificationStep.place + behind)
    )


def _move_years(session: Session, keep: Profile, gone: Profile) -> None:
    """Move along what was told of years; where both told of one, the word of the one that stays stands."""
    told = select(YearAnswer.year).where(YearAnswer.profile_id == keep.id).scalar_subquery()
    of_gone = update(YearAnswer).where(YearAnswer.profile_id == gone.id, YearAnswer.year.not_in(told))
    session.execute(of_gone.values(profile_id=keep.id))


def _move_people(session: Session, keep: Organisation, gone: Organisation) -> None:
    query = select(Membership.user_id, Membership.role).where(Membership.organisation_id == keep.id)
    there = {(user, role) for user, role in session.execute(query)}
    for membership in session.scalars(select(Membership).where(Membership.organisation_id == gone.id)).all():
        if (membership.user_id, membership.role) not in there:
            membership.organisation_id = keep.id
    session.flush()
