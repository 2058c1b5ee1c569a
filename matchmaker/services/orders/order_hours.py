"""The machine-hours that a supplier books for an order out of its free ones, and gives back when the work is over or cancelled."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import InvalidRecord, MoveNotAllowed, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import OrderState
from matchmaker.models import OrderHours, Profile, PurchaseOrder, SpareCapacity
from matchmaker.models.base import now
from matchmaker.services.core import journal
from matchmaker.services.core.locks import lock_row as take_turns
from matchmaker.services.core.locks import read_anew
from matchmaker.services.orders.orders import Speaker
from matchmaker.services.profiles import capacity

FURTHEST_WEEKS = 26
LEAST = 0.1  # hours of a week


def of_order(session: Session, order: PurchaseOrder) -> Sequence[OrderHours]:
    """The booked hours, by group and week."""
    own = select(OrderHours).where(OrderHours.order_id == order.id)
    return session.scalars(own.order_by(OrderHours.group_code, OrderHours.week)).all()


def free(order: PurchaseOrder, booked: Sequence[OrderHours], today: date) -> dict[str, dict[int, float]]:
    """The hours that the order may take: by group and week, from this week to the agreed day, its own ones among them."""
    own = {(one.group_code, one.week): one.hours for one in booked}
    wanted = set(_weeks(order, today))
    found: dict[str, dict[int, float]] = {}
    for row in order.match.profile.capacity:
        if row.week in wanted:
            left = row.maximum_hours - row.agreed_hours + own.get((row.group_code, row.week), 0.0)
            found.setdefault(row.group_code, {})[row.week] = min(max(left, 0.0), row.maximum_hours)
    return {group: dict(sorted(weeks.items())) for group, weeks in found.items()}


def _weeks(order: PurchaseOrder, today: date) -> tuple[int, ...]:
    """The ISO weeks from today to the agreed day; without one, or after it, as many as a supplier plans."""
    if order.due_on is None or order.due_on < today:
        return capacity.weeks(today)
    monday = today.toordinal() - today.weekday()
    return capacity.weeks(today, min((order.due_on.toordinal() - monday) // 7 + 1, FURTHEST_WEEKS))


def book(
    session: Session, order: PurchaseOrder, group: str, hours: float, speaker: Speaker, today: date
) -> None:
    """Take so many hours of a group of machines for the order, from this week on, shared among its weeks as they are free; 0 gives
    them back. Said again it stays.

    Raises InvalidRecord where fewer are free, MoveNotAllowed where the order is over.
    """
    profile = _locked(session, order)
    if not order.is_running:
        raise MoveNotAllowed(state=order.state, target=OrderState.RUNNING)
    booked = of_order(session, order)
    open_hours = free(order, booked, today)
    present = {one.week: one.hours for one in booked if one.group_code == group}
    if group not in open_hours and not (present and hours == 0):
        message = N_(
            "No free hours of this group of machines are stated up to the day of delivery. State them first."
        )
        raise InvalidRecord((Problem("group", "hours.none", message, group[:40]),))
    weeks, coming = open_hours.get(group, {}), capacity.week_of(today)
    past = {week: taken for week, taken in present.items() if week < coming}
    ahead = {week: taken for week, taken in present.items() if week >= coming}
    if set(ahead) <= set(weeks) and abs(sum(ahead.values()) - hours) < LEAST:
        return
    most = round(sum(weeks.values()), 1)
    if not 0 <= hours <= most:
        message = N_(
            "Up to the day of delivery %(most)s hours are free. Book at most as many, or state more free hours first."
        )
        raise InvalidRecord((Problem("hours", "hours.many", message, f"{hours:g}", {"most": f"{most:g}"}),))
    _set(session, order, profile, {group: past | _shared(weeks, hours)}, booked)
    told = {"group": group, "side": speaker.side}
    journal.note(
        session,
        speaker.actor,
        "order.hours_booked" if hours else "order.hours_released",
        order,
        told,
    )


def _shared(weeks: Mapping[int, float], hours: float) -> dict[int, float]:
    """Hours shared among weeks by what is free in each."""
    whole = sum(weeks.values())
    parts = {week: hours * left / whole for week, left in weeks.items()} if whole else {}
    return {week: part for week, part in parts.items() if part >= LEAST}


def release(session: Session, order: PurchaseOrder) -> None:
    """Give back the hours of this week and later ones: the work is over, or nothing of it is wanted any more."""
    profile = _locked(session, order)
    booked = of_order(session, order)
    if booked:
        coming = capacity.week_of(now().date())
        groups = {one.group_code for one in booked}
        kept = {
            group: {one.week: one.hours for one in booked if one.group_code == group and one.week < coming}
            for group in groups
        }
        _set(session, order, profile, kept, booked)


def _locked(session: Session, order: PurchaseOrder) -> Profile:
    """The order's supplier, once both are locked, as they are now: somebody may have changed them meanwhile."""
    session.flush()
    take_turns(session, order)
    read_anew(session, order)
    profile = order.match.profile
    take_turns(session, profile)
    session.refresh(profile, ["capacity"])
    for row in profile.capacity:
        session.refresh(row)
    return profile


def _set(
    session: Session,
    order: PurchaseOrder,
    profile: Profile,
    wanted: Mapping[str, Mapping[int, float]],
    booked: Sequence[OrderHours],
) -> None:
    """Book these hours of each named group in place of those that were; the shop's agreed hours follow."""
    rows: dict[tuple[str, int], SpareCapacity] = {(row.group_code, row.week): row for row in profile.capacity}
    change: dict[tuple[str, int], float] = {}
    for one in booked:
        if one.group_code in wanted:
            change[one.group_code, one.week] = -one.hours
            session.delete(one)
    session.flush()
    for group, weeks in wanted.items():
        for week, hours in weeks.items():
            change[group, week] = change.get((group, week), 0.0) + hours
            session.add(OrderHours(order_id=order.id, group_code=group, week=week, hours=hours))
    for key, more in change.items():
        row = rows.get(key)
        if row is not None:
            row.agreed_hours = min(max(row.agreed_hours + more, 0.0), row.maximum_hours)
    profile.changed_at = now()
    session.flush()
    journal.announce(session, (profile.public_id,))
