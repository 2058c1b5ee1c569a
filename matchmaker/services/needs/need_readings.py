"""The stored readings of needs: what each text was understood to say, on which day, with which taxonomy.

A text is read once and again only when it or the taxonomy changes; "in three weeks" counts from the day on which
the text was written, whenever it is read.
"""

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select

from matchmaker.domain.lifecycle import NEEDS_IN_PREPARATION, OPEN_NEEDS
from matchmaker.models import Need
from matchmaker.models.database import Sessions
from matchmaker.services.needs import needs
from search.reading.need_reading import requirements_of
from search.reading.sureness import Sureness
from search.text import Mention, Recogniser, Recognition

MOST = 200  # needs of one transaction
_READ_STATES = tuple({*NEEDS_IN_PREPARATION, *OPEN_NEEDS})


def renew(sessions: Sessions, recogniser: Recogniser) -> int:
    """Read the open needs whose text, answers or taxonomy changed since they were read; return their number.

    Texts are read while nothing is held: on SQLite whoever saves something would wait for it.
    """
    read, last = 0, 0
    while True:
        with sessions() as session:
            query = select(Need).where(Need.state.in_(_READ_STATES), Need.id > last)
            found = session.scalars(query.order_by(Need.id).limit(MOST)).all()
            fresh = {need.id: _read(need, recogniser) for need in found if not _is_known(need, recogniser)}
        if fresh:
            with sessions.begin() as session:
                of_same = session.scalars(select(Need).where(Need.id.in_(fresh)))
                read += sum(_take(need, *fresh[need.id]) for need in of_same)
        if len(found) < MOST:
            return read
        last = found[-1].id


def _is_known(need: Need, recogniser: Recogniser) -> bool:
    """Whether the stored readings are those of the present text, answers and taxonomy."""
    known = need.readings or {}
    return (known.get("text"), known.get("version")) == (_digest(need), recogniser.taxonomy.version)


def _read(need: Need, recogniser: Recogniser) -> tuple[dict[str, Any], date | None]:
    """The readings of a need as they are stored, and the day by which its text wants it."""
    known = need.readings or {}
    same_text = known.get("said") == _said(need)
    written = date.fromisoformat(known["on"]) if same_text else need.changed_at.date()
    understood = requirements_of(needs.record(need), recogniser, written)
    recognition = understood.recognition
    sureness = Sureness(recognition, recogniser.taxonomy)
    readings = {
        "text": _digest(need),
        "version": recogniser.taxonomy.version,
        "said": _said(need),
        "on": written.isoformat(),
        "items": [_item(recognition, mention, sureness.of(mention)) for mention in recognition.mentions],
    }
    return readings, understood.requirements.deliver_by


def _take(need: Need, readings: dict[str, Any], deadline: date | None) -> bool:
    """Store the readings, unless the need was changed since they were made."""
    if readings["text"] != _digest(need):
        return False
    need.readings = readings
    need.due_on = None if need.deliver_by else deadline
    return True


def _digest(need: Need) -> str:
    given = f"{_said(need)} {sorted((need.requirements or {}).items())!r}"
    return hashlib.sha256(given.encode()).hexdigest()[:16]


def _said(need: Need) -> str:
    return hashlib.sha256(f"{need.title or ''}\n{need.text or ''}".encode()).hexdigest()[:16]


def _item(recognition: Recognition, mention: Mention, sure: float) -> dict[str, Any]:
    """One reading: its kind and value, its words and their place, how sure it is and why."""
    return {
        "kind": mention.kind,
        "value": mention.code or (mention.day.isoformat() if mention.day else list(mention.amounts)),
        "words": recognition.words(mention)[:300],
        "span": [mention.start, mention.end],
        "sure": round(sure, 2),
        "from": str(mention.origin),
    }


def items(need: Need) -> Iterator[dict[str, Any]]:
    """The stored readings of a need, in the order of its text."""
    yield from (need.readings or {}).get("items", ())
