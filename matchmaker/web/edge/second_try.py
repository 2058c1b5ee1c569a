"""Second tries: a request that the database could not serve for a moment, or whose change met another one of the same
rows, is served again, unseen by the reader, as long as it has saved nothing. It then finds what the other one made, so that a
press that overlaps an equal one gets the answer of the first, and a form that is stale by now is told so.
"""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from flask import Flask, g, request, session
from flask.typing import ResponseReturnValue

from matchmaker.domain.errors import DatabaseAway
from matchmaker.models.database import DatabaseError, present_work
from matchmaker.models.database_trouble import may_be_overrun, trouble_of
from matchmaker.web.kit import context

T = TypeVar("T")
_PAUSES = (0.02, 0.1, 0.3)  # seconds before each further try, about
# What a request keeps for its views; all of it was read in a transaction that is gone.
_READ = ("matching", "_login_user", "after_answer")


class PersistentSite(Flask):
    """A site whose views run again where the database took their change back, or lost their connection."""

    def preprocess_request(self) -> ResponseReturnValue | None:
        return _persistently(super().preprocess_request)

    def dispatch_request(self) -> ResponseReturnValue:
        return _persistently(super().dispatch_request)


def _persistently(serve: Callable[[], T]) -> T:
    before = dict(session)
    for pause in _PAUSES:
        try:
            return serve()
        except DatabaseError as error:
            if not _passes(error):
                raise
            _start_over(before)
            time.sleep(pause * random.uniform(0.5, 1.5))
    return serve()


def _passes(error: DatabaseError) -> bool:
    """Whether a second try may help and does nothing twice."""
    work = present_work()
    lost = getattr(error, "connection_invalidated", False) and isinstance(trouble_of(error), DatabaseAway)
    return (lost or may_be_overrun(error)) and work is not None and not work.saved


def _start_over(before: dict[str, object]) -> None:
    context.close_database()
    for name in _READ:
        g.pop(name, None)
    session.clear()
    session.update(before)
    for file in request.files.values():
        file.stream.seek(0)
