"""The saving of suppliers, one or a hundred thousand, and reading them back as records."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, contains_eager

from matchmaker.domain.errors import NotFound, StaleRevision
from matchmaker.domain.lifecycle import PROFILE_MOVES, ProfileState, check_move
from matchmaker.domain.records import SupplierRecord
from matchmaker.models import (
    Centre,
    Neighbour,
    Organisation,
    OrganisationAlias,
    Profile,
)
from matchmaker.models.base import now
from matchmaker.models.together import load_together
from matchmaker.services.core import journal
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.profiles import fact_sources, profile_mapping, supplier_bulk
from matchmaker.services.profiles.profile_mapping import (
    Resolver,
    TermCodes,
)
from matchmaker.services.profiles.supplier_bulk import (
    CHUNK,
    USUAL,
    SavedSupplier,
    SavingRules,
    Status,
    SupplierChunk,
)
from matchmaker.services.profiles.supplier_lookup import RECORD_PARTS

_PARTS = (
    *RECORD_PARTS,
    Profile.capacity,
    Profile.facts,
)


def save(
    session: Session,
    record: SupplierRecord,
    recogniser: Resolver,
    origin: RecordOrigin,
) -> tuple[Organisation, Status]:
    """Save one record as published; see `save_many`."""
    (saved,) = save_many(session, (record,), recogniser, origin)
    return session.get_one(Organisation, saved.organisation_id), saved.status


def save_many(
    session: Session,
    records: Iterable[SupplierRecord],
    recogniser: Resolver | TermCodes,
    origin: RecordOrigin,
    rules: SavingRules = USUAL,
) -> list[SavedSupplier]:
    """Save records of a file, published, in the session's transaction; a result for each, in their order.

    A record is known by its id in the centre; the same content again changes nothing, and what a record does not say
    stays as it is. A record with another id but the INN of a known organisation joins that one: it fills the gaps, and its
    id is stored beside. A profile edited by hand is not overwritten: the record waits beside it for the operator.
    """
    codes = recogniser if isinstance(recogniser, TermCodes) else TermCodes(recogniser)
    saved: list[SavedSupplier] = []
    for chunk in supplier_bulk.chunks(records):
        start = len(saved)
        while rest := chunk[len(saved) - start :]:
            saved.extend(SupplierChunk(session, origin, codes, rules).save(rest))
    return saved


def with_firm() -> Select[Profile]:
    """A select of profiles, each with its firm and centre."""
    firm = contains_eager(Profile.organisation).joinedload(Organisation.centre)
    return select(Profile).join(Profile.organisation).options(firm)


def whole(session: Session, query: Select[Profile]) -> Sequence[Profile]:
    """The profiles of a select with all their parts that a record needs, in two statements."""
    found = session.scalars(query).all()
    complete(session, found)
    return found


def complete(session: Session, profiles: Sequence[Profile]) -> None:
    """Read all parts of these profiles that a record needs, in one statement."""
    load_together(session, profiles, _PARTS)


def one_whole(session: Session, *conditions: ColumnElement[bool]) -> Profile | None:
    """The profile that these conditions are true of, with all its parts."""
    return next(iter(whole(session, with_firm().where(*conditions))), None)


def by_key(session: Session, key: str) -> Profile:
    """The profile with this public id. Raises NotFound."""
    profile = one_whole(session, Profile.public_id == key)
    if profile is None:
        raise NotFound(what="supplier", key=key)
    return profile


def head_by_key(session: Session, key: str) -> Profile:
    """The profile with this public id, its lists not read yet: enough to decide about rights. Raises NotFound."""
    firm = contains_eager(Profile.organisation).joinedload(Organisation.centre)
    query = select(Profile).join(Profile.organisation).options(firm)
    profile = session.scalar(query.where(Profile.public_id == key))
    if profile is None:
        raise NotFound(what="supplier", key=key)
    return profile


def of_organisation(session: Session, key: str) -> Profile:
    """The profile of the organisation with this public id. Raises NotFound."""
    profile = one_whole(session, Organisation.public_id == key)
    if profile is None:
        raise NotFound(what="supplier", key=key)
    return profile


def organisation(session: Session, key: str) -> Organisation:
    """The organisation with this public id. Raises NotFound."""
    found = session.scalar(select(Organisation).where(Organisation.public_id == key))
    if found is None:
        raise NotFound(what="organisation", key=key)
    return found


def by_keys(session: Session, keys: Sequence[str]) -> dict[str, Profile]:
    """The profiles by public id; unknown ids are left out."""
    found = whole(session, with_firm().where(Profile.public_id.in_(keys)))
    return {profile.public_id: profile for profile in found}


def listed(session: Session, keys: Sequence[str]) -> dict[str, Profile]:
    """The profiles by public id as lists show them, with their firms and certificates alone; unknown ids are left out."""
    found = session.scalars(with_firm().where(Profile.public_id.in_(keys))).all()
    load_together(session, found, (Profile.certificates,))
    return {profile.public_id: profile for profile in found}


def firms(session: Session, keys: Sequence[str]) -> dict[str, Organisation]:
    """The firms of profiles by the public id of the profile; unknown ids are left out."""
    found = session.scalars(with_firm().where(Profile.public_id.in_(keys)))
    return {profile.public_id: profile.organisation for profile in found}


def by_external_id(session: Session, centre: Centre, external_id: str) -> Profile:
    """The profile of the organisation with this id in the centre's files, its own id or an alias. Raises
    NotFound.
    """
    alias = select(OrganisationAlias.organisation_id).where(
        OrganisationAlias.centre_id == centre.id, OrganisationAlias.external_id == external_id
    )
    named = (Organisation.external_id == external_id) | Organisation.id.in_(alias)
    profile = one_whole(session, Organisation.centre_id == centre.id, named)
    if profile is None:
        raise NotFound(what="supplier", key=external_id)
    return profile


def record(profile: Profile) -> SupplierRecord:
    """The profile as a record of the exchange format."""
    return profile_mapping.supplier_record(profile)


def every(
    session: Session,
    *,
    published: bool = True,
    chunk: int = CHUNK,
    where: Sequence[ColumnElement[bool]] = (),
) -> Iterator[Profile]:
    """All profiles, or those of a condition, in the order of their creation, loaded in chunks, so that a hundred thousand fit in
    memory.
    """
    last = 0
    while True:
        query = with_firm().where(Profile.id > last, *where).order_by(Profile.id).limit(chunk)
        if published:
            query = query.where(Profile.state == ProfileState.PUBLISHED)
        profiles = whole(session, query)
        if not profiles:
            return
        last = profiles[-1].id
        yield from profiles
        session.expunge_all()


def edit(
    session: Session,
    profile: Profile,
    changed: SupplierRecord,
    recogniser: Resolver,
    *,
    revision: int,
    by: str,
    batch: int | None = None,
) -> None:
    """Save a person's changes over a profile, or those of an import (its row id) that a person has looked at. Raises StaleRevision if the profile is no longer at `revision`."""
    if profile.revision != revision:
        raise StaleRevision
    codes, before = TermCodes(recogniser), record(profile)
    for name, value in profile_mapping.organisation_columns(changed, codes).items():
        setattr(profile.organisation, name, value)
    for name, value in profile_mapping.profile_columns(changed).items():
        setattr(profile, name, value)
    kept = [{name: getattr(row, name) for name in _KEPT} for row in profile.certificates]
    for table, rows in profile_mapping.child_rows(changed, codes, kept).items():
        setattr(profile, profile_mapping.CHILDREN[table], [])
        session.flush()
        setattr(profile, profile_mapping.CHILDREN[table], [table(**row) for row in rows])
    fact_sources.note(profile, before, changed, changed.updated or now().date(), batch)
    profile.changed_at = profile.edited_at = now()
    journal.note(session, by, "supplier.edited", profile)
    journal.announce(session, (profile.public_id,))
    session.flush()


_KEPT = ("standard", "number", "said_on", *profile_mapping.VERIFIED_FACTS, *profile_mapping.VERIFICATION)


def move(
    session: Session,
    profile: Profile,
    state: ProfileState,
    *,
    by: str,
    remarks: Mapping[str, str] | None = None,
) -> None:
    """Move a profile to another state, with remarks by field where it is returned. Raises MoveNotAllowed."""
    check_move(PROFILE_MOVES, profile.state, state)
    details = {"from": profile.state}
    profile.state = state
    profile.remarks = dict(remarks or {})
    profile.changed_at = now()
    if state == ProfileState.PUBLISHED:
        profile.published_at = now()
    journal.note(session, by, f"supplier.{state}", profile, details)
    journal.announce(session, (profile.public_id,))
    session.flush()


def of_own_centres() -> ColumnElement[bool]:
    """The condition that a profile's firm is of a centre of this installation, and none that a neighbour sent."""
    return Profile.organisation.has(Organisation.centre_id.not_in(select(Neighbour.centre_id)))


def count(session: Session) -> int:
    """The number of published suppliers."""
    query = select(func.count()).select_from(Profile).where(Profile.state == ProfileState.PUBLISHED)
    return session.scalar(query) or 0


def published_keys(session: Session, most: int, after: int) -> Sequence[str]:
    """The public ids of published suppliers in the order of their creation, after the first `after` of them."""
    query = select(Profile.public_id).where(Profile.state == ProfileState.PUBLISHED)
    return session.scalars(query.order_by(Profile.id).limit(most).offset(after)).all()


def by_region(session: Session) -> dict[str | None, int]:
    """The number of published suppliers by the code of their region; None for those without a region."""
    query = (
        select(Organisation.region_code, func.count())
        .join(Profile, Profile.organisation_id == Organisation.id)
        .where(Profile.state == ProfileState.PUBLISHED)
        .group_by(Organisation.region_code)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def names(session: Session, keys: Sequence[str], language: str) -> dict[str, str]:
    """The name and, in brackets, the id in files, by public id of the profile."""
    found: dict[str, str] = {}
    for start in range(0, len(keys), CHUNK):
        query = (
            select(Profile)
            .join(Profile.organisation)
            .where(Profile.public_id.in_(keys[start : start + CHUNK]))
            .options(contains_eager(Profile.organisation))
        )
        for profile in session.scalars(query):
            organisation = profile.organisation
            found[profile.public_id] = (
                f"{organisation.name(language)} ({organisation.external_id or profile.public_id})"
            )
    return found
