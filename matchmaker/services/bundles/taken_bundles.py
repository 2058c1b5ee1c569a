"""The taking of a neighbour's bundle: checked, then taken whole or not at all; and the end of what a neighbour takes back.

A bundle is the whole truth of its neighbour: what the newest one does not hold is gone here too. Firms stand under the neighbour's
own centre, without its verifications; needs become drafts of the home centre, for its operators to publish. What somebody here has
worked on is not overwritten: such a need is closed with its reason when it is withdrawn, such a firm is hidden.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import FileRefused
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import NeedState, ProfileState
from matchmaker.domain.records import NameRecord, NeedRecord, SupplierRecord, to_data
from matchmaker.models import Centre, Need, Neighbour, Organisation, Profile, TakenNeed
from matchmaker.models.base import now
from matchmaker.models.organisations import OF_NEIGHBOUR
from matchmaker.services.bundles import bundle_format, neighbours
from matchmaker.services.bundles.bundle_format import BundleHead
from matchmaker.services.bundles.bundle_keys import BundleKey, grouped
from matchmaker.services.core import journal
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.imports import import_rollback
from matchmaker.services.needs import needs
from matchmaker.services.needs.needs import NeedPosting
from matchmaker.services.profiles import profile_mapping, suppliers
from matchmaker.services.profiles.profile_mapping import Resolver, TermCodes
from matchmaker.services.profiles.supplier_bulk import CHUNK, SavingRules

CHANNEL = "centre"  # of a need that another centre sent
_RULES = SavingRules(keep_twins=True, whole=True)

_UNKNOWN = N_(
    "The bundle is signed by the key %(fingerprint)s, which is on no list of neighbours here. If a neighbour has a new key, compare the "
    "fingerprint by telephone and add it first."
)
_NOT_FOR_US = N_("The bundle was made for another installation; it is not for this one.")
_REPLAYED = N_("This bundle was taken on %(day)s already; a new one has a higher number.")
_ROLLED_BACK = N_(
    "The bundle is older than the one taken on %(day)s: its number %(serial)s is below %(taken)s."
)


@dataclass(frozen=True, slots=True)
class TakenCounts:
    """The numbers of firms and needs that a bundle brought, changed and took away; `kept` are changed needs that somebody here works on."""

    firms: int = 0
    firms_gone: int = 0
    needs: int = 0
    needs_changed: int = 0
    needs_gone: int = 0
    kept: int = 0


@dataclass(frozen=True, slots=True)
class TakenBundle:
    """A bundle that was taken: its neighbour, its head, and what it did."""

    neighbour: Neighbour
    head: BundleHead
    counts: TakenCounts


@dataclass(frozen=True, slots=True)
class BundleOffice:
    """Where bundles are taken: the home centre, its key, the reader of terms, and the reason (its code) of needs that are withdrawn."""

    home: Centre
    key: BundleKey
    recogniser: Resolver
    withdrawn: str


def take(
    session: Session, raw: bytes, office: BundleOffice, *, by: str, at: datetime | None = None
) -> TakenBundle:
    """Take the bytes of a bundle. Raises FileRefused with the reason, before anything is changed."""
    moment = at or now()
    opened = bundle_format.opened(raw)
    head = opened.head
    neighbour = neighbours.by_fingerprint(session, head.issuer)
    if neighbour is None:
        raise FileRefused(_UNKNOWN, fingerprint=grouped(head.issuer))
    opened.demand_signed(neighbour.public_key)
    if head.audience != office.key.fingerprint:
        raise FileRefused(_NOT_FOR_US)
    opened.demand_in_time(moment)
    _demand_newer(head, neighbour)
    records = opened.records()
    firms = [_unverified(one) for one in records if isinstance(one, SupplierRecord)]
    asked = [one for one in records if isinstance(one, NeedRecord)]
    gone = _take_firms(session, neighbour, firms, office, by)
    new, changed, kept = _take_needs(session, neighbour, asked, office.home, by)
    needs_gone = _end_needs(session, neighbour, {one.id for one in asked}, office.withdrawn, by)
    neighbour.taken_serial, neighbour.taken_at, neighbour.taken_until = head.serial, moment, head.expires
    counts = TakenCounts(len(firms), gone, new, changed, needs_gone, kept)
    details = {
        "serial": head.serial,
        "firms": len(firms),
        "needs": len(asked),
        "withdrawn": len(head.withdrawn),
    }
    journal.note(session, by, "bundle.taken", neighbour.centre, details, centre=office.home.code)
    session.flush()
    return TakenBundle(neighbour, head, counts)


def _demand_newer(head: BundleHead, neighbour: Neighbour) -> None:
    """Raise FileRefused for a number that is not above that of the newest bundle taken, whenever that was."""
    day = f"{neighbour.taken_at:%Y-%m-%d %H:%M} UTC" if neighbour.taken_at else ""
    if head.serial == neighbour.taken_serial:
        raise FileRefused(_REPLAYED, day=day)
    if head.serial < neighbour.taken_serial:
        raise FileRefused(_ROLLED_BACK, day=day, serial=head.serial, taken=neighbour.taken_serial)


def _unverified(firm: SupplierRecord) -> SupplierRecord:
    """A firm whose certificates nobody here has verified."""
    told = tuple(one.model_copy(update={"verified": False}) for one in firm.certificates)
    return firm.model_copy(update={"certificates": told})


def _take_firms(
    session: Session, neighbour: Neighbour, firms: Sequence[SupplierRecord], office: BundleOffice, by: str
) -> int:
    """Save the firms under the neighbour's centre; how many others of it are gone."""
    origin, codes = RecordOrigin(neighbour.centre, OF_NEIGHBOUR, by), TermCodes(office.recogniser)
    suppliers.save_many(session, firms, codes, origin, _RULES)
    told = {one.id for one in firms}
    hidden = suppliers.with_firm().where(
        Organisation.centre_id == neighbour.centre_id, Profile.state == ProfileState.BLOCKED
    )
    for profile in session.scalars(hidden).all():
        if profile.organisation.external_id in told:
            suppliers.move(session, profile, ProfileState.PUBLISHED, by=by)
    return _end_firms(session, neighbour, told, by)


def _end_firms(session: Session, neighbour: Neighbour, told: set[str], by: str) -> int:
    """Take away the neighbour's firms that are not told any more, and their number: one that nobody has worked with is deleted, of
    another the name alone stays, hidden.
    """
    shown = Organisation.centre_id == neighbour.centre_id, Profile.state != ProfileState.BLOCKED
    query = select(Profile.id, Organisation.external_id).join(Profile.organisation).where(*shown)
    gone = [row.id for row in session.execute(query) if row.external_id not in told]
    for start in range(0, len(gone), CHUNK):
        part = Profile.id.in_(gone[start : start + CHUNK])
        unused = session.execute(import_rollback.unused_suppliers(part)).all()
        import_rollback.drop_suppliers(session, unused)
        for profile in suppliers.whole(session, suppliers.with_firm().where(part)):
            _empty(profile)
            suppliers.move(session, profile, ProfileState.BLOCKED, by=by)
    return len(gone)


def _empty(profile: Profile) -> None:
    """Leave nothing of a firm but its name."""
    firm = profile.organisation
    bare = SupplierRecord(id=firm.external_id or "-", name=NameRecord(ru=firm.name_ru, en=firm.name_en))
    for name, value in profile_mapping.profile_columns(bare).items():
        setattr(profile, name, value)
    for parts in profile_mapping.CHILDREN.values():
        setattr(profile, parts, [])
    profile.content_hash = None
    firm.inn = firm.region = firm.region_code = firm.city = firm.address = firm.latitude = firm.longitude = (
        None
    )


def _take_needs(
    session: Session, neighbour: Neighbour, told: Sequence[NeedRecord], home: Centre, by: str
) -> tuple[int, int, int]:
    """Make drafts of new needs and renew those that nobody here has changed: how many are new, changed, and changed beside our work."""
    known = {one.external_id: one for one in _taken(session, neighbour)}
    new = changed = kept = 0
    for record in told:
        data, taken = to_data(record), known.get(record.id)
        if taken is None:
            _make_need(session, neighbour, record, home, by)
            new += 1
        elif taken.record != data:
            if taken.is_untouched:
                _renew_need(session, taken, record, by)
                changed += 1
            else:
                taken.changed_there = True
                kept += 1
            taken.record = data
    session.flush()
    return new, changed, kept


def _taken(session: Session, neighbour: Neighbour) -> Sequence[TakenNeed]:
    parts = joinedload(TakenNeed.need).joinedload(Need.centre)
    query = select(TakenNeed).where(TakenNeed.neighbour_id == neighbour.id).options(parts)
    return session.scalars(query.order_by(TakenNeed.id)).all()


def _make_need(session: Session, neighbour: Neighbour, record: NeedRecord, home: Centre, by: str) -> None:
    posting = NeedPosting(channel=CHANNEL, reach="centre", disclosure="name-hidden")
    own = record.model_copy(update={"id": "new"})
    need = needs.post(session, own, centre=home, by=by, posting=posting)
    need.details = {"origin": neighbour.centre.name("ru")}
    session.flush()
    session.add(
        TakenNeed(
            neighbour_id=neighbour.id,
            external_id=record.id,
            need_id=need.id,
            record=to_data(record),
            revision=need.revision,
        )
    )


def _renew_need(session: Session, taken: TakenNeed, record: NeedRecord, by: str) -> None:
    for name, value in needs.need_columns(record).items():
        setattr(taken.need, name, value)
    session.flush()
    taken.revision = taken.need.revision
    journal.note(session, by, "need.renewed", taken.need)


def _end_needs(session: Session, neighbour: Neighbour, told: set[str], reason: str, by: str) -> int:
    """End the needs that are not told any more, and their number: a draft that nobody has worked on is deleted, of the others those that
    are open or in preparation are closed for this reason; what is under contract stays.
    """
    gone = [one for one in _taken(session, neighbour) if one.external_id not in told and one.record]
    left = [one.need_id for one in gone if one.is_untouched]
    unused = session.execute(import_rollback.unused_needs(Need.id.in_(left))).all()
    dropped = {row.id for row in unused}
    for one in gone:
        if one.need_id in dropped:
            journal.note(session, by, "need.withdrawn", one.need)
            continue
        one.record = {}
        if one.need.is_in_preparation or one.need.is_open:
            needs.move(session, one.need, NeedState.CLOSED, by=by, reason=reason)
    session.flush()
    import_rollback.drop_needs(session, unused)
    session.expire_all()
    return len(gone)


def expire(session: Session, at: datetime, reason: str) -> Iterator[Neighbour]:
    """Take away what neighbours sent in bundles that hold no more."""
    late = select(Neighbour).where(Neighbour.taken_until <= at).with_for_update()
    for neighbour in session.scalars(late).all():
        _end_all(session, neighbour, reason, "schedule")
        neighbour.taken_until = None
        journal.note(session, "schedule", "bundle.expired", neighbour.centre)
        yield neighbour


def remove(session: Session, neighbour: Neighbour, home: Centre, reason: str, *, by: str) -> None:
    """Take a neighbour off the allow-list, and away what it sent. Its numbers stay known: old bundles stay refused."""
    _end_all(session, neighbour, reason, by)
    neighbour.ended_at, neighbour.taken_until, neighbour.changed_at = now(), None, now()
    details = {"fingerprint": neighbour.fingerprint}
    journal.note(session, by, "neighbour.removed", neighbour.centre, details, centre=home.code)


def _end_all(session: Session, neighbour: Neighbour, reason: str, by: str) -> None:
    _end_firms(session, neighbour, set(), by)
    _end_needs(session, neighbour, set(), reason, by)
