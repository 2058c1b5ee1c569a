from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from matchmaker.domain.access import Role
from matchmaker.domain.errors import InvalidRecord
from matchmaker.models import User, UserSession
from matchmaker.models.base import now
from matchmaker.models.database import Sessions
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts, browser_sessions

PASSWORD = "очень длинный пароль"


@pytest.fixture
def person(sessions: Sessions) -> User:
    with sessions.begin() as session:
        given = accounts.AccountDetails("Ivan@Example.org", "Operator", PASSWORD, confirmed=True)
        return accounts.create_user(session, given, by="tester")


def login(sessions: Sessions, user: User) -> str:
    with sessions.begin() as session:
        return browser_sessions.start(session, session.get_one(User, user.id), agent="browser")


def alive(sessions: Sessions, token: str) -> bool:
    with sessions() as session:
        return browser_sessions.of_token(session, token) is not None


@pytest.mark.parametrize("email", ["ivan@example.org", "IVAN@EXAMPLE.ORG", " ivan@example.org "])
def test_the_right_password_opens_whatever_the_case_of_the_address(
    sessions: Sessions, person: User, email: str
) -> None:
    with sessions() as session:
        found = accounts.authenticate(session, email, PASSWORD)
        assert found is not None
        assert found.id == person.id


@pytest.mark.parametrize(
    ("email", "password"),
    [("ivan@example.org", "wrong"), ("nobody@example.org", PASSWORD), ("ivan@example.org", "")],
)
def test_anything_else_does_not(sessions: Sessions, person: User, email: str, password: str) -> None:
    with sessions() as session:
        assert accounts.authenticate(session, email, password) is None


def test_a_disabled_person_stays_out(sessions: Sessions, person: User) -> None:
    token = login(sessions, person)
    with sessions.begin() as session:
        session.get_one(User, person.id).active = False
    assert not alive(sessions, token)
    with sessions() as session:
        assert accounts.authenticate(session, "ivan@example.org", PASSWORD) is None


@pytest.mark.parametrize(
    ("email", "password", "field"),
    [
        ("no address", PASSWORD, "email"),
        ("IVAN@example.org", PASSWORD, "email"),
        ("a@example.org", "short", "password"),
        ("a@example.org", "x" * 129, "password"),
    ],
)
def test_an_account_that_cannot_be_made_names_the_field(
    sessions: Sessions, person: User, email: str, password: str, field: str
) -> None:
    with sessions.begin() as session, pytest.raises(InvalidRecord) as caught:
        accounts.create_user(session, accounts.AccountDetails(email, "X", password), by="tester")
    assert [problem.path for problem in caught.value.problems] == [field]


def test_a_session_lives_until_it_is_ended(sessions: Sessions, person: User) -> None:
    first, second = login(sessions, person), login(sessions, person)
    with sessions.begin() as session:
        browser_sessions.end(session, first)
    assert not alive(sessions, first)
    assert alive(sessions, second)
    with sessions() as session:
        assert len(browser_sessions.of_user(session, session.get_one(User, person.id))) == 1


def test_a_session_expires(sessions: Sessions, person: User) -> None:
    token = login(sessions, person)
    with time_machine.travel(now() + browser_sessions.BRIEF + timedelta(seconds=1), tick=False):
        assert not alive(sessions, token)


def test_a_new_password_ends_all_sessions(sessions: Sessions, person: User) -> None:
    token = login(sessions, person)
    with sessions.begin() as session:
        accounts.set_password(session, session.get_one(User, person.id), "another long one", by="tester")
    assert not alive(sessions, token)


def test_a_copied_row_of_an_older_epoch_is_refused(sessions: Sessions, person: User) -> None:
    token = login(sessions, person)
    with sessions.begin() as session:
        browser_sessions.end_all(session, session.get_one(User, person.id))
        session.scalars(select(UserSession)).one().ended_at = None
    assert not alive(sessions, token)


def test_the_token_itself_is_nowhere_in_the_database(sessions: Sessions, person: User) -> None:
    token = login(sessions, person)
    with sessions() as session:
        assert session.scalars(select(UserSession.token_hash)).one() != token


def test_a_role_is_given_once_and_seen_by_the_policy(sessions: Sessions, person: User) -> None:
    with sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        user = session.get_one(User, person.id)
        first = accounts.grant(session, user, "operator", by="tester", centre=centre)
        assert accounts.grant(session, user, "operator", by="tester", centre=centre) is first
        assert accounts.subject_of(user).roles == (Role("operator", "centre"),)
        first.state = "asked"
        assert accounts.subject_of(user).roles == ()
