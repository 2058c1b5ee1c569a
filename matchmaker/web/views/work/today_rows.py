"""The lines of an operator's day in words: what it is, why it is there, and the one act that it needs."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import singledispatch

from flask import url_for
from flask_babel import gettext, ngettext

from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import NeedState
from matchmaker.models import (
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
    User,
)
from matchmaker.services.desk.today import TodayLine
from matchmaker.services.incoming import incoming
from matchmaker.services.mail.undelivered import UndeliveredLetter
from matchmaker.web.kit import context, formats, labels
from search.reading.titles import leading_words

_UNSEEN = N_("Nobody has looked at it.")
_LONGEST = 80  # characters of a need's text in place of a title


@dataclass(frozen=True, slots=True)
class TodayAct:
    """The act of a line: a link where its page is needed, a form with its fields where it is done in place."""

    label: str
    address: str
    fields: tuple[tuple[str, str], ...] | None = None


@dataclass(frozen=True, slots=True)
class TodayRow:
    """A line as it is shown; `work` is the kind and key of what somebody is assigned to, None where nobody is."""

    line: TodayLine
    title: str
    address: str
    beside: str
    why: str
    act: TodayAct
    work: tuple[str, str] | None

    @property
    def names_need(self) -> bool:
        """Whether the title is that of a need."""
        return isinstance(self.line.thing, Need)

    @property
    def is_beside_need(self) -> bool:
        """Whether what tells the line from others is the title of a need."""
        return isinstance(self.line.thing, Match | PurchaseOrder)


def rows(lines: Iterable[TodayLine]) -> list[TodayRow]:
    return [
        TodayRow(line, *_named(line.thing, line), _why(line), _act(line), work_of(line)) for line in lines
    ]


def work_of(line: TodayLine) -> tuple[str, str] | None:
    """What the line's assignee works on: the need behind a letter or an answer, the profile, the certificate."""
    thing = line.thing
    match thing:
        case Need():
            return "need", thing.public_id
        case Match():
            return "need", thing.need.public_id
        case UndeliveredLetter() | PurchaseOrder():
            return "need", thing.match.need.public_id
        case Profile():
            return "profile", thing.public_id
        case CertificateRow():
            return "certificate", thing.public_id
    return None


def assigned(lines: Iterable[TodayLine]) -> dict[str, set[str]]:
    """The keys of all that somebody may be assigned to, by kind."""
    found: dict[str, set[str]] = {"need": set(), "profile": set(), "certificate": set()}
    for kind, key in filter(None, map(work_of, lines)):
        found[kind].add(key)
    return found


def whose(
    lines: Iterable[TodayLine], keepers: Mapping[str, Mapping[str, User]], person: str | None
) -> Iterator[TodayLine]:
    """The lines of one person (public id), or with None those that nobody has taken."""
    for line in lines:
        thing, work = line.thing, work_of(line)
        keeper = keepers[work[0]].get(work[1]) if work else None
        if isinstance(thing, CertificationStep | DevelopmentCard):
            keeper = thing.owner
        if (keeper.public_id if keeper else None) == person:
            yield line


@singledispatch
def _named(_thing: object, line: TodayLine) -> tuple[str, str, str]:
    """The name of what the line is about, its page, and what tells it from others of the same name."""
    places = {"unverified": "certificates.queue", "duplicates": "duplicates.pairs"}
    return labels.queue_label(line.kind), url_for(places[line.kind]), ""


@_named.register
def _of_need(need: Need, line: TodayLine) -> tuple[str, str, str]:
    places = {"needs": "needs.show", "drafts": "needs.show", "quotes": "quotes.listed"}
    firm = need.contractor.name(context.language()) if need.contractor else ""
    beside = " · ".join(filter(None, (need.number, firm)))
    return _title(need), url_for(places.get(line.kind, "curating.shortlist"), key=need.public_id), beside


@_named.register
def _of_match(match: Match, _line: TodayLine) -> tuple[str, str, str]:
    return match.profile.organisation.name(context.language()), _place(match), _title(match.need)


@_named.register
def _of_letter(letter: UndeliveredLetter, _line: TodayLine) -> tuple[str, str, str]:
    name = letter.match.profile.organisation.name(context.language())
    return name, _place(letter.match), letter.mail.recipient


@_named.register
def _of_profile(profile: Profile, _line: TodayLine) -> tuple[str, str, str]:
    told = "" if profile.published_at else gettext("new")
    address = url_for("reviews.show", key=profile.public_id)
    return profile.organisation.name(context.language()), address, told


@_named.register
def _of_certificate(row: CertificateRow, _line: TodayLine) -> tuple[str, str, str]:
    address = url_for("certificates.show", key=row.public_id)
    return row.profile.organisation.name(context.language()), address, row.standard


@_named.register
def _of_task(task: FirmNote, _line: TodayLine) -> tuple[str, str, str]:
    address = url_for("companies.show", key=task.organisation.public_id, _anchor="tasks")
    return task.organisation.name(context.language()), address, ""


@_named.register
def _of_step(step: CertificationStep, _line: TodayLine) -> tuple[str, str, str]:
    address = url_for("ladders.show", key=step.profile.public_id, standard=step.standard)
    return step.profile.organisation.name(context.language()), address, labels.standard_label(step.standard)


@_named.register
def _of_card(card: DevelopmentCard, _line: TodayLine) -> tuple[str, str, str]:
    address = url_for("cards.show", key=card.public_id)
    return card.profile.organisation.name(context.language()), address, _title(card.need)


@_named.register
def _of_order(order: PurchaseOrder, _line: TodayLine) -> tuple[str, str, str]:
    address = url_for("orders.show", key=order.public_id)
    return order.match.profile.organisation.name(context.language()), address, _title(order.match.need)


@_named.register
def _of_import(batch: ImportBatch, _line: TodayLine) -> tuple[str, str, str]:
    return batch.file_name, url_for("imports.show", key=batch.public_id), ""


@_named.register
def _of_incoming(letter: LetterIn, _line: TodayLine) -> tuple[str, str, str]:
    title = letter.subject or gettext("Letter without a subject")
    return title, url_for("incoming.show", key=letter.public_id), letter.sender


def _title(need: Need) -> str:
    return need.title or leading_words(need.text or "")[:_LONGEST]


def _place(match: Match) -> str:
    return url_for("curating.shortlist", key=match.need.public_id, _anchor=f"m-{match.public_id}")


_WHY = {
    "needs": N_("Handed in; suppliers do not see it before it is published."),
    "drafts": N_("Taken in and not submitted: ask what is open, then submit it or close it."),
    "unmatched": N_("Published, and no supplier is proposed."),
    "unanswered": N_("Invited, and has not answered."),
    "unverified": N_("Nobody has checked these papers; they count as declared only."),
    "duplicates": N_("The same firm may stand twice."),
}


def _why(line: TodayLine) -> str:
    if isinstance(line.thing, LetterIn):
        return gettext(incoming.REASONS.get(line.thing.why or "", _UNSEEN))
    said = line.thing.text if isinstance(line.thing, FirmNote) else _of_thing(line)
    if said:
        return said
    if line.kind == "matches":
        return ngettext(
            "%(num)d proposal without a decision.", "%(num)d proposals without a decision.", line.count
        )
    if line.kind == "orders":
        return _why_order(line)
    if line.kind == "quotes":
        came = ngettext("%(num)d quote came", "%(num)d quotes came", line.count)
        return gettext(
            "The day for quotes has passed: %(came)s, still owed %(owed)s.", came=came, owed=line.open
        )
    return gettext(_WHY[line.kind])


def _why_order(line: TodayLine) -> str:
    day = formats.day(line.since)
    if not line.of:
        return gettext("To be delivered by %(day)s; %(came)s pcs came.", day=day, came=line.count)
    if line.count >= line.of:
        return gettext(
            "To be delivered by %(day)s; all came as one side says, and the other has not confirmed.", day=day
        )
    told = {"day": day, "came": line.count, "ordered": line.of}
    return gettext("To be delivered by %(day)s; %(came)s of %(ordered)s good pcs came.", **told)


def _of_thing(line: TodayLine) -> str:
    """Why a letter, a certificate, a profile or a file stands there, "" for anything else."""
    thing = line.thing
    match thing:
        case UndeliveredLetter():
            told = {"subject": thing.mail.subject, "error": thing.mail.error or "—"}
            return gettext("“%(subject)s” did not arrive: %(error)s", **told)
        case CertificateRow():
            return gettext("Ends on %(day)s.", day=formats.day(thing.valid_until))
        case CertificationStep() | DevelopmentCard():
            return _why_step(thing)
        case Profile():
            return _why_profile(thing)
        case ImportBatch():
            return _why_import(thing, line.count)
    return ""


def _why_step(step: CertificationStep | DevelopmentCard) -> str:
    if isinstance(step, DevelopmentCard):
        return gettext("The gap was to be closed by now: %(what)s", what=step.what)
    if step.next_step is None:
        return gettext("Asks for help on the way to this certificate.")
    return gettext("Next step: %(step)s", step=step.next_step)


def _why_profile(profile: Profile) -> str:
    if profile.published_at is None:
        return gettext("Waits to be published; nobody finds it.")
    return gettext("Its changes wait; visitors see the profile as it was.")


def _why_import(batch: ImportBatch, remarks: int) -> str:
    if batch.has_failed:
        return gettext("The import stopped with an error.")
    said = ngettext("%(num)d row with a remark.", "%(num)d rows with remarks.", remarks) if remarks else ""
    unsaved = gettext("Tried, and not saved yet.") if batch.is_tried else ""
    return f"{unsaved} {said}".strip()


_LINKS = {
    "drafts": N_("Ask what is open"),
    "matches": N_("Decide"),
    "quotes": N_("Quotes"),
    "profiles": N_("Check"),
    "unverified": N_("Check"),
    "ladders": N_("Look at"),
    "cards": N_("Look at"),
    "orders": N_("Look at"),
    "imports": N_("Look at"),
    "incoming": N_("Look at"),
    "duplicates": N_("Compare"),
}


def _act(line: TodayLine) -> TodayAct:
    thing = line.thing
    match thing:
        case UndeliveredLetter():
            return TodayAct(
                gettext("Put aside"), url_for("operator.put_aside"), (("letter", thing.mail.public_id),)
            )
        case Match():
            address = url_for("curating.remind", key=thing.need.public_id)
            return TodayAct(gettext("Remind"), address, (("match", thing.public_id),))
        case FirmNote():
            address = url_for("companies.settle", key=thing.organisation.public_id)
            return TodayAct(gettext("Done"), address, (("task", thing.public_id), ("done", "yes")))
        case CertificateRow():
            return TodayAct(gettext("Seen"), url_for("certificates.see", key=thing.public_id), ())
        case Need() if line.kind in {"needs", "unmatched"}:
            return _act_on_need(line.kind, thing.public_id)
    return TodayAct(gettext(_LINKS[line.kind]), _named(thing, line)[1])


def _act_on_need(kind: str, key: str) -> TodayAct:
    if kind == "unmatched":
        return TodayAct(gettext("Run the matcher"), url_for("curating.propose", key=key), ())
    fields = (("state", NeedState.PUBLISHED.value),)
    return TodayAct(gettext("Publish"), url_for("needs.move", key=key), fields)
