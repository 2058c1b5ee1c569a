"""The allow-list: the installations with which bundles are exchanged, each added by a person who compared its fingerprint."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import Faults, NotFound, wrong_field
from matchmaker.domain.language import N_, language_of
from matchmaker.domain.lifecycle import ProfileState
from matchmaker.domain.records import clean_text
from matchmaker.models import Centre, Neighbour, Organisation, Profile, TakenNeed
from matchmaker.models.base import now
from matchmaker.models.organisations import DISCLOSURE_LEVELS
from matchmaker.services.bundles import bundle_keys
from matchmaker.services.bundles.bundle_keys import BundleKey
from matchmaker.services.core import journal, outside

FIELDS = ("name", "key", "fingerprint", "level", "address")
_LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class NeighbourView:
    """A neighbour, and the numbers of its firms shown here and of its needs taken."""

    neighbour: Neighbour
    firms: int
    needs: Sequence[TakenNeed]


def listed(session: Session) -> list[NeighbourView]:
    """The neighbours of the allow-list by the name of their centre, in three statements."""
    query = select(Neighbour).where(Neighbour.ended_at.is_(None)).options(joinedload(Neighbour.centre))
    found = sorted(session.scalars(query), key=lambda one: (one.centre.name("ru").casefold(), one.id))
    firms = dict(
        session.execute(
            select(Organisation.centre_id, func.count())
            .join(Profile, Profile.organisation_id == Organisation.id)
            .where(
                Organisation.centre_id.in_([one.centre_id for one in found]),
                Profile.state == ProfileState.PUBLISHED,
            )
            .group_by(Organisation.centre_id)
        ).all()
    )
    taken = session.scalars(
        select(TakenNeed)
        .where(TakenNeed.neighbour_id.in_([one.id for one in found]))
        .options(joinedload(TakenNeed.need))
        .order_by(TakenNeed.id)
    ).all()
    return [
        NeighbourView(
            one, firms.get(one.centre_id, 0), [need for need in taken if need.neighbour_id == one.id]
        )
        for one in found
    ]


def by_key(session: Session, key: str, *, locked: bool = False) -> Neighbour:
    """The neighbour with this public id, fingerprint or code of its centre; `locked` until the transaction ends. Raises NotFound."""
    named = or_(
        Neighbour.public_id == key,
        Neighbour.fingerprint == bundle_keys.typed_fingerprint(key),
        Neighbour.centre_id.in_(select(Centre.id).where(Centre.code == key)),
    )
    return _one(session, named, key, locked=locked)


def by_fingerprint(session: Session, fingerprint: str) -> Neighbour | None:
    """The neighbour of the allow-list with this key, locked until the transaction ends."""
    query = select(Neighbour).where(Neighbour.fingerprint == fingerprint, Neighbour.ended_at.is_(None))
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))


def _one(session: Session, named: object, key: str, *, locked: bool) -> Neighbour:
    query = select(Neighbour).where(named, Neighbour.ended_at.is_(None))  # type: ignore[arg-type]
    if locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotFound(what="neighbour", key=key)
    return found


def add(
    session: Session,
    given: Mapping[str, str],
    own: BundleKey | None,
    home: Centre,
    *,
    by: str,
    allowed: Collection[str] = (),
) -> Neighbour:
    """Add a neighbour by its public key and the fingerprint that a person was told another way, or change the name and the level of
    the one with this key. `allowed` are hosts of the own network at which a neighbour's site may stand. Raises InvalidRecord.
    """
    public = bundle_keys.public_key(given.get("key", ""))
    name = " ".join(clean_text(given.get("name", "")).split())[:_LONGEST_NAME]
    level = given.get("level", "")
    faults = Faults()
    with faults:
        _check_key(public, given, own)
    with faults:
        if not name:
            raise wrong_field("name", "name.missing", N_("Give the centre's name."))
    with faults:
        if level not in DISCLOSURE_LEVELS:
            raise wrong_field("level", "bundle.level", N_("Choose what may leave for it."), level)
    address = given.get("address", "").strip()
    with faults:
        if address and not outside.is_usable(address, allowed):
            message = N_("Give an address that begins with https:// and is open to the internet.")
            raise wrong_field("address", "url.forbidden", message, address)
    faults.settle()
    fingerprint = bundle_keys.fingerprint_of(public)
    found = session.scalar(select(Neighbour).where(Neighbour.fingerprint == fingerprint).with_for_update())
    is_new = found is None or found.ended_at is not None
    if found is None:
        centre = Centre(code=f"neighbour-{fingerprint[:16]}")
        found = Neighbour(centre=centre, public_key=public, fingerprint=fingerprint, sent={})
        session.add(found)
    names = {"ru": None, "en": None, language_of(name): name}
    found.centre.name_ru, found.centre.name_en = names["ru"], names["en"]
    found.level, found.ended_at, found.changed_at = level, None, now()
    found.address, found.fault = address or None, None
    session.flush()
    told = {"fingerprint": fingerprint, "level": level}
    action = "neighbour.added" if is_new else "neighbour.changed"
    journal.note(session, by, action, found.centre, told, centre=home.code)
    return found


def _check_key(public: str, given: Mapping[str, str], own: BundleKey | None) -> None:
    """Raise InvalidRecord for a key that is none or the own one, and for a fingerprint that is not the key's. Which one would be is
    not told: it is to come from the neighbour itself.
    """
    faults = Faults()
    with faults:
        if not public:
            message = N_("Paste the public key whole: 44 letters, digits and signs, the last one is “=”.")
            raise wrong_field("key", "bundle.key", message, given.get("key", ""))
        if own is not None and public == own.public:
            raise wrong_field("key", "bundle.own_key", N_("This is the key of this site itself."))
    typed = bundle_keys.typed_fingerprint(given.get("fingerprint", ""))
    with faults:
        if not typed:
            message = N_("Type the fingerprint whole: ten groups of four signs, 0 to 9 and A to F.")
            raise wrong_field("fingerprint", "bundle.fingerprint", message, given.get("fingerprint", ""))
        if public and typed != bundle_keys.fingerprint_of(public):
            message = N_(
                "This is not the fingerprint of the key above: one of the two is mistyped, or somebody put another key in between. Ask the "
                "neighbour for both again, the fingerprint by telephone."
            )
            raise wrong_field(
                "fingerprint", "bundle.other_fingerprint", message, given.get("fingerprint", "")
            )
    faults.settle()
