"""Corrections of the understood text: words of a need that mean something else, and meanings that are confirmed."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy.orm import Session

from matchmaker.domain.errors import NeedQuoted, StaleRevision
from matchmaker.domain.records import ConfirmedRecord, NeedRecord, to_data
from matchmaker.models import Need
from matchmaker.models.base import now
from matchmaker.services.core import journal
from matchmaker.services.needs import needs

MOST = 100
LONGEST = 300  # characters of one piece, as the record allows


def disregarded(need: Need) -> tuple[str, ...]:
    """The rejected words, as they stand in the text."""
    return tuple(need.requirements.get("disregarded", ()))


def save(
    session: Session,
    need: Need,
    changed: NeedRecord,
    *,
    revision: int,
    by: str,
    plain: Collection[str] = (),
    strictness: Mapping[str, str] | None = None,
) -> None:
    """Save a person's corrections, all of them or none: the record, the rejected words, the strictness of
    requirements.

    Raises StaleRevision if the need is no longer at `revision`, NeedQuoted where quotes have come.
    """
    if need.revision != revision:
        raise StaleRevision
    if changed != needs.record(need):
        needs.edit(session, need, changed, revision=revision, by=by)
    for words in plain:
        disregard(session, need, words, by=by)
    present = need.strictness or {}
    chosen = {name: value for name, value in (strictness or {}).items() if value != present.get(name)}
    if chosen:
        needs.set_strictness(session, need, chosen, by=by)


def disregard(session: Session, need: Need, words: str, *, by: str) -> None:
    """Treat these words of the text as plain words; unknown words, or words beyond MOST, change nothing.

    Raises NeedQuoted where quotes have come.
    """
    known, words = disregarded(need), " ".join(words.split())
    said = " ".join(f"{need.title or ''} {need.text or ''}".split()).casefold()
    fresh = words not in known and len(known) < MOST
    if fresh and 0 < len(words) <= LONGEST and words.casefold() in said:
        _keep(session, need, (*known, words), by)


def restore(session: Session, need: Need, words: str, *, by: str) -> None:
    """Understand these words of the text again."""
    known = disregarded(need)
    if words in known:
        _keep(session, need, tuple(one for one in known if one != words), by)


def confirm(session: Session, need: Need, meaning: ConfirmedRecord, *, by: str) -> None:
    """Take the words of the text to mean this from now on, also when the text is read again.

    Raises NeedQuoted where quotes have come.
    """
    known = needs.record(need).confirmed
    same = (meaning.words.casefold(), meaning.kind)
    others = [one for one in known if (one.words.casefold(), one.kind) != same]
    if len(others) < MOST:
        _store(session, need, "confirmed", [to_data(one) for one in (*others, meaning)], by)


def _keep(session: Session, need: Need, words: tuple[str, ...], by: str) -> None:
    _store(session, need, "disregarded", list(words), by)


def _store(session: Session, need: Need, name: str, values: Sequence[object], by: str) -> None:
    if needs.quoted(session, need):
        raise NeedQuoted
    others = {key: value for key, value in need.requirements.items() if key != name}
    need.requirements = others | ({name: list(values)} if values else {})
    need.changed_at = now()
    journal.note(session, by, "need.corrected", need)
