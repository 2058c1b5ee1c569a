"""Orders: a contract becomes one, either side says what happens and the other confirms, lines end by themselves, hours are booked."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from itertools import count
from pathlib import Path

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from matchmaker.domain.errors import (
    Forbidden,
    InvalidRecord,
    LinkSpent,
    MoveNotAllowed,
    NotFound,
    OrderUnderWay,
    OrderWritten,
    StaleRevision,
)
from matchmaker.domain.lifecycle import EntryState, MatchState, NeedState, OrderState
from matchmaker.models import (
    AuditEntry,
    Mail,
    Match,
    Need,
    OrderEntry,
    Organisation,
    Profile,
    PurchaseOrder,
    Session,
    SpareCapacity,
    UndoableAct,
    User,
)
from matchmaker.models.base import now
from matchmaker.models.database import Sessions
from matchmaker.services.core import undoing
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.needs import need_bulk, needs
from matchmaker.services.orders import (
    contract_ends,
    order_claims,
    order_entries,
    order_hours,
    order_links,
    order_words,
    orders,
)
from matchmaker.services.orders.order_claims import ClaimAnswer, ClaimGiven
from matchmaker.services.orders.order_entries import EntryGiven
from matchmaker.services.orders.orders import Speaker
from matchmaker.services.people import accounts
from matchmaker.services.profiles import capacity, delivery_records, suppliers
from matchmaker.services.profiles.capacity import MapCell
from matchmaker.services.profiles.delivery_records import DeliveryRecord
from matchmaker.services.quotes import quotes
from matchmaker.services.shortlist import awards, match_decisions, shortlists
from matchmaker.services.shortlist.awards import AwardShare
from matchmaker.services.shortlist.match_decisions import AwardedPosition
from matchmaker.services.shortlist.need_moves import MoveReason
from matchmaker.services.shortlist.shortlists import SupplierProposal
from tests.support.fakes import FakeRecogniser
from tests.support.records import need, supplier

TODAY = date(2026, 11, 30)
POSITIONS = (
    AwardedPosition("1", 100, "Вал", 1_500_00, "RUB"),
    AwardedPosition("2", 40, "Ось", 200_00, "RUB"),
)
_keys = count(1)


def key() -> str:
    return f"{next(_keys):016x}"


@dataclass
class Made:
    """An order of two lines between a shop and a plant, both with people."""

    order: PurchaseOrder
    shop: Speaker
    plant: Speaker

    def deliver(self, session: Session, pieces: int, line: str = "1", **more: object) -> str:
        given = EntryGiven(key(), "delivery", line, TODAY, pieces, **more)  # type: ignore[arg-type]
        return order_entries.say(session, self.order, given, self.shop, TODAY).public_id


@pytest.fixture
def awarded(sessions: Sessions) -> Sessions:
    """A need with one awarded supplier; its act can be taken back for ten minutes."""
    with sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        origin = RecordOrigin(centre, "file", "tester")
        suppliers.save_many(session, [supplier(id="s-1", inn=None)], FakeRecogniser(), origin)
        saved, _ = need_bulk.save(session, need(), FakeRecogniser(), origin)
        user = _person(session, "o@example.org")
        profile = session.scalars(select(Profile)).one()
        (match,) = shortlists.propose(
            session, saved, [SupplierProposal(profile.public_id, 0.9, {})], ranker="prior", by="tester"
        )
        needs.move(session, saved, NeedState.SHORTLISTING, by="tester")
        match_decisions.invite(session, [match], user)
        share = AwardShare(match, match.revision, POSITIONS)
        quotes.award(
            session,
            saved,
            [share],
            user,
            lambda code, _: code,
            reason="chosen-another",
            today=TODAY,
        )
    return sessions


def _person(session: Session, email: str) -> User:
    return accounts.create_user(session, accounts.AccountDetails(email, email[0]), by="tester")


def made(session: Session) -> Made:
    """The order, with people on both sides."""
    order = session.scalars(select(PurchaseOrder)).one()
    order.opened_at = now() - timedelta(minutes=1)
    order.due_on = TODAY + timedelta(days=14)
    shop, plant = _person(session, "shop@example.org"), _person(session, "plant@example.org")
    match = order.match
    accounts.grant(session, shop, "supplier_editor", by="tester", organisation=match.profile.organisation)
    assert match.need.contractor is not None
    accounts.grant(session, plant, "contractor_buyer", by="tester", organisation=match.need.contractor)
    session.flush()
    return Made(order, Speaker(shop, "supplier"), Speaker(plant, "contractor"))


def wrong(error: pytest.ExceptionInfo[InvalidRecord]) -> list[str]:
    return [problem.path for problem in error.value.problems]


def test_an_award_becomes_an_order_when_its_ten_minutes_are_over(awarded: Sessions) -> None:
    with awarded.begin() as session:
        order = session.scalars(select(PurchaseOrder)).one()
        assert [line.quantity for line in orders.lines_of(order)] == [100, 40]
        assert order.amount_minor == 100 * 1_500_00 + 40 * 200_00
        with pytest.raises(NotFound):
            orders.by_key(session, order.public_id)
        assert orders.of_match(session, order.match) is None
        with time_machine.travel(now() + undoing.UNDO + timedelta(seconds=1), tick=False):
            assert orders.by_key(session, order.public_id) is order
            assert orders.of_need(session, order.match.need) == {order.match_id: order}
        user = session.scalars(select(User)).one()
        assert orders.begin(session, order.match, (), None, user, TODAY) is order


def test_an_award_that_is_taken_back_leaves_no_order(awarded: Sessions) -> None:
    with awarded.begin() as session:
        wanted, user = session.scalars(select(Need)).one(), session.scalars(select(User)).one()
        act = session.scalars(select(UndoableAct.public_id)).one()
        assert awards.undo(session, undoing.by_key(session, act, user), wanted, user)
        assert session.scalars(select(PurchaseOrder)).all() == []
        match = shortlists.of_need(session, wanted)[0]
        with pytest.raises(MoveNotAllowed):
            orders.begin(session, match, (), None, user, TODAY)


def test_what_one_side_says_the_other_confirms(awarded: Sessions) -> None:
    with awarded.begin() as session:
        here = made(session)
        entry = order_entries.by_key(session, here.order, here.deliver(session, 60))
        (first, _) = orders.course(session, here.order).lines
        assert (first.delivered, first.confirmed, first.missing) == (60, 0, 40)
        (mail,) = session.scalars(select(Mail).where(Mail.kind == "order_news"))
        assert (mail.recipient, "60" in mail.text) == ("plant@example.org", True)
        with pytest.raises(Forbidden):
            order_entries.confirm(session, here.order, entry, here.shop, revision=entry.revision)
        with pytest.raises(StaleRevision):
            order_entries.confirm(session, here.order, entry, here.plant, revision=7)
        for _ in range(2):  # the second press finds it done
            order_entries.confirm(session, here.order, entry, here.plant, revision=1)
        assert entry.is_confirmed
        with pytest.raises(MoveNotAllowed):
            order_entries.withdraw(session, here.order, entry, here.shop, revision=entry.revision)
        acts = session.scalars(select(AuditEntry.action).where(AuditEntry.object_kind == "order")).all()
        assert list(acts) == ["order.opened", "order.said", "order.confirmed"]


def test_who_says_otherwise_takes_the_word(awarded: Sessions) -> None:
    with awarded.begin() as session:
        here = made(session)
        entry = order_entries.by_key(session, here.order, here.deliver(session, 60))
        instead = EntryGiven("", "", None, TODAY, 58, 3)
        order_entries.correct(session, here.order, entry, instead, here.plant, TODAY, revision=1)
        assert (entry.side, entry.pieces, entry.defective, entry.is_said) == ("contractor", 58, 3, True)
        with pytest.raises(Forbidden):
            order_entries.confirm(session, here.order, entry, here.plant, revision=entry.revision)
        order_entries.confirm(session, here.order, entry, here.shop, revision=entry.revision)
        (first, _) = orders.course(session, here.order).lines
        assert (first.confirmed, first.defective, first.missing) == (58, 3, 45)
        with pytest.raises(MoveNotAllowed):
            order_entries.correct(
                session, here.order, entry, instead, here.shop, TODAY, revision=entry.revision
            )


def test_what_is_refused_or_taken_back_does_not_count(awarded: Sessions) -> None:
    with awarded.begin() as session:
        here = made(session)
        refused, own = (
            order_entries.by_key(session, here.order, here.deliver(session, pieces)) for pieces in (10, 20)
        )
        with pytest.raises(InvalidRecord) as error:
            order_entries.refuse(session, here.order, refused, here.plant, " ", revision=1)
        assert wrong(error) == ["text"]
        order_entries.refuse(session, here.order, refused, here.plant, "Ничего не пришло", revision=1)
        order_entries.withdraw(session, here.order, own, here.shop, revision=1)
        assert {refused.state, own.state} == {EntryState.REFUSED, EntryState.WITHDRAWN}
        assert orders.course(session, here.order).lines[0].delivered == 0
        told = session.scalars(select(Mail).where(Mail.recipient == "shop@example.org")).all()
        assert any("Ничего не пришло" in mail.text for mail in told)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (EntryGiven("a" * 16, "delivery", "1", TODAY), "pieces"),
        (EntryGiven("a" * 16, "delivery", "1", TODAY, 111), "pieces"),
        (EntryGiven("a" * 16, "delivery", "1", TODAY, 5, 6), "defective"),
        (EntryGiven("a" * 16, "delivery", "9", TODAY, 5), "line"),
        (EntryGiven("a" * 16, "delivery", "1", TODAY + timedelta(days=1), 5), "day"),
        (EntryGiven("a" * 16, "defects", "1", TODAY, None, 1), "defective"),
        (EntryGiven("a" * 16, "first_article", "1", TODAY, accepted=True), "accepted"),
        (EntryGiven("a" * 16, "day", None, TODAY - timedelta(days=1)), "day"),
        (EntryGiven("a" * 16, "day"), "day"),
        (EntryGiven("a" * 16, "cancellation", "1"), "text"),
        (EntryGiven("a" * 16, "party", "1"), "kind"),
        (EntryGiven("a" * 16, "report", text="x" * 2_001), "text"),
    ],
)
def test_what_cannot_be_is_asked_about_by_its_field(awarded: Sessions, said: EntryGiven, field: str) -> None:
    with awarded.begin() as session:
        here = made(session)
        with pytest.raises(InvalidRecord) as error:
            order_entries.say(session, here.order, said, here.shop, TODAY)
        assert wrong(error) == [field]
        assert orders.course(session, here.order).entries == []


@pytest.mark.parametrize(
    ("typed", "pieces", "fields"),
    [({"pieces": " 1 200 шт. "}, 1200, []), ({"pieces": "сорок", "day": "30.11"}, None, ["day", "pieces"])],
)
def test_a_typed_delivery_is_read_as_people_write_it(
    awarded: Sessions, typed: dict[str, str], pieces: int | None, fields: list[str]
) -> None:
    with awarded.begin() as session:
        here = made(session)
        course, form = orders.course(session, here.order), {"kind": "delivery", "line": "1", **typed}
        if not fields:
            read = order_entries.read(form, key(), TODAY, course)
            assert (read.pieces, read.day, read.line) == (pieces, TODAY, "1")
            return
        with pytest.raises(InvalidRecord) as error:
            order_entries.read(form, key(), TODAY, course)
        assert sorted(wrong(error)) == fields


def test_losing_some_positions_is_not_losing_all(awarded: Sessions) -> None:
    with awarded.begin() as session:
        here = made(session)
        lost = EntryGiven(key(), "cancellation", "2", text="Чертёж снят")
        entry = order_entries.say(session, here.order, lost, here.plant, TODAY)
        assert orders.course(session, here.order).lines[1].cancelled is False
        order_entries.confirm(session, here.order, entry, here.shop, revision=1)
        assert here.order.state is OrderState.RUNNING
        entry = order_entries.by_key(session, here.order, here.deliver(session, 100))
        order_entries.confirm(session, here.order, entry, here.plant, revision=1)
        assert here.order.state is OrderState.DELIVERED


def test_a_cancelled_order_takes_no_more_and_frees_its_hours(awarded: Sessions) -> None:
    with awarded.begin() as session:
        here = made(session)
        profile, weeks = here.order.match.profile, capacity.weeks(now().date(), 3)
        here.order.due_on = now().date() + timedelta(days=14)
        cells = {("lathe", week): MapCell(40.0, 10.0) for week in weeks}
        capacity.plan(session, profile, cells, "tester")
        for _ in range(2):  # said again it stays
            order_hours.book(session, here.order, "lathe", 45.0, here.shop, now().date())
        assert sum(row.agreed_hours for row in profile.capacity) == pytest.approx(30 + 45)
        with pytest.raises(InvalidRecord) as error:
            order_hours.book(session, here.order, "lathe", 91.0, here.shop, now().date())
        assert wrong(error) == ["hours"]
        with pytest.raises(InvalidRecord) as error:
            order_hours.book(session, here.order, "mill", 1.0, here.shop, now().date())
        assert wrong(error) == ["group"]
        entry = order_entries.say(
            session, here.order, EntryGiven(key(), "cancellation", text="Заказ снят"), here.plant, TODAY
        )
        order_entries.confirm(session, here.order, entry, here.shop, revision=1)
        assert here.order.state is OrderState.CANCELLED
        assert sum(row.agreed_hours for row in profile.capacity) == pytest.approx(30)
        assert order_hours.of_order(session, here.order) == []
        with pytest.raises(MoveNotAllowed):
            here.deliver(session, 1)
        with pytest.raises(MoveNotAllowed):
            order_hours.book(session, here.order, "lathe", 1.0, here.shop, now().date())


def test_a_new_day_holds_once_both_want_it(awarded: Sessions) -> None:
    with awarded.begin() as session:
        here, later = made(session), TODAY + timedelta(days=30)
        was = here.order.due_on
        entry = order_entries.say(
            session, here.order, EntryGiven(key(), "day", None, later), here.shop, TODAY
        )
        assert here.order.due_on == was
        order_entries.confirm(session, here.order, entry, here.plant, revision=1)
        assert here.order.due_on == later


def test_a_first_article_is_accepted_or_refused_with_a_reason(awarded: Sessions) -> None:
    with awarded.begin() as session:
        here = made(session)
        sent = EntryGiven(key(), "first_article", "1", TODAY)
        entry = order_entries.say(session, here.order, sent, here.shop, TODAY)
        with pytest.raises(InvalidRecord):
            order_entries.accept_article(
                session, here.order, entry, here.plant, "", accepted=False, revision=1
            )
        with pytest.raises(Forbidden):
            order_entries.accept_article(session, here.order, entry, here.shop, "", accepted=True, revision=1)
        order_entries.accept_article(
            session, here.order, entry, here.plant, "Биение 0,05", accepted=False, revision=1
        )
        assert (entry.accepted, entry.is_confirmed) == (False, True)
        assert order_words.told(entry, "Вал", "ru").endswith("не принят; Биение 0,05")


def test_a_report_is_a_file_of_the_order(awarded: Sessions, tmp_path: Path) -> None:
    with awarded.begin() as session:
        here, given = made(session), EntryGiven(key(), "report")
        content = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
        for _ in range(2):  # the form sent twice
            paper = ("протокол.pdf", BytesIO(content))
            entry = order_entries.add_report(session, here.order, given, paper, here.shop, tmp_path, TODAY)
        (stored,) = orders.course(session, here.order).papers.values()
        assert (stored.name, stored.order_entry_id) == ("протокол.pdf", entry.id)
        assert order_entries.paper_by_key(session, stored.public_id)[1] is here.order
        with pytest.raises(InvalidRecord) as error:
            order_entries.add_report(
                session,
                here.order,
                EntryGiven(key(), "report"),
                ("x.pdf", BytesIO()),
                here.shop,
                tmp_path,
                TODAY,
            )
        assert wrong(error) == ["file"]


def test_a_claim_is_closed_by_both_sides(awarded: Sessions) -> None:
    with awarded.begin() as session:
        here = made(session)
        here.deliver(session, 10)
        with pytest.raises(InvalidRecord) as error:
            order_claims.make(session, here.order, ClaimGiven(key(), " ", "1", 11), here.plant)
        assert wrong(error) == ["what", "pieces"]
        claim = order_claims.make(session, here.order, ClaimGiven(key(), "Овальность", "1", 2), here.plant)
        with pytest.raises(InvalidRecord) as error:
            order_claims.answer(
                session, here.order, claim, ClaimAnswer("", "", None), here.shop, TODAY, revision=1
            )
        assert wrong(error) == ["cause", "remedy", "due_on"]
        answer = ClaimAnswer("Износ резца", "Заменим две штуки", TODAY + timedelta(days=5))
        order_claims.answer(session, here.order, claim, answer, here.shop, TODAY, revision=1)
        order_claims.close(session, here.order, claim, here.shop, revision=claim.revision)
        assert not claim.is_closed
        order_claims.close(session, here.order, claim, here.plant, revision=claim.revision)
        assert claim.is_closed
        other = ClaimAnswer("Другое", "Другое", TODAY)
        with pytest.raises(MoveNotAllowed):
            order_claims.answer(session, here.order, claim, other, here.shop, TODAY, revision=claim.revision)
        kinds = session.scalars(select(Mail.subject).where(Mail.kind == "order_news")).all()
        assert len(kinds) == 4  # the delivery, the claim, its answer, the first that closes it


def test_the_list_says_what_waits_for_whom(awarded: Sessions) -> None:
    with awarded.begin() as session:
        here = made(session)
        here.deliver(session, 30)
        order_claims.make(session, here.order, ClaimGiven(key(), "Скол"), here.plant)
        firm = here.order.match.profile.organisation
        (one,) = orders.listed(session, [orders.of_firms([firm.public_id], "supplier_editor")])
        assert (one.ordered, one.delivered, one.claims) == (140, 30, 1)
        assert one.waits == {"supplier": 0, "contractor": 1}
        assert orders.listed(session, [orders.of_centres(["centre"])])[0].order is here.order
        assert orders.listed(session, [orders.of_firms(["nobody"], "contractor_buyer")]) == []
        assert orders.listed(session, []) == []


def test_number_and_terms_are_the_contractors(awarded: Sessions) -> None:
    with awarded.begin() as session:
        here = made(session)
        user = here.plant.user
        orders.describe(session, here.order, " ЗК-7 ", "FCA", user, revision=here.order.revision)
        assert (here.order.number, here.order.terms) == ("ЗК-7", "FCA")
        with pytest.raises(StaleRevision):
            orders.describe(session, here.order, "ЗК-8", "", user, revision=0)
        with pytest.raises(InvalidRecord) as error:
            orders.describe(session, here.order, "9" * 101, "", user, revision=here.order.revision)
        assert wrong(error) == ["number"]


def test_the_record_counts_what_both_sides_confirmed(awarded: Sessions) -> None:
    with awarded.begin() as session:
        here = made(session)
        profile = here.order.match.profile
        assert delivery_records.of_profile(session, profile) is None
        for pieces, late, confirmed in ((40, False, True), (30, True, True), (20, False, False)):
            here.order.due_on = TODAY - timedelta(days=1) if late else TODAY
            entry = order_entries.by_key(session, here.order, here.deliver(session, pieces))
            if confirmed:
                order_entries.confirm(session, here.order, entry, here.plant, revision=1)
        found = EntryGiven(key(), "defects", "1", TODAY, None, 7)
        entry = order_entries.say(session, here.order, found, here.plant, TODAY)
        order_entries.confirm(session, here.order, entry, here.shop, revision=1)
        record = delivery_records.of_profile(session, profile)
        assert record == DeliveryRecord(1, 2, 2, 1, 70, 7, 1)
        assert record.on_time_percent is not None
        assert record.on_time_percent[0] == 50
        assert record.defects_per_thousand is not None
        assert record.defects_per_thousand[0] == 100
        delivery_records.show(session, profile, here.shop.user, shown=True)
        assert delivery_records.for_strangers(session, profile) is None  # one customer could be told from it


def test_strangers_read_a_record_of_three_customers_that_is_shown(awarded: Sessions) -> None:
    with awarded.begin() as session:
        here = made(session)
        profile, centre = here.order.match.profile, here.order.match.need.centre
        for number in range(3):
            plant = Organisation(centre_id=centre.id, name_ru=f"Завод {number}", is_contractor=True)
            session.add(plant)
            session.flush()
            wanted = Need(centre_id=centre.id, external_id=f"n-{number}", title="Вал", contractor_id=plant.id)
            session.add(wanted)
            session.flush()
            match = Match(need_id=wanted.id, profile_id=profile.id)
            session.add(match)
            session.flush()
            order = PurchaseOrder(match_id=match.id, lines=[], opened_at=now() - timedelta(days=1))
            session.add(order)
            session.flush()
            session.add(
                OrderEntry(
                    order_id=order.id,
                    kind="delivery",
                    state="confirmed",
                    day=TODAY,
                    due_on=TODAY,
                    pieces=9,
                    side="supplier",
                    by_id=here.shop.user.id,
                )
            )
        assert delivery_records.for_strangers(session, profile) is None
        delivery_records.show(session, profile, here.shop.user, shown=True)
        record = delivery_records.for_strangers(session, profile)
        assert record == DeliveryRecord(3, 3, 3, 3, 27, 0, 0)
        delivery_records.show(session, profile, here.shop.user, shown=False)
        assert delivery_records.for_strangers(session, profile) is None


@pytest.mark.parametrize(
    ("found", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (8, 10, 0.4902, 0.9433), (1, 1, 0.2065, 1.0)],
)
def test_the_interval_is_wilsons(found: int, of: int, low: float, high: float) -> None:
    assert delivery_records.wilson(found, of) == pytest.approx((low, high), abs=0.0001)


@given(st.integers(1, 10_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_an_interval_holds_its_share_and_stays_within_0_and_1(seen: tuple[int, int]) -> None:
    low, high = delivery_records.wilson(*seen)
    assert 0 <= low <= seen[0] / seen[1] + 1e-9
    assert seen[0] / seen[1] - 1e-9 <= high <= 1


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from("12"), st.integers(1, 60), st.integers(0, 5), st.sampled_from("crw-")),
        max_size=8,
    )
)
def test_every_line_is_what_a_plain_recount_gives(
    awarded: Sessions, steps: list[tuple[str, int, int, str]]
) -> None:
    with awarded() as session:
        here = made(session)
        counted = {"1": [0, 0, 0], "2": [0, 0, 0]}
        for line, pieces, defective, end in steps:
            try:
                said = here.deliver(session, pieces, line, defective=min(defective, pieces))
            except InvalidRecord:
                continue
            entry = order_entries.by_key(session, here.order, said)
            if end == "c":
                order_entries.confirm(session, here.order, entry, here.plant, revision=1)
            elif end == "r":
                order_entries.refuse(session, here.order, entry, here.plant, "нет", revision=1)
            elif end == "w":
                order_entries.withdraw(session, here.order, entry, here.shop, revision=1)
            if end in "c-":
                counted[line][0] += pieces
                counted[line][1] += pieces if end == "c" else 0
                counted[line][2] += min(defective, pieces)
        lines = orders.course(session, here.order).lines
        assert {one.line.id: [one.delivered, one.confirmed, one.defective] for one in lines} == counted
        session.rollback()


def close(session: Session) -> UndoableAct:
    """Close the need; the act that can be taken back."""
    wanted, user = session.scalars(select(Need)).one(), _operator(session)
    reason = MoveReason(words="Договор расторгнут")
    contract_ends.move(
        session, wanted, NeedState.CLOSED, user, word=lambda code, _: code, reason=reason, by_centre=True
    )
    return session.scalars(select(UndoableAct).order_by(UndoableAct.id.desc())).first()  # type: ignore[return-value]


def _operator(session: Session) -> User:
    return session.scalars(select(User).where(User.email == "o@example.org")).one()


def award_again(session: Session, positions: tuple[AwardedPosition, ...]) -> Match:
    """Open a closed need again, and award it to the same supplier."""
    wanted, user = session.scalars(select(Need)).one(), _operator(session)
    for state in (NeedState.DRAFT, NeedState.SUBMITTED, NeedState.PUBLISHED, NeedState.SHORTLISTING):
        needs.move(session, wanted, state, by="tester")
    (match,) = shortlists.of_need(session, wanted)
    share = AwardShare(match, match.revision, positions)
    quotes.award(session, wanted, [share], user, lambda code, _: code, reason="chosen-another", today=TODAY)
    return match


def test_a_second_award_renews_the_order_and_its_ten_minutes(awarded: Sessions) -> None:
    with awarded.begin() as session:
        here = made(session)
        before = here.order.opened_at
        close(session)
        assert here.order.state is OrderState.CANCELLED
        match = award_again(session, (AwardedPosition("3", 7, "Фланец", 900_00, "USD"),))
        order = session.scalars(select(PurchaseOrder)).one()
        assert [line.title for line in orders.lines_of(order)] == ["Фланец"]
        assert (order.amount_minor, order.currency, order.is_running) == (7 * 900_00, "USD", True)
        assert order.opened_at > max(now(), before)
        assert match.contacts_at is not None
        assert match.contacts_at > now(), "the new contract can still be taken back"


def award_to_another(session: Session) -> tuple[Match, Match]:
    """Open a closed need again, and award it to another supplier; the winners of both awards, the first one first."""
    wanted, user = session.scalars(select(Need)).one(), _operator(session)
    origin = RecordOrigin(wanted.centre, "file", "tester")
    suppliers.save_many(
        session, [supplier(id="s-2", inn=None, name={"en": "Other works"})], FakeRecogniser(), origin
    )
    other = session.scalars(select(Profile).order_by(Profile.id.desc())).first()
    assert other is not None
    for state in (NeedState.DRAFT, NeedState.SUBMITTED, NeedState.PUBLISHED, NeedState.SHORTLISTING):
        needs.move(session, wanted, state, by="tester")
    (first,) = shortlists.of_need(session, wanted)
    second = match_decisions.add_by_hand(session, wanted, other, user)
    match_decisions.invite(session, [second], user)
    share = AwardShare(second, second.revision, POSITIONS)
    quotes.award(session, wanted, [share], user, lambda code, _: code, reason="chosen-another", today=TODAY)
    return first, second


@pytest.mark.parametrize("before_orders", [True, False])
def test_who_had_the_contract_before_loses_it_to_the_one_that_has_it_now(
    awarded: Sessions, *, before_orders: bool
) -> None:
    """`before_orders`: the need was closed by a program that did not end orders yet."""
    with awarded.begin() as session:
        here = made(session)
        if before_orders:
            needs.move(session, here.order.match.need, NeedState.CLOSED, by="tester")
            here.order.match.contacts_at = None
            assert here.order.is_running
        else:
            close(session)
        first, second = award_to_another(session)
        assert (first.state, second.state) == (MatchState.LOST, MatchState.CONTRACTED)
        assert first.told_state == MatchState.CONTRACTED, "as long as the award can be taken back"
        assert [one.profile_id for one in match_decisions.contracts(session, first.need)] == [
            second.profile_id
        ]
        assert here.order.is_cancelled
        outcomes = session.scalars(select(Mail.about).where(Mail.kind == "outcome_of_need")).all()
        assert outcomes == [first.public_id]
        act = session.scalars(select(UndoableAct).order_by(UndoableAct.id.desc())).first()
        assert act is not None
        assert awards.undo(session, act, first.need, _operator(session))
        session.refresh(first)
        assert first.is_contracted
        assert here.order.is_running is before_orders
        assert match_decisions.contracts(session, first.need) != []


def test_an_order_of_which_something_was_said_is_not_ended_by_another_award(awarded: Sessions) -> None:
    with awarded.begin() as session:
        here = made(session)
        here.deliver(session, 10)
        needs.move(session, here.order.match.need, NeedState.CLOSED, by="tester")
        with pytest.raises(OrderUnderWay):
            award_to_another(session)
        session.rollback()


def test_a_contract_with_a_written_order_is_neither_closed_nor_awarded_again(awarded: Sessions) -> None:
    with awarded.begin() as session:
        here = made(session)
        entry = order_entries.by_key(session, here.order, here.deliver(session, 10))
        name = here.order.match.profile.organisation.name_ru
        with pytest.raises(OrderUnderWay) as error:
            close(session)
        assert name is not None
        assert error.value.params["supplier"] == name
    with awarded.begin() as session:
        here = Made(session.scalars(select(PurchaseOrder)).one(), here.shop, here.plant)
        assert here.order.is_running
        needs.move(session, here.order.match.need, NeedState.CLOSED, by="tester")
        with pytest.raises(OrderWritten):
            award_again(session, POSITIONS)
        session.rollback()
    with awarded.begin() as session:
        order = session.scalars(select(PurchaseOrder)).one()
        entry = order_entries.by_key(session, order, entry.public_id)
        order_entries.withdraw(session, order, entry, Speaker(entry.by, "supplier"), revision=entry.revision)
        close(session)
        assert order.is_cancelled


def test_a_contract_given_up_frees_its_hours_and_an_undo_books_them_again(awarded: Sessions) -> None:
    with awarded.begin() as session:
        here, today = made(session), now().date()
        profile, match = here.order.match.profile, here.order.match
        here.order.due_on = today + timedelta(days=14)
        cells = {("lathe", week): MapCell(40.0, 10.0) for week in capacity.weeks(today, 3)}
        capacity.plan(session, profile, cells, "tester")
        order_hours.book(session, here.order, "lathe", 45.0, here.shop, today)
        act = close(session)
        assert sum(row.agreed_hours for row in profile.capacity) == pytest.approx(30)
        assert match.contacts_at is None
        assert awards.undo(session, act, match.need, _operator(session))
        assert sum(row.agreed_hours for row in profile.capacity) == pytest.approx(75)
        assert sum(one.hours for one in order_hours.of_order(session, here.order)) == pytest.approx(45)
        assert here.order.is_running
        assert match.contacts_at is not None


def test_a_letter_says_nothing_of_what_is_under_agreement(awarded: Sessions) -> None:
    with awarded.begin() as session:
        here = made(session)
        wanted = here.order.match.need
        wanted.title, wanted.text, wanted.disclosure = None, "Секретная втулка", "nda"
        here.deliver(session, 10)
        (mail,) = session.scalars(select(Mail).where(Mail.kind == "order_news"))
        assert "втулка" not in mail.subject.lower()


def test_a_side_is_told_what_the_centre_writes_for_it(awarded: Sessions) -> None:
    with awarded.begin() as session:
        here = made(session)
        centre = Speaker(_operator(session), "supplier", by_centre=True)
        given = EntryGiven(key(), "delivery", "1", TODAY, 10)
        order_entries.say(session, here.order, given, centre, TODAY)
        mails = {
            mail.recipient: mail for mail in session.scalars(select(Mail).where(Mail.kind == "order_news"))
        }
        assert set(mails) == {"shop@example.org", "plant@example.org"}
        assert "от имени" in mails["shop@example.org"].text
        assert "со слов" in mails["plant@example.org"].text


def test_who_has_no_account_gets_a_link_that_speaks_for_it(awarded: Sessions) -> None:
    with awarded.begin() as session:
        order = session.scalars(select(PurchaseOrder)).one()
        plant = Speaker(_operator(session), "contractor")
        given = EntryGiven(key(), "day", None, TODAY + timedelta(days=9))
        order_entries.say(session, order, given, plant, TODAY)
        (mail,) = session.scalars(select(Mail).where(Mail.kind == "order_news"))
        assert f"/orders/{order.public_id}" not in mail.text
        link = re.search(r"/answers/order/(\S+)", mail.text)
        assert link
        with pytest.raises(NotFound):  # the contract can still be taken back
            order_links.opened(session, link[1])
        order.opened_at = now() - timedelta(minutes=1)
        assert order_links.opened(session, link[1]) == (order, "supplier")
        accounts.grant(
            session,
            _person(session, "shop@example.org"),
            "supplier_editor",
            by="tester",
            organisation=order.match.profile.organisation,
        )
        with pytest.raises(LinkSpent):
            order_links.opened(session, link[1])


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (EntryGiven("a" * 16, "day", None, TODAY, pieces=5), "pieces"),
        (EntryGiven("a" * 16, "defects", "1", TODAY, 5, 1), "pieces"),
        (EntryGiven("a" * 16, "first_article", "1", TODAY, defective=2), "defective"),
        (EntryGiven("a" * 16, "cancellation", "1", text="нет", accepted=True), "accepted"),
        (EntryGiven("a" * 16, "report", "1", pieces=3), "pieces"),
    ],
)
def test_a_number_that_a_kind_does_not_have_is_refused(
    awarded: Sessions, said: EntryGiven, field: str
) -> None:
    with awarded.begin() as session:
        here = made(session)
        here.deliver(session, 20)
        with pytest.raises(InvalidRecord) as error:
            order_entries.say(session, here.order, said, here.shop, TODAY)
        assert field in wrong(error)


def test_only_deliveries_and_defects_are_counted(awarded: Sessions) -> None:
    with awarded.begin() as session:
        here = made(session)
        here.deliver(session, 20)
        other = {"order_id": here.order.id, "line": "1", "by_id": here.shop.user.id, "side": "supplier"}
        session.add(OrderEntry(kind="first_article", day=TODAY, pieces=9, defective=4, **other))
        session.flush()
        assert orders.course(session, here.order).lines[0].defective == 0
        (one,) = orders.listed(session, [orders.of_centres(["centre"])])
        assert one.delivered == 20


def test_the_second_word_about_a_first_article_is_not_lost(awarded: Sessions) -> None:
    with awarded.begin() as session:
        here = made(session)
        sent = EntryGiven(key(), "first_article", "1", TODAY)
        entry = order_entries.say(session, here.order, sent, here.shop, TODAY)
        with pytest.raises(InvalidRecord) as error:
            order_entries.confirm(session, here.order, entry, here.plant, revision=1)
        assert wrong(error) == ["accepted"]
        order_entries.accept_article(session, here.order, entry, here.plant, "", accepted=True, revision=1)
        order_entries.accept_article(session, here.order, entry, here.plant, "", accepted=True, revision=1)
        with pytest.raises(StaleRevision):
            order_entries.accept_article(
                session, here.order, entry, here.plant, "Биение", accepted=False, revision=1
            )
        assert entry.accepted is True


def test_hours_of_a_later_week_are_given_back_too(awarded: Sessions) -> None:
    with awarded.begin() as session:
        here, today = made(session), now().date()
        profile = here.order.match.profile
        here.order.due_on = today + timedelta(days=21)
        cells = {("lathe", week): MapCell(40.0, 10.0) for week in capacity.weeks(today, 4)}
        capacity.plan(session, profile, cells, "tester")
        order_hours.book(session, here.order, "lathe", 100.0, here.shop, today)
        here.order.due_on = today  # an earlier day was agreed on
        order_hours.book(session, here.order, "lathe", 0.0, here.shop, today)
        assert order_hours.of_order(session, here.order) == []
        assert sum(row.agreed_hours for row in profile.capacity) == pytest.approx(40)


def test_an_order_takes_at_most_what_the_week_has(awarded: Sessions) -> None:
    with awarded.begin() as session:
        here, today = made(session), now().date()
        profile, week = here.order.match.profile, capacity.week_of(now().date())
        here.order.due_on = today
        capacity.plan(session, profile, {("lathe", week): MapCell(40.0, 0.0)}, "tester")
        order_hours.book(session, here.order, "lathe", 30.0, here.shop, today)
        profile.capacity[0].agreed_hours = 0.0  # the shop has stated its week anew
        session.flush()
        free = order_hours.free(here.order, order_hours.of_order(session, here.order), today)
        assert free == {"lathe": {week: 40.0}}


def test_a_booking_sees_what_a_colleague_stated_meanwhile(awarded: Sessions) -> None:
    with awarded.begin() as session:
        here, today = made(session), now().date()
        here.order.due_on = today
        profile, week = here.order.match.profile, capacity.week_of(today)
        capacity.plan(session, profile, {("lathe", week): MapCell(40.0, 0.0)}, "tester")
        session.flush()
        assert profile.capacity[0].maximum_hours == 40
        session.execute(
            update(SpareCapacity).values(maximum_hours=5.0).execution_options(synchronize_session=False)
        )
        with pytest.raises(InvalidRecord):
            order_hours.book(session, here.order, "lathe", 30.0, here.shop, today)


def test_a_claim_names_the_pieces_and_the_day_that_are_none() -> None:
    for read, name, value in (
        (lambda typed: order_claims.claim_read("k", typed), "pieces", "many"),
        (order_claims.answer_read, "due_on", "soon"),
    ):
        with pytest.raises(InvalidRecord) as refused:
            read({name: value, "what": "Scratches", "cause": "Chuck", "remedy": "New jaws"})
        assert [(one.path, one.value) for one in refused.value.problems] == [(name, value)]
