"""The suppliers of the centre as a list: narrowed, sorted, with chosen columns, kept as a person's own views, as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.certificate import certifies
from matchmaker.domain.errors import FilterUnknown
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import ProfileState
from matchmaker.domain.typed_text import as_seen
from matchmaker.models import Profile, User
from matchmaker.services.desk import firm_lists, saved_views
from matchmaker.services.desk.firm_lists import MOST_IN_FILE, PAGE, SORTS, Certified, FirmsAsked
from matchmaker.services.profiles import certificates
from matchmaker.services.reports.spreadsheets import DownloadTable
from matchmaker.services.shortlist import assignments
from matchmaker.services.shortlist.assignments import Whose
from matchmaker.web.acts import list_acts
from matchmaker.web.kit import context, formats, labels, terms
from matchmaker.web.kit.context import database, signed_in
from matchmaker.web.kit.standpoint import operator, standpoint

blueprint = Blueprint("firms", __name__, url_prefix="/work/suppliers")

LAYOUTS = ("table", "dense")
LAST_PAGE = 2_000
_LONGEST = 100  # characters of the words that are looked for
# Each column with its heading, and the order by which its heading sorts.
COLUMNS: Mapping[str, tuple[str, str]] = {
    "state": (N_("State"), "state"),
    "place": (N_("Place"), "place"),
    "inn": (N_("INN"), "inn"),
    "certificates": (N_("Certificates in force"), ""),
    "employees": (N_("Employees"), "employees"),
    "confirmed": (N_("Facts confirmed"), "confirmed"),
    "changed": (N_("Changed"), "changed"),
    "published": (N_("Published"), "published"),
    "keeper": (N_("Assigned to"), ""),
}
_USUAL = ("state", "place", "certificates", "confirmed", "changed", "keeper")


@dataclass(frozen=True, slots=True)
class FirmListing:
    """The list as the reader asked for it, with the columns shown."""

    asked: FirmsAsked
    layout: str
    columns: Sequence[str]
    page: int
    possible: Sequence[str] = tuple(COLUMNS)


@blueprint.get("/")
@login_required
def listed() -> ResponseReturnValue:
    """The suppliers of the reader's centre; an address that asks for nothing opens the view that the reader has put first."""
    session = database()
    operator(session)
    views = saved_views.of_user(session, signed_in().user, "firms")
    first = next((view for view in views if view.first), None)
    if first is not None and not request.args:
        return redirect(f"{url_for('firms.listed')}?{first.query or 'view=all'}")
    shown = _read()
    found = firm_lists.page(session, shown.asked, (shown.page - 1) * PAGE)
    keys = [profile.public_id for profile in found.profiles]
    keepers = assignments.of(session, "profile", keys) if "keeper" in shown.columns else {}
    regions = [(code, terms.region(code)) for code in firm_lists.regions(session, shown.asked.centres)]
    return render_template(
        "operator/firms.html",
        shown=shown,
        views=views,
        total=found.total,
        rows=[(one, _cells(one, shown.columns, keepers)) for one in found.profiles],
        column_names=COLUMNS,
        states=list(ProfileState),
        regions=sorted(regions, key=lambda one: one[1].casefold()),
        pages={"before": shown.page - 1, "after": shown.page + 1 if shown.page * PAGE < found.total else 0},
    )


@blueprint.get("/list.<kind>")
@login_required
def download(kind: str) -> ResponseReturnValue:
    """The list at the same address as a file with all columns, on all its pages."""
    session = database()
    operator(session)
    list_acts.check_allowed(session)
    found = firm_lists.page(session, _read().asked, limit=MOST_IN_FILE).profiles
    keepers = assignments.of(session, "profile", [profile.public_id for profile in found])
    columns = (gettext("Supplier"), *(gettext(label) for label, _by in COLUMNS.values()))
    rows = [
        (one.organisation.name(context.language()), *_cells(one, tuple(COLUMNS), keepers)) for one in found
    ]
    return list_acts.answer(DownloadTable(gettext("Suppliers"), columns, rows), kind, "suppliers")


def _read() -> FirmListing:
    """The list that the address asks for. A word that is none of its choices is answered with 400."""
    here, given = standpoint(database()), request.args
    sort = given.get("sort", "name")
    by = sort.removeprefix("-")
    if by not in SORTS:
        raise FilterUnknown(name=f"sort={by}"[:60], known=", ".join(SORTS))
    layout = given.get("layout") or "dense"
    whose, state, certified = (given.get(name, "") for name in ("who", "state", "certified"))
    right = layout in LAYOUTS and whose in set(Whose) and certified in set(Certified)
    if not right or (state and state not in set(ProfileState)):
        abort(400)
    asked = FirmsAsked(
        centres=here.centres,
        person=signed_in().user.id,
        today=context.today(),
        taxonomy=context.product().taxonomy,
        language=context.language(),
        state=ProfileState(state) if state else None,
        region=given.get("region", "")[:_LONGEST],
        certified=Certified(certified),
        words=as_seen(given.get("q", "")).strip()[:_LONGEST],
        whose=Whose(whose),
        sort=by,
        falling=sort.startswith("-"),
    )
    chosen = [name for name in COLUMNS if name in given.getlist("column")]
    page = min(max(given.get("page", 1, int), 1), LAST_PAGE)
    return FirmListing(asked, layout, chosen or _USUAL, page)


def _cells(profile: Profile, columns: Sequence[str], keepers: Mapping[str, User]) -> list[str]:
    """What the columns say of a supplier; "" for what nobody stated."""
    firm, today, taxonomy = profile.organisation, context.today(), context.product().taxonomy
    keeper = keepers.get(profile.public_id)
    held = [one for one in profile.certificates if certifies(certificates.facts(one), taxonomy, today)]
    said = {
        "state": labels.state_label("profile", profile.state),
        "place": terms.place(profile),
        "inn": firm.inn or "",
        "certificates": ", ".join(f"✓ {one.standard}" if one.verified else one.standard for one in held),
        "employees": "" if profile.employees is None else formats.figure(profile.employees),
        "confirmed": _day(profile.confirmed_at),
        "changed": formats.moment(profile.changed_at),
        "published": _day(profile.published_at),
        "keeper": keeper.name if keeper else "",
    }
    return [said[name] for name in columns]


def _day(moment: datetime | None) -> str:
    return formats.day(moment) if moment else ""
