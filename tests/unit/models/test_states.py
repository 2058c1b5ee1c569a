"""Columns of states: they hold words, rows bear members, and no other word comes in or out."""

from collections.abc import Iterator
from enum import StrEnum

import pytest
from sqlalchemy import CheckConstraint, Column, String, create_engine, insert, select, text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import MatchState, NeedState
from matchmaker.models import Base, Mail, Match, Need, Outbox
from matchmaker.models.base import now

STATES = [
    (mapper.class_, column)
    for mapper in sorted(Base.registry.mappers, key=lambda mapper: mapper.class_.__name__)
    for column in mapper.local_table.columns
    if getattr(column.type, "enum_class", None) is not None
]


def named(case: object) -> str:
    return case.__name__ if isinstance(case, type) else getattr(case, "name", "")


def words(column: Column[str]) -> list[str]:
    return [str(state) for state in column.type.enum_class]  # type: ignore[attr-defined]


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as opened:
        yield opened


def test_all_that_has_a_course_bears_its_states() -> None:
    assert {f"{model.__name__}.{column.name}" for model, column in STATES} == {
        "CertificateRow.status",
        "CertificationStep.stage",
        "Decision.kind",
        "DevelopmentCard.state",
        "Event.state",
        "EventParticipant.state",
        "Finding.state",
        "ImportBatch.state",
        "Job.state",
        "LaneBeat.lane",
        "LetterIn.state",
        "Mail.state",
        "Match.state",
        "Membership.state",
        "Need.state",
        "OrderEntry.state",
        "Outbox.state",
        "Profile.review",
        "Profile.state",
        "PurchaseOrder.state",
        "Quote.state",
        "WebhookMessage.state",
    }


@pytest.mark.parametrize(("model", "column"), STATES, ids=named)
def test_a_row_takes_every_word_of_its_states_and_no_other(model: type, column: Column[str]) -> None:
    for word in words(column):
        assert isinstance(getattr(model(**{column.name: word}), column.name), StrEnum)
    with pytest.raises(ValueError, match="perhaps"):
        model(**{column.name: "perhaps"})
    row = model()
    with pytest.raises(ValueError, match="perhaps"):
        setattr(row, column.name, "perhaps")


@pytest.mark.parametrize(("model", "column"), STATES, ids=named)
def test_the_column_is_a_short_string_whose_words_the_database_checks(
    model: type, column: Column[str]
) -> None:
    assert column.type.compile() == String(20).compile()
    (check,) = (
        str(one.sqltext)
        for one in column.table.constraints
        if isinstance(one, CheckConstraint) and str(one.sqltext).startswith(f"{column.name} IN")
    )
    known = [word for word in words(column) if (model.__name__, word) != ("Decision", MatchState.PROPOSED)]
    assert check == f"{column.name} IN ({', '.join(map(repr, known))})"


def test_words_are_stored_and_members_are_read(session: Session) -> None:
    session.add(Outbox(key="a"))
    session.execute(insert(Outbox), [{"key": "b", "state": "dead"}])
    session.flush()
    stored = session.execute(text("SELECT key, state FROM outbox ORDER BY key")).all()
    assert [tuple(row) for row in stored] == [("a", "waiting"), ("b", "dead")]
    read = session.scalars(select(Outbox.state).order_by(Outbox.key)).all()
    assert all(isinstance(state, StrEnum) for state in read)


def test_no_statement_asks_for_or_writes_an_unknown_word(session: Session) -> None:
    with pytest.raises(StatementError, match="perhaps"):
        session.execute(select(Mail).where(Mail.state == "perhaps")).all()
    with pytest.raises(StatementError, match="perhaps"):
        session.execute(insert(Outbox), [{"key": "b", "state": "perhaps"}])


def test_a_match_says_where_its_supplier_stands() -> None:
    need = Need(state=NeedState.PUBLISHED)
    invited = Match(state=MatchState.INVITED, need=need)
    assert (invited.is_seated, invited.awaits_answer, invited.is_answered) == (True, True, False)
    need.state = NeedState.CLOSED
    assert not invited.awaits_answer
    approved = Match(state=MatchState.APPROVED, need=need)
    assert (approved.is_untold, approved.is_invitable, approved.is_releasable) == (True, True, True)
    approved.released_at = now()
    assert (approved.is_shown, approved.is_releasable) == (True, False)
    approved.state = MatchState.REJECTED
    assert not approved.is_shown


def test_a_need_says_who_it_is_for_by_now() -> None:
    need = Need(state=NeedState.SUBMITTED)
    assert (need.is_in_preparation, need.is_open, need.is_released) == (True, False, False)
    need.state = NeedState.CONTRACTED
    assert (need.is_in_preparation, need.is_open, need.is_released) == (False, False, True)
