import pytest
from sqlalchemy import select

from matchmaker.domain.errors import InvalidRecord
from matchmaker.models import Job, Mail, Organisation, User
from matchmaker.models.database import Sessions
from matchmaker.services.needs import needs
from matchmaker.services.people import memberships, registration
from matchmaker.services.people.accounts import AccountDetails

PERSON = AccountDetails("new@example.org", "New Person", "очень длинный пароль")


def register(sessions: Sessions, person: AccountDetails = PERSON, inn: str = "") -> None:
    firm = memberships.checked(inn, "Завод" if inn else "", "contractor_buyer")
    with sessions.begin() as session:
        registration.register(session, person, firm, needs.centre_of(session, "centre"))


def test_an_account_its_consent_and_its_firm_are_made_together(sessions: Sessions) -> None:
    register(sessions, inn="7707083893")
    with sessions() as session:
        user = session.scalars(select(User)).one()
        assert user.consents["language"] == "ru"
        assert [held.organisation for held in user.memberships] == [
            session.scalars(select(Organisation)).one()
        ]
        assert [mail.recipient for mail in session.scalars(select(Mail))] == ["new@example.org"]


def test_a_known_address_makes_nothing_and_only_its_owner_hears_of_it(sessions: Sessions) -> None:
    register(sessions)
    register(sessions, AccountDetails("NEW@example.org", "Somebody", "очень длинный пароль"), "7707083893")
    with sessions() as session:
        assert session.scalars(select(User.name)).all() == ["New Person"]
        assert session.scalars(select(Organisation)).all() == []
        assert [job.arguments["email"] for job in session.scalars(select(Job))] == ["NEW@example.org"]


def test_what_is_wrong_is_said_before_anything_is_made(sessions: Sessions) -> None:
    with pytest.raises(InvalidRecord):
        register(sessions, AccountDetails("new@example.org", "New Person", "short"))
    with sessions() as session:
        assert session.scalars(select(User)).all() == []
