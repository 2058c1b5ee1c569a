"""Taking acts back: every field of every row as it was, or nothing at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from matchmaker.domain.errors import NotFound, UndoOver, UndoOvertaken, UndoTooLate
from matchmaker.domain.lifecycle import NeedState
from matchmaker.models import (
    AuditEntry,
    Base,
    DecisionUndone,
    Mail,
    Match,
    Need,
    Outbox,
    Profile,
    ProfileRedirect,
    Session,
    UndoableAct,
    User,
)
from matchmaker.models.base import now
from matchmaker.models.database import Sessions
from matchmaker.services.core import undoing
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.needs import need_bulk, needs
from matchmaker.services.people import accounts
from matchmaker.services.profiles import merging, profile_drafts, suppliers
from matchmaker.services.shortlist import match_decisions, need_moves, shortlists
from matchmaker.services.shortlist.need_moves import MoveReason
from matchmaker.services.shortlist.shortlists import SupplierProposal
from tests.support.fakes import FakeRecogniser
from tests.support.records import need, supplier

# What only grows, or says when a row was last written.
GROWS = {"audit_entry", "outbox", "undoable_act", "decision_undone", "mail", "once"}
MOVES_ON = {"revision", "changed_at"}


@pytest.fixture
def made(each_sessions: Sessions) -> Sessions:
    """A published need with two invited twins, each with what the other lacks."""
    with each_sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        twins = [
            supplier(id="s-0", inn=None, employees=None),
            supplier(id="s-1", employees=77, capabilities=[{"process": "шлифовка"}], certificates=[]),
        ]
        suppliers.save_many(session, twins, FakeRecogniser(), RecordOrigin(centre, "file", "tester"))
        need_bulk.save_many(session, [need()], FakeRecogniser(), RecordOrigin(centre, "file", "tester"))
        made_by = accounts.AccountDetails("o@example.org", "Operator")
        user = accounts.create_user(session, made_by, by="tester")
        wanted = session.scalars(select(Need)).one()
        keys = session.scalars(select(Profile.public_id).order_by(Profile.id)).all()
        found = [SupplierProposal(key, 0.9 - place / 10, {}) for place, key in enumerate(keys)]
        matches = shortlists.propose(session, wanted, found, ranker="prior", by="tester")
        match_decisions.invite(session, matches[1:], user)
    return each_sessions


def rows(session: Session) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, without what moves on, and without decisions that were undone: these stay as history."""
    session.flush()
    undone, found = set(session.scalars(select(DecisionUndone.decision_id))), {}
    for table in Base.metadata.sorted_tables:
        if table.name not in GROWS:
            kept = [column for column in table.columns if column.name not in MOVES_ON]
            read = session.execute(select(*kept).order_by(*table.primary_key.columns)).mappings()
            found[table.name] = [dict(row) for row in read]
    found["decision"] = [row for row in found["decision"] if row["id"] not in undone]
    return found


def person(session: Session) -> User:
    return session.scalars(select(User)).one()


def close(session: Session) -> Need:
    wanted = session.scalars(select(Need)).one()
    reason = MoveReason("No longer wanted")
    need_moves.move(
        session,
        wanted,
        NeedState.CLOSED,
        person(session),
        word=lambda code, _: code,
        reason=reason,
        by_centre=True,
    )
    return wanted


def merge(session: Session) -> Profile:
    keep, gone = (suppliers.by_key(session, key) for key in profile_keys(session))
    revisions = [keep.revision, gone.revision]
    merging.merge(session, keep, gone, FakeRecogniser(), person(session), revisions=revisions)
    return keep


def profile_keys(session: Session) -> list[str]:
    return list(session.scalars(select(Profile.public_id).order_by(Profile.id)))


def draft(session: Session) -> Profile:
    """A profile with changes that wait."""
    profile = suppliers.by_key(session, profile_keys(session)[0])
    changed = suppliers.record(profile).model_copy(update={"employees": 5})
    profile_drafts.save(session, profile, changed, revision=profile.revision, by="tester", today=now().date())
    session.flush()
    return profile


def discard(session: Session) -> Profile:
    profile = suppliers.by_key(session, profile_keys(session)[0])
    profile_drafts.discard(session, profile, person(session))
    return profile


def remove(session: Session) -> Profile:
    profile = suppliers.by_key(session, profile_keys(session)[0])
    record = profile_drafts.draft(profile)
    less = record.model_copy(update={"equipment": record.equipment[1:]})
    profile_drafts.remove(
        session,
        profile,
        less,
        person(session),
        revision=profile.revision,
        today=now().date(),
        removed=("equipment", 0),
    )
    return profile


ACTS = {"merger": merge, "closing": close, "discarding": discard, "removal": remove}


@contextmanager
def taken(sessions: Sessions) -> Iterator[tuple[Session, UndoableAct]]:
    """The last act of the person, as another transaction finds it."""
    with sessions.begin() as session:
        key = session.scalars(select(UndoableAct.public_id).order_by(UndoableAct.id.desc())).first()
        assert key
        yield session, undoing.by_key(session, key, person(session))


def thing(session: Session, act: UndoableAct) -> Need | Profile:
    model = Need if act.object_kind == "need" else Profile
    return session.scalars(select(model).where(model.public_id == act.object_id)).one()


@pytest.mark.parametrize("name", ACTS)
def test_every_field_of_every_row_is_as_before_and_the_journal_has_both_acts(
    made: Sessions, name: str
) -> None:
    with made.begin() as session:
        draft(session)
        before, letters = rows(session), set(session.scalars(select(Mail.id)))
    with made.begin() as session:
        ACTS[name](session)
    with made() as session:
        assert rows(session) != before
    with taken(made) as (session, act):
        assert undoing.undo(session, act, thing(session, act), person(session))
    with taken(made) as (session, act):
        assert not undoing.undo(session, act, thing(session, act), person(session))
        assert rows(session) == before
        assert set(session.scalars(select(Mail.id))) == letters
        written = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
        assert written.count(f"{act.kind}_undone") == 1


def test_a_merger_that_is_undone_has_both_indexed_and_no_address_led_elsewhere(made: Sessions) -> None:
    with made.begin() as session:
        merge(session)
        session.query(Outbox).delete()
    with taken(made) as (session, act):
        undoing.undo(session, act, thing(session, act), person(session))
        assert set(session.scalars(select(Outbox.key))) == set(profile_keys(session))
        assert session.scalars(select(ProfileRedirect)).all() == []


@pytest.mark.parametrize("name", ACTS)
def test_what_was_changed_since_stays_and_nothing_is_half_undone(made: Sessions, name: str) -> None:
    with made.begin() as session:
        draft(session)
    with made.begin() as session:
        done = ACTS[name](session)
        if isinstance(done, Need):
            needs.move(session, done, NeedState.DRAFT, by="tester")
        elif name == "merger":
            session.scalars(select(Match).where(Match.profile_id == done.id)).one().profile_id = next(
                iter(session.scalars(select(Profile.id).where(Profile.id != done.id)))
            )
        else:
            changed = profile_drafts.draft(done).model_copy(update={"employees": 6})
            profile_drafts.save(
                session, done, changed, revision=done.revision, by="tester", today=now().date()
            )
        after = rows(session)
    with pytest.raises(UndoOvertaken), taken(made) as (session, act):
        undoing.undo(session, act, thing(session, act), person(session))
    with made() as session:
        assert rows(session) == after


def test_what_concerns_other_fields_stays_when_an_act_is_undone(made: Sessions) -> None:
    with made.begin() as session:
        merge(session)
        session.scalars(select(Match)).first().note = "called them"  # type: ignore[union-attr]
    with taken(made) as (session, act):
        assert undoing.undo(session, act, thing(session, act), person(session))
        assert session.scalars(select(Match.note).where(Match.note.is_not(None))).all() == ["called them"]


def test_after_ten_minutes_and_by_others_nothing_is_undone(made: Sessions) -> None:
    with made.begin() as session:
        close(session)
        posted = session.scalars(select(Mail).order_by(Mail.id.desc())).first()
        assert posted is not None
        assert posted.due_at > now() + timedelta(minutes=9)
        other = accounts.create_user(session, accounts.AccountDetails("p@example.org", "Other"), by="tester")
        key = session.scalars(select(UndoableAct.public_id)).one()
        with pytest.raises(NotFound):
            undoing.by_key(session, key, other)
        author = session.scalars(select(User).where(User.id != other.id)).one()
        act = undoing.by_key(session, key, author)
        with time_machine.travel(act.until + timedelta(seconds=1), tick=False), pytest.raises(UndoOver):
            undoing.undo(session, act, thing(session, act), author)


def test_a_letter_that_is_under_way_keeps_the_act(made: Sessions) -> None:
    with made.begin() as session:
        close(session)
        session.scalars(select(Mail).order_by(Mail.id.desc())).first().taken_by = "worker"  # type: ignore[union-attr]
    with made() as session:
        before = rows(session)
    with pytest.raises(UndoTooLate), taken(made) as (session, act):
        undoing.undo(session, act, thing(session, act), person(session))
    with made() as session:
        assert rows(session) == before


def test_copies_of_rows_are_forgotten_when_they_serve_nobody(made: Sessions) -> None:
    with made.begin() as session:
        close(session)
        undoing.tidy(session)
        assert session.scalars(select(UndoableAct)).all()
        with time_machine.travel(now() + 3 * undoing.UNDO, tick=False):
            undoing.tidy(session)
        assert not session.scalars(select(UndoableAct)).all()
