"""Lists as files: the list on the screen, all its pages, in the reader's language; of needs their particulars too."""

from flask import Response
from flask_babel import gettext

from importers import cells
from matchmaker.domain import access
from matchmaker.domain.errors import Forbidden
from matchmaker.domain.language import N_
from matchmaker.models import CertificateRow, Need, Session
from matchmaker.services.core import journal
from matchmaker.services.core.journal import Act
from matchmaker.services.development import year_answers, year_questions
from matchmaker.services.development.year_questions import YearLine
from matchmaker.services.needs import need_summary, needs
from matchmaker.services.orders.orders import ListedOrder
from matchmaker.services.profiles import certificates
from matchmaker.services.reports.spreadsheets import DownloadTable
from matchmaker.web.acts import order_acts
from matchmaker.web.kit import context, downloads, formats, labels
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import PAGE, database, product, signed_in
from matchmaker.web.kit.standpoint import own_centre, standpoint, subject
from matchmaker.web.pages import certificate_queues, supplier_facts
from matchmaker.web.pages.need_list import listed
from matchmaker.web.pages.supplier_search import LAST_PAGE, found, searched
from search.reading.titles import leading_words

MOST_ORDERS = 10_000


def check_allowed(session: Session) -> None:
    """Raise Forbidden for a person that may download no lists."""
    if not access.may(subject(session), "list.export", access.AccessObject()).allowed:
        raise Forbidden


def answer(table: DownloadTable, kind: str, name: str, *, centre: str = "") -> Response:
    """The list as a file; the download is recorded with the list's length, in a centre (its code), by default the reader's own."""
    made = downloads.answer(table, kind, name)
    with change() as (session, user):
        check_allowed(session)
        at = centre or next(iter(standpoint(session).centres), product().settings.centre)
        act = Act("list.exported", "list", name, at, {"rows": len(table.rows), "kind": kind})
        journal.record(session, user.public_id, (act,))
    return made


def suppliers(kind: str) -> Response:
    """The suppliers that the search at the same address finds, on all its pages."""
    check_allowed(database())
    _words, understood = searched()
    _, matches = found(understood, 1, LAST_PAGE * PAGE)
    columns = (
        gettext("Supplier"),
        gettext("Place"),
        gettext("Certificates"),
        gettext("Of the work"),
        gettext("Chance to be good"),
    )
    rows = [
        (one.name, one.place, "; ".join(map(_certificate, one.certificates)), one.share, one.chance)
        for one in matches
    ]
    return answer(DownloadTable(gettext("Suppliers"), columns, rows), kind, "suppliers")


def _certificate(view: supplier_facts.CertificateView) -> str:
    until = gettext("until %(day)s", day=formats.day(view.until)) if view.until else ""
    return ", ".join(filter(None, (f"{view.standard} — {view.level_name}", until)))


def own_needs(kind: str) -> Response:
    """The list of the reader's own needs, for an operator those of the centre."""
    check_allowed(database())
    whole = signed_in().is_operator
    columns = [
        gettext("Need"),
        gettext("State"),
        gettext("Deliver by"),
        gettext("Changed"),
        gettext("Need number"),
    ]
    columns += [gettext(label) for label in _FURTHER]
    columns += [gettext("Contractor")] if whole else []
    rows = [_line(need, whole=whole) for need in listed()]
    return answer(DownloadTable(gettext("Needs"), tuple(columns), rows), kind, "needs")


# What the file tells beside the list on the screen.
_FURTHER = (
    N_("Drawing number"),
    N_("Pieces a lot"),
    N_("Pieces to quote for"),
    N_("Desired by"),
    N_("Positions"),
)


def _further(need: Need) -> list[str]:
    """The particulars of a need that a buyer sorts by; of positions their titles."""
    record = needs.record(need)
    positions = (
        " ".join(filter(None, (one.title or one.id, one.drawing_number))) for one in record.positions
    )
    return [
        record.drawing_number or "",
        str(record.quantity or ""),
        "; ".join(map(str, record.price_steps)),
        formats.day(record.desired_by),
        "; ".join(positions),
    ]


def _line(need: Need, *, whole: bool) -> list[str]:
    """A need as a row of its list; with its contractor where the list is a centre's."""
    contractor = need.contractor.name(context.language()) if need.contractor else ""
    return [
        need.title or leading_words(need.text or "")[:80],
        labels.state_label("need", need.state),
        formats.day(need.due),
        formats.moment(need.changed_at),
        need.number,
        *_further(need),
        *([contractor] if whole else []),
    ]


_ORDER_COLUMNS = (
    N_("Order"),
    N_("Need"),
    N_("Supplier"),
    N_("Contractor"),
    N_("State"),
    N_("By the day"),
    N_("Ordered, pcs"),
    N_("Delivered, pcs"),
    N_("To confirm"),
    N_("Open claims"),
    N_("Sum"),
    N_("Currency"),
)


def orders(kind: str) -> Response:
    """The orders of the reader's firms on either side, for an operator those of the centre too."""
    check_allowed(database())
    rows = [_order_line(one) for one in order_acts.own(database(), MOST_ORDERS)]
    columns = tuple(gettext(label) for label in _ORDER_COLUMNS)
    return answer(DownloadTable(gettext("Orders"), columns, rows), kind, "orders")


def _order_line(one: ListedOrder) -> tuple[str, ...]:
    order, language = one.order, context.language()
    need, firm = order.match.need, order.match.profile.organisation
    return (
        order.number or order.public_id,
        need_summary.title_of(need),
        firm.name(language),
        need.contractor.name(language) if need.contractor else "",
        labels.state_label("order", order.state),
        formats.day(order.due_on),
        str(one.ordered or ""),
        str(one.delivered),
        str(sum(one.waits.values())),
        str(one.claims),
        "" if order.amount_minor is None else cells.amount_text(order.amount_minor),
        order.currency,
    )


_YEAR_COLUMNS = (
    N_("Firm"),
    N_("INN"),
    N_("People"),
    N_("Revenue"),
    N_("Export, percent of the revenue"),
    N_("New products"),
    N_("New workplaces"),
    N_("Invested, ₽"),
    N_("Told on"),
    N_("Told by"),
)


def years(kind: str, year: int, *, silent: bool) -> Response:
    """The participants of a centre's year and what they told of it; `silent` for those that have not. Raises Forbidden."""
    check_allowed(database())
    centre = own_centre(database())
    found = year_questions.listed(database(), centre, year, silent=silent, limit=year_questions.MOST_IN_FILE)
    columns = tuple(gettext(label) for label in _YEAR_COLUMNS)
    title = gettext("How the year %(year)s went", year=year)
    return answer(
        DownloadTable(title, columns, [_year_line(one) for one in found.lines]), kind, f"year-{year}"
    )


def _year_line(one: YearLine) -> tuple[str, ...]:
    firm, told = one.profile.organisation, one.answer
    named = firm.name(context.language()), firm.inn or ""
    if told is None:
        return (*named, *[""] * (len(_YEAR_COLUMNS) - len(named)))
    shown = year_answers.typed_of(told)
    return (
        *named,
        shown["staff"],
        labels.revenue_label(told.revenue_band) if told.revenue_band else "",
        *(shown[name] for name in ("export_percent", "new_products", "new_jobs", "invested")),
        formats.day(told.at),
        told.by.name if told.by else gettext("by the letter"),
    )


def certificates_at_work(kind: str) -> Response:
    """The certificates that wait for the operator, then those that end soon."""
    columns = (
        gettext("Queue"),
        gettext("Supplier"),
        gettext("Standard"),
        gettext("Number"),
        gettext("Certification body"),
        gettext("Valid until"),
    )
    found = certificate_queues.queues()
    rows = [_row(gettext("to verify"), row) for row in found.unverified]
    rows += [_row(gettext("ending soon"), row) for row in found.ending]
    return answer(DownloadTable(gettext("Certificates"), columns, rows), kind, "certificates")


def _row(queue: str, row: CertificateRow) -> tuple[str, ...]:
    name = row.profile.organisation.name(context.language())
    until = gettext("date unknown") if certificates.is_undated(row) else formats.day(row.valid_until)
    return queue, name, row.standard, row.number or "", row.body or "", until
