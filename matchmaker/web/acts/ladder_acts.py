"""The ladders to certificates for a reader: whose they are, wishes, papers, the pipeline as a file."""

from collections.abc import Mapping, Sequence

from flask import Response
from flask_babel import gettext

from importers.cells import amount_text
from matchmaker.domain.errors import InvalidRecord, NotFound, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import CertificationStage
from matchmaker.models import CertificationStep, Profile, Session, StoredFile
from matchmaker.services.development import ladders
from matchmaker.services.development.ladders import LONGEST_NOTE, StepGiven
from matchmaker.services.profiles import scans, suppliers
from matchmaker.services.reports.spreadsheets import DownloadTable
from matchmaker.web.acts import ladder_list, list_acts
from matchmaker.web.kit import context, downloads, formats, labels
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product
from matchmaker.web.kit.standpoint import operator
from matchmaker.web.pages.profile_access import access_of, own_profile_in

PAYER_LABELS: Mapping[str, str] = {
    "firm": N_("the firm"),
    "centre": N_("the centre"),
    "programme": N_("a support programme"),
    "plant": N_("the plant that needs it"),
}


def recorded(session: Session, key: str) -> Profile:
    """The supplier, for an operator that records its steps. Raises Forbidden for who is no operator, NotFound."""
    operator(session)
    profile = suppliers.by_key(session, key)
    if not access_of(session, profile).may("ladder.record"):
        raise NotFound(what="supplier", key=key)
    return profile


def known_standard(code: str) -> str:
    """The code of a standard that the taxonomy has. Raises NotFound."""
    if code not in product().taxonomy.standards:
        raise NotFound(what="standard", key=code[:60])
    return code


def ask(standard: str, note: str, key: str) -> None:
    """Ask the centre for help on the way of the own shop to a certificate. Raises InvalidRecord, Forbidden."""
    if standard not in product().taxonomy.standards:
        message = N_("Choose the standard of the certificate.")
        raise InvalidRecord((Problem("standard", "ladder.standard", message, standard[:40]),))
    if len(note) > LONGEST_NOTE:
        problem = Problem(
            "note", "ladder.long", N_("At most %(most)s characters."), "", {"most": LONGEST_NOTE}
        )
        raise InvalidRecord((problem,))
    wish = StepGiven(key, CertificationStage.NONE, context.today(), note=note or None)
    with change() as (session, user):
        ladders.ask(session, own_profile_in(session), standard, wish, user)


def tied(standard: str) -> str:
    """The mark that ties a paper to the ladder to a standard."""
    return f"ladder {standard}"


def papers_of(session: Session, profile: Profile) -> dict[str, list[StoredFile]]:
    """The papers of a supplier's ladders by standard, the oldest first."""
    found: dict[str, list[StoredFile]] = {}
    for stored in scans.of_profile(session, profile, scans.PAPER):
        found.setdefault(str(stored.details.get("of", "")).removeprefix("ladder "), []).append(stored)
    return found


def add_own_paper(standard: str, file: downloads.SentFile) -> StoredFile:
    """Store a paper of the own shop's ladder. Raises FileRefused, NotFound, Forbidden."""
    known_standard(standard)
    with change() as (session, user):
        profile, folder = own_profile_in(session), product().data / "files"
        return scans.add(session, profile, tied(standard), file, user, folder, role=scans.PAPER)


def add_paper(key: str, standard: str, file: downloads.SentFile) -> StoredFile:
    """Store a paper of a supplier's ladder for its centre. Raises FileRefused, NotFound, Forbidden."""
    known_standard(standard)
    with change() as (session, user):
        profile, folder = recorded(session, key), product().data / "files"
        return scans.add(session, profile, tied(standard), file, user, folder, role=scans.PAPER)


def paper(key: str) -> tuple[StoredFile, bytes]:
    """A paper and its bytes, for its shop and the centre; its opening is recorded. Raises NotFound, FileMissing."""
    with change() as (session, user):
        stored, profile = scans.by_key(session, key, scans.PAPER)
        if not access_of(session, profile).may("ladder.view"):
            raise NotFound(what="file", key=key)
        content = downloads.content_of(stored)
        scans.opened(session, stored, profile, user.public_id)
    return stored, content


def as_file(kind: str) -> Response:
    """The pipeline at the same address, on all its pages, as a file. Raises Forbidden."""
    columns = (
        gettext("Firm"),
        gettext("INN"),
        gettext("Standard"),
        gettext("Stage"),
        gettext("Since"),
        gettext("Responsible"),
        gettext("Next step"),
        gettext("Day of the next step"),
        gettext("Who helps"),
        gettext("Cost, ₽"),
        gettext("Who pays"),
        gettext("Note"),
    )
    rows = [_row(step) for step in ladder_list.listed(database())]
    return list_acts.answer(DownloadTable(gettext("Ladders to certificates"), columns, rows), kind, "ladders")


def _row(step: CertificationStep) -> Sequence[str]:
    firm = step.profile.organisation
    return (
        firm.name(context.language()),
        firm.inn or "",
        labels.standard_label(step.standard),
        labels.state_label("ladder", step.stage),
        formats.day(step.on),
        step.owner.name if step.owner else "",
        step.next_step or "",
        formats.day(step.next_on),
        step.helper or "",
        "" if step.cost_minor is None else amount_text(step.cost_minor),
        gettext(PAYER_LABELS[step.payer]) if step.payer else "",
        step.note or "",
    )
