"""What is written is authorised in the session that writes it, by the rights of that moment."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask, g

from matchmaker.domain.errors import Forbidden, InvalidRecord, Problem
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts, directory
from matchmaker.web.kit.changes import attempt, change
from matchmaker.web.kit.context import SignedInPerson, database
from matchmaker.web.kit.standpoint import operator
from matchmaker.web.pages.need_access import authorised
from matchmaker.wiring import Application


@contextmanager
def request_of(site: Flask, email: str) -> Iterator[SignedInPerson]:
    """A request of somebody whose rights were read when it began."""
    with site.test_request_context("/"):
        g._login_user = who = SignedInPerson(accounts.by_email(database(), email))
        yield who


@pytest.fixture
def colleague(own_product: Application) -> str:
    """The address of a second operator of the centre."""
    email = "second.operator@demo-centre.example"
    with own_product.sessions.begin() as session:
        user = accounts.find(session, email) or accounts.create_user(
            session, accounts.AccountDetails(email, "Second Operator"), by="test"
        )
        user.active = True
        centre = needs.centre_of(session, own_product.settings.centre)
        accounts.grant(session, user, "operator", by="test", centre=centre)
    return email


def test_a_role_that_ended_since_the_request_began_counts_no_more(
    own_site: Flask, own_product: Application, colleague: str, need: str
) -> None:
    with request_of(own_site, colleague):
        assert authorised(database(), need, "match.curate").may_curate
        with own_product.sessions.begin() as session:
            held = accounts.by_email(session, colleague).memberships[0]
            directory.end_role(session, held, by="test")
        with pytest.raises(Forbidden), change() as (session, _user):
            authorised(session, need, "match.curate")
        with pytest.raises(Forbidden), change() as (session, _user):
            operator(session)


def test_an_account_that_was_closed_since_the_request_began_writes_nothing(
    own_site: Flask, own_product: Application, colleague: str
) -> None:
    with request_of(own_site, colleague):
        with own_product.sessions.begin() as session:
            directory.close(session, accounts.by_email(session, colleague), by="test")
        with pytest.raises(Forbidden), change():
            pytest.fail("a closed account must not get a session that writes")


def test_the_acting_person_is_a_row_of_the_session_that_writes(own_site: Flask) -> None:
    with request_of(own_site, "buyer@demo-centre.example") as who, change() as (session, user):
        assert user in session
        assert user is not who.user
        assert user.public_id == who.id


def test_the_request_reads_what_it_wrote(own_site: Flask) -> None:
    with request_of(own_site, "buyer@demo-centre.example") as who:
        before = who.user.name
        try:
            with change() as (_session, user):
                user.name = "Another Name"
            assert who.user.name == "Another Name"
        finally:
            with change() as (_session, user):
                user.name = before


def test_what_is_refused_is_told_by_field_and_not_kept(own_site: Flask) -> None:
    def refuse(_session: object, user: object) -> None:
        user.name = "Refused"  # type: ignore[attr-defined]
        raise InvalidRecord((Problem("name", "name.bad", "Give your name."),))

    with request_of(own_site, "buyer@demo-centre.example") as who:
        before = who.user.name
        assert list(attempt(refuse, "Saved.")) == ["name"]
        assert who.user.name == before
