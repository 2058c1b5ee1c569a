"""The day of an operator: all that waits for a centre in one list, the most pressing first, each line with why it is there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import Select, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.lifecycle import ImportState
from matchmaker.models import (
    Centre,
    CertificateRow,
    CertificationStep,
    DevelopmentCard,
    FirmNote,
    ImportBatch,
    LetterIn,
    Match,
    Need,
    Profile,
    PurchaseOrder,
)
from matchmaker.models.base import now
from matchmaker.services.desk import companies
from matchmaker.services.development import alarms, development_cards, ladder_lists
from matchmaker.services.incoming import quarantine
from matchmaker.services.mail.undelivered import UndeliveredLetter
from matchmaker.services.orders import orders
from matchmaker.services.profiles import profile_drafts
from matchmaker.services.profiles.certificates import WARNINGS
from matchmaker.services.shortlist import work_queues
from matchmaker.services.shortlist.work_queues import NeedQueues, WorkQueue

MOST_OF_KIND = 50
# The days that each kind of work may usually wait. Who waited twice as long is twice as pressing, whatever the kind, so
# that a letter that never arrived stands before a profile of the same day.
USUAL_DAYS: Mapping[str, float] = {
    "letters": 0.5,  # somebody believes that a supplier was told
    "incoming": 0.5,  # somebody wrote and waits for a word
    "needs": 1,  # its contractor wants to hear by the next day
    "imports": 1,
    "tasks": 1,
    "quotes": 1,  # suppliers have worked for nothing until somebody chooses
    "matches": 2,
    "drafts": 2,
    "orders": 2,  # a plant waits for pieces
    "ladders": 3,
    "cards": 3,
    "unmatched": 3,
    "profiles": 3,
    "unanswered": 5,  # the reminder that goes by itself comes on the third day
    "unverified": 14,
    "certificates": 150,  # of the 180 days before the end: from 30 days left on it is late
    "duplicates": 30,
}
_REMARKED_FOR = timedelta(days=7)
_REMARKS = ("refused", "doubtful")

Thing = (
    Need
    | Match
    | Profile
    | CertificateRow
    | UndeliveredLetter
    | ImportBatch
    | FirmNote
    | CertificationStep
    | DevelopmentCard
    | PurchaseOrder
    | LetterIn
)


@dataclass(frozen=True, slots=True)
class TodayLine:
    """One piece of work of a kind (the name of a queue): what it is done to, None for all of its queue together.

    `since` is the day since which it waits, `days` how long; of a certificate `since` is the day of its end and `days` are
    those left. `count` is the number of proposals, quotes, rows or delivered pieces that the work is about, `open` of quotes those
    still owed, `of` the number of all of its kind where not all are listed, of an order its pieces (0 where they are not told).
    """

    kind: str
    key: str
    since: date | None
    days: int
    thing: Thing | None = None
    count: int = 0
    open: int = 0
    of: int = 0

    @property
    def pressing(self) -> float:
        """The days that it waited, over those that are usual; from 1 on it is late."""
        waited = WARNINGS[0] - self.days if self.kind == "certificates" else self.days
        return waited / USUAL_DAYS[self.kind]

    @property
    def is_late(self) -> bool:
        return self.pressing >= 1


@dataclass(frozen=True, slots=True)
class Today:
    """The lines of a day, the most pressing first, and how much of each kind there is in all."""

    lines: Sequence[TodayLine]
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DayAsked:
    """For whose day is asked: the codes of the person's centres, its own centre, the day, and one kind or "" for all."""

    centres: Sequence[str]
    own: Centre
    today: date
    kind: str = ""


def today(session: Session, asked: DayAsked, queues: Sequence[WorkQueue], needs: NeedQueues) -> Today:
    """What waits, in a few statements however much that is; `queues` are the counts and `needs` the needs of the same
    centres. Of a kind there are at most MOST_OF_KIND lines, the longest waiting.
    """
    lines = [*_needs(needs, asked), *_whole_queues(queues, asked)]
    counted = {queue.name: max(queue.count, 0) for queue in queues} | {"quotes": len(needs.late)}
    if asked.kind in {"", "letters", "unanswered"}:
        lines += _letters_and_answers(session, asked)
    looked_at = list(_looked_at(session, asked))
    lines += looked_at
    counted |= {
        kind: sum(line.kind == kind for line in looked_at) for kind in ("imports", "incoming", "tasks")
    }
    for kind, gather in _GATHERED.items():
        if kind in _COUNTED_HERE or asked.kind in {"", kind}:
            found = list(gather(session, asked))
            lines += found
            if kind in _COUNTED_HERE:
                counted[kind] = max([len(found), *(line.of for line in found[:1] if kind == "certificates")])
    shown = [line for line in lines if asked.kind in {"", line.kind}]
    return Today(sorted(shown, key=_order), counted)


def _order(line: TodayLine) -> tuple[float, date, str]:
    return -line.pressing, line.since or date.max, line.key


def _needs(found: NeedQueues, asked: DayAsked) -> Iterator[TodayLine]:
    """Needs by what they wait for."""
    for kind, some in (("needs", found.submitted), ("drafts", found.drafts)):
        for need in some:
            yield _line(kind, asked, need, need.changed_at.date())
    for need in found.unmatched:
        yield _line("unmatched", asked, need, (need.published_at or need.changed_at).date())
    for one in found.uncurated:
        yield _line("matches", asked, one.need, one.oldest.date(), one.count)
    for late in found.late:
        if late.need.quotes_until is not None:
            since = late.need.quotes_until.date()
            days, key = _waited(asked, since), late.need.public_id
            yield TodayLine("quotes", key, since, days, late.need, late.came, late.owed)


def _line(kind: str, asked: DayAsked, thing: Need | Profile, since: date, count: int = 0) -> TodayLine:
    return TodayLine(kind, thing.public_id, since, _waited(asked, since), thing, count)


def _waited(asked: DayAsked, since: date) -> int:
    return max((asked.today - since).days, 0)


def _letters_and_answers(session: Session, asked: DayAsked) -> Iterator[TodayLine]:
    letters, answers = work_queues.letters_and_answers(session, asked.centres, MOST_OF_KIND)
    for letter in letters:
        since = letter.since.date()
        yield TodayLine("letters", letter.mail.public_id, since, _waited(asked, since), letter)
    for one in answers:
        since = one.since.date()
        yield TodayLine("unanswered", one.match.public_id, since, _waited(asked, since), one.match)


def _profiles(session: Session, asked: DayAsked) -> Iterator[TodayLine]:
    for profile in profile_drafts.waiting(session, asked.own.id, MOST_OF_KIND):
        yield _line("profiles", asked, profile, profile.changed_at.date())


def _certificates(session: Session, asked: DayAsked) -> Iterator[TodayLine]:
    rows, total = alarms.unseen(session, asked.own, asked.today, MOST_OF_KIND)
    for row in rows:
        if row.valid_until is not None:
            left = (row.valid_until - asked.today).days
            yield TodayLine("certificates", row.public_id, row.valid_until, left, row, of=total)


def _looked_at(session: Session, asked: DayAsked) -> Iterator[TodayLine]:
    """What a person of the centre has to look at: files that wait for a yes, that failed, or whose rows were refused or left
    questions in the last days; tasks about firms whose day has come; letters that came and that nobody has seen. All in one
    statement, each row one of these.
    """
    kinds = (
        ("imports", ImportBatch.id, _files(asked)),
        ("incoming", LetterIn.id, quarantine.waiting_ids(asked.own, MOST_OF_KIND)),
        ("tasks", FirmNote.id, companies.due_tasks(asked.own, asked.today, MOST_OF_KIND)),
    )
    chosen = union_all(
        *(
            select(literal(kind).label("kind"), key.label("id")).where(key.in_(ids))
            for kind, key, ids in kinds
        )
    ).subquery()
    query = (
        select(ImportBatch, LetterIn, FirmNote)
        .select_from(chosen)
        .outerjoin(ImportBatch, (chosen.c.kind == "imports") & (chosen.c.id == ImportBatch.id))
        .outerjoin(LetterIn, (chosen.c.kind == "incoming") & (chosen.c.id == LetterIn.id))
        .outerjoin(FirmNote, (chosen.c.kind == "tasks") & (chosen.c.id == FirmNote.id))
        .options(*quarantine.SHOWN, joinedload(FirmNote.organisation))
        .order_by(chosen.c.kind, ImportBatch.changed_at, FirmNote.due_on, chosen.c.id)
    )
    for batch, letter, task in session.execute(query):
        if letter is not None:
            since = letter.created_at.date()
            yield TodayLine("incoming", letter.public_id, since, _waited(asked, since), letter)
        elif task is not None:
            yield TodayLine("tasks", task.public_id, task.due_on, _waited(asked, task.due_on), task)
        else:
            remarks = sum(int(batch.counts.get(name, 0)) for name in _REMARKS)
            since = batch.changed_at.date()
            yield TodayLine("imports", batch.public_id, since, _waited(asked, since), batch, remarks)


def _files(asked: DayAsked) -> Select[int]:
    """Files to look at, by their ids."""
    remarked = [func.coalesce(ImportBatch.counts[name].as_integer(), 0) for name in _REMARKS]
    waits = or_(
        ImportBatch.state.in_((ImportState.CHECKED, ImportState.FAILED)),
        (ImportBatch.state == ImportState.DONE) & or_(*(count > 0 for count in remarked)),
    )
    lately = ImportBatch.centre_id == asked.own.id, ImportBatch.changed_at >= now() - _REMARKED_FOR
    query = select(ImportBatch.id).where(*lately, waits, ImportBatch.suffix.is_not(None))
    return query.order_by(ImportBatch.changed_at).limit(MOST_OF_KIND)


def _ladders(session: Session, asked: DayAsked) -> Iterator[TodayLine]:
    """Next steps to a certificate whose day has come, and suppliers that ask for help with one."""
    for step in ladder_lists.due(session, asked.own, asked.today, MOST_OF_KIND):
        if step.next_on is not None:
            yield TodayLine("ladders", step.public_id, step.next_on, _waited(asked, step.next_on), step)


def _cards(session: Session, asked: DayAsked) -> Iterator[TodayLine]:
    """Development cards whose day has come."""
    for card in development_cards.due(session, asked.own, asked.today, MOST_OF_KIND):
        yield TodayLine("cards", card.public_id, card.due_on, _waited(asked, card.due_on), card)


def _orders(session: Session, asked: DayAsked) -> Iterator[TodayLine]:
    """Orders whose day of delivery has passed, and that are not delivered as both sides say."""
    for one in orders.late(session, asked.centres, asked.today, MOST_OF_KIND):
        due = one.order.due_on
        if due is not None:
            waited = _waited(asked, due)
            yield TodayLine(
                "orders", one.order.public_id, due, waited, one.order, one.good, of=one.ordered or 0
            )


def _whole_queues(queues: Sequence[WorkQueue], asked: DayAsked) -> Iterator[TodayLine]:
    """Work that is done in one go on a page of its own: a line for all of it."""
    for queue in queues:
        if queue.name in {"unverified", "duplicates"} and queue.count > 0:
            days = _waited(asked, queue.oldest) if queue.oldest else 0
            yield TodayLine(queue.name, queue.name, queue.oldest, days, count=queue.count)


_GATHERED: Mapping[str, Callable[[Session, DayAsked], Iterator[TodayLine]]] = {
    "profiles": _profiles,
    "certificates": _certificates,
    "ladders": _ladders,
    "cards": _cards,
    "orders": _orders,
}
# Counted by being listed: few enough, or told with the list.
_COUNTED_HERE = frozenset({"ladders", "certificates", "cards", "orders"})
