"""Changes: one transaction that reads the acting person and its rights anew."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from flask import flash, g, request

from matchmaker.domain.errors import InvalidRecord, LinkSpent, MatchmakerError
from matchmaker.models import Session, User
from matchmaker.models.database import repeatable
from matchmaker.services.core import acts, journal
from matchmaker.services.people import accounts
from matchmaker.web.kit.context import PROGRAMS, SignedInPerson, database, product, signed_in
from matchmaker.web.kit.forms import problems_of
from matchmaker.web.kit.standpoint import forget, stand


@contextmanager
def change() -> Iterator[tuple[Session, User]]:
    """The transaction of the signed-in person: a session that commits at the end, and the person's row in it.

    Every written row is loaded and authorised in this session: rights are those of this moment. Raises
    Forbidden where the account was closed since the request began, StaleRevision where another person saved
    in between.
    """
    who = signed_in()
    with unsigned_change() as session:
        user = accounts.acting(session, who.user.id)
        stand(session, SignedInPerson(user, who.scopes, who.session_id))
        yield session, user
    act = acts.last(session)
    if act is not None and not request.path.startswith(PROGRAMS):
        flash(act.key, "undo")


@contextmanager
def rehearsal() -> Iterator[tuple[Session, User]]:
    """As `change`, but nothing of it is kept: what it would do can be read before its end. Give no row of it away."""
    who = signed_in()
    _prepare()
    try:
        with repeatable(), product().sessions.begin() as session:
            user = accounts.acting(session, who.user.id)
            stand(session, SignedInPerson(user, who.scopes, who.session_id))
            yield session, user
            session.rollback()
    finally:
        look_again()


class OneTransaction:
    """The only transaction of a request: all its changes, and what is kept of its answer, are there or none is.

    It begins with the first change, and is what the request reads from then on.
    """

    def __init__(self) -> None:
        self._scope = ExitStack()

    @contextmanager
    def joining(self) -> Iterator[None]:
        """Make every change of the block a part, and commit at its end."""
        g.whole = self
        try:
            yield
        except BaseException:
            self._end(*sys.exc_info())
            raise
        else:
            self._end(None, None, None)
        finally:
            del g.whole

    @contextmanager
    def part(self) -> Iterator[Session]:
        """A change; one that fails takes those before it back."""
        if "writing" not in g:
            g.writing = self._scope.enter_context(product().sessions.begin())
        session: Session = g.writing
        try:
            yield session
            session.flush()
        except BaseException:
            self._end(*sys.exc_info())
            raise
        session.expire_all()  # what is told of it is read from the tables

    def _end(self, *error: Any) -> None:
        g.pop("writing", None)
        self._scope.__exit__(*error)


@contextmanager
def unsigned_change() -> Iterator[Session]:
    """The transaction of a person without a session, by the link of an e-mail.

    Later reads of the request see the present state, after an expected error as well.
    """
    _prepare()
    with account_change() as session:
        yield session


@contextmanager
def account_change() -> Iterator[Session]:
    """As `unsigned_change`, to sign in and about accounts alone: nothing that reads the words of a need or a shop."""
    whole: OneTransaction | None = g.get("whole")
    try:
        with whole.part() if whole else product().sessions.begin() as session, journal.together(session):
            yield session
    except MatchmakerError:
        look_again()
        raise
    look_again()


def _prepare() -> None:
    """Have what changes read words with, and seal the journal with, before the database is held: made within a transaction, which
    takes seconds once in a process, it would hold SQLite against all others, and ask for a connection more.
    """
    _ = product().recogniser, product().journal_seal


def attempt(act: Callable[[Session, User], object], said: str) -> dict[str, str]:
    """Change something and say so on the next page. Returns the problems by field of a refused change.

    The same form sent again at that moment counts as already done.
    """
    try:
        with change() as (session, user):
            act(session, user)
    except InvalidRecord as error:
        return problems_of(error)
    except LinkSpent:
        pass
    flash(said)
    return {}


def look_again() -> None:
    """Let the reading session see changes made since its beginning."""
    if "writing" not in g:
        database().rollback()
    forget(database())
