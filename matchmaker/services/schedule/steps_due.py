"""The steps that are due, told to who owns the next one: late deliveries, steps to a certificate, development cards.

All that is due for somebody stands in one e-mail, at most one a day. A step is told when its day has come, and once more after a week
and after two.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import CardState
from matchmaker.models import CertificationStep, DevelopmentCard, Need, Organisation, Profile, User
from matchmaker.services.core import signed_links, urls
from matchmaker.services.core.site import site_of
from matchmaker.services.development import ladders
from matchmaker.services.mail import letters, recipients
from matchmaker.services.mail.recipients import Recipient
from matchmaker.services.needs import need_summary
from matchmaker.services.orders import order_links, orders
from matchmaker.services.orders.orders import OrderCourse
from matchmaker.services.schedule.due_day import PATIENCE, DueDay, first

KIND = "steps_due"
AGAIN_AFTER = 7  # days
_MARK = "letter"


@dataclass(frozen=True, slots=True)
class DueStep:
    """A step that somebody owns: a mark of what it is about, its day, and its words, in the reader's language."""

    mark: str
    due_on: date
    what: str
    title: str
    path: str
    facts: tuple[tuple[str, str], ...]


def tell(session: Session, day: DueDay) -> Iterator[None]:
    """Post to everybody who owns a step that is due what is due, once a person and day."""
    owned: dict[str, list[tuple[Recipient, DueStep]]] = defaultdict(list)
    for reader, step in (*_orders(session, day), *_ladders(session, day), *_cards(session, day)):
        if reader.wants(KIND):
            owned[_key_of(session, reader)].append((reader, step))
    for key, steps in owned.items():
        today = f"{KIND} {key} {day.today}"
        if signed_links.used(session, _MARK, today):
            continue
        fresh = [step for _, step in steps if first(session, KIND, key, step.mark, _turn(step, day.today))]
        if fresh and first(session, today):
            _post(session, steps[0][0], sorted(fresh, key=lambda step: step.due_on))
            yield


def _key_of(session: Session, reader: Recipient) -> str:
    return reader.user or signed_links.mark_of(site_of(session), reader.email)


def _turn(step: DueStep, today: date) -> str:
    """Which telling of a step is due: of a step that was moved to another day the first one again."""
    return f"{step.due_on} {(today - step.due_on).days // AGAIN_AFTER}"


def _post(session: Session, reader: Recipient, steps: Sequence[DueStep]) -> None:
    told = [
        {"what": step.what, "title": step.title, "path": step.path, "facts": step.facts} for step in steps
    ]
    values = {"steps": told, "settings": urls.chosen_letters() if reader.user else ""}
    letters.post(session, KIND, reader.email, reader.language, values)


def _orders(session: Session, day: DueDay) -> Iterator[tuple[Recipient, DueStep]]:
    """Late orders: the supplier's while good pieces are missing, else of the side that has not confirmed what was said."""
    for order in orders.late_since(session, day.today - PATIENCE, day.today):
        course, match = orders.course(session, order), order.match
        for side in _sides(course):
            supplies = side == "supplier"
            firm = match.profile.organisation if supplies else match.need.contractor
            if firm is None or not firm.blocked:
                found = (
                    recipients.of_profile(session, match.profile)
                    if supplies
                    else recipients.of_contractor(session, match.need)
                )
                for reader in found:
                    yield reader, _of_order(session, course, side, reader)


def _sides(course: OrderCourse) -> Sequence[str]:
    """The sides that own the next step of a late order."""
    waited_for = [side for side in orders.OTHER_SIDE if course.waiting_for(side)]
    all_came = all(line.missing == 0 for line in course.lines)
    return waited_for if all_came and waited_for else ("supplier",)


def _of_order(session: Session, course: OrderCourse, side: str, reader: Recipient) -> DueStep:
    order, _ = course.order, letters.words(reader.language)
    assert order.due_on is not None
    waiting, came = len(course.waiting_for(side)), sum(line.delivered for line in course.lines)
    facts = [
        (_(N_("Deliver by")), letters.day_in(reader.language, order.due_on)),
        (_(N_("Came")), _(N_("%(pieces)s pcs")) % {"pieces": came}),
    ]
    facts += [(_(N_("To confirm")), str(waiting))] if waiting else []
    asked = {
        "supplier": N_("A delivery is late: say what was delivered, or agree on a new day"),
        "contractor": N_("A delivery waits for your word: confirm it, or say otherwise"),
    }
    return DueStep(
        f"order {order.public_id}",
        order.due_on,
        _(asked[side]),
        need_summary.title_in_letters(order.match.need, reader.language),
        order_links.path(session, order, side, reader),
        tuple(facts),
    )


def _ladders(session: Session, day: DueDay) -> Iterator[tuple[Recipient, DueStep]]:
    """Next steps to a certificate, of their owner; without one of the people of the shop."""
    step = CertificationStep
    query = (
        select(step)
        .where(step.id.in_(ladders.current()), step.next_step.is_not(None))
        .where(step.next_on.between(day.today - PATIENCE, day.today))
        .order_by(step.id)
        .options(joinedload(step.owner), joinedload(step.profile).joinedload(Profile.organisation))
    )
    for one in session.scalars(query):
        for reader, is_of_shop in _owners(session, one.owner, one.profile):
            assert one.next_on is not None
            _ = letters.words(reader.language)
            yield (
                reader,
                DueStep(
                    f"ladder {one.public_id}",
                    one.next_on,
                    _(N_("A step to a certificate is due")),
                    one.profile.organisation.name(reader.language),
                    urls.own_ladders() if is_of_shop else urls.ladder(one.profile.public_id, one.standard),
                    (
                        (_(N_("Next step")), one.next_step or ""),
                        (_(N_("Day")), letters.day_in(reader.language, one.next_on)),
                    ),
                ),
            )


def _cards(session: Session, day: DueDay) -> Iterator[tuple[Recipient, DueStep]]:
    """Development cards whose day has come, of their owner; without one of the people of the shop."""
    card = DevelopmentCard
    query = (
        select(card)
        .where(card.state == CardState.OPEN, card.due_on.between(day.today - PATIENCE, day.today))
        .order_by(card.id)
        .options(
            joinedload(card.owner),
            joinedload(card.profile).joinedload(Profile.organisation),
            joinedload(card.need).joinedload(Need.contractor),
        )
    )
    for one in session.scalars(query):
        for reader, is_of_shop in _owners(session, one.owner, one.profile):
            _ = letters.words(reader.language)
            yield (
                reader,
                DueStep(
                    f"card {one.public_id}",
                    one.due_on,
                    _(N_("A gap was to be closed by now")),
                    one.profile.organisation.name(reader.language),
                    urls.own_cards() if is_of_shop else urls.card(one.public_id),
                    (
                        (_(N_("What closes it")), one.what),
                        (_(N_("Day")), letters.day_in(reader.language, one.due_on)),
                    ),
                ),
            )


def _owners(session: Session, owner: User | None, profile: Profile) -> list[tuple[Recipient, bool]]:
    """Who owns a step, with whether it is of the shop; nobody where the shop is blocked or the owner has left."""
    firm: Organisation = profile.organisation
    people = () if firm.blocked else recipients.members(session, firm, "supplier_editor")
    if owner is None:
        return [(recipients.of_user(user), True) for user in people]
    return [(recipients.of_user(owner), owner in people)] if owner.active else []
