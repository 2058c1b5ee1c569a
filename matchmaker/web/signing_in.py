"""From a right password, or a right code after it, to a signed-in browser."""

from datetime import timedelta
from typing import Any

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from matchmaker.models import User
from matchmaker.models.base import now
from matchmaker.services import browser_sessions
from matchmaker.services.exports import Session
from matchmaker.web.context import TOKEN

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
