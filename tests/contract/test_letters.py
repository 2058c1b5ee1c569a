"""Letters, links and limits act alike on both databases."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import LinkSpent
from matchmaker.models import Mail, Need, Once, Organisation, Profile, User
from matchmaker.models.base import now
from matchmaker.models.database import Sessions
from matchmaker.services.core import signed_links
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.mail import jobs, letters
from matchmaker.services.mail.transport import transport
from matchmaker.services.needs import need_bulk, needs
from matchmaker.services.people import accounts, memberships
from matchmaker.services.profiles import suppliers
from matchmaker.services.schedule import daily_run, due_day
from matchmaker.services.shortlist import match_decisions, shortlists
from matchmaker.services.shortlist.shortlists import SupplierProposal
from tests.support.fakes import FakeRecogniser
from tests.support.records import need, supplier


def test_two_workers_send_each_letter_once(each_sessions: Sessions, tmp_path: Path) -> None:
    with each_sessions.begin() as session:
        for number in range(12):
            values = letters.example("profile_published")
            letters.post(session, "profile_published", f"r{number}@example.org", "en", values)
    sent: list[int] = []

    def work() -> None:
        sent.append(jobs.send_due(each_sessions, transport(None, tmp_path), "centre@example.org").sent)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(sent) == 12
    with each_sessions() as session:
        assert session.execute(select(Mail.state, func.count()).group_by(Mail.state)).all() == [("sent", 12)]
        assert set(session.scalars(select(Mail.attempts))) == {1}


def test_of_two_who_use_a_link_at_once_one_is_refused(each_sessions: Sessions) -> None:
    start, outcomes = threading.Barrier(2), list[str]()

    def use() -> None:
        start.wait()
        try:
            with each_sessions.begin() as session:
                signed_links.use(session, "answer", "key")
        except LinkSpent:
            outcomes.append("refused")
        else:
            outcomes.append("used")

    people = [threading.Thread(target=use) for _ in range(2)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert sorted(outcomes) == ["refused", "used"]
    with each_sessions() as session:
        assert session.scalar(select(func.count()).select_from(Once)) == 1


def test_two_registrations_with_one_number_make_one_organisation(each_sessions: Sessions) -> None:
    with each_sessions.begin() as session:
        needs.centre_of(session, "centre")
    start, states = threading.Barrier(2), list[str]()

    def register(number: int) -> None:
        start.wait()
        with each_sessions.begin() as session:
            made = accounts.AccountDetails(f"p{number}@example.org", "Person", "long-enough-password")
            user = accounts.create_user(session, made, by="test")
            firm = memberships.NamedOrganisation("7707083893", "Primer", "supplier_editor")
            states.append(memberships.join(session, user, firm, needs.centre_of(session, "centre")).state)

    people = [threading.Thread(target=register, args=(number,)) for number in range(2)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert sorted(states) == ["active", "asked"]
    with each_sessions() as session:
        assert session.scalar(select(func.count(Organisation.id))) == 1


def _person(session: Session, email: str, role: str, **where: Any) -> User:
    made = accounts.AccountDetails(email, role, "long-enough-password", "en")
    user = accounts.create_user(session, made, by="test")
    accounts.grant(session, user, role, by="test", **where)
    return user


def test_what_a_day_brings_is_posted_once(each_sessions: Sessions) -> None:
    with each_sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        suppliers.save_many(session, [supplier()], FakeRecogniser(), RecordOrigin(centre, "file", "test"))
        wanted, _ = need_bulk.save(session, need(), FakeRecogniser(), RecordOrigin(centre, "file", "test"))
        wanted.published_at = now()
        profile = session.scalars(select(Profile)).one()
        profile.equipment[0].type_codes = ["lathe"]
        profile.certificates[0].valid_until = now().date() + timedelta(days=20)
        operator = _person(session, "operator@example.org", "operator", centre=centre)
        _person(session, "editor@example.org", "supplier_editor", organisation=profile.organisation)
        shortlists.propose(
            session, wanted, [SupplierProposal(profile.public_id, 0.9, {})], ranker="prior", by="test"
        )
        match_decisions.invite(session, shortlists.of_need(session, wanted), operator)
    for expected in (4, 0):
        day = due_day.DueDay(
            now().date() + timedelta(days=4),
            lambda session, _: [session.scalars(select(Need)).one()],
            lambda code, _: code,
            {},
        )
        assert daily_run.run(each_sessions, day) == expected
    with each_sessions() as session:
        kinds = sorted(session.scalars(select(Once.key).where(Once.kind == "letter")))
    assert [kind.split()[0] for kind in kinds] == [
        "answer_reminder",
        "certificate_ending",
        "digest",
        "weekly_capacity",
    ]
