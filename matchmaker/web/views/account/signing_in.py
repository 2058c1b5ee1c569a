"""The way from a right password, or a right code after it, to a signed-in browser."""

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from matchmaker.domain.errors import Faults, Forbidden, InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.models import Session, User
from matchmaker.models.base import now
from matchmaker.services.people import browser_sessions, guesses
from matchmaker.web.kit import navigation
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import TOKEN, SignedInPerson, database, product, signed_in, visitor_address
from matchmaker.web.kit.forms import problems_of
from matchmaker.web.views.account import known_devices

_HALF = "half"
# The time for the code after the password.
_PAUSE = timedelta(minutes=10)
# The presses of one person take turns: each right password is taken back before the next one is counted, so that many right
# ones at once are not refused as guesses.
_TURNS = tuple(threading.Lock() for _ in range(64))


@dataclass(frozen=True, slots=True)
class HalfSignIn:
    """A person after the right password and before the code, until a moment; `target` is the address to go to
    then.
    """

    email: str
    epoch: int
    target: str
    remember: bool
    until: float


def begin(writing: Session, user: User, remember: bool) -> str:
    """A session on the server for the person at this machine, which is then known as the person's."""
    known_devices.remember(user)
    return browser_sessions.start(
        writing,
        user,
        remember=remember,
        address=visitor_address(),
        agent=request.user_agent.string,
    )


def enter(token: str, remember: bool) -> None:
    """Make the session of the token the browser's; a session planted before signing in ends here."""
    draft = session.get("draft")
    session.clear()
    session.permanent = remember
    session[TOKEN] = token
    if draft:
        session["draft"] = draft


def landing(writing: Session, user: User, target: str) -> str:
    """Where a person goes who signs in: to the page that was asked for, else to the own desk."""
    if target != url_for("public.home"):
        return target
    return url_for(navigation.desk(SignedInPerson(writing.get_one(User, user.id))))


def ask_for_code(user: User, target: str, remember: bool) -> ResponseReturnValue:
    """Record, in the signed cookie, that the password was right, and ask for the code."""
    until = (now() + _PAUSE).timestamp()
    session[_HALF] = asdict(HalfSignIn(user.email, user.epoch, target, remember, until))
    return redirect(url_for("second_factor.code"))


def half() -> HalfSignIn | None:
    """The half sign-in that `ask_for_code` recorded, while its time lasts."""
    kept = session.get(_HALF)
    found = HalfSignIn(**kept) if isinstance(kept, dict) else None
    if found is None or found.until < now().timestamp():
        session.pop(_HALF, None)
        return None
    return found


Act = Callable[[Session, User], object]


def with_password(act: Act, field: str = "current", check: Act | None = None) -> dict[str, str]:
    """Do an act for the person, if the field holds the right password. Returns the problems by field.

    `check` raises InvalidRecord for what else is wrong, so that it is told together with a wrong password.
    """
    who, faults = signed_in().user, Faults()
    with _TURNS[who.id % len(_TURNS)]:
        if not guesses.is_own(product().limits, who, request.form.get(field, "")):
            faults.problems.append(Problem(field, "password.wrong", N_("The password is wrong.")))
        if check is not None:
            with faults:
                check(database(), who)
        if faults.problems:
            return problems_of(InvalidRecord(tuple(faults.problems)))
        try:
            with change() as (writing, user):
                if user.epoch != who.epoch:  # the password was changed elsewhere meanwhile
                    raise Forbidden
                guesses.admit(writing, product().limits, [guesses.again(user)])
                act(writing, user)
        except InvalidRecord as error:
            return problems_of(error)
    return {}
