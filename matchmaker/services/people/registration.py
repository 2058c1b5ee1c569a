"""Registration: an account, the person's consent, and a role in the organisation that the person names."""

import secrets
from dataclasses import replace

from sqlalchemy.orm import Session

from matchmaker.domain.errors import Faults
from matchmaker.models import Centre
from matchmaker.services.people import accounts, consent, memberships, password_reset
from matchmaker.services.people.accounts import AccountDetails, CheckedAccount
from matchmaker.services.people.memberships import NamedOrganisation


def demand(session: Session, person: AccountDetails, *, consents: bool) -> None:
    """Raise InvalidRecord for all that is wrong with what a newcomer says: name, address, password, consent."""
    faults = Faults()
    with faults:
        accounts.checked_name(person.name)
    with faults:
        accounts.demand(session, person)
    with faults:
        consent.demand(consents)
    faults.settle()


def register(
    session: Session, person: AccountDetails, firm: NamedOrganisation | None, centre: Centre
) -> None:
    """Create the account of a person who consented, and post the e-mail that confirms its address.

    If the address already has an account, its owner gets an e-mail instead, and nobody else learns that it
    exists: the same work is done for nobody and undone, so that the time does not tell either. Raises InvalidRecord.
    """
    checked = accounts.check(session, person)
    if accounts.find(session, checked.email) is None:
        _create(session, checked, firm, centre)
        return
    with session.begin_nested() as undone:
        _create(session, replace(checked, email=f"{secrets.token_hex(8)}@nobody.invalid"), firm, centre)
        undone.rollback()
    password_reset.ask_reset(session, person.email)


def _create(
    session: Session, checked: CheckedAccount, firm: NamedOrganisation | None, centre: Centre
) -> None:
    user = accounts.add(session, checked, by="registration")
    consent.keep(session, user, checked.details.language)
    password_reset.post_confirmation(session, user)
    if firm is not None:
        memberships.join(session, user, firm, centre)
