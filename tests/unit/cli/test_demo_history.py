"""The history of the demo: orders in every stage, ladders and cards, made by the use cases, the same for the same seed."""

from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from matchmaker.cli import demo
from matchmaker.domain.lifecycle import EntryState, OrderState
from matchmaker.models import (
    CertificateRow,
    CertificationStep,
    Decision,
    DeliveryRating,
    DevelopmentCard,
    Event,
    EventAnswer,
    EventMeeting,
    ExchangeRate,
    Need,
    OrderClaim,
    OrderEntry,
    Organisation,
    PeriodLock,
    PurchaseOrder,
    Session,
    SpareCapacity,
    SupportOffer,
    User,
)
from matchmaker.services.imports import demo as generator
from matchmaker.settings import Settings
from matchmaker.wiring import Application
from tests.support.browser import TODAY


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(generator, "SUPPLIERS", 60)
        folder = tmp_path_factory.mktemp("demo")
        application = Application(Settings(data=folder, _env_file=None), clock=lambda: TODAY)
        demo.load(application)
        demo.play(application, "operator@demo-centre.example", "supplier@demo-centre.example")
    with application.sessions() as session:
        yield session
    application.close()


def test_orders_stand_in_every_stage_and_nothing_happened_before_its_time(session: Session) -> None:
    orders = session.scalars(select(PurchaseOrder)).all()
    assert {OrderState.RUNNING, OrderState.DELIVERED} <= {one.state for one in orders}
    entries = session.scalars(select(OrderEntry)).all()
    assert {"delivery", "day", "first_article"} <= {one.kind for one in entries}
    assert {EntryState.CONFIRMED} <= {one.state for one in entries}
    came = [one for one in entries if one.kind == "delivery"]
    assert all(one.order.opened_at.date() <= one.day <= TODAY for one in came if one.day)
    for order in orders:
        ordered = sum(line["quantity"] or 0 for line in order.lines)
        assert sum(one.pieces or 0 for one in came if one.order_id == order.id) <= ordered
    assert session.scalars(select(OrderClaim)).first() is not None


def test_ladders_and_cards_stand_at_several_stages(session: Session) -> None:
    steps = session.scalars(select(CertificationStep)).all()
    assert len({one.stage for one in steps}) >= 3
    assert all(one.on <= TODAY for one in steps)
    cards = session.scalars(select(DevelopmentCard)).all()
    assert 0 < len(cards) <= demo.CARDS
    assert all(one.requirement in one.before["closing"] for one in cards)
    assert {language for one in cards for language in one.before["reasons"]} == {"ru", "en"}


def test_one_event_was_held_and_one_to_come_has_its_timetable(session: Session) -> None:
    held, coming = session.scalars(select(Event).order_by(Event.day)).all()
    assert held.is_held
    assert coming.is_announced
    assert coming.proven
    assert coming.day > TODAY > held.day
    for event in (held, coming):
        assert (
            session.scalars(select(EventMeeting).where(EventMeeting.event_id == event.id)).first() is not None
        )
    marked = session.scalars(select(EventMeeting.held).where(EventMeeting.event_id == held.id)).all()
    assert None not in marked
    assert session.scalars(select(EventAnswer.deal)).all()


def test_the_history_fills_a_year_and_every_state_of_a_need(session: Session) -> None:
    stored = session.scalars(select(Need)).all()
    wanted = {"draft", "submitted", "published", "contracted", "completed", "closed"}
    assert wanted <= {one.state for one in stored}
    published = [one.published_at.date() for one in stored if one.published_at]
    assert (TODAY - min(published)).days > 270
    assert max(published) <= TODAY
    assert all(one.published_at is None for one in stored if one.is_in_preparation)
    for one in session.scalars(select(Decision)):
        need = session.get_one(Need, one.need_id)
        assert need.published_at is None or need.published_at <= one.at
    homes = Counter(one.centre.code for one in session.scalars(select(Organisation)))
    assert len(homes) == 3
    assert min(homes.values()) >= 3


def test_figures_of_the_history_have_something_to_tell(session: Session) -> None:
    assert session.scalars(select(SpareCapacity.id)).first()
    assert session.scalars(select(DeliveryRating.quality)).first()
    for table in (SupportOffer, ExchangeRate, PeriodLock):
        assert session.scalars(select(table)).first() is not None
    verified = session.scalars(select(CertificateRow.verified)).all()
    assert set(verified) == {True, False}
    assert all(
        one.region_code for one in session.scalars(select(Organisation).where(Organisation.is_contractor))
    )


def test_what_has_one_field_is_told_in_both_languages(session: Session) -> None:
    assert {one.title for one in session.scalars(select(Event))} == {
        "Контактная биржа: механообработка · Contact exchange: machining"
    }
    named = set(session.scalars(select(User.name)))
    assert {f"{russian} · {english}" for *_, english, russian in demo.PEOPLE} <= named
