"""What a side says of an order (a delivery, a first article, a report, a new day, a cancellation), and what the other one answers.

Either side says it, the other one confirms. Who disagrees says otherwise, and then it is for the first one to confirm. What both agreed
on stays as it is.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain import typed_text
from matchmaker.domain.errors import (
    FileRefused,
    Forbidden,
    InvalidRecord,
    MoveNotAllowed,
    NotFound,
    Problem,
    StaleRevision,
)
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import ENTRY_MOVES, EntryState, OrderState, check_move
from matchmaker.models import OrderEntry, PurchaseOrder, StoredFile
from matchmaker.models.base import now
from matchmaker.models.orders import ENTRY_KINDS
from matchmaker.services.core import blobs, journal
from matchmaker.services.core.locks import lock_row as take_turns
from matchmaker.services.core.locks import read_anew
from matchmaker.services.orders import order_hours, order_letters, orders
from matchmaker.services.orders.orders import LineProgress, OrderCourse, Speaker

MOST_ENTRIES = 500  # of an order
LONGEST = 2_000  # characters
LARGEST_PAPER = 10_000_000  # bytes
# More than is ordered may come: a lot is rarely cut to the piece, and defective pieces are made again.
SURPLUS = 1.1
_PIECES = re.compile(r"(\d{1,9})(?:шт\.?|pcs\.?)?", re.ASCII | re.IGNORECASE)
_OF_LINES = frozenset({"delivery", "defects", "first_article"})
# What an entry of a kind tells beside line, day and words.
_FIELDS: Mapping[str, frozenset[str]] = {
    "delivery": frozenset({"pieces", "defective"}),
    "defects": frozenset({"defective"}),
    "first_article": frozenset({"accepted"}),
}
_OF_DAYS = frozenset({"delivery", "defects", "first_article", "day"})


@dataclass(frozen=True, slots=True)
class EntryGiven:
    """What is said; `key` marks the form, so that a form that comes twice is one entry. A number of -1 is one that was not understood.

    `accepted` is the contractor's word about a first article, None where it was only sent.
    """

    key: str
    kind: str
    line: str | None = None
    day: date | None = None
    pieces: int | None = None
    defective: int | None = None
    accepted: bool | None = None
    text: str = ""


def read(typed: Mapping[str, str], key: str, today: date, course: OrderCourse) -> EntryGiven:
    """What a form says, by the fields `kind`, `line`, `day`, `pieces`, `defective`, `accepted` and `text`; an empty day is today.

    Raises InvalidRecord for numbers and days that cannot be read.
    """
    problems: list[Problem] = []
    kind = typed.get("kind", "")
    given = EntryGiven(
        key,
        kind,
        _line(typed.get("line"), kind, course),
        day_of(typed, "day", problems) or (today if kind in _OF_LINES else None),
        pieces_of(typed, "pieces", problems),
        pieces_of(typed, "defective", problems),
        {"yes": True, "no": False}.get(typed.get("accepted", "")),
        typed.get("text", "").replace("\r\n", "\n").strip(),
    )
    if problems:
        raise InvalidRecord(tuple(problems))
    return given


def _line(typed: str | None, kind: str, course: OrderCourse) -> str | None:
    """The line that is meant: of an order with one line that one."""
    if kind in _OF_LINES and len(course.lines) == 1:
        return course.lines[0].line.id
    return typed if typed or kind in _OF_LINES else None


def day_of(typed: Mapping[str, str], name: str, problems: list[Problem]) -> date | None:
    """The day in a field of a form; None for an empty one, and with a problem for one that is no day."""
    text = typed.get(name, "").strip()
    day = typed_text.day_of(text)
    if text and day is None:
        message = N_("Choose a day, for example 2026-11-30.")
        problems.append(Problem(name, "day.form", message, text[:20]))
    return day


def pieces_of(typed: Mapping[str, str], name: str, problems: list[Problem]) -> int | None:
    """The pieces in a field of a form; None for an empty one, and with a problem for one that is no whole number."""
    text = "".join(typed.get(name, "").split())
    if not text:
        return None
    found = _PIECES.fullmatch(text)
    if found is None:
        message = N_("Write the pieces as a whole number, for example 40.")
        problems.append(Problem(name, "pieces.form", message, typed[name][:20]))
        return None
    return int(found[1])


def say(
    session: Session,
    order: PurchaseOrder,
    given: EntryGiven,
    speaker: Speaker,
    today: date,
    course: OrderCourse | None = None,
) -> OrderEntry:
    """Record what a side says, and ask the other one by e-mail to confirm it; the same form sent again is the first one's entry.
    `course` was read by who holds the order's lock.

    Raises InvalidRecord by the fields of the form, MoveNotAllowed where the order is cancelled.
    """
    if course is None:
        take_turns(session, order)
        course = orders.course(session, order)
    present = next((one for one in course.entries if one.public_id == given.key), None)
    if present is not None:
        return present
    _check(course, given, speaker, today)
    entry = OrderEntry(public_id=given.key, order_id=order.id, order=order, kind=given.kind)
    _set(entry, given, speaker)
    session.add(entry)
    session.flush()
    _note(session, order, entry, speaker, "order.said")
    order_letters.tell(session, course, entry, speaker)
    return entry


def add_report(
    session: Session,
    order: PurchaseOrder,
    given: EntryGiven,
    paper: tuple[str, IO[bytes]],
    speaker: Speaker,
    folder: Path,
    today: date,
) -> OrderEntry:
    """Record an inspection report with its paper (file name, stream). Raises as `say`, and InvalidRecord by the field "file"."""
    entry = say(session, order, replace(given, kind="report"), speaker, today)
    if session.scalar(select(StoredFile.id).where(StoredFile.order_entry_id == entry.id)) is not None:
        return entry
    name, stream = paper
    shown = " ".join(name.split())[:300] or "report"
    try:
        kept = blobs.keep(folder, stream, largest=LARGEST_PAPER)
    except FileRefused as error:
        raise InvalidRecord((Problem("file", error.code, error.template, shown, error.params),)) from error
    stored = StoredFile(
        order_entry_id=entry.id,
        role="report",
        name=shown,
        media_type=kept.media_type,
        size=kept.size,
        sha256=kept.sha256,
        uploaded_by_id=speaker.user_id,
        details={},
    )
    session.add(stored)
    session.flush()
    return entry


def paper_by_key(session: Session, key: str) -> tuple[StoredFile, PurchaseOrder]:
    """An inspection report and its order. Raises NotFound, for a report that was taken back too."""
    query = select(StoredFile, OrderEntry).join(OrderEntry, OrderEntry.id == StoredFile.order_entry_id)
    found = session.execute(query.where(StoredFile.public_id == key, StoredFile.role == "report")).first()
    if found is None or found[1].is_withdrawn:
        raise NotFound(what="file", key=key)
    return found[0], orders.by_key(session, found[1].order.public_id)


def paper_opened(session: Session, order: PurchaseOrder, stored: StoredFile, by: str) -> None:
    """Record the opening of an inspection report by a person (public id)."""
    journal.note(session, by, "order.report_opened", order, journal.of_file(stored))


def by_key(session: Session, order: PurchaseOrder, key: str) -> OrderEntry:
    """The entry of an order with this public id. Raises NotFound."""
    found = session.scalar(
        select(OrderEntry).where(OrderEntry.order_id == order.id, OrderEntry.public_id == key)
    )
    if found is None:
        raise NotFound(what="entry", key=key)
    return found


def confirm(
    session: Session, order: PurchaseOrder, entry: OrderEntry, speaker: Speaker, *, revision: int
) -> None:
    """Confirm what the other side said; said again it stays. Raises StaleRevision where that side said something else since,
    Forbidden for the side that said it, InvalidRecord (field "accepted") for a first article of which the contractor is to say
    whether it accepts it.
    """
    if (
        entry.is_said
        and entry.kind == "first_article"
        and entry.accepted is None
        and speaker.side == "contractor"
    ):
        message = N_("Say whether you accept the first article.")
        raise InvalidRecord((Problem("accepted", "accepted.missing", message),))
    if not _turn(session, order, entry, EntryState.CONFIRMED, speaker, revision, of_other=True):
        return
    _take_effect(session, order, entry)
    _note(session, order, entry, speaker, "order.confirmed")
    order_letters.tell_own(session, orders.course(session, order), entry, speaker)


def accept_article(
    session: Session,
    order: PurchaseOrder,
    entry: OrderEntry,
    speaker: Speaker,
    reason: str,
    *,
    accepted: bool,
    revision: int,
) -> None:
    """Give the contractor's word about a first article that was sent; a refusal says why. Raises as `confirm`, InvalidRecord,
    StaleRevision where a colleague gave the other word.
    """
    if speaker.side != "contractor" or entry.kind != "first_article":
        raise Forbidden
    if not accepted and not reason.strip():
        raise InvalidRecord((_reason_missing(),))
    if not _turn(session, order, entry, EntryState.CONFIRMED, speaker, revision, of_other=True):
        if entry.accepted != accepted:
            raise StaleRevision
        return
    entry.accepted, entry.answer = accepted, reason.strip()[:LONGEST] or None
    session.flush()
    _note(session, order, entry, speaker, "order.confirmed")
    order_letters.tell(session, orders.course(session, order), entry, speaker)


def refuse(
    session: Session, order: PurchaseOrder, entry: OrderEntry, speaker: Speaker, reason: str, *, revision: int
) -> None:
    """Disagree with what the other side said, and say why; it counts no more. Raises as `confirm`, InvalidRecord without a reason."""
    if not reason.strip():
        raise InvalidRecord((_reason_missing(),))
    if not _turn(session, order, entry, EntryState.REFUSED, speaker, revision, of_other=True):
        return
    entry.answer = reason.strip()[:LONGEST]
    session.flush()
    _note(session, order, entry, speaker, "order.refused")
    order_letters.tell(session, orders.course(session, order), entry, speaker)


def withdraw(
    session: Session, order: PurchaseOrder, entry: OrderEntry, speaker: Speaker, *, revision: int
) -> None:
    """Take back what one's own side said, before the other one answers. Raises StaleRevision, Forbidden."""
    if _turn(session, order, entry, EntryState.WITHDRAWN, speaker, revision, of_other=False):
        _note(session, order, entry, speaker, "order.withdrawn")


def correct(
    session: Session,
    order: PurchaseOrder,
    entry: OrderEntry,
    given: EntryGiven,
    speaker: Speaker,
    today: date,
    *,
    revision: int,
) -> None:
    """Say otherwise: from now on it is this side that says it, and the other one confirms. Raises StaleRevision, MoveNotAllowed once
    both agreed, InvalidRecord by the fields of the form.
    """
    take_turns(session, order)
    read_anew(session, entry)
    same = replace(given, kind=entry.kind, line=entry.line)
    if entry.is_said and entry.side == speaker.side and _values(entry) == _said(same):
        return
    if not entry.is_said:
        raise MoveNotAllowed(state=entry.state, target=EntryState.SAID)
    if entry.revision != revision:
        raise StaleRevision
    course = orders.course(session, order)
    others = tuple(one for one in course.entries if one.id != entry.id)
    _check(replace(course, entries=others, lines=orders.progress(order, others)), same, speaker, today)
    before = {"pieces": entry.pieces, "defective": entry.defective, "day": str(entry.day)}
    _set(entry, same, speaker)
    session.flush()
    _note(session, order, entry, speaker, "order.corrected", before)
    order_letters.tell(session, course, entry, speaker)


def _values(entry: OrderEntry) -> tuple[object, ...]:
    return entry.day, entry.pieces, entry.defective, entry.accepted, entry.text


def _said(given: EntryGiven) -> tuple[object, ...]:
    return given.day, given.pieces, given.defective, given.accepted, given.text or None


def _turn(
    session: Session,
    order: PurchaseOrder,
    entry: OrderEntry,
    state: EntryState,
    speaker: Speaker,
    revision: int,
    *,
    of_other: bool,
) -> bool:
    """Move an entry to a state; whether it was not there yet."""
    take_turns(session, order)
    read_anew(session, entry)
    if (entry.side != speaker.side) != of_other:
        raise Forbidden
    if entry.state == state:
        return False
    if entry.revision != revision:
        raise StaleRevision
    check_move(ENTRY_MOVES, entry.state, state)
    entry.state, entry.answered_by_id, entry.answered_at = state, speaker.user_id, now()
    session.flush()
    return True


def _take_effect(session: Session, order: PurchaseOrder, entry: OrderEntry) -> None:
    """What follows from what both sides agreed on: a new day holds, cancelled and delivered work takes no more hours."""
    if entry.kind == "day":
        order.due_on = entry.day
    orders.settle(session, order)
    if not order.is_running:
        order_hours.release(session, order)


def _set(entry: OrderEntry, given: EntryGiven, speaker: Speaker) -> None:
    entry.line, entry.day, entry.text = given.line, given.day, given.text or None
    entry.pieces, entry.defective, entry.accepted = given.pieces, given.defective, given.accepted
    entry.due_on = entry.order.due_on
    entry.side, entry.by_id, entry.by_centre = speaker.side, speaker.user_id, speaker.by_centre
    entry.said_at = now()


def _note(
    session: Session,
    order: PurchaseOrder,
    entry: OrderEntry,
    speaker: Speaker,
    action: str,
    details: Mapping[str, object] | None = None,
) -> None:
    told = {"entry": entry.public_id, "kind": entry.kind, "side": speaker.side, **(details or {})}
    journal.note(session, speaker.actor, action, order, told)


def _reason_missing() -> Problem:
    return Problem("text", "reason.missing", N_("Say why, in a few words."))


# A check gives the problems of what is said.
_Check = Callable[[OrderCourse, EntryGiven, Speaker, date], list[Problem]]


def _check(course: OrderCourse, given: EntryGiven, speaker: Speaker, today: date) -> None:
    if given.kind not in ENTRY_KINDS:
        raise InvalidRecord(
            (Problem("kind", "kind.unknown", N_("Choose one from the list."), given.kind[:20]),)
        )
    if course.order.is_cancelled:
        raise MoveNotAllowed(state=course.order.state, target=OrderState.RUNNING)
    problems = [*_field_problems(given), *_line_problems(course, given), *_day_problems(given, today)]
    problems += _CHECKS[given.kind](course, given, speaker, today) if not problems else []
    if len(given.text) > LONGEST:
        message = N_("Write at most %(most)s characters.")
        problems.append(Problem("text", "text.long", message, given.text[:40], {"most": LONGEST}))
    if len(course.entries) >= MOST_ENTRIES:
        message = N_("An order holds at most %(most)s entries.")
        problems.append(Problem("kind", "entries.many", message, "", {"most": MOST_ENTRIES}))
    if problems:
        raise InvalidRecord(tuple(problems))


def _field_problems(given: EntryGiven) -> list[Problem]:
    """What was told that an entry of this kind does not have."""
    told = {"pieces": given.pieces, "defective": given.defective, "accepted": given.accepted}
    message = N_("Leave this empty: an entry of this kind does not have it.")
    return [
        Problem(name, f"{name}.foreign", message, str(value))
        for name, value in told.items()
        if value is not None and name not in _FIELDS.get(given.kind, frozenset())
    ]


def _line_problems(course: OrderCourse, given: EntryGiven) -> list[Problem]:
    known = {one.line.id for one in course.lines}
    if given.line in known or (given.line is None and given.kind not in _OF_LINES):
        return []
    return [Problem("line", "line.unknown", N_("Choose a position of the order."), (given.line or "")[:40])]


def _day_problems(given: EntryGiven, today: date) -> list[Problem]:
    if given.kind not in _OF_DAYS:
        return []
    if given.day is None:
        return [Problem("day", "day.missing", N_("Choose a day."))]
    if given.kind == "day" and given.day < today:
        message = N_("This day is over; choose one from today on.")
        return [Problem("day", "day.past", message, given.day.isoformat())]
    if given.kind != "day" and given.day > today:
        message = N_("This day is still to come; say what has happened.")
        return [Problem("day", "day.future", message, given.day.isoformat())]
    return []


def _of_line(course: OrderCourse, given: EntryGiven) -> LineProgress:
    return next(one for one in course.lines if one.line.id == given.line)


def _delivery(course: OrderCourse, given: EntryGiven, _speaker: Speaker, _today: date) -> list[Problem]:
    line, pieces = _of_line(course, given), given.pieces or 0
    if pieces < 1:
        return [Problem("pieces", "pieces.missing", N_("Say how many pieces, as a whole number."))]
    if (given.defective or 0) > pieces:
        message = N_("%(defective)s defective pieces are more than the %(pieces)s that came.")
        told = {"defective": given.defective, "pieces": pieces}
        return [Problem("defective", "defective.many", message, str(given.defective), told)]
    if line.line.quantity is None:
        return []
    most = int(line.line.quantity * SURPLUS) + line.defective
    if line.delivered + pieces <= most:
        return []
    message = N_(
        "%(ordered)s pieces are ordered and %(before)s have come; with these it would be %(all)s. Check the number."
    )
    told = {"ordered": line.line.quantity, "before": line.delivered, "all": line.delivered + pieces}
    return [Problem("pieces", "pieces.many", message, str(pieces), told)]


def _defects(course: OrderCourse, given: EntryGiven, _speaker: Speaker, _today: date) -> list[Problem]:
    line, found = _of_line(course, given), given.defective or 0
    if found < 1:
        return [Problem("defective", "defective.missing", N_("Say how many pieces are defective."))]
    if found + line.defective <= line.delivered:
        return []
    message = N_(
        "%(pieces)s pieces have come and %(before)s of them are defective already; %(more)s more are too many."
    )
    told = {"pieces": line.delivered, "before": line.defective, "more": found}
    return [Problem("defective", "defective.many", message, str(found), told)]


def _article(_course: OrderCourse, given: EntryGiven, speaker: Speaker, _today: date) -> list[Problem]:
    if given.accepted is not None and speaker.side == "supplier":
        return [
            Problem("accepted", "accepted.theirs", N_("Whether it is accepted is for the contractor to say."))
        ]
    return [_reason_missing()] if given.accepted is False and not given.text else []


def _cancellation(course: OrderCourse, given: EntryGiven, _speaker: Speaker, _today: date) -> list[Problem]:
    if any(one.cancelled for one in course.lines if given.line == one.line.id):
        return [
            Problem("line", "line.cancelled", N_("This position is cancelled already."), given.line or "")
        ]
    return [] if given.text else [_reason_missing()]


def _nothing(_course: OrderCourse, _given: EntryGiven, _speaker: Speaker, _today: date) -> list[Problem]:
    return []


_CHECKS: Mapping[str, _Check] = {
    "delivery": _delivery,
    "defects": _defects,
    "first_article": _article,
    "report": _nothing,
    "day": _nothing,
    "cancellation": _cancellation,
}
