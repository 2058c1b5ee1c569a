"""The invitation of a person by e-mail: into a firm, into a centre, by its own operators or by the network."""

from collections.abc import Callable, Mapping

from flask_babel import gettext

from matchmaker.models import Session
from matchmaker.services.people import person_invitations
from matchmaker.services.people.person_invitations import Place
from matchmaker.web.kit import form_tokens
from matchmaker.web.kit.changes import attempt


def invite(form: Mapping[str, str], place_of: Callable[[Session], Place]) -> dict[str, str]:
    """Post the invitation of a form into a firm or a centre. Returns the problems by field."""
    sent, email, role = form_tokens.given(), form["email"], form["role"]
    return attempt(
        lambda session, user: person_invitations.invite_once(
            session, sent, place_of(session), email, role, user
        ),
        gettext("The invitation is on its way to %(email)s.", email=email.strip()),
    )
