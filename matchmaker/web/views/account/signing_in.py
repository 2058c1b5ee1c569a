"""From a right password, or a right code after it, to a signed-in browser."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from matchmaker.domain.errors import InvalidRecord
from matchmaker.models import Session, User
from matchmaker.models.base import now
from matchmaker.services.people import accounts, browser_sessions, rate_limits
from matchmaker.web.kit.context import TOKEN, person, product
from matchmaker.web.kit.forms import problems_of

_HALF = "half"
# How long after the password its code may come.
_PAUSE = timedelta(minutes=10)


def begin(writing: Session, user: User, remember: bool) -> str:
    """A session on the server for the person at this machine."""
    return browser_sessions.start(
        writing,
        user,
        remember=remember,
        address=request.remote_addr or "",
        agent=request.user_agent.string,
    )


def enter(token: str, remember: bool) -> None:
    """Make the browser's session that of the token; a session that was planted before signing in ends here."""
    draft = session.get("draft")
    session.clear()
    session.permanent = remember
    session[TOKEN] = token
    if draft:
        session["draft"] = draft


def ask_for_code(user: User, target: str, remember: bool) -> ResponseReturnValue:
    """Keep, in the signed cookie, that the password was right, and ask for the code."""
    session[_HALF] = {
        "email": user.email,
        "epoch": user.epoch,
        "next": target,
        "remember": remember,
        "until": (now() + _PAUSE).timestamp(),
    }
    return redirect(url_for("second_factor.code"))


def half() -> dict[str, Any] | None:
    """What `ask_for_code` kept, while its time lasts."""
    kept = session.get(_HALF)
    if not isinstance(kept, dict) or kept["until"] < now().timestamp():
        session.pop(_HALF, None)
        return None
    return kept


Change = Callable[[Session, User], None]


def with_password(change: Change) -> dict[str, str]:
    """Do `change` for the person who typed the right password; the problems by field where it was not done."""
    who, address = person(), request.remote_addr or ""
    assert who is not None
    try:
        with product().sessions.begin() as writing:
            rate_limits.check(writing, "login", who.email, address)
            user = accounts.authenticate(writing, who.email, request.form.get("current", "")[:1000])
            if user is None:
                rate_limits.fail(writing, "login", who.email, address)
                return {"current": gettext("The password is wrong.")}
            rate_limits.forget(writing, "login", who.email, address)
            change(writing, user)
    except InvalidRecord as error:
        return problems_of(error)
    return {}
