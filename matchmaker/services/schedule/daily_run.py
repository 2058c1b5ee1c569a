"""The e-mails of a date. Each is posted once: a mark of its kind, object and step is stored in the same
transaction.

Imported matches get no e-mails, since nobody was invited through the site; nor do old dates, so that a centre
that starts with old data does not write about all of them at once.
"""

import logging
from collections.abc import Iterator

from sqlalchemy.orm import Session

from matchmaker.domain.errors import MatchmakerError
from matchmaker.domain.taxonomy_keys import Occasion
from matchmaker.models.base import now
from matchmaker.models.database import Sessions
from matchmaker.services.bundles import taken_bundles
from matchmaker.services.core import infrastructure, rate_limits, signed_links, undoing
from matchmaker.services.extraction import form_drafts
from matchmaker.services.imports import import_rollback
from matchmaker.services.people import program_requests
from matchmaker.services.profiles import viewings
from matchmaker.services.schedule import events_due, needs_due, profiles_due, steps_due
from matchmaker.services.schedule.due_day import (
    DueDay,
    Duty,
)

_log = logging.getLogger(__name__)


def run(sessions: Sessions, day: DueDay) -> int:
    """Post all due e-mails and return their number. A duty that fails, or that another worker does, does not
    stop the others; a failure that nobody foresaw is raised when they are done.
    """
    duties: list[Duty] = [
        needs_due.expire,
        needs_due.open_quotes,
        needs_due.remind,
        needs_due.tell_outcomes,
        needs_due.ask_about_deals,
        profiles_due.warn_of_certificates,
        profiles_due.ask_for_capacity,
        profiles_due.ask_if_still_true,
        profiles_due.ask_for_dates,
        profiles_due.ask_about_the_year,
        profiles_due.renew_hours,
        steps_due.tell,
        events_due.ask,
    ]
    try:
        fitting = profiles_due.fitting_needs(sessions, day)
        duties.append(lambda session, day: profiles_due.digest(session, day, fitting))
    except MatchmakerError as error:
        _log.warning("The digest waits: %s", error)
    duties += [_end_bundles, _tidy]
    posted, failures = 0, list[Exception]()
    for duty in duties:
        try:
            posted += _do(sessions, duty, day)
        except Exception as error:
            if infrastructure.is_at_fault(error):
                raise
            failures.append(error)
    if failures:
        raise ExceptionGroup("Duties of the day failed and will be tried again", failures)
    return posted


def _do(sessions: Sessions, duty: Duty, day: DueDay) -> int:
    try:
        with sessions.begin() as session:
            return sum(1 for _ in duty(session, day))
    except MatchmakerError:
        _log.exception("Letters of the day failed and will be tried again")
    return 0


def _end_bundles(session: Session, day: DueDay) -> Iterator[None]:
    """Take away what came in bundles that hold no more; no e-mail is due."""
    for _ in taken_bundles.expire(session, now(), day.reasons.get(Occasion.WITHDRAWN, "")):
        pass
    yield from ()


def _tidy(session: Session, day: DueDay) -> Iterator[None]:
    """Delete what is kept for a time only; no e-mail is due."""
    rate_limits.tidy(session)
    undoing.tidy(session)
    program_requests.tidy(session)
    signed_links.tidy(session)
    viewings.forget_old(session, day.today)
    form_drafts.forget_old(session)
    import_rollback.forget_old(session)
    yield from ()
