"""Parts lists for a reader: whose they are, made, judged anew, turned into a need, taken along as a file."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response
from flask_babel import gettext

from importers.cells import amount_text
from matchmaker.domain import access
from matchmaker.domain.errors import InvalidRecord, NotFound, Problem, UnreadableFile
from matchmaker.domain.language import N_
from matchmaker.models import Organisation, PartsList, Session
from matchmaker.services.chains import parts_lists
from matchmaker.services.chains.parts_lists import (
    ListedPart,
    ListGiven,
    LocalisationGain,
    PartVerdict,
)
from matchmaker.services.core import journal
from matchmaker.services.needs import intake
from matchmaker.services.profiles import suppliers
from matchmaker.services.reports.spreadsheets import DownloadTable
from matchmaker.web.acts import list_acts
from matchmaker.web.kit import context
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product, wording
from matchmaker.web.kit.downloads import SentFile
from matchmaker.web.kit.standpoint import subject
from matchmaker.web.pages.need_access import posting_party

VERDICTS: Mapping[str, str] = {
    PartVerdict.ABLE: N_("has a maker"),
    PartVerdict.NEAR: N_("nearly: one condition"),
    PartVerdict.NOBODY: N_("nobody"),
    PartVerdict.UNREAD: N_("work not understood"),
    PartVerdict.WAITING: N_("being compared"),
}
_COLUMNS = (
    N_("No."),
    N_("Part of the assembly"),
    N_("Pieces"),
    N_("Price, ₽"),
    N_("Who makes it"),
    N_("Operations that nobody does"),
    N_("Who is able"),
    N_("Who nearly is"),
    N_("What would bring somebody"),
)
_NAMED = 3  # suppliers that a cell names


def own() -> tuple[Sequence[PartsList], Organisation | None]:
    """The lists of the reader's firm, for an operator those of the centre, and the firm. Raises Forbidden."""
    party = posting_party(database())
    return parts_lists.listed(database(), party.centre, party.contractor), party.contractor


def seen(session: Session, key: str, action: str = "need.view_unpublished") -> PartsList:
    """A list that the reader may read, or change with "need.edit". Raises NotFound."""
    found = parts_lists.by_key(session, key)
    firm = found.contractor.public_id if found.contractor else None
    thing = access.AccessObject(centre=found.centre.code, contractor=firm)
    if not access.may(subject(session), action, thing).allowed:
        raise NotFound(what="list", key=key)
    return found


def make(given: ListGiven) -> str:
    """Keep a list for the reader's firm, or the operator's centre; its public id. Raises InvalidRecord, Forbidden."""
    posting_party(database())
    try:
        lines = parts_lists.read(given, context.today())
    except UnreadableFile as error:
        values = {name: gettext(str(value)) for name, value in error.params.items()}
        raise InvalidRecord((Problem("text", error.code, error.template, "", values),)) from error
    with change() as (session, user):
        party = posting_party(session)
        return parts_lists.make(session, party.centre, party.contractor, given, lines, user).public_id


def receive(sent: SentFile, typed: Mapping[str, str]) -> str:
    """Store a list of parts to be opened in the background; the key of the job. Raises FileRefused, Forbidden."""
    name = sent[0][:100]
    kept = intake.receive(product().data, name, sent[1])
    with change() as (session, user):
        posting_party(session)
        return intake.ask_rows(session, (name, kept.sha256), typed, user)


def post_need(key: str, places: Sequence[int], once: str) -> tuple[str, bool]:
    """A draft of a need with chosen parts; its public id, and whether it is new. Raises InvalidRecord, NotFound."""
    with change() as (session, user):
        need, made = parts_lists.post_need(session, seen(session, key, "need.edit"), places, once, user)
        return need.public_id, made


def judge_anew(key: str) -> None:
    """Have a list judged by the suppliers of today. Raises NotFound."""
    with change() as (session, user):
        found = seen(session, key, "need.edit")
        if found.judged_at is not None:
            journal.note(session, user.public_id, "parts.judged", found.centre, {"list": key})
            parts_lists.ask(session, found)


def remove(key: str) -> None:
    """Delete a list. Raises NotFound."""
    with change() as (session, user):
        parts_lists.remove(session, seen(session, key, "need.edit"), user)


def firms(listed: Sequence[ListedPart]) -> dict[str, Organisation]:
    """The firms that parts name, by the public id of the profile."""
    return suppliers.firms(database(), parts_lists.firms_in(listed))


def named(found: Mapping[str, Organisation], keys: Sequence[Any]) -> list[tuple[str, str]]:
    """The first suppliers that are still there, by key and name."""
    there = [(str(key), found[str(key)].name(context.language())) for key in keys if str(key) in found]
    return there[:_NAMED]


def works(operations: Sequence[Mapping[str, Any]]) -> str:
    """Operations in the reader's language."""
    return wording().codes("process", [str(one["process"]) for one in operations])


def gain(one: LocalisationGain, found: Mapping[str, Organisation]) -> str:
    """What would be relaxed, or who developed, in words."""
    if one.requirement:
        return context.wording().label(one.requirement)
    return found[one.supplier].name(context.language()) if one.supplier in found else ""


def as_file(key: str, kind: str) -> Response:
    """A list with its makers as a file; the download is recorded. Raises NotFound."""
    made = seen(database(), key)
    listed = parts_lists.parts_of(made)
    found, language = firms(listed), context.language()

    def names(keys: Sequence[Any]) -> str:
        return "; ".join(dict.fromkeys(name for _, name in named(found, keys)))

    rows = [
        (
            str(one.place),
            one.title,
            str(one.pieces or ""),
            "" if one.price_minor is None else amount_text(one.price_minor),
            gettext(VERDICTS[one.verdict]),
            works(one.lacking),
            names([key for own in one.operations if own["able"] for key in own["best"]]),
            names([firm["key"] for own in one.lacking for firm in own["near"]]),
            "; ".join(
                f"{step['words'][language]} (+{step['adds']})" for own in one.lacking for step in own["eased"]
            ),
        )
        for one in listed
    ]
    columns = tuple(map(gettext, _COLUMNS))
    return list_acts.answer(
        DownloadTable(made.name, columns, rows), kind, f"parts-{key}", centre=made.centre.code
    )
