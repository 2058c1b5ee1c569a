"""What came of a supplier's orders: on time, and defective pieces, each of how many and how sure. Counted, never typed."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import COUNTED_ENTRIES, EntryState
from matchmaker.models import Match, Need, OrderEntry, Organisation, Profile, PurchaseOrder, User
from matchmaker.models.base import now
from matchmaker.services.core import journal

FEWEST_CUSTOMERS = 3  # below, strangers could tell whose deliveries they were
_BLOCK = "deliveries"  # of the profile, in its visibility
_SURE = 1.96  # standard deviations within which 95 of 100 lie


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """The deliveries that both sides confirmed, to so many customers: those with an agreed day, those of them that kept it, all
    pieces and the defective ones. `said` are deliveries that one side alone tells of; they count for nothing else.
    """

    customers: int
    deliveries: int
    dated: int
    on_time: int
    pieces: int
    defective: int
    said: int

    @property
    def is_public(self) -> bool:
        """Whether there are so many customers that nobody can tell one of them from the record."""
        return self.customers >= FEWEST_CUSTOMERS

    @property
    def on_time_percent(self) -> tuple[float, float, float] | None:
        """The deliveries on time in percent, and from where to where the true share lies; None without one."""
        return _share(self.on_time, self.dated, 100)

    @property
    def defects_per_thousand(self) -> tuple[float, float, float] | None:
        """The defective pieces of a thousand, and from where to where the true rate lies; None without a piece."""
        return _share(min(self.defective, self.pieces), self.pieces, 1000)


def wilson(found: int, of: int) -> tuple[float, float]:
    """The bounds within which a share of which `found` of `of` were seen lies with 95 % (Wilson 1927): near 0 and 1, and of few,
    it stays within 0 and 1, where the usual formula does not.
    """
    share, square = found / of, _SURE * _SURE
    middle = share + square / (2 * of)
    reach = _SURE * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    whole = 1 + square / of
    return max((middle - reach) / whole, 0.0), min((middle + reach) / whole, 1.0)


def _share(found: int, of: int, whole: int) -> tuple[float, float, float] | None:
    if not of:
        return None
    low, high = wilson(found, of)
    return whole * found / of, whole * low, whole * high


def of_profiles(session: Session, ids: Collection[int]) -> dict[int, DeliveryRecord]:
    """The records of profiles (row ids) that have any delivery, in one statement."""
    query = _counted().where(Match.profile_id.in_(ids))
    return {row[0]: DeliveryRecord(*map(int, row[1:])) for row in session.execute(query)}


def _counted() -> Select[Any]:
    """A row a profile with any delivery: its row id, and what a record counts."""
    delivery, confirmed = OrderEntry.kind == "delivery", OrderEntry.state == EntryState.CONFIRMED
    came = and_(delivery, confirmed)
    dated = and_(came, OrderEntry.due_on.is_not(None))
    return (
        select(
            Match.profile_id,
            func.count(case((came, Need.contractor_id)).distinct()),
            func.count(case((came, 1))),
            func.count(case((dated, 1))),
            func.count(case((and_(dated, OrderEntry.day <= OrderEntry.due_on), 1))),
            func.coalesce(func.sum(case((came, OrderEntry.pieces))), 0),
            func.coalesce(func.sum(case((confirmed, OrderEntry.defective))), 0),
            func.count(case((and_(delivery, OrderEntry.state == EntryState.SAID), 1))),
        )
        .join(PurchaseOrder, PurchaseOrder.id == OrderEntry.order_id)
        .join(Match, Match.id == PurchaseOrder.match_id)
        .join(Need, Need.id == Match.need_id)
        .where(OrderEntry.kind.in_(("delivery", "defects")))
        .where(OrderEntry.state.in_(COUNTED_ENTRIES), PurchaseOrder.opened_at <= now())
        .group_by(Match.profile_id)
    )


def of_suppliers(session: Session, profiles: Collection[Profile], centre: int) -> dict[int, DeliveryRecord]:
    """The records that a centre (row id) reads, by the row ids of the profiles: all of those of its own firms, of other centres'
    firms what everybody may read.
    """
    own = {one.id: one.organisation.centre_id == centre for one in profiles}
    shown = {one.id for one in profiles if is_shown(one)}
    found = of_profiles(session, [key for key in own if own[key] or key in shown])
    return {key: record for key, record in found.items() if own[key] or record.is_public}


def for_centre(session: Session, keys: Collection[str], centre: int) -> dict[str, DeliveryRecord]:
    """The same by the public ids of the profiles, in one statement."""
    if not keys:
        return {}
    query = (
        _counted()
        .join(Profile, Profile.id == Match.profile_id)
        .join(Organisation, Organisation.id == Profile.organisation_id)
        .add_columns(Profile.public_id, Profile.visibility, Organisation.centre_id)
        .where(Profile.public_id.in_(keys))
        .group_by(Profile.id, Organisation.id)
    )
    found = {}
    for _id, *counts, key, visibility, home in session.execute(query):
        record = DeliveryRecord(*map(int, counts))
        if home == centre or (_is_shown(visibility) and record.is_public):
            found[key] = record
    return found


def of_profile(session: Session, profile: Profile) -> DeliveryRecord | None:
    """The record of a profile, None without any delivery."""
    return of_profiles(session, [profile.id]).get(profile.id)


def for_strangers(session: Session, profile: Profile) -> DeliveryRecord | None:
    """The record as everybody may read it: where the supplier shows it, and customers are so many that none can be told."""
    record = of_profile(session, profile) if is_shown(profile) else None
    return record if record is not None and record.is_public else None


def is_shown(profile: Profile) -> bool:
    """Whether the supplier shows its record on its public profile."""
    return _is_shown(profile.visibility)


def _is_shown(visibility: Mapping[str, str] | None) -> bool:
    return (visibility or {}).get(_BLOCK) == "all"


def show(session: Session, profile: Profile, user: User, *, shown: bool) -> None:
    """Show the record on the public profile, or no longer."""
    if is_shown(profile) == shown:
        return
    rest = {name: who for name, who in (profile.visibility or {}).items() if name != _BLOCK}
    profile.visibility = {**rest, _BLOCK: "all"} if shown else rest
    journal.note(session, user.public_id, "supplier.deliveries_shown", profile, {"shown": shown})
    journal.announce(session, (profile.public_id,))
