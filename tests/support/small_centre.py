"""A centre with one need, one supplier, an operator and an editor, small enough to be made for each test."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from matchmaker.models import Centre as CentreRow
from matchmaker.models import Mail, Match, Need, Organisation, Profile, User
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.needs import need_bulk, needs
from matchmaker.services.people import accounts
from matchmaker.services.profiles import suppliers
from matchmaker.services.shortlist import match_decisions, shortlists
from matchmaker.services.shortlist.shortlists import SupplierProposal
from matchmaker.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.wiring import Application
from tests.support.browser import TODAY, Browser
from tests.support.fakes import FakeRecogniser
from tests.support.records import need, supplier

PASSWORD = "correct horse battery"
EDITOR, OPERATOR = "editor@example.org", "operator@example.org"
FRESH = "another long password"
_LINK = re.compile(r"http://127\.0\.0\.1:8000(/\S+)")


@dataclass
class Centre:
    application: Application
    browser: Browser

    def mails(self, kind_words: str = "") -> list[Mail]:
        """Queued letters whose subject holds these words, in the order of their making."""
        with self.application.sessions() as session:
            found = session.scalars(select(Mail).order_by(Mail.id)).all()
        return [mail for mail in found if kind_words in mail.subject]

    def links(self, mail: Mail) -> list[str]:
        return [path for path in _LINK.findall(mail.text) if path != "/"]

    def state(self) -> str:
        with self.application.sessions() as session:
            return session.scalars(select(Match.state)).one()

    def invite(self) -> None:
        with self.application.sessions.begin() as session:
            found = session.scalars(select(Need)).one()
            key = session.scalars(select(Profile.public_id)).one()
            shortlists.propose(session, found, [SupplierProposal(key, 0.9, {})], ranker="prior", by="tester")
            operator = accounts.by_email(session, "operator@example.org")
            match_decisions.invite(session, shortlists.of_need(session, found), operator)

    def another(self) -> Browser:
        """A browser of somebody else."""
        return Browser(self.browser.client.application.test_client())


@contextmanager
def small_centre(folder: Path, *, editor: bool = True, **settings: Any) -> Iterator[Centre]:
    application = Application(Settings(data=folder / "data", _env_file=None, **settings), clock=lambda: TODAY)
    try:
        with application.sessions.begin() as session:
            centre = needs.centre_of(session, "centre")
            suppliers.save_many(
                session, [supplier()], FakeRecogniser(), RecordOrigin(centre, "file", "tester")
            )
            need_bulk.save(session, need(), FakeRecogniser(), RecordOrigin(centre, "file", "tester"))
            firm = session.scalars(select(Organisation).where(Organisation.is_contractor.is_(False))).first()
            _person(session, "operator@example.org", "operator", centre=centre)
            if editor:
                _person(session, "editor@example.org", "supplier_editor", organisation=firm)
        app = create_app(application)
        app.testing = True
        yield Centre(application, Browser(app.test_client()))
    finally:
        application.close()


def _person(session, email: str, role: str, **where) -> User:  # type: ignore[no-untyped-def]
    made = accounts.AccountDetails(email, role.title(), PASSWORD, "en", confirmed=True)
    user = accounts.create_user(session, made, by="tester")
    accounts.grant(session, user, role, by="tester", **where)
    return user


def enter(centre: Centre, email: str, password: str = PASSWORD, *, remember: bool = False) -> Browser:
    browser = centre.another()
    form = {"email": email, "password": password} | ({"remember": "1"} if remember else {})
    assert browser.post("/login", form).status_code == 302
    return browser


def key_of(centre: Centre, email: str) -> str:
    with centre.application.sessions() as session:
        return accounts.by_email(session, email).public_id


def role_of(centre: Centre, email: str) -> int:
    with centre.application.sessions() as session:
        return accounts.by_email(session, email).memberships[0].id


def firm_key(centre: Centre) -> str:
    with centre.application.sessions() as session:
        return session.scalars(select(Organisation.public_id).where(~Organisation.is_contractor)).one()


def make(centre: Centre, email: str, role: str, **fields: bool) -> None:
    """A person with a role in the shop or in the centre."""
    with centre.application.sessions.begin() as session:
        person = accounts.AccountDetails(
            email, email.split("@", maxsplit=1)[0].title(), PASSWORD, "en", confirmed=True
        )
        user = accounts.create_user(session, person, by="tester")
        home = session.scalars(select(CentreRow)).one()
        shop = session.scalars(select(Organisation).where(~Organisation.is_contractor)).one()
        places = {"supplier_editor": {"organisation": shop}, "network_administrator": {}}
        held = accounts.grant(session, user, role, by="tester", **places.get(role, {"centre": home}))
        held.chief = fields.get("chief", False)


def path_in(centre: Centre, words: str, prefix: str) -> str:
    return next(path for path in centre.links(centre.mails(words)[-1]) if path.startswith(prefix))


def change_password(centre: Centre, browser: Browser) -> None:
    form = {"current": PASSWORD, "password": FRESH}
    assert browser.post("/account/password", form, page="/account/password").status_code == 302
