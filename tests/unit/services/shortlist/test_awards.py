from datetime import date, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from matchmaker.domain.errors import InvalidRecord, MoveNotAllowed, NotFound, StaleRevision, UndoTooLate
from matchmaker.domain.lifecycle import MatchState, NeedState
from matchmaker.models import AuditEntry, Decision, Mail, Match, Need, Profile, Session, UndoableAct, User
from matchmaker.models.base import now
from matchmaker.models.database import Sessions
from matchmaker.services.core import undoing
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.needs import buyer_record, need_bulk, needs
from matchmaker.services.people import accounts
from matchmaker.services.profiles import suppliers
from matchmaker.services.shortlist import awards, comparison, match_decisions, shortlists
from matchmaker.services.shortlist.awards import AwardShare
from matchmaker.services.shortlist.match_decisions import NewDecision
from matchmaker.services.shortlist.shortlists import SupplierProposal
from tests.support.fakes import FakeRecogniser
from tests.support.records import need, supplier

REASON = "chosen-another"


@pytest.fixture
def made(sessions: Sessions) -> Sessions:
    """A need in its shortlisting with three invited suppliers."""
    with sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        records = [supplier(id=f"s-{number}", inn=None) for number in range(3)]
        suppliers.save_many(session, records, FakeRecogniser(), RecordOrigin(centre, "file", "tester"))
        saved, _ = need_bulk.save(session, need(), FakeRecogniser(), RecordOrigin(centre, "file", "tester"))
        user = accounts.create_user(
            session, accounts.AccountDetails("o@example.org", "Operator"), by="tester"
        )
        keys = session.scalars(select(Profile.public_id).order_by(Profile.id))
        found = [SupplierProposal(key, 0.9 - place / 10, {}) for place, key in enumerate(keys)]
        matches = shortlists.propose(session, saved, found, ranker="prior", by="tester")
        needs.move(session, saved, NeedState.SHORTLISTING, by="tester")
        match_decisions.invite(session, matches, user)
    return sessions


def word(code: str, language: str) -> str:
    return f"{code} ({language})"


def parts(session: Session) -> tuple[Need, list[Match], User]:
    wanted = session.scalars(select(Need)).one()
    return wanted, list(shortlists.of_need(session, wanted)), session.scalars(select(User)).one()


def take_back(session: Session, wanted: Need, user: User) -> bool:
    key = session.scalars(select(UndoableAct.public_id)).one()
    return awards.undo(session, undoing.by_key(session, key, user), wanted, user)


def test_a_contract_with_one_tells_the_others_why_not(made: Sessions) -> None:
    with made.begin() as session:
        wanted, (chosen, *others), user = parts(session)
        assert (
            awards.award(
                session, chosen.need, [AwardShare(chosen, chosen.revision)], user, word, reason=REASON
            )
            == others
        )
        assert wanted.state == NeedState.CONTRACTED
        assert [match.state for match in (chosen, *others)] == ["contracted", "lost", "lost"]
        lost = session.scalars(select(Decision).where(Decision.kind == "lost")).all()
        assert {decision.reason_code for decision in lost} == {REASON}
        outcomes = [mail for mail in session.scalars(select(Mail)) if "chosen-another (ru)" in mail.text]
        assert len(outcomes) == 2


def test_a_contract_gives_both_sides_each_other_s_contacts(made: Sessions) -> None:
    with made.begin() as session:
        wanted, (chosen, *_), user = parts(session)
        wanted.details = {**wanted.details, "contact": "Имя Фамилия, +7 351 000-00-00, buyer@example.org"}
        before = set(session.scalars(select(Mail.id)))
        awards.award(session, chosen.need, [AwardShare(chosen, chosen.revision)], user, word, reason=REASON)
        posted = {mail.recipient: mail for mail in session.scalars(select(Mail)) if mail.id not in before}
        to_contractor = posted["buyer@example.org"]
        for part in ("ООО «Пример»", "shop@example.org", "+7 343 000-00-00", "500", wanted.public_id):
            assert part in to_contractor.text
            assert part in (to_contractor.html or "")
        kinds = [mail for mail in session.scalars(select(Mail)) if "Завод «Сборка»" in mail.text]
        assert [mail.recipient for mail in kinds] == ["shop@example.org"]
        assert "+7 351 000-00-00" in kinds[0].text


def test_a_contract_is_taken_back_with_its_letters(made: Sessions) -> None:
    with made.begin() as session:
        wanted, matches, user = parts(session)
        before = set(session.scalars(select(Mail.id)))
        awards.award(
            session, matches[0].need, [AwardShare(matches[0], matches[0].revision)], user, word, reason=REASON
        )
        assert [match.told_state for match in matches] == ["invited"] * 3
        assert wanted.told_state == "shortlisting"
        posted = [mail for mail in session.scalars(select(Mail)) if mail.id not in before]
        assert len(posted) == 3  # no buyer has an account
        assert min(mail.due_at for mail in posted) > now() + timedelta(minutes=9)
        assert take_back(session, wanted, user)
        assert not take_back(session, wanted, user)
        session.expire_all()
        assert set(session.scalars(select(Mail.id))) == before
        assert [match.state for match in shortlists.of_need(session, wanted)] == ["invited"] * 3
        assert wanted.state == "shortlisting"
        actions = list(session.scalars(select(AuditEntry.action)))
        assert actions.count("need.award_undone") == 1
        awards.award(
            session, matches[1].need, [AwardShare(matches[1], matches[1].revision)], user, word, reason=REASON
        )
        assert matches[1].is_contracted


def test_another_person_or_later_takes_no_contract_back(made: Sessions) -> None:
    with made.begin() as session:
        wanted, (chosen, other, _), user = parts(session)
        made_by = accounts.AccountDetails("p@example.org", "Person")
        stranger = accounts.create_user(session, made_by, by="tester")
        awards.award(session, chosen.need, [AwardShare(chosen, chosen.revision)], user, word, reason=REASON)
        with pytest.raises(NotFound):
            take_back(session, wanted, stranger)
        assert not chosen.shows_contacts
        with time_machine.travel(now() + undoing.UNDO + timedelta(seconds=1), tick=False):
            assert chosen.shows_contacts
            assert other.told_state == "lost"
            with pytest.raises(UndoTooLate):
                take_back(session, wanted, user)
        assert wanted.state == NeedState.CONTRACTED


def test_a_letter_that_is_under_way_keeps_the_contract(made: Sessions) -> None:
    with made() as session:
        wanted, (chosen, *_), user = parts(session)
        awards.award(session, chosen.need, [AwardShare(chosen, chosen.revision)], user, word, reason=REASON)
        session.scalars(select(Mail).order_by(Mail.id.desc())).first().taken_by = "worker"  # type: ignore[union-attr]
        session.flush()
        with pytest.raises(UndoTooLate):
            take_back(session, wanted, user)


def test_the_losers_letters_hold_no_contacts(made: Sessions) -> None:
    with made.begin() as session:
        wanted, (chosen, *_), user = parts(session)
        wanted.details = {**wanted.details, "contact": "+7 351 000-00-00, buyer@example.org"}
        awards.award(session, chosen.need, [AwardShare(chosen, chosen.revision)], user, word, reason=REASON)
        lost = [mail for mail in session.scalars(select(Mail)) if "chosen-another" in mail.text]
        assert len(lost) == 2
        assert not [mail for mail in lost if "351" in mail.text or "343" in mail.text]


def test_a_supplier_that_was_approved_and_not_invited_may_be_chosen(made: Sessions) -> None:
    with made.begin() as session:
        _, (chosen, *_), user = parts(session)
        chosen.state = MatchState.APPROVED
        session.flush()
        awards.award(session, chosen.need, [AwardShare(chosen, chosen.revision)], user, word, reason=REASON)
        assert chosen.is_contracted


def test_a_need_that_closes_tells_the_invited_in_the_words_that_were_given(made: Sessions) -> None:
    with made.begin() as session:
        wanted, matches, user = parts(session)
        needs.move(session, wanted, NeedState.CLOSED, by="tester", reason="Сделали сами")
        verdict = NewDecision("lost", reason="Сделали сами")
        assert awards.let_go(session, wanted, user, verdict, word) == matches
        assert awards.let_go(session, wanted, user, verdict, word) == []
        assert sum("Сделали сами" in mail.text for mail in session.scalars(select(Mail))) == 3


def test_the_buyer_s_card_counts_answers_awards_and_days(made: Sessions) -> None:
    with made.begin() as session:
        wanted, (chosen, other, _), user = parts(session)
        assert wanted.contractor is not None
        assert buyer_record.card(session, wanted.contractor) == buyer_record.BuyerRecord(0, 0, 0, 0, None)
        for match in (chosen, other):
            match_decisions.decide(session, match, NewDecision("interested"), user, revision=match.revision)
        wanted.published_at = now() - timedelta(days=12, hours=1)
        assert buyer_record.card(session, wanted.contractor) == buyer_record.BuyerRecord(
            0, 0, 0, 0, None
        )  # nobody learns who answered an open need
        awards.award(session, chosen.need, [AwardShare(chosen, chosen.revision)], user, word, reason=REASON)
        assert buyer_record.card(session, wanted.contractor) == buyer_record.BuyerRecord(
            0, 0, 0, 0, None
        )  # nor that a contract was made which may be taken back
        with time_machine.travel(now() + undoing.UNDO + timedelta(seconds=1), tick=False):
            assert buyer_record.card(session, wanted.contractor) == buyer_record.BuyerRecord(2, 2, 1, 1, 12)


def test_a_second_or_a_stale_award_is_refused(made: Sessions) -> None:
    with made.begin() as session:
        _, (first, second, _), user = parts(session)
        with pytest.raises(StaleRevision):
            awards.award(
                session, first.need, [AwardShare(first, first.revision - 1)], user, word, reason=REASON
            )
        awards.award(session, first.need, [AwardShare(first, first.revision)], user, word, reason=REASON)
        with pytest.raises(MoveNotAllowed):
            awards.award(
                session, second.need, [AwardShare(second, second.revision)], user, word, reason=REASON
            )


def test_only_a_contracted_delivery_is_rated_and_the_last_rating_counts(made: Sessions) -> None:
    with made.begin() as session:
        _, (chosen, other, _), user = parts(session)
        awards.award(session, chosen.need, [AwardShare(chosen, chosen.revision)], user, word, reason=REASON)
        with pytest.raises(MoveNotAllowed):
            awards.rate(session, other, awards.Rating(5), user)
        awards.rate(session, chosen, awards.Rating(5), user)
        awards.rate(session, chosen, awards.Rating(3, "late"), user)
        row = awards.ratings(session, [chosen])[chosen.id]
        assert (row.quality, row.text) == (3, "late")


@given(st.integers(-3, 9))
def test_ratings_stay_in_their_scale(quality: int) -> None:
    if 1 <= quality <= 5:
        assert awards.Rating(quality).quality == quality
    else:
        with pytest.raises(InvalidRecord) as refused:
            awards.Rating(quality)
        assert [p.path for p in refused.value.problems] == ["quality"]


def test_a_copy_asks_for_the_same_without_a_day_that_has_passed(made: Sessions) -> None:
    with made.begin() as session:
        wanted, _, _ = parts(session)
        later = awards.copy(session, wanted, "later", date(2028, 1, 1), by="tester")
        sooner = awards.copy(session, wanted, "sooner", date(2026, 1, 1), by="tester")
        assert (later.state, later.deliver_by) == (NeedState.DRAFT, None)
        assert sooner.deliver_by == wanted.deliver_by
        assert later.contractor == wanted.contractor
        before = needs.record(wanted).model_copy(update={"id": "x", "deliver_by": None})
        assert needs.record(later).model_copy(update={"id": "x"}) == before


def worded(requirement: str, needed: str, declared: str, outcome: str = "met") -> dict[str, str]:
    return {
        "requirement": requirement,
        "label": requirement.title(),
        "needed": needed,
        "declared": declared,
        "outcome": outcome,
        "outcome_label": outcome,
    }


def test_requirements_stand_in_rows_and_suppliers_in_columns() -> None:
    first = [worded("processes", "turning", "CNC turning"), worded("tolerance", "IT6", "IT7", "near")]
    second = [worded("processes", "turning", "—", "unmet"), worded("processes", "milling", "milling")]
    rows = comparison.rows([first, second])
    assert [(row.label, row.needed) for row in rows] == [
        ("Processes", "turning"),
        ("Tolerance", "IT6"),
        ("Processes", "milling"),
    ]
    assert [cell.outcome if cell else None for cell in rows[0].cells] == ["met", "unmet"]
    assert [cell.declared if cell else None for cell in rows[1].cells] == ["IT7", None]


def test_figures_are_told_where_they_are_known(made: Sessions) -> None:
    with made() as session:
        profile = session.scalars(select(Profile)).first()
        assert profile is not None
        near = comparison.figures(profile, (56.84, 60.61))
        assert (near.distance_km, near.lead_days, near.updated) == (0, (21, 21), date(2026, 10, 1))
        assert comparison.figures(profile, None).distance_km is None
