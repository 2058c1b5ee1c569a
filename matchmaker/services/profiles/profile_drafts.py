"""A supplier's own changes to its profile: a draft beside the published profile, submitted, returned or
approved.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain import plausibility
from matchmaker.domain.errors import MoveNotAllowed, StaleRevision
from matchmaker.domain.lifecycle import REVIEW_MOVES, ProfileState, ReviewState, check_move
from matchmaker.domain.plausibility import NearestStandards
from matchmaker.domain.records import SupplierRecord, parse, to_data
from matchmaker.models import Organisation, Profile, StoredFile, User
from matchmaker.models.base import now
from matchmaker.services.core import journal, undoing, urls
from matchmaker.services.mail import letters, recipients
from matchmaker.services.profiles import freshness, photos, suppliers
from matchmaker.services.profiles.profile_mapping import Resolver

DISCARDING, REMOVAL = "supplier.discarding", "supplier.removal"
Label = Callable[[str, SupplierRecord, str], str]  # a remark's key, the draft, a language


def of_organisation(session: Session, key: str) -> Profile | None:
    """The profile of the organisation with this public id, None if it has none yet."""
    return suppliers.one_whole(session, Organisation.public_id == key)


def of_organisations(session: Session, keys: Collection[str]) -> dict[str, Profile]:
    """The profiles of organisations, by their public ids; those without a profile are left out."""
    found = suppliers.whole(session, suppliers.with_firm().where(Organisation.public_id.in_(keys)))
    return {profile.organisation.public_id: profile for profile in found}


def start(session: Session, organisation: Organisation, by: str) -> Profile:
    """Create an empty profile that only its people and the centre can see."""
    profile = Profile(organisation=organisation, state=ProfileState.DRAFT)
    session.add(profile)
    session.flush()
    journal.note(session, by, "supplier.started", profile)
    return profile


def draft(profile: Profile) -> SupplierRecord:
    """The record as the supplier's people see it: the waiting changes, or the published record."""
    return parse(SupplierRecord, profile.waiting) if profile.waiting else suppliers.record(profile)


def save(
    session: Session,
    profile: Profile,
    changed: SupplierRecord,
    *,
    revision: int,
    by: str,
    today: date,
    standards: NearestStandards = plausibility.any_standard,
) -> None:
    """Store changes as a draft; a submitted draft leaves the operator's queue. Raises StaleRevision if another
    person saved since the form was opened, InvalidRecord for what a shop cannot newly say today.
    """
    made = changed.model_copy(update={"updated": today})
    if profile.revision != revision and profile.waiting != to_data(made):  # else it was sent before
        raise StaleRevision
    plausibility.demand_supplier(changed, today, draft(profile), standards)
    _keep(session, profile, made, by)


def _forget_remarks(profile: Profile, section: str, index: int) -> None:
    """Delete the remarks of a removed entry, and move up those of the entries below."""
    kept = {}
    for key, text in (profile.remarks or {}).items():
        parts = key.split(".")
        if parts[0] != section or len(parts) == 1 or int(parts[1]) < index:
            kept[key] = text
        elif int(parts[1]) > index:
            kept[".".join((section, str(int(parts[1]) - 1), *parts[2:]))] = text
    profile.remarks = kept


def touch(session: Session, profile: Profile, by: str) -> None:
    """Record a change beside the record that the centre must see before others do: a photo."""
    batch = profile.waiting_batch_id
    _keep(session, profile, draft(profile), by)
    profile.waiting_batch_id = batch


def add_photo(
    session: Session, profile: Profile, photo: photos.ReceivedPhoto, user: User, *, caption: str = ""
) -> StoredFile:
    """Add a photo of the shop; a new one waits for the centre. Raises FileRefused."""
    stored, fresh = photos.add(session, profile, photo, user, caption=caption)
    if fresh:
        touch(session, profile, user.public_id)
    return stored


def _keep(session: Session, profile: Profile, changed: SupplierRecord, by: str) -> None:
    data = to_data(changed)
    if profile.waiting == data and (profile.is_returned or profile.review == ReviewState.DRAFT):
        return  # the same again, pressed twice or at once
    profile.waiting, profile.waiting_batch_id = data, None  # whoever changes it says all of it
    if not profile.is_returned:
        profile.review = ReviewState.DRAFT
    profile.changed_at = profile.edited_at = now()
    _note(session, by, "supplier.drafted", profile)


def _note(session: Session, by: str, action: str, profile: Profile) -> None:
    """Keep an act on the draft. It raises the profile's revision, which index and database are compared by."""
    journal.note(session, by, action, profile)
    journal.announce(session, (profile.public_id,))


def discard(session: Session, profile: Profile, user: User) -> None:
    """Delete the waiting changes."""
    own = [(Profile, Profile.id == profile.id), (StoredFile, StoredFile.profile_id == profile.id)]
    with undoing.undoable(session, DISCARDING, profile, user, own):
        profile.waiting, profile.review, profile.remarks, profile.waiting_batch_id = None, None, {}, None
        profile.changed_at = now()
        photos.drop(session, profile, user.public_id)
    _note(session, user.public_id, "supplier.discarded", profile)


def remove(
    session: Session,
    profile: Profile,
    changed: SupplierRecord,
    user: User,
    *,
    revision: int,
    today: date,
    removed: tuple[str, int],
) -> None:
    """Store changes from which the entry `removed` (section, index) of a list is left out. Raises StaleRevision."""
    if profile.revision != revision:
        raise StaleRevision
    with undoing.undoable(session, REMOVAL, profile, user, [(Profile, Profile.id == profile.id)]):
        _keep(session, profile, changed.model_copy(update={"updated": today}), user.public_id)
        _forget_remarks(profile, *removed)
    journal.note(session, user.public_id, "supplier.entry_removed", profile, {"section": removed[0]})


def submit(session: Session, profile: Profile, by: str) -> None:
    """Submit the draft to the centre. Raises MoveNotAllowed where there is no draft."""
    if profile.waiting is None or profile.review is None:
        raise MoveNotAllowed(state=profile.state, target=ReviewState.SUBMITTED)
    check_move(REVIEW_MOVES, profile.review, ReviewState.SUBMITTED)
    profile.review, profile.changed_at = ReviewState.SUBMITTED, now()
    _note(session, by, "supplier.submitted", profile)


def give_back(
    session: Session, profile: Profile, remarks: Mapping[str, str], label: Label, *, revision: int, by: str
) -> None:
    """Return the submitted draft with remarks by section, entry or field; `label` names their keys in the
    e-mail.

    Raises StaleRevision, MoveNotAllowed.
    """
    _check_waiting(profile, revision)
    profile.review, profile.changed_at = ReviewState.RETURNED, now()
    profile.remarks = dict(remarks)
    _note(session, by, "supplier.returned", profile)
    _tell(session, profile, "profile_returned", label)


def approve(session: Session, profile: Profile, recogniser: Resolver, *, revision: int, by: str) -> None:
    """Publish the submitted draft. Raises StaleRevision, MoveNotAllowed."""
    _check_waiting(profile, revision)
    before, changed = suppliers.record(profile), draft(profile)
    suppliers.edit(
        session, profile, changed, recogniser, revision=revision, by=by, batch=profile.waiting_batch_id
    )
    freshness.note(profile, before, changed, changed.updated or now().date())
    if profile.waiting_batch_id is None:
        profile.confirmed_at = now()
    profile.waiting, profile.review, profile.remarks, profile.waiting_batch_id = None, None, {}, None
    photos.show(session, profile)
    if not profile.is_published:
        suppliers.move(session, profile, ProfileState.PUBLISHED, by=by)
    session.flush()
    _tell(session, profile, "profile_published")


def waiting(session: Session, centre: int, limit: int = 200) -> Sequence[Profile]:
    """The profiles of a centre with changes for the operator, the longest waiting first."""
    query = suppliers.with_firm().where(
        Organisation.centre_id == centre, Profile.review == ReviewState.SUBMITTED
    )
    return session.scalars(query.order_by(Profile.changed_at, Profile.id).limit(limit)).all()


def _check_waiting(profile: Profile, revision: int) -> None:
    if profile.revision != revision:
        raise StaleRevision
    if not profile.awaits_review:
        raise MoveNotAllowed(state=profile.review or profile.state, target=ProfileState.PUBLISHED)


def _tell(session: Session, profile: Profile, kind: str, label: Label | None = None) -> None:
    record = draft(profile)
    for reader in recipients.of_profile(session, profile):
        values = {"organisation": profile.organisation.name(reader.language), "path": urls.own_profile()}
        if label is not None:
            said = [(label(key, record, reader.language), text) for key, text in profile.remarks.items()]
            values["remarks"] = said  # type: ignore[assignment]
        letters.post(session, kind, reader.email, reader.language, values)


def exists(session: Session, organisation: Organisation) -> bool:
    return session.scalar(select(Profile.id).where(Profile.organisation_id == organisation.id)) is not None
