import pytest
from sqlalchemy import select

from matchmaker.domain.errors import InvalidRecord
from matchmaker.domain.lifecycle import NeedState
from matchmaker.models import Mail, Need, Profile, Session, User
from matchmaker.models.database import Sessions
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.needs import need_bulk, needs
from matchmaker.services.people import accounts
from matchmaker.services.profiles import suppliers
from matchmaker.services.shortlist import match_decisions, need_moves, shortlists
from matchmaker.services.shortlist.need_moves import MoveReason
from tests.support.fakes import FakeRecogniser
from tests.support.records import need, supplier


@pytest.fixture
def published(sessions: Sessions) -> Sessions:
    """A published need with an invited supplier and a proposed one, and a buyer of its contractor."""
    with sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        records = [supplier(id=f"s-{number}", inn=None) for number in range(2)]
        suppliers.save_many(session, records, FakeRecogniser(), RecordOrigin(centre, "file", "tester"))
        saved, _ = need_bulk.save(session, need(), FakeRecogniser(), RecordOrigin(centre, "file", "tester"))
        operator = accounts.create_user(
            session, accounts.AccountDetails("o@example.org", "Operator"), by="tester"
        )
        buyer = accounts.create_user(session, accounts.AccountDetails("b@example.org", "Buyer"), by="tester")
        accounts.grant(session, buyer, "contractor_buyer", by="tester", organisation=saved.contractor)
        invited, _ = (
            match_decisions.add_by_hand(session, saved, profile, operator)
            for profile in session.scalars(select(Profile).order_by(Profile.id))
        )
        match_decisions.invite(session, [invited], operator)
    return sessions


def word(code: str, language: str) -> str:
    return f"{code} ({language})"


def move(session: Session, state: NeedState, reason: MoveReason, *, by_centre: bool = True) -> Need:
    found = session.scalars(select(Need)).one()
    operator = session.scalars(select(User).where(User.email == "o@example.org")).one()
    need_moves.move(session, found, state, operator, word=word, reason=reason, by_centre=by_centre)
    return found


def letters(session: Session, words: str) -> list[str]:
    return [mail.recipient for mail in session.scalars(select(Mail)) if words in mail.text]


def test_a_need_that_closes_tells_its_contractor_and_lets_go_who_waits(published: Sessions) -> None:
    with published.begin() as session:
        found = move(session, NeedState.CLOSED, MoveReason(code="need-closed"))
        assert found.closed_why == "need-closed"
        assert [match.state for match in shortlists.of_need(session, found)] == ["lost", "proposed"]
        assert set(letters(session, "need-closed (ru)")) == {"b@example.org", "shop@example.org"}


@pytest.mark.parametrize(("state", "by_centre"), [(NeedState.CLOSED, False), (NeedState.DRAFT, True)])
def test_closing_and_the_centre_s_returning_need_a_reason(
    published: Sessions, state: NeedState, by_centre: bool
) -> None:
    with published.begin() as session:
        with pytest.raises(InvalidRecord) as refused:
            move(session, state, MoveReason(), by_centre=by_centre)
        assert [problem.path for problem in refused.value.problems] == ["reason"]
        assert session.scalars(select(Need)).one().state == NeedState.PUBLISHED


def test_words_win_over_a_code(published: Sessions) -> None:
    with published.begin() as session:
        found = move(session, NeedState.CLOSED, MoveReason("Сделали сами", "need-closed"))
        assert found.closed_why == "Сделали сами"
        assert "b@example.org" in letters(session, "Сделали сами")
        assert letters(session, "need-closed") == []


def test_releasing_the_shortlist_begins_it(published: Sessions) -> None:
    with published.begin() as session:
        found = session.scalars(select(Need)).one()
        operator = session.scalars(select(User).where(User.email == "o@example.org")).one()
        assert need_moves.release_shortlist(session, found, operator) == 1
        assert found.state == NeedState.SHORTLISTING
        assert need_moves.release_shortlist(session, found, operator) == 0
