"""Registration: an account, the person's consent, and a role in the organisation that the person names."""

from sqlalchemy.orm import Session

from matchmaker.domain.errors import InvalidRecord
from matchmaker.models import Centre
from matchmaker.services.people import accounts, consent, memberships, password_reset
from matchmaker.services.people.accounts import AccountDetails
from matchmaker.services.people.memberships import NamedOrganisation


def register(
    session: Session, person: AccountDetails, firm: NamedOrganisation | None, centre: Centre
) -> None:
    """Create the account of a person who consented, and post the e-mail that confirms its address.

    If the address already has an account, its owner gets an e-mail instead, and nobody else learns that it
    exists. Raises InvalidRecord.
    """
    try:
        user = accounts.create_user(session, person, by="registration")
    except InvalidRecord as error:
        if [problem.code for problem in error.problems] != ["email.taken"]:
            raise
        password_reset.ask_reset(session, person.email)
        return
    consent.keep(session, user, person.language)
    password_reset.post_confirmation(session, user)
    if firm is not None:
        memberships.join(session, user, firm, centre)
