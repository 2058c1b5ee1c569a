from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select

from matchmaker.domain.errors import SeatsTaken, StaleRevision, UndoTooLate
from matchmaker.models import Decision, Mail, Match, Need, OrderEntry, Profile, PurchaseOrder, Session, User
from matchmaker.models.base import now
from matchmaker.models.database import Sessions
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.needs import need_bulk, needs
from matchmaker.services.people import accounts
from matchmaker.services.profiles import suppliers
from matchmaker.services.profiles.delivery_records import DeliveryRecord
from matchmaker.services.shortlist import match_decisions, outcomes, rotation, shortlists
from matchmaker.services.shortlist.match_decisions import NewDecision
from matchmaker.services.shortlist.shortlists import SupplierProposal
from tests.support.fakes import FakeRecogniser
from tests.support.records import need, supplier

DAY = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def keys(sessions: Sessions) -> list[str]:
    """Two needs, an operator and five suppliers, whose keys these are."""
    with sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        records = [supplier(id=f"s-{number}", inn=None) for number in range(5)]
        suppliers.save_many(session, records, FakeRecogniser(), RecordOrigin(centre, "file", "tester"))
        wanted = [need(), need(id="n-4")]
        need_bulk.save_many(session, wanted, FakeRecogniser(), RecordOrigin(centre, "file", "tester"))
        accounts.create_user(session, accounts.AccountDetails("o@example.org", "Operator"), by="tester")
        return list(session.scalars(select(Profile.public_id).order_by(Profile.id)))


def propose(session: Session, keys: list[str], gap: float = 0.1, external_id: str = "n-3") -> list[Match]:
    found = [SupplierProposal(key, 0.9 - place * gap, {"why": place}) for place, key in enumerate(keys)]
    wanted = session.scalars(select(Need).where(Need.external_id == external_id)).one()
    return shortlists.propose(session, wanted, found, ranker="prior", by="tester")


def order(session: Session) -> list[str]:
    wanted = session.scalars(select(Need).where(Need.external_id == "n-3")).one()
    return [match.profile.public_id for match in shortlists.of_need(session, wanted)]


def user(session: Session) -> User:
    return session.scalars(select(User)).one()


def test_a_match_is_put_where_the_operator_says_and_the_others_around_it(
    sessions: Sessions, keys: list[str]
) -> None:
    with sessions.begin() as session:
        matches = propose(session, keys)
        neighbours = [match.revision for match in matches[1:]]
        shortlists.place(session, matches[0], 3, user(session), revision=matches[0].revision)
        assert order(session) == [keys[1], keys[2], keys[0], keys[3], keys[4]]
        assert [match.revision for match in matches[1:]] == neighbours
        shortlists.place(session, matches[0], 99, user(session), revision=matches[0].revision)
        assert order(session)[-1] == keys[0]


def test_an_order_made_by_hand_survives_another_run(sessions: Sessions, keys: list[str]) -> None:
    with sessions.begin() as session:
        matches = propose(session, keys[:3])
        shortlists.place(session, matches[2], 1, user(session), revision=matches[2].revision)
        propose(session, [keys[3], *keys[:3]])
        assert order(session) == [keys[2], keys[0], keys[1], keys[3]]


def test_a_run_asks_as_much_however_many_matches_it_changes(sessions: Sessions, keys: list[str]) -> None:
    """Each changed match has its next revision, and what was read of it is as the table has it."""
    asked: list[str] = []
    event.listen(sessions.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    counts = []
    for number in (2, 5):
        with sessions.begin() as session:
            before = {match.id: match.revision for match in propose(session, keys[:number])}
        with sessions.begin() as session:
            asked.clear()
            changed = propose(session, keys[:number], gap=0.05)
            counts.append(len(asked))
            held = [(one.revision, one.score, one.position) for one in changed]
            assert [one.revision for one in changed][1:] == [before[one.id] + 1 for one in changed][1:]
            for one in changed:
                session.refresh(one)
            assert [(one.revision, one.score, one.position) for one in changed] == held
    assert counts[0] == counts[1]
    assert sum("UPDATE" in one for one in asked) == 1


def test_another_run_tells_what_moved(sessions: Sessions, keys: list[str]) -> None:
    with sessions.begin() as session:
        wanted = propose(session, keys[:3])[0].need
        assert shortlists.movements(session, wanted) == ()
        propose(session, [keys[1], keys[0], keys[3]])
        found = {move.key: (move.was, move.now) for move in shortlists.movements(session, wanted)}
        assert found == {keys[1]: (2, 1), keys[0]: (1, 2), keys[3]: (None, 3), keys[2]: (3, None)}


def test_a_stale_note_or_move_changes_nothing(sessions: Sessions, keys: list[str]) -> None:
    with sessions.begin() as session:
        match = propose(session, keys)[0]
        seen = match.revision
        shortlists.note(session, match, "call them", user(session), revision=seen)
        with pytest.raises(StaleRevision):
            shortlists.note(session, match, "do not call", user(session), revision=seen)
        with pytest.raises(StaleRevision):
            shortlists.place(session, match, 2, user(session), revision=seen)
        assert match.note == "call them"


def test_the_last_decision_is_taken_back_and_the_one_before_stands(
    sessions: Sessions, keys: list[str]
) -> None:
    with sessions.begin() as session:
        match = propose(session, keys)[0]
        for kind in ("approved", "rejected"):
            match_decisions.decide(session, match, NewDecision(kind), user(session), revision=match.revision)
        match_decisions.undo(session, match, user(session), revision=match.revision)
        assert match.state == "approved"
        match_decisions.undo(session, match, user(session), revision=match.revision)
        assert match.state == "proposed"
        with pytest.raises(UndoTooLate):
            match_decisions.undo(session, match, user(session), revision=match.revision)
        assert len(match_decisions.history(session, match.need)) == 2
        assert list(outcomes.every(session)) == []


def test_what_somebody_was_told_cannot_be_undone(sessions: Sessions, keys: list[str]) -> None:
    with sessions.begin() as session:
        invited, shown, *_ = propose(session, keys)
        match_decisions.invite(session, [invited], user(session))
        match_decisions.decide(
            session, shown, NewDecision("approved"), user(session), revision=shown.revision
        )
        shortlists.release(session, shown.need, by="tester")
        for match in (invited, shown):
            assert not match_decisions.undoable(match)
            with pytest.raises(UndoTooLate):
                match_decisions.undo(session, match, user(session), revision=match.revision)


def test_no_more_are_invited_than_there_are_seats(sessions: Sessions, keys: list[str]) -> None:
    with sessions.begin() as session:
        matches = propose(session, keys)
        shortlists.set_seats(session, matches[0].need, 2, seen=None, by="tester")
        match_decisions.invite(session, matches[:1], user(session))
        with pytest.raises(SeatsTaken) as refused:
            match_decisions.invite(session, matches[:4], user(session))
        assert refused.value.params == {"most": 2, "taken": 1, "wanted": 3}
        assert [match.state for match in matches] == ["invited", *["proposed"] * 4]
        declined = NewDecision("declined", "capacity-taken")
        match_decisions.decide(session, matches[0], declined, user(session), revision=matches[0].revision)
        assert len(match_decisions.invite(session, matches[1:3], user(session))) == 2


def test_telling_takes_no_seat_and_happens_once(sessions: Sessions, keys: list[str]) -> None:
    with sessions.begin() as session:
        matches = propose(session, keys)
        assert len(shortlists.notify(session, matches[:2], user(session))) == 2
        assert len(shortlists.notify(session, matches[:3], user(session))) == 1
        assert shortlists.seats_taken(matches) == 0
        assert len(session.scalars(select(Mail)).all()) == 3


def test_near_equal_suppliers_take_turns_over_needs(sessions: Sessions, keys: list[str]) -> None:
    with sessions.begin() as session:
        first = propose(session, keys[:3], gap=0.005)
        match_decisions.invite(session, first[:1], user(session))
        second = propose(session, keys[:3], gap=0.005, external_id="n-4")
        assert [match.profile.public_id for match in second] == [keys[1], keys[2], keys[0]]


def test_the_spread_of_invitations_is_counted(sessions: Sessions, keys: list[str]) -> None:
    with sessions.begin() as session:
        first = propose(session, keys[:4])
        propose(session, keys[:4], external_id="n-4")
        match_decisions.invite(session, first[:2], user(session))
        found = rotation.spread(session, first[0].need.centre_id, now())
        assert (found.proposed, found.invited, found.invitations, found.most) == (4, 2, 2, 1)
        assert found.gini == pytest.approx(0.5)
        session.execute(Decision.__table__.update().values(at=DAY - timedelta(days=500)))  # type: ignore[attr-defined]
        assert rotation.spread(session, first[0].need.centre_id, now()).invitations == 0


def test_the_contractor_is_shown_who_was_chosen_and_nobody_else(sessions: Sessions, keys: list[str]) -> None:
    with sessions.begin() as session:
        matches = propose(session, keys)
        for match, kind in zip(matches, ("approved", "rejected"), strict=False):
            match_decisions.decide(session, match, NewDecision(kind), user(session), revision=match.revision)
        assert shortlists.released(session, matches[0].need) == []
        assert shortlists.release(session, matches[0].need, by="tester") == 1
        assert shortlists.release(session, matches[0].need, by="tester") == 0
        assert [m.profile.public_id for m in shortlists.released(session, matches[0].need)] == [keys[0]]


def test_who_did_what_is_told_newest_first(sessions: Sessions, keys: list[str]) -> None:
    with sessions.begin() as session:
        matches = propose(session, keys)
        shortlists.note(session, matches[1], "x", user(session), revision=matches[1].revision)
        newest, run, *_ = match_decisions.edits(session, matches[0].need, matches)
        assert (newest.action, newest.who, newest.match) == ("match.noted", "Operator", matches[1].public_id)
        assert (run.action, run.match) == ("need.matched", None)


def deliver(session: Session, match: Match, times: int, *, late: bool = False) -> None:
    """Confirmed deliveries of a hundred good pieces each, on the agreed day or after it."""
    order = PurchaseOrder(match_id=match.id, lines=[], opened_at=now() - timedelta(days=1))
    session.add(order)
    session.flush()
    day = DAY.date() + timedelta(days=late)
    said = {"kind": "delivery", "state": "confirmed", "side": "supplier", "by_id": user(session).id}
    session.add_all(
        OrderEntry(order_id=order.id, day=day, due_on=DAY.date(), pieces=100, defective=0, **said)
        for _ in range(times)
    )
    session.flush()


def test_deliveries_on_time_bring_a_turn_forward(sessions: Sessions, keys: list[str]) -> None:
    with sessions.begin() as session:
        matches = propose(session, keys, gap=0.001)
        deliver(session, matches[4], 20)
        deliver(session, matches[3], 1)  # says little
        deliver(session, matches[2], 20, late=True)
        turned = propose(session, keys, gap=0.001, external_id="n-4")
        assert [one.profile.public_id for one in turned] == [keys[4], keys[0], keys[1], keys[2], keys[3]]
        turned = propose(session, keys, gap=0.1, external_id="n-4")  # no near-equals: the score alone decides
        assert [one.profile.public_id for one in turned] == keys


def test_a_record_ages_an_invitation_and_does_not_keep_the_others_waiting() -> None:
    def after(days: int) -> list[str]:
        last = {"good": DAY + timedelta(days=days), "other": DAY}
        return rotation.rotate([("good", 0.9), ("other", 0.9)], last, {"good": sooner})

    sooner = rotation.sooner(DeliveryRecord(3, 20, 20, 20, 2000, 0, 0))
    assert 0 < sooner.days < rotation.MOST_SOONER.days
    assert after(sooner.days - 1) == ["good", "other"]
    assert after(sooner.days + 1) == ["other", "good"]


seen = st.integers(0, 60).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


@given(seen, st.integers(1, 5000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_a_better_record_never_waits_longer(time: tuple[int, int], pieces: tuple[int, int]) -> None:
    def days(on_time: int, dated: int, defective: int, of: int) -> int:
        return rotation.sooner(DeliveryRecord(1, dated, dated, on_time, of, defective, 0)).days

    mine = days(*time, *pieces)
    assert 0 <= mine <= rotation.MOST_SOONER.days
    assert mine <= days(time[0] + 1, time[1] + 1, *pieces)
    assert mine <= days(*time, pieces[0], pieces[1] + 1)
    assert mine == 0 or time[1] > 3  # few deliveries count nothing
    if time[0]:
        assert days(time[0] - 1, *time[1:], *pieces) <= mine


scored = st.lists(st.floats(0, 1), max_size=12).map(
    lambda scores: [(f"k{place}", score) for place, score in enumerate(sorted(scores, reverse=True))]
)


@given(scored, st.sets(st.integers(0, 11)))
def test_turns_lose_nobody_and_pass_over_no_clear_lead(
    ranked: list[tuple[str, float]], invited: set[int]
) -> None:
    last = {f"k{place}": DAY + timedelta(days=place) for place in invited}
    turned = rotation.rotate(ranked, last)
    assert sorted(turned) == sorted(key for key, _ in ranked)
    scores = dict(ranked)
    for place, key in enumerate(turned):
        assert all(scores[later] - scores[key] <= rotation.TOLERANCE + 1e-12 for later in turned[place:])


@given(st.lists(st.integers(0, 50), max_size=20))
def test_unevenness_is_zero_for_even_and_below_one(counts: list[int]) -> None:
    assert rotation.gini(counts) + 1e-12 >= 0
    assert rotation.gini(counts) < 1
    assert rotation.gini([3] * max(len(counts), 1)) == pytest.approx(0)
    assert rotation.gini([0] * 9 + [5]) == pytest.approx(0.9)
