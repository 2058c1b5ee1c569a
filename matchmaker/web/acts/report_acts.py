"""The released shortlist as a PDF and as a workbook, and the agreement of a contract as a PDF, in either language."""

from flask import Response, abort, request
from flask_babel import force_locale, gettext

from matchmaker.domain.errors import NotFound
from matchmaker.models import Decision, Match, Need, Profile, Session
from matchmaker.services.profiles import suppliers
from matchmaker.services.reports import contract_agreements, match_reports
from matchmaker.services.reports.match_reports import ReportEntry, ShortlistReport
from matchmaker.services.shortlist import comparison, shortlists
from matchmaker.web.kit import context, downloads, formats, terms
from matchmaker.web.kit.changes import change, unsigned_change
from matchmaker.web.kit.context import database
from matchmaker.web.pages import explanations, supplier_facts
from matchmaker.web.pages.need_access import NeedAccess, authorised, visible
from search.reading.titles import leading_words

MAKERS = {
    "pdf": (match_reports.pdf, "application/pdf"),
    "xlsx": (match_reports.workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def shortlist(key: str, kind: str, language: str) -> Response:
    """The released shortlist as a file of a kind of MAKERS, in a language. Raises NotFound, Forbidden."""
    need = exportable(database(), key)
    if kind not in MAKERS:
        abort(404)
    make, media_type = MAKERS[kind]
    with force_locale(language):
        made = make(_report(need, language))
    with change() as (session, user):
        shortlists.note_export(session, exportable(session, key), kind, user)
    return downloads.named(made, media_type, f"shortlist-{key}-{language}.{kind}")


def contract(key: str, match: str, language: str) -> Response:
    """The agreement of a contract as a PDF, in a language. Raises NotFound for anybody but its two sides and the centre."""
    access, found, decision = _contract(database(), key, match)
    made = _agreement(found, decision, language, names_drawings=access.may("drawing.list"))
    with change() as (session, user):
        _, again, _ = _contract(session, key, match)
        contract_agreements.note_taken(session, again, language, user.public_id)
    return made


def contract_by_letter(token: str, language: str) -> Response:
    """The same for a side without an account, by the link of its letter. Raises NotFound, LinkSpent."""
    found, decision, side = contract_agreements.contract_by_letter(database(), token)
    made = _agreement(found, decision, language, names_drawings=side == "contractor")
    with unsigned_change() as session:
        again, _, _ = contract_agreements.contract_by_letter(session, token)
        contract_agreements.note_taken(session, again, language, "letter")
    return made


def _agreement(match: Match, made: Decision, language: str, *, names_drawings: bool) -> Response:
    model = context.product().contract_models[language]
    filled = contract_agreements.agreement(
        database(), match, made, model, language, names_drawings=names_drawings
    )
    name = f"contract-{match.need.public_id}-{language}.pdf"
    return downloads.named(contract_agreements.pdf(filled), "application/pdf", name)


def language_asked() -> str:
    """The language that the address asks for, else the reader's; a wrong one is answered with 400."""
    chosen = request.args.get("language", context.language())
    if chosen not in explanations.LANGUAGES:
        abort(400)
    return chosen


def _contract(session: Session, key: str, match: str) -> tuple[NeedAccess, Match, Decision]:
    """A contract of a need that the acting person is a side of, or whose centre it works for, with its rights to the need. Raises
    NotFound.
    """
    access = visible(session, key)
    found, decision = contract_agreements.contract_of(session, access.need, match)
    if not access.may_edit and found.profile.organisation.public_id not in access.invited_firms:
        raise NotFound(what="match", key=match)
    return access, found, decision


def exportable(session: Session, key: str) -> Need:
    """The need, for a person that may download its shortlist."""
    found = authorised(session, key, "need.edit")
    found.require("list.export")
    return found.need


def _report(need: Need, language: str) -> ShortlistReport:
    matches = shortlists.released(database(), need)
    profiles = suppliers.by_keys(database(), [match.profile.public_id for match in matches])
    centre = need.centre
    asked = [gettext("Quantity: %(count)s pcs", count=need.quantity)] if need.quantity else []
    asked += [gettext("Deliver by: %(day)s", day=formats.day(need.due))] if need.due else []
    return ShortlistReport(
        language=language,
        centre=centre.name(language),
        contacts=tuple(str(value) for value in (centre.contacts or {}).values()),
        day=formats.day(context.today()),
        title=gettext("Shortlist"),
        lines=((need.title or leading_words(need.text or "")[:200]), *_for_whom(need, language), *asked),
        sheets=(gettext("Suppliers"), gettext("Requirements")),
        supplier=gettext("Supplier"),
        headings=(gettext("Requirement"), gettext("Needed"), gettext("Declared"), gettext("Result")),
        suppliers=tuple(_entry(match, profiles[match.profile.public_id], language) for match in matches),
        remark=gettext("Declared by the suppliers themselves unless marked as verified by the centre."),
    )


def _for_whom(need: Need, language: str) -> list[str]:
    return [gettext("Contractor: %(name)s", name=need.contractor.name(language))] if need.contractor else []


def _entry(match: Match, profile: Profile, language: str) -> ReportEntry:
    figures = comparison.figures(profile, None)
    held = [f"{one.standard} — {one.level_name}" for one in supplier_facts.certificate_views(profile)]
    lead = gettext("%(value)s days", value="–".join(map(str, dict.fromkeys(figures.lead_days or ()))))
    facts = [
        (gettext("Place"), terms.place(profile)),
        (gettext("Certificates"), "; ".join(held)),
        (gettext("Usual lead time"), lead if figures.lead_days else ""),
        (gettext("Profile as of"), formats.day(figures.updated) if figures.updated else ""),
    ]
    reasons = tuple(
        (
            one["label"],
            one["needed"],
            ", ".join(filter(None, (one["declared"], one.get("margin", "")))),
            one["outcome_label"],
        )
        for one in explanations.reasons(match, language)
    )
    shown = tuple((label, value) for label, value in facts if value)
    return ReportEntry(profile.organisation.name(language), shown, reasons)
